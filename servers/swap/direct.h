/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * direct.h - pages between a disk and frames that stay their client's.
 *
 *   an errand is  leaves on
 *   unused          direct_fill, direct_save -> under way
 *   under way       its last frame is done -> told on the desk, unused; if the session has ended
 *                   meanwhile: unused
 *
 * Its frames are records of the cache's for guests: held for DMA (reach.h) as long as they are a
 * page's.
 *
 * T1  `left` counts the frames of an errand that are a page's
 */
#ifndef SWAP_DIRECT_H
#define SWAP_DIRECT_H

#include "session.h"

enum err direct_fill(struct session *s, const struct swap_fill_req *q);
/* Allocates nothing. */
enum err direct_save(struct session *s, const struct swap_save_req *q, struct swap_save_reply *r);

/* The page has left a guest frame; its `well` says how. */
void direct_left(struct frame *f);
/* The session's handle of the page that is being read or written there goes. */
void direct_forget(struct frame *f, const struct session *s);
void directs_end(const struct session *s);

#endif
