/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * outgoing.c - private pages on their way to the store: runs of slots in one message each.
 *
 * A page that was put is nowhere mapped, its slot is empty and free, its record has the handle.
 * Until the store has taken it nothing about it changes; so a store that is full, late or gone
 * costs a victim, no contents. Nothing here allocates: it runs when there is nothing left.
 */
#include "rt.h"
#include "state.h"
#include "swap.h"

/* By slot, so that neighbours become runs. Few, and nearly in order. */
static void sort(struct outgoing *o)
{
    for (unsigned i = 1; i < o->count; i++) {
        unsigned k = i;

        for (; k > 0 && o->item[k - 1].slot > o->item[k].slot; k--) {
            cap_t slot = o->item[k].slot;
            pol_slot page = o->item[k].page;

            o->item[k] = o->item[k - 1];
            o->item[k - 1].slot = slot;
            o->item[k - 1].page = page;
        }
    }
}

static unsigned run_length(const struct outgoing *o, unsigned from)
{
    unsigned n = 1;

    while (from + n < o->count && n < SWAP_PUT_MAX &&
           o->item[from + n].slot == o->item[from].slot + n)
        n++;
    return n;
}

static void page_is_out(struct task *t, pol_slot s, uint32_t handle)
{
    struct vm *vm = t->vm;
    uintptr_t at = set_address(&vm->resident, s);
    struct page *p = page_find(&vm->pages, at);

    slots_return(&vm->slots, p->slot, 1);
    page_becomes(t, at, PAGE_OUT, CAP_NULL);
    p->handle = handle;
    p->resident = PAGE_NOT_RESIDENT;
    resident_remove(&vm->resident, s, true);
    t->status->evicted_anon++;
    vm->put++;
}

/* The store knows nothing of the first page of a run. Was it taken by force while it was all
 * zero? Then it is nothing again. */
static bool page_vanished(struct task *t, pol_slot s)
{
    struct vm *vm = t->vm;
    uintptr_t at = set_address(&vm->resident, s);
    struct page *p = page_find(&vm->pages, at);
    struct cap_facts facts;

    if (cap_inspect(p->slot, &facts) != ERR_OK || facts.type != OBJ_NULL)
        return false;
    slots_return(&vm->slots, p->slot, 1);
    resident_remove(&vm->resident, s, true);
    page_forget(t, at);
    return true;
}

/* How many pages of the run left; 0: *e tells why. */
static unsigned run_put(struct task *t, const struct outgoing *o, unsigned from, enum err *e)
{
    struct swap_put_req q = {.first = o->item[from].slot, .count = run_length(o, from)};
    struct swap_put_reply r;

    *e = swap_put(t->vm->store, &q, &r, NULL);
    if (*e == ERR_BAD_HANDLE && page_vanished(t, o->item[from].page))
        return 1;
    if (*e != ERR_OK)
        return 0;
    if (r.got > q.count)
        r.got = q.count;
    for (unsigned i = 0; i < r.got; i++)
        page_is_out(t, o->item[from + i].page, r.handle + i);
    return r.got;
}

unsigned outgoing_put(struct task *t, struct outgoing *o)
{
    struct vm *vm = t->vm;
    unsigned done = 0;
    enum err e = ERR_OK;

    drop_end(&vm->dead);
    sort(o);
    while (done < o->count) {
        unsigned n = run_put(t, o, done, &e);

        if (n == 0)
            break;
        done += n;
    }
    vm->store_late = e == ERR_PENDING;
    vm->store_full = done < o->count && e != ERR_PENDING;
    return done;
}
