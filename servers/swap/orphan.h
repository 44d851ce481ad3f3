/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * orphan.h - pages that the frame server took by force, until their holders ask for them.
 *
 * They are collected when it says that there are some, known by the bank and the slot that they
 * were taken from, and written like others. A put of that slot gives them a handle. A page that
 * is taken from a slot where one is an orphan already succeeds it: its holder had given that up.
 *
 * A supervisor that gives nothing back has all that it has out here. So they stand in a table of
 * its session, by slot, where neighbours cost four bytes each; only those that there is no block
 * for, or no session, have records of their own.
 *
 * O1  an orphan is a name of its page, and no handle is
 * O2  the frame server was told of no more room than there are places and unused records here:
 *     where a page will stand is not known before it comes
 */
#ifndef SWAP_ORPHAN_H
#define SWAP_ORPHAN_H

#include "page.h"
#include "supply.h"

#define ORPHANS 2048u /* records */

/* Blocks of the reserve that they may use, of all devices. */
uint32_t orphan_blocks(void);
/* There are none. */
void orphans_init(void);
/* Collects what can be, and tells the frame server how much more could be. Allocates nothing. */
void orphans_collect(void);
/* The page that was taken from there is an orphan no more, but the caller's; NULL: there is none.
 */
struct page *orphan_claim(uint32_t bank, cap_t slot);
bool orphan_known(uint32_t bank, cap_t slot);
/* Those of a run of slots, that nobody will ask for, go; how many. */
uint32_t orphans_forget(uint32_t bank, cap_t first, uint32_t slots);
/* Those of a bank that ends go. */
void orphans_drop(uint32_t bank);

#endif
