/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drop.c - giving pages up in runs; see drop.h.
 */
#include "drop.h"

#include "rt.h"
#include "swap.h"

#define RUN 64u /* frame.give's limit */
_Static_assert(RUN <= SWAP_FORGET_MAX, "a run is forgotten in one message");

/* Pages that the frame server took by force may be with the swap server already, by the names
 * of their slots. It must know before the slots are used again: it would take the page that is
 * in one then for the page that was. */
static void taken_forget(const struct drop *d, cap_t first, uint32_t count)
{
    struct swap_forget_req q = {.first = first, .count = count};
    struct swap_forget_reply r;

    swap_forget(d->store, &q, &r, NULL);
}

static void all_taken_forget(const struct drop *d)
{
    taken_forget(d, d->run.first, d->run.count);
    for (unsigned i = 0; i < d->lonely; i++)
        taken_forget(d, d->alone[i], 1);
}

static enum err frames_give(const struct drop *d)
{
    struct frame_give_req q = {.first = d->run.first, .count = d->run.count};
    struct frame_give_reply r = {0};
    enum err e;

    for (unsigned i = 0; i < d->lonely; i++)
        q.alone[i] = d->alone[i];
    e = frame_give(d->memory, &q, &r, NULL);
    if (d->store == CAP_NULL || (e == ERR_OK && r.taken == q.count + d->lonely))
        return e;
    if (e == ERR_OK || e == ERR_BAD_HANDLE) {
        all_taken_forget(d);
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
    if (e != ERR_OK)
        log_line("%u pages could not be given up: %s", (unsigned)d->run.count + d->lonely,
                 err_text(e));
    else
        slots_return(d->slots, d->run.first, d->run.count);
    for (unsigned i = 0; e == ERR_OK && i < d->lonely; i++)
        slots_return(d->slots, d->alone[i], 1);
    d->run.count = 0;
    d->lonely = 0;
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

/* A frame that is no neighbour of the next one waits for the others. */
static bool run_alone(struct drop *d)
{
    if (!d->frames || d->run.count != 1 || d->lonely == FRAME_GIVE_ALONE)
        return false;
    d->alone[d->lonely++] = d->run.first;
    d->run.count = 0;
    return true;
}

static void drop_add(struct drop *d, cap_t slot, bool frames)
{
    if (d->frames != frames || !run_add(&d->run, slot, RUN)) {
        if (d->frames != frames || !run_alone(d))
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
