/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node.h - inodes in memory: attributes, block map so far known, target of a link.
 *
 * A node is held by descriptions and by work in progress; one that nobody holds stays
 * until its place is wanted. Pages do not hold nodes: they know their inode's number.
 *
 * N1  a node is on the idle list exactly when nobody holds it
 * N2  an inode has one node at most
 */
#ifndef FILE_NODE_H
#define FILE_NODE_H

#include "list.h"

#include <stdbool.h>
#include <stdint.h>

#define NODES_MAX     448u                      /* in all */
#define NODES_IDLE    64u                       /* that nobody holds */
#define NODE_SIZE_MAX (((uint64_t)1 << 42) - 1) /* a file's blocks of 1 KiB, in 32 bits */

struct node_facts {
    uint64_t size, blocks512;
    int64_t atime, mtime, ctime;
    uint32_t mode, links, uid, gid;
};

struct node {
    uint32_t inode, holders;
    struct node_facts is;
    struct list extents; /* of its block map (extent.h), the last used first */
    struct list idle;    /* link: nobody holds it */
    char *target;        /* a symbolic link's, ended with \0; NULL: not read yet */
};

void nodes_init(void);

/* NULL: not in memory. The caller holds it if there is one. */
struct node *node_hold(uint32_t inode);
/* Enters an inode that is not in memory; held. NULL: no place, no memory. */
struct node *node_enter(uint32_t inode, const struct node_facts *facts);
void node_drop(struct node *n);
/* Holds once more. */
struct node *node_share(struct node *n);

static inline bool node_is(const struct node *n, uint32_t type)
{
    return (n->is.mode & 0xf000u) == type;
}
#define NODE_DIRECTORY 0x4000u
#define NODE_REGULAR   0x8000u
#define NODE_LINK      0xa000u

#endif
