/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * anon.h - anonymous objects: indexed sets of pages that many map at once.
 *
 * A page nobody asked for is not there; it is made, zeroed, at its first get. An object belongs
 * to the sessions that have it, by make or clone.
 *
 * O1  `sessions` is the number of session table places that point to it
 * O2  its pages are named by its table alone: their count is 1
 */
#ifndef SWAP_ANON_H
#define SWAP_ANON_H

#include "error.h"
#include "table.h"

struct frame;
struct session;

struct object {
    struct table page;
    uint32_t pages, sessions;
};

/* NULL: no memory. */
struct object *object_new(uint32_t pages);
void object_join(struct object *o);
void object_leave(struct object *o);
/* Pages behind the new end go. */
void object_resize(struct object *o, uint32_t pages);

/*
 * The frame of page `index`, below `pages`: made if it is not there and `make`. ERR_PENDING: it
 * is being read for the session. ERR_NOT_FOUND: there is none; ERR_NO_MEMORY, ERR_IO.
 */
enum err object_page(struct session *s, struct object *o, uint32_t index, bool make,
                     struct frame **f);

#endif
