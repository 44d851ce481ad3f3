/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpu.h - what the portable kernel needs to know of this processor, and the short
 * functions of kernel/arch.h inline.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include "counter.h"
#include "csr.h"
#include "regs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Physical memory up to 2^38 appears here, in the upper half of Sv39. */
#define ARCH_WINDOW         0xffffffc000000000ul
#define ARCH_WINDOW_END     (1ull << 38) /* first physical address beyond it */
#define ARCH_USER_TOP       (1ul << 38)
#define ARCH_KERNEL         ARCH_WINDOW /* the first address of the kernel's */
#define ARCH_SPACE_BITS     13u
#define ARCH_PAGETABLE_BITS 13u
#define ARCH_TABLE_LEVELS   2u /* of PageTables below a Space */
#define ARCH_ASIDS          (mmu_asids)
extern unsigned mmu_asids; /* 1..65536: as many as satp holds */

/* A stopped thread's registers in the order of regs.h; x[REG_IP] is where it goes on. */
struct registers {
    uint64_t x[32];
};

struct fpu_state {
    uint64_t f[32];
    uint64_t fcsr;
};

/* All memory that can be named is in the window. */
static inline void *arch_view(uint64_t pa, unsigned n)
{
    (void)n;
    return (void *)(pa + ARCH_WINDOW);
}

static inline uint64_t arch_arg(const struct registers *r, unsigned n)
{
    return r->x[REG_A0 + n];
}

static inline void arch_set_arg(struct registers *r, unsigned n, uint64_t value)
{
    r->x[REG_A0 + n] = value;
}

static inline unsigned arch_syscall_number(const struct registers *r)
{
    return (unsigned)r->x[REG_NUMBER];
}

static inline uint64_t arch_word(const struct registers *r, unsigned n)
{
    return r->x[REG_WORD(n)];
}

static inline void arch_set_word(struct registers *r, unsigned n, uint64_t value)
{
    r->x[REG_WORD(n)] = value;
}

/* All of them: they are neighbours. */
static inline uint64_t *arch_words(struct registers *r)
{
    return &r->x[REG_WORD(0)];
}

static inline void arch_set_tls(struct registers *r, uint64_t value)
{
    r->x[REG_TLS] = value;
}

/* The trap instruction is ecall, four bytes long. */
static inline void arch_restart(struct registers *r)
{
    r->x[REG_IP] -= 4;
}

static inline void arch_trap_result(struct registers *r, uint64_t result)
{
    r->x[REG_RESULT] = result;
}

static inline uint64_t arch_ip(const struct registers *r)
{
    return r->x[REG_IP];
}

static inline uint64_t arch_sp(const struct registers *r)
{
    return r->x[REG_SP];
}

static inline uint64_t arch_space_handle(uint64_t root, unsigned asid)
{
    return SATP_SV39 | (uint64_t)asid << SATP_ASID_SHIFT | root >> 12;
}

static inline void arch_space_enter(uint64_t handle, unsigned asid)
{
    (void)asid; /* it is in the handle */
    if (handle != csr_read("satp"))
        csr_write("satp", handle);
}

/* One instruction makes all of this core's stores seen. */
static inline void arch_sync_instructions(uint64_t pa, size_t bytes)
{
    (void)pa, (void)bytes;
    __asm__ volatile("fence.i" ::: "memory");
}

static inline uint64_t arch_cycles(void)
{
    return arch_instructions();
}

static inline void arch_spent(uint64_t *since, uint64_t *sum)
{
    uint64_t at = arch_cycles();

    *sum += at - *since;
    *since = at;
}

/* In line even where size counts: long operations ask it at each step. */
static inline __attribute__((always_inline)) bool arch_interrupt_pending(void)
{
    return csr_read("sip") & csr_read("sie");
}

#endif
