/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cap_ops.h - derive, move, delete, inspect; used by invocations, bindings and messages. */
#ifndef KERNEL_CAP_OPS_H
#define KERNEL_CAP_OPS_H

#include "captable.h"

/* Could one child of the whole capability be derived? Every error of CAP_DERIVE. */
unsigned cap_derive_check(const struct slot *from);
/* That child, into an empty slot: cannot fail. */
void cap_derive_whole(struct slot *from, struct slot *to, unsigned rights, uint32_t badge);
/* Moves it there if it may. */
unsigned cap_move_one(struct slot *from, struct slot *to);

#define MOVED_CHILDREN 64u /* that a capability may have which is moved */

/* With a message: a run into the slots that the receiver offers. Returns how many arrived; *again:
 * an interrupt wants in before the next one. */
unsigned cap_transfer(struct slot *from, const struct run *to, unsigned mode, unsigned rights,
                      bool *again);

/* The invocations; words as invoke.h has them. */
unsigned cap_derive(struct thread *t, struct slot *from, cap_t address, word_t *word);
unsigned cap_move(struct thread *t, cap_t address, word_t *word);
unsigned cap_delete(struct thread *t, cap_t address, word_t *word);
unsigned cap_inspect(const struct slot *s, word_t *word);

#endif
