/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.h - the cache's page records and their frames.
 *
 *   state          has                     leaves on
 *   PAGE_BARE      no frame                pool_take (a frame came) -> FREE
 *   PAGE_FREE      a frame                 cache_enter -> FILLING; pool_give -> BARE
 *   PAGE_FILLING   contents on their way   cache_filled -> VALID, FAILED
 *   PAGE_VALID     contents                eviction -> FREE
 *   PAGE_FAILED    an error to be told     its last pin -> FREE
 *
 * Records come in chunks: a CapTable with the slots of their frames, and an array. A
 * record is never freed and never moves; its frame's slot is its own for good.
 *
 * P1  a page is on the free list exactly when it is PAGE_FREE
 * P2  a slot of a chunk is empty exactly when its page is PAGE_BARE
 */
#ifndef FILE_POOL_H
#define FILE_POOL_H

#include "cap.h"

#include <stdbool.h>
#include <stdint.h>

enum page_state { PAGE_BARE, PAGE_FREE, PAGE_FILLING, PAGE_VALID, PAGE_FAILED };

struct page {
    uint32_t inode, index; /* whose contents */
    struct page *next;     /* in its hash chain, or on the free list */
    uint64_t physical;
    uint32_t number; /* its name for the policy */
    cap_t frame;
    uint16_t pins;     /* wants that need it to stay */
    uint16_t tail;     /* the file ends here: zeros follow; 0 = the page is full */
    uint8_t state;     /* enum page_state */
    uint8_t parts;     /* FILLING: what is still under way to it (fill.c, F1) */
    uint8_t error;     /* enum err */
    uint8_t lent : 1;  /* capabilities of it were given out since it was entered */
    uint8_t ahead : 1; /* nobody had asked for it when it was entered */
    uint8_t fresh : 1; /* not used since it was entered for who asked: the load told of that */
    /* VALID, written to (dirty.h): */
    uint8_t dirty : 1;    /* newer than the disk */
    uint8_t writing : 1;  /* on its way there */
    uint8_t writable : 1; /* lent so: only its dirty bit tells whether it was written to */
    uint8_t promised;     /* blocks of the volume that are reserved for it */
    uint32_t dirty_next;  /* number of the next dirty page of its node */
};

/* Pages at most; the policy's arena and the hash table follow it. false: no memory. */
bool pool_init(uint32_t pages_max);

struct page *pool_page(uint32_t number);
uint32_t pool_numbers(void); /* names in use are below */
uint32_t pool_frames(void);  /* pages that have a frame */
uint32_t pool_reach(void);   /* and those that could get one now */

/* Asks for frames until there are so many, whatever is spare. false: they are not to be had. */
bool pool_reserve(uint32_t frames);

/* A free page: one that is there, else, if `grow`, one with a fresh frame as far as there are
 * spare ones. NULL: none. */
struct page *pool_take(bool grow);
void pool_put(struct page *p);

/* The page whose frame stands in that slot; NULL: none. */
struct page *pool_at(cap_t slot);
/* Gives a free page's frame back. */
void pool_give_one(struct page *p);

/* Gives up to `count` free pages' frames back to the frame server; how many. */
unsigned pool_give(unsigned count);

#endif
