/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * read.c - pages of a file for a client: those that are there, the others on their way.
 *
 * A client that lacks one of the pages it needs is served nothing: it comes back once for
 * all of them. Only if they do not fit into memory together is it served a part.
 */
#include "read.h"

#include "fill.h"
#include "want.h"

static uint32_t ahead_max;

void read_init(uint32_t max)
{
    ahead_max = max;
}

/* Read-ahead never has more than a part of a small cache. */
static uint32_t window_max(void)
{
    uint32_t part = pool_reach() / 8;

    return part < ahead_max ? part : ahead_max;
}

/*
 * What to read for a client that needs `asked` and likes up to `count` pages. Whoever jumps
 * about in a large file is read no more than he needs; near where he was (a program's text),
 * he gets the neighbours he likes, on both sides.
 */
static struct fill_span to_fill(struct description *d, struct fill_span asked, uint32_t count,
                                bool missing)
{
    struct fill_span all = asked;
    uint32_t first = asked.first, next = d->ahead.next;
    uint32_t distance = first > next ? first - next : next - first;

    all.count += ahead_access(&d->ahead, first, asked.count, missing, window_max());
    if (missing && distance < NEAR_PAGES && count > asked.count) {
        uint32_t before = first % NEAR_BLOCK;

        all.first -= before;
        all.count = before + (all.count > count ? all.count : count);
    }
    return all;
}

/* Enters what is missing, promises what is needed, and begins. */
static void begin(struct session *s, struct description *d, struct fill_span all,
                  struct fill_span asked)
{
    uint32_t inode = d->node->inode;

    do
        fill_range(d->node, all, asked);
    while (cache_find(inode, asked.first) == NULL && want_break());
    want_promise(s, inode, asked.first, asked.count);
    fills_continue();
}

/* Not all that is needed is there: what the client is told. */
static enum err settle(struct session *s, uint32_t inode, uint32_t first, uint32_t valid,
                       const struct page *stop)
{
    enum err e = ERR_OK;

    if (stop != NULL && stop->state == PAGE_FILLING) {
        want_arm(s, inode, first);
        return ERR_PENDING;
    }
    if (valid == 0 && stop == NULL) {
        s->starved = true;
        e = ERR_PENDING;
    } else if (valid == 0) {
        e = (enum err)stop->error;
    }
    want_take(s, inode, first); /* drops a failed page: the next to ask reads it again */
    return e;
}

static void count_hits(uint32_t need, uint32_t valid)
{
    uint32_t hits = valid < need ? valid : need;

    status->hits += hits;
    status->misses += need - hits;
}

enum err pages_fetch(struct session *s, struct description *d, uint32_t first, uint32_t need,
                     uint32_t count, struct page **page, uint32_t *valid, bool *hit)
{
    uint32_t inode = d->node->inode;
    struct fill_span asked = {first, need}, all = asked;
    bool promised = want_is(s, inode, first); /* the same call again */

    *hit = !promised && *valid >= need;
    if (!promised)
        count_hits(need, *valid);
    if (*valid == 0 && page[0] != NULL && page[0]->state == PAGE_FAILED)
        return settle(s, inode, first, 0, page[0]);

    if (!promised)
        all = to_fill(d, asked, count, *valid < need);
    if (*valid < need) {
        begin(s, d, all, asked);
    } else if (all.count > need) {
        fill_range(d->node, all, asked);
        fills_continue();
    }
    *valid = pages_valid(inode, first, count, page);
    if (*valid < need)
        return settle(s, inode, first, *valid, page[*valid]);
    want_take(s, inode, first);
    return ERR_OK;
}
