/* SPDX-License-Identifier: GPL-2.0-or-later */
/* captable.h - from capability addresses to slots. */
#ifndef KERNEL_CAPTABLE_H
#define KERNEL_CAPTABLE_H

#include "thread.h"

/* The slot, empty or not; NULL if the address leads nowhere. Two loads and two checks. */
struct slot *cap_slot(const struct thread *t, cap_t address);
/* The same, NULL also if it is empty. */
struct slot *cap_lookup(const struct thread *t, cap_t address);

/* A run of neighbouring slots of one table. */
struct run {
    struct slot *first;
    struct slot *table; /* the CapTable capability it was reached through */
    unsigned count;
};
/* ERR_OK, or ERR_NO_CAP if any of them does not exist. */
unsigned run_find(const struct thread *t, cap_t address, unsigned count, struct run *run);
/* Is it a length that one call may ask for (1..512), with no more than that done already? Else
 * ERR_BAD_ARG, and nothing is done. */
unsigned run_length(size_t count, size_t *done);
/* Both, of a run that the call goes through. */
unsigned run_begin(const struct thread *t, cap_t address, size_t count, size_t *done,
                   struct run *run);
/* A run that capabilities are put into: ERR_DYING if the table is being deleted. */
unsigned run_room(const struct thread *t, cap_t address, unsigned count, struct run *run);

#endif
