/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drop.c - giving pages up in runs; see drop.h.
 */
#include "drop.h"

#include "frame.h"
#include "rt.h"
#include "swap.h"

#define RUN 64u /* frame.give's limit */

/* Pages that the frame server took by force may be with the swap server already, by the names
 * of their slots: nobody will ask for them. */
static void taken_forget(const struct drop *d)
{
    for (uint32_t i = 0; d->store != CAP_NULL && i < d->run.count; i++) {
        struct swap_put_req q = {.first = d->run.first + i, .count = 1};
        struct swap_put_reply r;
        struct swap_drop_req drop = {.count = 1};
        struct swap_drop_reply dropped;

        if (swap_put(d->store, &q, &r, NULL) != ERR_OK)
            continue;
        drop.handle = r.handle;
        swap_drop(d->store, &drop, &dropped, NULL);
    }
}

static enum err frames_give(const struct drop *d)
{
    struct frame_give_req q = {.first = d->run.first, .count = d->run.count};
    struct frame_give_reply r = {0};
    enum err e = frame_give(d->memory, &q, &r, NULL);

    if (d->store == CAP_NULL || (e == ERR_OK && r.taken == q.count))
        return e;
    if (e == ERR_OK || e == ERR_BAD_HANDLE) {
        taken_forget(d);
        return ERR_OK;
    }
    return e;
}

static void run_end(struct drop *d)
{
    enum err e;

    if (d->run.count == 0)
        return;
    e = d->frames ? frames_give(d) : cap_delete(d->run.first, d->run.count);
    /* A slot that is not empty must not be offered again: it is lost, and so is a page. */
    if (e == ERR_OK)
        slots_return(d->slots, d->run.first, d->run.count);
    else
        log_line("%u pages could not be given up: %s", (unsigned)d->run.count, err_text(e));
    d->run.count = 0;
}

static void handles_end(struct drop *d)
{
    struct swap_drop_req q = {.handle = d->handles.first, .count = d->handles.count};
    struct swap_drop_reply r;

    /* one that the server does not have is no handle any more */
    if (q.count > 0)
        swap_drop(d->store, &q, &r, NULL);
    d->handles.count = 0;
}

void drop_end(struct drop *d)
{
    run_end(d);
    handles_end(d);
}

/* false: it is no neighbour, or the run is full. */
static bool run_add(struct drop_run *r, uint32_t one, uint32_t limit)
{
    bool below = one + 1 == r->first;

    if (r->count == limit || (r->count > 0 && one != r->first + r->count && !below))
        return false;
    if (r->count == 0 || below)
        r->first = one;
    r->count++;
    return true;
}

static void drop_add(struct drop *d, cap_t slot, bool frames)
{
    if (d->frames != frames || !run_add(&d->run, slot, RUN)) {
        run_end(d);
        run_add(&d->run, slot, RUN);
    }
    d->frames = frames;
}

void drop_frame(struct drop *d, cap_t slot)
{
    drop_add(d, slot, true);
}

void drop_derived(struct drop *d, cap_t slot)
{
    drop_add(d, slot, false);
}

void drop_handle(struct drop *d, uint32_t handle)
{
    if (handle == 0 || run_add(&d->handles, handle, SWAP_RUN_LIMIT))
        return;
    handles_end(d);
    run_add(&d->handles, handle, SWAP_RUN_LIMIT);
}
