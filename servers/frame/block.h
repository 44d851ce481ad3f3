/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block.h - chunks, blocks, and where their capabilities are.
 *
 * Memory is cut into chunks of at most 2^ORDER_MAX pages, all of one size but for the left-over
 * ends. A chunk is a binary tree of blocks, numbered as a heap: node 1 is the whole chunk,
 * 2n and 2n + 1 are the halves of n. The capability of node n stands in the n-th of the
 * chunk's slots, so no table says which block has which capability; the free slot 0 holds the
 * Untyped that the chunk is made of.
 *
 *   use             node 1 is            a block is split by    and joined by
 *   CHUNK_FRAMES    one Frame            deriving its parts     revoking it
 *   CHUNK_OBJECTS   one Untyped          retyping it            revoking it
 *
 * A block is named by its first page, a page by its chunk's number and its place there. The
 * record of that page describes the block.
 *
 *   state           the page begins a block that
 *   BLOCK_INSIDE    (none begins here)
 *   BLOCK_FREE      is on the free list of its use and order
 *   BLOCK_CLEAN     is one page, zeroed, in the magazine
 *   BLOCK_USED      a client holds; on that client's list and in the map of slots
 *   BLOCK_TAKEN     was a client's, and was taken by force: mapped nowhere, its contents kept;
 *                   on the list of those, and in the map of slots still
 *   BLOCK_LEAVING   is no client's any more and about to be revoked
 */
#ifndef FRAME_BLOCK_H
#define FRAME_BLOCK_H

#include "cap.h"

#include <stdbool.h>
#include <stdint.h>

#define ORDER_MAX 9u
#define ORDERS    (ORDER_MAX + 1)

typedef uint32_t block_t;
#define BLOCK_NONE UINT32_MAX

enum chunk_use { CHUNK_FRAMES, CHUNK_OBJECTS, CHUNK_USES };

/* Free blocks are on lists by their chunk's use; those of the chunk that is closed on lists apart.
 */
#define CHUNK_CLOSED CHUNK_USES
#define CHUNK_LISTS  (CHUNK_USES + 1)
#define CHUNK_NONE   UINT32_MAX

struct chunk {
    cap_t slots; /* slot 0 */
    uint8_t order;
    uint8_t use;  /* enum chunk_use */
    uint8_t list; /* that, or CHUNK_CLOSED */
    uint8_t high; /* outside the kernel's window: frames only */
};

enum block_state { BLOCK_INSIDE, BLOCK_FREE, BLOCK_CLEAN, BLOCK_USED, BLOCK_TAKEN, BLOCK_LEAVING };

/* 24 bytes a page, 0.6 percent of it. */
struct block {
    block_t next, prev; /* FREE: its free list; USED, TAKEN: that list, older and newer */
    block_t chain;      /* USED, TAKEN: the next in its bucket of the map of slots */
    cap_t slot;         /* the same: the client's name for it */
    uint16_t client;    /* the same: who holds it, or held it */
    uint16_t bank;      /* the same, and LEAVING: who pays */
    uint8_t state : 4;  /* enum block_state */
    uint8_t class : 4;  /* as bank: enum frame_class */
    uint8_t order : 4;  /* of the block that begins here */
    uint8_t up : 4;     /* a page: the order of the block it was split from */
};
_Static_assert(sizeof(struct block) == 24, "a record is twenty-four bytes");

/* Blocks by age; both BLOCK_NONE: empty. */
struct block_list {
    block_t newest, oldest;
};
#define BLOCK_LIST_EMPTY ((struct block_list){BLOCK_NONE, BLOCK_NONE})

/* The first page of the block of `order` that page b lies in. */
static inline block_t block_start(block_t b, unsigned order)
{
    return b & ~((1u << order) - 1);
}

#endif
