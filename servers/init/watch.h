/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch.h - init's life once the system runs: it waits for a server's fault.
 */
#ifndef INIT_WATCH_H
#define INIT_WATCH_H

#include "child.h"

/* The Endpoint that servers' faults come to. */
cap_t watch_begin(void);

/* Never returns: a server's death ends the machine, and says why. */
_Noreturn void watch(const struct manifest *m, struct child *child);

#endif
