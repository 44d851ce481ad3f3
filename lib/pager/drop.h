/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drop.h - giving pages up in runs: frames back to the frame server, derived capabilities
 * deleted, their slots free again.
 *
 *   struct drop d;
 *   drop_begin(&d, slots, server);
 *   ... drop_frame(&d, slot); drop_derived(&d, slot); ...
 *   drop_end(&d);
 *
 * Neighbouring slots, upwards or downwards, go in one call each.
 */
#ifndef PAGER_DROP_H
#define PAGER_DROP_H

#include "slots.h"

struct drop {
    struct slots *slots;
    cap_t server; /* session at the frame server */
    cap_t first;
    unsigned count;
    bool frames; /* else derived capabilities */
};

static inline void drop_begin(struct drop *d, struct slots *slots, cap_t server)
{
    *d = (struct drop){.slots = slots, .server = server};
}

/* A frame of the frame server's: it and all mappings go. */
void drop_frame(struct drop *d, cap_t slot);
/* A capability derived from somebody else's; it may be empty by now. */
void drop_derived(struct drop *d, cap_t slot);
void drop_end(struct drop *d);

#endif
