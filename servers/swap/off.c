/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * off.c - devices into use, and out of it.
 *
 * A page on a device that leaves is read as if a client had asked for it, and is dirty from then
 * on: it is written elsewhere, or stays. The sweep goes over the records, a bounded number a
 * call, and begins again until nothing lies on the device.
 */
#include "off.h"

#include "disk.h"
#include "reach.h"
#include "reserve.h"
#include "store.h"
#include "supply.h"
#include "table.h"

#define STEP_READS   64u
#define STEP_RECORDS 8192u
#define HOMELESS     64u /* records for pages taken by force when all places are used */
#define BLOCKS_LEAST 24u /* of tables, beside those for handles and orphans of its own pages */

static uint32_t sweep; /* record that the sweep goes on at */

enum err device_on(const struct swap_on_req *q, uint32_t *pages)
{
    uint32_t places = q->device < AREAS ? disk_places(q->device) : 0, frames;
    bool again = q->device < AREAS && area_state(q->device) == AREA_LEAVING;
    enum err e;

    if (places == 0)
        return ERR_NOT_FOUND;
    if (area_state(q->device) == AREA_OPEN)
        return ERR_EXISTS;
    if (q->pages > 0 && q->pages < places)
        places = q->pages;
    frames = places < supply_total() / 8 ? places : supply_total() / 8;
    if (!again && (!pages_reserve(places_free() + places + HOMELESS) || !cache_reserve(frames) ||
                   !reserve_want(2 * (places / TABLE_LEAF) + BLOCKS_LEAST)))
        return ERR_NO_MEMORY;
    reach_open(supply_total()); /* without it pages change hands */
    e = area_open(q->device, places, q->priority);
    *pages = area_places(q->device);
    return e;
}

/* It need not lie there any more: it is in memory. */
static void uproot(struct frame *f)
{
    page_uproot(f->page);
    if (f->state == FRAME_CLEAN)
        frame_set(f, FRAME_DIRTY);
}

static enum err leave(struct page *p, uint32_t *reads)
{
    struct frame *f = frame_of(p);
    enum err e;

    if (f != NULL) {
        if (f->state == FRAME_CLEAN || f->state == FRAME_LIVE)
            uproot(f);
        return ERR_OK;
    }
    if (*reads == 0)
        return ERR_OK;
    e = read_page(p, NULL);
    *reads = e == ERR_OK ? *reads - 1 : 0;
    return e == ERR_BUSY ? ERR_OK : e;
}

enum err device_off(uint32_t device, uint32_t *left)
{
    uint32_t reads = STEP_READS;
    enum err e = ERR_OK;

    if (device >= AREAS || area_state(device) == AREA_NONE)
        return ERR_NOT_FOUND;
    area_leave(device);
    write_all();
    for (uint32_t n = 0; n < STEP_RECORDS && e == ERR_OK && reads > 0; n++) {
        struct page *p = page_next(sweep);

        if (p == NULL && sweep == 0)
            break;
        sweep = p == NULL ? 0 : p->number + 1;
        if (p != NULL && p->place != PLACE_NONE && PLACE_AREA(p->place) == device)
            e = leave(p, &reads);
    }
    read_send();
    *left = area_taken(device);
    if (*left > 0)
        return e;
    area_close(device);
    return ERR_OK;
}
