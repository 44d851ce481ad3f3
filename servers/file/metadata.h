/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metadata.h - the disk's metadata in memory: what libext2fs reads through.
 *
 * It lies in mapped pages, each an aligned page of the disk, whatever the block size of the
 * file system. Only the fiber of jobs reads, so one of them is read in at a time.
 */
#ifndef FILE_METADATA_H
#define FILE_METADATA_H

#include "source.h"

#include <stdbool.h>

/* `count` pages for it; false: no memory. */
bool metadata_init(unsigned count);

/* The disk as libext2fs's source; reading it waits (job.h). */
struct ext2_source *metadata_source(void);

#endif
