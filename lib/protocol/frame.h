/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame.h - the frame server's protocol (L1): memory by the batch, charged to banks.
 *
 * A session is an Endpoint capability whose badge names a client. Every client
 * belongs to one bank; banks are a tree, and a page counts against its bank and
 * all banks above it. Frames are delivered into slots that the caller names (the
 * run offered with the call), and the server remembers which block lies in which
 * of its client's slots; they are returned by naming the slots, wherever the capability
 * was moved to meanwhile. A frame handed out has rights R W X GRANT (DMA where the client
 * may) and is zeroed if asked, and always for clients that may not see others' contents.
 *
 * Errors beside those named at an operation: ERR_BAD_ARG (a number out of its range, or
 * capabilities sent where none belong), ERR_REFUSED (an unknown or dying session, or an
 * operation above the client's level). An answer with an error has changed nothing.
 */
#ifndef PROTOCOL_FRAME_H
#define PROTOCOL_FRAME_H

#include "protocol.h"

enum frame_class {
    FRAME_FIXED,  /* servers' own memory, kernel objects */
    FRAME_LOCKED, /* never taken */
    FRAME_PAGE,   /* in use by a program or a cache */
    FRAME_POOL,   /* granted ahead, unused; taken first */
};
#define FRAME_CLEARED (1u << 8) /* or-ed to the class: zeroed */

struct frame_alloc_req {
    uint32_t order; /* 2^order pages each, 0..9 */
    uint32_t count; /* 1..64 (order 0), 1 above */
    uint32_t class; /* enum frame_class | FRAME_CLEARED */
    uint32_t first; /* the caller's slot that the first one goes to (= passing.recv) */
};
/*
 * ERR_NOT_EMPTY: a block of the caller's lies in one of the slots already. The kernel delivers
 * as far as the slots offered are empty (passing.received); blocks beyond that are the caller's
 * too, in the slots it named, until it gives them back.
 */
struct frame_alloc_reply {
    uint32_t got; /* may be fewer than asked; 0 comes with ERR_NO_MEMORY or ERR_LIMIT */
};

struct frame_give_req {
    uint32_t first, count; /* run of the caller's slots, 1..64; emptied by revocation */
};
/* Slots where nothing was delivered to are skipped; ERR_BAD_HANDLE if that is all of them. */
struct frame_give_reply {
    uint32_t taken;
};

struct frame_reclass_req {
    uint32_t first, count, class;
};
struct frame_reclass_reply {
    uint32_t changed;
};

/* Memory for kernel objects: one whole Untyped, into the slot offered. */
struct frame_objects_req {
    uint32_t log2_size; /* 12..20 */
    uint32_t slot;      /* the caller's slot (= passing.recv); for frame.give */
};
struct frame_objects_reply {
    uint32_t none;
};

/* Makes a bank below the caller's, and a session of it in the slot offered. */
struct frame_bank_req {
    uint32_t max_pages; /* limit of the bank; 0 = only its ancestors' limits */
    uint32_t label;     /* four characters or a number, for tables and logs */
};
struct frame_bank_reply {
    uint32_t bank; /* names it in the calls below; only its maker may use it */
};

/* ERR_PENDING: part of it is done (nobody can use the bank any more); call again. */
struct frame_destroy_req {
    uint32_t bank;
};
struct frame_destroy_reply {
    uint32_t pages; /* that came back in this call */
};

struct frame_usage_req {
    uint32_t bank; /* 0 = the caller's own */
};
struct frame_usage_reply {
    uint32_t used, peak, max_pages, fixed, locked, page;
};

/* A read-only capability of the server's status page (struct frame_status). */
struct frame_status_req {
    uint32_t none;
};
struct frame_status_reply {
    uint32_t none;
};

/* Counts free pages by walking the capabilities, not the counters. */
struct frame_walk_req {
    uint32_t none;
};
struct frame_walk_reply {
    uint32_t free_pages, used_pages, object_pages, bad; /* bad: blocks whose state disagrees */
};

/* The capability sent is a Notification (WRITE), signalled when `pressure` rises; none: stop. */
struct frame_watch_req {
    uint32_t none;
};
struct frame_watch_reply {
    uint32_t none;
};

#define frame_OPS(OP)                                                                              \
    OP(frame, alloc, "take up to count blocks of 2^order pages into the offered slots")            \
    OP(frame, give, "return frames: every mapping and derivation of them is revoked")              \
    OP(frame, reclass, "change the class that frames are counted in")                              \
    OP(frame, objects, "take one Untyped for kernel objects")                                      \
    OP(frame, bank, "make a bank below the caller's")                                              \
    OP(frame, destroy, "end a bank: all it holds is revoked and freed")                            \
    OP(frame, usage, "what a bank uses")                                                           \
    OP(frame, status, "the status page")                                                           \
    OP(frame, walk, "count the memory by walking the capabilities; up to level 4")                 \
    OP(frame, watch, "be told of pressure by a notification")

PROTOCOL(frame, frame_OPS)

/* The status page: written by the frame server alone. All in pages. */
struct frame_status {
    uint32_t total, free, low, min, high;
    uint32_t cached_clean; /* cleared ahead, part of free */
    uint32_t own;          /* its tables and odd ends; total = own + free + the classes */
    uint32_t object_pages; /* in Untyped for kernel objects, part of their class */
    uint32_t fixed, locked, page, pool;
    uint32_t allocs, gives, refused;
    uint32_t pressure; /* pages that are wanted back; watchers are signalled when it rises */
    uint32_t messages[PROTOCOL_OPS_MAX];
};

/*
 * What init tells the frame server about each session it derives itself: the property
 * "clients" of the start block, an array in native order.
 */
enum frame_may {
    FRAME_MAY_DMA = 1 << 0,   /* frames come with RIGHT_DMA */
    FRAME_MAY_DIRTY = 1 << 1, /* trusted with others' old contents: not cleared unless asked */
};
struct frame_client {
    uint32_t badge;     /* 1..FRAME_BADGE_MAX */
    uint32_t level;     /* 0 init, 1 .. 6: frames below `min` are for 0..3, by level */
    uint32_t may;       /* enum frame_may */
    uint32_t max_pages; /* limit of its bank, which is below the root; 0 = none */
    uint32_t label;
};
#define FRAME_BADGE_MAX 63u

#endif
