/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine.h - a machine for the portable kernel on the host: boot it, act as its threads.
 *
 * machine_boot() starts a kernel with `pages` pages of memory; init is then the current thread.
 * A call is made by whoever is current, and an audit follows each.
 */
#ifndef HOSTKERNEL_MACHINE_H
#define HOSTKERNEL_MACHINE_H

#include "kernel.h"

#define MACHINE_BASE 0x80000000ull

/* Told, if set, when the kernel panics or nothing can ever happen again; it may not return. */
extern void (*machine_failed)(const char *why);

/* The kernel's log is not shown; its invariants are not audited (while a stage is set). */
extern bool machine_quiet, machine_unaudited;

void machine_boot(unsigned pages);
const struct bootinfo *machine_info(void);
size_t machine_bytes(void); /* of memory, from MACHINE_BASE on */
/* An Untyped of RAM with at least 2^bits bytes. */
cap_t machine_untyped(unsigned bits);

struct result {
    unsigned err, kind;
    word_t badge, word[MESSAGE_WORDS];
};

/* A system call of the current thread; the result is what stands in *its* registers when the
 * kernel has decided what runs next (meaningless if it waits now). */
struct result machine_call(unsigned number, word_t a0, word_t a1, word_t a2, word_t a3,
                           const word_t word[MESSAGE_WORDS]);
/* The same with what stands in its registers: a call that was interrupted is gone on with. */
struct result machine_go_on(void);
/* The same call by the fast path where that takes it, once: begun again it is machine_go_on()'s. */
void machine_fast(unsigned number, word_t a0, word_t a1, word_t a2, word_t a3,
                  const word_t word[MESSAGE_WORDS]);
/* What the port's entry code does of a call whose registers are set: the fast path or, if that is
 * not asked for or not the common case, the slow one. */
void machine_trap(bool fast);
/* Do calls and faults try the fast paths first? Not unless fast_first.c is linked. */
extern bool machine_fast_first;
void machine_exception(word_t code, word_t detail); /* of the current thread */
/* Invocation with up to six words. */
struct result machine_invoke(cap_t object, unsigned op, word_t w0, word_t w1, word_t w2, word_t w3,
                             word_t w4, word_t w5);
/* What stands in a thread's registers now. */
struct result machine_result(const struct thread *t);
/* The current thread touches memory: true if the access works, else its fault was delivered. */
bool machine_touch(vaddr_t va, unsigned access);

/* An interrupt is pending at every n-th look from now on; 0: only an alarm; DEAF: none at all. */
#define MACHINE_DEAF (~0u)
void machine_interrupt_every(unsigned n);
/* The clock moves on: an interrupt that is due comes at once, or at the next look for one. */
void machine_time(uint64_t ns);
void machine_clock(uint64_t ns);
/* A device: it interrupts when the machine idles, once, and then counts at further looks. */
void machine_device(unsigned line, volatile uint16_t *counter);
struct slot *machine_slot(cap_t address); /* of init's */
struct thread *machine_thread(cap_t address);

#endif
