/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.h - cleared frames taken ahead, so that a fault costs no message.
 *
 * The pool is one run of slots whose frames are handed out in order: pages touched one
 * after the other lie in neighbouring slots, and leave in runs. A run is fetched by one
 * call to the frame server when the last one is used up; its length follows the rate of
 * faults, POOL_MIN..POOL_MAX.
 */
#ifndef PAGER_POOL_H
#define PAGER_POOL_H

#include "error.h"
#include "slots.h"
#include "sys.h"

#define POOL_MIN   4u
#define POOL_START 16u
#define POOL_MAX   64u

struct pool {
    cap_t server; /* session at the frame server */
    cap_t store;  /* at the swap server, or CAP_NULL: frames may be taken by force, too */
    struct slots *slots;
    cap_t next;
    unsigned left, batch;
    uint64_t refilled; /* ns: when */
    enum err why;      /* what the frame server said last */
    uint32_t refills, refused;
};

void pool_init(struct pool *p, cap_t server, cap_t store, struct slots *slots);

/* Fetches a run; the pool is empty. The frame server's error if it got nothing. */
enum err pool_refill(struct pool *p);

/* A cleared frame, to keep; CAP_NULL: *e tells why there is none. */
static inline cap_t pool_take(struct pool *p, enum err *e)
{
    if (p->left == 0) {
        *e = pool_refill(p);
        if (*e != ERR_OK)
            return CAP_NULL;
    }
    p->left--;
    return p->next++;
}

/* Undoes the last pool_take: the frame is still clear. */
static inline void pool_put_back(struct pool *p)
{
    p->next--;
    p->left++;
}

/* Up to `want` neighbours. */
static inline cap_t pool_take_run(struct pool *p, unsigned want, unsigned *got, enum err *e)
{
    cap_t first = pool_take(p, e);

    if (first == CAP_NULL) {
        *got = 0;
        return CAP_NULL;
    }
    *got = want - 1 < p->left ? want : p->left + 1;
    p->left -= *got - 1;
    p->next += *got - 1;
    return first;
}

/* From now on the notification's `bits` are raised when the machine wants memory back. `pages`:
 * two neighbouring frames of the pager's own, which become its session page and its stall page
 * (frame.h). */
enum err pool_watch(const struct pool *p, cap_t notification, word_t bits, cap_t pages);
/* Then: gives back what is left. Returns the number of pages, those taken by force among them. */
unsigned pool_return(struct pool *p);

#endif
