/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pressure.c - memory that is wanted back, and memory that is not there.
 *
 * The frame server asks by the session page: first the pool goes, which nobody uses; then what
 * the policy names, be it clean or dirty. It counts what returns, and nothing is said. What the
 * store cannot take just now is owed until it says that it can.
 *
 * A fault that finds no frame makes room itself: a clean victim's frame is there at once, a dirty
 * one's when the store has written it, and then the frame server raises our bit. So the fault
 * waits, parked. When nothing can go and nothing is on its way, others may give some back, or the
 * one is ended who has most; if that helps nobody for STARVED_NS, the task gives up.
 *
 * A deaf supervisor, for experiments, does nothing of that: it gives neither pool nor page, and who
 * finds no frame waits until the frame server has taken some.
 */
#include "frame.h"
#include "rt.h"
#include "state.h"

#define STARVED_NS 5000000000u
#define AGAIN_NS   100000000u /* a look whether that time has passed */

/* Evicts until so many frames are on their way out, as far as that goes. */
static void reclaim(struct task *t, uint32_t pages)
{
    struct vm *vm = t->vm;
    uint32_t before = vm->freed + vm->put, gone = 0;

    if (!vm->ruled || vm->deaf)
        return;
    reclaim_begin();
    vm->store_full = vm->store_late = false;
    resident_wake(&vm->resident);
    sample_now(t);
    while (gone < pages) {
        uint32_t left = pages - gone;

        if (evict_some(t, left < RESIDENT_BATCH ? left : RESIDENT_BATCH) == 0)
            break;
        gone = vm->freed + vm->put - before;
    }
    vm->owed = vm->store_late && gone < pages ? pages - gone : 0;
    reclaim_end();
}

void memory_wanted(struct task *t)
{
    struct vm *vm = t->vm;
    uint32_t target = vm->told == NULL ? 0 : vm->told->target, pooled;

    if (vm->deaf)
        return;
    if (vm->told != NULL && vm->stalls != NULL)
        vm->stalls->heard = vm->told->deadline;
    reclaim_begin();
    pooled = pool_return(&vm->pool) + spares_return(vm);
    if (target > 0)
        vm->pressed_at = vm->resident.loads;
    t->status->pool = vm->pool.left;
    if (target > pooled)
        reclaim(t, target - pooled);
    reclaim_end();
}

void store_ready(struct task *t)
{
    desk_read(t);
    if (t->vm->owed > 0)
        reclaim(t, t->vm->owed);
}

enum err memory_late(struct task *t)
{
    uint64_t look = now_ns() + AGAIN_NS;

    t->vm->stall = STALL_MEMORY;
    if (t->deadline == 0 || t->deadline > look)
        t->deadline = look;
    return ERR_PENDING;
}

/* Nothing of ours can go. */
static enum err starve(struct task *t)
{
    struct vm *vm = t->vm;
    uint64_t now = now_ns();

    if (vm->told == NULL || (vm->pool.why == ERR_LIMIT && vm->owed == 0 && !vm->told->waiting))
        return ERR_LIMIT;
    if (vm->starving == 0)
        vm->starving = now;
    if (now - vm->starving > STARVED_NS)
        return ERR_LIMIT;
    return memory_late(t);
}

enum err memory_make(struct task *t)
{
    struct vm *vm = t->vm;
    uint32_t freed = vm->freed, put = vm->put;

    vm->stall = STALL_MEMORY;
    if (spares_return(vm) > 0)
        return ERR_OK;
    reclaim(t, RESIDENT_BATCH);
    if (vm->freed == freed && vm->put == put)
        return vm->store_late ? ERR_PENDING : starve(t);
    vm->starving = 0;
    return vm->freed != freed ? ERR_OK : ERR_PENDING;
}
