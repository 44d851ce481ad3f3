/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fill.c - private pages that are on a disk, read into frames of the task's own.
 *
 *   a fill      is                       leaves on
 *   unused      count 0                  fill_answer -> under way
 *   under way   the store's, by number   it is told on the desk -> unused; its pages are PAGE_KEPT,
 *                                        or as they were
 *
 * A page keeps its record, PAGE_OUT, until it is there; its frame is in none. So whatever happens
 * to the page meanwhile happens as if nothing were under way, and the frame is given up.
 *
 * How many pages come at once follows what came just before the missing one, on either side:
 * who goes through memory, upwards or downwards, gets more each time; who jumps about gets what he
 * touched. That a neighbour is there says nothing when most pages are.
 */
#include "rt.h"
#include "state.h"

#define RECENT       128u /* loads: as many ways through memory as there can be at once, ... */
#define RECENT_SHARE 8u   /* ... and at least this share of what is there */

/* ---- which pages ---- */

/* Is it there since a short while? */
static bool came_lately(struct vm *vm, const struct region *r, uintptr_t page)
{
    const struct page *p = page >= r->start && page < r->end ? page_find(&vm->pages, page) : NULL;
    uint32_t lately = vm->resident.count / RECENT_SHARE;

    return p != NULL && p->resident != PAGE_NOT_RESIDENT &&
           resident_age(&vm->resident, p->resident) < (lately < RECENT ? RECENT : lately);
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned fill_beyond(struct vm *vm, const struct region *r, const struct want *w, bool down)
{
    unsigned most = least(vm->around, FILL_PAGES) - 1, before = 0;
    struct pol_key miss;

    if (most == 0 || vm->exact || r->flags & REGION_RANDOM)
        return 0;
    if (!down && (r->flags & REGION_SEQUENTIAL || w->pages > most))
        return most;
    if (down && came_lately(vm, r, w->page + PAGE_SIZE))
        before = run_behind(vm, r, w->page, PAGES_RESIDENT, 2 * most) / 2;
    else if (!down && came_lately(vm, r, w->page - PAGE_SIZE))
        before = run_before(vm, r, w->page, PAGES_RESIDENT, 2 * most) / 2;
    if (!down && before < w->pages - 1)
        before = w->pages - 1;
    before = least(before, most);
    if (before == 0)
        return 0;
    miss = page_key(vm, w->page);
    if (down)
        miss.page -= before + 1;
    return resident_ahead(&vm->resident, &miss, before);
}

/* The pages of a range that are out, as the next of the fill. */
static void name_range(struct vm *vm, const struct region *r, struct fill *f, uintptr_t at,
                       unsigned pages)
{
    for (unsigned i = 0; i < pages && at < r->end; i++, at += PAGE_SIZE) {
        const struct page *p = page_find(&vm->pages, at);

        if (p != NULL && p->state == PAGE_OUT)
            f->item[f->count++] = (struct fill_page){.page = at, .handle = p->handle};
    }
}

/* The missing page first, then its neighbours in order of address. */
static void choose(struct vm *vm, const struct region *r, const struct want *w, struct fill *f)
{
    unsigned up = fill_beyond(vm, r, w, false), down = up == 0 ? fill_beyond(vm, r, w, true) : 0;
    uintptr_t room = (w->page - r->start) / PAGE_SIZE;

    f->count = 0;
    name_range(vm, r, f, w->page, 1);
    if (up == 0 && down == 0) /* as mostly */
        return;
    down = down < room ? down : (unsigned)room;
    name_range(vm, r, f, w->page - down * PAGE_SIZE, down);
    name_range(vm, r, f, w->page + PAGE_SIZE, up);
}

/* ---- begin ---- */

static struct fill *unused(struct vm *vm)
{
    for (unsigned i = 0; i < FILLS; i++)
        if (vm->fill[i].count == 0)
            return &vm->fill[i];
    return NULL;
}

static bool under_way(const struct vm *vm, uintptr_t page)
{
    for (unsigned i = 0; i < FILLS; i++)
        for (unsigned k = 0; k < vm->fill[i].count; k++)
            if (vm->fill[i].item[k].page == page)
                return true;
    return false;
}

/* Frames for the leading pages of it; the others are left out. */
static enum err frames_take(struct task *t, struct fill *f)
{
    unsigned got = 0;
    enum err e = ERR_OK;

    while (got < f->count) {
        e = spare_take(t, got == 0, &f->item[got].slot);
        if (e != ERR_OK)
            break;
        got++;
    }
    f->count = got;
    return got > 0 ? ERR_OK : e;
}

static enum err begin(struct vm *vm, struct fill *f)
{
    struct swap_fill_req q = {.count = f->count, .number = ++vm->numbered};
    struct swap_fill_reply r;

    for (unsigned i = 0; i < f->count; i++)
        vm->desk->order[i] = (struct swap_order){f->item[i].handle, f->item[i].slot};
    f->number = q.number;
    return swap_fill(vm->store, &q, &r, NULL);
}

/* Nothing has been done to the frames; if the first is gone (taken), it takes its slot along. */
static void frames_return(struct vm *vm, struct fill *f, bool gone)
{
    for (unsigned i = 0; i < f->count; i++)
        if (i == 0 && gone)
            spare_gone(vm, f->item[i].slot);
        else
            spare_add(vm, f->item[i].slot);
    f->count = 0;
}

enum err fill_answer(struct task *t, const struct region *r, const struct want *w)
{
    struct vm *vm = t->vm;
    struct fill *f = unused(vm);
    enum err e;

    if (under_way(vm, w->page))
        return ERR_PENDING;
    if (f == NULL || vm->desk == NULL)
        return ERR_EXISTS;
    choose(vm, r, w, f);
    e = evict_for(t, f->count);
    if (e == ERR_OK)
        e = frames_take(t, f);
    if (e != ERR_OK) {
        f->count = 0;
        return e;
    }
    e = begin(vm, f);
    if (e == ERR_OK)
        return ERR_PENDING;
    frames_return(vm, f, e == ERR_NOT_FOUND);
    return ERR_EXISTS;
}

/* ---- done ---- */

/* It is in its frame, if it is still the one that was out. */
static bool page_comes(struct task *t, const struct fill_page *i, enum pol_why why)
{
    struct vm *vm = t->vm;
    const struct page *p = page_find(&vm->pages, i->page);

    if (p == NULL || p->state != PAGE_OUT || p->handle != i->handle)
        return false;
    page_becomes(t, i->page, PAGE_KEPT, i->slot);
    page_admit(t, i->page, why);
    return true;
}

/* Its handle may be another page's by the time that this is told. */
static void forget(struct fill *f, uintptr_t page)
{
    for (unsigned i = 0; i < f->count; i++)
        if (f->item[i].page == page)
            f->item[i].page = NO_PAGE;
}

void fill_forget(struct vm *vm, uintptr_t page)
{
    for (unsigned i = 0; i < FILLS; i++)
        forget(&vm->fill[i], page);
    forget(&vm->save, page);
}

void fill_done(struct task *t, uint32_t number, uint32_t pages)
{
    struct vm *vm = t->vm;
    struct fill *f = vm->fill;

    while (f < vm->fill + FILLS && (f->count == 0 || f->number != number))
        f++;
    if (f == vm->fill + FILLS)
        return;
    evict_for(t, f->count); /* what finds no room is beyond it */
    for (unsigned i = 0; i < f->count; i++)
        if (!(pages >> i & 1))
            spare_gone(vm, f->item[i].slot);
        else if (!page_comes(t, &f->item[i], i == 0 ? POL_DEMAND : POL_PREFETCH))
            spare_add(vm, f->item[i].slot);
    vm->came = pages & 1 ? f->item[0].page : 0;
    t->status->fault_swapin += pages & 1;
    f->count = 0;
}
