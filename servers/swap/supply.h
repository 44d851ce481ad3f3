/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * supply.h - where the store's frames come from and go: the frame server, and through it the
 * banks of the clients.
 *
 * All frames of the store are held for DMA from when they come until they go: any of them may
 * be a disk's source or target at any time. Those that stay a client's are while they are.
 */
#ifndef SWAP_SUPPLY_H
#define SWAP_SUPPLY_H

#include "cap.h"
#include "error.h"

#include <stdbool.h>
#include <stdint.h>

#define SUPPLY_BATCH 16u

/* Maps the frame server's status page and asks to be told of pressure by `bits`. */
enum err supply_init(uintptr_t bits);

/* Pages of the machine. */
uint32_t supply_total(void);
/* Pages that may be taken without coming near the low watermark. */
uint32_t supply_spare(void);
/* Pages that are wanted back. */
uint32_t supply_pressure(void);

/* Slots of frames that the frame server wants back before any other, up to `most`; how many. */
unsigned supply_wanted(cap_t *slot, unsigned most);

/* 1..SUPPLY_BATCH frames into empty slots from `first` on; *got of them. ERR_NO_MEMORY,
 * ERR_LIMIT: *got = 0. */
enum err supply_take(cap_t first, unsigned count, bool cleared, unsigned *got);
/* Gives neighbouring frames (1..RUN_MAX) back; every mapping and derivation of them ends. */
void supply_give(cap_t first, unsigned count);

/* Pages of a bank, in the slots from `from` on as its session named them, become ours with their
 * contents, in the slots from `first` on: *got of them, the leading ones. Errors of
 * frame.collect; ERR_OK means at least one. */
enum err supply_collect(uint32_t bank, cap_t from, unsigned count, cap_t first, unsigned *got);

/* Capabilities of a bank's pages, in its session's slots from `from` on, that stay the bank's, into
 * the slots from `first` on: *got of them, the leading ones. Errors of frame.reach. */
enum err supply_reach(uint32_t bank, cap_t from, unsigned count, cap_t first, unsigned *got);

/* What a page is called that was taken by force: its bank, and the slot it was in. */
struct supply_name {
    uint32_t bank;
    cap_t slot;
};
/* Pages that were taken by force, and wait to be collected. */
uint32_t supply_taken(void);
/* Collects up to `count` (1..RUN_MAX) of them into the slots from `first` on, and their names. How
 * many there were. */
unsigned supply_collect_taken(cap_t first, unsigned count, struct supply_name *name);
/* So many more may be taken by force. */
void supply_room(uint32_t pages);
/* What is left of that. */
uint32_t supply_room_left(void);

/* The other way: ours become the bank's, in the slots of its session from `to` on. Their
 * capabilities, all that are left, stand in `out`, for the client to be sent. Errors of
 * frame.pass: nothing was done. */
enum err supply_pass(cap_t first, unsigned count, uint32_t bank, cap_t to, cap_t out);

#endif
