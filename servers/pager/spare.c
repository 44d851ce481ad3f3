/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spare.c - frames of the task's own for pages that come back: the pool's as long as there is
 * memory for the asking, else those of pages that leave.
 *
 *   victim         its frame is a spare
 *   PAGE_KEPT      at once: its contents are on disk
 *   PAGE_PRIVATE   once it is saved; if that fails the page is back, as if it had stayed
 *
 * Such a frame need not go down to the frame server, be cleared there and come up again: what is
 * in it is the task's own, and what comes overwrites it. Spares are memory of the bank that
 * is in use; they go first when it is wanted back.
 */
#include "rt.h"
#include "state.h"

#define LOW         8u /* spares: then more are made */
#define PRESS_SHARE 8u /* of the set: until so much is loaded memory that was wanted is short */

void spare_add(struct vm *vm, cap_t slot)
{
    struct drop d;

    if (vm->spares < SPARES) {
        vm->spare[vm->spares++] = slot;
        return;
    }
    drop_begin(&d, &vm->slots, vm->memory, vm->store);
    drop_frame(&d, slot);
    drop_end(&d);
}

void spare_gone(struct vm *vm, cap_t slot)
{
    struct drop d;

    drop_begin(&d, &vm->slots, vm->memory, vm->store);
    drop_frame(&d, slot);
    drop_end(&d);
}

unsigned spares_return(struct vm *vm)
{
    unsigned count = vm->spares;
    struct drop d;

    if (count == 0)
        return 0;
    drop_begin(&d, &vm->slots, vm->memory, vm->store);
    for (unsigned i = 0; i < count; i++)
        drop_frame(&d, vm->spare[i]);
    drop_end(&d);
    vm->spares = 0;
    return count;
}

/* Is there memory for the asking? */
static bool plenty(const struct vm *vm)
{
    if (vm->limited || vm->told == NULL)
        return true;
    return vm->told->target == 0 && !vm->told->waiting &&
           vm->resident.loads - vm->pressed_at >= vm->resident.count / PRESS_SHARE;
}

static void make(struct task *t)
{
    struct vm *vm = t->vm;

    if (vm->limited || vm->exact || vm->deaf || vm->save.count > 0)
        return;
    vm->store_full = vm->store_late = false;
    resident_wake(&vm->resident);
    sample_now(t);
    vm->sparing = true;
    evict_some(t, RESIDENT_BATCH);
    vm->sparing = false;
}

enum err spare_take(struct task *t, bool first, cap_t *slot)
{
    struct vm *vm = t->vm;
    bool pressed = !plenty(vm);
    enum err e;

    if (vm->spares == 0 && (vm->pool.left > 0 || (first && !pressed))) {
        *slot = pool_take(&vm->pool, &e);
        if (*slot != CAP_NULL)
            return ERR_OK;
        pressed = true;
    }
    if (first && vm->spares < LOW && pressed)
        make(t);
    if (vm->spares == 0)
        return vm->save.count > 0 ? ERR_PENDING : ERR_EXISTS;
    *slot = vm->spare[--vm->spares];
    return ERR_OK;
}

/* ---- saved ---- */

/* Out, with its frame still here. */
static void page_leaves(struct task *t, pol_slot s, struct fill_page *i)
{
    struct vm *vm = t->vm;
    struct page *p = page_find(&vm->pages, i->page);

    page_becomes(t, i->page, PAGE_OUT, CAP_NULL);
    p->handle = i->handle;
    p->resident = PAGE_NOT_RESIDENT;
    resident_remove(&vm->resident, s, true);
    t->status->evicted_anon++;
}

unsigned outgoing_save(struct task *t, struct outgoing *o)
{
    struct vm *vm = t->vm;
    struct fill *f = &vm->save;
    struct swap_save_req q = {.count = o->count, .number = ++vm->numbered};
    struct swap_save_reply r = {0};
    enum err e;

    drop_end(&vm->dead);
    for (unsigned i = 0; i < o->count; i++) {
        f->item[i].page = set_address(&vm->resident, o->item[i].page);
        f->item[i].slot = vm->desk->order[i].slot = o->item[i].slot;
        space_unmap(t->space, f->item[i].page, 1);
    }
    f->number = q.number;
    e = swap_save(vm->store, &q, &r, NULL);
    if (e != ERR_OK)
        return outgoing_put(t, o);
    for (unsigned i = 0; i < r.got && i < o->count; i++) {
        f->item[i].handle = r.handle + i;
        page_leaves(t, o->item[i].page, &f->item[i]);
        f->count++;
    }
    return f->count;
}

/* It could not be written: it is here, as it was. */
static bool page_stays(struct task *t, const struct fill_page *i)
{
    struct vm *vm = t->vm;
    struct page *p = page_find(&vm->pages, i->page);

    if (p == NULL || p->state != PAGE_OUT || p->handle != i->handle)
        return false;
    drop_handle(&vm->dead, p->handle);
    p->handle = 0;
    page_becomes(t, i->page, PAGE_PRIVATE, i->slot);
    page_admit(t, i->page, POL_DEMAND);
    return true;
}

static void save_done(struct task *t, uint32_t number, uint32_t pages)
{
    struct vm *vm = t->vm;
    struct fill *f = &vm->save;

    if (f->count == 0 || f->number != number)
        return;
    for (unsigned i = 0; i < f->count; i++)
        if (pages >> i & 1 || !page_stays(t, &f->item[i]))
            spare_add(vm, f->item[i].slot);
    f->count = 0;
}

/* ---- told ---- */

void desk_read(struct task *t)
{
    struct vm *vm = t->vm;

    if (vm->desk == NULL)
        return;
    if (vm->desk->told - vm->told_done > SWAP_TOLD)
        vm->told_done = vm->desk->told - SWAP_TOLD;
    while (vm->told_done != vm->desk->told) {
        struct swap_done d = vm->desk->done[vm->told_done++ % SWAP_TOLD];

        fill_done(t, d.number, d.pages);
        save_done(t, d.number, d.pages);
    }
}
