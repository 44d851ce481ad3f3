/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loop.h - the loop of a pager: faults and traps in, map items and results out, in one
 * system call each; what cannot be answered yet is parked.
 *
 * A pager is a struct loop_ops: a handler that fills in an event's answer or parks it. See
 * tests/kernel for one in a screen (a pager that makes pages up).
 */
#ifndef PAGER_LOOP_H
#define PAGER_LOOP_H

#include "maps.h"

/*
 * A fault or trap from arrival to answer. A handler fills in words and info, or leaves the
 * words as they came and says EVENT_PARK: it gets the event again when something that it may
 * have waited for has happened.
 */
struct event {
    unsigned kind;              /* KIND_FAULT or KIND_TRAP */
    word_t badge;               /* the thread: what thread_setup() said */
    word_t word[MESSAGE_WORDS]; /* enum fault_word, trap_word; then the answer's words */
    uint32_t info;              /* of the answer: 0, INFO_MAPS, INFO_AS_IS */
    bool again;                 /* it was parked before */
    bool stalled;               /* the handler's: it waits for memory */
};
enum event_end { EVENT_ANSWER, EVENT_PARK };

/* The answer to a fault: these maps, which stand in e->word (none: it was spurious). */
static inline enum event_end event_maps(struct event *e, const struct maps *m)
{
    maps_end(m);
    e->info = INFO_MAPS;
    return EVENT_ANSWER;
}

struct loop;

struct loop_ops {
    enum event_end (*handle)(struct loop *, struct event *);
    /* Bits of our notification; afterwards parked events are tried again. */
    void (*notified)(struct loop *, word_t bits);
    /* The deadline has passed, it is 0 again; afterwards as above. */
    void (*late)(struct loop *);
    /* The kernel did not take the last answer: say a page's owner took it meanwhile; some of
     * its items may stand. Afterwards the thread faults again, and the handler thinks anew. */
    void (*refused)(struct loop *, enum err e);
};

struct loop {
    /* The maker sets what it wants of these, the rest is zero. */
    const struct loop_ops *ops;
    void *owner;
    uint64_t *deadline; /* ns on now_ns()'s clock; 0 there: none. Cleared when it has passed */
    cap_t thread;       /* ours, to bind Replies to; CAP_NULL: a server's own */
    cap_t reply;        /* bound to it; CAP_NULL: a server's own */
    cap_t spare;        /* a free Reply; CAP_NULL: made when it is needed */
    bool alone;         /* one thread is served: while that is parked nobody else can come */
    struct parked {
        cap_t reply; /* CAP_NULL: the bound one */
        struct event event;
    } * parked;
    unsigned parked_count, parked_room;
    struct parked last; /* was parked, and is answered with the next receive, if... */
    bool answers;       /* ... it is to be */
    uint32_t faults, traps, parks, refusals;
};

/* Serves the endpoint and notification bound to the calling thread. Never returns. */
_Noreturn void loop_run(struct loop *l);

#endif
