/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lock.c - pages that stay: mlock, mlockall, and what the frame server is told of it.
 *
 * A locked region's pages are no victims of ours. Their own frames are of class "locked" while
 * the region is, so that nobody takes them by force either. Frames of objects are their
 * managers' to keep or take; a page that was taken comes back when it is touched.
 */
#include "frame.h"
#include "rt.h"
#include "state.h"

/* A run of neighbouring slots. */
struct slot_run {
    uint32_t first, count, class;
};

static void run_tell(struct vm *vm, struct slot_run *r)
{
    struct frame_reclass_req q = {.first = r->first, .count = r->count, .class = r->class};
    struct frame_reclass_reply reply;

    /* one that is not told is taken last, not first, and brought back */
    if (r->count > 0)
        frame_reclass(vm->memory, &q, &reply, NULL);
    r->count = 0;
}

void pages_reclass(struct vm *vm, uintptr_t start, uintptr_t end, bool locked)
{
    struct slot_run r = {.class = locked ? FRAME_LOCKED : FRAME_PAGE};

    for (uintptr_t at = page_next(&vm->pages, start, end); at < end;
         at = page_next(&vm->pages, at + PAGE_SIZE, end)) {
        const struct page *p = page_find(&vm->pages, at);

        if (!state_in(p->state, PAGES_OWN))
            continue;
        if (r.count == RUN_MAX || p->slot != r.first + r.count)
            run_tell(vm, &r);
        if (r.count++ == 0)
            r.first = p->slot;
    }
    run_tell(vm, &r);
}

static void range_lock(struct vm *vm, uintptr_t start, uintptr_t end, bool locked)
{
    range_flags(vm, start, end, REGION_LOCKED, locked ? REGION_LOCKED : 0);
    pages_reclass(vm, start, end, locked);
}

enum err range_present(struct task *t, uintptr_t start, uintptr_t end, unsigned rights)
{
    while (start < end) {
        const struct region *r = region_at(&t->vm->regions, start);
        size_t ready = 0;
        enum err e;

        if (r == NULL)
            return ERR_NO_MEMORY;
        e = vm_present(t, start, (r->end < end ? r->end : end) - start,
                       r->rights & rights & VM_WRITE, &ready);
        if (e != ERR_OK)
            return e;
        start += ready;
    }
    return ERR_OK;
}

enum err vm_lock(struct task *t, uintptr_t address, size_t bytes, enum vm_lock how)
{
    struct vm *vm = t->vm;
    uintptr_t end = address;
    enum err e;

    if (address % PAGE_SIZE != 0)
        return ERR_BAD_ARG;
    if (bytes == 0)
        return ERR_OK;
    if (!range_ok(vm, address, bytes, &end) || !regions_cover(&vm->regions, address, end) ||
        !regions_reserve(&vm->regions, 2))
        return ERR_NO_MEMORY;
    range_lock(vm, address, end, how != VM_UNLOCK);
    e = how == VM_LOCK_NOW ? range_present(t, address, end, VM_WRITE) : ERR_OK;
    return e == ERR_FAULT ? ERR_NO_MEMORY : e;
}

enum err vm_lock_all(struct task *t, enum vm_lock now, enum vm_lock future)
{
    struct vm *vm = t->vm;

    vm->lock_future = future;
    if (now != VM_LOCK_KEEP)
        range_lock(vm, 0, vm->top, now != VM_UNLOCK);
    for (struct region *r = region_from(&vm->regions, 0); now == VM_LOCK_NOW && r != NULL;
         r = region_after(&vm->regions, r))
        range_populate(t, r->start, r->end);
    return ERR_OK;
}
