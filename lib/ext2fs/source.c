/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.c - the I/O manager under libext2fs.
 *
 * The library names blocks of the size that it last set (1024 while it looks for the
 * superblock); a negative count means bytes. Every range is checked here: one damaged
 * number must not become a read of something else.
 */
#include "source.h"

#include <stdbool.h>
#include <string.h>

static struct ext2_source *next_source;
static struct struct_io_manager manager;

static errcode_t source_open(const char *name, int flags, io_channel *channel)
{
    io_channel c;
    errcode_t e;

    (void)flags;
    e = ext2fs_get_mem(sizeof(*c), &c);
    if (e != 0)
        return e;
    memset(c, 0, sizeof(*c));
    c->magic = EXT2_ET_MAGIC_IO_CHANNEL;
    c->manager = &manager;
    c->block_size = 1024;
    c->refcount = 1;
    c->private_data = next_source;
    e = ext2fs_get_mem(strlen(name) + 1, &c->name);
    if (e != 0) {
        ext2fs_free_mem(&c);
        return e;
    }
    strcpy(c->name, name);
    *channel = c;
    return 0;
}

static errcode_t source_close(io_channel c)
{
    if (--c->refcount > 0)
        return 0;
    ext2fs_free_mem(&c->name);
    return ext2fs_free_mem(&c);
}

static errcode_t source_set_blksize(io_channel c, int bytes)
{
    c->block_size = bytes;
    return 0;
}

/* Whether the source has these blocks: where they begin, how many bytes they are. */
static bool range_of(io_channel c, unsigned long long block, int count, uint64_t *at,
                     uint64_t *bytes)
{
    const struct ext2_source *s = c->private_data;
    uint64_t size = (uint64_t)c->block_size;

    *at = block * size;
    *bytes = count < 0 ? (uint64_t) - (int64_t)count : (uint64_t)count * size;
    return block <= s->bytes / size && *bytes <= s->bytes - *at;
}

static errcode_t source_read64(io_channel c, unsigned long long block, int count, void *to)
{
    struct ext2_source *s = c->private_data;
    uint64_t at, bytes;

    if (!range_of(c, block, count, &at, &bytes))
        return EXT2_ET_BAD_BLOCK_NUM;
    return s->read(s, at, to, bytes) == ERR_OK ? 0 : EXT2_ET_SHORT_READ;
}

static errcode_t source_read(io_channel c, unsigned long block, int count, void *to)
{
    return source_read64(c, block, count, to);
}

static errcode_t source_write64(io_channel c, unsigned long long block, int count, const void *from)
{
    struct ext2_source *s = c->private_data;
    uint64_t at, bytes;

    if (s->write == NULL)
        return EXT2_ET_RO_FILSYS;
    if (!range_of(c, block, count, &at, &bytes))
        return EXT2_ET_BAD_BLOCK_NUM;
    return s->write(s, at, from, bytes) == ERR_OK ? 0 : EXT2_ET_SHORT_WRITE;
}

static errcode_t source_write(io_channel c, unsigned long block, int count, const void *from)
{
    return source_write64(c, block, count, from);
}

static errcode_t source_flush(io_channel c)
{
    (void)c;
    return 0;
}

io_manager ext2_source_manager(struct ext2_source *s)
{
    next_source = s;
    manager = (struct struct_io_manager){
        .magic = EXT2_ET_MAGIC_IO_MANAGER,
        .name = "source",
        .open = source_open,
        .close = source_close,
        .set_blksize = source_set_blksize,
        .read_blk = source_read,
        .write_blk = source_write,
        .flush = source_flush,
        .read_blk64 = source_read64,
        .write_blk64 = source_write64,
    };
    return &manager;
}

enum err ext2_source_err(errcode_t code)
{
    switch (code) {
    case 0:
        return ERR_OK;
    case EXT2_ET_FILE_NOT_FOUND:
        return ERR_NOT_FOUND;
    case EXT2_ET_NO_DIRECTORY:
        return ERR_NOT_DIR;
    case EXT2_ET_NO_MEMORY:
        return ERR_NO_MEMORY;
    case EXT2_ET_SHORT_READ:
    case EXT2_ET_SHORT_WRITE:
    case EXT2_ET_BLOCK_BITMAP_WRITE:
    case EXT2_ET_INODE_BITMAP_WRITE:
        return ERR_IO;
    case EXT2_ET_BLOCK_ALLOC_FAIL:
    case EXT2_ET_INODE_ALLOC_FAIL:
    case EXT2_ET_DIR_NO_SPACE:
        return ERR_NO_SPACE;
    case EXT2_ET_DIR_EXISTS:
    case EXT2_ET_FILE_EXISTS:
        return ERR_EXISTS;
    case EXT2_ET_RO_FILSYS:
        return ERR_READ_ONLY;
    default:
        return ERR_CORRUPT;
    }
}
