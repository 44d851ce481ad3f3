/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modify.h - calls that change names, files and what is on the disk, as work on the fiber.
 */
#ifndef FILE_MODIFY_H
#define FILE_MODIFY_H

#include "walk.h"

enum modify_kind {
    MODIFY_CREATE,  /* path[0]; `node` is the file, held */
    MODIFY_MKDIR,   /* path[0] */
    MODIFY_SYMLINK, /* path[0] is what path[1] shall say */
    MODIFY_REMOVE,  /* path[0] */
    MODIFY_RENAME,  /* path[0] to path[1] */
    MODIFY_LINK,    /* `node`, or path[0], by path[1] too */
    MODIFY_CUT,     /* `node` to `size` */
    MODIFY_SYNC,    /* `node`; NULL: the volume */
};

struct modify {
    enum modify_kind kind;
    uint32_t flags;        /* as in the call */
    uint32_t mode;         /* of what is made */
    uint32_t directory[2]; /* inode where each path begins */
    uint16_t bytes[2];
    uint64_t size;
    struct node *node; /* held */
    char path[2][WALK_PATH_MAX + 1];
};

/* On the fiber. */
enum err modify_run(struct modify *m);
/* Lets go of what it holds. */
void modify_end(struct modify *m);

#endif
