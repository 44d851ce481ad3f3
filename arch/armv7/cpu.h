/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpu.h - what the portable kernel needs to know of this processor, and the short
 * functions of kernel/arch.h inline.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include "counter.h"
#include "cp15.h"
#include "regs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Physical memory from 1 GiB on appears 1 GiB higher, where TTBR1 translates; the last 256 MiB of
 * addresses are the kernel's devices and temporary pages (mmu.c). */
#define ARCH_WINDOW         0x40000000u
#define ARCH_WINDOW_END     0xb0000000u /* first physical address beyond it */
#define ARCH_USER_TOP       0x7f800000u /* 2 GiB but for the root entries that struct space needs */
#define ARCH_KERNEL         0x80000000u /* the first address of the kernel's */
#define ARCH_SPACE_BITS     14u
#define ARCH_PAGETABLE_BITS 12u
#define ARCH_TABLE_LEVELS   1u /* of PageTables below a Space */
#define ARCH_ASIDS          256u

/* A stopped thread's registers in the order of regs.h: sp points behind REG_STATUS while it runs,
 * so that entry.S stores downwards. */
struct registers {
    uintptr_t x[REG_F0];
};

struct fpu_state {
    uint64_t d[32];
    uint32_t fpscr;
};

static inline uintptr_t arch_arg(const struct registers *r, unsigned n)
{
    return r->x[n];
}

static inline void arch_set_arg(struct registers *r, unsigned n, uintptr_t value)
{
    r->x[n] = value;
}

static inline unsigned arch_syscall_number(const struct registers *r)
{
    return (unsigned)r->x[12];
}

static inline uintptr_t arch_word(const struct registers *r, unsigned n)
{
    return r->x[REG_WORD(n)];
}

static inline void arch_set_word(struct registers *r, unsigned n, uintptr_t value)
{
    r->x[REG_WORD(n)] = value;
}

/* All of them: they are neighbours. */
static inline uintptr_t *arch_words(struct registers *r)
{
    return &r->x[REG_WORD(0)];
}

static inline void arch_set_tls(struct registers *r, uintptr_t value)
{
    r->x[REG_TLS] = value;
}

/* The trap instruction is svc, of four bytes or (Thumb) two. */
static inline uintptr_t trap_ip(const struct registers *r)
{
    return r->x[REG_IP] - (r->x[REG_STATUS] & STATUS_THUMB ? 2 : 4);
}

static inline void arch_restart(struct registers *r)
{
    r->x[REG_IP] = trap_ip(r);
}

static inline void arch_trap_result(struct registers *r, uintptr_t result)
{
    r->x[REG_RESULT] = result;
}

static inline uintptr_t arch_ip(const struct registers *r)
{
    return r->x[REG_IP];
}

static inline uintptr_t arch_sp(const struct registers *r)
{
    return r->x[REG_SP];
}

void arch_slow_trap(void);

/* All is saved as it was. */
static inline void arch_slow_call(uintptr_t arg0, uintptr_t arg1, uintptr_t arg2, uintptr_t arg3,
                                  unsigned number)
{
    (void)arg0, (void)arg1, (void)arg2, (void)arg3, (void)number;
    arch_slow_trap();
}

void arch_resume_saved(unsigned status, uintptr_t badge, unsigned kind, struct registers *to);

/* Words by memory are as quick, and it needs no more arguments than there are registers. */
static inline void arch_resume_fault(unsigned status, uintptr_t badge, unsigned kind,
                                     struct registers *to, uintptr_t cause, uintptr_t address,
                                     uintptr_t sequence)
{
    const struct registers *from;
    uintptr_t *word = arch_words(to);

    __asm__("mrc p15, 0, %0, c13, c0, 4" : "=r"(from)); /* TPIDRPRW: who trapped */
    word[0] = cause;
    word[1] = address;
    word[2] = from->x[REG_IP];
    word[3] = from->x[REG_SP];
    word[4] = 0;
    word[5] = sequence;
    word[6] = 0;
    word[7] = 0;
    arch_resume_saved(status, badge, kind, to);
}

/* A root lies on 16 KiB. */
#define SPACE_ROOT  0xffffc000u
#define TTBR_CACHED 0x48u /* walks hit the write-back caches */

/* What TTBR0 gets. */
static inline uintptr_t arch_space_handle(uintptr_t root, unsigned asid)
{
    (void)asid;
    return root | TTBR_CACHED;
}

/* No root of a user's is read with another's ASID: in between there is the kernel's, which has
 * nothing of users. */
extern uint32_t mmu_root[];
#define MMU_KERNEL_ROOT ((uintptr_t)mmu_root - ARCH_WINDOW + TTBR_CACHED)

static inline void arch_space_enter(uintptr_t handle, unsigned asid)
{
    if (asid == cp15_read(CP15_CONTEXTIDR))
        return;
    cp15_write(CP15_TTBR0, MMU_KERNEL_ROOT);
    instruction_barrier();
    cp15_write(CP15_CONTEXTIDR, asid);
    instruction_barrier();
    cp15_write(CP15_TTBR0, handle); /* for users: the way out is a barrier */
}

void *mmu_view(uintptr_t pa, unsigned n);

/* Memory, by the window or by temporary page number n. */
static inline void *arch_view(uintptr_t pa, unsigned n)
{
    return pa < ARCH_WINDOW_END ? (void *)(pa + ARCH_WINDOW) : mmu_view(pa, n);
}

void arch_sync_instructions(uintptr_t pa, size_t bytes);

static inline uint64_t arch_cycles(void)
{
    return arch_instructions();
}

/* What timer.c is given if the counter has begun anew: it is called so that no register need be
 * saved for it. */
extern struct spent {
    uintptr_t *since;
    uint64_t *sum;
} timer_spent;

static inline void arch_spent(uintptr_t *since, uint64_t *sum)
{
    uint32_t at = cp15_read(CP15_PMCCNTR), before = *since;

    if (__builtin_expect(cp15_read(CP15_PMOVSR) & PMU_CYCLES, 0)) {
        timer_spent = (struct spent){since, sum};
        __asm__ volatile("bl spent_long" ::: "lr", "cc", "memory");
        return;
    }
    *since = at;
    *sum += at - before;
}

/* In line even where size counts: long operations ask it at each step. */
static inline __attribute__((always_inline)) bool arch_interrupt_pending(void)
{
    return cp15_read(CP15_ISR) & ISR_INTERRUPT;
}

#endif
