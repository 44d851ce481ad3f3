/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * refuse.c - calls that would change the disk, which is only read, and those about changes
 * that there cannot be.
 */
#include "person.h"

/* The paths are looked at first, as Linux does: EFAULT and ENOENT come before EROFS. */
static result_t refuse_path(struct trap *x, unsigned argument)
{
    result_t fault = user_path(x, x->arg[argument], false);

    return fault ? fault : FAIL(EROFS);
}

result_t call_read_only(struct trap *x)
{
    return refuse_path(x, 1);
}

result_t call_read_only1(struct trap *x)
{
    return refuse_path(x, 0);
}

result_t call_read_only2(struct trap *x)
{
    result_t fault = user_path(x, x->arg[0], false);

    return fault ? fault : refuse_path(x, 2);
}

result_t call_read_only4(struct trap *x)
{
    result_t fault = user_path(x, x->arg[1], false);

    return fault ? fault : refuse_path(x, 3);
}

result_t call_read_only_fd(struct trap *x)
{
    return fd_get(&x->person->fds, x->arg[0]) ? FAIL(EROFS) : FAIL(EBADF);
}

result_t call_utimensat(struct trap *x)
{
    if (x->arg[1] != 0)
        return refuse_path(x, 1);
    return call_read_only_fd(x);
}

/* Nothing is open for writing. */
result_t call_ftruncate(struct trap *x)
{
    return fd_get(&x->person->fds, x->arg[0]) ? FAIL(EINVAL) : FAIL(EBADF);
}

result_t call_fsync(struct trap *x)
{
    const struct description *d = fd_get(&x->person->fds, x->arg[0]);

    if (!d)
        return FAIL(EBADF);
    return d->kind == DESC_FILE ? 0 : FAIL(EINVAL);
}

result_t call_fadvise64(struct trap *x)
{
    const struct description *d = fd_get(&x->person->fds, x->arg[0]);

    if (!d)
        return FAIL(EBADF);
    if (d->kind == DESC_CONSOLE)
        return FAIL(ESPIPE);
    return x->arg[3] <= 5 ? 0 : FAIL(EINVAL); /* POSIX_FADV_NOREUSE; read-ahead sees for itself */
}
