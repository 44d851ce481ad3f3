/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock.c - calls about time. One clock counts nanoseconds since power-on; the date adds
 * the moment of power-on, and a program's own time is the instructions it executed, each
 * taken for a nanosecond.
 */
#include "person.h"
#include "rt.h"

#define SECOND   1000000000u
#define ABSOLUTE 1u /* TIMER_ABSTIME */

enum clock_id {
    CLOCK_REALTIME,
    CLOCK_MONOTONIC,
    CLOCK_PROCESS,
    CLOCK_THREAD,
    CLOCK_MONOTONIC_RAW,
    CLOCK_REALTIME_COARSE,
    CLOCK_MONOTONIC_COARSE,
    CLOCK_BOOTTIME,
};

static uint64_t executed_ns(const struct trap *x)
{
    uint64_t executed = 0;

    thread_times(x->task->thread, &executed);
    return executed;
}

/* False if there is no such clock. */
static bool clock_read(const struct trap *x, uint64_t clock, uint64_t *ns)
{
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        *ns = now_ns() + x->person->epoch * SECOND;
        return true;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
        *ns = now_ns();
        return true;
    case CLOCK_PROCESS:
    case CLOCK_THREAD:
        *ns = executed_ns(x);
        return true;
    default:
        return false;
    }
}

static result_t time_write(struct trap *x, uint64_t to, uint64_t ns, enum time_unit unit)
{
    struct linux_timespec t = {(int64_t)(ns / SECOND), (int64_t)(ns % SECOND / unit)};
    struct linux_timespec_32 narrow = {(int32_t)t.seconds, (int32_t)t.nanoseconds};

    return x->narrow ? user_write(x, to, &narrow, sizeof(narrow))
                     : user_write(x, to, &t, sizeof(t));
}

result_t timespec_read(struct trap *x, struct linux_timespec *t, uint64_t from, unsigned count)
{
    struct linux_timespec_32 narrow;
    result_t fault = 0;

    for (unsigned i = 0; i < count && !fault; i++, t++) {
        if (!x->narrow) {
            fault = user_read(x, t, from + i * sizeof(*t), sizeof(*t));
            t->nanoseconds = (abi_int_t)t->nanoseconds;
            continue;
        }
        fault = user_read(x, &narrow, from + i * sizeof(narrow), sizeof(narrow));
        *t = (struct linux_timespec){narrow.seconds, narrow.nanoseconds};
    }
    return fault;
}

static result_t time_read(struct trap *x, uint64_t from, enum time_unit unit, uint64_t *ns)
{
    struct linux_timespec t = {0};
    result_t fault = timespec_read(x, &t, from, 1);

    if (fault)
        return fault;
    if (t.seconds < 0 || t.nanoseconds < 0 || t.nanoseconds >= SECOND)
        return FAIL(EINVAL); /* more than a second of microseconds is what Linux takes, too */
    if ((uint64_t)t.seconds >= UINT64_MAX / SECOND / 2) /* longer than anything lives */
        t.seconds = UINT64_MAX / SECOND / 2;
    *ns = (uint64_t)t.seconds * SECOND + (uint64_t)t.nanoseconds * unit;
    return 0;
}

void wake_at(struct trap *x, uint64_t ns)
{
    x->person->progress.wake = ns ? ns : 1;
}

result_t wake_after(struct trap *x, uint64_t time, enum time_unit unit)
{
    uint64_t ns = 0;
    result_t fault;

    if (x->person->progress.wake)
        return 0;
    fault = time_read(x, time, unit, &ns);
    if (!fault)
        wake_at(x, now_ns() + ns);
    return fault;
}

/* If it cannot be told, the call is none the worse for it. */
void wake_left(struct trap *x, uint64_t time, enum time_unit unit)
{
    uint64_t now = now_ns(), wake = x->person->progress.wake;

    time_write(x, time, wake > now ? wake - now : 0, unit);
}

bool wake_passed(const struct trap *x)
{
    return x->person->progress.wake && now_ns() >= x->person->progress.wake;
}

result_t call_clock_gettime(struct trap *x)
{
    uint64_t ns;

    return clock_read(x, x->arg[0], &ns) ? time_write(x, x->arg[1], ns, TIME_NANO) : FAIL(EINVAL);
}

result_t call_clock_getres(struct trap *x)
{
    uint64_t ns;

    if (!clock_read(x, x->arg[0], &ns))
        return FAIL(EINVAL);
    return x->arg[1] ? time_write(x, x->arg[1], 1, TIME_NANO) : 0;
}

result_t call_nanosleep(struct trap *x)
{
    result_t fault = wake_after(x, x->arg[0], TIME_NANO);

    if (fault)
        return fault;
    return wake_passed(x) ? 0 : RESULT_PARK;
}

result_t call_clock_nanosleep(struct trap *x)
{
    uint64_t ns, now, until;
    result_t fault;

    if (!clock_read(x, x->arg[0], &now))
        return FAIL(EINVAL);
    if (x->arg[0] == CLOCK_PROCESS || x->arg[0] == CLOCK_THREAD)
        return FAIL(EOPNOTSUPP);
    if (!x->person->progress.wake) {
        fault = time_read(x, x->arg[2], TIME_NANO, &ns);
        if (fault)
            return fault;
        until = x->arg[1] & ABSOLUTE ? now_ns() + (ns > now ? ns - now : 0) : now_ns() + ns;
        wake_at(x, until);
    }
    return wake_passed(x) ? 0 : RESULT_PARK;
}

result_t call_gettimeofday(struct trap *x)
{
    uint64_t ns = now_ns() + x->person->epoch * SECOND;
    struct {
        abi_int_t seconds, microseconds;
    } t = {(abi_int_t)(ns / SECOND), (abi_int_t)(ns % SECOND / 1000)};
    const uint64_t zone = 0;
    result_t fault = 0;

    if (x->arg[0])
        fault = user_write(x, x->arg[0], &t, sizeof(t));
    if (!fault && x->arg[1])
        fault = user_write(x, x->arg[1], &zone, sizeof(zone));
    return fault;
}

result_t call_times(struct trap *x)
{
    abi_int_t t[4] = {(abi_int_t)(executed_ns(x) / (SECOND / LINUX_HZ))};
    result_t fault = x->arg[0] ? user_write(x, x->arg[0], t, sizeof(t)) : 0;

    return fault ? fault : (result_t)(now_ns() / (SECOND / LINUX_HZ));
}

result_t call_getrusage(struct trap *x)
{
    const struct supervisor_status *s = x->task->status;
    uint64_t ns = executed_ns(x);
    struct {
        abi_int_t user[2], system[2], resident_peak, unused[3], minor, major, rest[8];
    } usage = {.user = {(abi_int_t)(ns / SECOND), (abi_int_t)(ns % SECOND / 1000)},
               .resident_peak = (abi_int_t)s->resident_peak * (PAGE_SIZE / 1024),
               .minor = (abi_int_t)s->fault_zero + s->fault_cow + s->fault_stack + s->fault_soft,
               .major = (abi_int_t)s->fault_file + s->fault_swapin};

    if ((int64_t)x->arg[0] < -1 || (int64_t)x->arg[0] > 1)
        return FAIL(EINVAL);
    if ((int64_t)x->arg[0] == -1) /* children: there have been none */
        memset(&usage, 0, sizeof(usage));
    return user_write(x, x->arg[1], &usage, sizeof(usage));
}

/* ---- futex: a single thread never finds anybody to wake, or to wake it ---- */

enum { FUTEX_WAIT, FUTEX_WAKE, FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET = 10 };
#define FUTEX_COMMAND 0x7fu /* the rest: private, clock */

result_t call_futex(struct trap *x)
{
    uint64_t command = x->arg[1] & FUTEX_COMMAND, ns, now = 0;
    bool absolute = command == FUTEX_WAIT_BITSET;
    uint32_t value;
    result_t fault;

    if (x->arg[0] % sizeof(value))
        return FAIL(EINVAL);
    if (command == FUTEX_WAKE || command == FUTEX_WAKE_BITSET)
        return 0;
    if (command != FUTEX_WAIT && !absolute)
        return FAIL(ENOSYS);
    fault = user_read(x, &value, x->arg[0], sizeof(value));
    if (fault)
        return fault;
    if (value != (uint32_t)x->arg[2])
        return FAIL(EAGAIN);
    if (x->arg[3] && !x->person->progress.wake) {
        fault = time_read(x, x->arg[3], TIME_NANO, &ns);
        if (fault)
            return fault;
        clock_read(x, x->arg[1] & 256 ? CLOCK_REALTIME : CLOCK_MONOTONIC, &now);
        wake_at(x, now_ns() + (!absolute ? ns : ns > now ? ns - now : 0));
    }
    return wake_passed(x) ? FAIL(ETIMEDOUT) : RESULT_PARK;
}
