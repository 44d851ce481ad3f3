/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * read.h - pages of a file for a client: those that are there, the others on their way.
 */
#ifndef FILE_READ_H
#define FILE_READ_H

#include "cache.h"
#include "session.h"
#include "status.h"

#define READ_PAGES 17u /* 64 KiB that begin within a page */
#define NEAR_PAGES 128u
#define NEAR_BLOCK 16u /* 64 KiB: one request of the disk */

void read_init(uint32_t ahead_max);

/* The first of [first, first + count) that are VALID, in order. */
static inline uint32_t pages_valid(uint32_t inode, uint32_t first, uint32_t count,
                                   struct page **page)
{
    uint32_t n = 0;

    for (; n < count; n++) {
        page[n] = cache_find(inode, first + n);
        if (page[n] == NULL || page[n]->state != PAGE_VALID)
            break;
    }
    return n;
}

/*
 * Makes pages [first, first + need) of a description's file ready for a client that also
 * likes those up to `count`; all lie within the file. *valid of them are, in page[].
 *
 * ERR_OK: 1 <= *valid, less than need if the others cannot be had now. ERR_PENDING: nothing is
 * to be served yet; the session will be told, and the pages stay until the client repeats
 * the call. ERR_IO, ERR_CORRUPT: the first page cannot be read.
 * *hit: the pages needed were in memory when first asked for.
 */
enum err pages_fetch(struct session *s, struct description *d, uint32_t first, uint32_t need,
                     uint32_t count, struct page **page, uint32_t *valid, bool *hit);

/* The same, short where all is in memory. */
static inline enum err pages_bring(struct session *s, struct description *d, uint32_t first,
                                   uint32_t need, uint32_t count, struct page **page,
                                   uint32_t *valid, bool *hit)
{
    *valid = pages_valid(d->node->inode, first, count, page);
    if (*valid < count || !list_empty(&s->wants) || !ahead_quiet(&d->ahead, first, need))
        return pages_fetch(s, d, first, need, count, page, valid, hit);
    status->hits += need;
    *hit = true;
    return ERR_OK;
}

#endif
