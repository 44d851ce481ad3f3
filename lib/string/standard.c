/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * standard.c - the names by which compilers and C programs know memory.c.
 *
 * The C library's own go byte by byte; linked before it, these are taken instead.
 * Apart from memory.c because a host test has a C library that must keep its own.
 */
#include "memory.h"

#include <string.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    memory_copy(to, from, bytes);
    return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
    memory_move(to, from, bytes);
    return to;
}

void *memset(void *to, int value, size_t bytes)
{
    memory_fill(to, (unsigned char)value, bytes);
    return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
    return memory_compare(a, b, bytes);
}
