/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * change.c - calls that change names and attributes on the disk, and those that put it there.
 *
 * Paths are gathered in the scratch, one behind the other, and lent to the file server, which
 * does the work once, however often the call is made again while it waits.
 */
#include "memfd.h"
#include "node.h"

#include <stdio.h>

#define AT_SYMLINK_FOLLOW 0x400u
#define RENAME_NOREPLACE  1u
#define UTIME_NOW         0x3fffffff
#define UTIME_OMIT        0x3ffffffe

/* Paths of a call, one behind the other. */
struct paths {
    uint32_t at[2], bytes[2];
    uint32_t used; /* of the scratch */
    unsigned count;
};

/* Text as it is: what a symbolic link shall say. */
static result_t text_add(struct trap *x, struct paths *p, uint64_t address)
{
    result_t fault = user_path(x, address, false);
    size_t bytes = strlen(x->person->path);

    if (fault)
        return fault;
    memcpy(x->person->scratch + p->used, x->person->path, bytes);
    p->bytes[p->count++] = (uint32_t)bytes;
    p->used += (uint32_t)bytes;
    return 0;
}

/* `own`: what a path to one of our nodes means to the call. */
static result_t path_add(struct trap *x, struct paths *p, uint64_t dir, uint64_t address,
                         result_t own)
{
    struct place place;
    size_t bytes;
    result_t fault = user_path(x, address, false);

    if (!fault)
        fault = place_find(x, (int64_t)dir, false, &place);
    if (!fault && place.node != NODE_NONE)
        fault = own;
    if (fault)
        return fault;
    bytes = strlen(place.path);
    memcpy(x->person->scratch + p->used, place.path, bytes);
    p->at[p->count] = place.at;
    p->bytes[p->count++] = (uint32_t)bytes;
    p->used += (uint32_t)bytes;
    return 0;
}

static struct passing lend_paths(struct trap *x, const struct paths *p)
{
    return lend_own(x->person->scratch, p->used, RIGHT_READ);
}

/* ---- names ---- */

result_t call_mkdirat(struct trap *x)
{
    struct paths p = {.used = 0};
    result_t fault = path_add(x, &p, x->arg[0], x->arg[1], FAIL(EEXIST));
    struct file_mkdir_req q = {.at = p.at[0],
                               .mode = (uint32_t)x->arg[2] & ~x->person->umask & 01777,
                               .path_bytes = p.bytes[0]};
    struct file_mkdir_reply r;
    struct passing pass = lend_paths(x, &p);

    return fault ? fault : result_of(file_mkdir(x->task->file, &q, &r, &pass));
}

result_t call_unlinkat(struct trap *x)
{
    struct paths p = {.used = 0};
    result_t fault = x->arg[2] & ~(uint64_t)LINUX_AT_REMOVEDIR ? FAIL(EINVAL) : 0;
    struct file_remove_req q = {.flags = x->arg[2] ? FILE_REMOVE_DIRECTORY : 0};
    struct file_remove_reply r;
    struct passing pass;

    if (!fault)
        fault = path_add(x, &p, x->arg[0], x->arg[1], FAIL(EPERM));
    q.at = p.at[0];
    q.path_bytes = p.bytes[0];
    pass = lend_paths(x, &p);
    return fault ? fault : result_of(file_remove(x->task->file, &q, &r, &pass));
}

result_t call_rmdir(struct trap *x)
{
    x->arg[2] = LINUX_AT_REMOVEDIR;
    return call_unlinkat(x);
}

result_t call_symlinkat(struct trap *x)
{
    struct paths p = {.used = 0};
    result_t fault = text_add(x, &p, x->arg[0]);
    struct file_symlink_req q = {.target_bytes = p.bytes[0]};
    struct file_symlink_reply r;
    struct passing pass;

    if (!fault)
        fault = path_add(x, &p, x->arg[1], x->arg[2], FAIL(EEXIST));
    q.at = p.at[1];
    q.path_bytes = p.bytes[1];
    pass = lend_paths(x, &p);
    return fault ? fault : result_of(file_symlink(x->task->file, &q, &r, &pass));
}

result_t call_linkat(struct trap *x)
{
    struct paths p = {.used = 0};
    uint64_t known = AT_SYMLINK_FOLLOW;
    result_t fault = x->arg[4] & ~known ? FAIL(EINVAL) : 0;
    struct file_hardlink_req q = {.flags = x->arg[4] ? FILE_FOLLOW : 0};
    struct file_hardlink_reply r;
    struct passing pass;

    if (!fault)
        fault = path_add(x, &p, x->arg[0], x->arg[1], FAIL(EXDEV));
    if (!fault)
        fault = path_add(x, &p, x->arg[2], x->arg[3], FAIL(EEXIST));
    q.at = p.at[0];
    q.path_bytes = p.bytes[0];
    q.to_at = p.at[1];
    q.to_bytes = p.bytes[1];
    pass = lend_paths(x, &p);
    return fault ? fault : result_of(file_hardlink(x->task->file, &q, &r, &pass));
}

result_t call_renameat2(struct trap *x)
{
    struct paths p = {.used = 0};
    result_t fault = x->arg[4] & ~(uint64_t)RENAME_NOREPLACE ? FAIL(EINVAL) : 0;
    struct file_rename_req q = {.flags = x->arg[4] ? FILE_NO_REPLACE : 0};
    struct file_rename_reply r;
    struct passing pass;

    if (!fault)
        fault = path_add(x, &p, x->arg[0], x->arg[1], FAIL(EBUSY));
    if (!fault)
        fault = path_add(x, &p, x->arg[2], x->arg[3], FAIL(EXDEV));
    q.at = p.at[0];
    q.path_bytes = p.bytes[0];
    q.to_at = p.at[1];
    q.to_bytes = p.bytes[1];
    pass = lend_paths(x, &p);
    return fault ? fault : result_of(file_rename(x->task->file, &q, &r, &pass));
}

/* Devices and pipes by name do not exist here. */
result_t call_mknodat(struct trap *x)
{
    result_t fault = user_path(x, x->arg[1], false);

    return fault ? fault : FAIL(EPERM);
}

/* ---- one file: by its path, or its descriptor ---- */

struct target {
    uint32_t handle;
    bool opened; /* for this call */
};

static result_t target_open(struct trap *x, uint64_t dir, uint64_t path, uint32_t flags,
                            struct target *t)
{
    struct file_open_reply r = {0};
    struct place place;
    result_t fault = user_path(x, path, false);

    if (!fault)
        fault = place_find(x, (int64_t)dir, !(flags & FILE_NOFOLLOW), &place);
    if (!fault && place.node != NODE_NONE)
        fault = FAIL(EPERM);
    if (!fault)
        fault = result_of(place_open(x, &place, flags, &r));
    *t = (struct target){r.handle, !fault};
    return fault;
}

static result_t target_of(struct trap *x, uint64_t fd, struct target *t)
{
    const struct description *d = fd_get(&x->person->fds, fd);

    if (!d)
        return FAIL(EBADF);
    if (d->kind != DESC_FILE)
        return FAIL(EPERM);
    *t = (struct target){d->handle, false};
    return 0;
}

static result_t target_end(struct trap *x, const struct target *t, enum err e)
{
    if (t->opened)
        handle_close(x->task, t->handle);
    return e == ERR_BAD_OP ? FAIL(EOPNOTSUPP) : result_of(e);
}

static result_t change(struct trap *x, const struct target *t, struct file_change_req q)
{
    struct file_change_reply r;

    q.handle = t->handle;
    return target_end(x, t, file_change(x->task->file, &q, &r, NULL));
}

result_t call_fchmod(struct trap *x)
{
    struct target t;
    result_t fault = target_of(x, x->arg[0], &t);

    return fault ? fault
                 : change(x, &t,
                          (struct file_change_req){.what = FILE_MODE,
                                                   .mode = (uint32_t)x->arg[1] & 07777});
}

result_t call_fchmodat(struct trap *x)
{
    struct target t;
    result_t fault = target_open(x, x->arg[0], x->arg[1], FILE_PATH, &t);

    return fault ? fault
                 : change(x, &t,
                          (struct file_change_req){.what = FILE_MODE,
                                                   .mode = (uint32_t)x->arg[2] & 07777});
}

/* -1 leaves an owner as it is. */
static struct file_change_req owner(uint64_t uid, uint64_t gid)
{
    return (struct file_change_req){
        .what = ((uint32_t)uid != UINT32_MAX ? FILE_UID : 0u) |
                ((uint32_t)gid != UINT32_MAX ? FILE_GID : 0u),
        .uid = (uint32_t)uid,
        .gid = (uint32_t)gid,
    };
}

result_t call_fchown(struct trap *x)
{
    struct target t;
    result_t fault = target_of(x, x->arg[0], &t);

    return fault ? fault : change(x, &t, owner(x->arg[1], x->arg[2]));
}

result_t call_fchownat(struct trap *x)
{
    uint32_t flags = FILE_PATH | (x->arg[4] & LINUX_AT_SYMLINK_NOFOLLOW ? FILE_NOFOLLOW : 0u);
    struct target t;
    result_t fault;

    if (x->arg[4] & ~(uint64_t)(LINUX_AT_SYMLINK_NOFOLLOW | LINUX_AT_EMPTY_PATH))
        return FAIL(EINVAL);
    fault = target_open(x, x->arg[0], x->arg[1], flags, &t);
    return fault ? fault : change(x, &t, owner(x->arg[2], x->arg[3]));
}

result_t call_lchown(struct trap *x)
{
    x->arg[4] = LINUX_AT_SYMLINK_NOFOLLOW;
    return call_fchownat(x);
}

/* One of the two times: what is to be done with it. */
static result_t time_of(const struct linux_timespec *t, uint32_t given, uint32_t now,
                        struct file_times_req *q)
{
    if (t->nanoseconds == UTIME_OMIT)
        return 0;
    if (t->nanoseconds != UTIME_NOW && (uint64_t)t->nanoseconds >= 1000000000u)
        return FAIL(EINVAL);
    q->what |= t->nanoseconds == UTIME_NOW ? now : given;
    return 0;
}

/* `unit`: of the fractions. */
static result_t times_read(struct trap *x, uint64_t address, enum time_unit unit,
                           struct file_times_req *q)
{
    struct linux_timespec t[2] = {{0}};
    result_t fault;

    *q = (struct file_times_req){.what = FILE_ATIME_NOW | FILE_MTIME_NOW};
    if (!address)
        return 0;
    fault = timespec_read(x, t, address, 2);
    q->what = 0;
    for (unsigned i = 0; i < 2 && unit == TIME_MICRO && !fault; i++) {
        fault = (uint64_t)t[i].nanoseconds < 1000000u ? 0 : FAIL(EINVAL);
        t[i].nanoseconds *= unit;
    }
    if (!fault)
        fault = time_of(&t[0], FILE_ATIME, FILE_ATIME_NOW, q);
    if (!fault)
        fault = time_of(&t[1], FILE_MTIME, FILE_MTIME_NOW, q);
    q->atime_low = (uint32_t)t[0].seconds;
    q->atime_high = (uint32_t)((uint64_t)(int64_t)t[0].seconds >> 32);
    q->mtime_low = (uint32_t)t[1].seconds;
    q->mtime_high = (uint32_t)((uint64_t)(int64_t)t[1].seconds >> 32);
    return fault;
}

static result_t times_set(struct trap *x, enum time_unit unit)
{
    uint32_t flags = FILE_PATH | (x->arg[3] & LINUX_AT_SYMLINK_NOFOLLOW ? FILE_NOFOLLOW : 0u);
    struct file_times_req q;
    struct file_times_reply r;
    struct target t;
    result_t fault = times_read(x, x->arg[2], unit, &q);

    if (!fault && x->arg[3] & ~(uint64_t)LINUX_AT_SYMLINK_NOFOLLOW)
        fault = FAIL(EINVAL);
    if (!fault)
        fault = x->arg[1] ? target_open(x, x->arg[0], x->arg[1], flags, &t)
                          : target_of(x, x->arg[0], &t);
    if (fault)
        return fault;
    q.handle = t.handle;
    return target_end(x, &t, file_times(x->task->file, &q, &r, NULL));
}

result_t call_utimensat(struct trap *x)
{
    return times_set(x, TIME_NANO);
}

/* utimes and futimesat: struct timeval, and always what a link leads to. */
result_t call_utimes(struct trap *x)
{
    return times_set(x, TIME_MICRO);
}

/* ---- sizes ---- */

static result_t resize(struct trap *x, const struct target *t, uint64_t size)
{
    struct file_resize_req q = {t->handle, (uint32_t)size, (uint32_t)(size >> 32)};
    struct file_resize_reply r;

    return target_end(x, t, file_resize(x->task->file, &q, &r, NULL));
}

result_t call_truncate(struct trap *x)
{
    struct target t;
    result_t fault = (int64_t)x->arg[1] < 0 ? FAIL(EINVAL) : 0;

    if (!fault)
        fault = target_open(x, (uint64_t)LINUX_AT_FDCWD, x->arg[0], FILE_WRITE, &t);
    return fault ? fault : resize(x, &t, x->arg[1]);
}

result_t call_ftruncate(struct trap *x)
{
    struct description *d = fd_get(&x->person->fds, x->arg[0]);
    struct target t = {0};

    if (!d || d->flags & LINUX_O_PATH)
        return FAIL(EBADF);
    if (d->kind == DESC_MEMORY && (int64_t)x->arg[1] >= 0)
        return memfd_resize(x, d, x->arg[1]);
    if ((int64_t)x->arg[1] < 0 || d->kind != DESC_FILE ||
        (d->mode & LINUX_S_IFMT) != LINUX_S_IFREG || (d->flags & LINUX_O_ACCMODE) == LINUX_O_RDONLY)
        return FAIL(EINVAL);
    t.handle = d->handle;
    return resize(x, &t, x->arg[1]);
}

/* ---- onto the disk ---- */

static result_t sync_handle(struct trap *x, uint32_t handle, uint32_t flags)
{
    struct file_sync_req q = {handle, flags};
    struct file_sync_reply r;

    return result_of(file_sync(x->task->file, &q, &r, NULL));
}

result_t sync_descriptor(struct trap *x, uint32_t flags)
{
    const struct description *d = fd_get(&x->person->fds, x->arg[0]);

    if (!d || d->flags & LINUX_O_PATH)
        return FAIL(EBADF);
    if (d->kind == DESC_MEMORY)
        return 0; /* it has no other place */
    return d->kind == DESC_FILE ? sync_handle(x, d->handle, flags) : FAIL(EINVAL);
}

result_t call_fsync(struct trap *x)
{
    return sync_descriptor(x, 0);
}

result_t call_fdatasync(struct trap *x)
{
    return sync_descriptor(x, FILE_SYNC_DATA);
}

result_t call_sync(struct trap *x)
{
    return sync_handle(x, FILE_AT_ROOT, 0) == RESULT_PARK ? RESULT_PARK : 0;
}

/* ---- the volume ---- */

static result_t volume_tell(struct trap *x, uint64_t to)
{
    struct file_volume_req q = {0};
    struct file_volume_reply r = {0};
    enum err e = file_volume(x->task->file, &q, &r, NULL);
    struct linux_statfs s = {
        .type = (abi_int_t)r.magic,
        .block_bytes = (abi_int_t)r.block_bytes,
        .blocks = r.blocks,
        .free = r.free,
        .available = r.free,
        .files = r.files,
        .files_free = r.files_free,
        .name_bytes = 255,
        .fragment_bytes = (abi_int_t)r.block_bytes,
        .flags = r.flags & FILE_VOLUME_READ_ONLY ? 1 : 0,
    };

    return e == ERR_OK ? user_write(x, to, &s, LINUX_STATFS_BYTES) : result_of(e);
}

result_t call_statfs(struct trap *x)
{
    struct target t;
    result_t fault = target_open(x, (uint64_t)LINUX_AT_FDCWD, x->arg[0], FILE_PATH, &t);

    if (fault && fault != FAIL(EPERM)) /* what is ours is told as the disk */
        return fault;
    if (!fault)
        target_end(x, &t, ERR_OK);
    return volume_tell(x, x->arg[1]);
}

result_t call_fstatfs(struct trap *x)
{
    return fd_get(&x->person->fds, x->arg[0]) ? volume_tell(x, x->arg[1]) : FAIL(EBADF);
}

/* The later calls, which know the record by its size: with the compiler's padding or without. */
static bool statfs_known(uint64_t bytes)
{
    return bytes == LINUX_STATFS_BYTES || bytes == sizeof(struct linux_statfs);
}

result_t call_statfs64(struct trap *x)
{
    if (!statfs_known(x->arg[1]))
        return FAIL(EINVAL);
    x->arg[1] = x->arg[2];
    return call_statfs(x);
}

result_t call_fstatfs64(struct trap *x)
{
    if (!statfs_known(x->arg[1]))
        return FAIL(EINVAL);
    x->arg[1] = x->arg[2];
    return call_fstatfs(x);
}
