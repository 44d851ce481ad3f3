/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * counter.h - the machine's counters as user space and the kernel read them without a trap.
 */
#ifndef ARCH_COUNTER_H
#define ARCH_COUNTER_H

#include <stdint.h>

/* Instructions since power-on; under the emulator's -icount exact, idle time included. */
static inline uint64_t arch_instructions(void)
{
    uint64_t n;

    __asm__ volatile("rdinstret %0" : "=r"(n)::"memory");
    return n;
}

/* Ticks of the clock whose frequency the start block names (`timebase`). */
static inline uint64_t arch_ticks(void)
{
    uint64_t n;

    __asm__ volatile("rdtime %0" : "=r"(n)::"memory");
    return n;
}

#endif
