/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay.h - passes a call on and its answer back, whole: words, capabilities, leases.
 *
 * A session that comes back in an answer is kept, and the client gets one of the
 * interposer's own in its place: so calls by it come here too.
 */
#ifndef INTERPOSE_RELAY_H
#define INTERPOSE_RELAY_H

#include "serve.h"

/* Takes the slots for what passes through. */
void relay_begin(struct server *s);

/* Passes c on, `times` times, and fills it with the last answer. */
void relay(struct server *s, struct call *c, unsigned times);

#endif
