/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * remap.c - a mapping gets another size or place; its pages come along without being copied.
 *
 * Moved pages keep their capabilities and are mapped again when they are touched.
 */
#include "rt.h"
#include "state.h"

/* More of the same right behind it. */
static bool grow_in_place(struct vm *vm, const struct region *r, uintptr_t end, size_t more)
{
    const struct region *above = region_from(&vm->regions, end);
    struct region piece = *r;

    if (end != r->end || end + more > vm->top || r->tail != 0)
        return false;
    if (above != NULL && above->start < end + more)
        return false;
    if (above != NULL && above->flags & REGION_GROWS && above->start - end - more < VM_STACK_GAP)
        return false;
    piece.index = r->object == NULL ? 0 : region_index(r, end);
    piece.start = end;
    piece.end = end + more;
    regions_add(&vm->regions, &piece);
    return true;
}

/* Records for all pages that will move; false: no memory, and none was made. */
static bool records_prepare(struct task *t, uintptr_t from, uintptr_t end, uintptr_t to)
{
    struct pages *p = &t->vm->pages;

    for (uintptr_t at = page_next(p, from, end); at < end; at = page_next(p, at + PAGE_SIZE, end))
        if (page_make(p, to + (at - from)) == NULL) {
            pages_trim(p);
            return false;
        }
    return true;
}

/* No chunk goes on the way: one that is left may be one that others come to. */
static void records_move(struct task *t, uintptr_t from, uintptr_t end, uintptr_t to)
{
    struct vm *vm = t->vm;
    struct pages *p = &vm->pages;

    pages_unmap(t, from, end);
    for (uintptr_t at = page_next(p, from, end); at < end; at = page_next(p, at + PAGE_SIZE, end)) {
        struct page old = *page_find(p, at);
        uintptr_t there = to + (at - from);

        page_find(p, at)->resident = PAGE_NOT_RESIDENT;
        page_find(p, at)->handle = 0;
        page_set(p, at, PAGE_NONE, CAP_NULL);
        page_set(p, there, old.state, old.slot);
        page_find(p, there)->resident = old.resident;
        page_find(p, there)->handle = old.handle;
        if (old.resident != PAGE_NOT_RESIDENT)
            resident_page(&vm->resident, old.resident)->where = set_name(there);
    }
    pages_trim(p);
}

static enum err move_to(struct task *t, uintptr_t from, size_t old_bytes, size_t new_bytes,
                        uintptr_t to)
{
    struct vm *vm = t->vm;
    struct region r = *region_at(&vm->regions, from);
    size_t kept = old_bytes < new_bytes ? old_bytes : new_bytes;

    if (r.object != NULL)
        r.index = region_index(&r, from);
    r.start = to;
    r.end = to + new_bytes;
    r.flags &= (uint8_t) ~(unsigned)(REGION_GROWS | REGION_HEAP);
    range_clear(t, to, to + new_bytes);
    if (!records_prepare(t, from, from + kept, to))
        return ERR_NO_MEMORY;
    records_move(t, from, from + kept, to);
    regions_add(&vm->regions, &r);
    range_clear(t, from, from + old_bytes);
    return ERR_OK;
}

static enum err remap_check(struct vm *vm, uintptr_t address, size_t old_bytes, size_t new_bytes,
                            unsigned flags, uintptr_t to)
{
    uintptr_t end, to_end;
    const struct region *r;

    if (new_bytes == 0 || new_bytes > vm->top || !range_ok(vm, address, old_bytes, &end))
        return ERR_BAD_ARG;
    if (flags & VM_FIXED) {
        if (!range_ok(vm, to, new_bytes, &to_end) || (to < end && address < to_end))
            return ERR_BAD_ARG;
        if (to < VM_LOWEST)
            return ERR_NO_ACCESS;
    }
    r = region_at(&vm->regions, address);
    if (r == NULL || end > r->end || (r->tail != 0 && new_bytes > PAGE_SIZE))
        return ERR_FAULT;
    if (!regions_reserve(&vm->regions, 5))
        return ERR_NO_MEMORY;
    return ERR_OK;
}

enum err vm_remap(struct task *t, uintptr_t address, size_t old_bytes, size_t new_bytes,
                  unsigned flags, uintptr_t *at)
{
    struct vm *vm = t->vm;
    enum err e = remap_check(vm, address, old_bytes, new_bytes, flags, *at);
    uintptr_t to = *at;

    if (e != ERR_OK)
        return e;
    old_bytes = page_up(old_bytes);
    new_bytes = page_up(new_bytes);
    if (new_bytes > old_bytes && !space_left(vm, (new_bytes - old_bytes) / PAGE_SIZE))
        return ERR_NO_MEMORY;
    if (!(flags & VM_FIXED)) {
        *at = address;
        if (new_bytes < old_bytes)
            range_clear(t, address + new_bytes, address + old_bytes);
        if (new_bytes <= old_bytes || grow_in_place(vm, region_at(&vm->regions, address),
                                                    address + old_bytes, new_bytes - old_bytes))
            return ERR_OK;
        to = regions_room(&vm->regions, new_bytes, vm->map_low, vm->top, VM_STACK_GAP);
        if (!(flags & VM_REMAP_MOVE) || to == 0)
            return ERR_NO_MEMORY;
    }
    *at = to;
    return move_to(t, address, old_bytes, new_bytes, to);
}
