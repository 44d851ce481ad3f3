/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fast.h - the common cases of call, reply-and-receive, fault, signal and wait, without the detour.
 *
 * The port's entry code jumps here with the message words still in the registers that the calling
 * convention preserves; the C between does not touch them, so they arrive where they are. Each
 * function ends in one of the port's ways out (arch.h). ipc.c states the semantics; whatever is
 * not the common case is left to it untouched, by arch_slow_call() and the like.
 */
#ifndef KERNEL_FAST_H
#define KERNEL_FAST_H

#include "thread.h"

/* SYS_CALL; `me` is the current thread in all of them. Its argument 2 is saved. */
void fast_call(word_t address, word_t info, struct thread *me, word_t recv);
/* SYS_REPLY_RECV by the bound Reply, without INFO_MAPS. The first word of `me` is saved. */
void fast_reply(struct thread *me, word_t info, word_t send, word_t recv);
/* The same with INFO_MAPS. All registers of `me` that a call preserves or takes are saved. */
void fast_reply_maps(struct thread *me);
/* SYS_SIGNAL and SYS_WAIT. The same registers are saved. */
void fast_notification(struct thread *me);
/* A page fault. All registers of `me` are saved. */
void fast_fault(vaddr_t address, unsigned access, struct thread *me);
/* A foreign call. All registers of `me` are saved. */
void fast_trap(struct thread *me);

#endif
