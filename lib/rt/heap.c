/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * heap.c - sbrk for the C library's malloc, over frames: a few at first, so that small
 * servers stay small, then BATCH at a time. Never shrinks.
 */
#include "rt.h"
#include "start.h"

#include <stddef.h>

#define BATCH       16u
#define FIRST_BATCH 2u

void *sbrk(ptrdiff_t bytes);

static uintptr_t heap_used = HEAP_VA;   /* what malloc has */
static uintptr_t heap_mapped = HEAP_VA; /* what is there */

static bool heap_grow(void)
{
    unsigned have = (unsigned)((heap_mapped - HEAP_VA) / PAGE_SIZE);
    unsigned want = have < FIRST_BATCH ? FIRST_BATCH : have < BATCH ? have : BATCH;
    cap_t first = slots_alloc(want);
    unsigned got;

    if (first == CAP_NULL)
        return false;
    if (memory_frames(first, want, &got) != ERR_OK) {
        slots_free(first, want);
        return false;
    }
    slots_free(first + got, want - got);
    if (map_with_tables(heap_mapped, first, got, RIGHT_READ | RIGHT_WRITE) != ERR_OK)
        return false;
    heap_mapped += (uintptr_t)got * PAGE_SIZE;
    return true;
}

void *sbrk(ptrdiff_t bytes)
{
    uintptr_t old = heap_used;

    if (bytes < 0 || (uintptr_t)bytes > HEAP_END - old)
        return (void *)-1;
    while (heap_mapped - old < (uintptr_t)bytes)
        if (!heap_grow())
            return (void *)-1;
    heap_used = old + (uintptr_t)bytes;
    return (void *)old;
}
