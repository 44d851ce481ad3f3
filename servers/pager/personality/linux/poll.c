/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * poll.c - waiting for descriptors to become ready, which only standard input may not be.
 */
#include "node.h"
#include "process.h"
#include "rt.h"

#define POLLIN   1
#define POLLOUT  4
#define POLLNVAL 0x20
#define POLL_MAX 64u

struct linux_pollfd {
    int32_t fd;
    int16_t events, revents;
};

/* Files and our nodes are always ready; standard input when the process server says so. */
static int16_t poll_ready(struct trap *x, const struct linux_pollfd *f)
{
    const struct description *d;
    int16_t ready = POLLIN | POLLOUT;

    if (f->fd < 0)
        return 0;
    d = fd_get(&x->person->fds, (uint64_t)f->fd);
    if (!d)
        return POLLNVAL;
    if (d->kind == DESC_CONSOLE) {
        struct process_read_req q = {.stream = d->which};
        struct process_read_reply r;
        struct passing pass = {0};

        ready = d->which != PROCESS_STDIN ? POLLOUT : POLLIN;
        if (d->which == PROCESS_STDIN && f->events & POLLIN &&
            process_read(x->task->process, &q, &r, &pass) == ERR_PENDING)
            ready = 0;
    }
    return f->events & ready;
}

/* Until one is ready, or the call's deadline has passed. */
static result_t poll(struct trap *x)
{
    struct linux_pollfd f[POLL_MAX];
    size_t bytes = x->arg[1] % (POLL_MAX + 1) * sizeof(f[0]);
    int64_t ready = 0;
    result_t fault = user_read(x, f, x->arg[0], bytes);

    if (fault)
        return fault;
    for (uint64_t i = 0; i < x->arg[1]; i++) {
        f[i].revents = poll_ready(x, &f[i]);
        ready += f[i].revents != 0;
    }
    if (ready == 0 && !wake_passed(x))
        return RESULT_PARK;
    fault = user_write(x, x->arg[0], f, bytes);
    return fault ? fault : ready;
}

result_t call_ppoll(struct trap *x)
{
    result_t fault = 0;

    if (x->arg[1] > POLL_MAX)
        return FAIL(EINVAL);
    if (x->arg[2])
        fault = wake_after(x, x->arg[2]);
    return fault ? fault : poll(x);
}

/* The time is in milliseconds; less than 0 is for ever. */
result_t call_poll(struct trap *x)
{
    if (x->arg[1] > POLL_MAX)
        return FAIL(EINVAL);
    if ((int64_t)x->arg[2] >= 0 && !x->person->progress.wake)
        wake_at(x, now_ns() + x->arg[2] * 1000000);
    return poll(x);
}
