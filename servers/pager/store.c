/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store.c - private pages that are out, and come back: got from the swap server in runs.
 *
 *   page          to read                                  to write
 *   PAGE_OUT      PAGE_KEPT: the frame is the task's, the  PAGE_PRIVATE: the frame itself if
 *                 contents are also on disk; PAGE_PRIVATE   nobody else has a handle of the
 *                 if they are not; PAGE_LENT if others      page, else a copy of it
 *                 have handles of the page
 *   PAGE_KEPT     mapped again                             PAGE_PRIVATE, its handle is dropped
 *   PAGE_LENT     mapped again                             as PAGE_OUT
 *
 * PAGE_KEPT costs nothing to evict, and one soft fault when it is written after all. What is on
 * a disk only, and nobody else's, comes another way: fill.c.
 */
#include "rt.h"
#include "state.h"
#include "swap.h"

/* Of `most` pages from one that is out on: those out with handles one after the other. */
static unsigned run_out(struct vm *vm, const struct region *r, uintptr_t at, unsigned most)
{
    const struct page *p = page_find(&vm->pages, at);
    uintptr_t end = (at | (CHUNK_BYTES - 1)) + 1;
    unsigned n = 1;

    if (end > r->end)
        end = r->end;
    while (n < most && at + n * PAGE_SIZE < end && p[n].state == PAGE_OUT &&
           p[n].handle == p->handle + n)
        n++;
    return n;
}

static enum err why_not(struct vm *vm, enum err e, enum vm_signal_kind *why)
{
    if (e == ERR_PENDING) {
        vm->stall = STALL_SWAPIN;
        return e;
    }
    if (e == ERR_NO_MEMORY || e == ERR_LIMIT)
        return ERR_LIMIT;
    if (e != ERR_IO)
        log_line("a page did not come back from the store: %s", err_text(e));
    *why = VM_SIGNAL_IO;
    return ERR_FAULT;
}

/* Up to q->count pages, into fresh slots from *first on; the others are free again. */
static enum err pages_get(struct vm *vm, struct swap_get_req *q, struct swap_get_reply *reply,
                          cap_t *first)
{
    struct passing x = {0};
    unsigned room = 1;
    enum err e;

    *first = q->count == 1 ? slots_take_one(&vm->slots) : slots_take(&vm->slots, q->count, &room);
    if (*first == CAP_NULL)
        return ERR_LIMIT;
    q->count = room;
    q->slot = x.recv = *first;
    x.recv_count = (uint8_t)room;
    e = swap_get(vm->store, q, reply, &x);
    if (e != ERR_OK)
        reply->got = 0;
    if (reply->got > room)
        reply->got = room;
    if (reply->got < room)
        slots_return(&vm->slots, *first + reply->got, room - reply->got);
    return e == ERR_OK && reply->got == 0 ? ERR_IO : e;
}

/* One that came. What it was before may have had a slot: PAGE_LENT that is written. */
static void page_comes(struct task *t, uintptr_t at, cap_t slot, uint32_t given, enum pol_why why)
{
    static const enum page_state becomes[] = {
        [SWAP_LENT] = PAGE_LENT, [SWAP_GIVEN] = PAGE_PRIVATE, [SWAP_KEPT] = PAGE_KEPT};
    struct vm *vm = t->vm;
    struct page *p = page_find(&vm->pages, at);
    struct drop d;

    if (p->state == PAGE_LENT) {
        drop_begin(&d, &vm->slots, vm->memory, vm->store);
        drop_derived(&d, p->slot);
        drop_end(&d);
    }
    page_becomes(t, at, becomes[given], slot);
    if (given == SWAP_GIVEN)
        p->handle = 0;
    page_admit(t, at, why);
}

enum err store_answer(struct task *t, const struct region *r, const struct want *w, struct maps *m,
                      enum vm_signal_kind *why)
{
    struct vm *vm = t->vm;
    const struct page *p = page_find(&vm->pages, w->page);
    struct swap_get_req q = {.handle = p->handle, .count = 1};
    struct swap_get_reply reply;
    enum err e = p->state == PAGE_OUT && !vm->exact ? fill_answer(t, r, w) : ERR_EXISTS;
    cap_t first;

    if (e != ERR_EXISTS)
        return why_not(vm, e, why);
    e = ERR_OK;
    q.how = w->access & RIGHT_WRITE ? SWAP_WRITE : SWAP_OWN;
    if (p->state == PAGE_OUT) {
        q.count = run_out(vm, r, w->page, 1 + fill_beyond(vm, r, w, false));
        e = evict_for(t, q.count);
    }
    if (e == ERR_OK)
        e = pages_get(vm, &q, &reply, &first);
    if (e != ERR_OK)
        return why_not(vm, e, why);
    for (unsigned i = 0; i < reply.got; i++)
        page_comes(t, w->page + i * PAGE_SIZE, first + i, reply.given,
                   i == 0 ? POL_DEMAND : POL_PREFETCH);
    t->status->fault_swapin++;
    maps_run(m, first, w->page, reply.got,
             reply.given == SWAP_GIVEN ? r->rights : r->rights & ~(unsigned)RIGHT_WRITE, 0);
    return ERR_OK;
}

void kept_written(struct task *t, uintptr_t page)
{
    struct vm *vm = t->vm;
    struct page *p = page_find(&vm->pages, page);

    drop_handle(&vm->dead, p->handle);
    p->handle = 0;
    page_becomes(t, page, PAGE_PRIVATE, p->slot);
}

/* The store finds it by the slot's name. If it does not, the contents are where they came from, or
 * the page was all zero. If it cannot name it now, the page's next fault asks again, and waits. */
void private_taken(struct task *t, uintptr_t page)
{
    struct vm *vm = t->vm;
    struct page *p = page_find(&vm->pages, page);
    struct swap_put_req q = {.first = p->slot, .count = 1};
    struct swap_put_reply r = {0};
    enum err e = vm->store == CAP_NULL ? ERR_BAD_HANDLE : swap_put(vm->store, &q, &r, NULL);

    vm->unclaimed = 0;
    if (e != ERR_OK && e != ERR_BAD_HANDLE) {
        vm->unclaimed = page;
        return;
    }
    slots_return(&vm->slots, p->slot, 1);
    if (e == ERR_BAD_HANDLE && p->handle != 0) {
        page_becomes(t, page, p->resident == PAGE_NOT_RESIDENT ? PAGE_OUT : PAGE_LOST, CAP_NULL);
        return;
    }
    drop_handle(&vm->dead, p->handle);
    p->handle = 0;
    if (e == ERR_BAD_HANDLE) {
        page_leaves_set(vm, p);
        page_forget(t, page);
        return;
    }
    p->handle = r.handle;
    page_becomes(t, page, p->resident == PAGE_NOT_RESIDENT ? PAGE_OUT : PAGE_LOST, CAP_NULL);
}
