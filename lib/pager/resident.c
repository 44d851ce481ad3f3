/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resident.c - policy proposes, mechanism disposes.
 *
 * R1  a slot is on the free chain exactly when it is not loaded; count = loaded slots
 * R2  the policy was told loaded() once more often than removed() for each loaded slot,
 *     equally often for each other
 * R3  what resident_victims() returns is loaded, not pinned, and named once
 *
 * A policy that names too few victims, or ones that cannot go, costs time only: the rest
 * is chosen here by age. It is struck when that choice shows that it could have answered.
 */
#include "resident.h"

#include <stdlib.h>
#include <string.h>

static struct resident *resident_of(struct pol_env *env)
{
    return (struct resident *)(void *)env;
}

static uint64_t env_now(struct pol_env *env)
{
    struct resident *r = resident_of(env);

    return r->ops->now(r);
}

static const struct pol_page *env_page(struct pol_env *env, pol_slot s)
{
    const struct resident *r = resident_of(env);

    return s < r->capacity && r->page[s].loaded ? &r->page[s].facts : NULL;
}

static bool env_test_clear_ref(struct pol_env *env, pol_slot s)
{
    struct resident *r = resident_of(env);

    return env_page(env, s) != NULL && r->ops->test_clear_ref(r, s);
}

static void env_note(struct pol_env *env, uint32_t tag, uint64_t value)
{
    struct resident *r = resident_of(env);

    if (r->ops->note != NULL)
        r->ops->note(r, tag, value);
}

bool resident_init(struct resident *r, const struct replacement *policy, uint32_t nframes,
                   uint64_t seed, const char *args, const struct resident_ops *ops, void *owner)
{
    memset(r, 0, sizeof(*r));
    r->env = (struct pol_env){.nframes = nframes,
                              .seed = seed,
                              .memlen = policy->need(nframes, 0),
                              .now = env_now,
                              .page = env_page,
                              .test_clear_ref = env_test_clear_ref,
                              .note = env_note};
    r->policy = policy;
    r->ops = ops;
    r->owner = owner;
    r->capacity = nframes;
    r->page = calloc(nframes, sizeof(*r->page));
    r->env.mem = calloc(1, r->env.memlen + 1);
    if (r->page == NULL || r->env.mem == NULL || policy->init(&r->env, args) != 0) {
        resident_fini(r);
        return false;
    }
    for (uint32_t i = 0; i < nframes; i++)
        r->page[i].next = i + 1 < nframes ? i + 1 : POL_NONE;
    return true;
}

void resident_fini(struct resident *r)
{
    free(r->page);
    free(r->env.mem);
    r->page = NULL;
    r->env.mem = NULL;
}

pol_slot resident_load(struct resident *r, const struct pol_page *facts, uintptr_t where,
                       enum pol_why why)
{
    pol_slot s = r->free;
    struct resident_page *p = &r->page[s];

    r->free = p->next;
    p->facts = *facts;
    p->facts.loaded_at = ++r->loads;
    p->where = where;
    p->loaded = true;
    r->count++;
    r->policy->loaded(&r->env, s, why);
    return s;
}

void resident_touch(struct resident *r, const pol_slot *slot, unsigned n)
{
    if (n > 0 && r->policy->touched != NULL)
        r->policy->touched(&r->env, slot, n);
}

void resident_remove(struct resident *r, pol_slot s, bool evicted)
{
    struct resident_page *p = &r->page[s];

    r->policy->removed(&r->env, s, evicted);
    p->loaded = false;
    p->next = r->free;
    r->free = s;
    r->count--;
}

static enum pol_refusal slot_refusal(struct resident *r, pol_slot s)
{
    if (s >= r->capacity || !r->page[s].loaded)
        return POL_NOT_LOADED;
    if (r->page[s].chosen)
        return POL_TWICE;
    return r->ops->pinned(r, s);
}

/* Adds what stands the check to out[0..n); returns the new n. */
static unsigned take_proposals(struct resident *r, pol_slot *out, unsigned n, unsigned want)
{
    pol_slot proposed[RESIDENT_BATCH];
    unsigned got = r->policy->victims(&r->env, proposed, want - n);

    if (got > want - n) { /* the count is a claim, too */
        r->bad_slots++;
        got = want - n;
    }
    for (unsigned i = 0; i < got; i++) {
        enum pol_refusal why = slot_refusal(r, proposed[i]);

        if (why == 0) {
            r->page[proposed[i]].chosen = true;
            out[n++] = proposed[i];
            continue;
        }
        if (why == POL_PINNED)
            r->refused++;
        else
            r->bad_slots++;
        if (r->policy->refused != NULL && why == POL_PINNED)
            r->policy->refused(&r->env, proposed[i], why);
    }
    return n;
}

/* The oldest that can go; POL_NONE if none can. Slow: only for a policy that fails. */
static pol_slot oldest(struct resident *r)
{
    pol_slot best = POL_NONE;

    for (pol_slot s = 0; s < r->capacity; s++)
        if (slot_refusal(r, s) == 0 &&
            (best == POL_NONE || r->page[s].facts.loaded_at < r->page[best].facts.loaded_at))
            best = s;
    return best;
}

unsigned resident_victims(struct resident *r, pol_slot *out, unsigned want)
{
    unsigned n = 0;

    if (want > RESIDENT_BATCH)
        want = RESIDENT_BATCH;
    /* A refusal lets it name others; as often as there are pages it might have to step over. */
    for (uint32_t round = 0; !r->faulty && n < want && round <= r->count; round++) {
        uint32_t refused = r->refused;
        unsigned before = n;

        n = take_proposals(r, out, n, want);
        if (n == before && r->refused == refused)
            break;
    }
    while (n < want) {
        pol_slot s = oldest(r);

        if (s == POL_NONE)
            break;
        r->page[s].chosen = true;
        out[n++] = s;
        r->fallbacks++;
        if (r->fallbacks >= RESIDENT_STRIKES)
            r->faulty = true;
    }
    for (unsigned i = 0; i < n; i++)
        r->page[out[i]].chosen = false;
    return n;
}

/* Proposals that do not follow the page one after the other are not taken. */
static unsigned ahead_proposed(struct resident *r, const struct pol_key *miss, unsigned max)
{
    struct pol_key key[RESIDENT_BATCH];
    unsigned got = r->policy->prefetch(&r->env, miss, key, max), n = 0;

    while (n < got && n < max && key[n].space == miss->space && key[n].area == miss->area &&
           key[n].page == miss->page + 1 + n)
        n++;
    return n;
}

unsigned resident_ahead(struct resident *r, const struct pol_key *miss, unsigned max)
{
    unsigned n = max < RESIDENT_BATCH ? max : RESIDENT_BATCH, i = 0;

    if (r->policy->prefetch != NULL && !r->faulty)
        n = ahead_proposed(r, miss, n);
    if (r->policy->admit == NULL || r->faulty)
        return n;
    while (i < n) {
        struct pol_key key = *miss;

        key.page += ++i;
        if (!r->policy->admit(&r->env, &key, POL_PREFETCH))
            return i - 1;
    }
    return n;
}

void resident_resize(struct resident *r, uint32_t nframes)
{
    r->env.nframes = nframes < r->capacity ? nframes : r->capacity;
    if (r->policy->resize != NULL)
        r->policy->resize(&r->env, r->env.nframes);
}
