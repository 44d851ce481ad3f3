/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * object.c - pages of memory objects: fetched with their neighbours in one call, mapped
 * read-only; a write to a private mapping makes a copy, a write to a shared one gets the page
 * to be written, which tells its owner that it will be.
 *
 * A page's frame stays its owner's: dropping a page here frees nothing, and the owner may
 * take it at any time. Then its slot is empty, the kernel refuses to map it, and it is
 * fetched anew. What was written to it the owner learns from the kernel, not from us.
 */
#include "object.h"

#include "rt.h"
#include "state.h"

#define FETCHES_MAX 8u /* of a page that its owner takes again and again */

/* How many pages are worth asking for: neighbours not here yet, in the region and chunk. */
static unsigned around(struct vm *vm, const struct region *r, const struct want *w)
{
    unsigned most = r->flags & REGION_SEQUENTIAL && !vm->exact ? REPLY_PAGES : vm->around;
    const struct pol_key miss = {.area = r->area, .page = region_index(r, w->page)};
    const struct page *here = page_find(&vm->pages, w->page);
    unsigned pages;

    if (r->flags & REGION_RANDOM || (here != NULL && here->state == PAGE_LOST))
        return 1;
    pages = fresh_run(vm, r, w->page, most);
    return pages > 1 && vm->ruled ? 1 + resident_ahead(&vm->resident, &miss, pages - 1) : pages;
}

static enum err why_not(enum err e, enum vm_signal_kind *why)
{
    if (e == ERR_PENDING)
        return e;
    if (e == ERR_NO_MEMORY || e == ERR_LIMIT)
        return ERR_LIMIT;
    *why = e == ERR_END ? VM_SIGNAL_PAST_END : VM_SIGNAL_IO;
    return ERR_FAULT;
}

/* Capabilities of up to `want` pages in fresh slots; the others are free again. */
static enum err pages_get(struct vm *vm, const struct region *r, uintptr_t at, unsigned want,
                          bool write, cap_t *first, unsigned *got, enum vm_signal_kind *why)
{
    struct object_get_req q = {
        .handle = r->object->handle, .index = region_index(r, at), .write = write};
    struct object_get_reply reply;
    struct passing x = {0};
    unsigned room = 1;
    enum err e;

    *first = want == 1 ? slots_take_one(&vm->slots) : slots_take(&vm->slots, want, &room);
    if (*first == CAP_NULL)
        return ERR_LIMIT;
    q.count = room;
    x.recv = *first;
    x.recv_count = (uint8_t)room;
    e = object_get(r->object->server, &q, &reply, &x);
    if (e == ERR_PENDING && r->object->anonymous)
        vm->stall = STALL_SWAPIN;
    *got = e != ERR_OK ? 0 : x.received < room ? x.received : room;
    if (*got < room)
        slots_return(&vm->slots, *first + *got, room - *got);
    if (e == ERR_OK && *got == 0)
        e = ERR_IO; /* an answer without the page is none */
    return e == ERR_OK ? ERR_OK : why_not(e, why);
}

static void count_fault(struct task *t, const struct region *r)
{
    if (r->object->anonymous)
        t->status->fault_zero++;
    else
        t->status->fault_file++;
}

/* A page that its owner had taken is here again: no load, as far as the policy goes. */
static void page_returns(struct task *t, uintptr_t at, cap_t slot)
{
    page_becomes(t, at, PAGE_OBJECT, slot);
    t->status->fault_soft++;
    if (t->vm->exact)
        exact_reference(t->vm, at);
}

static enum err read_answer(struct task *t, const struct region *r, const struct want *w,
                            struct maps *m, enum vm_signal_kind *why)
{
    struct vm *vm = t->vm;
    unsigned got, pages = around(vm, r, w);
    const struct page *here;
    cap_t first;
    enum err e = pages_get(vm, r, w->page, pages, false, &first, &got, why);

    if (e != ERR_OK)
        return e;
    here = page_find(&vm->pages, w->page);
    if (here != NULL && here->state == PAGE_LOST) {
        page_returns(t, w->page, first);
        maps_run(m, first, w->page, 1, r->rights & ~(unsigned)RIGHT_WRITE, 0);
        return ERR_OK;
    }
    e = vm->limited ? evict_for(t, got) : ERR_OK;
    if (e == ERR_OK && page_make(&vm->pages, w->page) == NULL)
        e = ERR_LIMIT;
    if (e != ERR_OK) {
        if (cap_delete(first, got) == ERR_OK)
            slots_return(&vm->slots, first, got);
        return e;
    }
    for (unsigned i = 0; i < got; i++) {
        uintptr_t at = w->page + i * PAGE_SIZE;

        page_becomes(t, at, PAGE_OBJECT, first + i);
        if (vm->limited || vm->exact)
            page_admit(t, at, i == 0 ? POL_DEMAND : POL_PREFETCH);
    }
    count_fault(t, r);
    maps_run(m, first, w->page, got, r->rights & ~(unsigned)RIGHT_WRITE, 0);
    return ERR_OK;
}

/* The object's bytes of a page that is zeros behind them: `to` is cleared. */
static enum err copy_head(cap_t to, cap_t from, unsigned bytes)
{
    for (unsigned at = 0, n; at < bytes; at += n) {
        word_t read[MESSAGE_WORDS] = {0}, write[MESSAGE_WORDS] = {0};
        enum err e;

        n = bytes - at < BUFFER_BYTES ? bytes - at : BUFFER_BYTES;
        read[0] = write[0] = at;
        read[1] = write[1] = n;
        e = sys_invoke(from, OP_FRAME_READ, read);
        if (e == ERR_OK)
            e = sys_invoke(to, OP_FRAME_WRITE, write);
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

/* One page fetched and copied; ERR_NO_CAP: its owner took it in between. */
static enum err copy_fetched(struct task *t, const struct region *r, uintptr_t at, cap_t frame,
                             cap_t *source, enum vm_signal_kind *why)
{
    struct vm *vm = t->vm;
    unsigned got;
    enum err e = pages_get(vm, r, at, 1, false, source, &got, why);

    if (e != ERR_OK)
        return e;
    e = r->tail != 0 ? copy_head(frame, *source, r->tail) : frame_copy(frame, *source);
    if (e != ERR_OK && cap_delete(*source, 1) == ERR_OK)
        slots_return(&vm->slots, *source, 1);
    *why = VM_SIGNAL_IO;
    return e == ERR_OK || e == ERR_NO_CAP ? e : ERR_FAULT;
}

/* Fills a cleared frame; *source: the capability it was copied from, to be given up. */
static enum err copy_make(struct task *t, const struct region *r, uintptr_t at, cap_t frame,
                          cap_t *source, enum vm_signal_kind *why)
{
    const struct page *p = page_find(&t->vm->pages, at);
    enum err e = ERR_NO_CAP;

    *source = p->slot;
    if (p->state == PAGE_OBJECT && r->tail == 0)
        e = frame_copy(frame, *source);
    for (unsigned i = 0; e == ERR_NO_CAP && i < FETCHES_MAX; i++)
        e = copy_fetched(t, r, at, frame, source, why);
    return e == ERR_NO_CAP ? ERR_FAULT : e;
}

/* The record's old capability goes, wherever the copy was made from. */
static void page_replaced(struct task *t, uintptr_t at, cap_t source, cap_t frame)
{
    struct vm *vm = t->vm;
    struct page *p = page_find(&vm->pages, at);
    struct drop d;

    drop_begin(&d, &vm->slots, vm->memory, vm->store);
    drop_derived(&d, source);
    if (p->state == PAGE_OBJECT && p->slot != source)
        drop_derived(&d, p->slot);
    drop_end(&d);
    if (!page_ruled(vm, PAGE_PRIVATE))
        page_leaves_set(vm, p);
    page_becomes(t, at, PAGE_PRIVATE, frame);
    page_admit(t, at, POL_COW);
}

/* Room in the set for a page that is not in it, before anything is found out about it. */
static enum err room_make(struct task *t, uintptr_t at)
{
    const struct page *p = page_find(&t->vm->pages, at);

    if (!page_ruled(t->vm, PAGE_PRIVATE) || (p != NULL && p->resident != PAGE_NOT_RESIDENT))
        return ERR_OK;
    return evict_for(t, 1);
}

/* A frame of the task's own with the page's contents. */
static enum err private_answer(struct task *t, const struct region *r, const struct want *w,
                               struct maps *m, enum vm_signal_kind *why)
{
    struct vm *vm = t->vm;
    cap_t source = CAP_NULL, frame = CAP_NULL;
    const struct page *p;
    enum err e = room_make(t, w->page);

    if (e != ERR_OK)
        return e;
    p = page_make(&vm->pages, w->page);
    if (p != NULL)
        frame = frame_fresh(t, &e);
    if (frame != CAP_NULL) {
        e = copy_make(t, r, w->page, frame, &source, why);
        if (e != ERR_OK)
            pool_put_back(&vm->pool);
    }
    if (frame == CAP_NULL || e != ERR_OK) {
        if (p != NULL && p->state == PAGE_NONE)
            page_forget(t, w->page);
        return frame == CAP_NULL ? ERR_LIMIT : e;
    }
    page_replaced(t, w->page, source, frame);
    maps_run(m, frame, w->page, 1, r->rights, 0);
    t->status->fault_cow++;
    return ERR_OK;
}

/* How many pages of a shared mapping will be written: who wrote those before goes on. */
static unsigned written_ahead(struct vm *vm, const struct region *r, const struct want *w)
{
    uintptr_t end = (w->page | (CHUNK_BYTES - 1)) + 1;
    unsigned most = vm->around, n = 1;

    if (vm->exact || r->flags & REGION_RANDOM)
        return 1;
    if (!(r->flags & REGION_SEQUENTIAL) && w->pages < most)
        most = 1 + run_before(vm, r, w->page, 1u << PAGE_SHARED, most - 1);
    if (end > r->end)
        end = r->end;
    while (n < most && w->page + n * PAGE_SIZE < end) {
        const struct page *p = page_find(&vm->pages, w->page + n * PAGE_SIZE);

        if (p != NULL && !state_in(p->state, 1u << PAGE_NONE | 1u << PAGE_OBJECT))
            break;
        n++;
    }
    return n;
}

/* Its read-only capability goes, if it has one. */
static void page_shared(struct task *t, uintptr_t at, cap_t slot, enum pol_why why, struct drop *d)
{
    const struct page *p = page_find(&t->vm->pages, at);

    if (p->slot != CAP_NULL)
        drop_derived(d, p->slot);
    page_becomes(t, at, PAGE_SHARED, slot);
    page_admit(t, at, why);
}

/* The object's own page, to be written. */
static enum err shared_answer(struct task *t, const struct region *r, const struct want *w,
                              struct maps *m, enum vm_signal_kind *why)
{
    struct vm *vm = t->vm;
    unsigned got = 0, pages = written_ahead(vm, r, w);
    enum err e = vm->limited ? evict_for(t, pages) : ERR_OK;
    struct drop d;
    cap_t first;

    if (e == ERR_OK && page_make(&vm->pages, w->page) == NULL)
        e = ERR_LIMIT;
    if (e == ERR_OK)
        e = pages_get(vm, r, w->page, pages, true, &first, &got, why);
    if (e != ERR_OK) {
        if (page_find(&vm->pages, w->page)->state == PAGE_NONE)
            page_forget(t, w->page);
        return e;
    }
    drop_begin(&d, &vm->slots, vm->memory, vm->store);
    for (unsigned i = 0; i < got; i++)
        page_shared(t, w->page + i * PAGE_SIZE, first + i, i == 0 ? POL_DEMAND : POL_PREFETCH, &d);
    drop_end(&d);
    maps_run(m, first, w->page, got, r->rights, 0);
    count_fault(t, r);
    return ERR_OK;
}

enum err object_answer(struct task *t, const struct region *r, const struct want *w, struct maps *m,
                       enum vm_signal_kind *why)
{
    bool write = w->access & RIGHT_WRITE;

    if (write && r->flags & REGION_SHARED)
        return shared_answer(t, r, w, m, why);
    if (write || r->tail != 0)
        return private_answer(t, r, w, m, why);
    return read_answer(t, r, w, m, why);
}
