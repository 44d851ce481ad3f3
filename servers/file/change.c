/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * change.c - transactions of changes, and what is in use: blocks and inodes.
 *
 * The library's allocation map says what may be given out. A block that is freed stays marked
 * in it until the transaction is committed (X1): the library tells of each, it is marked again
 * at once, and noted. Its numbers of free blocks are those of the disk as it will be.
 */
#include "change.h"

#include "change_part.h"
#include "journal.h"
#include "metadata.h"
#include "moment.h"
#include "rt.h"
#include "status.h"

#include <stdlib.h>
#include <string.h>

#define BLOCKS_MAX 48u /* of metadata that one transaction has before it is ended */
#define GROWS_MAX  8u  /* blocks that one change of names may need */
#define SECOND     1000000000ull

struct range {
    blk64_t first;
    uint32_t count;
};

static struct {
    bool dirty, lost;
    uint8_t *group; /* what of it has changed */
    struct range *freed;
    unsigned freed_count, freed_room, freed_blocks;
    uint64_t reserved;
    unsigned before; /* dirty blocks when the change began */
    bool touched;    /* it has given or freed something */
    uint64_t epoch;
} change;

enum group_changed { GROUP_BLOCKS = 1, GROUP_INODES = 2 };

/* ---- the maps of what is in use ---- */

static void note_freed(blk64_t block)
{
    struct range *last = &change.freed[change.freed_count - 1];

    if (change.freed_count > 0 && block == last->first + last->count) {
        last->count++;
    } else {
        if (change.freed_count == change.freed_room) {
            unsigned room = 2 * change.freed_room + 64;
            struct range *more = realloc(change.freed, room * sizeof(*more));

            if (more == NULL)
                return; /* it may be given out early: a crash now could show its new contents */
            change.freed = more;
            change.freed_room = room;
        }
        change.freed[change.freed_count++] = (struct range){block, 1};
    }
    change.freed_blocks++;
    ext2fs_mark_block_bitmap2(volume_fs->block_map, block);
}

static void block_changed(ext2_filsys fs, blk64_t block, int in_use)
{
    change.group[ext2fs_group_of_blk2(fs, block)] |= GROUP_BLOCKS;
    change.touched = true;
    if (in_use < 0)
        note_freed(block);
}

void change_inode_noted(uint32_t inode)
{
    change.group[ext2fs_group_of_ino(volume_fs, inode)] |= GROUP_INODES;
    change.touched = true;
}

void change_inode_used(uint32_t inode, int in_use, bool directory)
{
    change_inode_noted(inode);
    ext2fs_inode_alloc_stats2(volume_fs, inode, in_use, directory);
}

/* What is freed for good can be given out. */
static void release_freed(void)
{
    for (unsigned i = 0; i < change.freed_count; i++)
        ext2fs_unmark_block_bitmap_range2(volume_fs->block_map, change.freed[i].first,
                                          change.freed[i].count);
    change.freed_count = 0;
    change.freed_blocks = 0;
}

static errcode_t block_bitmap_write(ext2_filsys fs, dgrp_t g, char *buffer)
{
    blk64_t first = ext2fs_group_first_block2(fs, g), last = ext2fs_group_last_block2(fs, g);
    int bytes = (int)(EXT2_BLOCKS_PER_GROUP(fs->super) / 8);
    errcode_t e;

    memset(buffer, 0xff, fs->blocksize);
    e = ext2fs_get_block_bitmap_range2(fs->block_map, first, last - first + 1, buffer);
    for (unsigned i = (unsigned)(last - first + 1); i % 8 != 0; i++)
        ext2fs_set_bit(i, buffer); /* behind the last group's end */
    if (e == 0)
        e = ext2fs_block_bitmap_csum_set(fs, g, buffer, bytes);
    return e == 0 ? io_channel_write_blk64(fs->io, ext2fs_block_bitmap_loc(fs, g), 1, buffer) : e;
}

static errcode_t inode_bitmap_write(ext2_filsys fs, dgrp_t g, char *buffer)
{
    uint32_t inodes = EXT2_INODES_PER_GROUP(fs->super);
    errcode_t e;

    memset(buffer, 0xff, fs->blocksize);
    e = ext2fs_get_inode_bitmap_range2(fs->inode_map, g * inodes + 1, inodes, buffer);
    if (e == 0)
        e = ext2fs_inode_bitmap_csum_set(fs, g, buffer, (int)((inodes + 7) / 8));
    return e == 0 ? io_channel_write_blk64(fs->io, ext2fs_inode_bitmap_loc(fs, g), 1, buffer) : e;
}

/* Of the groups that have changed; the library would write all. */
static errcode_t bitmaps_write(ext2_filsys fs)
{
    static char buffer[4096]; /* only the fiber comes here */
    errcode_t e = 0;

    for (dgrp_t g = 0; e == 0 && g < fs->group_desc_count; g++) {
        if (change.group[g] & GROUP_BLOCKS)
            e = block_bitmap_write(fs, g, buffer);
        if (e == 0 && (change.group[g] & GROUP_INODES))
            e = inode_bitmap_write(fs, g, buffer);
        if (change.group[g] != 0)
            ext2fs_group_desc_csum_set(fs, g);
        change.group[g] = 0;
    }
    fs->flags &= ~(EXT2_FLAG_BB_DIRTY | EXT2_FLAG_IB_DIRTY);
    return e;
}

enum err volume_flush(void)
{
    errcode_t e;

    ext2fs_mark_super_dirty(volume_fs);
    e = ext2fs_flush2(volume_fs, EXT2_FLAG_FLUSH_NO_SYNC);
    return e == 0 ? ERR_OK : volume_error(e, 0, "superblock");
}

/* ---- transactions ---- */

int64_t change_now(void)
{
    return (int64_t)(change.epoch + moment() / SECOND);
}

void change_epoch(uint64_t seconds)
{
    change.epoch = seconds;
}

bool change_read_only(void)
{
    return status->read_only;
}

uint64_t change_blocks_free(void)
{
    uint64_t free = ext2fs_free_blocks_count(volume_fs->super);
    uint64_t kept = change.freed_blocks + change.reserved;

    return free > kept ? free - kept : 0;
}

bool change_reserve(uint32_t blocks)
{
    if (change_blocks_free() < blocks)
        return false;
    change.reserved += blocks;
    return true;
}

void change_release(uint32_t blocks)
{
    change.reserved -= blocks;
}

bool change_waiting(void)
{
    return change.freed_blocks > 0;
}

bool change_lost(void)
{
    return change.lost;
}

bool change_dirty(void)
{
    return change.dirty;
}

/* What is not committed is `lost`, if there is any. */
static enum err give_up(enum err e, bool lost)
{
    log_line("the volume is read-only now: %s", err_text(e));
    status->read_only = true;
    change.lost |= lost;
    metadata_clean(true);
    return e;
}

enum err change_begin(void)
{
    enum err e = status->read_only ? ERR_READ_ONLY : ERR_OK;

    if (e == ERR_OK && metadata_dirty() > BLOCKS_MAX)
        e = change_commit();
    volume_fs->now = change_now() > 0 ? change_now() : 1;
    if (e == ERR_OK)
        e = journal_begin();
    change.before = metadata_dirty();
    change.touched = false;
    return e == ERR_OK || status->read_only ? e : give_up(e, change.dirty);
}

enum err change_begin_growing(void)
{
    enum err e = change_begin();

    if (e == ERR_OK && change_blocks_free() < GROWS_MAX && change_waiting())
        e = change_commit();
    if (e == ERR_OK && change_blocks_free() < GROWS_MAX)
        e = ERR_NO_SPACE;
    return e;
}

enum err change_end(errcode_t code, uint32_t inode, const char *what)
{
    enum err e = code == 0 ? ERR_OK : volume_error(code, inode, what);

    change.dirty |= change.touched || metadata_dirty() > change.before;
    if (e != ERR_OK && (change.touched || metadata_dirty() > change.before))
        return give_up(e, true);
    return e;
}

static enum err commit(void)
{
    enum err e;

    if (change.dirty)
        release_freed();
    e = change.dirty ? volume_flush() : ERR_OK;
    if (e == ERR_OK)
        e = journal_commit();
    change.dirty &= e != ERR_OK;
    return e;
}

enum err change_commit(void)
{
    enum err e = status->read_only ? ERR_IO : commit();

    return e == ERR_OK || status->read_only ? e : give_up(e, true);
}

enum err change_rest(void)
{
    enum err e = change_commit();

    if (e == ERR_OK)
        e = journal_rest();
    return e == ERR_OK || status->read_only ? e : give_up(e, false);
}

bool change_open(char *why, size_t room)
{
    status->read_only = true;
    change.dirty = change.lost = false;
    change.freed_count = 0;
    change.freed_blocks = 0;
    change.reserved = 0;
    free(change.group);
    change.group = NULL;
    if (!(volume_fs->flags & EXT2_FLAG_RW) || !journal_open(why, room))
        return false;
    change.group = calloc(volume_fs->group_desc_count, 1);
    volume_fs->default_bitmap_type = EXT2FS_BMAP64_BITARRAY;
    if (change.group == NULL || ext2fs_read_bitmaps(volume_fs) != 0) {
        snprintf(why, room, "its maps of free blocks cannot be read");
        return false;
    }
    volume_fs->flags |= EXT2_FLAG_MASTER_SB_ONLY;
    volume_fs->write_bitmaps = bitmaps_write;
    ext2fs_set_block_alloc_stats_callback(volume_fs, block_changed, NULL);
    metadata_writable(volume_block_bits());
    status->read_only = false;
    return true;
}
