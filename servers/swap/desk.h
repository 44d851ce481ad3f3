/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * desk.h - the page that a session and we share (struct swap_desk): orders, and what became of
 * them.
 */
#ifndef SWAP_DESK_H
#define SWAP_DESK_H

#include "session.h"

/* The session's desk, made if there was none; *frame is our capability of it. ERR_NO_MEMORY. */
enum err desk_open(struct session *s, cap_t *frame);
/* It ends with the session: nobody has it any more. */
void desk_close(struct session *s);

/* The leading `count` orders, read once. */
void desk_orders(const struct session *s, struct swap_order *order, uint32_t count);
void desk_tell(struct session *s, uint32_t number, uint32_t pages);

#endif
