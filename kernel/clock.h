/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock.h - between a counter's ticks and ns, for ports.
 *
 * ns = ticks * scale / 2^32, which is exact for every frequency that divides 10^9. The
 * inverse is only an estimate, up to four ticks too low, and corrected in as many steps whatever
 * the time: how long a device was waited for must not change what a measuring run executes.
 */
#ifndef KERNEL_CLOCK_H
#define KERNEL_CLOCK_H

#include "trap.h"

#define NS_PER_SECOND 1000000000ull

struct clock {
    uint64_t scale;   /* ns a tick, times 2^32 */
    uint64_t inverse; /* ticks a ns, times 2^64 */
    uint32_t period;  /* whole ns a tick: instructions under the emulator's -icount */
};

/* Both are below 2^64 in units of 2^-32 and 2^-64. */
static inline void clock_init(struct clock *c, uint64_t hz)
{
    uint64_t high, rest;

    if (hz == 0 || hz >= NS_PER_SECOND)
        panic("a clock of %lx Hz is none that can be used", (unsigned long)hz);
    high = (hz << 32) / NS_PER_SECOND;
    rest = (hz << 32) % NS_PER_SECOND;
    c->scale = (NS_PER_SECOND << 32) / hz;
    c->inverse = high << 32 | (rest << 32) / NS_PER_SECOND;
    c->period = (uint32_t)(NS_PER_SECOND / hz);
}

static inline uint64_t clock_ns(const struct clock *c, uint64_t ticks)
{
    uint64_t low = (uint32_t)ticks, high = ticks >> 32;

    return high * c->scale + low * (c->scale >> 32) + (low * (uint32_t)c->scale >> 32);
}

/* The first tick at or after that time. */
static inline uint64_t clock_ticks(const struct clock *c, uint64_t ns)
{
    uint64_t low = (uint32_t)ns, high = ns >> 32, fine = (uint32_t)c->inverse;
    uint64_t coarse = c->inverse >> 32;
    uint64_t ticks = high * coarse + (high * fine >> 32) + (low * coarse >> 32);

    for (unsigned step = 0; step < 4; step++)
        ticks += clock_ns(c, ticks) < ns;
    return ticks;
}

#endif
