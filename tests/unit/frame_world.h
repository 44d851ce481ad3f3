/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame_world.h - a frame server on the modelled kernel, its clients, and the audit of both.
 */
#ifndef TEST_FRAME_WORLD_H
#define TEST_FRAME_WORLD_H

#include "frame_kernel.h"
#include "frames.h"
#include "protocol.h"
#include "serve.h"

/* What init would hand over. */
struct world_plan {
    uint64_t bytes; /* of memory, from MODEL_BASE on, as one run of aligned Untypeds */
    uint64_t skip;  /* bytes at its start that are not handed over */
    const struct frame_client *client;
    unsigned clients;
};

extern struct frames world;
extern struct server world_server;

void world_begin(const struct world_plan *plan);
/* One machine of so many MiB with three clients, badges 1 (level 3, trusted, DMA), 2 (level 4)
 * and 3 (level 5, at most 100 pages). */
void world_of(unsigned mib);
#define TRUSTED 1u
#define MAKER   2u
#define SMALL   3u

/* The slot `n` of a client's table; every client has one, sessions made by frame.bank too. */
cap_t world_slot(uint64_t badge, unsigned n);
/* What every client calls its slot `n` when it talks to the server. */
cap_t world_name(unsigned n);

/* A call as the loop would make it; `slots` are offered from `recv` on. The answer's
 * capabilities are delivered; how many arrived stands in world_arrived. */
enum err world_call(uint64_t badge, uint32_t op, const void *req, size_t req_bytes, void *reply,
                    size_t reply_bytes, cap_t send, unsigned send_count, cap_t recv,
                    unsigned slots);
extern unsigned world_arrived;

/* The clock that the server sees, ns; what it wrote through lease 0. */
extern uint64_t world_now;
#define WORLD_LENT 16384u
extern uint8_t world_lent[WORLD_LENT];

#define WORLD_OP(name) PROTOCOL_OP(PROTOCOL_frame, frame_OP_##name)
/* A call of operation `op` with body `q` and nothing beside it. */
#define WORLD_CALL(badge, op, q, r)                                                                \
    world_call(badge, WORLD_OP(op), &(q), sizeof(q), &(r), sizeof(r), CAP_NULL, 0, CAP_NULL, 0)

/* Calls whose bodies matter most, in short. */
enum err world_alloc(uint64_t badge, unsigned order, unsigned count, unsigned class, unsigned slot,
                     uint32_t *got);
enum err world_give(uint64_t badge, unsigned slot, unsigned count, uint32_t *taken);
/* One Untyped into the slot. */
enum err world_objects(uint64_t badge, unsigned bits, unsigned slot);
/* The client watches, with a notification (returned) and pages of its own in slots from `slot` on:
 * its session page there, its stall page in the next; six slots are used. */
cap_t world_watch(uint64_t badge, unsigned slot);
struct frame_session world_session(uint64_t badge, unsigned slot);
void world_stall(uint64_t badge, unsigned slot, const struct frame_stall *stall);
/* The time until the server's deadline passes; false: it has none. */
bool world_wait(void);
/* Takes pages until an answer is no more; returns it. */
enum err world_drain(uint64_t badge, unsigned from);
/* The badge of a session just made in slot `slot` of the maker's. */
enum err world_bank(uint64_t badge, uint32_t max, unsigned slot, uint32_t *bank, uint64_t *session);

/* Fails the running test unless books, capabilities and figures agree. */
void world_audit(void);

/* A reproducible sequence. */
uint32_t world_random(uint32_t below);
void world_seed(uint32_t seed);

#endif
