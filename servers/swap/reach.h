/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reach.h - capabilities of clients' frames, to read into them and to write from them.
 *
 * A frame is reached once and may be used again: when its bank gives it back, or it is taken, the
 * capability is gone, and the next hold finds that out. So what is known here is never
 * another frame than the one that the client has in that slot.
 *
 * R1  a slot of a group is empty unless its bit in `known` is set
 * R2  a bit of `held` is that of a frame that is held, and known
 */
#ifndef SWAP_REACH_H
#define SWAP_REACH_H

#include "cap.h"
#include "error.h"

#include <stdbool.h>
#include <stdint.h>

/* Room for some frames; more than for `frames` would be of no use. false: no memory. */
bool reach_open(uint32_t frames);
/* More room, if that would help. */
void reach_grow(void);
struct reached {
    cap_t cap;
    uint16_t number; /* ours */
    uint64_t physical;
};
/* Holds the frame of the bank in that slot. ERR_NOT_FOUND: there is none; ERR_LIMIT: it is held
 * already, or there is no room for it now. */
enum err reach_hold(uint32_t bank, cap_t slot, struct reached *r);
/* That is over. `physical` is not looked at. */
void reach_release(const struct reached *r);
/* Nothing more will be asked of this bank. */
void reach_forget(uint32_t bank);

#endif
