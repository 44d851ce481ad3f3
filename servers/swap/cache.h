/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cache.h - the frames that the store holds, and what is in them.
 *
 *   state          the frame                           leaves on
 *   FRAME_BARE     is not there                        it comes -> FREE, DIRTY
 *   FRAME_FREE     is there for whatever comes         read_in -> READING; frame_fill -> LIVE;
 *                                                      given back -> BARE
 *   FRAME_READING  is being read                       done -> CLEAN, LIVE; failed -> FREE
 *   FRAME_CLEAN    has what is on disk, too            evicted -> FREE; given to a client -> BARE
 *   FRAME_DIRTY    has what is nowhere else            written -> WRITING; given -> BARE
 *   FRAME_WRITING  is being written                    done -> CLEAN, LIVE; failed -> DIRTY, FREE
 *   FRAME_LIVE     is an object's, mapped by many      evicted -> DIRTY, FREE
 *
 * Records come in chunks: a CapTable with the slots of their frames, and an array. They are made
 * ahead (cache_reserve); a record never moves, and its slot is its own for good.
 *
 * A guest is a client's frame that is one only as long as it is read or written (direct.h): BARE ->
 * READING -> BARE; BARE -> DIRTY -> WRITING -> BARE. Its record is one of GUESTS, its slot
 * reach.h's.
 *
 * C1  a frame is on the list of its state, if that has one (FREE, CLEAN, DIRTY, LIVE)
 * C2  a slot of a chunk is empty exactly when its frame is FRAME_BARE
 * C3  the page of a frame (READING and on) has that frame
 * C4  CLEAN, READING, WRITING: the page has a place; DIRTY: it has none
 */
#ifndef SWAP_CACHE_H
#define SWAP_CACHE_H

#include "cap.h"
#include "list.h"
#include "page.h"

enum frame_state {
    FRAME_BARE,
    FRAME_FREE,
    FRAME_READING,
    FRAME_CLEAN,
    FRAME_DIRTY,
    FRAME_WRITING,
    FRAME_LIVE,
    FRAME_STATES
};

#define GUESTS 256u

struct want;

struct frame {
    struct list link;
    struct page *page;
    struct want *wants; /* sessions that wait for it, or were promised it (want.h) */
    cap_t cap;
    uint64_t physical; /* 0: was not asked for yet */
    uint32_t number;
    uint16_t reached;      /* guest: its number at reach.h */
    uint8_t state;         /* enum frame_state */
    uint8_t lent : 1;      /* capabilities of it were given out */
    uint8_t ahead : 1;     /* read before anybody asked */
    uint8_t guest : 1;     /* a client's */
    uint8_t well : 1;      /* guest: it was read, or written, without an error */
    uint8_t forgotten : 1; /* guest: its client dropped the handle meanwhile */
};

/* Records for so many frames in all; false: no memory, or no more slots. */
bool cache_reserve(uint32_t frames);
uint32_t cache_count(enum frame_state state);
uint32_t cache_frames(void); /* that are not BARE */

/* NULL: the page is not in memory. */
struct frame *frame_of(const struct page *p);

/* The n-th of GUESTS records, and back. */
struct frame *guest(uint32_t n);
uint32_t guest_number(const struct frame *f);

/* Bare frames whose slots are neighbours, up to `count`: the first; *got of them. NULL: none. They
 * are FREE after frames_came, for the first of them that a frame came for. */
struct frame *frames_bare(unsigned count, unsigned *got);
void frames_came(struct frame *first, unsigned count);
/* The frame behind it in its chunk. */
struct frame *frame_behind(struct frame *f);

/* A FREE frame off its list: one that is there, a fresh one, or that of a page that is on disk
 * as well and that nobody waits for. NULL: none. frame_take_spare: only where that costs nobody
 * anything. */
struct frame *frame_take(void);
struct frame *frame_take_spare(void);

/* To another state, and its list (at the end). From FREE: it becomes the page's. */
void frame_set(struct frame *f, enum frame_state state);
void frame_fill(struct frame *f, struct page *p, enum frame_state state);
/* Its contents are not wanted any more: all that was lent is taken back; FREE. A guest leaves. */
void frame_empty(struct frame *f);
/* It has left, by supply_pass: BARE. */
void frame_gone(struct frame *f);

/* The oldest dirty one; NULL. */
struct frame *frame_dirty_first(void);

/* Frames of pages that are on disk as well are given back until `count` records are BARE, as far
 * as there are such frames; objects' pages begin to leave. */
void cache_bare(uint32_t count);
/* The frame in that slot, if there is one, is given back, or begins to leave. False: not before it
 * is written. */
bool cache_leave(cap_t slot);
/* After each event: gives back frames that are FREE beyond a few, or wanted by others. */
void cache_trim(void);
/* Up to `count` frames more become FREE, of pages that are on disk, or of objects' (these
 * may have to be written first). How many did. */
uint32_t cache_evict(uint32_t count);

#endif
