/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * heap.c - sbrk for the C library's malloc, over frames: a few at first, so that small
 * servers stay small, then BATCH at a time. Never shrinks.
 *
 * What is kept for reclaim is the end of what is mapped. The linker leads all calls of malloc,
 * the library's own, too, through here, and those of calloc, which calls it.
 */
#include "rt.h"
#include "start.h"

#include <stddef.h>

#define BATCH       16u
#define FIRST_BATCH 2u

void *sbrk(ptrdiff_t bytes);
void *__real_malloc(size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);

static uintptr_t heap_used = HEAP_VA;   /* what malloc has */
static uintptr_t heap_mapped = HEAP_VA; /* what is there */
static size_t heap_kept;                /* of that, for reclaim */

void *__wrap_malloc(size_t bytes)
{
    if (heap_kept == 0)
        reclaim_forbids("malloc is called");
    return __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return __real_calloc(count, bytes);
}

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

/* Is it mapped up to there, and what is kept behind it? In reclaim that is there to be used. */
static bool heap_reaches(uintptr_t end)
{
    size_t kept = reclaim_runs() ? 0 : heap_kept;

    while (heap_mapped < end || heap_mapped - end < kept)
        if (reclaim_runs() || !heap_grow())
            return false;
    return true;
}

bool heap_fill(void)
{
    return heap_reaches(heap_used);
}

bool heap_keep(size_t bytes)
{
    heap_kept = bytes;
    return heap_fill();
}

void *sbrk(ptrdiff_t bytes)
{
    uintptr_t old = heap_used;

    if (bytes < 0 || (uintptr_t)bytes > HEAP_END - old)
        return (void *)-1;
    if (!heap_reaches(old + (uintptr_t)bytes))
        return (void *)-1;
    heap_used = old + (uintptr_t)bytes;
    return (void *)old;
}
