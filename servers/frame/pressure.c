/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pressure.c - watermarks: how much stays free, and who is told when it shrinks.
 *
 *   free >= high   no pressure
 *   free <  low    pressure: high - free pages are wanted back, until free >= high again
 *   free <= min    only levels 0..3 get more, the lower the level the further down
 *
 * Nobody waits here: watchers are signalled, free what they can spare and call down with it.
 * They are signalled again when the pressure has grown by a step, and when an allocation
 * found nothing. How much is wanted of whom, and what happens if it does not come: ask.c.
 */
#include "frames.h"

#define STEPS      4u  /* signals on the way from low to min */
#define ASKED_ONCE 32u /* pages, at least: from low to high */

void pressure_set_marks(struct frames *f, uint32_t reserve)
{
    struct frame_status *s = f->status;

    s->min = reserve;
    s->low = reserve > 0 ? 2 * reserve : 1;
    s->high = s->low + (reserve > ASKED_ONCE ? reserve : ASKED_ONCE);
}

uint32_t pressure_spare(const struct frames *f, unsigned level, uint32_t want)
{
    uint32_t free = frames_free(f);
    uint32_t keep = level > 3 ? f->status->min : f->status->min * level / 6;

    if (free <= keep)
        return 0;
    return free - keep < want ? free - keep : want;
}

/* A program that waits has looked for what it can spare: to try again, and be refused again, would
 * only have the others told again. A server that was refused knows. */
void pressure_signal(const struct frames *f, unsigned refused)
{
    for (unsigned i = 0; i < f->clients.end; i++)
        if (i != refused &&
            (f->clients.client[i].waits == 0 || f->clients.client[i].level <= LEVEL_SERVER))
            session_signal(f, i);
}

/* Tells of a pressure that has risen. */
static void rise(struct frames *f)
{
    f->told = f->status->pressure;
    pressure_signal(f, CLIENT_NONE);
    ask_banks(f);
}

void pressure_update(struct frames *f)
{
    struct frame_status *s = f->status;
    const uint32_t *used = f->banks.bank[BANK_ROOT].used;
    uint32_t step = (s->low - s->min) / STEPS + 1;

    s->free = frames_free(f);
    s->free_frames = s->free - f->buddy.free_pages[CHUNK_OBJECTS];
    s->closed = f->buddy.free_pages[CHUNK_CLOSED];
    s->cached_clean = f->magazine.run.count;
    s->fixed = used[FRAME_FIXED];
    s->locked = used[FRAME_LOCKED];
    s->page = used[FRAME_PAGE];
    s->pool = used[FRAME_POOL];
    s->left = f->clients.taken_count;
    s->room = f->room;
    if (f->asking.first != CLIENT_NONE)
        queue_wake(f);
    if (s->free >= s->high || (s->pressure == 0 && s->free >= s->low)) {
        s->pressure = f->told = 0;
        return;
    }
    s->pressure = s->high - s->free;
    if (f->told == 0 || s->pressure >= f->told + step) {
        rise(f);
    } else if (s->pressure < f->told) {
        f->told = s->pressure;
    }
}
