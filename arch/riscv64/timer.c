/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timer.c - the machine's clock in ns, and its one alarm.
 *
 * ns = ticks * scale / 2^32, which is exact for every frequency that divides 10^9. The
 * inverse is only an estimate, at most a tick too low, and corrected.
 */
#include "kernel.h"

#include "sbi.h"
#include "trap_entry.h"

#define NS_PER_SECOND 1000000000ull
#define HZ_MAX        NS_PER_SECOND /* exclusive: the inverse is a fraction of 2^64 */

static struct {
    uint64_t scale;   /* ns a tick, times 2^32 */
    uint64_t inverse; /* ticks a ns, times 2^64 */
    uint64_t period;  /* whole ns a tick: instructions under the emulator's -icount */
    bool stimecmp;    /* the processor's own alarm exists; else the firmware sets one */
    bool measure;     /* a measuring run */
    bool armed;
} timer;

#define NAP_NS 1000000u

static uint64_t ns_of(uint64_t ticks)
{
    return (uint64_t)((unsigned __int128)ticks * timer.scale >> 32);
}

/* The first tick at or after that time. */
static uint64_t ticks_until(uint64_t ns)
{
    uint64_t ticks = (uint64_t)((unsigned __int128)ns * timer.inverse >> 64);

    while (ns_of(ticks) < ns)
        ticks++;
    return ticks;
}

static uint64_t fraction(uint64_t numerator, uint64_t denominator) /* times 2^64; below 1 */
{
    uint64_t high = (numerator << 32) / denominator;
    uint64_t rest = (numerator << 32) % denominator;

    return high << 32 | (rest << 32) / denominator;
}

void timer_init(const struct boot *boot)
{
    if (boot->timebase == 0 || boot->timebase >= HZ_MAX)
        panic("a clock of %lx Hz is none that can be used", boot->timebase);
    timer.scale = (NS_PER_SECOND << 32) / boot->timebase;
    timer.inverse = fraction(boot->timebase, NS_PER_SECOND);
    timer.period = NS_PER_SECOND / boot->timebase;
    timer.stimecmp = boot->flags & BOOT_SSTC;
    timer.measure = boot->flags & BOOT_MEASURE;
    arch_timer_set(UINT64_MAX);
}

uint64_t arch_now(void)
{
    return ns_of(arch_ticks());
}

void arch_timer_set(uint64_t ns)
{
    uint64_t ticks = ns == UINT64_MAX ? UINT64_MAX : ticks_until(ns);

    timer.armed = ns != UINT64_MAX;
    if (timer.stimecmp)
        csr_write(CSR_STIMECMP, ticks);
    else
        sbi_timer_set(ticks);
}

/*
 * In measuring runs the emulator's clock jumps to its next alarm while the machine idles, and
 * the firmware has left one at the end of time: the machine never idles without a nearer one.
 */
bool timer_nap_begin(void)
{
    if (!timer.measure || timer.armed)
        return false;
    arch_timer_set(arch_now() + NAP_NS);
    return true;
}

void timer_nap_end(void)
{
    arch_timer_set(UINT64_MAX);
}

/* Both ways through the odd instruction and every turn cost what they waste. */
void arch_align(uint64_t start)
{
    uint64_t waste = timer.period - (arch_cycles() - start) % timer.period + 2;
    uint64_t odd = waste % 2, turns = waste / 2;

    __asm__ volatile("beqz %1, 1f\n\t"
                     "nop\n"
                     "1:\taddi %0, %0, -1\n\t"
                     "bnez %0, 1b"
                     : "+r"(turns)
                     : "r"(odd));
}
