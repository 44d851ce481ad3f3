/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * volume_dir.c - directories' entries and symbolic links' targets.
 *
 * A directory is read block by block, and each entry checked. The library's own walk would
 * follow whatever a damaged block map makes of it, for hours; here a directory ends where its
 * size says, and that is bounded.
 */
#include "volume.h"

#include <string.h>

#define ENTRY_HEAD 8u /* of a directory's entry on disk, before the name */

/* Linux's struct linux_dirent64, before the name. */
struct record {
    uint64_t inode;
    int64_t next; /* position of the entry behind this one */
    uint16_t bytes;
    uint8_t type;
} __attribute__((packed));

#define DIRECTORY_MAX (16u << 20)

static char block_buffer[4096]; /* only the fiber comes here */

static errcode_t directory_size(uint32_t directory, uint64_t *bytes)
{
    struct ext2_inode inode;
    errcode_t e = ext2fs_read_inode(volume_fs, directory, &inode);

    *bytes = EXT2_I_SIZE(&inode);
    if (e == 0 && !LINUX_S_ISDIR(inode.i_mode))
        e = EXT2_ET_NO_DIRECTORY;
    if (e == 0 && *bytes > DIRECTORY_MAX)
        e = EXT2_ET_DIR_CORRUPTED;
    return e;
}

/* The directory's block into block_buffer. *run saves mapping its neighbours again. */
static errcode_t block_read(uint32_t directory, uint32_t block, struct volume_run *run)
{
    if (block - run->first >= run->count) {
        enum err e = volume_map(directory, block, run);

        if (e != ERR_OK)
            return e == ERR_IO ? EXT2_ET_SHORT_READ : EXT2_ET_DIR_CORRUPTED;
    }
    if (run->physical == 0) /* directories have no holes */
        return EXT2_ET_DIR_CORRUPTED;
    return ext2fs_read_dir_block4(volume_fs, run->physical + (block - run->first), block_buffer, 0,
                                  directory);
}

/* The entry at `at` lies within the block. */
static bool entry_valid(unsigned at, unsigned *length)
{
    struct ext2_dir_entry *entry = (void *)(block_buffer + at);

    return at + ENTRY_HEAD <= volume_fs->blocksize &&
           ext2fs_get_rec_len(volume_fs, entry, length) == 0 && *length >= ENTRY_HEAD + 4 &&
           *length % 4 == 0 && *length <= volume_fs->blocksize - at &&
           (unsigned)ext2fs_dirent_name_len(entry) + ENTRY_HEAD <= *length;
}

/* ext2's file types are Linux's S_IFMT >> 12 in another order. */
static uint8_t record_type(const struct ext2_dir_entry *entry)
{
    static const uint8_t type[] = {0, 8, 4, 2, 6, 1, 12, 10};
    unsigned t = (unsigned)ext2fs_dirent_file_type(entry);

    return t < sizeof(type) ? type[t] : 0;
}

/* false: no room. */
static bool record_add(const struct ext2_dir_entry *entry, uint64_t next, char *to, unsigned room,
                       unsigned *bytes)
{
    unsigned length = (unsigned)ext2fs_dirent_name_len(entry);
    unsigned size = (unsigned)(sizeof(struct record) + length + 1 + 7) & ~7u;
    struct record r = {
        .inode = entry->inode,
        .next = (int64_t)next,
        .bytes = (uint16_t)size,
        .type = record_type(entry),
    };

    if (size > room - *bytes)
        return false;
    memset(to + *bytes, 0, size);
    memcpy(to + *bytes, &r, sizeof(r));
    memcpy(to + *bytes + sizeof(r), entry->name, length);
    *bytes += size;
    return true;
}

/*
 * Entries of the block that was read, from *position on. ERR_END: the block is used up. A
 * position within an entry means the next one: it need not be one of ours.
 */
static enum err block_list(uint64_t *position, char *to, unsigned room, unsigned *bytes)
{
    uint64_t start = *position / volume_fs->blocksize * volume_fs->blocksize;
    unsigned length;

    for (unsigned at = 0; at < volume_fs->blocksize; at += length) {
        const struct ext2_dir_entry *entry = (void *)(block_buffer + at);

        if (!entry_valid(at, &length))
            return ERR_CORRUPT;
        if (start + at < *position)
            continue;
        if (entry->inode != 0 && ext2fs_dirent_name_len(entry) > 0 &&
            !record_add(entry, start + at + length, to, room, bytes))
            return ERR_OK;
        *position = start + at + length;
    }
    *position = start + volume_fs->blocksize;
    return ERR_END;
}

enum err volume_list(uint32_t directory, uint64_t *position, char *to, unsigned room,
                     unsigned *bytes)
{
    struct volume_run run = {0};
    uint64_t at = *position, size;
    errcode_t code = directory_size(directory, &size);
    enum err e = ERR_END;

    *bytes = 0;
    while (code == 0 && e == ERR_END && at < size) {
        code = block_read(directory, (uint32_t)(at >> volume_block_bits()), &run);
        if (code == 0)
            e = block_list(&at, to, room, bytes);
        if (e == ERR_CORRUPT)
            code = EXT2_ET_DIR_CORRUPTED;
    }
    /* what was read before the damage is told first */
    if (code != 0 && *bytes == 0)
        return volume_error(code, directory, "directory");
    if (code == 0 && e == ERR_OK && *bytes == 0)
        return ERR_BAD_ARG;
    *position = at;
    return ERR_OK;
}

/* The entry called so in the block that was read; 0 if there is none. */
static errcode_t block_lookup(const char *name, unsigned length, uint32_t *inode)
{
    unsigned entry_length;

    *inode = 0;
    for (unsigned at = 0; at < volume_fs->blocksize; at += entry_length) {
        const struct ext2_dir_entry *entry = (void *)(block_buffer + at);

        if (!entry_valid(at, &entry_length))
            return EXT2_ET_DIR_CORRUPTED;
        if (entry->inode != 0 && (unsigned)ext2fs_dirent_name_len(entry) == length &&
            memcmp(entry->name, name, length) == 0) {
            *inode = entry->inode;
            return 0;
        }
    }
    return 0;
}

enum err volume_lookup(uint32_t directory, const char *name, unsigned length, uint32_t *inode)
{
    struct volume_run run = {0};
    uint64_t size;
    errcode_t code = directory_size(directory, &size);

    *inode = 0;
    for (uint64_t at = 0; code == 0 && *inode == 0 && at < size; at += volume_fs->blocksize) {
        code = block_read(directory, (uint32_t)(at >> volume_block_bits()), &run);
        if (code == 0)
            code = block_lookup(name, length, inode);
    }
    if (code == 0 && *inode == 0)
        return ERR_NOT_FOUND;
    if (code == 0 && (*inode < EXT2_ROOT_INO || *inode > volume_fs->super->s_inodes_count))
        code = EXT2_ET_DIR_CORRUPTED;
    return code == 0 ? ERR_OK : volume_error(code, directory, "directory");
}

/* A short target lies in the inode itself, where the block numbers would be. */
enum err volume_link(uint32_t number, char *to, unsigned room, unsigned *length)
{
    struct ext2_inode inode;
    struct volume_run run = {0};
    errcode_t e = ext2fs_read_inode(volume_fs, number, &inode);
    const char *from = (const char *)inode.i_block;

    if (e != 0)
        return volume_error(e, number, "symbolic link");
    *length = inode.i_size;
    if (inode.i_size >= volume_fs->blocksize)
        return volume_error(EXT2_ET_INODE_CORRUPTED, number, "symbolic link");
    if (inode.i_size > room)
        return ERR_NAME_LONG;
    if (!ext2fs_is_fast_symlink(&inode)) {
        if (volume_map(number, 0, &run) != ERR_OK || run.physical == 0)
            return volume_error(EXT2_ET_INODE_CORRUPTED, number, "symbolic link");
        e = io_channel_read_blk64(volume_fs->io, run.physical, 1, block_buffer);
        from = block_buffer;
    }
    if (e != 0)
        return volume_error(e, number, "symbolic link");
    memcpy(to, from, *length);
    return ERR_OK;
}
