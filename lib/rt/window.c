/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * window.c - memory and devices mapped into the own space. Addresses are handed out
 * upwards and never taken back: a server's windows last as long as it does.
 */
#include "rt.h"
#include "start.h"

#define BATCH 64u /* frames of one request */

static uintptr_t window_next = WINDOW_VA;

/* A walk lacks at most one table a level. */
static enum err table_make(uintptr_t va)
{
    cap_t made = object_make(OBJ_PAGETABLE, 0);

    if (made == CAP_NULL)
        return ERR_NO_MEMORY;
    return space_map(SLOT_SPACE, made, va, 1, 0, 0, NULL);
}

enum err map_with_tables(uintptr_t va, cap_t first, unsigned count, unsigned rights)
{
    for (unsigned i = 0; i < count; i++) {
        uintptr_t at = va + (uintptr_t)i * PAGE_SIZE;
        enum err e = space_map(SLOT_SPACE, first + i, at, 1, rights, 0, NULL);

        while (e == ERR_NO_TABLE) {
            e = table_make(at);
            if (e == ERR_OK)
                e = space_map(SLOT_SPACE, first + i, at, 1, rights, 0, NULL);
        }
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

enum err window_map(struct window *w, cap_t frame, unsigned pages, unsigned rights)
{
    uintptr_t bytes = (uintptr_t)pages * PAGE_SIZE;
    enum err e;

    if (pages == 0 || bytes > WINDOW_END - window_next)
        return ERR_BAD_ARG;
    e = map_with_tables(window_next, frame, pages, rights);
    if (e != ERR_OK)
        return e;
    *w = (struct window){.at = (void *)window_next, .frame = frame, .pages = pages};
    window_next += bytes;
    return ERR_OK;
}

static enum err frames_take(cap_t first, unsigned count)
{
    unsigned done = 0;

    while (done < count) {
        unsigned want = count - done < BATCH ? count - done : BATCH;
        unsigned got;
        enum err e = memory_frames(first + done, want, &got);

        if (e != ERR_OK)
            return e;
        done += got;
    }
    return ERR_OK;
}

enum err window_memory(struct window *w, unsigned pages)
{
    cap_t first = slots_alloc(pages);
    enum err e;

    if (first == CAP_NULL)
        return ERR_NO_MEMORY;
    e = frames_take(first, pages);
    if (e == ERR_OK)
        e = window_map(w, first, pages, RIGHT_READ | RIGHT_WRITE);
    return e;
}
