/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * change_file.c - changes of one inode: its facts, the places of its blocks, its end.
 */
#include "change_part.h"

#include "metadata.h"

#include <string.h>

#define CUT_BLOCKS 4096u /* freed in one transaction: tables of tables are its metadata */

/* ---- orphans ---- */

/* i_dtime of an orphan is the next one's number. */
errcode_t orphan_add(uint32_t number, struct ext2_inode *inode)
{
    inode->i_dtime = volume_fs->super->s_last_orphan;
    volume_fs->super->s_last_orphan = number;
    ext2fs_mark_super_dirty(volume_fs);
    return ext2fs_write_inode(volume_fs, number, inode);
}

errcode_t orphan_remove(uint32_t number, struct ext2_inode *inode)
{
    uint32_t at = volume_fs->super->s_last_orphan;
    struct ext2_inode before;
    errcode_t e = 0;

    if (at == number) {
        volume_fs->super->s_last_orphan = inode->i_dtime;
        inode->i_dtime = 0;
        return 0;
    }
    for (uint32_t i = 0; e == 0 && at != 0 && i < volume_fs->super->s_inodes_count; i++) {
        e = ext2fs_read_inode(volume_fs, at, &before);
        if (e == 0 && before.i_dtime == number) {
            before.i_dtime = inode->i_dtime;
            inode->i_dtime = 0;
            return ext2fs_write_inode(volume_fs, at, &before);
        }
        at = before.i_dtime;
    }
    return e;
}

/* ---- facts ---- */

static uint32_t time_of(int64_t t)
{
    return (uint32_t)(int32_t)t;
}

enum err change_facts(uint32_t number, const struct node_facts *f)
{
    struct ext2_inode inode;
    enum err e = change_begin();
    errcode_t code;

    if (e != ERR_OK)
        return e;
    code = ext2fs_read_inode(volume_fs, number, &inode);
    if (code == 0 && LINUX_S_ISREG(inode.i_mode))
        code = ext2fs_inode_size_set(volume_fs, &inode, (ext2_off64_t)f->size);
    if (code != 0)
        return change_end(code, number, "inode");
    inode.i_mode = (uint16_t)f->mode;
    inode.i_uid = (uint16_t)f->uid;
    ext2fs_set_i_uid_high(inode, f->uid >> 16);
    inode.i_gid = (uint16_t)f->gid;
    ext2fs_set_i_gid_high(inode, f->gid >> 16);
    inode.i_atime = time_of(f->atime);
    inode.i_mtime = time_of(f->mtime);
    inode.i_ctime = time_of(f->ctime);
    return change_end(ext2fs_write_inode(volume_fs, number, &inode), number, "inode");
}

/* ---- places ---- */

/* Where it would be good to begin: behind the block before. */
static blk64_t goal_of(uint32_t number, struct ext2_inode *inode, uint32_t block)
{
    struct volume_run run;

    if (block > 0 && volume_map(number, block - 1, &run) == ERR_OK && run.physical != 0)
        return run.physical + (block - 1 - run.first) + 1;
    return ext2fs_find_inode_goal(volume_fs, number, inode, block);
}

/* A block that was set aside for the file, but never written, is not needed any more. */
static errcode_t unwritten_free(uint32_t number, struct ext2_inode *inode, uint32_t block,
                                char *buffer)
{
    blk64_t old = 0;
    errcode_t e = ext2fs_bmap2(volume_fs, number, inode, buffer, 0, block, NULL, &old);

    if (e == 0 && old != 0) {
        ext2fs_block_alloc_stats2(volume_fs, old, -1);
        ext2fs_iblk_sub_blocks(volume_fs, inode, 1);
    }
    return e;
}

static errcode_t places_enter(uint32_t number, struct ext2_inode *inode, uint32_t block,
                              blk64_t physical, uint32_t count)
{
    static char buffer[2 * 4096]; /* only the fiber comes here */
    errcode_t e = 0;

    for (uint32_t i = 0; e == 0 && i < count; i++) {
        blk64_t at = physical + i;

        if (inode->i_flags & EXT4_EXTENTS_FL)
            e = unwritten_free(number, inode, block + i, buffer);
        if (e == 0)
            e = ext2fs_bmap2(volume_fs, number, inode, buffer, BMAP_SET | BMAP_ALLOC, block + i,
                             NULL, &at);
    }
    return e;
}

enum err change_place(uint32_t number, uint32_t block, uint32_t count, struct volume_run *run)
{
    struct ext2_inode inode;
    enum err e = change_begin();
    blk64_t physical, got;
    errcode_t code;

    if (e != ERR_OK)
        return e;
    code = ext2fs_read_inode(volume_fs, number, &inode);
    if (code == 0)
        code = ext2fs_new_range(volume_fs, 0, goal_of(number, &inode, block), count, NULL,
                                &physical, &got);
    if (code != 0)
        return change_end(code, number, "block map");
    for (blk64_t i = 0; i < got; i++)
        ext2fs_block_alloc_stats2(volume_fs, physical + i, +1);
    ext2fs_iblk_add_blocks(volume_fs, &inode, got);
    code = places_enter(number, &inode, block, physical, (uint32_t)got);
    if (code == 0)
        code = ext2fs_write_inode(volume_fs, number, &inode);
    metadata_forget(physical, (unsigned)got);
    *run = (struct volume_run){.first = block, .count = (uint32_t)got, .physical = physical};
    return change_end(code, number, "block map");
}

/* ---- the end ---- */

static bool on_list(uint32_t number)
{
    uint32_t at = volume_fs->super->s_last_orphan;
    struct ext2_inode inode;

    for (uint32_t i = 0; at != 0 && at != number && i < volume_fs->super->s_inodes_count; i++)
        at = ext2fs_read_inode(volume_fs, at, &inode) == 0 ? inode.i_dtime : 0;
    return at == number && number != 0;
}

enum err change_cut(uint32_t number, uint32_t first, uint32_t end, uint32_t *left)
{
    struct ext2_inode inode;
    uint32_t from = end - first > CUT_BLOCKS ? end - CUT_BLOCKS : first;
    enum err e = change_begin();
    errcode_t code;

    *left = first;
    if (e != ERR_OK || end <= first)
        return e;
    code = ext2fs_read_inode(volume_fs, number, &inode);
    if (code == 0 && !ext2fs_inode_has_valid_blocks2(volume_fs, &inode))
        return ERR_OK;
    if (code == 0 && from > first && !on_list(number))
        code = orphan_add(number, &inode);
    if (code == 0)
        code = ext2fs_punch(volume_fs, number, NULL, NULL, from,
                            from == first && inode.i_links_count == 0 ? ~0ull : end - 1);
    if (code == 0 && from == first && inode.i_links_count > 0 && on_list(number)) {
        code = ext2fs_read_inode(volume_fs, number, &inode);
        if (code == 0)
            code = orphan_remove(number, &inode);
        if (code == 0)
            code = ext2fs_write_inode(volume_fs, number, &inode);
    }
    *left = from;
    return change_end(code, number, "block map");
}

enum err change_free(uint32_t number)
{
    struct ext2_inode inode;
    enum err e = change_begin();
    errcode_t code;

    if (e != ERR_OK)
        return e;
    code = ext2fs_free_ext_attr(volume_fs, number, NULL);
    if (code == 0)
        code = ext2fs_read_inode(volume_fs, number, &inode);
    if (code == 0)
        code = orphan_remove(number, &inode);
    if (code == 0) {
        inode.i_dtime = (uint32_t)volume_fs->now;
        code = ext2fs_write_inode(volume_fs, number, &inode);
    }
    if (code == 0)
        change_inode_used(number, -1, LINUX_S_ISDIR(inode.i_mode));
    return change_end(code, number, "inode");
}
