/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * events.h - what the server is told: a call, or bits; and what is done after each.
 */
#ifndef SWAP_EVENTS_H
#define SWAP_EVENTS_H

#include "serve.h"

enum event_bit { BIT_PRESSURE = 1 << 0, BIT_DISKS = 1 << 1 /* and above: one a device */ };

enum err event_call(struct server *server, struct call *c);
void event_notified(struct server *server, word_t bits);
/* A page that was handed over may be taken by force before its capability has arrived: it is the
 * client's all the same, by the slot that it named. */
bool event_refused(struct server *server, struct call *c, enum err e, unsigned done);

#endif
