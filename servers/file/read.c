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
    uint32_t part = pool_frames() / 8;

    return part < ahead_max ? part : ahead_max;
}

/*
 * Whoever jumps about in a large file is read no more than he needs; near where he was
 * (a program's text), he gets the neighbours he likes.
 */
static uint32_t to_fill(struct description *d, uint32_t first, uint32_t need, uint32_t count,
                        bool missing)
{
    uint32_t distance = first > d->ahead.next ? first - d->ahead.next : d->ahead.next - first;
    uint32_t ahead = ahead_access(&d->ahead, first, need, missing, window_max());

    if (missing && distance < NEAR_PAGES && ahead < count - need)
        ahead = count - need;
    return need + ahead;
}

/* Page `first` cannot be had: what the client is told. */
static enum err first_failed(struct session *s, const struct page *p, uint32_t first)
{
    enum err e = (enum err)p->error;

    want_take(s, p->inode, first); /* drops the page: the next to ask reads it again */
    return e;
}

/* Not all that is needed is there, and everything possible was begun. */
static enum err settle(struct session *s, uint32_t inode, uint32_t first, uint32_t need,
                       uint32_t valid, const struct page *stop)
{
    if (stop != NULL && stop->state == PAGE_FILLING) {
        want_promise(s, inode, first, need);
        return ERR_PENDING;
    }
    if (valid == 0 && stop == NULL) {
        s->starved = true;
        return ERR_PENDING;
    }
    if (valid == 0)
        return first_failed(s, stop, first);
    want_take(s, inode, first);
    return ERR_OK;
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
    uint32_t inode = d->node->inode, fill;
    bool promised = want_is(s, inode, first);

    *hit = !promised && *valid >= need;
    if (!promised)
        count_hits(need, *valid);
    if (*valid == 0 && page[0] != NULL && page[0]->state == PAGE_FAILED)
        return first_failed(s, page[0], first);

    fill = to_fill(d, first, need, count, *valid < need);
    if (fill > need || *valid < need) {
        do
            fill_range(d->node, first, fill, need);
        while (cache_find(inode, first) == NULL && want_break());
        *valid = pages_valid(inode, first, count, page);
    }
    if (*valid < need)
        return settle(s, inode, first, need, *valid, page[*valid]);
    if (promised)
        want_take(s, inode, first);
    return ERR_OK;
}
