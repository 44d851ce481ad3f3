/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * client.h - sessions, and who holds which block in which of its slots.
 *
 * A badge is an index into the table of clients with its generation above, so that a session
 * of a client that is gone reaches nobody. Clients that init made have generation 0. Client 0
 * is the server's own: it holds blocks that a driver would not let go of yet (limbo).
 *
 * C1  a block is in state USED exactly if it is on one of a live client's lists, or was found for
 *     the operation going on; it is TAKEN exactly if it is on the list of those
 * C2  and exactly then, unless client 0 holds it, it is in the map under (client, slot)
 * C3  no two blocks are under one (client, slot)
 * C4  a live client is on its bank's list; a block is charged to a bank that is not free
 */
#ifndef FRAME_CLIENT_H
#define FRAME_CLIENT_H

#include "bank.h"
#include "buddy.h"

#define CLIENT_NONE  UINT16_MAX
#define CLIENT_LIMBO 0u
#define CLIENT_BITS  12u /* of a badge */
#define CLIENTS_MAX  (1u << CLIENT_BITS)
_Static_assert(FRAME_BADGE_MAX < CLIENTS_MAX, "init's badges are clients of generation 0");

struct client {
    struct block_list list[CHUNK_USES]; /* its frames, its Untypeds */
    uint32_t generation;
    uint32_t kept;       /* blocks of its in state TAKEN */
    uint16_t bank, next; /* next client of the bank; not live: next that is not */
    uint16_t waits_next; /* ask.c: the next that waits; CLIENT_NONE ends */
    uint8_t objects;     /* waits: ASK_FRAMES, or for objects of an order (frames.h) */
    uint8_t level, may;  /* enum frame_may */
    uint8_t waits;       /* 0, or why: ERR_LIMIT, ERR_NO_MEMORY */
    bool live, watching; /* it showed a notification, */
    bool page, stall;    /* a session page, a stall page */
    bool gave;           /* something of its own accord, in this round */
    uint8_t silent;      /* rounds in a row at whose end it owed, and had not answered */
    uint8_t late;        /* and had, but not enough */
    uint32_t target;     /* ask.c: pages asked back, and not come yet */
    uint32_t asked;      /* what its session page says of that, */
    uint64_t deadline;   /* and of the time */
    uint32_t taken;      /* by force */
    uint32_t guests;     /* pages that another bank pays for */
    uint32_t hopeless;   /* rounds that it waited in vain */
    uint32_t ended;      /* banks of its making that were killed */
    uint32_t stalls;     /* on its stall page when it was asked last */
};

struct clients {
    struct client *client;
    block_t *bucket;         /* map of slots */
    struct block_list taken; /* TAKEN ones of all */
    uint32_t taken_count;
    unsigned count, buckets; /* buckets: a power of two */
    unsigned end;            /* all from here on are not live */
    uint16_t unused;         /* first that is not live, above init's badges */
};

void clients_init(struct clients *s, struct client *client, unsigned count, block_t *bucket,
                  unsigned buckets, struct banks *banks);

/* With index `at`, or CLIENT_NONE for any from FRAME_BADGE_MAX + 1 on; CLIENT_NONE if there is
 * none, or it is live already. */
unsigned client_make(struct clients *s, struct banks *banks, unsigned at, unsigned bank,
                     unsigned level, unsigned may);
/* Before: it holds nothing. */
void client_end(struct clients *s, struct banks *banks, unsigned client);

uint64_t client_badge(const struct clients *s, unsigned client);
/* CLIENT_NONE if nobody has that badge (any more). */
unsigned client_find(const struct clients *s, uint64_t badge);

/* The block the client has in that slot; BLOCK_NONE. */
block_t client_block(const struct clients *s, const struct buddy *b, unsigned client, cap_t slot);
/* A block just found becomes the client's, who pays by `bank`: for the caller to charge. */
void client_hold(struct clients *s, struct buddy *b, unsigned client, block_t block, cap_t slot,
                 unsigned class, unsigned bank);
/* Another bank pays for the block. */
void client_charge(struct clients *s, struct buddy *b, block_t block, unsigned bank);
/* It is USED no more, but TAKEN: nobody has it, and its holder's slot names it still. */
void client_lose(struct clients *s, struct buddy *b, block_t block);
/* What a TAKEN block is, one of as many pages that was just found is now; it is LEAVING. */
void client_move(struct clients *s, struct buddy *b, block_t from, block_t to);
/* It is nobody's, LEAVING; the caller releases its bank. Returns its pages. */
unsigned client_drop(struct clients *s, struct buddy *b, block_t block);
/* Holds nothing (any more). */
bool client_empty(const struct client *c);

#endif
