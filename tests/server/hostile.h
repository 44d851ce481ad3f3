/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hostile.h - requests by chance: words, capabilities, slots and lent memory.
 *
 * Each is answered, and with an error that there is. What arrived or was left is deleted.
 */
#ifndef SERVER_HOSTILE_H
#define SERVER_HOSTILE_H

#include "client.h"
#include "protocol.h"

/* Numbers that the server answered with: handles, counts, names. Half of all requests begin with
 * one, so whoever puts some in asks about what there is. */
#define REMEMBERED 64u
extern uint32_t answered[REMEMBERED];

/* `page`, and an `endpoint`, are sent now and then. */
void hostile_begin(cap_t page, cap_t endpoint);
/* Every operation of every protocol, and of none, but for the operation `spared`. */
void hostile_everything(cap_t session, uint32_t spared);
/* So many requests of the operations first .. end - 1 of a protocol. */
void hostile_deeply(cap_t session, enum protocol_id protocol, unsigned first, unsigned end,
                    unsigned requests);

#endif
