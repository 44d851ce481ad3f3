/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * volume.h - the file system on the disk: names, inodes and maps, by libext2fs.
 *
 * All calls may wait: they are made on the fiber of jobs alone (job.h). What the disk says
 * is not believed: numbers are checked, and damage is an error of this call only
 * (ERR_CORRUPT, ERR_IO), told once in the log for each inode.
 */
#ifndef FILE_VOLUME_H
#define FILE_VOLUME_H

#include "node.h"
#include "source.h"

#include <stddef.h>

/*
 * Opens the file system. If it cannot be used, `why` says it in words: none there, damaged,
 * features unknown here, a journal that has to be replayed first (ERR_CORRUPT); it cannot be read
 * (ERR_IO). Then there is no volume, and every inode is one that cannot be read.
 */
enum err volume_open(struct ext2_source *s, char *why, size_t room);

/* log2 of a block's bytes: 10..12. */
unsigned volume_block_bits(void);
const char *volume_name(void); /* for the log: "ext2, 4096-byte blocks" */

/* ERR_NOT_FOUND, ERR_NOT_DIR, ERR_CORRUPT, ERR_IO */
enum err volume_lookup(uint32_t directory, const char *name, unsigned length, uint32_t *inode);
enum err volume_inode(uint32_t number, struct node_facts *f);
/* The same of one that is in use in memory: it may have no names any more. */
enum err volume_facts(uint32_t number, struct node_facts *f);
uint64_t volume_size_max(void); /* of a file, bytes */

/* Neighbouring blocks of a file that are neighbours on the disk, too. */
struct volume_run {
    uint32_t first, count; /* in the file; count >= 1 */
    uint64_t physical;     /* block of the disk; 0: a hole, all zeros */
};
/* The run that holds `block`; it begins there or before. */
enum err volume_map(uint32_t number, uint32_t block, struct volume_run *run);

/* The target of a symbolic link, not ended by \0. ERR_NAME_LONG: more than `room`. */
enum err volume_link(uint32_t number, char *to, unsigned room, unsigned *length);

/*
 * Entries of a directory as struct linux_dirent64 records, as many as fit, from *position on,
 * which moves. *bytes = 0: the end. ERR_BAD_ARG: not even one fits.
 */
enum err volume_list(uint32_t directory, uint64_t *position, char *to, unsigned room,
                     unsigned *bytes);

/* For the parts of volume alone: */
extern ext2_filsys volume_fs;
enum err volume_error(errcode_t code, uint32_t inode, const char *what);
/* Superblock, descriptors and the changed maps of what is in use into the metadata. */
enum err volume_flush(void);

#endif
