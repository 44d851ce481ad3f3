/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resident.c - policy proposes, mechanism disposes.
 *
 * R1  a slot is on the free chain exactly when it is not loaded; count = loaded slots
 * R2  awake: the policy was told loaded() once more often than removed() for each loaded slot,
 *     equally often for each other; asleep: it was told nothing since it began
 * R3  what resident_victims() returns is loaded, not pinned, and named once
 * R4  `first` ... `last` are the loaded slots in order of loaded_at
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

static bool slot_loaded(const struct resident *r, pol_slot s)
{
    return s < r->capacity && r->page[s].loaded;
}

/* Made when it is asked for: few policies look, and a page's facts change. */
static const struct pol_page *env_page(struct pol_env *env, pol_slot s)
{
    struct resident *r = resident_of(env);

    if (!slot_loaded(r, s))
        return NULL;
    memset(&r->shown, 0, sizeof(r->shown));
    r->shown.loaded_at = r->loads - resident_age(r, s);
    if (r->ops->facts != NULL)
        r->ops->facts(r, s, &r->shown);
    return &r->shown;
}

static bool env_test_clear_ref(struct pol_env *env, pol_slot s)
{
    struct resident *r = resident_of(env);

    return slot_loaded(r, s) && r->ops->test_clear_ref(r, s);
}

static void env_note(struct pol_env *env, uint32_t tag, uint64_t value)
{
    struct resident *r = resident_of(env);

    if (r->ops->note != NULL)
        r->ops->note(r, tag, value);
}

/* Slots from `from` on are free. */
static void slots_chain(struct resident *r, uint32_t from)
{
    for (uint32_t i = from; i < r->capacity; i++) {
        r->page[i].loaded = false;
        r->page[i].next = i + 1 < r->capacity ? i + 1 : r->free;
    }
    r->free = from;
}

/* The policy begins anew, with what is loaded. */
static bool policy_wake(struct resident *r)
{
    memset(r->env.mem, 0, r->env.memlen);
    if (r->policy->init(&r->env, r->args) != 0)
        return false;
    r->awake = true;
    for (pol_slot s = r->first; s != POL_NONE; s = r->page[s].next)
        r->policy->loaded(&r->env, s, r->page[s].why);
    return true;
}

bool resident_init(struct resident *r, const struct replacement *policy, uint32_t nframes,
                   uint64_t seed, const char *args, const struct resident_ops *ops, void *owner)
{
    memset(r, 0, sizeof(*r));
    r->grows = nframes == 0;
    r->capacity = r->grows ? RESIDENT_FIRST : nframes;
    r->env = (struct pol_env){.nframes = r->capacity,
                              .seed = seed,
                              .memlen = policy->need(r->capacity, 0),
                              .now = env_now,
                              .page = env_page,
                              .test_clear_ref = env_test_clear_ref,
                              .note = env_note};
    r->policy = policy;
    r->ops = ops;
    r->args = args;
    r->owner = owner;
    r->free = r->first = r->last = POL_NONE;
    r->page = malloc(r->capacity * sizeof(*r->page));
    r->env.mem = malloc(r->env.memlen + 1);
    if (r->page == NULL || r->env.mem == NULL || !policy_wake(r)) {
        resident_fini(r);
        return false;
    }
    slots_chain(r, 0);
    r->awake = !r->grows; /* it was woken to see that it takes its args */
    return true;
}

void resident_fini(struct resident *r)
{
    free(r->page);
    free(r->env.mem);
    r->page = NULL;
    r->env.mem = NULL;
}

bool resident_grow(struct resident *r)
{
    uint32_t capacity = 2 * r->capacity;
    void *page, *mem;

    if (!r->grows || capacity > RESIDENT_MAX)
        return false;
    page = realloc(r->page, capacity * sizeof(*r->page));
    if (page == NULL)
        return false;
    r->page = page;
    mem = malloc(r->policy->need(capacity, 0) + 1);
    if (mem == NULL)
        return false;
    free(r->env.mem);
    r->env.mem = mem;
    r->env.memlen = r->policy->need(capacity, 0);
    r->env.nframes = capacity;
    r->awake = false;
    r->capacity = capacity;
    slots_chain(r, capacity / 2);
    return true;
}

/* Its args were taken before. */
static void policy_call(struct resident *r)
{
    if (!r->awake)
        policy_wake(r);
}

void resident_touch(struct resident *r, const pol_slot *slot, unsigned n)
{
    if (n == 0 || r->policy->touched == NULL)
        return;
    policy_call(r);
    r->policy->touched(&r->env, slot, n);
}

void resident_tick(struct resident *r)
{
    if (r->awake && r->policy->tick != NULL)
        r->policy->tick(&r->env);
}

void resident_remove(struct resident *r, pol_slot s, bool evicted)
{
    struct resident_page *p = &r->page[s];

    if (r->awake)
        r->policy->removed(&r->env, s, evicted);
    *(p->prev == POL_NONE ? &r->first : &r->page[p->prev].next) = p->next;
    *(p->next == POL_NONE ? &r->last : &r->page[p->next].prev) = p->prev;
    p->loaded = false;
    p->next = r->free;
    r->free = s;
    r->count--;
}

static enum pol_refusal slot_refusal(struct resident *r, pol_slot s)
{
    if (!slot_loaded(r, s))
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

/* The oldest that can go; POL_NONE if none can. */
static pol_slot oldest(struct resident *r)
{
    pol_slot s = r->first;

    while (s != POL_NONE && slot_refusal(r, s) != 0)
        s = r->page[s].next;
    return s;
}

unsigned resident_victims(struct resident *r, pol_slot *out, unsigned want)
{
    unsigned n = 0;

    if (want > RESIDENT_BATCH)
        want = RESIDENT_BATCH;
    policy_call(r);
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

    if (r->awake && r->policy->prefetch != NULL && !r->faulty)
        n = ahead_proposed(r, miss, n);
    if (!r->awake || r->policy->admit == NULL || r->faulty)
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
    if (r->awake && r->policy->resize != NULL)
        r->policy->resize(&r->env, r->env.nframes);
}
