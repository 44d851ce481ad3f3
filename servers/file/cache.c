/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cache.c - pages of files in memory, found by (inode, index).
 *
 * The key of a file's neighbouring pages falls into neighbouring chains: a hit costs an
 * addition and a look. The table is made once, for the most pages there can be.
 */
#include "cache.h"

#include "evict.h"
#include "status.h"
#include "supply.h"

#include <stdlib.h>
#include <string.h>

#define EVICT_BATCH 8u

struct cache_hash cache_hash;
static uint32_t page_min;

static bool hash_init(uint32_t pages)
{
    uint32_t length = 64;

    while (length < pages / 2)
        length *= 2;
    cache_hash.head = calloc(length, sizeof(struct page *));
    cache_hash.mask = length - 1;
    return cache_hash.head != NULL;
}

bool cache_init(uint32_t min, uint32_t max, const struct replacement *policy)
{
    uint32_t total = supply_total();

    if (max == 0 || max > total)
        max = total;
    if (max < min)
        max = min;
    if (!pool_init(max) || !hash_init(max) || !evict_init(policy, max))
        return false;
    page_min = min;
    status->cache_max = max;
    return pool_reserve(min);
}

static struct page **chain_find(struct page *p)
{
    struct page **at = &cache_hash.head[cache_home(p->inode, p->index)];

    while (*at != p)
        at = &(*at)->next;
    return at;
}

/* Out of the table and onto the free list. */
static void drop(struct page *p)
{
    *chain_find(p) = p->next;
    status->cache_pages--;
    pool_put(p);
}

static unsigned evict(unsigned want)
{
    struct page *victim[EVICT_BATCH];
    unsigned n = evict_choose(victim, want < EVICT_BATCH ? want : EVICT_BATCH);

    for (unsigned i = 0; i < n; i++)
        drop(victim[i]);
    status->evicted_clean += n;
    return n;
}

struct page *cache_enter(uint32_t inode, uint32_t index)
{
    struct page *p = pool_take(true);
    struct page **head;

    if (p == NULL && evict(EVICT_BATCH) > 0)
        p = pool_take(false);
    if (p == NULL)
        return NULL;
    head = &cache_hash.head[cache_home(inode, index)];
    *p = (struct page){
        .inode = inode,
        .index = index,
        .next = *head,
        .physical = p->physical,
        .number = p->number,
        .frame = p->frame,
        .state = PAGE_FILLING,
    };
    *head = p;
    status->cache_pages++;
    return p;
}

void cache_filled(struct page *p, enum err e)
{
    if (e == ERR_OK) {
        p->state = PAGE_VALID;
        evict_loaded(p);
        return;
    }
    p->state = PAGE_FAILED;
    p->error = (uint8_t)e;
    status->errors++;
    if (p->pins == 0)
        drop(p);
}

void cache_kill(struct page *p)
{
    evict_removed(p);
    if (p->pins == 0) {
        drop(p);
        return;
    }
    p->state = PAGE_FAILED;
    p->error = ERR_END;
}

void cache_pin(struct page *p)
{
    p->pins++;
}

void cache_unpin(struct page *p)
{
    if (--p->pins == 0 && p->state == PAGE_FAILED)
        drop(p);
}

unsigned cache_shrink(unsigned pages)
{
    unsigned given = 0;

    while (given < pages && pool_frames() > page_min) {
        unsigned want = pages - given;
        unsigned got;

        if (want > pool_frames() - page_min)
            want = pool_frames() - page_min;
        if (want > EVICT_BATCH)
            want = EVICT_BATCH;
        got = pool_give(want);
        if (got < want)
            got += pool_give(evict(want - got));
        if (got == 0)
            break;
        given += got;
    }
    return given;
}

bool cache_leave(cap_t slot)
{
    struct page *p = pool_at(slot);

    if (p == NULL)
        return true;
    if (pool_frames() <= page_min)
        return false;
    if (p->state == PAGE_VALID && evict_page(p)) {
        drop(p);
        status->evicted_clean++;
    }
    if (p->state != PAGE_FREE)
        return false;
    pool_give_one(p);
    return true;
}

static bool chained_right(const struct page *p, uint32_t home)
{
    return p->state >= PAGE_FILLING && cache_home(p->inode, p->index) == home &&
           cache_find(p->inode, p->index) == p;
}

unsigned cache_audit(void)
{
    uint32_t chained = 0, used = 0;

    for (uint32_t i = 0; i <= cache_hash.mask; i++)
        for (const struct page *p = cache_hash.head[i]; p != NULL; p = p->next, chained++)
            if (!chained_right(p, i))
                return 2;
    for (uint32_t n = 0; n < pool_numbers(); n++)
        used += pool_page(n)->state >= PAGE_FILLING;
    if (chained != used || chained != status->cache_pages)
        return 1;
    return evict_audit() ? 0 : 3;
}
