/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frames.h - the server's state: the memory, who pays, who holds, and what is told of it.
 */
#ifndef FRAME_FRAMES_H
#define FRAME_FRAMES_H

#include "bank.h"
#include "buddy.h"
#include "client.h"
#include "frame.h"
#include "magazine.h"

struct frames {
    struct buddy buddy;
    struct magazine magazine;
    struct banks banks;
    struct clients clients;
    struct frame_status *status; /* the page that all may read */
    uint32_t told;               /* pressure at the last signal */
    cap_t status_frame;
    cap_t stage;    /* RUN_MAX slots: capabilities gathered for one answer */
    cap_t sessions; /* slot n: the session of client n; slot count + n: its notification */
};

/* ---- lend.c: blocks into a client's slots ---- */

/* Takes `count` blocks for the client and puts their capabilities into the answer. */
enum err lend_frames(struct frames *f, unsigned client, const struct frame_alloc_req *q,
                     struct call *c, uint32_t *got);
enum err lend_objects(struct frames *f, unsigned client, const struct frame_objects_req *q,
                      struct call *c);
/* Frames in the run of the client's slots change their class; how many. */
uint32_t lend_reclass(struct frames *f, unsigned client, cap_t first, unsigned count,
                      unsigned class);

/* ---- reclaim.c: and back ---- */

/* Blocks in the run of the client's slots, at most RUN_MAX; how many there were. */
uint32_t reclaim_slots(struct frames *f, unsigned client, cap_t first, unsigned count);
/* Up to `most` of the client's blocks; their pages. Many at once, since those that were split
 * from one block are revoked together if they leave together. */
#define RECLAIM_MAX 256u
uint32_t reclaim_blocks(struct frames *f, unsigned client, unsigned most);

/* ---- pressure.c: watermarks ---- */

/* From the memory there is. */
void pressure_set_marks(struct frames *f);
/* Free pages that a client of this level may have, up to `want`. */
uint32_t pressure_spare(const struct frames *f, unsigned level, uint32_t want);
/* Brings the status page up to date; signals watchers when pressure rises. */
void pressure_update(struct frames *f);
/* An allocation found nothing: whoever watches is told again. */
void pressure_refused(struct frames *f);

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

/* ---- walk.c ---- */

/* Counts memory by what the kernel says of the capabilities. */
void walk_memory(const struct frames *f, struct frame_walk_reply *r);

#endif
