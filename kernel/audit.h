/* SPDX-License-Identifier: GPL-2.0-or-later */
/* audit.h - the invariants that the other headers number, checked. Debug and host builds. */
#ifndef KERNEL_AUDIT_H
#define KERNEL_AUDIT_H

#include "thread.h"

/* The name of the first invariant that a slot (and the object of which it is the origin) breaks,
 * or NULL. */
const char *audit_slot(struct slot *s);
/* All that can be reached from a CapTable's capability: its slots, theirs, their objects. */
const char *audit_all(struct slot *captable);

#endif
