/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fifo.c - first in, first out.
 *
 * Idea     the page that came first goes first; references are not looked at
 * Source   Belady 1966 has it as the simplest rule, and found in 1969 that more frames
 *          may give more faults with it
 * Cost     O(1), no reference bits: exact in both modes
 * Weakness throws out what is used all the time; a loop longer than memory always misses
 */
#include "order.h"

static size_t fifo_need(uint32_t nframes, uint32_t nghost)
{
    (void)nghost;
    return order_bytes(nframes);
}

static int fifo_init(struct pol_env *env, const char *args)
{
    order_init(env->mem, env->nframes);
    return args[0] != '\0';
}

static void fifo_loaded(struct pol_env *env, pol_slot s, enum pol_why why)
{
    (void)why;
    order_append(env->mem, s);
}

static unsigned fifo_victims(struct pol_env *env, pol_slot *out, unsigned want)
{
    const struct order *o = env->mem;
    unsigned n = 0;

    for (pol_slot s = order_first(o); s != order_end(o) && n < want; s = order_next(o, s))
        out[n++] = s;
    return n;
}

/* Not now: it waits its turn again. */
static void fifo_refused(struct pol_env *env, pol_slot s, enum pol_refusal why)
{
    if (why == POL_PINNED)
        order_renew(env->mem, s);
}

static void fifo_removed(struct pol_env *env, pol_slot s, bool evicted)
{
    (void)evicted;
    order_remove(env->mem, s);
}

static int fifo_check(struct pol_env *env)
{
    return order_check(env->mem);
}

const struct replacement policy_fifo = {
    .name = "fifo",
    .need = fifo_need,
    .init = fifo_init,
    .loaded = fifo_loaded,
    .victims = fifo_victims,
    .refused = fifo_refused,
    .removed = fifo_removed,
    .check = fifo_check,
};
