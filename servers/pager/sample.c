/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sample.c - sampled mode: which pages were referenced, by the hardware's accessed bits.
 *
 * A sweep reads and clears the bits of all pages in the set, a chunk a call, and tells the
 * policy those that were set. Sweeps come by loads, not by time: a task that does not fault
 * needs no order among its pages. A policy that decides by the bit at its hand asks for one
 * page (test_clear_ref) and sees what happened since the last sweep. In a set without a limit,
 * where memory is short and not an experiment, one that is told of sweeps has seen enough if the
 * last one is recent: a call to the kernel for each page that its hand passes costs more than
 * bringing one back that was chosen a little too early.
 */
#include "rt.h"
#include "state.h"

#define SWEEP_MIN    16u
#define SWEEP_SHARE  8u /* a sweep for every eighth of the set that was loaded, under a limit */
#define LATELY_SHARE 4u /* without one for every quarter */

static void touch(struct vm *vm, const pol_slot *slot, unsigned *n)
{
    resident_touch(&vm->resident, slot, *n);
    *n = 0;
}

/* One chunk: `bits` has a byte for each of its pages. */
static void chunk_tell(struct vm *vm, uintptr_t base, const uint8_t *bits)
{
    const struct page *p = page_find(&vm->pages, base);
    pol_slot slot[RESIDENT_BATCH];
    unsigned n = 0;

    for (unsigned i = 0; i < CHUNK_PAGES; i++) {
        if (!(bits[i] & HARVEST_A) || p[i].resident == PAGE_NOT_RESIDENT)
            continue;
        slot[n++] = p[i].resident;
        if (n == RESIDENT_BATCH)
            touch(vm, slot, &n);
    }
    touch(vm, slot, &n);
}

static bool chunk_has_residents(struct vm *vm, uintptr_t base)
{
    const struct page *p = page_find(&vm->pages, base);

    for (unsigned i = 0; i < CHUNK_PAGES; i++)
        if (p[i].resident != PAGE_NOT_RESIDENT)
            return true;
    return false;
}

static void sweep(struct task *t)
{
    struct vm *vm = t->vm;
    uint8_t bits[CHUNK_PAGES];
    uintptr_t at = page_next(&vm->pages, 0, vm->top);

    vm->sweeps++;
    while (at < vm->top) {
        uintptr_t base = at & ~(uintptr_t)(CHUNK_BYTES - 1);

        if (chunk_has_residents(vm, base) &&
            space_harvest(t->space, base, CHUNK_PAGES, HARVEST_A, bits) == ERR_OK)
            chunk_tell(vm, base, bits);
        at = page_next(&vm->pages, base + CHUNK_BYTES, vm->top);
    }
    resident_tick(&vm->resident);
    vm->swept_at = vm->resident.loads;
}

static uint32_t interval_of(uint32_t pages, uint32_t share)
{
    return pages / share < SWEEP_MIN ? SWEEP_MIN : pages / share;
}

static bool swept_lately(const struct vm *vm)
{
    return !vm->limited && vm->sweeps > 0 &&
           vm->resident.loads - vm->swept_at < vm->resident.count / LATELY_SHARE;
}

void sample_before(struct task *t, unsigned loads)
{
    struct vm *vm = t->vm;
    const struct replacement *policy = vm->resident.policy;

    if (vm->exact || (policy->touched == NULL && policy->tick == NULL))
        return;
    if (vm->sweep_in > loads) {
        vm->sweep_in -= loads;
        return;
    }
    vm->sweep_in = interval_of(vm->resident.env.nframes, SWEEP_SHARE);
    sweep(t);
}

void sample_now(struct task *t)
{
    struct vm *vm = t->vm;
    const struct resident *set = &vm->resident;

    if (vm->exact || (set->policy->touched == NULL && set->policy->tick == NULL))
        return;
    if (set->loads - vm->swept_at >=
        interval_of(set->count, vm->limited ? SWEEP_SHARE : LATELY_SHARE))
        sweep(t);
}

bool sample_test_clear(struct task *t, uintptr_t page)
{
    const struct vm *vm = t->vm;
    uint8_t bits;

    if (vm->exact || (vm->resident.policy->touched != NULL && swept_lately(vm)))
        return false;
    t->vm->probes++;
    return space_harvest(t->space, page, 1, HARVEST_A, &bits) == ERR_OK && bits & HARVEST_A;
}
