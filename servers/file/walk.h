/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk.h - from a path to a node.
 *
 * The same walk runs twice if it must: on the loop it takes what is in memory, and stops with
 * ERR_PENDING where something is not; on the fiber of jobs it goes on from there, and reads.
 */
#ifndef FILE_WALK_H
#define FILE_WALK_H

#include "error.h"
#include "node.h"

#define WALK_ROOT     2u /* inode */
#define WALK_PATH_MAX 1023u
#define WALK_LINKS    40u /* followed in one walk */

struct walk {
    struct node *at; /* where it stands; held */
    uint32_t start;  /* inode where it begins */
    uint16_t pos;    /* in the path: what is left */
    uint16_t end;
    uint8_t links;
    bool nofollow; /* a link at the end is what is wanted */
    bool may_wait; /* it is on the fiber */
    char path[WALK_PATH_MAX + 1];
};

/*
 * Begins at a directory's inode; the caller has put the path into w->path. ERR_NOT_FOUND: it is
 * empty; ERR_NAME_LONG; ERR_BAD_ARG: it contains \0.
 */
enum err walk_begin(struct walk *w, uint32_t directory, unsigned bytes, bool nofollow);

/*
 * Goes on. ERR_OK: w->at is the node, held by the walk. ERR_PENDING: it has to go on where it may
 * wait. ERR_NOT_FOUND, ERR_NOT_DIR, ERR_LOOP, ERR_NAME_LONG, ERR_LIMIT (of nodes), ERR_CORRUPT,
 * ERR_IO: it is over, nothing is held.
 */
enum err walk_run(struct walk *w);

/* Lets go of what an unfinished walk holds. */
void walk_end(struct walk *w);

/* The node of an inode, held; from memory or, where the walk may wait, from the disk. */
enum err walk_node(uint32_t inode, bool may_wait, struct node **n);
/* The same for a link's target: afterwards n->target is there. */
enum err walk_target(struct node *n, bool may_wait);

#endif
