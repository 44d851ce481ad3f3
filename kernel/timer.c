/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timer.c - deadlines of waits and faults: a wheel of 1 ms slots.
 *
 * Starting and stopping are O(1). A deadline beyond one turn of the wheel stays in its slot until
 * its turn comes. `wheel_at` is the millisecond up to which all slots were looked at.
 *
 * A server's timer runs on while it works, so that its next receive until the same time need not
 * start it (fast.c). T1: a thread that receives or waits without a deadline has no timer.
 */
#include "thread.h"

#define WHEEL_SLOTS 256u
#define NS_PER_SLOT 1000000ull

static struct thread *wheel[WHEEL_SLOTS];
static uint64_t occupied[WHEEL_SLOTS / 64];
static uint64_t wheel_at;

void timer_reset(void)
{
    for (unsigned i = 0; i < WHEEL_SLOTS; i++)
        wheel[i] = NULL;
    wheel_at = 0;
}

/* A deadline is looked at in the first slot that ends after it. */
static uint64_t slot_time(uint64_t deadline)
{
    uint64_t ms = deadline / NS_PER_SLOT + 1;

    return ms > wheel_at ? ms : wheel_at + 1;
}

void timer_start(struct thread *t, uint64_t deadline)
{
    unsigned i = slot_time(deadline) % WHEEL_SLOTS;

    t->deadline = deadline;
    t->timer_next = wheel[i];
    t->timer_prev = &wheel[i];
    if (wheel[i])
        wheel[i]->timer_prev = &t->timer_next;
    wheel[i] = t;
    occupied[i / 64] |= 1ull << i % 64;
    sched_rearm();
}

void timer_stop(struct thread *t)
{
    if (!t->timer_prev)
        return;
    *t->timer_prev = t->timer_next;
    if (t->timer_next)
        t->timer_next->timer_prev = t->timer_prev;
    t->timer_prev = NULL;
}

/* The first slot from `ms` on, within one turn, that may have somebody in it. */
static bool occupied_from(uint64_t ms, uint64_t *found)
{
    unsigned i = ms % WHEEL_SLOTS;

    for (unsigned turn = 0; turn <= WHEEL_SLOTS / 64; turn++) {
        uint64_t bits = occupied[i / 64] >> i % 64;

        if (bits) {
            *found = ms + bit_highest(bits & -bits);
            return true;
        }
        ms += 64 - i % 64;
        i = ms % WHEEL_SLOTS;
    }
    return false;
}

/* The start of the next slot with somebody in it; its deadlines may lie turns ahead. */
uint64_t timer_next(void)
{
    uint64_t ms = wheel_at + 1;

    while (occupied_from(ms, &ms)) {
        unsigned i = ms % WHEEL_SLOTS;

        if (wheel[i])
            return ms * NS_PER_SLOT;
        occupied[i / 64] &= ~(1ull << i % 64);
    }
    return UINT64_MAX;
}

static void slot_expire(unsigned i, uint64_t at)
{
    struct thread *t = wheel[i];

    while (t) {
        if (t->deadline > at) {
            t = t->timer_next;
            continue;
        }
        timer_stop(t);
        thread_timeout(t);
        t = wheel[i]; /* what one timeout tells may have ended another's wait */
    }
}

void timer_expire(void)
{
    uint64_t at = now(), ms = at / NS_PER_SLOT;

    if (ms > wheel_at + WHEEL_SLOTS)
        wheel_at = ms - WHEEL_SLOTS; /* one turn shows every slot */
    while (wheel_at < ms) {
        unsigned i = ++wheel_at % WHEEL_SLOTS;

        if (wheel[i])
            slot_expire(i, at);
    }
}
