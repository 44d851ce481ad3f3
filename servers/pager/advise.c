/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * advise.c - what a program says or asks about its memory: madvise, msync, mincore.
 */
#include "object.h"

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

/* Starts the reading of what is not here, page by page: nothing is waited for. */
static enum err will_need(struct task *t, const struct region *r, uintptr_t at, uintptr_t end)
{
    struct vm *vm = t->vm;

    while (at < end) {
        const struct page *p = page_find(&vm->pages, at);
        bool out = p != NULL && p->state == PAGE_OUT;
        size_t ready = PAGE_SIZE;
        enum err e = ERR_OK;

        if (out || (r->object != NULL && (p == NULL || p->state == PAGE_NONE)))
            e = vm_present(t, at, end - at, false, &ready);
        if (e == ERR_PENDING)
            ready = REPLY_PAGES * PAGE_SIZE;
        else if (e != ERR_OK)
            break;
        at += ready;
    }
    return ERR_OK;
}

/* The hardware forgets that it was referenced. */
static enum err cold(struct task *t, uintptr_t at, uintptr_t end)
{
    uint8_t bits[CHUNK_PAGES];

    for (at = page_next(&t->vm->pages, at, end); at < end; at = page_next(&t->vm->pages, at, end)) {
        uintptr_t stop = (at | (CHUNK_BYTES - 1)) + 1;

        if (stop > end)
            stop = end;
        space_harvest(t->space, at, (unsigned)((stop - at) / PAGE_SIZE), HARVEST_A, bits);
        at = stop;
    }
    return ERR_OK;
}

static enum err populate(struct task *t, const struct region *r, uintptr_t at, uintptr_t end,
                         unsigned right)
{
    enum err e = ERR_OK;
    size_t ready;

    if (!(r->rights & right))
        return ERR_BAD_ARG;
    for (; e == ERR_OK && at < end; at += ready)
        e = vm_present(t, at, end - at, right == VM_WRITE, &ready);
    return e;
}

/* The part of one region. */
static enum err region_advise(struct task *t, const struct region *r, uintptr_t at, uintptr_t end,
                              enum vm_advice advice)
{
    if (r->flags & REGION_LOCKED && advice >= VM_DONTNEED && advice <= VM_PAGEOUT)
        return ERR_BAD_ARG;
    if (advice == VM_FREE && (r->object != NULL || r->flags & REGION_SHARED))
        return ERR_BAD_ARG;
    switch (advice) {
    case VM_WILLNEED:
        return will_need(t, r, at, end);
    case VM_DONTNEED:
    case VM_FREE:
        pages_drop(t, at, end);
        return ERR_OK;
    case VM_COLD:
        return cold(t, at, end);
    case VM_PAGEOUT:
        evict_range(t, at, end);
        return ERR_OK;
    default:
        return populate(t, r, at, end, advice == VM_POPULATE_WRITE ? VM_WRITE : VM_READ);
    }
}

/* What is mapped was advised, as Linux does it. */
static enum err each_region(struct task *t, uintptr_t at, uintptr_t end, enum vm_advice advice)
{
    struct regions *s = &t->vm->regions;
    const struct region *r;
    bool hole = false;

    for (; at < end; at = r->end) {
        enum err e;

        r = region_from(s, at);
        if (r == NULL || r->start >= end)
            return ERR_NO_MEMORY;
        hole |= r->start > at;
        e = region_advise(t, r, r->start > at ? r->start : at, r->end < end ? r->end : end, advice);
        if (e != ERR_OK)
            return e;
    }
    return hole ? ERR_NO_MEMORY : ERR_OK;
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
    if (advice > VM_SEQUENTIAL)
        return each_region(t, address, end, advice);
    if (!regions_reserve(&vm->regions, 2))
        return ERR_NO_MEMORY;
    range_flags(vm, address, end, REGION_RANDOM | REGION_SEQUENTIAL, flag[advice]);
    return regions_cover(&vm->regions, address, end) ? ERR_OK : ERR_NO_MEMORY;
}

static enum err region_sync(const struct region *r, uintptr_t at, uintptr_t end)
{
    struct object_sync_req q = {.handle = r->object->handle, .index = region_index(r, at)};
    struct object_sync_reply reply;

    q.count = (uint32_t)((end - at) / PAGE_SIZE);
    return object_sync(r->object->server, &q, &reply, NULL);
}

enum err vm_sync(struct task *t, uintptr_t address, size_t bytes, unsigned flags)
{
    struct regions *s = &t->vm->regions;
    uintptr_t end;
    enum err e = range_check(t->vm, address, bytes, &end);

    for (const struct region *r = region_from(s, address);
         e == ERR_OK && r != NULL && r->start < end; r = region_after(s, r)) {
        uintptr_t from = r->start > address ? r->start : address, to = r->end < end ? r->end : end;

        if (flags & VM_SYNC_FRESH && r->flags & REGION_LOCKED)
            e = ERR_BUSY;
        else if (r->object != NULL && r->flags & REGION_SHARED && !(flags & VM_SYNC_LATER))
            e = region_sync(r, from, to);
    }
    if (e != ERR_OK || end == address)
        return e;
    return regions_cover(s, address, end) ? ERR_OK : ERR_NO_MEMORY;
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
