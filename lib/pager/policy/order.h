/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * order.h - slots in an order: the doubly linked list that most policies are made of,
 * as arrays of slot numbers in the policy's arena.
 *
 * I1  link[s].next is ORDER_OUT exactly when s is not in the list
 * I2  the ends are link[nframes]: next = first, prev = last; it links to itself when empty
 */
#ifndef POLICY_ORDER_H
#define POLICY_ORDER_H

#include "replacement.h"

#define ORDER_OUT ((pol_slot)~0u)

struct order_link {
    pol_slot next, prev;
};

struct order {
    uint32_t nframes, length;
    struct order_link link[]; /* nframes + 1 */
};

static inline size_t order_bytes(uint32_t nframes)
{
    return sizeof(struct order) + ((size_t)nframes + 1) * sizeof(struct order_link);
}

static inline void order_init(struct order *o, uint32_t nframes)
{
    o->nframes = nframes;
    o->length = 0;
    for (uint32_t i = 0; i < nframes; i++)
        o->link[i].next = ORDER_OUT;
    o->link[nframes].next = nframes;
    o->link[nframes].prev = nframes;
}

/* The end marker; first and last are it when the list is empty. */
static inline pol_slot order_end(const struct order *o)
{
    return o->nframes;
}

static inline pol_slot order_first(const struct order *o)
{
    return o->link[o->nframes].next;
}

static inline pol_slot order_next(const struct order *o, pol_slot s)
{
    return o->link[s].next;
}

static inline void order_append(struct order *o, pol_slot s)
{
    struct order_link *end = &o->link[o->nframes];

    o->link[s].next = o->nframes;
    o->link[s].prev = end->prev;
    o->link[end->prev].next = s;
    end->prev = s;
    o->length++;
}

static inline void order_remove(struct order *o, pol_slot s)
{
    o->link[o->link[s].prev].next = o->link[s].next;
    o->link[o->link[s].next].prev = o->link[s].prev;
    o->link[s].next = ORDER_OUT;
    o->length--;
}

/* To the end: most recent, or last in line. */
static inline void order_renew(struct order *o, pol_slot s)
{
    order_remove(o, s);
    order_append(o, s);
}

/* 0 if the links agree and the length is right. */
static inline int order_check(const struct order *o)
{
    uint32_t n = 0;
    pol_slot s = order_first(o);

    for (; s != order_end(o) && n <= o->length; s = order_next(o, s), n++)
        if (s > o->nframes || o->link[o->link[s].next].prev != s)
            return 1;
    return n == o->length ? 0 : 1;
}

#endif
