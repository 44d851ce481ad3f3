/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fast.h - the common cases of call, reply-and-receive and fault, without the detour.
 *
 * The port calls these with the message words still in the registers that the calling convention
 * preserves; the C between does not touch them, so they arrive where they are. ipc.c states the
 * semantics; whatever is not the common case is left to it untouched (`next` is NULL).
 */
#ifndef KERNEL_FAST_H
#define KERNEL_FAST_H

#include "thread.h"

struct fast {
    struct thread *next; /* current from now on; NULL: nothing was done, take the slow path */
    word_t detail;
};

/* Arguments as in the registers. detail: the badge that the receiver sees. */
struct fast fast_call(word_t address, word_t info, word_t recv, struct thread *me);
/* The first words are needed by answers to faults and traps. detail: 0 if the caller gets the words
 * as they are in the registers, 1 if all of its own registers are to be restored. */
struct fast fast_reply_receive(word_t reply, word_t info, word_t recv, struct thread *me, word_t w0,
                               word_t w1, word_t w2);
/* All registers of `me` are saved. The handler's words stand in its saved registers. detail: the
 * badge it sees. */
struct fast fast_fault(vaddr_t address, unsigned access, struct thread *me);
/* The same for a foreign call, but that the words are still to be taken from `me`. */
struct fast fast_trap(struct thread *me);

#endif
