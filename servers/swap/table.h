/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.h - numbers to pages of the store: a session's handles, an object's pages.
 *
 * A radix tree of two levels below a small root; a block is either a middle or a leaf
 * (reserve.h). An entry is the page's number, 0 = none, and one bit more for its user.
 *
 * T1  `used` counts the entries that are not 0; a leaf's in its middle likewise
 * T2  a leaf without entries is not there; a middle stays until the table goes
 */
#ifndef SWAP_TABLE_H
#define SWAP_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#define TABLE_LEAF  1024u
#define TABLE_WIDTH 256u
#define TABLE_ROOT  64u
#define TABLE_SIZE  (TABLE_LEAF * TABLE_WIDTH * TABLE_ROOT) /* 2^24 */

#define ENTRY_MARK 0x80000000u
#define ENTRY_PAGE 0x7fffffffu

struct table_middle;

struct table {
    struct table_middle *middle[TABLE_ROOT];
    uint32_t used;
    uint32_t next; /* where the search for a free run goes on */
};

/* 0: nothing there, or out of range. */
uint32_t table_get(const struct table *t, uint32_t index);
/* Is there a block for it? */
bool table_there(const struct table *t, uint32_t index);
/* Sets or (0) clears an entry. false: no block for it; index < TABLE_SIZE. */
bool table_set(struct table *t, uint32_t index, uint32_t entry);
/* The blocks for [first, first + count) are there; false: not all of them. They go again when
 * nothing is entered and something else of the leaf is cleared. */
bool table_prepare(struct table *t, uint32_t first, uint32_t count);

/* Neighbouring empty entries at *first >= 1, up to `count` (>= 1), below `limit`: how many; 0: all
 * are taken. Finds `count` of them if a leaf or the end of the table has so many. */
uint32_t table_find_run(struct table *t, uint32_t count, uint32_t limit, uint32_t *first);

/* The first entry at or above `from` that is not 0; TABLE_SIZE if there is none. */
uint32_t table_next(const struct table *t, uint32_t from);

/* Gives all blocks back. The entries are for the caller to have looked after. */
void table_end(struct table *t);

#endif
