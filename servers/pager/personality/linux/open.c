/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * open.c - calls that make, copy, change and close descriptors.
 */
#include "memfd.h"
#include "node.h"

/* ioctl(2) of descriptors and terminals */
#define FIONBIO  0x5421u
#define FIONCLEX 0x5450u
#define FIOCLEX  0x5451u

/* Neither is there nor followed. */
#define NEW (LINUX_O_CREAT | LINUX_O_EXCL)

result_t description_new(struct person *p, const struct description *d, bool close_on_exec)
{
    int fd = fd_open(&p->fds, d, close_on_exec);

    return fd >= 0 ? fd : fd == FD_NONE ? FAIL(EMFILE) : FAIL(ENFILE);
}

static result_t open_node(struct trap *x, int node, uint32_t flags)
{
    struct description d = {
        .kind = DESC_NODE, .which = (uint8_t)node, .flags = flags, .mode = node_table[node].mode};
    uint32_t type = d.mode & LINUX_S_IFMT;

    if ((flags & (LINUX_O_CREAT | LINUX_O_EXCL)) == (LINUX_O_CREAT | LINUX_O_EXCL))
        return FAIL(EEXIST);
    if (type == LINUX_S_IFLNK)
        return FAIL(ELOOP);
    if (type == LINUX_S_IFDIR && (flags & LINUX_O_ACCMODE) != LINUX_O_RDONLY)
        return FAIL(EISDIR);
    if (type != LINUX_S_IFDIR && flags & ABI_O_DIRECTORY)
        return FAIL(ENOTDIR);
    if (type == LINUX_S_IFREG && (flags & LINUX_O_ACCMODE) != LINUX_O_RDONLY)
        return FAIL(EACCES);
    return description_new(x->person, &d, flags & LINUX_O_CLOEXEC);
}

static uint32_t file_flags(uint32_t flags)
{
    bool wide = ABI_WORD_BITS == 64 || flags & (ABI_O_LARGEFILE | LINUX_O_PATH);
    uint32_t f = (flags & LINUX_O_PATH ? FILE_PATH : FILE_READ) | (wide ? 0u : FILE_SMALL);

    if ((flags & LINUX_O_ACCMODE) != LINUX_O_RDONLY || flags & LINUX_O_TRUNC)
        f |= FILE_WRITE;
    if (flags & ABI_O_DIRECTORY)
        f |= FILE_DIRECTORY;
    if (flags & ABI_O_NOFOLLOW)
        f |= FILE_NOFOLLOW;
    if (flags & LINUX_O_PATH)
        return f & ~(uint32_t)FILE_WRITE;
    if (flags & LINUX_O_CREAT)
        f |= FILE_CREATE | (flags & LINUX_O_EXCL ? FILE_EXCLUSIVE : 0u);
    if (flags & LINUX_O_TRUNC)
        f |= FILE_TRUNCATE;
    if (flags & LINUX_O_APPEND)
        f |= FILE_APPEND;
    return f;
}

static result_t open_file(struct trap *x, const struct place *place, uint32_t flags, uint32_t mode)
{
    struct description d = {.kind = DESC_FILE, .flags = flags};
    struct file_open_reply r = {0};
    enum err e = place_make(x, place, file_flags(flags), mode & ~x->person->umask & 07777, &r);
    result_t fd;

    if (e != ERR_OK) /* no write: what is too large is its offsets */
        return e == ERR_BIG ? FAIL(EOVERFLOW) : result_of(e);
    d.handle = r.handle;
    d.mode = r.mode;
    fd = description_new(x->person, &d, flags & LINUX_O_CLOEXEC);
    if (fd < 0)
        handle_close(x->task, r.handle);
    return fd;
}

result_t call_openat(struct trap *x)
{
    uint32_t flags = (uint32_t)x->arg[2];
    struct place place;
    result_t fault = user_path(x, x->arg[1], false);

    if (!fault)
        fault = place_find(x, (int64_t)x->arg[0], !(flags & ABI_O_NOFOLLOW) && (flags & NEW) != NEW,
                           &place);
    if (fault)
        return fault;
    if ((flags & LINUX_O_TMPFILE) == LINUX_O_TMPFILE)
        return FAIL(EOPNOTSUPP);
    return place.node != NODE_NONE ? open_node(x, place.node, flags)
                                   : open_file(x, &place, flags, (uint32_t)x->arg[3]);
}

result_t call_creat(struct trap *x)
{
    x->arg[3] = x->arg[2];
    x->arg[2] = LINUX_O_CREAT | LINUX_O_WRONLY | LINUX_O_TRUNC;
    return call_openat(x);
}

static void descriptor_close(struct trap *x, unsigned fd)
{
    struct description last;

    if (!fd_close(&x->person->fds, fd, &last))
        return;
    if (last.kind == DESC_FILE)
        handle_close(x->task, last.handle);
    else if (last.kind == DESC_MEMORY)
        memfd_close(x->task, &last);
}

result_t call_close(struct trap *x)
{
    if (!fd_get(&x->person->fds, x->arg[0]))
        return FAIL(EBADF);
    descriptor_close(x, (unsigned)x->arg[0]);
    return 0;
}

result_t call_dup(struct trap *x)
{
    struct person *p = x->person;
    int fd;

    if (!fd_get(&p->fds, x->arg[0]))
        return FAIL(EBADF);
    fd = fd_dup(&p->fds, (unsigned)x->arg[0], 0, false);
    return fd >= 0 ? fd : FAIL(EMFILE);
}

result_t call_dup3(struct trap *x)
{
    struct person *p = x->person;
    uint64_t from = x->arg[0], to = x->arg[1], flags = x->arg[2];

    if (flags & ~(uint64_t)LINUX_O_CLOEXEC || from == to)
        return FAIL(EINVAL);
    if (to >= FDS || !fd_get(&p->fds, from))
        return FAIL(EBADF);
    if (fd_get(&p->fds, to))
        descriptor_close(x, (unsigned)to);
    fd_dup_to(&p->fds, (unsigned)from, (unsigned)to, flags & LINUX_O_CLOEXEC);
    return (result_t)to;
}

result_t call_dup2(struct trap *x)
{
    if (x->arg[0] == x->arg[1])
        return fd_get(&x->person->fds, x->arg[0]) ? (result_t)x->arg[0] : FAIL(EBADF);
    return call_dup3(x);
}

static result_t fcntl_dup(struct person *p, unsigned fd, uint64_t least, bool close_on_exec)
{
    int to;

    if (least >= FDS)
        return FAIL(EINVAL);
    to = fd_dup(&p->fds, fd, (unsigned)least, close_on_exec);
    return to >= 0 ? to : FAIL(EMFILE);
}

result_t call_fcntl(struct trap *x)
{
    struct person *p = x->person;
    struct description *d = fd_get(&p->fds, x->arg[0]);
    unsigned fd = (unsigned)x->arg[0];

    if (!d)
        return FAIL(EBADF);
    switch (x->arg[1]) {
    case LINUX_F_DUPFD:
    case LINUX_F_DUPFD_CLOEXEC:
        return fcntl_dup(p, fd, x->arg[2], x->arg[1] == LINUX_F_DUPFD_CLOEXEC);
    case LINUX_F_GETFD:
        return p->fds.fd[fd].close_on_exec ? LINUX_FD_CLOEXEC : 0;
    case LINUX_F_SETFD:
        p->fds.fd[fd].close_on_exec = x->arg[2] & LINUX_FD_CLOEXEC;
        return 0;
    case LINUX_F_GETFL:
        return (result_t)(d->flags & ~(LINUX_O_CLOEXEC | LINUX_O_CREAT | LINUX_O_EXCL));
    case LINUX_F_SETFL:
        d->flags = (d->flags & ~LINUX_O_SETTABLE) | ((uint32_t)x->arg[2] & LINUX_O_SETTABLE);
        return 0;
    case LINUX_F_SETLK:
    case LINUX_F_SETLKW:
        return 0; /* nobody else is there to hold a lock on a file that cannot change */
    case LINUX_F_SETLK_WIDE:
    case LINUX_F_SETLKW_WIDE:
        return ABI_WORD_BITS == 32 ? 0 : FAIL(EINVAL);
    default:
        return FAIL(EINVAL);
    }
}

result_t call_ioctl(struct trap *x)
{
    struct person *p = x->person;

    if (!fd_get(&p->fds, x->arg[0]))
        return FAIL(EBADF);
    switch (x->arg[1]) {
    case FIOCLEX:
    case FIONCLEX:
        p->fds.fd[x->arg[0]].close_on_exec = x->arg[1] == FIOCLEX;
        return 0;
    case FIONBIO:
        return 0;
    default:
        return FAIL(ENOTTY); /* the console is a stream of bytes, no terminal */
    }
}

result_t call_umask(struct trap *x)
{
    uint32_t before = x->person->umask;

    x->person->umask = (uint32_t)x->arg[0] & 0777;
    return before;
}
