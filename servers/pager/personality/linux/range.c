/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * range.c - calls about a range of a file: advice, room for it, and putting it onto the disk.
 */
#include "memfd.h"

#define SYNC_RANGE_FLAGS 7u /* wait before, write, wait after */
#define ADVICE_LAST      5u /* POSIX_FADV_NOREUSE */

static bool regular(const struct description *d)
{
    return (d->kind == DESC_FILE || d->kind == DESC_MEMORY) &&
           (d->mode & LINUX_S_IFMT) == LINUX_S_IFREG;
}

/* From `offset` on, up to where no file reaches? */
static bool range_bad(uint64_t offset, uint64_t bytes)
{
    return (int64_t)offset < 0 || (int64_t)bytes < 0 || (int64_t)(offset + bytes) < 0;
}

result_t call_fadvise64(struct trap *x)
{
    const struct description *d = fd_get(&x->person->fds, x->arg[0]);

    if (!d)
        return FAIL(EBADF);
    if (d->kind == DESC_CONSOLE)
        return FAIL(ESPIPE);
    return x->arg[3] <= ADVICE_LAST ? 0 : FAIL(EINVAL); /* read-ahead sees for itself */
}

/* The advice comes second, so that the offsets are in pairs of registers. */
result_t call_fadvise64_64(struct trap *x)
{
    x->arg[3] = x->arg[1];
    return call_fadvise64(x);
}

result_t call_readahead(struct trap *x)
{
    const struct description *d = fd_get(&x->person->fds, x->arg[0]);

    if (!d || d->flags & LINUX_O_PATH || (d->flags & LINUX_O_ACCMODE) == LINUX_O_WRONLY)
        return FAIL(EBADF);
    return regular(d) ? 0 : FAIL(EINVAL); /* as above */
}

/* Files of the disk have no such call, as on Linux's ext2: the C library writes zeros then. */
result_t call_fallocate(struct trap *x)
{
    struct description *d = fd_get(&x->person->fds, x->arg[0]);
    uint64_t end = x->arg[2] + x->arg[3];

    if (!d || d->flags & LINUX_O_PATH || (d->flags & LINUX_O_ACCMODE) == LINUX_O_RDONLY)
        return FAIL(EBADF);
    if ((int64_t)x->arg[2] < 0 || (int64_t)x->arg[3] <= 0)
        return FAIL(EINVAL);
    if (!regular(d))
        return d->kind == DESC_CONSOLE ? FAIL(ESPIPE) : FAIL(ENODEV);
    if ((int64_t)end < 0)
        return FAIL(EFBIG);
    if (d->kind != DESC_MEMORY || x->arg[1] != 0)
        return FAIL(EOPNOTSUPP);
    return end > d->size ? memfd_resize(x, d, end) : 0;
}

/* All of the file's bytes go, those of the range among them. */
result_t call_sync_file_range(struct trap *x)
{
    const struct description *d = fd_get(&x->person->fds, x->arg[0]);

    if (!d || d->flags & LINUX_O_PATH)
        return FAIL(EBADF);
    if (x->arg[3] & ~(uint64_t)SYNC_RANGE_FLAGS || range_bad(x->arg[1], x->arg[2]))
        return FAIL(EINVAL);
    if (!regular(d))
        return FAIL(ESPIPE);
    return x->arg[3] ? sync_descriptor(x, FILE_SYNC_DATA) : 0;
}

/* The flags come second, as above. */
result_t call_sync_file_range2(struct trap *x)
{
    uint64_t flags = x->arg[1];

    x->arg[1] = x->arg[2];
    x->arg[2] = x->arg[3];
    x->arg[3] = flags;
    return call_sync_file_range(x);
}
