/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drop.c - giving pages up in runs; see drop.h.
 */
#include "drop.h"

#include "frame.h"
#include "rt.h"

#define RUN 64u /* frame.give's limit */

void drop_end(struct drop *d)
{
    enum err e = ERR_OK;

    if (d->count == 0)
        return;
    if (d->frames) {
        struct frame_give_req q = {.first = d->first, .count = d->count};
        struct frame_give_reply r;

        e = frame_give(d->server, &q, &r, NULL);
    } else {
        e = cap_delete(d->first, d->count);
    }
    /* A slot that is not empty must not be offered again: it is lost, and so is a page. */
    if (e == ERR_OK)
        slots_return(d->slots, d->first, d->count);
    else
        log_line("%u pages could not be given up: %s", d->count, err_text(e));
    d->count = 0;
}

static void drop_add(struct drop *d, cap_t slot, bool frames)
{
    bool above = slot == d->first + d->count;
    bool below = slot + 1 == d->first;

    if (d->count == RUN || d->frames != frames || (d->count > 0 && !above && !below))
        drop_end(d);
    d->frames = frames;
    if (d->count == 0 || below)
        d->first = slot;
    d->count++;
}

void drop_frame(struct drop *d, cap_t slot)
{
    drop_add(d, slot, true);
}

void drop_derived(struct drop *d, cap_t slot)
{
    drop_add(d, slot, false);
}
