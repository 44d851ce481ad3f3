/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * no_fast.c - linked in the place of kernel/fast.c, it sends every common case the slow way, so
 * that tests show that both ways lead to the same.
 */
#include "fast.h"

struct fast fast_call(word_t address, word_t info, word_t recv, struct thread *me)
{
    (void)address, (void)info, (void)recv, (void)me;
    return (struct fast){NULL, 0};
}

struct fast fast_reply_receive(word_t reply, word_t info, word_t recv, struct thread *me, word_t w0,
                               word_t w1, word_t w2)
{
    (void)reply, (void)info, (void)recv, (void)me, (void)w0, (void)w1, (void)w2;
    return (struct fast){NULL, 0};
}

struct fast fast_fault(vaddr_t address, unsigned access, struct thread *me)
{
    (void)address, (void)access, (void)me;
    return (struct fast){NULL, 0};
}

struct fast fast_trap(struct thread *me)
{
    (void)me;
    return (struct fast){NULL, 0};
}
