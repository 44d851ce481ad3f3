/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * no_fast.c - linked in the place of kernel/fast.c, it sends every common case the slow way, so
 * that tests show that both ways lead to the same.
 */
#include "fast.h"

void fast_call(word_t address, word_t info, struct thread *me, word_t recv)
{
    arch_slow_call(address, info, arch_arg(&me->registers, 2), recv, SYS_CALL);
}

void fast_reply(struct thread *me, word_t info, word_t send, word_t recv)
{
    (void)me;
    arch_slow_call(0, info, send, recv, SYS_REPLY_RECV);
}

void fast_reply_maps(struct thread *me)
{
    (void)me;
    arch_slow_trap();
}

void fast_notification(struct thread *me)
{
    (void)me;
    arch_slow_trap();
}

void fast_fault(vaddr_t address, unsigned access, struct thread *me)
{
    (void)address, (void)access, (void)me;
    arch_slow_fault();
}

void fast_trap(struct thread *me)
{
    (void)me;
    arch_slow_trap();
}
