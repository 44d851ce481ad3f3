/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page.h - the store's pages: whose contents there are, how many name them, where they lie.
 *
 *   place   frame   the contents are
 *   -       yes     in memory only
 *   yes     -       on disk
 *   yes     yes     in both, the same; of an object: the same, unless it was written to since
 * (LIVE)
 *   -       -       lost (PAGE_LOST): an error of a device ate them
 *
 * P1  a page in use has count >= 1, or a frame that is read or written just now
 * P2  count is the number of table entries that name it, over all sessions and objects
 * P3  pins is the number of those that are marked (ENTRY_MARK)
 * P4  there are at least as many unused records as there are places neither used nor promised
 */
#ifndef SWAP_PAGE_H
#define SWAP_PAGE_H

#include "place.h"

#include <stdbool.h>
#include <stdint.h>

#define PAGE_COUNT_MAX UINT16_MAX
#define PAGE_PINS_MAX  UINT8_MAX

enum page_flag {
    PAGE_LOST = 1 << 0,
    PAGE_TRIED = 1 << 1,  /* its last write failed */
    PAGE_OBJECT = 1 << 2, /* of an object: mapped writable by many */
};

struct frame;

/* 16 bytes: with 4 of its handle and a bit of the slot map half a percent of what it stores. */
struct page {
    place_t place;  /* PLACE_NONE; unused: the next unused one */
    uint32_t frame; /* its frame's number + 1 (cache.h); 0: none */
    uint16_t count;
    uint8_t pins;
    uint8_t flags; /* enum page_flag */
    uint32_t number;
};

/* Records for so many pages more than are in use now; false: no memory. */
bool pages_reserve(uint32_t count);
uint32_t pages_unused(void);
uint32_t pages_used(void);

/* A page named once, lying nowhere. NULL: no record; allocates nothing. */
struct page *page_new(void);
/* Its record is unused again; it lies nowhere. */
void page_end(struct page *p);

/* It lies on disk no more. */
void page_uproot(struct page *p);

/* By its number, which is in use. */
struct page *page_at(uint32_t number);
/* The first page in use with a number >= from; NULL. */
struct page *page_next(uint32_t from);

#endif
