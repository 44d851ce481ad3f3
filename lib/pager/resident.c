/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resident.c - policy proposes, mechanism disposes.
 *
 * R1  a slot is on the free chain exactly when it is not loaded; count = loaded slots
 * R2  awake: the policy was told loaded() once more often than removed() for each loaded slot,
 *     equally often for each other; asleep: it was told nothing since it began
 * R3  what resident_victims() returns is loaded, not pinned, and named once
 * R4  `first` ... `last` are the loaded slots in order of loaded_at
 * R5  the arena is large enough for a policy of env.nframes
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
    return s < r->capacity && resident_page(r, s)->loaded;
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

/* Entries for `more` slots, which are free; false: none at all. */
static bool blocks_add(struct resident *r, uint32_t more)
{
    uint32_t from = r->capacity, to = from + more;
    uint32_t had = (from + RESIDENT_BLOCK - 1) / RESIDENT_BLOCK;
    uint32_t want = (to + RESIDENT_BLOCK - 1) / RESIDENT_BLOCK;
    struct resident_page **block = realloc(r->block, want * sizeof(*block));

    if (block == NULL)
        return false;
    r->block = block;
    while (had < want && (block[had] = malloc(RESIDENT_BLOCK * sizeof(**block))) != NULL)
        had++;
    r->capacity = had * RESIDENT_BLOCK < to ? had * RESIDENT_BLOCK : to;
    for (uint32_t i = r->capacity; i-- > from;) {
        resident_page(r, i)->loaded = false;
        resident_page(r, i)->next = r->free & RESIDENT_NONE;
        r->free = i;
    }
    return r->capacity > from;
}

static void policy_end(struct resident *r)
{
    r->env.mem = NULL;
    r->awake = false;
}

/* Memory for a policy of so many frames; of a set that grows page by page, for as many
 * more if there is so much. One that is awake falls asleep if it has to move. */
static bool arena_reserve(struct resident *r, uint32_t nframes)
{
    size_t least = r->policy->need(nframes, 0) + 1;
    size_t bytes = r->grows && !r->awake ? r->policy->need(2 * nframes, 0) + 1 : least;
    void *arena;

    if (r->arena_bytes >= least)
        return true;
    arena = malloc(bytes);
    if (arena == NULL) {
        bytes = least;
        arena = malloc(bytes);
    }
    if (arena == NULL)
        return false;
    policy_end(r);
    free(r->arena);
    r->arena = arena;
    r->arena_bytes = bytes;
    return true;
}

static bool policy_begin(struct resident *r)
{
    r->env.mem = r->arena;
    r->env.memlen = r->policy->need(r->env.nframes, 0);
    memset(r->arena, 0, r->env.memlen);
    r->awake = r->policy->init(&r->env, r->args) == 0;
    return r->awake;
}

bool resident_init(struct resident *r, const struct replacement *policy, uint32_t nframes,
                   uint64_t seed, const char *args, const struct resident_ops *ops, void *owner)
{
    memset(r, 0, sizeof(*r));
    r->grows = nframes == 0;
    r->policy = policy;
    r->ops = ops;
    r->args = args;
    r->owner = owner;
    r->free = r->first = r->last = RESIDENT_NONE;
    nframes = r->grows ? RESIDENT_BLOCK : nframes;
    r->env = (struct pol_env){.nframes = nframes,
                              .seed = seed,
                              .now = env_now,
                              .page = env_page,
                              .test_clear_ref = env_test_clear_ref,
                              .note = env_note};
    if (!blocks_add(r, nframes) || r->capacity < nframes || !arena_reserve(r, nframes) ||
        !policy_begin(r)) {
        resident_fini(r);
        return false;
    }
    if (r->grows) /* now it is known that it takes its args */
        policy_end(r);
    return true;
}

void resident_fini(struct resident *r)
{
    for (uint32_t i = 0; i < r->capacity; i += RESIDENT_BLOCK)
        free(r->block[i / RESIDENT_BLOCK]);
    free(r->block);
    r->block = NULL;
    r->capacity = 0;
    policy_end(r);
    free(r->arena);
    r->arena = NULL;
    r->arena_bytes = 0;
}

bool resident_grow(struct resident *r)
{
    uint32_t more = r->awake ? r->capacity : RESIDENT_BLOCK;

    if (!r->grows || r->capacity > RESIDENT_MAX / 2 || !arena_reserve(r, r->capacity + more) ||
        !blocks_add(r, more))
        return false;
    policy_end(r);
    r->env.nframes = r->capacity;
    return true;
}

void resident_wake(struct resident *r)
{
    if (r->awake || !policy_begin(r))
        return;
    for (pol_slot s = r->first; s != RESIDENT_NONE; s = resident_page(r, s)->next)
        r->policy->loaded(&r->env, s, resident_page(r, s)->why);
}

void resident_touch(struct resident *r, const pol_slot *slot, unsigned n)
{
    if (n > 0 && r->awake && r->policy->touched != NULL)
        r->policy->touched(&r->env, slot, n);
}

void resident_tick(struct resident *r)
{
    if (r->awake && r->policy->tick != NULL)
        r->policy->tick(&r->env);
}

void resident_remove(struct resident *r, pol_slot s, bool evicted)
{
    struct resident_page *p = resident_page(r, s);

    if (r->awake)
        r->policy->removed(&r->env, s, evicted);
    if (p->prev == RESIDENT_NONE)
        r->first = p->next;
    else
        resident_page(r, p->prev)->next = p->next;
    if (p->next == RESIDENT_NONE)
        r->last = p->prev;
    else
        resident_page(r, p->next)->prev = p->prev;
    p->loaded = false;
    p->next = r->free & RESIDENT_NONE;
    r->free = s;
    r->count--;
}

static enum pol_refusal slot_refusal(struct resident *r, pol_slot s)
{
    if (!slot_loaded(r, s))
        return POL_NOT_LOADED;
    if (resident_page(r, s)->chosen)
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
            resident_page(r, proposed[i])->chosen = true;
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

/* The oldest that can go; RESIDENT_NONE if none can. */
static pol_slot oldest(struct resident *r)
{
    pol_slot s = r->first;

    while (s != RESIDENT_NONE && slot_refusal(r, s) != 0)
        s = resident_page(r, s)->next;
    return s;
}

unsigned resident_victims(struct resident *r, pol_slot *out, unsigned want)
{
    uint32_t before_all = r->refused;
    unsigned n = 0;

    if (want > RESIDENT_BATCH)
        want = RESIDENT_BATCH;
    /* A refusal lets it name others; as many as there are pages it might have to step over. */
    while (r->awake && !r->faulty && n < want && r->refused - before_all <= r->count) {
        uint32_t refused = r->refused;
        unsigned before = n;

        n = take_proposals(r, out, n, want);
        if (n == before && r->refused == refused)
            break;
    }
    while (n < want) {
        pol_slot s = oldest(r);

        if (s == RESIDENT_NONE)
            break;
        resident_page(r, s)->chosen = true;
        out[n++] = s;
        r->fallbacks += r->awake;
        if (r->fallbacks >= RESIDENT_STRIKES)
            r->faulty = true;
    }
    for (unsigned i = 0; i < n; i++)
        resident_page(r, out[i])->chosen = false;
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
