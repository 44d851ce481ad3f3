/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * write.c - pages to a disk, in clusters.
 *
 * A page that was put waits until there is a cluster of them, unless frames are short: then what
 * there is is written at once. It waits as the only copy, so a get before it is written costs
 * no request.
 *
 * Each dirty frame has a place promised: write_room() is what is left. Only a page that had to
 * leave a device (swapoff), or an object's on a full disk, may have none and wait for one.
 */
#include "disk.h"
#include "session.h"
#include "status.h"
#include "store.h"
#include "supply.h"

static bool all; /* write what is there, be it a cluster or not */

uint32_t write_room(void)
{
    uint32_t free = places_free(), promised = cache_count(FRAME_DIRTY);

    return free > promised ? free - promised : 0;
}

bool write_idle(void)
{
    return cache_count(FRAME_DIRTY) + cache_count(FRAME_WRITING) == 0;
}

void write_all(void)
{
    all = true;
}

static void write_cluster(uint32_t count)
{
    uint32_t got;
    place_t place = places_take(count, &got);
    struct io *io = io_take(place, true);

    for (uint32_t i = 0; i < got; i++) {
        struct frame *f = frame_dirty_first();

        f->page->place = place + i;
        frame_set(f, FRAME_WRITING);
        io_add(io, f);
    }
    io_send(io);
}

void write_continue(void)
{
    uint32_t dirty;

    while ((dirty = cache_count(FRAME_DIRTY)) > 0 && io_writable()) {
        if (dirty < IO_PAGES && !all && supply_spare() > 0)
            return;
        write_cluster(dirty < IO_PAGES ? dirty : IO_PAGES);
    }
    if (dirty == 0)
        all = false;
}

/* Written; what becomes of the frame. */
static void written(struct frame *f)
{
    struct page *p = f->page;

    status->out++;
    p->flags &= (uint8_t)~PAGE_TRIED;
    if (area_state(PLACE_AREA(p->place)) == AREA_LEAVING) {
        page_uproot(p);
        frame_set(f, FRAME_DIRTY);
    } else if (f->guest) {
        f->well = 1;
        wants_ready(f, true);
        frame_empty(f);
        return;
    } else if ((p->flags & PAGE_OBJECT) && f->lent) {
        frame_set(f, FRAME_LIVE);
    } else if (f->wants == NULL && p->pins == 0 && !f->lent && supply_spare() == 0) {
        frame_empty(f);
    } else {
        frame_set(f, FRAME_CLEAN);
    }
    wants_ready(f, false);
}

/* It is tried once more, elsewhere. */
static void failed(struct frame *f)
{
    struct page *p = f->page;

    place_spoil(p->place);
    p->place = PLACE_NONE;
    if (!(p->flags & PAGE_TRIED) && write_room() > 0) {
        p->flags |= PAGE_TRIED;
        frame_set(f, FRAME_DIRTY);
        write_all();
        return;
    }
    p->flags |= PAGE_LOST;
    status->lost++;
    wants_ready(f, true);
    frame_empty(f);
}

void write_done(struct frame *f, enum err e)
{
    struct page *p = f->page;

    if (e != ERR_OK && p->count > 0) {
        failed(f);
    } else if (p->count > 0) {
        written(f);
    } else {
        if (e != ERR_OK) {
            place_spoil(p->place);
            p->place = PLACE_NONE;
        }
        wants_ready(f, true);
        frame_empty(f);
        p->count = 1;
        page_unname(p, false);
    }
}
