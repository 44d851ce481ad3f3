/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store.h - the life of a page: named, read, written, lost, gone.
 */
#ifndef SWAP_STORE_H
#define SWAP_STORE_H

#include "cache.h"
#include "want.h"

/* One table entry more, or (marked: with its pin) less, names it. With the last one it goes; if
 * its frame is being read or written just now, when that is done. */
void page_unname(struct page *p, bool marked);

/* ---- read.c ---- */

/*
 * Begins to read pages that are on disk only. Pages asked for one after the other that are
 * neighbours on the disk travel in one request; read_send ends it.
 *
 * For a session: ERR_OK (it waits), ERR_NO_MEMORY, ERR_BUSY: no request or credit is free, it is
 * told when one is. `s` NULL: ahead, where a frame is spare.
 */
enum err read_page(struct page *p, struct session *s);
/* Into a guest's frame; false: no request is free. */
bool read_into(struct frame *f, struct page *p);
void read_send(void);
void read_done(struct frame *f, enum err e);

/* ---- write.c ---- */

/* Pages more that may be put: places that nobody has, and none waits for. */
uint32_t write_room(void);
/* Begins to write dirty frames: in whole clusters, or all when frames are short or `write_all`
 * asks. Allocates nothing. */
void write_continue(void);
void write_all(void);
/* Nothing waits to be written. */
bool write_idle(void);
void write_done(struct frame *f, enum err e);

#endif
