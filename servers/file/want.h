/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * want.h - pages that a client was told to come back for.
 *
 *   MADE     its client is still being served
 *   WAITS    armed; some of its pages are being filled
 *   READY    all are there, or failed: the session was told; they stay until it asks again
 *
 * So a repeated call makes progress whatever others do meanwhile. A session has a bounded
 * number of wants, and all of them together pin at most half of the cache: beyond that
 * the oldest that is ready loses its promise, and its client just waits once more.
 *
 * W1  bit n of `pinned` is set exactly while the want has a pin on page first + n
 * W2  `filling` is the number of pinned pages that are FILLING
 */
#ifndef FILE_WANT_H
#define FILE_WANT_H

#include "node.h"
#include "session.h"

#define WANTS      64u
#define WANTS_OF   8u /* of one session */
#define WANT_PAGES 32u

void wants_init(void);

/* The session was promised pages from `first` on. */
bool want_is(struct session *s, uint32_t inode, uint32_t first);
/* It has come back: the promise is kept. Nothing if there is none. */
void want_take(struct session *s, uint32_t inode, uint32_t first);

/*
 * Promises pages [first, first + count), 1..WANT_PAGES, as far as they are in memory or on
 * their way: they stay until the promise is taken or broken. A second promise of the same
 * pages adds to the first.
 */
void want_promise(struct session *s, uint32_t inode, uint32_t first, uint32_t count);

/* The client is sent away: from now on the session is told when the promise is ready. */
void want_arm(struct session *s, uint32_t inode, uint32_t first);

/* Breaks the oldest promise that is ready. false: there is none. */
bool want_break(void);

/* Ends all of a session's. */
void wants_end(struct session *s);

#endif
