/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stall.c - how long the task's threads wait for memory, told in the stall page: who chooses
 * whom to end, and how fast memory is taken back, goes by it.
 *
 * An event is counted from the handling that parked it for want of a frame, or of a page that
 * had been evicted, to the one that answers it. Waits for files are the disk's business.
 */
#include "frame.h"
#include "rt.h"
#include "state.h"

/* What has passed since the last change goes where it belongs. */
static void advance(struct frame_stall *s, uint32_t threads)
{
    uint64_t now = now_ns();

    if (s->since != 0) {
        s->some += now - s->since;
        if (s->parked >= threads)
            s->full += now - s->since;
    }
    s->since = now;
}

static void begin(struct frame_stall *s, enum stall why)
{
    s->parked++;
    s->memory += why == STALL_MEMORY;
    s->swapin += why == STALL_SWAPIN;
    s->refault += why == STALL_REFAULT;
}

void stall_account(struct task *t, struct event *e, enum event_end end)
{
    struct vm *vm = t->vm;
    enum stall why = end == EVENT_PARK ? vm->stall : STALL_NONE;

    if (vm->stalls == NULL || (why != STALL_NONE) == e->stalled)
        return;
    advance(vm->stalls, t->threads);
    e->stalled = why != STALL_NONE;
    if (e->stalled)
        begin(vm->stalls, why);
    else
        vm->stalls->parked--;
    if (vm->stalls->parked == 0)
        vm->stalls->since = 0;
    if (why == STALL_MEMORY)
        t->status->starved = instructions();
    else if (vm->stalls->parked == 0)
        t->status->starved = 0;
}

void stall_swapped(struct vm *vm, int change)
{
    if (vm->stalls != NULL)
        vm->stalls->swapped += (uint32_t)change;
}
