/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.c - cleared frames taken ahead; see pool.h.
 */
#include "pool.h"

#include "frame.h"
#include "rt.h"

/* A run used up faster than a page in BUSY_NS is doubled, slower than one in IDLE_NS halved. */
#define BUSY_NS 50000u
#define IDLE_NS 1000000u

void pool_init(struct pool *p, cap_t server, struct slots *slots)
{
    *p = (struct pool){.server = server, .slots = slots, .batch = POOL_START};
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

enum err pool_refill(struct pool *p)
{
    struct frame_alloc_req q = {.class = FRAME_PAGE | FRAME_CLEARED};
    struct frame_alloc_reply r;
    struct passing x = {0};
    unsigned room;
    enum err e;

    batch_adapt(p);
    q.first = slots_take(p->slots, p->batch, &room);
    if (q.first == CAP_NULL)
        return ERR_NO_MEMORY;
    q.count = room;
    x.recv = q.first;
    x.recv_count = (uint8_t)room;
    e = frame_alloc(p->server, &q, &r, &x);
    if (e == ERR_OK && (r.got == 0 || r.got > room))
        e = ERR_NO_MEMORY;
    if (e != ERR_OK) {
        slots_return(p->slots, q.first, room);
        p->refused++;
        return e;
    }
    if (r.got < room)
        slots_return(p->slots, q.first + r.got, room - r.got);
    p->next = q.first;
    p->left = r.got;
    return ERR_OK;
}

unsigned pool_return(struct pool *p)
{
    struct frame_give_req q = {.first = p->next, .count = p->left};
    struct frame_give_reply r;
    unsigned count = p->left;

    if (count == 0 || frame_give(p->server, &q, &r, NULL) != ERR_OK)
        return 0;
    slots_return(p->slots, p->next, count);
    p->left = 0;
    p->batch = POOL_MIN;
    return count;
}
