/* SPDX-License-Identifier: GPL-2.0-or-later */
/* supply.c - where the store's frames come from and go. */
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

enum err supply_take(cap_t first, unsigned count, bool cleared, unsigned *got)
{
    struct frame_alloc_req q = {.order = 0,
                                .count = count,
                                .class = FRAME_PAGE | (cleared ? FRAME_CLEARED : 0),
                                .first = first};
    struct frame_alloc_reply r;
    struct passing p = {.recv = first, .recv_count = (uint8_t)count};
    enum err e;

    reclaim_forbids("frames are asked for");
    e = frame_alloc(SLOT_MEMORY, &q, &r, &p);
    *got = 0;
    if (e != ERR_OK)
        return e;
    e = frame_hold(first, r.got);
    if (e != ERR_OK)
        die("frames cannot be held for DMA: %s", err_text(e));
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

enum err supply_collect(uint32_t bank, cap_t from, unsigned count, cap_t first, unsigned *got)
{
    struct frame_collect_req q = {.bank = bank, .first = from, .count = count, .to = first};
    struct frame_collect_reply r;
    struct passing p = {.recv = first, .recv_count = (uint8_t)count};
    enum err e = frame_collect(SLOT_MEMORY, &q, &r, &p);

    *got = 0;
    if (e != ERR_OK)
        return e;
    e = frame_hold(first, r.got);
    if (e != ERR_OK)
        die("pages cannot be held for DMA: %s", err_text(e));
    *got = r.got;
    return ERR_OK;
}

enum err supply_reach(uint32_t bank, cap_t from, unsigned count, cap_t first, unsigned *got)
{
    struct frame_reach_req q = {.bank = bank, .first = from, .count = count};
    struct frame_reach_reply r = {0};
    struct passing p = {.recv = first, .recv_count = (uint8_t)count};
    enum err e = frame_reach(SLOT_MEMORY, &q, &r, &p);

    *got = e != ERR_OK ? 0 : r.got < p.received ? r.got : p.received;
    return e;
}

uint32_t supply_taken(void)
{
    return machine->left;
}

unsigned supply_collect_taken(cap_t first, unsigned count, struct supply_name *name)
{
    struct frame_collect_req q = {.bank = 0, .count = count, .to = first};
    struct frame_collect_reply r;
    struct passing p = {.recv = first, .recv_count = (uint8_t)count};
    enum err e = frame_collect(SLOT_MEMORY, &q, &r, &p);

    if (e != ERR_OK || r.got == 0)
        return 0;
    for (unsigned i = 0; i < r.got; i++)
        name[i] = (struct supply_name){session->collected[i].bank, session->collected[i].slot};
    e = frame_hold(first, r.got);
    if (e != ERR_OK)
        die("pages cannot be held for DMA: %s", err_text(e));
    return r.got;
}

void supply_room(uint32_t pages)
{
    struct frame_room_req q = {.pages = pages};
    struct frame_room_reply r;

    frame_room(SLOT_MEMORY, &q, &r, NULL); /* not heard: it takes less, or asks us in vain */
}

uint32_t supply_room_left(void)
{
    return machine->room + machine->left;
}

enum err supply_pass(cap_t first, unsigned count, uint32_t bank, cap_t to, cap_t out)
{
    struct frame_pass_req q = {.first = first, .count = count, .bank = bank, .to = to};
    struct frame_pass_reply r;
    struct passing p = {.recv = out, .recv_count = (uint8_t)count};
    enum err e;

    frame_release(first, count);
    e = frame_pass(SLOT_MEMORY, &q, &r, &p);
    if (e != ERR_OK && frame_hold(first, count) != ERR_OK)
        die("pages cannot be held for DMA again");
    if (e == ERR_OK && r.passed != count)
        die("the frame server passed on %u pages of %u", (unsigned)r.passed, count);
    return e;
}
