/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * volume.c - the file system on the disk: opening it, inodes, errors.
 *
 * What is checked before libext2fs opens it are those things that the library believes:
 * that the blocks exist, and that no journal holds newer metadata.
 */
#include "volume.h"

#include "rt.h"

#include <stdio.h>
#include <string.h>

#define SUPER_AT   1024u
#define TOLD       16u /* damaged inodes that the log remembers */
#define BLOCK_BITS 12u /* largest block: a page */

#define FEATURES_KNOWN                                                                             \
    (EXT2_FEATURE_INCOMPAT_FILETYPE | EXT2_FEATURE_INCOMPAT_META_BG |                              \
     EXT3_FEATURE_INCOMPAT_EXTENTS | EXT4_FEATURE_INCOMPAT_64BIT | EXT4_FEATURE_INCOMPAT_FLEX_BG | \
     EXT4_FEATURE_INCOMPAT_EA_INODE | EXT4_FEATURE_INCOMPAT_CSUM_SEED |                            \
     EXT4_FEATURE_INCOMPAT_LARGEDIR)

/* Of those that only a writer must know. */
#define WRITES_KNOWN                                                                               \
    (EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER | EXT2_FEATURE_RO_COMPAT_LARGE_FILE |                     \
     EXT4_FEATURE_RO_COMPAT_HUGE_FILE | EXT4_FEATURE_RO_COMPAT_GDT_CSUM |                          \
     EXT4_FEATURE_RO_COMPAT_DIR_NLINK | EXT4_FEATURE_RO_COMPAT_EXTRA_ISIZE |                       \
     EXT4_FEATURE_RO_COMPAT_METADATA_CSUM)

ext2_filsys volume_fs;
static char name[40];
static uint32_t told[TOLD];
static unsigned told_next;

enum err volume_error(errcode_t code, uint32_t inode, const char *what)
{
    enum err e = ext2_source_err(code);

    if (e != ERR_CORRUPT && e != ERR_IO)
        return e;
    for (unsigned i = 0; i < TOLD; i++)
        if (told[i] == inode)
            return e;
    told[told_next++ % TOLD] = inode;
    log_line("inode %u: %s: %s", (unsigned)inode, what, err_text(e));
    return e;
}

/* NULL, or why the superblock keeps us out. */
static const char *super_refusal(const struct ext2_super_block *s, uint64_t bytes, char *text,
                                 size_t room)
{
    uint64_t blocks = s->s_blocks_count;
    uint32_t unknown = s->s_feature_incompat & ~(uint32_t)FEATURES_KNOWN;

    if (s->s_magic != EXT2_SUPER_MAGIC)
        return "the disk holds no ext2 file system";
    if (s->s_feature_incompat & EXT3_FEATURE_INCOMPAT_RECOVER)
        return "the journal has to be replayed first: run e2fsck -p on the image";
    if (unknown != 0) {
        snprintf(text, room, "the file system uses features unknown here (0x%x)",
                 (unsigned)unknown);
        return text;
    }
    if (s->s_log_block_size > BLOCK_BITS - 10)
        return "the superblock is malformed, or blocks are larger than 4096 bytes";
    if (s->s_feature_incompat & EXT4_FEATURE_INCOMPAT_64BIT)
        blocks |= (uint64_t)s->s_blocks_count_hi << 32;
    if (blocks > bytes >> (10 + s->s_log_block_size))
        return "the file system is larger than the disk: the image is cut off";
    return NULL;
}

static const char *open_refusal(errcode_t e)
{
    switch (e) {
    case EXT2_ET_NO_MEMORY:
        return "not enough memory for the file system's tables";
    case EXT2_ET_SHORT_READ:
        return "the disk cannot be read";
    default:
        return "the superblock or the group descriptors are malformed";
    }
}

static enum err refuse(enum err e, char *why, size_t room, const char *text)
{
    if (why != text)
        snprintf(why, room, "%s", text);
    volume_fs = NULL;
    return e == ERR_IO ? ERR_IO : ERR_CORRUPT;
}

static enum err root_check(void)
{
    struct ext2_inode inode;
    errcode_t e = ext2fs_read_inode(volume_fs, EXT2_ROOT_INO, &inode);

    if (e != 0)
        return ext2_source_err(e);
    return LINUX_S_ISDIR(inode.i_mode) ? ERR_OK : ERR_CORRUPT;
}

/* To write, if all features that a writer must know are known; else only to read. */
static errcode_t open_as(struct ext2_source *s, const struct ext2_super_block *super)
{
    int flags = EXT2_FLAG_64BITS | EXT2_FLAG_SOFTSUPP_FEATURES;

    if ((super->s_feature_ro_compat & ~(uint32_t)WRITES_KNOWN) == 0 &&
        super->s_state & EXT2_VALID_FS && !(super->s_state & EXT2_ERROR_FS))
        flags |= EXT2_FLAG_RW;
    return ext2fs_open("disk", flags, 0, 0, ext2_source_manager(s), &volume_fs);
}

enum err volume_open(struct ext2_source *s, char *why, size_t room)
{
    struct ext2_super_block super;
    const char *text;
    errcode_t code;
    enum err e;

    memset(told, 0xff, sizeof(told));
    if (s->bytes < SUPER_AT + sizeof(super))
        return refuse(ERR_CORRUPT, why, room, "the disk is too small for a file system");
    if (s->read(s, SUPER_AT, &super, sizeof(super)) != ERR_OK)
        return refuse(ERR_IO, why, room, "the disk cannot be read");
    text = super_refusal(&super, s->bytes, why, room);
    if (text != NULL)
        return refuse(ERR_CORRUPT, why, room, text);
    code = open_as(s, &super);
    if (code != 0)
        return refuse(ext2_source_err(code), why, room, open_refusal(code));
    e = root_check();
    if (e != ERR_OK)
        return refuse(e, why, room,
                      e == ERR_IO ? "the root directory cannot be read"
                                  : "the root directory is malformed");
    snprintf(name, sizeof(name), "%s, %u-byte blocks",
             ext2fs_has_feature_extents(volume_fs->super) ? "ext4" : "ext2", volume_fs->blocksize);
    return ERR_OK;
}

unsigned volume_block_bits(void)
{
    return 10 + volume_fs->super->s_log_block_size;
}

const char *volume_name(void)
{
    return name;
}

static bool mode_known(unsigned mode)
{
    return LINUX_S_ISREG(mode) || LINUX_S_ISDIR(mode) || LINUX_S_ISLNK(mode) ||
           LINUX_S_ISCHR(mode) || LINUX_S_ISBLK(mode) || LINUX_S_ISFIFO(mode) ||
           LINUX_S_ISSOCK(mode);
}

static void facts_of(struct ext2_inode *i, struct node_facts *f)
{
    uint64_t blocks = i->i_blocks;

    if (ext2fs_has_feature_huge_file(volume_fs->super))
        blocks |= (uint64_t)i->osd2.linux2.l_i_blocks_hi << 32;
    if (i->i_flags & EXT4_HUGE_FILE_FL)
        blocks <<= volume_block_bits() - 9;
    *f = (struct node_facts){
        .size = EXT2_I_SIZE(i),
        .blocks512 = blocks,
        .atime = (int32_t)i->i_atime,
        .mtime = (int32_t)i->i_mtime,
        .ctime = (int32_t)i->i_ctime,
        .mode = i->i_mode,
        .links = i->i_links_count,
        .uid = inode_uid(*i),
        .gid = inode_gid(*i),
    };
}

enum err volume_inode(uint32_t number, struct node_facts *f)
{
    struct ext2_inode i;
    errcode_t e;

    if (volume_fs == NULL)
        return ERR_IO;
    e = ext2fs_read_inode(volume_fs, number, &i);
    if (e == 0 && (!mode_known(i.i_mode) || i.i_links_count == 0 ||
                   EXT2_I_SIZE(&i) > NODE_SIZE_MAX || (i.i_flags & EXT4_INLINE_DATA_FL)))
        e = EXT2_ET_INODE_CORRUPTED;
    if (e != 0)
        return volume_error(e, number, "inode");
    facts_of(&i, f);
    return ERR_OK;
}

enum err volume_facts(uint32_t number, struct node_facts *f)
{
    struct ext2_inode i;
    errcode_t e = ext2fs_read_inode(volume_fs, number, &i);

    if (e != 0)
        return volume_error(e, number, "inode");
    facts_of(&i, f);
    return ERR_OK;
}

/* Tables of tables name so many blocks; their number of sectors has 32 bits. */
uint64_t volume_size_max(void)
{
    uint64_t per = volume_fs->blocksize / 4, bits = volume_block_bits();
    uint64_t blocks = EXT2_NDIR_BLOCKS + per + per * per + per * per * per;
    uint64_t most = blocks << bits < (uint64_t)1 << 41 ? blocks << bits : (uint64_t)1 << 41;

    return most - 1 < NODE_SIZE_MAX ? most - 1 : NODE_SIZE_MAX;
}
