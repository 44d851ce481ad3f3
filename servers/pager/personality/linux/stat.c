/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stat.c - calls that look at files by name or descriptor.
 */
#include "memfd.h"
#include "node.h"
#include "process.h"
#include "start.h"

#define BLOCK_BYTES    4096
#define ACCESS_EXECUTE 1u /* access(2): X_OK, W_OK */
#define ACCESS_WRITE   2u
#define ACCESS_ANY     7u
#define NODE_DEVICE    2 /* of /dev and /proc; the disk is what the file server says */

/* What there is to know about a file. */
struct look {
    struct file_attributes a;
    uint32_t rdev; /* of a device */
    bool disk;     /* it lies there */
};

static void look_at_node(int node, struct look *l)
{
    *l = (struct look){
        .a = {.inode = (uint32_t)node + 1,
              .mode = node_table[node].mode,
              .links = 1,
              .device = NODE_DEVICE},
        .rdev = node_table[node].device,
    };
}

static enum err look_at_handle(struct trap *x, uint32_t handle, struct look *l)
{
    struct file_stat_req q = {.handle = handle};
    struct file_stat_reply r;
    struct passing pass = lend_own(&l->a, sizeof(l->a), RIGHT_WRITE);

    l->disk = true;
    return file_stat(x->task->file, &q, &r, &pass);
}

/* What a descriptor is; the console is a pipe as far as programs can see. */
static result_t look_at_fd(struct trap *x, uint64_t fd, struct look *l)
{
    const struct description *d = fd_get(&x->person->fds, fd);

    if (!d)
        return FAIL(EBADF);
    if (d->kind == DESC_FILE)
        return result_of(look_at_handle(x, d->handle, l));
    if (d->kind == DESC_NODE)
        look_at_node(d->which, l);
    else if (d->kind == DESC_MEMORY)
        l->a = memfd_attributes(d);
    else
        l->a = (struct file_attributes){
            .inode = d->which + 1u, .mode = d->mode, .links = 1, .device = NODE_DEVICE};
    return 0;
}

static result_t look_at_place(struct trap *x, const struct place *place, bool follow,
                              struct look *l)
{
    struct file_open_reply r = {0};
    enum err e;

    if (place->node != NODE_NONE) {
        look_at_node(place->node, l);
        return 0;
    }
    e = place_open(x, place, FILE_PATH | (follow ? 0u : (uint32_t)FILE_NOFOLLOW), &r);
    if (e != ERR_OK)
        return result_of(e);
    e = look_at_handle(x, r.handle, l);
    handle_close(x->task, r.handle);
    return result_of(e);
}

/* What (dir, path, AT_* flags) names; the path may be empty if the flags say so. */
static result_t look_at(struct trap *x, int64_t dir, uint64_t path, uint64_t flags, struct look *l)
{
    bool follow = !(flags & LINUX_AT_SYMLINK_NOFOLLOW), empty = flags & LINUX_AT_EMPTY_PATH;
    struct place place;
    result_t fault = user_path(x, path, empty);

    if (fault)
        return fault;
    if (x->person->path[0] == '\0' && dir != LINUX_AT_FDCWD)
        return look_at_fd(x, (uint64_t)dir, l);
    fault = place_find(x, dir, follow, &place);
    return fault ? fault : look_at_place(x, &place, follow, l);
}

static result_t stat_write(struct trap *x, uint64_t to, const struct look *l)
{
    const struct file_attributes *a = &l->a;
    struct abi_stat s = {
        .dev = a->device,
        .ino = a->inode,
        .mode = a->mode,
        .nlink = a->links,
        .uid = a->uid,
        .gid = a->gid,
        .rdev = l->rdev,
        .size = (int64_t)a->size,
        .blksize = BLOCK_BYTES,
        .blocks = (int64_t)a->blocks512,
        .atime = a->atime,
        .mtime = a->mtime,
        .ctime = a->ctime,
    };

    return user_write(x, to, &s, sizeof(s));
}

result_t call_newfstatat(struct trap *x)
{
    const uint64_t known = LINUX_AT_SYMLINK_NOFOLLOW | LINUX_AT_NO_AUTOMOUNT | LINUX_AT_EMPTY_PATH;
    struct look l = {0};
    result_t fault;

    if (x->arg[3] & ~known)
        return FAIL(EINVAL);
    fault = look_at(x, (int64_t)x->arg[0], x->arg[1], x->arg[3], &l);
    return fault ? fault : stat_write(x, x->arg[2], &l);
}

result_t call_lstat(struct trap *x)
{
    x->arg[3] = LINUX_AT_SYMLINK_NOFOLLOW;
    return call_newfstatat(x);
}

result_t call_fstat(struct trap *x)
{
    struct look l = {0};
    result_t fault = look_at_fd(x, x->arg[0], &l);

    return fault ? fault : stat_write(x, x->arg[1], &l);
}

static struct linux_statx_time statx_time(int64_t seconds)
{
    return (struct linux_statx_time){.seconds = seconds};
}

result_t call_statx(struct trap *x)
{
    const uint64_t known = LINUX_AT_SYMLINK_NOFOLLOW | LINUX_AT_NO_AUTOMOUNT | LINUX_AT_EMPTY_PATH |
                           LINUX_AT_STATX_SYNC;
    struct look l = {0};
    struct linux_statx s = {.mask = LINUX_STATX_BASIC, .blksize = BLOCK_BYTES};
    result_t fault;

    if (x->arg[2] & ~known)
        return FAIL(EINVAL);
    fault = look_at(x, (int64_t)x->arg[0], x->arg[1], x->arg[2], &l);
    if (fault)
        return fault;
    s.nlink = l.a.links;
    s.uid = l.a.uid;
    s.gid = l.a.gid;
    s.mode = (uint16_t)l.a.mode;
    s.ino = l.a.inode;
    s.size = l.a.size;
    s.blocks = l.a.blocks512;
    s.atime = statx_time(l.a.atime);
    s.mtime = statx_time(l.a.mtime);
    s.ctime = statx_time(l.a.ctime);
    s.dev_minor = l.a.device;
    return user_write(x, x->arg[4], &s, sizeof(s));
}

/* access(2) by the superuser: only running and writing can be refused. The table gives
 * faccessat, which has no flags, an argument less: arg[3] is 0 then. */
static bool read_only(const struct trap *x)
{
    struct file_volume_req q = {0};
    struct file_volume_reply r = {0};

    return file_volume(x->task->file, &q, &r, NULL) == ERR_OK && r.flags & FILE_VOLUME_READ_ONLY;
}

result_t call_faccessat(struct trap *x)
{
    const uint64_t known = LINUX_AT_SYMLINK_NOFOLLOW | LINUX_AT_EACCESS | LINUX_AT_EMPTY_PATH;
    uint64_t wanted = x->arg[2], flags = x->arg[3];
    struct look l = {0};
    uint32_t type;
    result_t fault;

    if (wanted & ~(uint64_t)ACCESS_ANY || flags & ~known)
        return FAIL(EINVAL);
    fault = look_at(x, (int64_t)x->arg[0], x->arg[1], flags, &l);
    if (fault)
        return fault;
    type = l.a.mode & LINUX_S_IFMT;
    if (wanted & ACCESS_WRITE && l.disk && type != LINUX_S_IFCHR && read_only(x))
        return FAIL(EROFS);
    if (wanted & ACCESS_EXECUTE && type == LINUX_S_IFREG && !(l.a.mode & LINUX_S_IXANY))
        return FAIL(EACCES);
    return 0;
}

static result_t link_of_file(struct trap *x, const struct place *place, size_t room)
{
    struct person *p = x->person;
    struct passing pass = lend_own(p->scratch, room, RIGHT_WRITE);
    struct file_open_reply opened = {0};
    struct file_link_reply r = {0};
    enum err e = place_open(x, place, FILE_PATH | FILE_NOFOLLOW, &opened);

    if (e != ERR_OK)
        return result_of(e);
    if ((opened.mode & LINUX_S_IFMT) == LINUX_S_IFLNK) {
        struct file_link_req q = {.handle = opened.handle, .bytes = (uint32_t)room};

        e = file_link(x->task->file, &q, &r, &pass);
    } else {
        e = ERR_BAD_ARG;
    }
    handle_close(x->task, opened.handle);
    return e == ERR_OK ? (result_t)r.bytes : result_of(e);
}

result_t call_readlinkat(struct trap *x)
{
    struct person *p = x->person;
    size_t room = x->arg[3] < sizeof(p->scratch) ? x->arg[3] : sizeof(p->scratch);
    struct place place;
    result_t fault, bytes;

    if ((int64_t)x->arg[3] <= 0)
        return FAIL(EINVAL);
    fault = user_path(x, x->arg[1], false);
    if (!fault)
        fault = place_find(x, (int64_t)x->arg[0], false, &place);
    if (fault)
        return fault;
    if (place.node == NODE_NONE) {
        bytes = link_of_file(x, &place, room);
    } else if ((node_table[place.node].mode & LINUX_S_IFMT) == LINUX_S_IFLNK) {
        const char *target = node_target(p, place.node);

        bytes = (result_t)(strlen(target) < room ? strlen(target) : room);
        memcpy(p->scratch, target, (size_t)bytes);
    } else {
        return FAIL(EINVAL);
    }
    if (bytes < 0)
        return bytes;
    fault = user_write(x, x->arg[2], p->scratch, (size_t)bytes);
    return fault ? fault : bytes;
}
