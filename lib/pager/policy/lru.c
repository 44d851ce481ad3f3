/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lru.c - the least recently used page goes.
 *
 * Idea     what was used lately will be used again soon
 * Source   Mattson et al. 1970 (a stack algorithm: more frames never fault more)
 * Cost     O(1) a reference, exact where each reference is told (exact mode). In sampled
 *          mode the order is that of the sweeps: pages found referenced in one sweep are
 *          equally recent, which is LRU by age
 * Weakness a loop or a scan longer than memory throws out everything just before its use
 */
#include "order.h"

static size_t lru_need(uint32_t nframes, uint32_t nghost)
{
    (void)nghost;
    return order_bytes(nframes);
}

static int lru_init(struct pol_env *env, const char *args)
{
    order_init(env->mem, env->nframes);
    return args[0] != '\0';
}

static void lru_loaded(struct pol_env *env, pol_slot s, enum pol_why why)
{
    (void)why;
    order_append(env->mem, s);
}

static void lru_touched(struct pol_env *env, const pol_slot *s, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        order_renew(env->mem, s[i]);
}

static unsigned lru_victims(struct pol_env *env, pol_slot *out, unsigned want)
{
    const struct order *o = env->mem;
    unsigned n = 0;

    for (pol_slot s = order_first(o); s != order_end(o) && n < want; s = order_next(o, s))
        out[n++] = s;
    return n;
}

static void lru_refused(struct pol_env *env, pol_slot s, enum pol_refusal why)
{
    if (why == POL_PINNED)
        order_renew(env->mem, s);
}

static void lru_removed(struct pol_env *env, pol_slot s, bool evicted)
{
    (void)evicted;
    order_remove(env->mem, s);
}

static int lru_check(struct pol_env *env)
{
    return order_check(env->mem);
}

const struct replacement policy_lru = {
    .name = "lru",
    .need = lru_need,
    .init = lru_init,
    .loaded = lru_loaded,
    .touched = lru_touched,
    .victims = lru_victims,
    .refused = lru_refused,
    .removed = lru_removed,
    .check = lru_check,
};
