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
 * Ask, wait, take, tell. When memory is short the balance policy says which bank gives back how
 * much by when; that stands in the session page of the bank (struct frame_session), and its bit
 * is raised. What has not come back at the deadline is taken, oldest page first, if the swap
 * server has said that it can keep so many (room); levels 0..4 are asked, never taken from. A
 * page taken is mapped nowhere, and the slot of its holder is empty; its contents stay with us
 * until somebody at level 2 collects it, named by its bank and slot as the holder named it. A
 * page of class FRAME_POOL that is all zero is not kept, but free at once: so a page that was
 * taken, and that nobody has, is zero.
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
    FRAME_POOL,   /* granted ahead, perhaps unused: taken first */
};
#define FRAME_CLEARED (1u << 8) /* or-ed to the class: zeroed */

struct frame_alloc_req {
    uint32_t order; /* 2^order pages each, 0..9 */
    uint32_t count; /* 1..64 (order 0), 1 above */
    uint32_t class; /* enum frame_class | FRAME_CLEARED */
    uint32_t first; /* the caller's slot that the first one goes to (= passing.recv) */
    uint32_t bank;  /* that pays: 0 = the caller's own; another's, levels 0..3 only */
};
/*
 * ERR_NOT_EMPTY: a block of the caller's lies in one of the slots already, or was taken from it
 * and is not collected yet. The kernel delivers as far as the slots offered are empty
 * (passing.received); blocks beyond that are the caller's too, in the slots it named, until it
 * gives them back. ERR_BAD_HANDLE: there is no such bank (any more).
 */
struct frame_alloc_reply {
    uint32_t got; /* may be fewer than asked; 0 comes with ERR_NO_MEMORY or ERR_LIMIT: the
                   * caller waits now, and its bit is raised once when there is more */
};

#define FRAME_GIVE_ALONE 5u
struct frame_give_req {
    uint32_t first, count;            /* run of the caller's slots, 1..64; emptied by revocation */
    uint32_t alone[FRAME_GIVE_ALONE]; /* slots besides, one by one; 0: none */
};
/* Slots where nothing was delivered to are skipped; ERR_BAD_HANDLE if that is all of them. What
 * was taken from them, and is not collected yet, is forgotten. */
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
    uint32_t bank; /* names it, never 0; who may use that is said at each call */
};

/*
 * Ends a bank, by its maker: kernel objects first, threads before tables before page tables,
 * then frames, a bounded number of blocks a call. What others hold at its expense is charged to
 * the bank above. ERR_PENDING: part of it is done (nobody can use the bank any more); call again.
 */
struct frame_destroy_req {
    uint32_t bank;
};
struct frame_destroy_reply {
    uint32_t pages; /* that came back in this call */
};

struct frame_usage_req {
    uint32_t bank; /* 0 = the caller's own; else by its maker. ERR_DYING: it was killed */
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

/*
 * Capabilities sent: a Notification (WRITE) for the session's bit; behind it, if wanted, a page
 * (WRITE) that becomes its session page, and another (READ), its stall page. They replace those
 * of an earlier call; none: stop. Pages are of the caller's own memory, neither page nor pool.
 */
struct frame_watch_req {
    uint32_t none;
};
struct frame_watch_reply {
    uint32_t none;
};

/* Limits of a bank, in pages, by its maker: all of them at once, each 0 = none. */
struct frame_limits_req {
    uint32_t bank;
    uint32_t max;   /* it gets no more; ERR_LIMIT */
    uint32_t high;  /* above, it is asked to give back */
    uint32_t low;   /* below, others are asked first */
    uint32_t min;   /* below, it is neither asked nor taken from */
    uint32_t label; /* 0 = as it was */
    int32_t adjust; /* -1000 (never killed) .. 1000 (killed first) */
};
/* ERR_BAD_ARG: not min <= low <= high <= max, as far as they are set. */
struct frame_limits_reply {
    uint32_t none;
};

/*
 * Levels 0..2: single pages of class page or pool become the caller's, charged as before: its
 * capabilities in the slots offered are the only ones that are left. ERR_REFUSED above.
 *
 *   bank != 0   those in the slots first .. first + count - 1 of that bank's session, taken by
 *               force or not; up to the first that is none. ERR_BAD_HANDLE: that is `first`, or
 *               no such bank. ERR_HELD: a driver holds it
 *   bank == 0   those that were taken by force, in that order, with their names in the caller's
 *               session page (`collected`; ERR_REFUSED without one). None: `got` is 0
 */
struct frame_collect_req {
    uint32_t bank, first;
    uint32_t count; /* 1..64 */
    uint32_t to;    /* the caller's slot for the first (= passing.recv). ERR_NOT_EMPTY as alloc */
};
struct frame_collect_reply {
    uint32_t got;
    uint32_t left; /* taken by force, and not collected */
};

/*
 * Levels 0..3: the caller's single pages become a bank's, in slots of its session, as if that
 * had allocated them: class page, charged to it, with its rights (a driver's hold or address of
 * them is no business of the bank's). All capabilities of them are revoked; those that are left
 * come into the slots offered, and the caller moves them there.
 * ERR_BAD_HANDLE: no such bank, or `first` is none. ERR_NOT_EMPTY as alloc. ERR_LIMIT: it has no
 * room for all of them. ERR_HELD: a driver holds `first`. Nothing was done then.
 */
struct frame_pass_req {
    uint32_t first, count; /* run of the caller's slots, 1..64 */
    uint32_t bank;
    uint32_t to; /* the first one's slot there */
};
struct frame_pass_reply {
    uint32_t passed; /* up to the first slot of the run that is none */
};

/*
 * Levels 0..2: capabilities, with the caller's rights, of the single pages of class page or pool in
 * the slots first .. first + count - 1 of a bank's session, for a driver to read into or to write
 * from: they stay the bank's. They are gone when the bank gives the page back, or it is taken;
 * while one of them is held, that has to wait.
 * ERR_BAD_HANDLE: no such bank, or `first` is none.
 */
struct frame_reach_req {
    uint32_t bank;
    uint32_t first, count; /* 1..64; up to the first that is none */
};
struct frame_reach_reply {
    uint32_t got;
};

/* Levels 0..2: the caller collects, and can keep so many pages more than it has collected. At
 * the beginning nobody does, and nothing is taken by force. Its bit is raised when there is
 * something to collect. */
struct frame_room_req {
    uint32_t pages;
};
struct frame_room_reply {
    uint32_t left; /* taken by force, and not collected */
};

/*
 * Levels 0..2: ends any bank as destroy does, but for its name: that is its maker's to destroy.
 * The first call does no more than tell the maker, by its bit and in its session page (`ended`):
 * nothing is granted to the bank from then on, and its threads are the maker's to stop.
 * ERR_REFUSED also: the bank of a server.
 */
struct frame_kill_req {
    uint32_t bank;
};
/* ERR_PENDING: call again. ERR_BAD_HANDLE: no such bank. */
struct frame_kill_reply {
    uint32_t pages; /* that came back in this call */
};

/* Rows of the table of banks (struct frame_bank_row) through lease 0, up to level 4. */
struct frame_banks_req {
    uint32_t from;  /* 0, or `next` of the answer before */
    uint32_t count; /* 1..32 */
};
struct frame_banks_reply {
    uint32_t rows;
    uint32_t next; /* 0: that is all */
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
    OP(frame, watch, "be told of pressure by a notification and a page")                           \
    OP(frame, limits, "set a bank's limits, label and adjustment")                                 \
    OP(frame, collect, "the swap server takes over pages with their contents")                     \
    OP(frame, pass, "a server hands pages over to a bank")                                         \
    OP(frame, room, "the swap server says how many pages it can keep")                             \
    OP(frame, kill, "have a bank die; its maker is told")                                          \
    OP(frame, banks, "the table of banks")                                                         \
    OP(frame, reach, "a server reads into a bank's pages")

PROTOCOL(frame, frame_OPS)

/* The status page: written by the frame server alone. All in pages. total = own + free + closed +
 * the classes. */
struct frame_status {
    uint32_t total, free, low, min, high;
    uint32_t cached_clean; /* cleared ahead, part of free */
    uint32_t own;          /* its tables and odd ends */
    uint32_t object_pages; /* in Untyped for kernel objects, part of their class */
    uint32_t fixed, locked, page, pool;
    uint32_t allocs, gives, refused;
    uint32_t pressure; /* pages that are wanted back; watchers are signalled when it rises */
    uint32_t messages[PROTOCOL_OPS_MAX];
    uint32_t asked, returned; /* pages asked back of banks; that came while they were asked */
    uint32_t taken, left;     /* by force, in all; of them not collected yet */
    uint32_t room;            /* pages more that the swap server would keep */
    uint32_t waiting;         /* sessions that were refused and wait for more */
    uint32_t stuck;  /* times that somebody waited, and nothing came back or could be taken */
    uint32_t killed; /* banks */
    uint32_t dying;  /* banks that were killed and are not empty yet */
    uint32_t closed; /* free, but kept until there is room for objects */
    uint32_t compactions;
    uint32_t free_frames; /* of `free`: not among kernel objects; and so page frames */
};

/* A session's page: written by the frame server, read by the session. */
#define FRAME_SLOTS_TOLD 512u
#define FRAME_ENDED_TOLD 32u
struct frame_session {
    uint32_t target;   /* pages that the bank shall give back from now on; 0: none */
    uint32_t waiting;  /* 1: an allocation was refused, and there is not more yet */
    uint64_t deadline; /* ns on now_ns()'s clock: then they are taken */
    uint32_t taken;    /* pages taken by force so far: the n-th left slot[n % FRAME_SLOTS_TOLD] */
    uint32_t ended;    /* banks of its making killed so far: n % FRAME_ENDED_TOLD as well */
    struct frame_name {
        uint32_t bank, slot;
    } collected[RUN_MAX]; /* what the last collect with bank 0 delivered */
    uint32_t ended_bank[FRAME_ENDED_TOLD];
    uint32_t wanted_count, wanted[RUN_MAX]; /* slots of pages that are wanted back, of all it has */
    uint32_t slot[FRAME_SLOTS_TOLD];
};
_Static_assert(sizeof(struct frame_session) <= PAGE_SIZE, "a session page is one page");

/* A bank's stall page: written by its supervisor, or server, read by the frame server. Times in
 * ns on now_ns()'s clock. */
struct frame_stall {
    uint64_t some, full;              /* while a thread of it was parked, and while all were */
    uint64_t since;                   /* when the first of those now parked was; 0: none is */
    uint32_t parked;                  /* threads parked now */
    uint32_t memory, swapin, refault; /* times one was, by what for */
    uint32_t leaving; /* servers: pages that are free once they are written; reclaim goes on */
    uint32_t swapped; /* supervisors: pages of it that have no frame, but are in the swap store */
    uint64_t heard;   /* the deadline of the last asking that it turned to */
};

/* What the table says of a bank. Pages. */
struct frame_bank_row {
    struct frame_stall stall;
    uint32_t bank, parent; /* names; parent 0: init made it */
    uint32_t label, level; /* of its session */
    uint32_t used[4];      /* by class, with the banks below */
    uint32_t peak, max, high, low, min;
    int32_t adjust;
    uint32_t target; /* asked back now */
    uint32_t taken;  /* by force so far */
    uint32_t waits;  /* 0, or why it waits: ERR_LIMIT, ERR_NO_MEMORY */
    uint32_t dying;
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
