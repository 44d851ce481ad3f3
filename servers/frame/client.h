/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * client.h - sessions, and who holds which block in which of its slots.
 *
 * A badge is an index into the table of clients with its generation above, so that a session
 * of a client that is gone reaches nobody. Clients that init made have generation 0. Client 0
 * is the server's own: it holds blocks that a driver would not let go of yet (limbo).
 *
 * C1  a block is in state USED exactly if it is on one live client's list, or was taken in the
 *     operation going on
 * C2  and exactly then, unless client 0 holds it, it is in the map under (client, slot)
 * C3  no two blocks are under one (client, slot)
 * C4  a live client is on its bank's list; its blocks are charged to that bank
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
    block_t blocks; /* its blocks, latest first */
    uint32_t generation;
    uint16_t bank, next; /* next client of the bank; not live: next that is not */
    uint8_t level, may;  /* enum frame_may */
    bool live, watching;
};

struct clients {
    struct client *client;
    block_t *bucket;         /* map of slots */
    unsigned count, buckets; /* buckets: a power of two */
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
/* A block just taken becomes the client's; its bank is for the caller to charge. */
void client_hold(struct clients *s, struct buddy *b, unsigned client, block_t block, cap_t slot,
                 unsigned class);
/* It is the client's no more, but LEAVING; the caller releases its bank. Returns its pages. */
unsigned client_drop(struct clients *s, struct buddy *b, block_t block);

#endif
