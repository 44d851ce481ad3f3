/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.h - what every part of the portable kernel shares: the processor's state and the
 * results that never leave the kernel.
 */
#ifndef KERNEL_KERNEL_H
#define KERNEL_KERNEL_H

#include "slot.h"
#include "trap.h"

struct thread;

#define PRIORITIES 64u

/* Results beside enum err. */
enum {
    ERR_RESTART = ERR_COUNT, /* run the system call again once the interrupt is served */
    ERR_BLOCKED,             /* the caller waits; it gets its answer later */
    ERR_ANSWERED,            /* its answer registers are set already */
};

/* One processor. One kernel lock is held from entry to exit; on one core that is the mask. */
struct cpu {
    struct thread *current; /* never NULL once booted: may be the idle thread */
    struct thread *fpu;     /* whose FPU state is in the registers; NULL = nobody's */
    uint64_t ready;         /* bit n: queue[n] is not empty */
    struct thread *head[PRIORITIES], *tail[PRIORITIES];
    bool reschedule;          /* current may no longer be the right one to run */
    bool due;                 /* a deadline may have passed */
    bool rearm;               /* the earliest event may be another */
    uint32_t revocations;     /* unfinished ones: 0 makes tree_dying() O(1) */
    uint32_t entries;         /* kernel entries, for audits */
    uint32_t flags;           /* enum boot_flag */
    uint32_t asid_generation; /* 16 bits, not 0: ASIDs of others are stale */
    unsigned budget;          /* steps left before looking for an interrupt */
    uint64_t idle;            /* cycles spent idle */
    uint64_t skipped;         /* measuring runs: ns the clock was moved on while nothing ran */
    uint64_t resumed_at;      /* executed cycles when current began to run */
    uint64_t slice_end;       /* ns: when current's turn ends; 0 = no peer has waited for it yet */
};
extern struct cpu cpu;

#define STEP_BUDGET 32u

/* One step of a long operation was done: is it time to let an interrupt in? */
static inline bool step_over(void)
{
    if (--cpu.budget)
        return false;
    cpu.budget = STEP_BUDGET;
    return arch_interrupt_pending();
}

static inline bool measuring(void)
{
    return cpu.flags & BOOT_MEASURE;
}

#endif
