/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registers.c - a stopped thread's registers, read and written as a whole.
 */
#include "kernel.h"

#define FPSCR_BITS 0xf7ff009fu /* flags, rounding, vectors: all that a user may choose */

static uintptr_t status_allowed(uintptr_t status)
{
    return (status & (STATUS_USER | STATUS_IT | STATUS_THUMB)) | MODE_USER;
}

/* Zero are r3 and r12; sp and lr are the thread's own still. */
void arch_answer(struct registers *r, unsigned err, word_t badge, unsigned kind)
{
    r->x[0] = err;
    r->x[1] = badge;
    r->x[2] = kind;
    r->x[3] = r->x[12] = 0;
}

/* Linux's own convention: number in r7, arguments in r0..r5. */
void arch_trap_words(const struct registers *r, word_t word[MESSAGE_WORDS])
{
    word[TRAP_NUMBER] = r->x[REG_NUMBER];
    for (unsigned i = 0; i < 6; i++)
        word[TRAP_ARG0 + i] = r->x[REG_ARG(i)];
    word[TRAP_IP] = trap_ip(r);
}

/* An ip with bit 0 set is Thumb's. */
void arch_registers_init(struct registers *r, vaddr_t ip, vaddr_t sp, word_t arg, word_t tls)
{
    *r = (struct registers){0};
    r->x[REG_IP] = ip & ~(vaddr_t)(ip & 1 ? 1 : 3);
    r->x[REG_STATUS] = MODE_USER | (ip & 1 ? STATUS_THUMB : 0);
    r->x[REG_SP] = sp;
    r->x[REG_ARG(0)] = arg;
    r->x[REG_TLS] = tls;
}

void arch_registers_read(const struct registers *r, const struct fpu_state *f, uint64_t *out)
{
    for (unsigned i = 0; i < REG_F0; i++)
        out[i] = r->x[i];
    for (unsigned i = 0; i < 32; i++)
        out[REG_F0 + i] = f->d[i];
    out[REG_FPSCR] = f->fpscr;
}

/* An ARM instruction lies on a word, a Thumb one on half of it. */
void arch_registers_write(struct registers *r, struct fpu_state *f, const uint64_t *in)
{
    for (unsigned i = 0; i < REG_F0; i++)
        r->x[i] = (word_t)in[i];
    r->x[REG_STATUS] = status_allowed((word_t)in[REG_STATUS]);
    r->x[REG_IP] &= ~(word_t)(r->x[REG_STATUS] & STATUS_THUMB ? 1 : 3);
    for (unsigned i = 0; i < 32; i++)
        f->d[i] = in[REG_F0 + i];
    f->fpscr = (uint32_t)in[REG_FPSCR] & FPSCR_BITS;
}
