/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * side.c - the tables that stand beside the memory, mapped into the own space.
 *
 * They begin where a server's heap would: this server has none, for who would it ask.
 */
#include "cpu.h"
#include "home.h"
#include "rt.h"
#include "start.h"
#include "sys.h"

static uintptr_t next = HEAP_VA;

static enum err map_one(cap_t frame, uintptr_t va)
{
    enum err e = space_map(SLOT_SPACE, frame, va, 1, RIGHT_READ | RIGHT_WRITE, 0, NULL);

    while (e == ERR_NO_TABLE) {
        cap_t table = home_object(OBJ_PAGETABLE, ARCH_PAGETABLE_BITS);

        e = space_map(SLOT_SPACE, table, va, 1, 0, 0, NULL);
        if (e == ERR_OK)
            e = space_map(SLOT_SPACE, frame, va, 1, RIGHT_READ | RIGHT_WRITE, 0, NULL);
    }
    return e;
}

void *side_map(cap_t first, unsigned count, unsigned log2_size)
{
    uintptr_t bytes = (uintptr_t)1 << log2_size;
    void *at;

    next = (next + bytes - 1) & ~(bytes - 1); /* a frame is mapped aligned to its size */
    at = (void *)next;
    for (unsigned i = 0; i < count; i++) {
        enum err e = bytes <= HEAP_END - next ? map_one(first + i, next) : ERR_NO_MEMORY;

        if (e != ERR_OK)
            die("the tables could not be mapped: %s", err_text(e));
        next += bytes;
    }
    memset(at, 0, next - (uintptr_t)at);
    return at;
}
