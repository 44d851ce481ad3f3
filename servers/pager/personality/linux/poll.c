/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * poll.c - waiting for descriptors to become ready, which only standard input may not be: poll
 * and select, in records or in sets.
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
static int16_t poll_ready(struct trap *x, uint64_t fd, int events)
{
    const struct description *d = fd_get(&x->person->fds, fd);
    int ready = POLLIN | POLLOUT;

    if (!d)
        return POLLNVAL;
    if (d->kind == DESC_CONSOLE) {
        struct process_read_req q = {.stream = d->which};
        struct process_read_reply r;
        struct passing pass = {0};

        ready = d->which != PROCESS_STDIN ? POLLOUT : POLLIN;
        if (d->which == PROCESS_STDIN && events & POLLIN &&
            process_read(x->task->process, &q, &r, &pass) == ERR_PENDING)
            ready = 0;
    }
    return (int16_t)(events & ready);
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
        f[i].revents = f[i].fd < 0 ? 0 : poll_ready(x, (uint64_t)f[i].fd, f[i].events);
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
    if (x->arg[3])
        fault = wait_begin(x, x->arg[3], x->arg[4]);
    if (!fault && x->arg[2])
        fault = wake_after(x, x->arg[2], TIME_NANO);
    return wait_end(x, fault ? fault : poll(x));
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

/* ---- select: descriptors are bits of words ---- */

enum { SET_READ, SET_WRITE, SET_EXCEPTION, SETS };
static const int set_event[SETS] = {POLLIN, POLLOUT, 0};

struct fd_sets {
    abi_word_t bit[SETS][FDS / ABI_WORD_BITS];
};

/* Of one set, those that are ready, and how many more that makes. */
static result_t set_ready(struct trap *x, int event, const abi_word_t *asked, abi_word_t *ready,
                          result_t *total)
{
    for (unsigned fd = 0; fd < FDS; fd++) {
        abi_word_t bit = (abi_word_t)1 << fd % ABI_WORD_BITS;
        int16_t found;

        if (!(asked[fd / ABI_WORD_BITS] & bit))
            continue;
        found = poll_ready(x, fd, event);
        if (found == POLLNVAL)
            return FAIL(EBADF);
        if (found) {
            ready[fd / ABI_WORD_BITS] |= bit;
            ++*total;
        }
    }
    return 0;
}

/* x->arg: number of descriptors, the sets' addresses or 0. */
static result_t select_sets(struct trap *x)
{
    struct fd_sets asked = {0}, ready = {0};
    uint64_t count = x->arg[0] < FDS ? x->arg[0] : FDS;
    size_t bytes = (count + ABI_WORD_BITS - 1) / ABI_WORD_BITS * sizeof(abi_word_t);
    result_t total = 0, result = 0;

    if ((int64_t)x->arg[0] < 0)
        return FAIL(EINVAL);
    for (unsigned i = 0; i < SETS && !result; i++)
        if (x->arg[1 + i])
            result = user_ready(x, x->arg[1 + i], bytes);
    for (unsigned i = 0; i < SETS && !result; i++) {
        if (x->arg[1 + i])
            result = user_read(x, asked.bit[i], x->arg[1 + i], bytes);
        if (count % ABI_WORD_BITS)
            asked.bit[i][count / ABI_WORD_BITS] &= ((abi_word_t)1 << count % ABI_WORD_BITS) - 1;
        if (!result)
            result = set_ready(x, set_event[i], asked.bit[i], ready.bit[i], &total);
    }
    if (result)
        return result;
    if (total == 0 && !wake_passed(x))
        return RESULT_PARK;
    for (unsigned i = 0; i < SETS; i++)
        if (x->arg[1 + i] && (result = user_write(x, x->arg[1 + i], ready.bit[i], bytes)))
            return result;
    return total;
}

static result_t select_until(struct trap *x, enum time_unit unit)
{
    result_t result = x->arg[4] ? wake_after(x, x->arg[4], unit) : 0;

    if (!result)
        result = select_sets(x);
    if (result >= 0 && x->arg[4])
        wake_left(x, x->arg[4], unit);
    return result;
}

/* The mask's address and size are in a record, as the registers do not suffice. */
result_t call_pselect6(struct trap *x)
{
    struct {
        abi_word_t set, bytes;
    } mask = {0};
    result_t fault = x->arg[5] ? user_read(x, &mask, x->arg[5], sizeof(mask)) : 0;

    if (!fault && mask.set)
        fault = wait_begin(x, mask.set, mask.bytes);
    return wait_end(x, fault ? fault : select_until(x, TIME_NANO));
}

result_t call_select(struct trap *x)
{
    return select_until(x, TIME_MICRO);
}
