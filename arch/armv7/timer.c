/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timer.c - the virtual counter as a clock in ns, and its one alarm.
 */
#include "kernel.h"

#include "clock.h"
#include "trap_entry.h"

static struct clock timer;
static uint32_t upper; /* of when the running thread's time was last counted */

void timer_init(const struct boot *boot)
{
    clock_init(&timer, boot->timebase);
    upper = (uint32_t)(arch_cycles() >> 32);
    cp15_write(CP15_CNTKCTL, CNTKCTL_VIRTUAL);
    /* The counters are no secret, but who may read them may also write: only programs that are
     * measured may. */
    cp15_write(CP15_PMUSERENR, boot->flags & BOOT_MEASURE ? 1 : 0);
    arch_timer_set(UINT64_MAX);
}

uint64_t arch_now(void)
{
    return clock_ns(&timer, arch_ticks());
}

void arch_timer_set(uint64_t ns)
{
    uint64_t ticks = ns == UINT64_MAX ? UINT64_MAX : clock_ticks(&timer, ns);

    __asm__ volatile("mcrr p15, 3, %Q0, %R0, c14" ::"r"(ticks) : "memory"); /* CNTV_CVAL */
    cp15_write(CP15_CNTV_CTL, ns != UINT64_MAX);
    instruction_barrier();
}

void timer_passed(void)
{
    arch_timer_set(UINT64_MAX);
}

/* Whether it began anew is looked at behind the counter: what happens in between is seen next time.
 */
struct spent timer_spent;

void timer_spent_long(void)
{
    uint64_t before = (uint64_t)upper << 32 | *timer_spent.since, at;

    cp15_write(CP15_PMOVSR, PMU_CYCLES);
    at = arch_cycles();
    *timer_spent.since = (uint32_t)at;
    upper = (uint32_t)(at >> 32);
    *timer_spent.sum += at - before;
}

/* Both ways through the odd instruction and every turn cost what they waste. */
void arch_align(uint64_t start)
{
    uint32_t past = (uint32_t)(arch_cycles() - start) % TICK_INSTRUCTIONS;
    uint32_t waste = TICK_INSTRUCTIONS - past + 2;
    uint32_t odd = waste % 2, turns = waste / 2;

    __asm__ volatile("cmp %1, #0\n\t"
                     "beq 1f\n\t"
                     "nop\n"
                     "1:\tsubs %0, %0, #1\n\t"
                     "bne 1b"
                     : "+r"(turns)
                     : "r"(odd)
                     : "cc");
}
