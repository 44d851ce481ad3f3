/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * object.c - pages of memory objects: fetched with their neighbours in one call, mapped
 * read-only; a write to a private mapping makes a copy.
 *
 * A page's frame stays its owner's: dropping a page here frees nothing, and the owner may
 * take it at any time. Then its slot is empty, the kernel refuses to map it, and it is
 * fetched anew.
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
                          cap_t *first, unsigned *got, enum vm_signal_kind *why)
{
    struct object_get_req q = {.handle = r->object->handle, .index = region_index(r, at)};
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
    *got = e != ERR_OK ? 0 : x.received < room ? x.received : room;
    if (*got < room)
        slots_return(&vm->slots, *first + *got, room - *got);
    if (e == ERR_OK && *got == 0)
        e = ERR_IO; /* an answer without the page is none */
    return e == ERR_OK ? ERR_OK : why_not(e, why);
}

/* A page that its owner had taken is here again: no load, as far as the policy goes. */
static void page_returns(struct task *t, const struct region *r, uintptr_t at, cap_t slot)
{
    struct vm *vm = t->vm;

    page_becomes(t, at, PAGE_OBJECT, slot);
    t->status->fault_soft++;
    if (vm->exact)
        exact_reference(vm, r, at);
}

static enum err read_answer(struct task *t, const struct region *r, const struct want *w,
                            struct maps *m, enum vm_signal_kind *why)
{
    struct vm *vm = t->vm;
    unsigned got, pages = around(vm, r, w);
    const struct page *here;
    cap_t first;
    enum err e = pages_get(vm, r, w->page, pages, &first, &got, why);

    if (e != ERR_OK)
        return e;
    here = page_find(&vm->pages, w->page);
    if (here != NULL && here->state == PAGE_LOST) {
        page_returns(t, r, w->page, first);
        maps_run(m, first, w->page, 1, r->rights & ~(unsigned)RIGHT_WRITE, 0);
        return ERR_OK;
    }
    evict_for(t, got);
    if (page_make(&vm->pages, w->page) == NULL) {
        if (cap_delete(first, got) == ERR_OK)
            slots_return(&vm->slots, first, got);
        return ERR_LIMIT;
    }
    for (unsigned i = 0; i < got; i++) {
        uintptr_t at = w->page + i * PAGE_SIZE;

        page_becomes(t, at, PAGE_OBJECT, first + i);
        if (vm->ruled || vm->exact)
            page_admit(t, r, at, i == 0 ? POL_DEMAND : POL_PREFETCH);
    }
    t->status->fault_file++;
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
    enum err e = pages_get(vm, r, at, 1, source, &got, why);

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

    drop_begin(&d, &vm->slots, vm->memory);
    drop_derived(&d, source);
    if (p->state == PAGE_OBJECT && p->slot != source)
        drop_derived(&d, p->slot);
    drop_end(&d);
    page_leaves_set(vm, p);
    page_becomes(t, at, PAGE_PRIVATE, frame);
}

/* A frame of the task's own with the page's contents. */
static enum err private_answer(struct task *t, const struct region *r, const struct want *w,
                               struct maps *m, enum vm_signal_kind *why)
{
    struct vm *vm = t->vm;
    const struct page *p = page_make(&vm->pages, w->page);
    enum err e = ERR_LIMIT;
    cap_t source = CAP_NULL, frame = p == NULL ? CAP_NULL : pool_take(&vm->pool, &e);

    if (frame != CAP_NULL) {
        e = copy_make(t, r, w->page, frame, &source, why);
        if (e != ERR_OK)
            pool_put_back(&vm->pool);
    }
    if (e != ERR_OK) {
        if (p != NULL && p->state == PAGE_NONE)
            page_forget(t, w->page);
        return frame == CAP_NULL ? ERR_LIMIT : e;
    }
    page_replaced(t, w->page, source, frame);
    maps_run(m, frame, w->page, 1, r->rights, 0);
    t->status->fault_cow++;
    return ERR_OK;
}

enum err object_answer(struct task *t, const struct region *r, const struct want *w, struct maps *m,
                       enum vm_signal_kind *why)
{
    if (w->access & RIGHT_WRITE || r->tail != 0)
        return private_answer(t, r, w, m, why);
    return read_answer(t, r, w, m, why);
}
