/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signal.h - a program's signals: what it wants done with each, and what is due.
 *
 * A signal is a number 1..64, its bit in a set is number - 1. One that is sent while
 * blocked stays pending; sent twice, it arrives once. SIGKILL and SIGSTOP are never
 * blocked, caught or ignored. A fault's signal that is blocked or ignored ends the
 * program: it could not go on.
 */
#ifndef LINUX_SIGNAL_H
#define LINUX_SIGNAL_H

#include "abi.h"

#include <stdbool.h>

/* A signal on its way. */
struct signal_fact {
    uint32_t number;
    int32_t code;    /* why: LINUX_SI_…, LINUX_SEGV_… */
    uint64_t detail; /* a fault's address; else the sender's pid */
};

struct signals {
    struct abi_action action[LINUX_SIGNALS + 1]; /* by number */
    uint64_t pending, blocked;
    struct signal_fact fact[LINUX_SIGNALS + 1]; /* of the pending ones */
    struct abi_stack stack;                     /* for handlers that want another one */
    uint64_t trampoline;                        /* where handlers return to; 0 = not mapped yet */
    bool suspended;                             /* rt_sigsuspend: `before` is put back later */
    uint64_t before;
};

#define SIGNAL_BIT(n) ((uint64_t)1 << ((n)-1))

enum signal_end {
    SIGNAL_NONE,    /* nothing is due */
    SIGNAL_HANDLER, /* a handler is to be entered */
    SIGNAL_FATAL,   /* the program ends */
};

static inline bool signal_valid(uint64_t number)
{
    return number >= 1 && number <= LINUX_SIGNALS;
}

void signal_init(struct signals *s);
/* A set without what cannot be blocked. */
uint64_t signal_maskable(uint64_t set);
/* Marks it pending, unless it would be ignored anyway. */
void signal_send(struct signals *s, const struct signal_fact *fact);
/* The same for a fault: makes sure that it is delivered now, if need be by its default. */
void signal_force(struct signals *s, const struct signal_fact *fact);
/* The next one that is due and what that means; it is no longer pending then. */
enum signal_end signal_next(struct signals *s, struct signal_fact *fact);
/* What signal_next will say, without taking it. */
enum signal_end signal_peek(const struct signals *s);
/* The first of a set that is pending, and what its receiver is told; 0 if none is. */
unsigned signal_waiting(const struct signals *s, uint64_t set, struct abi_siginfo *info);
/* The stack pointer that the next handler's frame goes below. */
uint64_t signal_stack(const struct signals *s, uint64_t sp);

/*
 * Entering a handler: fills *frame from the registers and changes registers and mask;
 * *at is where the frame belongs in the program's memory. Nothing can fail here: if the
 * frame cannot be written there, the program ends.
 */
void signal_enter(struct signals *s, const struct signal_fact *fact, uint64_t *reg,
                  struct abi_frame *frame, uint64_t *at);
/* Leaving it: registers, mask and stack as the frame says. */
void signal_leave(struct signals *s, uint64_t *reg, const struct abi_frame *frame);
bool signal_on_stack(const struct signals *s, uint64_t sp);

#endif
