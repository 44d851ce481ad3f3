/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hostile.h - what tests of hostile input share: the usual cast, memory of the test's own, and
 * the account of both.
 *
 * Between hostile_begin() and hostile_end() a test makes what it likes of the arena, into slots
 * from CAST_FREE on. hostile_end() deletes all that; then every byte of every Untyped and every
 * slot must be as before, and nothing may be on its way to be revoked.
 */
#ifndef HOSTKERNEL_HOSTILE_H
#define HOSTKERNEL_HOSTILE_H

#include "cast.h"

#define HOSTILE_SLOTS 170u
#define HOSTILE_VA    0x40000000ul

void hostile_begin(void);
void hostile_end(void);
/* The test's own Untyped; objects made of it. */
cap_t hostile_arena(void);
void hostile_make(unsigned type, unsigned bits, cap_t to, unsigned count);
/* A child of all rights but those taken. */
void hostile_derive(cap_t from, cap_t to, unsigned without);
/* A thread in init's space and table, below all others, not running. */
struct thread *hostile_thread(cap_t to);

/* A thread of the test's own, made of `memory`, above the server; it runs when init waits. */
void hostile_run(cap_t memory, cap_t to);
void hostile_map(cap_t space, cap_t cap, vaddr_t va, unsigned rights);
/* At HOSTILE_VA of the client's space, with the cast's tables. */
void hostile_map_client(cap_t frame);
struct thread *hostile_init(void);
/* The current thread waits for the cast's notification; 0: without a deadline. */
void hostile_wait(uint64_t deadline);
/* A race: init waits, the server begins a long operation, and an interrupt lets init run in the
 * midst of it. Then init waits again, and the server goes on to the end. */
void hostile_race(cap_t cap, unsigned op, word_t w0, word_t w1, word_t w2, word_t w3);
struct result hostile_race_end(void);

/*
 * The current thread's call must be answered so, and nothing else may have changed: all memory
 * but its registers, accounts and offered slots is compared.
 */
void refused_call(int line, unsigned want, unsigned number, word_t a0, word_t a1, word_t a2,
                  word_t a3, const word_t word[MESSAGE_WORDS]);
void refused_invoke(int line, unsigned want, cap_t object, unsigned op, word_t w0, word_t w1,
                    word_t w2, word_t w3, word_t w4, word_t w5);
#define REFUSED(want, object, op, w0, w1, w2, w3, w4, w5)                                          \
    refused_invoke(__LINE__, want, object, op, w0, w1, w2, w3, w4, w5)
#define REFUSED_CALL(want, number, a0, a1, a2, a3, word)                                           \
    refused_call(__LINE__, want, number, a0, a1, a2, a3, word)
/* Must succeed. */
#define DONE(object, op, w0, w1, w2, w3, w4, w5)                                                   \
    CHECK_EQ(machine_invoke(object, op, w0, w1, w2, w3, w4, w5).err, ERR_OK)

#endif
