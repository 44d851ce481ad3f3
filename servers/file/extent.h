/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * extent.h - the parts of files' block maps that are known.
 *
 * A fixed number of them in all; the one longest unused makes place. So a file's map need
 * never be known whole, and a fragmented one cannot fill the memory.
 */
#ifndef FILE_EXTENT_H
#define FILE_EXTENT_H

#include "node.h"
#include "volume.h"

#define EXTENTS 256u

void extents_init(void);

/* NULL: what holds this block is not known. */
const struct volume_run *extent_find(struct node *n, uint32_t block);
void extent_enter(struct node *n, const struct volume_run *run);
/* Forgets all of a node's. */
void extents_drop(struct node *n);

#endif
