/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fill.h - reading pages in.
 *
 * A fill is a run of neighbouring pages of one file, entered into the cache as FILLING:
 *
 *   WAITS     to be begun, or for a request of the disk to be free
 *   MAPS      waits for its block map, on the fiber of jobs
 *
 * then all its blocks are asked for and it is gone; the pages count their own requests.
 * Blocks that are neighbours on the disk travel together, up to 64 KiB in a request.
 */
#ifndef FILE_FILL_H
#define FILE_FILL_H

#include "cache.h"
#include "node.h"

#define FILLS    32u /* at a time */
#define FILL_MAX 64u /* pages of one */

void fills_init(void);

struct fill_span {
    uint32_t first, count; /* pages */
};

/*
 * Enters those of `all` that are not in memory, within the file; of them those of `asked` are
 * wanted now, the others ahead. Fewer if there is no place. They are read when fills_continue
 * is called: what must not be lost is pinned in between. Each page that was entered ends as
 * VALID or FAILED, some at once (holes, a damaged map); for those with pins fill_told is called.
 */
void fill_range(struct node *n, struct fill_span all, struct fill_span asked);

/* A page has become VALID or FAILED. Defined by want.c. */
void fill_told(struct page *p);

/* Begins what was entered, and goes on with what had to wait, as far as requests are free. */
void fills_continue(void);

#endif
