/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.h - libext2fs reads its blocks from a struct ext2_source, and writes them to it.
 *
 * The library's way of opening a device is by name; the name is a key here: the source is
 * set before ext2fs_open, and the channel made by it keeps it.
 */
#ifndef EXT2FS_SOURCE_H
#define EXT2FS_SOURCE_H

#include "error.h"
#include "library.h"

#include <stdint.h>

struct ext2_source {
    uint64_t bytes; /* its size */
    /* Copies [offset, offset + bytes), which lies within the source. May wait. ERR_IO. */
    enum err (*read)(struct ext2_source *s, uint64_t offset, void *to, uint64_t bytes);
    /* The same for writing; NULL: every write is refused. ERR_IO, ERR_NO_MEMORY. */
    enum err (*write)(struct ext2_source *s, uint64_t offset, const void *from, uint64_t bytes);
};

/*
 * The I/O manager for ext2fs_open, from now on reading from `s`. A block that the source
 * does not have, as a damaged file system may name one, is EXT2_ET_BAD_BLOCK_NUM; an error
 * of the source EXT2_ET_SHORT_READ or EXT2_ET_SHORT_WRITE.
 */
io_manager ext2_source_manager(struct ext2_source *s);

/* What an error of the library means to who asked: ERR_NOT_FOUND, ERR_NOT_DIR, ERR_EXISTS, ERR_IO,
 * ERR_NO_MEMORY, ERR_NO_SPACE, ERR_READ_ONLY; everything else is ERR_CORRUPT. */
enum err ext2_source_err(errcode_t code);

#endif
