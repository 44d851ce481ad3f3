/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * change_name.c - changes of names: what is made, linked, removed, renamed.
 *
 * A name is entered first, when nothing else has changed: a directory that cannot grow ends the
 * change there. What follows has the blocks that it needs (change_begin_growing).
 */
#include "change_part.h"

#include <string.h>

#define LINKS_MAX EXT2_LINK_MAX

static int type_of(uint32_t mode)
{
    static const uint8_t type[16] = {
        [1] = EXT2_FT_FIFO,     [2] = EXT2_FT_CHRDEV,   [4] = EXT2_FT_DIR,  [6] = EXT2_FT_BLKDEV,
        [8] = EXT2_FT_REG_FILE, [10] = EXT2_FT_SYMLINK, [12] = EXT2_FT_SOCK};

    return type[mode >> 12 & 15];
}

static errcode_t inode_read(uint32_t number, struct ext2_inode *inode)
{
    return ext2fs_read_inode(volume_fs, number, inode);
}

/* A directory has changed: its times, and its number of links by so many. */
static errcode_t directory_touch(uint32_t number, int links)
{
    struct ext2_inode inode;
    errcode_t e = inode_read(number, &inode);

    if (e != 0)
        return e;
    inode.i_links_count = (uint16_t)(inode.i_links_count + links);
    inode.i_mtime = inode.i_ctime = (uint32_t)volume_fs->now;
    return ext2fs_write_inode(volume_fs, number, &inode);
}

static errcode_t name_add(const struct change_name *n, uint32_t inode, int type)
{
    errcode_t e = ext2fs_link(volume_fs, n->directory, n->text, inode, type);

    if (e != EXT2_ET_DIR_NO_SPACE)
        return e;
    e = ext2fs_expand_dir(volume_fs, n->directory);
    return e == 0 ? ext2fs_link(volume_fs, n->directory, n->text, inode, type) : e;
}

static errcode_t name_remove(const struct change_name *n, uint32_t inode)
{
    return ext2fs_unlink(volume_fs, n->directory, n->text, inode, 0);
}

/* ---- what is new ---- */

static errcode_t regular_make(uint32_t number, uint32_t mode)
{
    struct ext2_inode inode = {.i_mode = (uint16_t)mode, .i_links_count = 1};
    ext2_extent_handle_t handle;
    errcode_t e;

    if (ext2fs_has_feature_extents(volume_fs->super))
        inode.i_flags = EXT4_EXTENTS_FL;
    e = ext2fs_write_new_inode(volume_fs, number, &inode);
    if (e == 0 && inode.i_flags & EXT4_EXTENTS_FL) {
        e = ext2fs_extent_open2(volume_fs, number, &inode, &handle);
        if (e == 0) {
            ext2fs_extent_free(handle);
            e = ext2fs_write_inode(volume_fs, number, &inode);
        }
    }
    if (e == 0)
        change_inode_used(number, +1, false);
    return e;
}

static errcode_t directory_make(const struct change_name *n, uint32_t number, uint32_t mode)
{
    struct ext2_inode inode;
    errcode_t e = ext2fs_mkdir(volume_fs, n->directory, number, NULL);

    change_inode_noted(number);
    if (e == 0)
        e = inode_read(number, &inode);
    if (e != 0)
        return e;
    inode.i_mode = (uint16_t)mode;
    return ext2fs_write_inode(volume_fs, number, &inode);
}

static errcode_t make(const struct change_name *n, uint32_t mode, const char *target,
                      uint32_t *number)
{
    ext2_ino_t ino;
    errcode_t e = ext2fs_new_inode(volume_fs, n->directory, (int)mode, NULL, &ino);

    if (e == 0)
        e = name_add(n, ino, type_of(mode));
    if (e != 0)
        return e;
    if (LINUX_S_ISDIR(mode)) {
        e = directory_make(n, ino, mode);
    } else if (LINUX_S_ISLNK(mode)) {
        e = ext2fs_symlink(volume_fs, n->directory, ino, NULL, target);
        change_inode_noted(ino);
    } else {
        e = regular_make(ino, mode);
    }
    if (e == 0)
        e = directory_touch(n->directory, 0);
    *number = ino;
    return e;
}

static errcode_t links_check(uint32_t number)
{
    struct ext2_inode inode;
    errcode_t e = inode_read(number, &inode);

    return e == 0 && inode.i_links_count >= LINKS_MAX ? EXT2_ET_TOO_MANY_REFS : e;
}

enum err change_create(const struct change_name *n, uint32_t mode, uint32_t *inode)
{
    enum err e = change_begin_growing();
    errcode_t code = 0;

    if (e != ERR_OK)
        return e;
    if (LINUX_S_ISDIR(mode))
        code = links_check(n->directory);
    if (code == EXT2_ET_TOO_MANY_REFS)
        return ERR_LINKS;
    if (code == 0)
        code = make(n, mode, NULL, inode);
    return change_end(code, n->directory, "directory");
}

enum err change_symlink(const struct change_name *n, const char *target, uint32_t *inode)
{
    enum err e = change_begin_growing();

    return e == ERR_OK
               ? change_end(make(n, LINUX_S_IFLNK | 0777, target, inode), n->directory, "directory")
               : e;
}

enum err change_link(const struct change_name *n, uint32_t number)
{
    struct ext2_inode inode;
    enum err e = change_begin_growing();
    errcode_t code;

    if (e != ERR_OK)
        return e;
    code = inode_read(number, &inode);
    if (code == 0 && inode.i_links_count >= LINKS_MAX)
        return ERR_LINKS;
    if (code == 0)
        code = name_add(n, number, type_of(inode.i_mode));
    if (code == 0) {
        inode.i_links_count++;
        inode.i_ctime = (uint32_t)volume_fs->now;
        code = ext2fs_write_inode(volume_fs, number, &inode);
    }
    if (code == 0)
        code = directory_touch(n->directory, 0);
    return change_end(code, number, "inode");
}

/* ---- what goes ---- */

/* The inode has lost a name; a directory had two of its own. */
static errcode_t link_drop(uint32_t number)
{
    struct ext2_inode inode;
    errcode_t e = inode_read(number, &inode);

    if (e != 0)
        return e;
    inode.i_links_count = LINUX_S_ISDIR(inode.i_mode) || inode.i_links_count == 0
                              ? 0
                              : (uint16_t)(inode.i_links_count - 1);
    inode.i_ctime = (uint32_t)volume_fs->now;
    return inode.i_links_count == 0 ? orphan_add(number, &inode)
                                    : ext2fs_write_inode(volume_fs, number, &inode);
}

static int is_directory(uint32_t number)
{
    struct ext2_inode inode;

    return inode_read(number, &inode) == 0 && LINUX_S_ISDIR(inode.i_mode);
}

enum err change_unlink(const struct change_name *n, uint32_t number)
{
    enum err e = change_begin();
    int directory;
    errcode_t code;

    if (e != ERR_OK)
        return e;
    directory = is_directory(number);
    code = name_remove(n, number);
    if (code == 0)
        code = link_drop(number);
    if (code == 0)
        code = directory_touch(n->directory, directory ? -1 : 0);
    return change_end(code, number, "inode");
}

static int entry_seen(ext2_ino_t dir, int entry, struct ext2_dir_entry *d, int offset,
                      int blocksize, char *buf, void *seen)
{
    (void)dir, (void)offset, (void)blocksize, (void)buf, (void)d;
    if (entry != DIRENT_OTHER_FILE)
        return 0;
    *(bool *)seen = true;
    return DIRENT_ABORT;
}

enum err change_empty(uint32_t directory, bool *empty)
{
    bool seen = false;
    errcode_t e = ext2fs_dir_iterate2(volume_fs, directory, 0, NULL, entry_seen, &seen);

    *empty = !seen;
    return e == 0 ? ERR_OK : volume_error(e, directory, "directory");
}

/* ---- another name ---- */

struct replacement {
    const char *text;
    uint32_t inode;
    int type;
    bool done;
};

static int entry_replace(ext2_ino_t dir, int entry, struct ext2_dir_entry *d, int offset,
                         int blocksize, char *buf, void *arg)
{
    struct replacement *r = arg;
    size_t length = strlen(r->text);

    (void)dir, (void)entry, (void)offset, (void)blocksize, (void)buf;
    if (d->inode == 0 || (size_t)ext2fs_dirent_name_len(d) != length ||
        memcmp(d->name, r->text, length) != 0)
        return 0;
    d->inode = r->inode;
    if (ext2fs_has_feature_filetype(volume_fs->super))
        ext2fs_dirent_set_file_type(d, r->type);
    r->done = true;
    return DIRENT_CHANGED | DIRENT_ABORT;
}

/* What the name stands for becomes another inode: in one write, so it is never missing. */
static errcode_t name_replace(const struct change_name *n, uint32_t inode, int type)
{
    struct replacement r = {.text = n->text, .inode = inode, .type = type};
    errcode_t e = ext2fs_dir_iterate2(volume_fs, n->directory, 0, NULL, entry_replace, &r);

    return e == 0 && !r.done ? EXT2_ET_FILE_NOT_FOUND : e;
}

/* The new name stands for the inode; a directory that was there took a link of its parent's. */
static errcode_t rename_enter(const struct change_name *to, uint32_t inode, int type,
                              uint32_t victim, int *links)
{
    errcode_t e;

    if (victim == 0)
        return name_add(to, inode, type);
    *links -= is_directory(victim);
    e = name_replace(to, inode, type);
    return e == 0 ? link_drop(victim) : e;
}

enum err change_rename(const struct change_name *from, const struct change_name *to,
                       uint32_t number, uint32_t victim)
{
    struct ext2_inode inode;
    enum err e = change_begin_growing();
    bool moves = from->directory != to->directory;
    int links = 0; /* of the new directory */
    errcode_t code;

    if (e != ERR_OK)
        return e;
    code = inode_read(number, &inode);
    moves = moves && LINUX_S_ISDIR(inode.i_mode);
    if (code == 0 && moves && victim == 0)
        code = links_check(to->directory);
    if (code == EXT2_ET_TOO_MANY_REFS)
        return ERR_LINKS;
    if (code == 0)
        code = rename_enter(to, number, type_of(inode.i_mode), victim, &links);
    if (code == 0)
        code = name_remove(from, number);
    if (code == 0 && moves)
        code = name_replace(&(struct change_name){number, ".."}, to->directory, EXT2_FT_DIR);
    if (code == 0)
        code = directory_touch(from->directory, moves ? -1 : 0);
    if (code == 0)
        code = directory_touch(to->directory, links + (moves ? 1 : 0));
    if (code == 0)
        code = inode_read(number, &inode);
    if (code == 0) {
        inode.i_ctime = (uint32_t)volume_fs->now;
        code = ext2fs_write_inode(volume_fs, number, &inode);
    }
    return change_end(code, number, "directory");
}
