/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bank.h - who pays: a tree of banks with limits.
 *
 * A page is charged, in one of four classes, to a bank and to all banks above that: the bank of
 * the client that holds it, or one that a trusted holder named. Bank 0 is the root: its figures
 * are the machine's.
 *
 *   state        may take   leaves on
 *   BANK_FREE    -          bank_make
 *   BANK_LIVE    yes        bank_condemn
 *   BANK_DYING   no         bank_end, once it pays for nothing and has no bank below
 *
 * K1  a bank's figures are the sums over the blocks charged to it and the banks below it
 * K2  used[] of a LIVE bank sums up to at most max, unless max is 0 or was lowered
 * K3  peak >= the sum of used[], and was it once
 */
#ifndef FRAME_BANK_H
#define FRAME_BANK_H

#include "block.h"
#include "error.h"
#include "frame.h"

#include <stdbool.h>
#include <stdint.h>

#define BANK_DEPTH   8u
#define BANK_CLASSES 4u
#define BANK_ROOT    0u
#define BANK_NONE    UINT16_MAX

enum bank_state { BANK_FREE, BANK_LIVE, BANK_DYING };

struct bank {
    uint32_t used[BANK_CLASSES]; /* pages, by enum frame_class */
    uint32_t total, peak, max;   /* max 0: no limit of its own */
    uint32_t high, low, min;     /* as struct frame_limits_req says */
    int32_t adjust;
    uint32_t label;
    uint32_t generation;
    block_t swept;                   /* DYING: blocks below that charge it no more */
    uint16_t parent, child, sibling; /* the tree; BANK_NONE ends. FREE: sibling is the next */
    uint16_t clients;                /* first of its clients (client.h) */
    uint16_t maker;                  /* client that made it: alone may use or destroy it */
    uint8_t state, depth;
    bool killed; /* not by its maker, which is to end it */
    bool empty;  /* and has nothing any more */
};

struct banks {
    struct bank *bank;
    unsigned count;
    uint16_t unused; /* first FREE one */
};

void banks_init(struct banks *s, struct bank *bank, unsigned count);

/* BANK_NONE if there are no more banks, or it would lie too deep. */
unsigned bank_make(struct banks *s, unsigned parent, uint32_t max, uint32_t label, unsigned maker);
/* From now on neither it nor a bank below it may take anything. */
void bank_condemn(struct banks *s, unsigned bank);
/* Before: DYING, pays for nothing, no client, no bank below. */
void bank_end(struct banks *s, unsigned bank);
/* A bank without banks below, in the tree from `bank` on. */
unsigned bank_lowest(const struct banks *s, unsigned bank);

/* Neither it nor one above it is dying. */
bool bank_live(const struct banks *s, unsigned bank);
/* What the bank and those above allow, up to `want`; 0 if it is dying. */
uint32_t bank_room(const struct banks *s, unsigned bank, uint32_t want);
void bank_charge(struct banks *s, unsigned bank, unsigned class, uint32_t pages);
void bank_release(struct banks *s, unsigned bank, unsigned class, uint32_t pages);

/* Names for clients: index and generation in one number, never 0. */
uint32_t bank_handle(const struct banks *s, unsigned bank);
/* BANK_NONE if the handle is stale, or another's than the maker's (CLIENT_NONE: anybody's). */
unsigned bank_find(const struct banks *s, uint32_t handle, unsigned maker);

#endif
