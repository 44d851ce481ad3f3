/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timer.c - the machine's clock in ns, and its one alarm.
 */
#include "kernel.h"

#include "clock.h"
#include "sbi.h"
#include "trap_entry.h"

static struct {
    struct clock clock;
    bool stimecmp; /* the processor's own alarm exists; else the firmware sets one */
    bool measure;  /* a measuring run */
    bool armed;
} timer;

#define NAP_NS 1000000u

void timer_init(const struct boot *boot)
{
    clock_init(&timer.clock, boot->timebase);
    timer.stimecmp = boot->flags & BOOT_SSTC;
    timer.measure = boot->flags & BOOT_MEASURE;
    arch_timer_set(UINT64_MAX);
}

uint64_t arch_now(void)
{
    return clock_ns(&timer.clock, arch_ticks());
}

void arch_timer_set(uint64_t ns)
{
    uint64_t ticks = ns == UINT64_MAX ? UINT64_MAX : clock_ticks(&timer.clock, ns);

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
    uint64_t period = timer.clock.period, waste = period - (arch_cycles() - start) % period + 2;
    uint64_t odd = waste % 2, turns = waste / 2;

    __asm__ volatile("beqz %1, 1f\n\t"
                     "nop\n"
                     "1:\taddi %0, %0, -1\n\t"
                     "bnez %0, 1b"
                     : "+r"(turns)
                     : "r"(odd));
}
