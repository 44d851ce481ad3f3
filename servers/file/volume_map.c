/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * volume_map.c - where a file's blocks lie on the disk.
 *
 * A file has either extents or the old tables of tables: 12 block numbers in the inode,
 * then one table, a table of tables, and a table of those. The library maps block by block,
 * reading a table for each; what is wanted here is the longest run around a block. So
 * extents are taken whole, and a table is read once and looked along.
 */
#include "volume.h"

#define TABLE_MAX (4096u / 4)

static bool block_valid(uint64_t physical, uint64_t count)
{
    uint64_t blocks = ext2fs_blocks_count(volume_fs->super);

    return physical > volume_fs->super->s_first_data_block && physical < blocks &&
           count <= blocks - physical;
}

/* The run around table[at]: neighbours that follow each other, or holes. */
static errcode_t run_in_table(const uint32_t *table, uint32_t entries, uint32_t at, uint32_t base,
                              struct volume_run *run)
{
    uint32_t end = at + 1;

    while (end < entries && table[end] == (table[at] == 0 ? 0 : table[at] + (end - at)))
        end++;
    *run = (struct volume_run){.first = base + at, .count = end - at, .physical = table[at]};
    if (table[at] != 0 && !block_valid(table[at], end - at))
        return EXT2_ET_BAD_BLOCK_NUM;
    return 0;
}

/*
 * Below `root`, a block of tables `levels` deep whose first entry maps block `base`: the run
 * that holds `block`.
 */
static errcode_t map_below(uint32_t root, unsigned levels, uint32_t base, uint32_t block,
                           struct volume_run *run)
{
    static uint32_t table[TABLE_MAX];        /* only the fiber comes here */
    unsigned bits = volume_block_bits() - 2; /* log2 of the entries of a table */
    uint32_t entries = 1u << bits;

    for (;; levels--) {
        /* an entry of this table stands for so many blocks */
        unsigned span = bits * (levels - 1);
        uint32_t at = (block - base) >> span;
        errcode_t e;

        if (root == 0) {
            uint64_t whole = (uint64_t)1 << (bits * levels);

            *run = (struct volume_run){.first = base, .count = (uint32_t)whole, .physical = 0};
            return 0;
        }
        if (!block_valid(root, 1))
            return EXT2_ET_BAD_IND_BLOCK;
        e = ext2fs_read_ind_block(volume_fs, root, table);
        if (e != 0)
            return e;
        if (levels == 1)
            return run_in_table(table, entries, at, base, run);
        root = table[at];
        base += at << span;
    }
}

static errcode_t map_tables(const struct ext2_inode *inode, uint32_t block, struct volume_run *run)
{
    unsigned bits = volume_block_bits() - 2;
    uint64_t base = EXT2_NDIR_BLOCKS;

    if (block < EXT2_NDIR_BLOCKS)
        return run_in_table(inode->i_block, EXT2_NDIR_BLOCKS, block, 0, run);
    for (unsigned level = 1; level <= 3; level++) {
        uint64_t blocks = (uint64_t)1 << (bits * level);

        if (block - base < blocks)
            return map_below(inode->i_block[EXT2_IND_BLOCK + level - 1], level, (uint32_t)base,
                             block, run);
        base += blocks;
    }
    return EXT2_ET_FILE_TOO_BIG;
}

/* The handle stands at the extent that holds `block`. */
static errcode_t run_of_extent(ext2_extent_handle_t handle, uint32_t block, struct volume_run *run)
{
    struct ext2fs_extent x;
    errcode_t e = ext2fs_extent_get(handle, EXT2_EXTENT_CURRENT, &x);

    if (e != 0)
        return e;
    if (block < x.e_lblk || block - x.e_lblk >= x.e_len || x.e_lblk + x.e_len > UINT32_MAX)
        return EXT2_ET_EXTENT_LEAF_BAD;
    *run = (struct volume_run){
        .first = (uint32_t)x.e_lblk,
        .count = x.e_len,
        .physical = x.e_flags & EXT2_EXTENT_FLAGS_UNINIT ? 0 : x.e_pblk,
    };
    return block_valid(x.e_pblk, x.e_len) ? 0 : EXT2_ET_EXTENT_LEAF_BAD;
}

/* No extent holds `block`: the hole reaches to the one behind it, or has no end. */
static void run_of_hole(ext2_extent_handle_t handle, uint32_t block, struct volume_run *run)
{
    struct ext2fs_extent x;
    errcode_t e = ext2fs_extent_get(handle, EXT2_EXTENT_CURRENT, &x);
    uint64_t end = UINT32_MAX;

    if (e == 0 && x.e_lblk <= block)
        e = ext2fs_extent_get(handle, EXT2_EXTENT_NEXT_LEAF, &x);
    if (e == 0)
        end = x.e_lblk;
    *run = (struct volume_run){
        .first = block, .count = end > block ? (uint32_t)end - block : 1, .physical = 0};
}

static errcode_t map_extents(uint32_t number, struct ext2_inode *inode, uint32_t block,
                             struct volume_run *run)
{
    ext2_extent_handle_t handle;
    errcode_t e = ext2fs_extent_open2(volume_fs, number, inode, &handle);

    if (e != 0)
        return e;
    e = ext2fs_extent_goto(handle, block);
    if (e == 0)
        e = run_of_extent(handle, block, run);
    else if (e == EXT2_ET_EXTENT_NOT_FOUND) {
        run_of_hole(handle, block, run);
        e = 0;
    }
    ext2fs_extent_free(handle);
    return e;
}

enum err volume_map(uint32_t number, uint32_t block, struct volume_run *run)
{
    struct ext2_inode inode;
    errcode_t e = ext2fs_read_inode(volume_fs, number, &inode);

    if (e == 0)
        e = inode.i_flags & EXT4_EXTENTS_FL ? map_extents(number, &inode, block, run)
                                            : map_tables(&inode, block, run);
    return e == 0 ? ERR_OK : volume_error(e, number, "block map");
}
