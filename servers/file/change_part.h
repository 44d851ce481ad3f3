/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * change_part.h - what the parts of change (change*.c) share.
 */
#ifndef FILE_CHANGE_PART_H
#define FILE_CHANGE_PART_H

#include "change.h"

/* The frame of a change: between them the library is called. */
enum err change_begin(void);
/* The same for one that needs blocks of its own. ERR_NO_SPACE */
enum err change_begin_growing(void);
enum err change_end(errcode_t code, uint32_t inode, const char *what);

/* An inode is taken, +1, or freed, -1. */
void change_inode_used(uint32_t inode, int in_use, bool directory);

/* The library has taken one itself. */
void change_inode_noted(uint32_t inode);

/* Inodes without names, and those that are being cut, stand in the volume's list of orphans:
 * after a crash e2fsck ends what was begun. */
errcode_t orphan_add(uint32_t number, struct ext2_inode *inode);
errcode_t orphan_remove(uint32_t number, struct ext2_inode *inode);

#endif
