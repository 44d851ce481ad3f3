/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * supply.c - where the cache's frames come from: the frame server.
 *
 * A frame is held for DMA from when it comes until it goes: any of them may be a disk's
 * target at any time.
 */
#include "supply.h"

#include "frame.h"
#include "rt.h"
#include "start.h"

static const volatile struct frame_status *machine;
static const volatile struct frame_session *session; /* what we are told alone */

/* Shows a notification and a page of ours to the frame server. */
static enum err watch(uintptr_t bits)
{
    struct frame_watch_req q = {0};
    struct frame_watch_reply r;
    struct passing p = {.send = slots_alloc(2), .send_count = 2, .mode = TRANSFER_MOVE};
    struct window w;
    enum err e = p.send == CAP_NULL ? ERR_NO_MEMORY : window_memory(&w, 1);

    if (e == ERR_OK)
        e = cap_derive(SLOT_NOTIFICATION, p.send, RIGHT_WRITE | RIGHT_GRANT, bits);
    if (e == ERR_OK)
        e = cap_derive(w.frame, p.send + 1, RIGHT_WRITE | RIGHT_GRANT, 0);
    if (e == ERR_OK)
        e = frame_watch(SLOT_MEMORY, &q, &r, &p);
    if (e != ERR_OK)
        return e;
    session = w.at;
    slots_free(p.send, 2);
    return ERR_OK;
}

enum err supply_init(uintptr_t bits)
{
    struct frame_status_req q = {0};
    struct frame_status_reply r;
    struct passing p = {.recv = slots_alloc(1), .recv_count = 1};
    struct window w;
    enum err e;

    if (p.recv == CAP_NULL)
        return ERR_NO_MEMORY;
    e = frame_status(SLOT_MEMORY, &q, &r, &p);
    if (e == ERR_OK)
        e = window_map(&w, p.recv, 1, RIGHT_READ);
    if (e != ERR_OK)
        return e;
    machine = w.at;
    return watch(bits);
}

uint32_t supply_total(void)
{
    return machine->total;
}

uint32_t supply_spare(void)
{
    uint32_t free = machine->free_frames, low = machine->low;

    return free > low ? free - low : 0;
}

uint32_t supply_pressure(void)
{
    return machine->pressure;
}

unsigned supply_wanted(cap_t *slot, unsigned most)
{
    unsigned n = session->wanted_count < most ? session->wanted_count : most;

    for (unsigned i = 0; i < n; i++)
        slot[i] = session->wanted[i];
    return n;
}

enum err supply_take(cap_t first, unsigned count, uint64_t *physical, unsigned *got)
{
    struct frame_alloc_req q = {.order = 0, .count = count, .class = FRAME_PAGE, .first = first};
    struct frame_alloc_reply r;
    struct passing p = {.recv = first, .recv_count = (uint8_t)count};
    enum err e;

    reclaim_forbids("frames are asked for");
    e = frame_alloc(SLOT_MEMORY, &q, &r, &p);
    *got = 0;
    if (e != ERR_OK)
        return e;
    e = frame_phys(first, r.got, physical);
    if (e == ERR_OK)
        e = frame_hold(first, r.got);
    if (e != ERR_OK) { /* the driver cannot use them */
        supply_give(first, r.got);
        return e;
    }
    *got = r.got;
    return ERR_OK;
}

void supply_give(cap_t first, unsigned count)
{
    struct frame_give_req q = {.first = first, .count = count};
    struct frame_give_reply r;

    frame_release(first, count);
    frame_give(SLOT_MEMORY, &q, &r, NULL);
}
