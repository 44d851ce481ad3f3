/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * want.h - frames that a client was told to come back for.
 *
 *   WAITS    its page is being read, or written
 *   READY    it is there: the session was told; the frame stays until it is asked for again
 *
 * A session has WANTS of them: its credits. Beyond that its oldest that is ready is broken; if
 * none is, nothing more is begun for it, and it is told when one is.
 *
 * W1  a want of a frame is on that frame's chain, and in its session's array
 */
#ifndef SWAP_WANT_H
#define SWAP_WANT_H

#include "cache.h"

#define WANTS 32u /* of one session */

struct session;

struct want {
    struct want *next; /* of the same frame */
    struct session *session;
    struct frame *frame; /* NULL: unused */
    uint32_t made;       /* numbers them: which is the oldest */
};

/* The session waits for the frame. false: no credit. */
bool want_make(struct session *s, struct frame *f);
/* It came for it, or it will not come any more. */
void want_drop(struct session *s, struct frame *f);
/* What it waits for can be had, or not at all (over: nobody waits any more). */
void wants_ready(struct frame *f, bool over);
void wants_end(struct session *s);

#endif
