/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * changes.c - calls that change names, attributes and what is on the disk.
 *
 * What changes names or sizes is work for the fiber (modify.h), begun by the first call and
 * fetched by the same call again. Attributes are changed at once, in memory.
 */
#include "change.h"
#include "dirty.h"
#include "op.h"
#include "rt.h"
#include "service.h"

#include <string.h>

#define ALL_MODES 07777u

/* FNV-1a */
static uint64_t hash_bytes(uint64_t h, const void *bytes, size_t count)
{
    const uint8_t *byte = bytes;

    for (size_t i = 0; i < count; i++)
        h = (h ^ byte[i]) * 1099511628211u;
    return h;
}

static uint64_t hash_word(uint64_t h, uint64_t word)
{
    for (unsigned shift = 0; shift < 64; shift += 8) {
        const uint8_t byte = (uint8_t)(word >> shift);

        h = hash_bytes(h, &byte, 1);
    }
    return h;
}

/* All that makes two calls the same. */
static uint64_t key_of(const struct modify *m)
{
    const uint64_t said[] = {m->kind,         m->flags, m->mode,           m->directory[0],
                             m->directory[1], m->size,  (uintptr_t)m->node};
    uint64_t h = 14695981039346656037u;

    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
        h = hash_word(h, said[i]);
    for (unsigned which = 0; which < 2; which++) {
        h = hash_bytes(h, m->path[which], m->bytes[which]);
        h = hash_word(h, m->bytes[which]);
    }
    return h;
}

/* Begins the work, or fetches what came of it. */
static enum err modify(struct session *s, const struct modify *m)
{
    uint64_t key = key_of(m);
    struct op *o = op_find(s, OP_MODIFY, key);
    enum err e;

    if (o == NULL) {
        o = op_new(s, OP_MODIFY, key);
        if (o == NULL)
            return ERR_PENDING;
        o->modify = *m;
        if (m->node != NULL)
            node_share(m->node);
        op_start(o);
    }
    if (!o->done)
        return ERR_PENDING;
    e = o->err;
    modify_end(&o->modify);
    op_free(o);
    return e;
}

static enum err start_of(struct session *s, uint32_t at, uint32_t *directory)
{
    struct description *d = handle_of(s, at);

    *directory = WALK_ROOT;
    if (at == FILE_AT_ROOT)
        return ERR_OK;
    if (d == NULL)
        return ERR_BAD_HANDLE;
    *directory = d->node->inode;
    return ERR_OK;
}

/* A path of the call: where it begins, and what is in the lease from `offset` on. */
static enum err path_take(struct session *s, struct modify *m, unsigned which, uint32_t at,
                          uint32_t offset, uint32_t bytes)
{
    size_t done;
    enum err e = start_of(s, at, &m->directory[which]);

    if (e != ERR_OK)
        return e;
    if (bytes == 0)
        return ERR_NOT_FOUND;
    if (bytes > WALK_PATH_MAX)
        return ERR_NAME_LONG;
    m->bytes[which] = (uint16_t)bytes;
    e = call_read_lease(&file_server, 0, offset, m->path[which], bytes, &done);
    m->path[which][bytes] = '\0';
    if (e == ERR_OK && memchr(m->path[which], '\0', bytes) != NULL)
        e = ERR_BAD_ARG;
    if (m->path[which][0] == '/')
        m->directory[which] = WALK_ROOT;
    return e;
}

static struct modify work; /* of the call that is being served */

static struct modify *work_of(enum modify_kind kind, uint32_t flags, uint32_t mode)
{
    work.kind = kind;
    work.flags = flags;
    work.mode = mode;
    work.directory[0] = work.directory[1] = 0;
    work.bytes[0] = work.bytes[1] = 0;
    work.size = 0;
    work.node = NULL;
    return &work;
}

enum err changes_remove(struct session *s, const struct file_remove_req *q)
{
    struct modify *m = work_of(MODIFY_REMOVE, q->flags, 0);
    enum err e = q->flags & ~FILE_REMOVE_DIRECTORY ? ERR_BAD_ARG : ERR_OK;

    if (e == ERR_OK)
        e = path_take(s, m, 0, q->at, 0, q->path_bytes);
    return e == ERR_OK ? modify(s, m) : e;
}

enum err changes_mkdir(struct session *s, const struct file_mkdir_req *q)
{
    struct modify *m = work_of(MODIFY_MKDIR, 0, q->mode);
    enum err e = path_take(s, m, 0, q->at, 0, q->path_bytes);

    return e == ERR_OK ? modify(s, m) : e;
}

enum err changes_rename(struct session *s, const struct file_rename_req *q)
{
    struct modify *m = work_of(MODIFY_RENAME, q->flags, 0);
    enum err e = q->flags & ~FILE_NO_REPLACE ? ERR_BAD_ARG : ERR_OK;

    if (e == ERR_OK)
        e = path_take(s, m, 0, q->at, 0, q->path_bytes);
    if (e == ERR_OK)
        e = path_take(s, m, 1, q->to_at, q->path_bytes, q->to_bytes);
    return e == ERR_OK ? modify(s, m) : e;
}

enum err changes_hardlink(struct session *s, const struct file_hardlink_req *q)
{
    struct modify *m = work_of(MODIFY_LINK, q->flags, 0);
    struct description *d = handle_of(s, q->at);
    enum err e = q->flags & ~FILE_FOLLOW ? ERR_BAD_ARG : ERR_OK;

    if (e == ERR_OK && q->path_bytes > 0)
        e = path_take(s, m, 0, q->at, 0, q->path_bytes);
    else if (e == ERR_OK && d == NULL)
        e = ERR_BAD_HANDLE;
    else if (e == ERR_OK)
        m->node = d->node;
    if (e == ERR_OK)
        e = path_take(s, m, 1, q->to_at, q->path_bytes, q->to_bytes);
    return e == ERR_OK ? modify(s, m) : e;
}

enum err changes_symlink(struct session *s, const struct file_symlink_req *q)
{
    struct modify *m = work_of(MODIFY_SYMLINK, 0, 0);
    enum err e = path_take(s, m, 0, FILE_AT_ROOT, 0, q->target_bytes);

    if (e == ERR_OK)
        e = path_take(s, m, 1, q->at, q->target_bytes, q->path_bytes);
    return e == ERR_OK ? modify(s, m) : e;
}

enum err changes_resize(struct session *s, const struct file_resize_req *q)
{
    struct modify *m = work_of(MODIFY_CUT, 0, 0);
    struct description *d = handle_of(s, q->handle);

    if (d == NULL || !(d->flags & FILE_WRITE) || !node_is(d->node, NODE_REGULAR))
        return ERR_BAD_HANDLE;
    m->size = (uint64_t)q->size_high << 32 | q->size_low;
    if (m->size > volume_size_max())
        return ERR_BIG;
    m->node = d->node;
    return modify(s, m);
}

enum err changes_sync(struct session *s, uint32_t handle, uint32_t flags)
{
    struct modify *m = work_of(MODIFY_SYNC, flags, 0);
    struct description *d = handle_of(s, handle);

    if (flags & ~(FILE_SYNC_DATA | FILE_SYNC_REST) || (handle != 0 && flags & FILE_SYNC_REST))
        return ERR_BAD_ARG;
    if (handle != 0 && (d == NULL || d->flags & FILE_PATH))
        return ERR_BAD_HANDLE;
    m->node = d != NULL ? d->node : NULL;
    return modify(s, m);
}

/* ---- attributes ---- */

/* Whose attributes are to be changed. */
static enum err facts_of(struct session *s, uint32_t handle, struct node **n)
{
    struct description *d = handle_of(s, handle);

    if (d == NULL)
        return ERR_BAD_HANDLE;
    *n = d->node;
    if (change_read_only())
        return ERR_READ_ONLY;
    return ERR_OK;
}

enum err changes_change(struct session *s, const struct file_change_req *q)
{
    struct node *n;
    enum err e = facts_of(s, q->handle, &n);

    if (e == ERR_OK && q->what & ~(uint32_t)(FILE_MODE | FILE_UID | FILE_GID))
        e = ERR_BAD_ARG;
    if (e == ERR_OK && q->what & FILE_MODE && node_is(n, NODE_LINK))
        e = ERR_BAD_OP; /* a link has no mode of its own */
    if (e != ERR_OK)
        return e;
    if (q->what & FILE_MODE)
        n->is.mode = (n->is.mode & ~ALL_MODES) | (q->mode & ALL_MODES);
    if (q->what & FILE_UID)
        n->is.uid = q->uid;
    if (q->what & FILE_GID)
        n->is.gid = q->gid;
    n->is.ctime = change_now();
    dirty_facts(n);
    return ERR_OK;
}

static bool time_fits(int64_t t)
{
    return t >= INT32_MIN && t <= INT32_MAX;
}

enum err changes_times(struct session *s, const struct file_times_req *q)
{
    int64_t atime = (int64_t)((uint64_t)q->atime_high << 32 | q->atime_low);
    int64_t mtime = (int64_t)((uint64_t)q->mtime_high << 32 | q->mtime_low);
    struct node *n;
    enum err e = facts_of(s, q->handle, &n);

    if (e != ERR_OK)
        return e;
    if (q->what >= FILE_MTIME_NOW << 1 || (q->what & FILE_ATIME && !time_fits(atime)) ||
        (q->what & FILE_MTIME && !time_fits(mtime)))
        return ERR_BAD_ARG;
    if (q->what & (FILE_ATIME | FILE_ATIME_NOW))
        n->is.atime = q->what & FILE_ATIME ? atime : change_now();
    if (q->what & (FILE_MTIME | FILE_MTIME_NOW))
        n->is.mtime = q->what & FILE_MTIME ? mtime : change_now();
    n->is.ctime = change_now();
    dirty_facts(n);
    return ERR_OK;
}

enum err changes_volume(struct file_volume_reply *r)
{
    struct ext2_super_block *super;
    uint64_t blocks, free;

    if (volume_fs == NULL)
        return ERR_IO;
    super = volume_fs->super;
    blocks = ext2fs_blocks_count(super);
    free = change_blocks_free();
    *r = (struct file_volume_reply){
        .block_bytes = volume_fs->blocksize,
        .blocks = blocks < UINT32_MAX ? (uint32_t)blocks : UINT32_MAX,
        .free = free < UINT32_MAX ? (uint32_t)free : UINT32_MAX,
        .files = super->s_inodes_count,
        .files_free = super->s_free_inodes_count,
        .magic = super->s_magic,
        .flags = change_read_only() ? FILE_VOLUME_READ_ONLY : 0,
    };
    return ERR_OK;
}
