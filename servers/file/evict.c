/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evict.c - policy proposes, mechanism disposes: which cached page goes next.
 *
 * Hits are told to the policy in batches, before anything else is told or asked, so that
 * it sees everything in order. A page that was lent is looked up in the kernel's accessed
 * bits when the policy asks; that is how references by mapping reach it.
 */
#include "evict.h"

#include "cache.h"
#include "dirty.h"
#include "rt.h"

#include <stdlib.h>
#include <string.h>

#define PROPOSALS 16u
#define ROUNDS    4u /* of proposals in one choice, until the hand has to help */

struct cache_touches cache_touches;

static struct {
    struct pol_env env;
    const struct replacement *policy;
    uint32_t hand; /* the next page it looks at */
    struct pol_page shown;
} evict;

static const struct replacement *const policies[] = {&policy_two_lists, &policy_fifo,
                                                     &policy_clock};

const struct replacement *evict_policy(const char *name)
{
    for (unsigned i = 0; i < sizeof(policies) / sizeof(policies[0]); i++)
        if (strcmp(name, policies[i]->name) == 0)
            return policies[i];
    return NULL;
}

const char *evict_policies(void)
{
    return "lru, fifo, clock";
}

static uint64_t env_now(struct pol_env *env)
{
    (void)env;
    return instructions();
}

static bool ruled(pol_slot s)
{
    return s < pool_numbers() && pool_page(s)->state == PAGE_VALID;
}

static const struct pol_page *env_page(struct pol_env *env, pol_slot s)
{
    const struct page *p;

    (void)env;
    if (!ruled(s))
        return NULL;
    p = pool_page(s);
    evict.shown = (struct pol_page){
        .key = {.area = p->inode, .page = p->index},
        .file = true,
        .shared = p->lent,
        .dirty = p->dirty,
        .pinned = p->pins > 0 || p->dirty || p->writing,
    };
    return &evict.shown;
}

static bool env_test_clear_ref(struct pol_env *env, pol_slot s)
{
    uint8_t bits;

    (void)env;
    if (!ruled(s) || !pool_page(s)->lent)
        return false;
    return frame_harvest(pool_page(s)->frame, 1, HARVEST_A, &bits) == ERR_OK && (bits & HARVEST_A);
}

static void env_note(struct pol_env *env, uint32_t tag, uint64_t value)
{
    (void)env;
    (void)tag;
    (void)value;
}

bool evict_init(const struct replacement *policy, uint32_t pages)
{
    evict.policy = policy;
    evict.hand = 0;
    evict.env = (struct pol_env){
        .nframes = pages,
        .seed = 1,
        .memlen = policy->need(pages, 0),
        .now = env_now,
        .page = env_page,
        .test_clear_ref = env_test_clear_ref,
        .note = env_note,
    };
    evict.env.mem = calloc(1, evict.env.memlen + 1);
    cache_touches.count = 0;
    return evict.env.mem != NULL && policy->init(&evict.env, "") == 0;
}

void cache_tell_touches(void)
{
    if (cache_touches.count > 0 && evict.policy->touched != NULL)
        evict.policy->touched(&evict.env, cache_touches.page, cache_touches.count);
    cache_touches.count = 0;
}

void evict_loaded(struct page *p)
{
    cache_tell_touches();
    evict.policy->loaded(&evict.env, p->number, p->ahead ? POL_PREFETCH : POL_FILE);
}

void evict_removed(struct page *p)
{
    cache_tell_touches();
    if (p->lent)
        cap_revoke(p->frame);
    p->lent = 0;
    evict.policy->removed(&evict.env, p->number, false);
}

/* Takes a page from the policy and from all who have a capability of it. */
static bool take(struct page *p)
{
    if (p->state != PAGE_VALID || p->pins > 0 || p->dirty || p->writing)
        return false;
    if (p->lent && cap_revoke(p->frame) != ERR_OK)
        return false;
    p->lent = 0;
    if (p->writable && dirty_found(p))
        return false; /* written to until just now: the revocation told */
    evict.policy->removed(&evict.env, p->number, true);
    p->state = PAGE_FILLING; /* neither ruled nor evicted twice; the caller drops it */
    return true;
}

static unsigned take_proposed(struct page **out, unsigned want)
{
    pol_slot proposed[PROPOSALS];
    unsigned taken = 0;
    unsigned n = evict.policy->victims(&evict.env, proposed, want);

    for (unsigned i = 0; i < n && i < want; i++) {
        struct page *p = ruled(proposed[i]) ? pool_page(proposed[i]) : NULL;

        if (p != NULL && take(p))
            out[taken++] = p;
        else if (evict.policy->refused != NULL)
            evict.policy->refused(&evict.env, proposed[i], p == NULL ? POL_NOT_LOADED : POL_PINNED);
    }
    return taken;
}

/* Whatever can go, in the order of the numbers. */
static unsigned take_by_hand(struct page **out, unsigned want)
{
    unsigned taken = 0;

    for (uint32_t looks = pool_numbers(); looks > 0 && taken < want; looks--) {
        struct page *p;

        evict.hand = evict.hand + 1 < pool_numbers() ? evict.hand + 1 : 0;
        p = pool_page(evict.hand);
        if (take(p))
            out[taken++] = p;
    }
    return taken;
}

unsigned evict_choose(struct page **out, unsigned want)
{
    unsigned taken = 0;

    if (want > PROPOSALS)
        want = PROPOSALS;
    cache_tell_touches();
    for (unsigned round = 0; round < ROUNDS && taken < want; round++)
        taken += take_proposed(out + taken, want - taken);
    return taken > 0 ? taken : take_by_hand(out, want);
}

bool evict_page(struct page *p)
{
    cache_tell_touches();
    return take(p);
}

bool evict_audit(void)
{
    cache_tell_touches();
    return evict.policy->check == NULL || evict.policy->check(&evict.env) == 0;
}
