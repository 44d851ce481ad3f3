/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metadata.h - the disk's metadata in memory: what libext2fs reads and writes through.
 *
 * It lies in mapped pages, each an aligned page of the disk, whatever the block size of the
 * file system. Only the fiber of jobs uses it, so one of them is read in at a time. A block
 * that was written is dirty: it belongs to the running transaction (journal.h), and stays here
 * until that is committed.
 *
 * M1  a page with a dirty block is not read over
 */
#ifndef FILE_METADATA_H
#define FILE_METADATA_H

#include "source.h"

#include <stdbool.h>

/* `count` pages for it, to begin with; false: no memory. */
bool metadata_init(unsigned count);

/* The disk as libext2fs's source; reading it waits (job.h). Written to only once it was told
 * the log2 of a block's bytes. */
struct ext2_source *metadata_source(void);
void metadata_writable(unsigned block_bits);

struct metadata_block {
    uint64_t block; /* of the disk */
    char *at;
    uint64_t physical;
};
/* Blocks that are dirty. */
unsigned metadata_dirty(void);
/* The next dirty block; *cursor begins at 0. false: there is none. */
bool metadata_next(unsigned *cursor, struct metadata_block *b);
/* These blocks become a file's data: what is known of them is worth nothing. */
void metadata_forget(uint64_t block, unsigned count);
/* All are as the disk has them: or, if they are to be `forgotten`, to be read again. */
void metadata_clean(bool forgotten);

#endif
