/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame_calls.h - the frame server's operations in short, for its clients in tests.
 */
#ifndef SERVER_FRAME_CALLS_H
#define SERVER_FRAME_CALLS_H

#include "frame.h"
#include "rt.h"

/* Slots for what a test takes, 8192 of them; the first call sets `own`. */
cap_t slot(unsigned n);
extern cap_t own; /* the client's own session */

struct cap_facts facts_of(cap_t cap);
bool empty(cap_t cap);

/* `offered` slots from the one named on. *arrived: capabilities that came. */
enum err alloc_offering(cap_t session, unsigned order, unsigned count, unsigned class,
                        unsigned first, unsigned offered, uint32_t *got, unsigned *arrived);
enum err alloc(cap_t session, unsigned order, unsigned count, unsigned class, unsigned first,
               uint32_t *got);
enum err give(cap_t session, unsigned first, unsigned count, uint32_t *taken);
enum err objects(cap_t session, unsigned bits, unsigned at);
/* Its session in slot `at`. */
enum err bank(uint32_t max, unsigned at, uint32_t *made);
/* The pages that it had. */
uint32_t destroy(uint32_t which);
struct frame_usage_reply usage(cap_t session, uint32_t which);
/* The server's status page. */
const volatile struct frame_status *status(void);
/* Walks the capabilities; they, the books and the parts must agree. Free pages. */
uint32_t walk(void);

#endif
