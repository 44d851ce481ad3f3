/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.c - memory for the run-time from the frame server. Both functions are weak: a
 * program that has memory of its own defines them itself.
 */
#include "frame.h"
#include "rt.h"
#include "start.h"

__attribute__((weak)) enum err memory_frames(cap_t first, unsigned count, unsigned *got)
{
    struct frame_alloc_req q = {
        .order = 0, .count = count, .class = FRAME_FIXED | FRAME_CLEARED, .first = first};
    struct frame_alloc_reply r;
    struct passing p = {.recv = first, .recv_count = (uint8_t)count};
    enum err e;

    reclaim_forbids("frames are asked for");
    e = frame_alloc(SLOT_MEMORY, &q, &r, &p);
    *got = r.got;
    return e;
}

__attribute__((weak)) enum err memory_objects(cap_t slot, unsigned log2_size)
{
    struct frame_objects_req q = {.log2_size = log2_size, .slot = slot};
    struct frame_objects_reply r;
    struct passing p = {.recv = slot, .recv_count = 1};

    reclaim_forbids("memory for objects is asked for");
    return frame_objects(SLOT_MEMORY, &q, &r, &p);
}
