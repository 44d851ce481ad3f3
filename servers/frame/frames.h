/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frames.h - the server's state: the memory, who pays, who holds, and what is told of it.
 */
#ifndef FRAME_FRAMES_H
#define FRAME_FRAMES_H

#include "balance.h"
#include "bank.h"
#include "buddy.h"
#include "client.h"
#include "frame.h"
#include "magazine.h"
#include "protocol.h"

/* ask.c: rounds of asking, and the queue of those that wait. */
struct asking {
    const struct balance *policy;
    uint64_t deadline;    /* ns: end of the round; 0: none */
    bool longer;          /* the round has been given more time */
    uint16_t first, last; /* clients that wait, the first one longest; CLIENT_NONE */
    uint32_t seen;        /* pages that had come back when the round began */
};

/* compact.c: the chunk that is being emptied is the buddy's closed one. */
struct compacting {
    uint32_t last;  /* chunk that could not be emptied; CHUNK_NONE */
    uint32_t used;  /* pages of it that were used when it was looked at, */
    uint32_t stale; /* as many as the rounds before */
    bool told;      /* there are slots in a session page */
};

#define LEVEL_KEEPER  2u /* the highest that may collect pages and have banks die */
#define LEVEL_TRUSTED 3u /* that may name who pays */
#define LEVEL_SERVER  4u /* that may make banks and walk the memory; is asked, never taken from */

struct frames {
    struct buddy buddy;
    struct magazine magazine;
    struct banks banks;
    struct clients clients;
    struct frame_status *status;     /* the page that all may read */
    uint32_t told;                   /* pressure at the last signal */
    uint32_t room;                   /* pages that can still be taken by force, and kept */
    uint16_t keeper;                 /* client that collects them; CLIENT_NONE */
    uint64_t limbo_due, limbo_pause; /* ns: when a held block is tried again; 0: there is none */
    struct asking asking;
    struct compacting compacting;
    cap_t status_frame;
    cap_t stage;    /* RUN_MAX slots: capabilities gathered for one answer */
    cap_t sessions; /* slot n: the session of client n; then what it showed (session.c) */
};

/* What one answer delivers: runs of pages, or one block. */
struct pieces {
    struct run run[RUN_MAX];
    unsigned runs, caps;
};
static inline void pieces_begin(struct pieces *p)
{
    p->runs = p->caps = 0;
}

/* ---- lend.c: blocks into a client's slots ---- */

/* Takes `count` blocks for the client and puts their capabilities into the answer. */
enum err lend_frames(struct frames *f, unsigned client, const struct frame_alloc_req *q,
                     struct call *c, uint32_t *got);
enum err lend_objects(struct frames *f, unsigned client, const struct frame_objects_req *q,
                      struct call *c);
/* Frames in the run of the client's slots change their class; how many. */
uint32_t lend_reclass(struct frames *f, unsigned client, cap_t first, unsigned count,
                      unsigned class);

/* Nothing of the client's stands in the run, and the run is one. */
enum err lend_slots_check(const struct frames *f, unsigned client, cap_t first, unsigned count);
/* Runs that follow each other in one chunk become one. */
void pieces_add(const struct buddy *b, struct pieces *p, struct run run);
/* The capabilities of the pieces, blocks of `order`, become the answer's. */
void lend_deliver(const struct frames *f, const struct pieces *p, unsigned order, unsigned rights,
                  struct call *c);
/* Of frames that this client gets. */
unsigned lend_rights(const struct frames *f, unsigned client);

/* ---- reclaim.c: and back ---- */

/* Blocks in the client's slots that it names, a run of at most RUN_MAX and some alone; how many
 * there were. */
uint32_t reclaim_slots(struct frames *f, unsigned client, const struct frame_give_req *q);
/* Up to `most` of the client's blocks, kernel objects first; their pages. Many at once, since
 * those that were split from one block are revoked together if they leave together. */
#define RECLAIM_MAX 256u
uint32_t reclaim_blocks(struct frames *f, unsigned client, unsigned most);
/* One block, whoever's. */
void reclaim_block(struct frames *f, block_t block);
/* Tries again blocks that drivers held, if it is time. */
void reclaim_limbo(struct frames *f);

/* ---- take.c: pages that change hands ---- */

/* It is a single page that its holder uses, or keeps to be used. */
static inline bool take_possible(const struct frames *f, block_t block)
{
    const struct block *r = block_of(&f->buddy, block);

    return r->order == 0 && (r->class == FRAME_PAGE || r->class == FRAME_POOL) &&
           block_chunk(&f->buddy, block)->use == CHUNK_FRAMES;
}
/* Such a page of the client's is TAKEN, or free if there was nothing in it. Before: there is room.
 * False: a driver holds it. */
bool take_page(struct frames *f, unsigned client, block_t block);
/* Up to `want` of the client's pages, pool first, then oldest first; how many. */
uint32_t take_oldest(struct frames *f, unsigned client, uint32_t want);
/* frame.collect, with a bank and without; frame.pass. The bodies are checked. */
enum err take_named(struct frames *f, unsigned client, const struct frame_collect_req *q,
                    struct call *c, uint32_t *got);
enum err take_kept(struct frames *f, unsigned client, const struct frame_collect_req *q,
                   struct call *c, uint32_t *got);
/* frame.reach. */
enum err take_reach(const struct frames *f, unsigned client, const struct frame_reach_req *q,
                    struct call *c, uint32_t *got);
enum err take_pass(struct frames *f, unsigned client, const struct frame_pass_req *q,
                   struct call *c, uint32_t *passed);

/* ---- session.c: what a session is told, and tells ---- */

#define SESSION_SHOWN 3u /* capabilities that a session may show */
#define SESSION_RUNS  (1 + SESSION_SHOWN)
/* frame.watch with `count` capabilities that arrived at `first`. */
enum err session_watch(struct frames *f, unsigned client, cap_t first, unsigned count);
void session_close(struct frames *f, unsigned client);
void session_signal(const struct frames *f, unsigned client);
/* Into its page. */
void session_asked(struct frames *f, unsigned client, uint32_t target, uint64_t deadline);
void session_waits(const struct frames *f, unsigned client);
void session_taken(struct frames *f, unsigned client, cap_t slot);
void session_collected(const struct frames *f, unsigned client, const struct frame_name *name,
                       unsigned count);
void session_wanted(const struct frames *f, unsigned client, const cap_t *slot, unsigned count);
/* And its bit. */
void session_ended(struct frames *f, unsigned client, uint32_t bank);
/* All zero if it shows none. */
void session_stall(const struct frames *f, unsigned client, struct frame_stall *to);

/* ---- ask.c: ask, wait, take, tell ---- */

void ask_begin(struct frames *f, const struct balance *policy);
/* What an allocation is of. */
#define ASK_FRAMES         0u
#define ASK_OBJECTS(order) ((order) + 1)
/* An allocation that found nothing: the client waits from now on. Returns e. */
enum err ask_refused(struct frames *f, unsigned client, unsigned bank, unsigned what, enum err e);
/* It got something. */
void ask_served(struct frames *f, unsigned client, unsigned what);
/* Shares out what is wanted back beyond what was asked for in this round; begins one if none is. */
void ask_banks(struct frames *f);
/* Pages came back from one that was asked. */
void ask_returned(struct frames *f, struct client *who, uint32_t pages);
/* The client is gone. */
void ask_forget(struct frames *f, unsigned client);
/* The bank's limits have changed. */
void ask_limits(struct frames *f, unsigned bank);
/* When ask_late is to be called, ns; 0: not at all. */
uint64_t ask_deadline(const struct frames *f);
void ask_late(struct frames *f);

/* ---- queue.c: those who wait ---- */

/* Refused with `why`: behind all others. */
void queue_add(struct frames *f, unsigned client, enum err why);
void queue_leave(struct frames *f, unsigned client);
/* Tells those that could have more now; they leave it. */
void queue_wake(struct frames *f);
/* Compacting ends if nobody in it waits for kernel objects any more. */
void queue_objects_end(struct frames *f);
/* A round is over. False: for those who wait for objects there is no hope. */
bool queue_objects_go_on(struct frames *f);

/* ---- compact.c: memory for kernel objects ---- */

/* An object of that order is not to be had. True: now it is. Else one chunk may be closed, to be
 * emptied by what follows. */
bool compact_begin(struct frames *f, unsigned order);
/* In each round as long as somebody waits for such a one. False: that leads to nothing. */
bool compact_step(struct frames *f, unsigned order);
/* Nobody does any more. */
void compact_end(struct frames *f);

/* ---- table.c ---- */

/* Rows of banks from number `from` on; *next: the number to go on from, 0: none. */
unsigned table_rows(const struct frames *f, uint32_t from, struct frame_bank_row *row,
                    unsigned count, uint32_t *next);

/* ---- pressure.c: watermarks ---- */

/* So many pages programs never get. With 0 memory is asked back when there is none left. */
void pressure_set_marks(struct frames *f, uint32_t reserve);
/* Where nobody says otherwise: of the memory there is. */
#define RESERVE_SHARE 64u
/* Free pages that a client of this level may have, up to `want`. */
uint32_t pressure_spare(const struct frames *f, unsigned level, uint32_t want);
/* Brings the status page up to date; tells watchers and asks banks when pressure rises. */
void pressure_update(struct frames *f);
/* Signals all that watch, but supervisors that wait for memory themselves, and the one that has
 * just been refused (CLIENT_NONE: none was). */
void pressure_signal(const struct frames *f, unsigned refused);

static inline uint32_t frames_free(const struct frames *f)
{
    return f->buddy.free_pages[CHUNK_FRAMES] + f->buddy.free_pages[CHUNK_OBJECTS] +
           f->magazine.run.count;
}

/* ---- tenancy.c: banks with their sessions, from the first to the last ---- */

/* A session that init made, with a bank of its own below the root. ERR_LIMIT, ERR_EXISTS. */
enum err tenancy_admit(struct frames *f, const struct frame_client *who);
/* A bank below the maker's and a session of it, which stands in the table of sessions. */
enum err tenancy_make(struct frames *f, unsigned maker, const struct frame_bank_req *q,
                      unsigned *bank, unsigned *client);
/* Ends the bank and all below it, a bounded number of blocks a call: ERR_PENDING till done. */
enum err tenancy_end(struct frames *f, unsigned bank, uint32_t *pages);
/* The same by who is not its maker, who is told first: the bank's name stays for it to end. */
enum err tenancy_kill(struct frames *f, unsigned bank, uint32_t *pages);
/* Does a server pay by it, or by one below? Then nobody kills it. */
bool tenancy_of_server(const struct frames *f, unsigned bank);

/* ---- walk.c ---- */

/* Counts memory by what the kernel says of the capabilities. */
void walk_memory(const struct frames *f, struct frame_walk_reply *r);

#endif
