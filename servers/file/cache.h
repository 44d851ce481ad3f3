/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cache.h - pages of files in memory, found by (inode, index). States: pool.h.
 *
 * C1  a page is in the hash table exactly while it is FILLING, VALID or FAILED
 * C2  no two pages in it have the same inode and index
 * C3  the policy rules exactly the VALID pages: loaded when they become so, removed when
 *     they cease
 * C4  a page with pins, or that is being filled, or dirty, or being written, is not evicted
 */
#ifndef FILE_CACHE_H
#define FILE_CACHE_H

#include "error.h"
#include "pool.h"
#include "replacement.h"

#include <stdbool.h>
#include <stdint.h>

struct cache_hash {
    struct page **head;
    uint32_t mask;
};
extern struct cache_hash cache_hash;

#define CACHE_TOUCHES 32u /* hits told to the policy in one batch */

struct cache_touches {
    uint32_t count;
    pol_slot page[CACHE_TOUCHES];
};
extern struct cache_touches cache_touches;

/*
 * min: pages taken now and kept; max: at most, 0 = what the machine has. false: no memory
 * for them.
 */
bool cache_init(uint32_t min, uint32_t max, const struct replacement *policy);

static inline uint32_t cache_home(uint32_t inode, uint32_t index)
{
    return (inode * 0x9e3779b1u + index) & cache_hash.mask;
}

/* NULL: not there. What is found may be FILLING or FAILED. */
static inline struct page *cache_find(uint32_t inode, uint32_t index)
{
    struct page *p = cache_hash.head[cache_home(inode, index)];

    while (p != NULL && (p->index != index || p->inode != inode))
        p = p->next;
    return p;
}

void cache_tell_touches(void);

/* A use: the policy is told, later; but not of the use that the page was loaded for. */
static inline void cache_touch(struct page *p)
{
    if (p->fresh) {
        p->fresh = 0;
        return;
    }
    if (cache_touches.count == CACHE_TOUCHES)
        cache_tell_touches();
    cache_touches.page[cache_touches.count++] = p->number;
}

/*
 * A page to be filled with what is not there yet: a free one, a new one, or an evicted
 * one. NULL: all are pinned or being filled.
 */
struct page *cache_enter(uint32_t inode, uint32_t index);

/* The contents are there, or not: FILLING -> VALID or FAILED. */
void cache_filled(struct page *p, enum err e);

void cache_pin(struct page *p);
/* The last pin of a FAILED page drops it. */
void cache_unpin(struct page *p);

/* A VALID page is no part of its file any more: it goes, or as soon as nobody has pinned it. All
 * capabilities of it are revoked. */
void cache_kill(struct page *p);

/* Evicts and gives frames back, but for the minimum. How many. */
unsigned cache_shrink(unsigned pages);

/* The frame in that slot, if there is one, is given back, as long as more than the minimum is left.
 * False: not before it is written, or nobody needs it any more. */
bool cache_leave(cap_t slot);

/* 0, or the number of the invariant that does not hold. */
unsigned cache_audit(void);

#endif
