/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drop.h - giving pages up in runs: frames back to the frame server, derived capabilities
 * deleted, their slots free again; handles dropped at the swap server.
 *
 *   struct drop d;
 *   drop_begin(&d, slots, memory, store);
 *   ... drop_frame(&d, slot); drop_derived(&d, slot); drop_handle(&d, handle); ...
 *   drop_end(&d);
 *
 * Neighbouring slots, upwards or downwards, go in one call each; neighbouring handles as well.
 * Of frames a few that have no neighbours go with it.
 * Nothing is allocated.
 */
#ifndef PAGER_DROP_H
#define PAGER_DROP_H

#include "frame.h"
#include "slots.h"

struct drop {
    struct slots *slots;
    cap_t memory, store; /* sessions at the frame server, at the swap server (or CAP_NULL) */
    struct drop_run {
        uint32_t first, count;
    } run, handles;
    cap_t alone[FRAME_GIVE_ALONE]; /* slots of frames; `lonely` of them */
    unsigned lonely;
    bool frames; /* run: else derived capabilities */
};

static inline void drop_begin(struct drop *d, struct slots *slots, cap_t memory, cap_t store)
{
    *d = (struct drop){.slots = slots, .memory = memory, .store = store};
}

/* A frame of the frame server's: it and all mappings go. */
void drop_frame(struct drop *d, cap_t slot);
/* A capability derived from somebody else's; it may be empty by now. */
void drop_derived(struct drop *d, cap_t slot);
/* A handle of the swap server's; 0: none. */
void drop_handle(struct drop *d, uint32_t handle);
void drop_end(struct drop *d);

#endif
