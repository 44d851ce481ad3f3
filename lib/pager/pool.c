/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.c - cleared frames taken ahead; see pool.h.
 */
#include "pool.h"

#include "drop.h"
#include "frame.h"
#include "rt.h"

/* A run used up faster than a page in BUSY_NS is doubled, slower than one in IDLE_NS halved. */
#define BUSY_NS 50000u
#define IDLE_NS 1000000u
#define SHOWN   3u /* capabilities: the notification, two pages */
#define TRIES   8u /* the server below has told those who can spare memory; they run before us */

void pool_init(struct pool *p, cap_t server, cap_t store, struct slots *slots)
{
    *p = (struct pool){.server = server, .store = store, .slots = slots, .batch = POOL_START};
}

static void batch_adapt(struct pool *p)
{
    uint64_t now = now_ns();
    uint64_t took = now - p->refilled;

    if (p->refills > 0 && took < (uint64_t)BUSY_NS * p->batch)
        p->batch = 2 * p->batch > POOL_MAX ? POOL_MAX : 2 * p->batch;
    if (p->refills > 0 && took > (uint64_t)IDLE_NS * p->batch)
        p->batch = p->batch / 2 < POOL_MIN ? POOL_MIN : p->batch / 2;
    p->refilled = now;
    p->refills++;
}

/* One message for up to `room` frames. */
static enum err frames_take(struct pool *p, cap_t first, unsigned room, unsigned *got)
{
    struct frame_alloc_req q = {.count = room, .class = FRAME_PAGE | FRAME_CLEARED, .first = first};
    struct frame_alloc_reply r;
    struct passing x = {.recv = first, .recv_count = (uint8_t)room};
    enum err e = frame_alloc(p->server, &q, &r, &x);

    *got = e == ERR_OK && r.got <= room ? r.got : 0;
    return e == ERR_OK && *got == 0 ? ERR_NO_MEMORY : e;
}

enum err pool_refill(struct pool *p)
{
    unsigned room, got = 0;
    enum err e = ERR_NO_MEMORY;
    cap_t first;

    reclaim_forbids("the pool is filled");
    batch_adapt(p);
    first = slots_take(p->slots, p->batch, &room);
    if (first == CAP_NULL)
        return ERR_NO_MEMORY;
    /* what the bank does not allow it will not allow later; the machine's memory may come */
    for (unsigned i = 0; e == ERR_NO_MEMORY && i < TRIES; i++) {
        e = frames_take(p, first, room, &got);
        p->refused += e != ERR_OK;
    }
    p->why = e;
    if (got < room)
        slots_return(p->slots, first + got, room - got);
    p->next = first;
    p->left = got;
    return e;
}

enum err pool_watch(const struct pool *p, cap_t notification, word_t bits, cap_t pages)
{
    struct frame_watch_req q = {0};
    struct frame_watch_reply r;
    struct passing x = {.send_count = SHOWN, .mode = TRANSFER_MOVE};
    enum err e;

    x.send = slots_alloc(SHOWN);
    if (x.send == CAP_NULL)
        return ERR_NO_MEMORY;
    e = cap_derive(notification, x.send, RIGHT_WRITE | RIGHT_GRANT, bits);
    if (e == ERR_OK)
        e = cap_derive(pages, x.send + 1, RIGHT_WRITE | RIGHT_GRANT, 0);
    if (e == ERR_OK)
        e = cap_derive(pages + 1, x.send + 2, RIGHT_READ | RIGHT_GRANT, 0);
    if (e == ERR_OK)
        e = frame_watch(p->server, &q, &r, &x);
    if (e == ERR_OK)
        slots_free(x.send, SHOWN);
    return e;
}

unsigned pool_return(struct pool *p)
{
    unsigned count = p->left;
    struct drop d;

    if (count == 0)
        return 0;
    drop_begin(&d, p->slots, p->server, p->store);
    for (unsigned i = 0; i < count; i++)
        drop_frame(&d, p->next + i);
    drop_end(&d);
    p->left = 0;
    p->batch = POOL_MIN;
    return count;
}
