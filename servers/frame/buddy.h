/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buddy.h - blocks of 2^n pages, split and joined by deriving and revoking capabilities.
 */
#ifndef FRAME_BUDDY_H
#define FRAME_BUDDY_H

#include "block.h"
#include "error.h"

/*
 * Blocks are split in halves, the last step before single pages at once: a block of up to
 * 2^PAGES_ORDER pages becomes pages by one call, and one again by one call when all are free.
 */
#define PAGES_ORDER 4u

struct buddy {
    struct chunk *chunk;
    struct block *block; /* record of page p of chunk c: c << order | p */
    uint32_t chunks, chunks_max;
    uint32_t pages;                    /* of all chunks */
    unsigned order;                    /* of a full chunk: what all are numbered by */
    uint32_t closed;                   /* chunk of which nothing is handed out; CHUNK_NONE */
    block_t free[CHUNK_LISTS][ORDERS]; /* lists, by their first */
    uint32_t free_pages[CHUNK_LISTS];  /* on them */
    uint32_t chunks_of[CHUNK_USES];
};

/* A run of single pages with neighbouring capability slots. */
struct run {
    block_t first;
    unsigned count;
};

/* `block` has a record for each page of `chunks_max` full chunks. */
void buddy_init(struct buddy *b, struct chunk *chunk, uint32_t chunks_max, struct block *block,
                unsigned order);

/* The chunk's Untyped stands in slots + 0, the other slots are empty. False: no record is left. */
bool buddy_add(struct buddy *b, cap_t slots, unsigned order, bool high);

/* A block of that order, in state USED and with no client; BLOCK_NONE if there is none. */
block_t buddy_take(struct buddy *b, enum chunk_use use, unsigned order);
/* Is there one? */
bool buddy_has(const struct buddy *b, enum chunk_use use, unsigned order);
/* One or more, at most `want` single pages in state USED; a count of 0 if there is none. */
struct run buddy_take_run(struct buddy *b, unsigned want);

/*
 * Blocks that were handed out come back: all that was derived from them is revoked, then they
 * are free. They are in state LEAVING; where a whole block split into pages leaves, it is
 * revoked at once. A block that a driver holds for DMA is put into held[]; returns how many.
 */
unsigned buddy_put(struct buddy *b, const block_t *leaving, unsigned count, block_t *held);
/* A block that nobody was given since it was taken. */
void buddy_put_back(struct buddy *b, block_t block);

/*
 * From now on no page of that chunk of frames is handed out; once it is wholly free, it is there
 * for objects, and closed no more. One chunk at a time. buddy_open undoes it.
 */
void buddy_close(struct buddy *b, uint32_t chunk);
void buddy_open(struct buddy *b);

cap_t block_cap(const struct buddy *b, block_t block, unsigned order);

static inline struct block *block_of(const struct buddy *b, block_t block)
{
    return &b->block[block];
}

static inline struct chunk *block_chunk(const struct buddy *b, block_t block)
{
    return &b->chunk[block >> b->order];
}

/* The block that begins where the chunk does. */
static inline block_t chunk_start(const struct buddy *b, unsigned chunk)
{
    return (block_t)chunk << b->order;
}

#endif
