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

/*
 * A walk over what is derived from a slot. An interrupt may break it off; it goes on where it
 * stood if it is begun again by the same thread for the same, and no capability was deleted or
 * moved in between.
 */
enum walk_kind { WALK_REVOKE, WALK_DELETE, WALK_HARVEST };
struct descent {
    const struct thread *by; /* who is to go on with it; NULL: nobody can */
    struct slot *top, *at;
    struct slot *box; /* the innermost container entered, NULL: none */
    enum walk_kind kind;
    bool held;  /* something cannot go, ... */
    bool again; /* ... but now it may */
};
/* cpu.walk for this: as it stood (true), or at the top. */
bool walk_begin(struct slot *top, enum walk_kind kind);

/* One processor. One kernel lock is held from entry to exit; on one core that is the mask. */
struct cpu {
    struct thread *current; /* never NULL once booted: may be the idle thread */
    struct thread *fpu;     /* whose FPU state is in the registers; NULL = nobody's */
    uint64_t ready;         /* bit n: queue[n] is not empty */
    word_t resumed_at;      /* arch_spent()'s: when current began to run */
    word_t asid_generation; /* not 0: ASIDs of others are stale */
    uint8_t top;            /* the highest bit of ready; 0 = none, too */
    bool reschedule;        /* current may no longer be the right one: false while users run */
    bool due;               /* a deadline may have passed */
    bool rearm;             /* the earliest event may be another */
    uint32_t revocations;   /* unfinished ones: 0 makes tree_dying() O(1) */
    struct descent walk;    /* the one that is being done, or was broken off last */
    uint32_t entries;       /* kernel entries, for audits */
    uint32_t flags;         /* enum boot_flag */
    uint64_t idle;          /* cycles spent idle */
    uint64_t skipped;       /* measuring runs: ns the clock was moved on while nothing ran */
    uint64_t slice_end;     /* ns: when current's turn ends; 0 = no peer has waited for it yet */
    struct thread *head[PRIORITIES], *tail[PRIORITIES];
};
extern struct cpu cpu;

/* One step of a long operation was done: does an interrupt want in? Looking costs no more than
 * counting steps would. */
static inline __attribute__((always_inline)) bool step_over(void)
{
    return arch_interrupt_pending();
}

/* Is the slot on the way of an unfinished revocation, or below one? */
static inline bool tree_dying(const struct slot *s)
{
    return cpu.revocations && tree_marked(s);
}

/* The number of the highest bit that is set in a word that is not 0. The compiler's own function
 * has a table for it, which is more than it is worth. */
unsigned bit_highest(uint64_t word); /* sched.c */

static inline bool measuring(void)
{
    return cpu.flags & BOOT_MEASURE;
}

#endif
