/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * resident.h - the resident set: pages that a replacement policy rules, and the mechanism
 * that re-checks what it proposes.
 */
#ifndef PAGER_RESIDENT_H
#define PAGER_RESIDENT_H

#include "replacement.h"

#define RESIDENT_STRIKES 16u /* useless answers after which a policy is not asked any more */

struct resident;

/* What the set's owner supplies. */
struct resident_ops {
    /* Why this page cannot go now; 0 = it can. */
    enum pol_refusal (*pinned)(struct resident *, pol_slot);
    bool (*test_clear_ref)(struct resident *, pol_slot);
    uint64_t (*now)(struct resident *);
    void (*note)(struct resident *, uint32_t tag, uint64_t value); /* optional */
};

struct resident {
    struct pol_env env; /* first: callbacks get it and mean us */
    const struct replacement *policy;
    const struct resident_ops *ops;
    void *owner;
    struct resident_page {
        struct pol_page facts;
        uintptr_t where; /* the owner's name for the page */
        pol_slot next;   /* free: the next free slot */
        bool loaded, chosen;
    } * page;
    uint32_t capacity, count; /* slots there are; pages loaded */
    pol_slot free;            /* first of the free chain, POL_NONE = none */
    uint64_t loads;
    /* What the policy did wrong, or had to be told: */
    uint32_t bad_slots; /* proposed, but not loaded, or twice */
    uint32_t refused;   /* proposed, but pinned */
    uint32_t fallbacks; /* victims found by FIFO since the policy named too few */
    bool faulty;        /* RESIDENT_STRIKES of them: no longer asked */
};

/* false: no memory, or the policy rejects its args. nframes >= 1. */
bool resident_init(struct resident *r, const struct replacement *policy, uint32_t nframes,
                   uint64_t seed, const char *args, const struct resident_ops *ops, void *owner);
void resident_fini(struct resident *r);

static inline bool resident_full(const struct resident *r)
{
    return r->count >= r->env.nframes;
}

/* Enters a page; the set must not be full. */
pol_slot resident_load(struct resident *r, const struct pol_page *facts, uintptr_t where,
                       enum pol_why why);
void resident_touch(struct resident *r, const pol_slot *slot, unsigned n);
void resident_remove(struct resident *r, pol_slot s, bool evicted);

/*
 * Up to `want` (<= RESIDENT_BATCH) victims: loaded, not pinned, each once; the policy's if
 * they stand the check, else the oldest. Fewer only if no more can go. The caller evicts and
 * removes them.
 */
#define RESIDENT_BATCH 16u
unsigned resident_victims(struct resident *r, pol_slot *out, unsigned want);

/* Of the up to `max` (<= RESIDENT_BATCH) pages behind a missing one, in order: how many the
 * policy wants with it. All, if it has no opinion. */
unsigned resident_ahead(struct resident *r, const struct pol_key *miss, unsigned max);

/* Another limit, at most the first one; then victims are due until the set is within it. */
void resident_resize(struct resident *r, uint32_t nframes);

#endif
