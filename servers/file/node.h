/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node.h - inodes in memory: attributes, block map so far known, target of a link.
 *
 * A node is held by descriptions and by work in progress; one that nobody holds stays
 * until its place is wanted. Pages do not hold nodes: they know their inode's number.
 *
 * What is here is newer than what is on the disk while a node is dirty: its pages (dirty.h), or
 * its facts. A dirty node holds itself. One whose last name is gone ends when nobody holds it:
 * then the inode is freed (cut.h).
 *
 * N1  a node is on the idle list exactly when nobody holds it
 * N2  an inode has one node at most
 * N3  a node is on the list of dirty ones exactly when its facts or a page of it are dirty
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
    struct list idle;    /* link: nobody holds it; or of those that end */
    char *target;        /* a symbolic link's, ended with \0; NULL: not read yet */
    struct list soiled;  /* link: N3 */
    uint32_t dirty_first, dirty_last, dirty_pages; /* its dirty pages' numbers, a queue */
    uint32_t writers, executors;                   /* descriptions that are open so */
    bool facts_dirty;
    bool ends;     /* nobody holds it, it has no name: it is on its way out */
    bool frozen;   /* it is being cut off: nobody reads or writes it meanwhile */
    uint8_t error; /* enum err: something was not written; to be told */
};

void nodes_init(void);

/* NULL: not in memory. The caller holds it if there is one. */
struct node *node_hold(uint32_t inode);
/* Enters an inode that is not in memory; held. NULL: no place, no memory. */
struct node *node_enter(uint32_t inode, const struct node_facts *facts);
/* A node that nobody holds and that has no name is ended (cut.h). */
void node_drop(struct node *n);
/* Takes a node that nobody holds any more out of memory. */
void node_forget(struct node *n);
/* The next of all nodes; *cursor begins at 0. NULL: no more. */
struct node *node_next(uint32_t *cursor);
/* Holds once more. */
struct node *node_share(struct node *n);
/* Its last name is gone and its last holder: defined by cut.c. */
void node_orphaned(struct node *n);

static inline bool node_is(const struct node *n, uint32_t type)
{
    return (n->is.mode & 0xf000u) == type;
}
#define NODE_DIRECTORY 0x4000u
#define NODE_REGULAR   0x8000u
#define NODE_LINK      0xa000u

#endif
