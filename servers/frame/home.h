/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * home.h - the server's own memory: it cannot ask itself.
 */
#ifndef FRAME_HOME_H
#define FRAME_HOME_H

#include "frames.h"

/* From the start block's Untypeds to a server that can lend. Dies if there is too little. */
void home_start(struct frames *f);
/* A run of empty slots that nobody else uses; CAP_NULL. */
cap_t home_slots(unsigned count);

/* Slots for the capabilities of a chunk; CAP_NULL if all tables are used up. */
cap_t home_chunk_slots(unsigned order, unsigned full);

/* side.c: maps frames of 2^log2_size bytes behind what was mapped before; zeroed. */
void *side_map(cap_t first, unsigned count, unsigned log2_size);
/* home.c, for side.c: an object from the server's own memory; dies if there is none. */
cap_t home_object(unsigned type, unsigned log2_size);

#endif
