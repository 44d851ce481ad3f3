/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.c - page records together with what they stand for: slots, mappings, counters.
 *
 * Ranges are worked on chunk by chunk, where there are records: a hole costs nothing,
 * however large, and one call to the kernel does up to CHUNK_PAGES pages.
 */
#include "rt.h"
#include "state.h"

void page_forget(struct task *t, uintptr_t page)
{
    const struct page *p = page_find(&t->vm->pages, page);

    if (p != NULL && state_counts(p->state))
        t->status->resident--;
    if (p != NULL && p->state == PAGE_OUT) {
        stall_swapped(t->vm, -1);
        fill_forget(t->vm, page);
    }
    page_clear(&t->vm->pages, page);
}

cap_t frame_fresh(struct task *t, enum err *e)
{
    struct vm *vm = t->vm;
    struct cap_facts facts;
    struct drop d;
    cap_t frame;

    while ((frame = pool_take(&vm->pool, e)) != CAP_NULL) {
        if (cap_inspect(frame, &facts) != ERR_OK || facts.type != OBJ_NULL)
            return frame;
        drop_begin(&d, &vm->slots, vm->memory, vm->store);
        drop_frame(&d, frame);
        drop_end(&d);
    }
    return CAP_NULL;
}

unsigned fresh_run(struct vm *vm, const struct region *r, uintptr_t page, unsigned most)
{
    uintptr_t end = (page | (CHUNK_BYTES - 1)) + 1;

    if (end > r->end)
        end = r->end;
    if (most > REPLY_PAGES)
        most = REPLY_PAGES;
    if ((end - page) / PAGE_SIZE > most)
        end = page + most * PAGE_SIZE;
    return (unsigned)((page_next(&vm->pages, page + PAGE_SIZE, end) - page) / PAGE_SIZE);
}

unsigned run_before(struct vm *vm, const struct region *r, uintptr_t page, unsigned states,
                    unsigned most)
{
    unsigned n = 0;

    if ((page - r->start) / PAGE_SIZE < most)
        most = (unsigned)((page - r->start) / PAGE_SIZE);
    while (n < most) {
        const struct page *p = page_find(&vm->pages, page - (n + 1) * PAGE_SIZE);

        if (p == NULL || !state_in(p->state, states))
            break;
        n++;
    }
    return n;
}

unsigned run_behind(struct vm *vm, const struct region *r, uintptr_t page, unsigned states,
                    unsigned most)
{
    unsigned n = 0;

    if ((r->end - page) / PAGE_SIZE - 1 < most)
        most = (unsigned)((r->end - page) / PAGE_SIZE) - 1;
    while (n < most) {
        const struct page *p = page_find(&vm->pages, page + (n + 1) * PAGE_SIZE);

        if (p == NULL || !state_in(p->state, states))
            break;
        n++;
    }
    return n;
}

/* Calls `each` for the smallest pieces of [start, end) that hold all its records. */
static void pieces(struct task *t, uintptr_t start, uintptr_t end, unsigned rights,
                   void (*each)(struct task *t, uintptr_t at, unsigned pages, unsigned rights))
{
    struct pages *p = &t->vm->pages;

    for (uintptr_t at = page_next(p, start, end); at < end; at = page_next(p, at, end)) {
        uintptr_t stop = (at | (CHUNK_BYTES - 1)) + 1;

        if (stop > end)
            stop = end;
        each(t, at, (unsigned)((stop - at) / PAGE_SIZE), rights);
        at = stop;
    }
}

static void piece_unmap(struct task *t, uintptr_t at, unsigned pages, unsigned rights)
{
    (void)rights;
    space_unmap(t->space, at, pages);
}

static void piece_protect(struct task *t, uintptr_t at, unsigned pages, unsigned rights)
{
    space_protect(t->space, at, pages, rights);
}

void pages_unmap(struct task *t, uintptr_t start, uintptr_t end)
{
    pieces(t, start, end, 0, piece_unmap);
}

/* What becomes code is mapped anew when it is used: mapping makes it seen by instruction fetch. */
void pages_protect(struct task *t, uintptr_t start, uintptr_t end, unsigned rights)
{
    bool anew = rights == 0 || rights & VM_EXECUTE;

    pieces(t, start, end, rights, anew ? piece_unmap : piece_protect);
}

/* Unmapped first and in one go: taking a capability away costs less when it maps nothing. */
void pages_drop(struct task *t, uintptr_t start, uintptr_t end)
{
    struct vm *vm = t->vm;
    struct drop d;

    pages_unmap(t, start, end);
    drop_begin(&d, &vm->slots, vm->memory, vm->store);
    for (uintptr_t at = page_next(&vm->pages, start, end); at < end;
         at = page_next(&vm->pages, at + PAGE_SIZE, end)) {
        struct page *p = page_find(&vm->pages, at);

        page_leaves_set(vm, p);
        if (state_in(p->state, PAGES_OWN))
            drop_frame(&d, p->slot);
        else if (p->slot != CAP_NULL)
            drop_derived(&d, p->slot);
        drop_handle(&d, p->handle);
        page_forget(t, at);
    }
    drop_end(&d);
}
