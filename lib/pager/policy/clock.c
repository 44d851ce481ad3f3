/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock.c - second chance.
 *
 * Idea     FIFO, but a page that was referenced since the hand last passed it loses its
 *          mark instead of its frame
 * Source   Corbató 1969; in every early Unix
 * Cost     O(1) amortised: each step of the hand clears a mark that a reference set. Sampled
 *          mode asks the page table at the hand only
 * Weakness all marks set makes it FIFO with a long sweep; no frequency; a scan flushes it
 *
 * The ring is a list whose first slot is under the hand: to step over a page is to move it
 * to the end. A page that is loaded enters just behind the hand, which is where the oracle's
 * array version puts it: in the place of the one that left.
 *
 * Variant: a reference marks the page on a hit only, not when it is loaded (CLOCK of
 * policies.md). In sampled mode the hardware's accessed bit is set by the load too, which
 * makes it that page's CLOCK1.
 */
#include "order.h"

#include <string.h>

enum mark { UNMARKED, MARKED, PROPOSED };

struct clock {
    uint8_t *mark; /* by slot: enum mark; PROPOSED only within one call of victims */
    struct order *ring;
};

static size_t clock_need(uint32_t nframes, uint32_t nghost)
{
    (void)nghost;
    return sizeof(struct clock) + order_bytes(nframes) + nframes;
}

static int clock_init(struct pol_env *env, const char *args)
{
    struct clock *c = env->mem;

    c->ring = (struct order *)(c + 1);
    c->mark = (uint8_t *)c->ring + order_bytes(env->nframes);
    order_init(c->ring, env->nframes);
    memset(c->mark, UNMARKED, env->nframes);
    return args[0] != '\0';
}

static void clock_loaded(struct pol_env *env, pol_slot s, enum pol_why why)
{
    struct clock *c = env->mem;

    (void)why;
    c->mark[s] = UNMARKED;
    order_append(c->ring, s);
}

static void clock_touched(struct pol_env *env, const pol_slot *s, unsigned n)
{
    struct clock *c = env->mem;

    for (unsigned i = 0; i < n; i++)
        c->mark[s[i]] = MARKED;
}

/* Both bits go: the one that touched() left here, and the page table's own. */
static bool clock_spare(struct pol_env *env, struct clock *c, pol_slot s)
{
    bool marked = c->mark[s] == MARKED;

    c->mark[s] = UNMARKED;
    return env->test_clear_ref(env, s) || marked;
}

static unsigned clock_victims(struct pol_env *env, pol_slot *out, unsigned want)
{
    struct clock *c = env->mem;
    unsigned n = 0;

    if (want > c->ring->length)
        want = c->ring->length;
    /* Two rounds suffice: the first one cleared every mark. */
    for (uint32_t left = 2 * c->ring->length; n < want && left > 0; left--) {
        pol_slot s = order_first(c->ring);

        if (c->mark[s] != PROPOSED && !clock_spare(env, c, s)) {
            c->mark[s] = PROPOSED;
            out[n++] = s;
        }
        order_renew(c->ring, s);
    }
    for (unsigned i = 0; i < n; i++)
        c->mark[out[i]] = UNMARKED;
    return n;
}

static void clock_removed(struct pol_env *env, pol_slot s, bool evicted)
{
    struct clock *c = env->mem;

    (void)evicted;
    order_remove(c->ring, s);
}

static int clock_check(struct pol_env *env)
{
    const struct clock *c = env->mem;

    return order_check(c->ring);
}

const struct replacement policy_clock = {
    .name = "clock",
    .need = clock_need,
    .init = clock_init,
    .loaded = clock_loaded,
    .touched = clock_touched,
    .victims = clock_victims,
    .removed = clock_removed,
    .check = clock_check,
};
