/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory.h - copying, filling and comparing memory by words: what the C library's
 * memcpy, memmove, memset and memcmp (standard.c) are here.
 *
 * Every word read or written lies wholly inside the ranges given.
 */
#ifndef STRING_MEMORY_H
#define STRING_MEMORY_H

#include <stddef.h>

/* The ranges do not overlap, or `to` is the lower one. */
void memory_copy(void *to, const void *from, size_t bytes);
/* The ranges may overlap. */
void memory_move(void *to, const void *from, size_t bytes);
void memory_fill(void *to, unsigned char value, size_t bytes);
/* Below, equal or above 0, as the first byte that differs is. */
int memory_compare(const void *a, const void *b, size_t bytes);

#endif
