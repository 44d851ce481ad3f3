/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map.c - mappings: made, removed, and given other rights; the break.
 *
 * Check, then act: first the arguments, then limits and room (regions_reserve), then what
 * cannot fail.
 */
#include "rt.h"
#include "state.h"

#include <stdlib.h>

bool range_ok(const struct vm *vm, uintptr_t address, size_t bytes, uintptr_t *end)
{
    if (address % PAGE_SIZE != 0 || bytes == 0 || address >= vm->top || bytes > vm->top - address)
        return false;
    *end = page_up(address + bytes);
    return true;
}

bool space_left(const struct vm *vm, size_t pages)
{
    return vm->limit_space == VM_NO_LIMIT ||
           (uint64_t)(vm->regions.pages + pages) * PAGE_SIZE <= vm->limit_space;
}

void range_clear(struct task *t, uintptr_t start, uintptr_t end)
{
    pages_drop(t, start, end);
    regions_cut(&t->vm->regions, start, end);
}

void range_populate(struct task *t, uintptr_t start, uintptr_t end)
{
    while (start < end) {
        const struct region *r = region_at(&t->vm->regions, start);
        size_t ready = 0;

        if (r == NULL || r->rights == 0)
            return;
        if (vm_present(t, start, end - start, r->rights & RIGHT_WRITE, &ready) != ERR_OK)
            return;
        start += ready;
    }
}

void range_flags(struct vm *vm, uintptr_t start, uintptr_t end, unsigned clear, unsigned set)
{
    struct regions *s = &vm->regions;

    regions_split(s, start);
    regions_split(s, end);
    for (struct region *r = region_from(s, start); r != NULL && r->start < end;
         r = region_after(s, r))
        r->flags = (uint8_t)((r->flags & ~clear) | set);
    regions_join(s, start, end);
}

/* What the hardware has: write and execute include read. */
static unsigned rights_real(unsigned rights)
{
    rights &= VM_READ | VM_WRITE | VM_EXECUTE;
    return rights == 0 ? 0 : rights | VM_READ;
}

static size_t pages_mapped(struct vm *vm, uintptr_t start, uintptr_t end)
{
    size_t pages = 0;

    for (const struct region *r = region_from(&vm->regions, start); r != NULL && r->start < end;
         r = region_after(&vm->regions, r)) {
        uintptr_t from = r->start > start ? r->start : start;
        uintptr_t to = r->end < end ? r->end : end;

        pages += (to - from) / PAGE_SIZE;
    }
    return pages;
}

/* ---- vm_map ---- */

static bool of_object(const struct vm_mapping *m)
{
    return m->object != NULL || m->handle != VM_ANONYMOUS;
}

static enum err mapping_check(const struct vm *vm, const struct vm_mapping *m)
{
    if (m->bytes == 0 || m->offset % PAGE_SIZE != 0 ||
        (m->flags & VM_FIXED && m->address % PAGE_SIZE != 0))
        return ERR_BAD_ARG;
    if (m->bytes > vm->top - VM_LOWEST)
        return ERR_NO_MEMORY;
    if (of_object(m) && m->offset / PAGE_SIZE + page_up(m->bytes) / PAGE_SIZE > UINT32_MAX)
        return ERR_BAD_ARG;
    if (of_object(m) && m->flags & VM_SHARED && m->rights & VM_WRITE && !(m->flags & VM_MAY_WRITE))
        return ERR_NO_ACCESS;
    return ERR_OK;
}

/* Where it goes; nothing is changed yet. */
static enum err mapping_place(struct vm *vm, const struct vm_mapping *m, uintptr_t *at)
{
    struct regions *s = &vm->regions;
    size_t bytes = page_up(m->bytes);
    uintptr_t hint = page_down(m->address);

    if (m->flags & VM_FIXED) {
        if (m->address < VM_LOWEST)
            return ERR_NO_ACCESS;
        if (m->address >= vm->top || bytes > vm->top - m->address)
            return ERR_NO_MEMORY;
        *at = m->address;
        if (m->flags & VM_NOREPLACE && pages_mapped(vm, *at, *at + bytes) > 0)
            return ERR_EXISTS;
        return ERR_OK;
    }
    *at = 0;
    if (hint >= VM_LOWEST && hint < vm->top && bytes <= vm->top - hint)
        *at = regions_room(s, bytes, hint, hint + bytes, VM_STACK_GAP);
    if (*at == 0)
        *at = regions_room(s, bytes, vm->map_low, vm->top, VM_STACK_GAP);
    if (*at == 0)
        *at = regions_room(s, bytes, VM_LOWEST, vm->map_low, VM_STACK_GAP);
    return *at == 0 ? ERR_NO_MEMORY : ERR_OK;
}

static struct region mapping_region(struct vm *vm, const struct vm_mapping *m, uintptr_t at)
{
    struct region r = {
        .start = at,
        .end = at + page_up(m->bytes),
        .rights = (uint8_t)rights_real(m->rights),
        .rights_max = VM_READ | VM_WRITE | VM_EXECUTE,
    };

    r.flags = (uint8_t)((m->flags & VM_SHARED ? REGION_SHARED : 0) |
                        (m->flags & VM_GROWSDOWN ? REGION_GROWS : 0) |
                        (m->flags & VM_LOCKED || vm->lock_future ? REGION_LOCKED : 0));
    if (!of_object(m))
        return r;
    r.index = (uint32_t)(m->offset / PAGE_SIZE);
    r.area = ++vm->areas;
    if (m->flags & VM_SHARED && !(m->flags & VM_MAY_WRITE))
        r.rights_max = VM_READ | VM_EXECUTE;
    return r;
}

enum err vm_map(struct task *t, const struct vm_mapping *m, uintptr_t *at)
{
    struct vm *vm = t->vm;
    struct region r;
    enum err e = mapping_check(vm, m);

    if (e == ERR_OK)
        e = mapping_place(vm, m, at);
    if (e != ERR_OK)
        return e;
    r = mapping_region(vm, m, *at);
    if (!space_left(vm, region_pages(&r) - pages_mapped(vm, r.start, r.end)) ||
        !regions_reserve(&vm->regions, 3))
        return ERR_NO_MEMORY;
    r.object = m->object;
    if (r.object == NULL && m->handle != VM_ANONYMOUS) {
        r.object = malloc(sizeof(*r.object));
        if (r.object == NULL)
            return ERR_NO_MEMORY;
        *r.object = (struct object){.server = t->file, .handle = m->handle};
    }
    range_clear(t, r.start, r.end);
    regions_add(&vm->regions, &r);
    if (m->flags & (VM_POPULATE | VM_LOCKED) || vm->lock_future == VM_LOCK_NOW)
        range_populate(t, r.start, r.end);
    return ERR_OK;
}

/* ---- unmap, protect ---- */

enum err vm_unmap(struct task *t, uintptr_t address, size_t bytes)
{
    uintptr_t end;

    if (!range_ok(t->vm, address, bytes, &end))
        return ERR_BAD_ARG;
    if (!regions_reserve(&t->vm->regions, 2))
        return ERR_NO_MEMORY;
    range_clear(t, address, end);
    return ERR_OK;
}

enum err vm_protect(struct task *t, uintptr_t address, size_t bytes, unsigned rights)
{
    struct regions *s = &t->vm->regions;
    unsigned real = rights_real(rights);
    uintptr_t end;

    if (address % PAGE_SIZE != 0)
        return ERR_BAD_ARG;
    if (bytes == 0)
        return ERR_OK;
    if (!range_ok(t->vm, address, bytes, &end) || !regions_cover(s, address, end))
        return ERR_NO_MEMORY;
    for (const struct region *r = region_from(s, address); r != NULL && r->start < end;
         r = region_after(s, r))
        if ((real & r->rights_max) != real)
            return ERR_NO_ACCESS;
    if (!regions_reserve(s, 2))
        return ERR_NO_MEMORY;
    regions_split(s, address);
    regions_split(s, end);
    for (struct region *r = region_from(s, address); r != NULL && r->start < end;
         r = region_after(s, r))
        r->rights = (uint8_t)real;
    pages_protect(t, address, end, real);
    regions_join(s, address, end);
    return ERR_OK;
}

/* The kernel makes code visible when it maps it, so it is mapped anew when it is next used. */
void vm_flush_code(struct task *t, uintptr_t address, size_t bytes)
{
    uintptr_t top = t->vm->top, start = address < top ? page_down(address) : top;
    uintptr_t end = bytes < top - start ? page_up(address + bytes) : top;

    for (const struct region *r = region_from(&t->vm->regions, start); r != NULL && r->start < end;
         r = region_after(&t->vm->regions, r))
        if (r->rights & VM_EXECUTE)
            pages_unmap(t, r->start > start ? r->start : start, r->end < end ? r->end : end);
}

/* ---- the break ---- */

static bool heap_grow(struct vm *vm, uintptr_t end, uintptr_t wanted)
{
    const struct region *above = region_from(&vm->regions, end);
    struct region more = {.start = end,
                          .end = page_up(wanted),
                          .rights = VM_READ | VM_WRITE,
                          .rights_max = VM_READ | VM_WRITE | VM_EXECUTE,
                          .flags = REGION_HEAP | (vm->lock_future ? REGION_LOCKED : 0)};
    size_t gap = above != NULL && above->flags & REGION_GROWS ? VM_STACK_GAP : 0;

    if (above != NULL && (above->start < more.end || above->start - more.end < gap))
        return false;
    if (!space_left(vm, region_pages(&more)) || !regions_reserve(&vm->regions, 1))
        return false;
    regions_add(&vm->regions, &more);
    return true;
}

uintptr_t vm_brk(struct task *t, uintptr_t wanted)
{
    struct vm *vm = t->vm;
    uintptr_t end = page_up(vm->heap_end);

    if (wanted < vm->heap || wanted > vm->top - PAGE_SIZE)
        return vm->heap_end;
    if (page_up(wanted) > end && !heap_grow(vm, end, wanted))
        return vm->heap_end;
    if (page_up(wanted) < end) {
        if (!regions_reserve(&vm->regions, 2))
            return vm->heap_end;
        range_clear(t, page_up(wanted), end);
    }
    vm->heap_end = wanted;
    if (vm->lock_future == VM_LOCK_NOW && page_up(wanted) > end)
        range_populate(t, end, page_up(wanted));
    return wanted;
}

void vm_set_limit(struct task *t, enum vm_limit which, uint64_t bytes)
{
    if (which == VM_LIMIT_SPACE)
        t->vm->limit_space = bytes;
    else
        t->vm->limit_stack = bytes;
}
