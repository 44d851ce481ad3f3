/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * numbers.c - what there is to tell: sizes and mappings for /proc, the run for the log.
 */
#include "rt.h"
#include "state.h"

#include <string.h>

static void region_count(const struct region *r, struct vm_numbers *n)
{
    size_t pages = region_pages(r);

    n->mapped += pages;
    if (r->flags & REGION_GROWS)
        n->stack += pages;
    else if (r->rights & RIGHT_EXECUTE && r->object != NULL)
        n->text += pages;
    else if (r->rights & RIGHT_WRITE && !(r->flags & REGION_SHARED))
        n->data += pages;
    if (r->flags & REGION_SHARED)
        n->shared += pages;
}

static void page_count(const struct page *p, struct vm_numbers *n)
{
    n->file += state_in(p->state, PAGES_OBJECT);
    n->out += p->state == PAGE_OUT;
}

void vm_numbers(const struct task *t, struct vm_numbers *n)
{
    struct vm *vm = t->vm;

    memset(n, 0, sizeof(*n));
    n->heap = vm->heap;
    n->heap_end = vm->heap_end;
    n->resident = t->status->resident;
    for (const struct region *r = region_from(&vm->regions, 0); r != NULL;
         r = region_after(&vm->regions, r))
        region_count(r, n);
    for (uintptr_t at = page_next(&vm->pages, 0, vm->top); at < vm->top;
         at = page_next(&vm->pages, at + PAGE_SIZE, vm->top))
        page_count(page_find(&vm->pages, at), n);
}

bool vm_next(const struct task *t, uintptr_t address, struct vm_mapping *m)
{
    const struct region *r = region_from(&t->vm->regions, address);

    if (r == NULL)
        return false;
    *m = (struct vm_mapping){
        .address = r->start,
        .bytes = r->end - r->start,
        .rights = r->rights,
        .flags = (r->flags & REGION_SHARED ? VM_SHARED : 0) |
                 (r->flags & REGION_GROWS ? VM_GROWSDOWN : 0) |
                 (r->flags & REGION_LOCKED ? VM_LOCKED : 0),
        .handle = r->object == NULL || r->object->anonymous ? VM_ANONYMOUS : r->object->handle,
        .object = r->object != NULL && r->object->anonymous ? r->object : NULL,
        .offset = (uint64_t)r->index * PAGE_SIZE,
    };
    return true;
}

void vm_finish(struct task *t)
{
    const struct vm *vm = t->vm;
    const struct resident *set = &vm->resident;

    exact_flush(t->vm);
    if (!vm->limited)
        return;
    log_line("policy %s, %s: %u of %u pages, %llu loads, %u evicted, %u refused, %u by age, "
             "%u bad, %u ghosts, %u beyond, %u sweeps, %u probes%s",
             set->policy->name, vm->exact ? "exact" : "sampled", (unsigned)set->count,
             (unsigned)set->env.nframes, (unsigned long long)set->loads,
             (unsigned)t->status->evicted_clean, (unsigned)set->refused, (unsigned)set->fallbacks,
             (unsigned)set->bad_slots, (unsigned)vm->ghosts, (unsigned)vm->beyond,
             (unsigned)vm->sweeps, (unsigned)vm->probes, set->faulty ? ", faulty" : "");
}
