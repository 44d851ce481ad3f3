/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * swap.h - the swap server's protocol (L2): the counted store of pages without a frame.
 *
 * A handle names one page's contents in its session. The same contents may have several
 * handles, in one session or in many; they are counted. A page of the store is in memory, on a
 * disk, or both; where is the server's business. Handles are 1 .. SWAP_HANDLE_MAX; a run of
 * them is its first and a count.
 *
 * The life of a page that its supervisor evicts:
 *
 *   put     the frames in a run of the supervisor's slots become the server's, unmapped, the
 *           slots are empty; each has a handle now. They are written later, in clusters
 *   get     the page comes back: SWAP_GIVEN, SWAP_KEPT or SWAP_LENT, see below. ERR_PENDING
 *           if it has to be read first; the session's bit is raised, and the same call made
 *           again collects it
 *   drop    one handle less; with the last one the contents go
 *
 * A page need not change its holder for that: `save` writes what is in a frame of the client's and
 * `fill` reads a page into one; the server reaches the frame through the frame server, and no
 * capability travels. What they began is told in the session's page (struct swap_desk).
 *
 * No call waits. What was read for a session is kept for it until it comes for it, as far as
 * its credits go. Bits may come without need; the client just asks again.
 *
 * Anonymous memory that several map at once (MAP_SHARED | MAP_ANONYMOUS, memfd) is an *object*:
 * made here, its pages got by the protocol `object` (object.h) in the same session. The server
 * keeps their frames and may take them from all that map them: then a slot is empty, and the
 * page is asked for again. A page nobody wrote to is zero.
 *
 * Errors beside those named at an operation: ERR_BAD_ARG (a number out of its range, or
 * capabilities where none belong), ERR_REFUSED (no session, or not for makers of sessions,
 * those whom init gave a capability). An answer with an error has changed nothing.
 */
#ifndef PROTOCOL_SWAP_H
#define PROTOCOL_SWAP_H

#include "object.h"

#define SWAP_HANDLE_MAX 0xffffffu
#define SWAP_PUT_MAX    32u   /* pages in a put */
#define SWAP_GET_MAX    16u   /* pages in a get */
#define SWAP_RUN_LIMIT  4096u /* handles in a dup or drop */
#define SWAP_FORGET_MAX 64u   /* slots in a forget */
#define SWAP_ORDERS_MAX 32u   /* pages in a fill or save */
#define SWAP_UNDER_WAY  4u    /* fills and saves of a session at once */

/* A new session in the slot offered; the capability sent is its notification (WRITE). By makers.
 * ERR_LIMIT: too many sessions; ERR_NO_MEMORY; ERR_WRONG_TYPE, ERR_NO_RIGHT: the notification. */
struct swap_session_req {
    uint32_t bit;     /* number of the bit to raise */
    uint32_t bank;    /* the client's bank, as frame.bank named it: pages are put from and got
                       * into the slots of its session at the frame server */
    uint32_t label;   /* for tables and logs */
    uint32_t objects; /* pages that its objects may have in all */
};
struct swap_session_reply {
    uint32_t session; /* for end, clone and off, by the maker */
    uint32_t credits; /* pages that may be on their way in, or wait to be collected */
};

/* Ends a session that the caller made; its handles and objects are dropped. ERR_BAD_HANDLE. */
struct swap_end_req {
    uint32_t session;
};
struct swap_end_reply {
    uint32_t handles; /* that it had */
};

/*
 * For fork: a new session with all handles and objects of another of the caller's, under the same
 * numbers; every count grows by one. Capabilities and errors as session; ERR_LIMIT also: a count
 * or the tables are full. ERR_BAD_HANDLE: `from`. All or nothing.
 */
struct swap_clone_req {
    uint32_t from;
    uint32_t bit, bank, label; /* of the new one; its objects' limit is the same */
};
struct swap_clone_reply {
    uint32_t session, handles;
};

/*
 * Pages in the slots first .. first + count - 1, as the client named them to the frame server,
 * become the store's. `got` of them, the leading ones, with the handles `handle`, handle + 1 ...;
 * fewer than asked if the next slot holds no single page of the client's, or there is no longer
 * run of handles or of room just now: ask again for the rest.
 *
 * ERR_BAD_HANDLE: that is so of `first`. ERR_NO_SPACE: no disk, or no more room on any. ERR_LIMIT:
 * no more handles. ERR_PENDING: the disks are too far behind; the bit tells when to ask again.
 * Allocates nothing.
 */
struct swap_put_req {
    uint32_t first, count; /* 1..SWAP_PUT_MAX */
};
struct swap_put_reply {
    uint32_t handle, got;
    uint32_t room; /* pages that may still be put, by all */
};

/* How a page is wanted, and how it comes. */
enum swap_how {
    /* Asked: to read. It comes LENT. */
    SWAP_READ,
    /* Asked: to write. It comes GIVEN: the frame itself if the handle is the only one (count 1),
     * else a copy of it. */
    SWAP_WRITE,
    /* Asked: the frame itself, to read or to write, if that can be had without a copy: it comes
     * KEPT, else GIVEN, else (the count is not 1) LENT. */
    SWAP_OWN,
};
enum swap_given {
    /* A read-only capability. The frame is the server's, who may take it at any time: the slot is
     * then empty, and the page is asked for again. The handle stays. */
    SWAP_LENT,
    /* The frame is the client's in that slot, charged to its bank, R W X. The handle is dropped. */
    SWAP_GIVEN,
    /* As GIVEN, but the handle stays, since the same contents are on disk: the client may forget
     * the frame unless it was written to (give it back to the frame server and get it anew), and
     * drops the handle when it was. No other client sees what it writes. */
    SWAP_KEPT,
};

/* Runs of handles, to read ahead: 1..64 from `first`. 0: none. */
#define SWAP_AHEAD(first, count) ((uint32_t)(first) | ((uint32_t)(count)-1) << 24)
#define SWAP_AHEAD_FIRST(a)      ((a)&SWAP_HANDLE_MAX)
#define SWAP_AHEAD_COUNT(a)      (((a) >> 24 & 63u) + 1)

/*
 * The pages of the handles handle .. handle + count - 1, into the slots offered. `got` of them,
 * the leading ones that are in memory and come in the same way; if the first is not in memory it
 * is read, with the others of the run and, where memory allows, those of `ahead`: ERR_PENDING.
 *
 * ERR_BAD_HANDLE: `handle` is none. ERR_IO: its contents are lost; it stays until it is dropped.
 * ERR_NO_MEMORY, ERR_LIMIT: no frame for it, or none at its bank's expense: give some back
 * first. ERR_NOT_EMPTY: as frame.alloc. GIVEN and KEPT capabilities that do not arrive (fewer
 * slots offered than `count`, or taken by force on the way) are the client's all the same, by the
 * slots it named.
 */
struct swap_get_req {
    uint32_t handle, count; /* 1..SWAP_GET_MAX */
    uint32_t how;           /* enum swap_how */
    uint32_t slot;          /* the client's slot for the first (= passing.recv) */
    uint32_t ahead[3];      /* SWAP_AHEAD */
};
struct swap_get_reply {
    uint32_t got;
    uint32_t given; /* enum swap_given */
    uint32_t hit;   /* 1: the first was in memory when it was first asked for */
};

/* The session's page, R W, in the slot offered: made at the first call, the server's own, gone with
 * the session. ERR_NO_MEMORY. */
struct swap_desk_req {
    uint32_t none;
};
struct swap_desk_reply {
    uint32_t none;
};

/*
 * The leading `count` orders on the desk: pages that are on a disk only, and nobody else's, are
 * read into frames that the client has in the slots. Each that was is the client's as one that
 * comes KEPT. Those that cannot be begun are left out, all but the first.
 *
 * ERR_BAD_HANDLE: the first is none. ERR_EXISTS: it is to be got: it is in memory, lost, or others
 * have it. ERR_NOT_FOUND: the client has no single page in its slot. ERR_LIMIT: not now.
 * ERR_REFUSED: the session has no desk. Nothing was begun then.
 *
 * From then on until it is told the frames are held: what their holder does with them meanwhile
 * is its own loss.
 */
struct swap_fill_req {
    uint32_t count;  /* 1..SWAP_ORDERS_MAX */
    uint32_t number; /* the client's name for it */
};
struct swap_fill_reply {
    uint32_t none;
};

/*
 * What is in the frames in the slots of the leading `count` orders (their handles are not read) is
 * written, and is the contents of the handles `handle`, handle + 1 ...: `got` of them, the leading
 * ones. The frames stay the client's, who maps them nowhere until it is told; a page that was
 * written then is as one that came KEPT. One that could not be is in its frame only, and its
 * handle has lost it.
 *
 * ERR_NO_SPACE as put. ERR_NOT_FOUND, ERR_LIMIT, ERR_REFUSED as fill. Allocates nothing.
 */
struct swap_save_req {
    uint32_t count, number; /* as fill */
};
struct swap_save_reply {
    uint32_t handle, got;
};

/* More handles of the same contents: `got` of them, the leading ones that are handles. As put:
 * ERR_BAD_HANDLE, ERR_LIMIT (no more handles, or a count is full). */
struct swap_dup_req {
    uint32_t handle, count; /* 1..SWAP_RUN_LIMIT */
};
struct swap_dup_reply {
    uint32_t handle, got; /* fewer than asked: as put */
};

/* Handles that are none are skipped; ERR_BAD_HANDLE if that is all of them. */
struct swap_drop_req {
    uint32_t handle, count; /* 1..SWAP_RUN_LIMIT */
};
struct swap_drop_reply {
    uint32_t dropped;
};

/* The slots first .. first + count - 1 hold pages of the client's no more, whatever was in them:
 * those that were taken by force from there (frame.h), which a put would find, are forgotten. A
 * client that gives a slot back of which the frame server knows nothing asks for this before it
 * uses the slot again. ERR_BAD_HANDLE if there are none. Allocates nothing, and is never late. */
struct swap_forget_req {
    uint32_t first, count; /* 1..SWAP_FORGET_MAX */
};
struct swap_forget_reply {
    uint32_t forgotten;
};

/* Keeps a handle's page in memory until it is unpinned, dropped or got as one's own; `pin` 0:
 * no more. ERR_PENDING until it is in; ERR_IO, ERR_NO_MEMORY, ERR_LIMIT as get. */
struct swap_pin_req {
    uint32_t handle, pin;
};
struct swap_pin_reply {
    uint32_t none;
};

/* Tells what a handle is. */
enum swap_look {
    SWAP_IN_MEMORY = 1 << 0,
    SWAP_ON_DISK = 1 << 1,
    SWAP_LOST = 1 << 2, /* get says ERR_IO */
    SWAP_PINNED = 1 << 3,
};
struct swap_look_req {
    uint32_t handle;
};
struct swap_look_reply {
    uint32_t count; /* handles of the same contents, in all sessions */
    uint32_t state; /* enum swap_look */
};

/* ERR_PENDING while a page that was put waits to be written; the bit tells when to ask. */
struct swap_flush_req {
    uint32_t none;
};
struct swap_flush_reply {
    uint32_t none;
};

/* An object of so many pages, all zero. `object` is the handle for the protocol `object`; it is
 * no handle of a page. ERR_LIMIT: the session's objects would have too many pages, or there would
 * be too many of them; ERR_NO_MEMORY. */
struct swap_make_req {
    uint32_t pages; /* 0..SWAP_HANDLE_MAX */
};
struct swap_make_reply {
    uint32_t object;
};

/* Another size. What is cut off is gone for all that map it. ERR_BAD_HANDLE, ERR_LIMIT. */
struct swap_resize_req {
    uint32_t object, pages; /* as make */
};
struct swap_resize_reply {
    uint32_t none;
};

/* The session has it no more; with the last session its pages go. ERR_BAD_HANDLE. */
struct swap_close_req {
    uint32_t object;
};
struct swap_close_reply {
    uint32_t none;
};

/*
 * Takes a device into use (init's devices "swap", "swap1" ... are 0, 1 ...), by makers. The one
 * of the highest priority is filled first. All tables for it are made now. ERR_NOT_FOUND: no such
 * device; ERR_EXISTS: it is in use; ERR_NO_MEMORY.
 */
struct swap_on_req {
    uint32_t device, priority;
    uint32_t pages; /* at most; 0: all of it */
};
struct swap_on_reply {
    uint32_t pages;
};

/*
 * Takes a device out of use, by makers: its pages are read back, as far as memory goes, and go
 * elsewhere. ERR_PENDING with `left` > 0: the bit of `session` tells when to ask again.
 * ERR_NO_MEMORY: what is left has no place; the device gets no more pages, but is not out of use
 * (`on` takes it back). ERR_NOT_FOUND.
 */
struct swap_off_req {
    uint32_t device;
    uint32_t session; /* of the caller's making */
};
struct swap_off_reply {
    uint32_t left;
};

/* A read-only capability of the status page, in the slot offered. */
struct swap_status_req {
    uint32_t none;
};
struct swap_status_reply {
    uint32_t none;
};

#define swap_OPS(OP)                                                                               \
    OP(swap, session, "a session for a client, with the notification it is told by")               \
    OP(swap, end, "end a session that the caller made; its handles are dropped")                   \
    OP(swap, clone, "a session with all that another has")                                         \
    OP(swap, put, "frames out of the client's slots into the store")                               \
    OP(swap, get, "pages back, or ERR_PENDING")                                                    \
    OP(swap, dup, "more handles of the same contents")                                             \
    OP(swap, drop, "handles less")                                                                 \
    OP(swap, pin, "keep a page in memory")                                                         \
    OP(swap, look, "what a handle is")                                                             \
    OP(swap, flush, "have all that was put written")                                               \
    OP(swap, make, "an anonymous object")                                                          \
    OP(swap, resize, "another size of an object")                                                  \
    OP(swap, close, "an object no more")                                                           \
    OP(swap, on, "take a device into use")                                                         \
    OP(swap, off, "take a device out of use")                                                      \
    OP(swap, status, "a read-only capability of the status page, in the slot offered")             \
    OP(swap, forget, "pages taken by force that nobody will ask for")                              \
    OP(swap, desk, "the page that the session and the server share, in the slot offered")          \
    OP(swap, fill, "pages are read into frames of the client's")                                   \
    OP(swap, save, "what is in frames of the client's is written")

PROTOCOL(swap, swap_OPS)

/* A session's page. What the client writes there is an order by a number that it names; the
 * server believes nothing else, and tells nothing but what became of orders. */
#define SWAP_TOLD 16u
struct swap_desk {
    struct swap_order {
        uint32_t handle, slot;
    } order[SWAP_ORDERS_MAX];
    uint32_t told; /* fills and saves that are over, so far: the n-th is done[n % SWAP_TOLD] */
    struct swap_done {
        uint32_t number;
        uint32_t pages; /* bit n: the n-th order was filled, or saved (or its handle was dropped) */
    } done[SWAP_TOLD];
};
_Static_assert(sizeof(struct swap_desk) <= PAGE_SIZE, "a desk is one page");

/* The status page: written by the swap server alone. Pages, if nothing else is said. */
struct swap_status {
    uint32_t slots, slots_free;       /* of the devices in use */
    uint32_t pages;                   /* of the store */
    uint32_t frames, dirty;           /* of them in memory; of these to be written */
    uint32_t out, in;                 /* written to disk; read from it */
    uint32_t put, given, lent;        /* by the clients */
    uint32_t copied;                  /* given as copies */
    uint32_t read_ahead;              /* read before they were asked for */
    uint32_t hits, misses;            /* first got: were in memory, had to be read */
    uint32_t lost;                    /* contents that were lost by errors of a device */
    uint32_t errors;                  /* requests that failed */
    uint32_t disk_reads, disk_writes; /* requests, as the devices count them */
    uint32_t handles, sessions, objects;
    uint32_t messages[PROTOCOL_OPS_MAX];
    uint32_t object_messages[PROTOCOL_OPS_MAX];
};

#endif
