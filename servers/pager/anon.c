/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * anon.c - anonymous pages: nothing until they are touched, the zero page as long as they
 * are only read, then a cleared frame from the pool.
 *
 * No message is sent on the way of such a fault, but for one in every POOL_MIN..POOL_MAX.
 */
#include "frame.h"
#include "rt.h"
#include "state.h"

/* A capability of a zeroed page that nothing derived from it can write. It is never taken: many
 * pages depend on it. */
static enum err zero_make(struct task *t)
{
    struct vm *vm = t->vm;
    struct frame_reclass_req q = {.count = 1, .class = FRAME_LOCKED};
    struct frame_reclass_reply r;
    enum err e = ERR_OK;
    cap_t frame, zero;

    frame = frame_fresh(t, &e);
    if (frame == CAP_NULL)
        return e;
    zero = slots_take_one(&vm->slots);
    if (zero == CAP_NULL)
        return ERR_NO_MEMORY;
    q.first = frame;
    frame_reclass(vm->memory, &q, &r, NULL);
    e = cap_derive(frame, zero, RIGHT_READ | RIGHT_EXECUTE, 0);
    if (e == ERR_OK)
        vm->zero = zero;
    return e;
}

static enum err zero_answer(struct task *t, const struct region *r, const struct want *w,
                            struct maps *m)
{
    struct vm *vm = t->vm;
    enum err e = vm->zero == CAP_NULL ? zero_make(t) : ERR_OK;
    cap_t slot;

    if (e != ERR_OK || page_make(&vm->pages, w->page) == NULL)
        return ERR_LIMIT;
    slot = slots_take_one(&vm->slots);
    if (slot == CAP_NULL) {
        page_forget(t, w->page);
        return ERR_LIMIT;
    }
    page_becomes(t, w->page, PAGE_ZERO, slot);
    t->status->fault_zero++;
    maps_same(m, vm->zero, slot, w->page, 1, r->rights & ~(unsigned)RIGHT_WRITE, 0);
    return ERR_OK;
}

/* How many pages a wish gets: what is wished and new, under a limit not too much at once. */
static unsigned fresh_pages(struct vm *vm, const struct region *r, const struct want *w)
{
    unsigned most = page_ruled(vm, PAGE_PRIVATE) && vm->around < w->pages ? vm->around : w->pages;

    return most > 1 ? fresh_run(vm, r, w->page, most) : 1;
}

static enum err frames_answer(struct task *t, const struct region *r, const struct want *w,
                              struct maps *m)
{
    struct vm *vm = t->vm;
    unsigned got = 1, pages = fresh_pages(vm, r, w);
    enum err e = page_ruled(vm, PAGE_PRIVATE) ? evict_for(t, pages) : ERR_OK;
    cap_t first;

    if (e != ERR_OK)
        return e;
    if (page_make(&vm->pages, w->page) == NULL)
        return ERR_LIMIT;
    first = pages > 1 ? pool_take_run(&vm->pool, pages, &got, &e) : pool_take(&vm->pool, &e);
    if (first == CAP_NULL) {
        page_forget(t, w->page);
        return ERR_LIMIT;
    }
    for (unsigned i = 0; i < got; i++) {
        page_becomes(t, w->page + i * PAGE_SIZE, PAGE_PRIVATE, first + i);
        page_admit(t, w->page + i * PAGE_SIZE, POL_ZERO);
    }
    maps_run(m, first, w->page, got, r->rights, 0);
    return ERR_OK;
}

/* The first write to a page that was only read so far. */
static enum err zero_replace(struct task *t, const struct region *r, const struct want *w,
                             struct maps *m)
{
    struct vm *vm = t->vm;
    cap_t old = page_find(&vm->pages, w->page)->slot;
    enum err e = page_ruled(vm, PAGE_PRIVATE) ? evict_for(t, 1) : ERR_OK;
    cap_t frame;

    if (e != ERR_OK)
        return e;
    frame = pool_take(&vm->pool, &e);
    if (frame == CAP_NULL)
        return ERR_LIMIT;
    if (cap_delete(old, 1) == ERR_OK)
        slots_return(&vm->slots, old, 1);
    page_becomes(t, w->page, PAGE_PRIVATE, frame);
    page_admit(t, w->page, POL_ZERO);
    maps_run(m, frame, w->page, 1, r->rights, 0);
    t->status->fault_cow++;
    return ERR_OK;
}

enum err anon_answer(struct task *t, const struct region *r, const struct want *w, struct maps *m)
{
    const struct page *p = page_find(&t->vm->pages, w->page);
    bool stack = r->flags & REGION_GROWS;
    enum err e;

    if (p != NULL && p->state == PAGE_ZERO)
        return zero_replace(t, r, w, m);
    /* what is read on a stack is written next */
    if (!(w->access & RIGHT_WRITE) && !(stack && r->rights & RIGHT_WRITE))
        return zero_answer(t, r, w, m);
    e = frames_answer(t, r, w, m);
    if (e == ERR_OK && stack)
        t->status->fault_stack++;
    else if (e == ERR_OK)
        t->status->fault_zero++;
    return e;
}
