/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * advise.c - what a program says or asks about its memory: madvise, msync, mincore, mlock.
 */
#include "rt.h"
#include "state.h"

static enum err range_check(struct vm *vm, uintptr_t address, size_t bytes, uintptr_t *end)
{
    if (address % PAGE_SIZE != 0)
        return ERR_BAD_ARG;
    *end = address;
    if (bytes == 0)
        return ERR_OK;
    return range_ok(vm, address, bytes, end) ? ERR_OK : ERR_NO_MEMORY;
}

static enum err dont_need(struct task *t, uintptr_t address, uintptr_t end)
{
    struct regions *s = &t->vm->regions;

    for (const struct region *r = region_from(s, address); r != NULL && r->start < end;
         r = region_after(s, r))
        if (r->flags & REGION_LOCKED)
            return ERR_BAD_ARG;
    pages_drop(t, address, end);
    return ERR_OK;
}

enum err vm_advise(struct task *t, uintptr_t address, size_t bytes, enum vm_advice advice)
{
    static const unsigned flag[] = {
        [VM_RANDOM] = REGION_RANDOM, [VM_SEQUENTIAL] = REGION_SEQUENTIAL};
    struct vm *vm = t->vm;
    uintptr_t end;
    enum err e = range_check(vm, address, bytes, &end);

    if (e != ERR_OK || end == address)
        return e;
    if (advice == VM_DONTNEED)
        e = dont_need(t, address, end);
    else if (advice == VM_WILLNEED)
        range_populate(t, address, end);
    else if (!regions_reserve(&vm->regions, 2))
        e = ERR_NO_MEMORY;
    else
        range_flags(vm, address, end, REGION_RANDOM | REGION_SEQUENTIAL, flag[advice]);
    /* what is mapped was advised, as Linux does it */
    return e == ERR_OK && !regions_cover(&vm->regions, address, end) ? ERR_NO_MEMORY : e;
}

enum err vm_sync(struct task *t, uintptr_t address, size_t bytes)
{
    uintptr_t end;
    enum err e = range_check(t->vm, address, bytes, &end);

    if (e != ERR_OK || end == address)
        return e;
    return regions_cover(&t->vm->regions, address, end) ? ERR_OK : ERR_NO_MEMORY;
}

enum err vm_incore(struct task *t, uintptr_t address, size_t pages, uint8_t *out)
{
    struct vm *vm = t->vm;

    if (address % PAGE_SIZE != 0)
        return ERR_BAD_ARG;
    if (address >= vm->top || pages > (vm->top - address) / PAGE_SIZE ||
        (pages > 0 && !regions_cover(&vm->regions, address, address + pages * PAGE_SIZE)))
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < pages; i++) {
        const struct page *p = page_find(&vm->pages, address + i * PAGE_SIZE);

        out[i] = p != NULL && state_in(p->state, PAGES_THERE);
    }
    return ERR_OK;
}

enum err vm_lock(struct task *t, uintptr_t address, size_t bytes, bool locked)
{
    struct vm *vm = t->vm;
    uintptr_t end, at = address;
    enum err e = range_check(vm, address, bytes, &end);

    if (e != ERR_OK || end == address)
        return e;
    if (!regions_cover(&vm->regions, address, end) || !regions_reserve(&vm->regions, 2))
        return ERR_NO_MEMORY;
    range_flags(vm, address, end, REGION_LOCKED, locked ? REGION_LOCKED : 0);
    while (locked && at < end && e == ERR_OK) {
        const struct region *r = region_at(&vm->regions, at);
        size_t ready = 0;

        e = vm_present(t, at, (r->end < end ? r->end : end) - at, r->rights & RIGHT_WRITE, &ready);
        at += ready;
    }
    return e == ERR_FAULT ? ERR_NO_MEMORY : e;
}
