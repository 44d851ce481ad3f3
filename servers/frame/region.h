/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * region.h - the Untypeds that init gave, and how they become chunks.
 */
#ifndef FRAME_REGION_H
#define FRAME_REGION_H

#include "frames.h"

/* Takes them from the start block; how many pages they have. */
uint64_t regions_find(void);
/* The one in the kernel's window with the most left. */
cap_t regions_largest(void);
/* Into how many chunks of at most 2^full pages they divide as they are. */
uint32_t regions_chunks(unsigned full);
/* All that is left becomes chunks. */
void regions_carve(struct frames *f);

#endif
