/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * protocol.h - from one text per protocol: operation numbers, typed client
 * calls, the server's dispatch, size checks and (tools/protocol-manual) the
 * manual page.
 *
 * On the wire word 0 of a request is PROTOCOL_OP(protocol, operation), word 0
 * of an answer an enum err; the body stands in words 1..7 as bytes, at most
 * PROTOCOL_BYTES on every port, fixed-width fields only. Capabilities, offered
 * slots and lent memory travel beside it, in struct passing.
 *
 * A protocol text declares `struct P_OP_req`, `struct P_OP_reply` for each
 * operation, a list P_OPS(OP) of OP(P, name, "sentence"), and PROTOCOL(P, P_OPS).
 * A server says PROTOCOL_SERVER(P, P_OPS) in one source file, and defines
 *   static enum err P_on_OP(struct call *c, const struct P_OP_req *q, struct P_OP_reply *r)
 * for each; a missing handler does not compile. P_dispatch(c) then serves a call.
 */
#ifndef PROTOCOL_PROTOCOL_H
#define PROTOCOL_PROTOCOL_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PROTOCOL_BYTES 28u

enum protocol_id {
    PROTOCOL_frame = 1,
    PROTOCOL_object,
    PROTOCOL_file,
    PROTOCOL_process,
    PROTOCOL_swap,
    PROTOCOL_oom,
    PROTOCOL_LIMIT
};
#define PROTOCOL_NAMES                                                                             \
    {                                                                                              \
        "", "frame", "object", "file", "process", "swap", "oom"                                    \
    }
#define PROTOCOL_OPS_MAX   24u
#define PROTOCOL_OP(p, op) ((uint32_t)(p) << 16 | (uint32_t)(op))

/* What travels beside the body of a call. All zero: nothing. */
struct passing {
    cap_t send; /* first of `send_count` capabilities sent */
    cap_t recv; /* first of `recv_count` empty slots offered */
    uint8_t send_count, recv_count;
    uint8_t mode;     /* enum transfer */
    uint8_t rights;   /* mask for those derived; RIGHT_ALL = as they are */
    uint8_t leases;   /* number of leases below that are used */
    uint8_t received; /* out: capabilities that arrived */
    struct lease lease[LEASE_MAX];
};

/* A call as its server sees it. */
struct call {
    uint64_t badge; /* of the capability that was called */
    unsigned kind;  /* enum kind */
    unsigned caps;  /* capabilities that arrived in the offered run */
    uintptr_t word[MESSAGE_WORDS];
    /* the answer: */
    bool parked; /* no answer now: the Reply was taken over with call_park() */
    cap_t send;  /* capabilities sent back */
    uint8_t send_count, mode, rights;
};

/* lib/rt: one round trip. Returns word 0 of the answer, or the kernel's error. */
enum err protocol_call(cap_t server, uint32_t op, const void *req, size_t req_bytes, void *reply,
                       size_t reply_bytes, struct passing *p);

#define PROTOCOL_NUMBER_(p, op, text) p##_OP_##op,
#define PROTOCOL_CHECK_(p, op, text)                                                               \
    _Static_assert(sizeof(struct p##_##op##_req) <= PROTOCOL_BYTES, "request too big");            \
    _Static_assert(sizeof(struct p##_##op##_reply) <= PROTOCOL_BYTES, "reply too big");            \
    _Static_assert(sizeof(struct p##_##op##_req) % 4 == 0, "fields of 32 bits and more");          \
    _Static_assert(sizeof(struct p##_##op##_reply) % 4 == 0, "fields of 32 bits and more");
#define PROTOCOL_CLIENT_(p, op, text)                                                              \
    static inline enum err p##_##op(cap_t server, const struct p##_##op##_req *q,                  \
                                    struct p##_##op##_reply *r, struct passing *x)                 \
    {                                                                                              \
        return protocol_call(server, PROTOCOL_OP(PROTOCOL_##p, p##_OP_##op), q, sizeof(*q), r,     \
                             sizeof(*r), x);                                                       \
    }
#define PROTOCOL(p, OPS)                                                                           \
    enum { OPS(PROTOCOL_NUMBER_) p##_OP_COUNT };                                                   \
    _Static_assert(p##_OP_COUNT <= PROTOCOL_OPS_MAX, "too many operations");                       \
    OPS(PROTOCOL_CHECK_)                                                                           \
    OPS(PROTOCOL_CLIENT_)

#define PROTOCOL_HANDLER_(p, op, text)                                                             \
    static enum err p##_on_##op(struct call *c, const struct p##_##op##_req *q,                    \
                                struct p##_##op##_reply *r);
/* A body as the message words that carry it: copied in line, by words. */
#define PROTOCOL_BODY_(type)                                                                       \
    union {                                                                                        \
        uintptr_t word[(sizeof(type) + sizeof(uintptr_t) - 1) / sizeof(uintptr_t)];                \
        type body;                                                                                 \
    }
#define PROTOCOL_CASE_(p, op, text)                                                                \
    case PROTOCOL_OP(PROTOCOL_##p, p##_OP_##op): {                                                 \
        PROTOCOL_BODY_(struct p##_##op##_req) q;                                                   \
        PROTOCOL_BODY_(struct p##_##op##_reply) r = {{0}};                                         \
        enum err e;                                                                                \
        for (unsigned i = 0; i < sizeof(q.word) / sizeof(q.word[0]); i++)                          \
            q.word[i] = c->word[1 + i];                                                            \
        e = p##_on_##op(c, &q.body, &r.body);                                                      \
        for (unsigned i = 0; i < sizeof(r.word) / sizeof(r.word[0]); i++)                          \
            c->word[1 + i] = r.word[i];                                                            \
        return e;                                                                                  \
    }
/* The answer's error; ERR_BAD_OP if the operation is not of this protocol. */
#define PROTOCOL_SERVER(p, OPS)                                                                    \
    OPS(PROTOCOL_HANDLER_)                                                                         \
    static enum err p##_dispatch(struct call *c)                                                   \
    {                                                                                              \
        switch ((uint32_t)c->word[0]) {                                                            \
            OPS(PROTOCOL_CASE_)                                                                    \
        default:                                                                                   \
            return ERR_BAD_OP;                                                                     \
        }                                                                                          \
    }

#endif
