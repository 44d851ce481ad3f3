/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resident.h - the resident set: pages that a replacement policy rules, and the mechanism
 * that re-checks what it proposes.
 *
 * A set has a limit, or it grows with what is loaded. A growing set lets its policy sleep: that
 * is told nothing until it is woken, and then all at once, in the order of the loads. So a task
 * that never has to give up a page pays next to nothing for the choice. As long as a policy
 * sleeps the oldest page is the victim. Its memory is had when the set grows: when it is woken
 * there may be none to be had.
 */
#ifndef PAGER_RESIDENT_H
#define PAGER_RESIDENT_H

#include "replacement.h"

#define RESIDENT_STRIKES 16u  /* useless answers after which a policy is not asked any more */
#define RESIDENT_BLOCK   256u /* pages of a set whose entries lie together */
#define RESIDENT_MAX     0x800000u

struct resident;

/* What the set's owner supplies. */
struct resident_ops {
    /* Why this page cannot go now; 0 = it can. */
    enum pol_refusal (*pinned)(struct resident *, pol_slot);
    bool (*test_clear_ref)(struct resident *, pol_slot);
    uint64_t (*now)(struct resident *);
    void (*note)(struct resident *, uint32_t tag, uint64_t value); /* optional */
    /* What there is to know of the page, but for loaded_at; optional. */
    void (*facts)(struct resident *, pol_slot, struct pol_page *);
};

struct resident {
    struct pol_env env; /* first: callbacks get it and mean us */
    const struct replacement *policy;
    const struct resident_ops *ops;
    const char *args;
    void *owner;
    struct resident_page {
        uint32_t where;     /* the owner's name for the page */
        uint32_t loaded_at; /* number of its load */
        pol_slot prev;      /* in order of the loads */
        pol_slot next : 24; /* the same; free: the next free one; RESIDENT_NONE */
        uint32_t why : 6;   /* enum pol_why */
        uint32_t loaded : 1, chosen : 1;
    } * *block;
    uint32_t capacity, count; /* slots there are; pages loaded */
    void *arena;              /* for the policy */
    size_t arena_bytes;
    pol_slot free;        /* first of the free chain, RESIDENT_NONE = none */
    pol_slot first, last; /* loaded first, last; RESIDENT_NONE = none */
    uint64_t loads;
    bool grows, awake;     /* awake: the policy knows of each page */
    struct pol_page shown; /* what env.page() pointed to last */
    /* What the policy did wrong, or had to be told: */
    uint32_t bad_slots; /* proposed, but not loaded, or twice */
    uint32_t refused;   /* proposed, but pinned */
    uint32_t fallbacks; /* victims found by FIFO since the policy named too few */
    bool faulty;        /* RESIDENT_STRIKES of them: no longer asked */
};

/* false: no memory, or the policy rejects its args. nframes: the limit, >= 1; 0: it grows. The
 * args stay the caller's. */
bool resident_init(struct resident *r, const struct replacement *policy, uint32_t nframes,
                   uint64_t seed, const char *args, const struct resident_ops *ops, void *owner);
void resident_fini(struct resident *r);

#define RESIDENT_NONE 0xffffffu /* POL_NONE in fewer bits */

static inline struct resident_page *resident_page(const struct resident *r, pol_slot s)
{
    return &r->block[s / RESIDENT_BLOCK][s % RESIDENT_BLOCK];
}

static inline bool resident_full(const struct resident *r)
{
    return r->count >= r->env.nframes;
}

/* Room for more; false: it has a limit, or there is no memory for it. A policy that is awake
 * falls asleep: what it knew but the order of the loads is lost. */
bool resident_grow(struct resident *r);

/* From now on the policy is asked. Allocates nothing. */
void resident_wake(struct resident *r);

/* Enters a page; the set must not be full. */
static inline pol_slot resident_load(struct resident *r, uint32_t where, enum pol_why why)
{
    pol_slot s = r->free;
    struct resident_page *p = resident_page(r, s);

    r->free = p->next;
    *p = (struct resident_page){.where = where,
                                .next = RESIDENT_NONE,
                                .prev = r->last,
                                .loaded_at = (uint32_t)++r->loads,
                                .why = why,
                                .loaded = true};
    if (r->last == RESIDENT_NONE)
        r->first = s;
    else
        resident_page(r, r->last)->next = s;
    r->last = s;
    r->count++;
    if (r->awake)
        r->policy->loaded(&r->env, s, why);
    return s;
}

/* How many were loaded after it? */
static inline uint32_t resident_age(const struct resident *r, pol_slot s)
{
    return (uint32_t)r->loads - resident_page(r, s)->loaded_at;
}

/* Told to a policy that is awake only. */
void resident_touch(struct resident *r, const pol_slot *slot, unsigned n);
/* After a sweep of accessed bits. */
void resident_tick(struct resident *r);
void resident_remove(struct resident *r, pol_slot s, bool evicted);

/*
 * Up to `want` (<= RESIDENT_BATCH) victims: loaded, not pinned, each once; the policy's if
 * they stand the check, else the oldest. Fewer only if no more can go. The caller evicts and
 * removes them.
 */
#define RESIDENT_BATCH 32u
unsigned resident_victims(struct resident *r, pol_slot *out, unsigned want);

/* Of the up to `max` (<= RESIDENT_BATCH) pages behind a missing one, in order: how many the
 * policy wants with it. All, if it has no opinion. */
unsigned resident_ahead(struct resident *r, const struct pol_key *miss, unsigned max);

/* Another limit, at most the first one; then victims are due until the set is within it. */
void resident_resize(struct resident *r, uint32_t nframes);

#endif
