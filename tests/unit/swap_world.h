/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * swap_world.h - the swap server on the host: a frame server, clients with frames, and disks.
 *
 * A page's contents are one number. Clients have a bank each and slots 1..WORLD_SLOTS, which
 * hold a frame of theirs or one lent. Calls are made with the protocol's own functions: the
 * capability called is the badge.
 */
#ifndef SWAP_WORLD_H
#define SWAP_WORLD_H

#include "swap.h"
#include "unit.h"

#define WORLD_FRAMES 2048u
#define WORLD_BANKS  4u
#define WORLD_SLOTS  1024u
#define WORLD_DISKS  2u
#define WORLD_PLACES 3072u /* of each disk */
#define WORLD_MAKER  5u    /* the badge of the maker of all sessions */
#define WORLD_LOW    32u   /* frames: below there is pressure */

struct world_slot {
    uint32_t frame;  /* + 1; 0: empty */
    uint32_t parent; /* the store's slot that it was lent from; 0: the client's own */
    unsigned rights;
};

struct world {
    uint32_t content[WORLD_FRAMES];
    bool used[WORLD_FRAMES], dirty[WORLD_FRAMES], accessed[WORLD_FRAMES], held[WORLD_FRAMES];
    uint32_t free, refuse; /* refuse: of the next allocations, so many */
    uint32_t room;         /* pages more that banks may have */
    struct world_slot slot[WORLD_BANKS][WORLD_SLOTS];
    uint32_t disk[WORLD_DISKS][WORLD_PLACES];
    bool bad_read[WORLD_DISKS][WORLD_PLACES], bad_write[WORLD_DISKS][WORLD_PLACES];
    uint32_t requests, pages_moved; /* by the disks */
    uint32_t signals[256];          /* by bit number */
    bool stalled;                   /* the disks do nothing */
    bool greedy;                    /* and takes by force what is passed on */
    bool wanted;                    /* the frame server names all frames that the store has */
    struct swap_desk *desk;         /* of the session that asked for its own last */
    uint32_t reached;               /* clients' frames that the store got a capability of */
    struct {
        uint32_t bank, slot, frame;
    } taken[WORLD_SLOTS]; /* by force, and not collected yet */
    uint32_t taken_count;
    uint32_t told_room; /* by the store: pages that may still be taken */
};

extern struct world world;

/* A machine with `places` on the first so many disks, everything else fresh. */
void world_begin(unsigned disks, uint32_t places);
/* Ends all sessions, and finds nothing left over. */
void world_end(void);

/* A session for a bank (1..WORLD_BANKS - 1), told on that bit. */
cap_t world_session(uint32_t bank);

/* A frame of the bank's own in its slot. */
void world_page(uint32_t bank, cap_t slot, uint32_t content);
/* The frame server takes the page there by force. */
void world_force(uint32_t bank, cap_t slot);
/* What the client sees there; 0 if the slot is empty. */
uint32_t world_look(uint32_t bank, cap_t slot);
/* It writes there; the slot's rights allow that. */
void world_write(uint32_t bank, cap_t slot, uint32_t content);
void world_forget(uint32_t bank, cap_t slot);
/* A session that was made otherwise (clone) is ended with the others. */
void world_adopt(uint32_t session, uint32_t bank);

/* All that the disks have to do is done, and told. */
void world_disks(void);
/* The frame server raises its bit. */
void world_pressure(void);
/* The server's invariants hold. */
void world_audit(void);

#endif
