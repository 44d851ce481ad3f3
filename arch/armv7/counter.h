/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * counter.h - the machine's counters as user space and the kernel read them without a trap.
 */
#ifndef ARCH_COUNTER_H
#define ARCH_COUNTER_H

#include <stdint.h>

#define TICK_INSTRUCTIONS 16u /* of the emulator's -icount: 62.5 MHz are 16 ns, or so many */

/* Ticks of the clock whose frequency the start block names (`timebase`). */
static inline uint64_t arch_ticks(void)
{
    uint64_t n;

    __asm__ volatile("mrrc p15, 1, %Q0, %R0, c14" : "=r"(n)::"memory");
    return n;
}

/*
 * Instructions since power-on, idle time included: the emulator counts one a cycle, and a cycle a
 * nanosecond. The cycle counter is exact but short: the clock tells its upper half. Users read it
 * in measuring runs only.
 */
static inline uint64_t arch_instructions(void)
{
    uint64_t about = arch_ticks() * TICK_INSTRUCTIONS;
    uint32_t cycles;

    __asm__ volatile("mrc p15, 0, %0, c9, c13, 0" : "=r"(cycles)::"memory");
    return about + (uint64_t)(int64_t)(int32_t)(cycles - (uint32_t)about);
}

#endif
