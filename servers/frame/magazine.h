/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * magazine.h - page frames cleared ahead.
 *
 * Clearing costs the same a page whoever does it, but a call costs more than the capability
 * it returns: sixteen neighbours are split off and cleared by one call each, and then handed
 * out for a pop each. Neighbours, so that a batch can travel as one run of capabilities.
 *
 * M1  the pages of the run are in state BLOCK_CLEAN, and no others are
 * M2  they are zero
 */
#ifndef FRAME_MAGAZINE_H
#define FRAME_MAGAZINE_H

#include "buddy.h"

struct magazine {
    struct run run; /* shorter than 2^PAGES_ORDER */
};

/* Up to `want` cleared neighbours, in state USED; a count of 0 if there is no free page. */
struct run magazine_take(struct magazine *m, struct buddy *b, unsigned want);
/* Gives all its pages back to the buddy, where they may join. */
void magazine_empty(struct magazine *m, struct buddy *b);

#endif
