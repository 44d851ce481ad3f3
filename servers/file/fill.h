/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fill.h - reading pages in.
 *
 * A fill is a run of neighbouring pages of one file, entered into the cache as FILLING:
 *
 *   MAPS      waits for its block map, on the fiber of jobs
 *   WAITS     for a request of the disk to be free
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

/*
 * Reads pages of [first, first + count) that are not in memory, within the file; the first
 * `asked` of them are wanted now, the others ahead. Some may be done at once (holes). Fewer
 * are begun if there is no place; each page that was entered ends as VALID or FAILED, and
 * fill_told is called for it.
 */
void fill_range(struct node *n, uint32_t first, uint32_t count, uint32_t asked);

/* A page has become VALID or FAILED. Defined by want.c. */
void fill_told(struct page *p);

/* Something may go on: requests came back. */
void fills_continue(void);

#endif
