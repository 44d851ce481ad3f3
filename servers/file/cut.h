/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cut.h - files made shorter or longer, and files that end. On the fiber of jobs.
 */
#ifndef FILE_CUT_H
#define FILE_CUT_H

#include "error.h"
#include "node.h"

void cut_init(void);

/* The node's file is `size` bytes long. The caller holds the node. */
enum err cut_file(struct node *n, uint64_t size);

/* The file is longer now, by a write: what is in memory behind the old end is zeros. */
void cut_grow(struct node *n, uint64_t size);

#endif
