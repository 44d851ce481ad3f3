/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registers.c - a stopped thread's registers, read and written as a whole.
 */
#include "kernel.h"

#define FCSR_BITS 0xffu /* rounding mode and flags: all that a user may choose */

/* Zero are t0..t6 and a3..a7; ra, sp, gp and tp are the thread's own still. */
void arch_answer(struct registers *r, unsigned err, word_t badge, unsigned kind)
{
    r->x[REG_A0] = err;
    r->x[REG_A0 + 1] = badge;
    r->x[REG_A0 + 2] = kind;
    for (unsigned i = REG_T0; i < REG_S0; i++)
        r->x[i] = 0;
    for (unsigned i = REG_A0 + 3; i <= REG_A7; i++)
        r->x[i] = 0;
    for (unsigned i = REG_T3; i < 32; i++)
        r->x[i] = 0;
}

/* Linux's own convention: number in a7, arguments in a0..a5. */
void arch_trap_words(const struct registers *r, word_t word[MESSAGE_WORDS])
{
    word[TRAP_NUMBER] = r->x[REG_NUMBER];
    for (unsigned i = 0; i < 6; i++)
        word[TRAP_ARG0 + i] = r->x[REG_ARG(i)];
    word[TRAP_IP] = r->x[REG_IP] - 4;
}

void arch_registers_init(struct registers *r, vaddr_t ip, vaddr_t sp, word_t arg, word_t tls)
{
    *r = (struct registers){0};
    r->x[REG_IP] = ip;
    r->x[REG_SP] = sp;
    r->x[REG_ARG(0)] = arg;
    r->x[REG_TLS] = tls;
}

void arch_registers_read(const struct registers *r, const struct fpu_state *f, uint64_t *out)
{
    for (unsigned i = 0; i < 32; i++) {
        out[i] = r->x[i];
        out[REG_F0 + i] = f->f[i];
    }
    out[REG_FCSR] = f->fcsr;
}

void arch_registers_write(struct registers *r, struct fpu_state *f, const uint64_t *in)
{
    for (unsigned i = 0; i < 32; i++) {
        r->x[i] = in[i];
        f->f[i] = in[REG_F0 + i];
    }
    f->fcsr = in[REG_FCSR] & FCSR_BITS;
}
