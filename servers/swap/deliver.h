/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deliver.h - capabilities of frames for a client.
 */
#ifndef SWAP_DELIVER_H
#define SWAP_DELIVER_H

#include "cache.h"
#include "protocol.h"

#define DELIVER_MAX RUN_MAX

/* false: no slots. */
bool deliver_init(void);

/* Answers `c` with capabilities, with `rights`, of 1..DELIVER_MAX frames that stay the store's. */
enum err deliver_lent(struct call *c, struct frame **frame, uint32_t count, unsigned rights);

/*
 * Frames leave the store for a bank, into the slots of its session from `to` on: `*passed` of
 * them, the leading ones, are BARE then, their pages lie on disk only, if at all. An error, of
 * supply_pass: none did.
 */
enum err deliver_own(struct call *c, struct frame **frame, uint32_t count, uint32_t bank, cap_t to,
                     uint32_t *passed);

#endif
