/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fd.c - see fd.h.
 */
#include "fd.h"

#include <stddef.h>

struct description *fd_get(struct fds *t, uint64_t fd)
{
    if (fd >= FDS || t->fd[fd].description == 0)
        return NULL;
    return &t->description[t->fd[fd].description - 1];
}

static int fd_lowest(const struct fds *t, unsigned least)
{
    for (unsigned fd = least; fd < FDS; fd++)
        if (t->fd[fd].description == 0)
            return (int)fd;
    return FD_NONE;
}

static void fd_name(struct fds *t, unsigned fd, unsigned description, bool close_on_exec)
{
    t->fd[fd].description = (uint8_t)(description + 1);
    t->fd[fd].close_on_exec = close_on_exec;
    t->description[description].refs++;
}

int fd_open(struct fds *t, const struct description *d, bool close_on_exec)
{
    int fd = fd_lowest(t, 0);
    unsigned i;

    if (fd < 0)
        return FD_NONE;
    for (i = 0; i < DESCRIPTIONS && t->description[i].refs > 0; i++)
        ;
    if (i == DESCRIPTIONS)
        return FD_NO_DESCRIPTION;
    t->description[i] = *d;
    t->description[i].refs = 0;
    fd_name(t, (unsigned)fd, i, close_on_exec);
    return fd;
}

int fd_dup(struct fds *t, unsigned fd, unsigned least, bool close_on_exec)
{
    int to = fd_lowest(t, least);

    if (to >= 0)
        fd_dup_to(t, fd, (unsigned)to, close_on_exec);
    return to;
}

void fd_dup_to(struct fds *t, unsigned fd, unsigned to, bool close_on_exec)
{
    fd_name(t, to, t->fd[fd].description - 1u, close_on_exec);
}

bool fd_close(struct fds *t, unsigned fd, struct description *last)
{
    struct description *d = fd_get(t, fd);

    t->fd[fd].description = 0;
    t->fd[fd].close_on_exec = 0;
    if (--d->refs > 0)
        return false;
    *last = *d;
    return true;
}
