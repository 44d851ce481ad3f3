/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpu.h - the portable kernel on the host: a port over plain memory. Page tables and register
 * numbers are riscv64's; the window begins where port.c maps the machine's memory.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include "regs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARCH_WINDOW         0x200000000000ul
#define ARCH_WINDOW_END     (1ull << 38)
#define ARCH_USER_TOP       (1ul << 38)
#define ARCH_SPACE_BITS     13u
#define ARCH_PAGETABLE_BITS 13u
#define ARCH_ASIDS          8u /* few, so that generations roll over */

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

static inline uint64_t *arch_words(struct registers *r)
{
    return &r->x[REG_WORD(0)];
}

static inline void arch_set_tls(struct registers *r, uint64_t value)
{
    r->x[REG_TLS] = value;
}

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

void machine_space_enter(uint64_t root, unsigned asid); /* mmu.c */

static inline void arch_sync_instructions(uint64_t pa, size_t bytes)
{
    (void)pa, (void)bytes;
}

/* Roots are pages: the ASID fits below. */
static inline uint64_t arch_space_handle(uint64_t root, unsigned asid)
{
    return root | asid;
}

uint64_t arch_cycles(void);
static inline void arch_spent(uint64_t *since, uint64_t *sum)
{
    uint64_t at = arch_cycles();

    *sum += at - *since;
    *since = at;
}

static inline void arch_space_enter(uint64_t handle, unsigned asid)
{
    (void)asid;
    machine_space_enter(handle & ~(uint64_t)0xfff, handle & 0xfff);
}

#endif
