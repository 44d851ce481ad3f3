/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * serve.h - a server's loop: receive, dispatch, answer-and-receive.
 */
#ifndef RT_SERVE_H
#define RT_SERVE_H

#include "protocol.h"
#include "sys.h"

struct server {
    /* A call, fault or trap: fills the answer into c->word and returns word 0's error;
     * for faults and traps it sets answer_info itself. */
    enum err (*call)(struct server *s, struct call *c);
    /* Bits of the bound notification. */
    void (*notified)(struct server *s, word_t bits);
    /* The deadline has passed; it is 0 again. */
    void (*late)(struct server *s);
    /*
     * The kernel did not take an answer: a frame to be mapped was taken by its owner, say;
     * `done` map items stand. May be NULL, as if it were false. Then a caller is told the error;
     * a thread that faulted goes on, faults again, and the server thinks anew. True: what is said
     * in c->word holds without the capabilities that were sent with it.
     */
    bool (*refused)(struct server *s, struct call *c, enum err e, unsigned done);
    cap_t offered; /* run of empty slots offered with each receive; 0 = none */
    unsigned offered_count;
    uint64_t deadline;    /* ns on now_ns()'s clock; 0 = none */
    uint32_t answer_info; /* extra info bits for the answer to this call (INFO_MAPS, INFO_AS_IS) */
    cap_t reply;          /* the Reply that the current call is held in; 0 = SLOT_REPLY */
    uint32_t messages[PROTOCOL_LIMIT][PROTOCOL_OPS_MAX]; /* received, by protocol and op */
};

/* Never returns. */
_Noreturn void serve(struct server *s);

/*
 * Keep the current call unanswered: its Reply is handed to the caller of this
 * function and `fresh` (a free Reply) is bound instead. Sets c->parked.
 * Answer later with sys_reply(the returned capability, ...).
 */
cap_t call_park(struct server *s, struct call *c, cap_t fresh);

/* Copy the whole of a lease's first `bytes` to or from own memory. */
enum err call_read_lease(struct server *s, unsigned lease, uint64_t offset, void *to, size_t bytes,
                         size_t *done);
enum err call_write_lease(struct server *s, unsigned lease, uint64_t offset, const void *from,
                          size_t bytes, size_t *done);

#endif
