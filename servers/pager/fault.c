/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.c - the way of a fault: address → region → record → maps.
 *
 *   record        read                        write
 *   none          anon.c, object.c            anon.c, object.c (a copy)
 *   PAGE_PRIVATE  its frame is mapped again, with neighbours
 *   PAGE_ZERO     mapped again                replaced by a frame (anon.c)
 *   PAGE_OBJECT   mapped again                replaced by a copy (object.c)
 *   PAGE_LOST     fetched again               fetched and copied (object.c)
 *
 * "Mapped again" happens after PROT_NONE, mremap, and all the time in exact mode. If its
 * owner took the page meanwhile, the kernel refuses the answer, vm_refused() marks the
 * record, and the same fault comes once more.
 *
 * The same way serves memory that is to be lent or copied (copy.c): there the maps are applied
 * by a call instead of an answer.
 */
#include "rt.h"
#include "state.h"

#define REFUSED_MAX 64u /* answers in a row: something is wrong that will not change */

/* A stack grows down to the page of the access, if its limit and the gap allow. */
static struct region *stack_grow(struct vm *vm, uintptr_t page)
{
    struct region *r = region_from(&vm->regions, page);
    const struct region *below;

    if (r == NULL || !(r->flags & REGION_GROWS) || page < VM_LOWEST ||
        r->end - page > vm->limit_stack || !space_left(vm, (r->start - page) / PAGE_SIZE))
        return NULL;
    below = r == vm->regions.region ? NULL : r - 1;
    if (below != NULL && (below->end > page || page - below->end < VM_STACK_GAP))
        return NULL;
    region_resize(&vm->regions, r, page, r->end);
    return r;
}

/* A record that has what is wished: map it, and neighbours in neighbouring slots. */
static enum err again_answer(struct task *t, const struct region *r, const struct want *w,
                             struct maps *m)
{
    struct vm *vm = t->vm;
    const struct page *p = page_find(&vm->pages, w->page);
    unsigned rights = p->state == PAGE_PRIVATE ? r->rights : r->rights & ~(unsigned)RIGHT_WRITE;
    uintptr_t end = (w->page | (CHUNK_BYTES - 1)) + 1;
    unsigned n = 1, most = vm->exact ? 1 : REPLY_PAGES;

    if (end > r->end)
        end = r->end;
    while (n < most && w->page + n * PAGE_SIZE < end && p[n].state == p->state &&
           p[n].slot == p->slot + n)
        n++;
    if (vm->exact)
        exact_reference(vm, r, w->page);
    maps_run(m, p->slot, w->page, n, rights, 0);
    t->status->fault_soft++;
    return ERR_OK;
}

static enum err region_answer(struct task *t, const struct region *r, const struct want *w,
                              struct maps *m, enum vm_signal_kind *why)
{
    const struct page *p = page_find(&t->vm->pages, w->page);
    bool there = p != NULL && p->state != PAGE_NONE && p->state != PAGE_LOST;

    if (there && (p->state == PAGE_PRIVATE || !(w->access & RIGHT_WRITE)))
        return again_answer(t, r, w, m);
    if (r->object == NULL)
        return anon_answer(t, r, w, m);
    return object_answer(t, r, w, m, why);
}

enum err fault_answer(struct task *t, const struct want *w, struct maps *m,
                      enum vm_signal_kind *why)
{
    struct vm *vm = t->vm;
    const struct region *r = region_at(&vm->regions, w->page);
    enum err e;

    if (r == NULL)
        r = stack_grow(vm, w->page);
    *why = r == NULL ? VM_SIGNAL_NOTHING_THERE : VM_SIGNAL_FORBIDDEN;
    if (r == NULL || (r->rights & w->access) != w->access)
        return ERR_FAULT;
    e = region_answer(t, r, w, m, why);
    if (e == ERR_OK) {
        vm->answered = w->page;
        vm->answered_pages = m->pages;
        if (vm->exact)
            exact_enter(t, w->page, w->access);
    } else if (e == ERR_LIMIT) {
        *why = VM_SIGNAL_NO_MEMORY;
    }
    return e;
}

/* Page tables that are missing on the way go first; they are taken last, since the rest may
 * have to wait. */
static enum err tables_answer(struct task *t, uintptr_t page, unsigned tables, struct maps *m)
{
    for (unsigned i = 0; i < tables; i++) {
        cap_t table = tables_take(&t->vm->tables);

        if (table == CAP_NULL)
            return ERR_LIMIT;
        m->word[2 * i] = table;
        m->word[2 * i + 1] = MAP_WHERE(page, 1, 0, 0);
    }
    return ERR_OK;
}

/* Does the task run in circles: one instruction, the same few pages? */
static void progress_watch(struct vm *vm, uintptr_t ip, uintptr_t page)
{
    bool again = false;

    for (unsigned i = 0; i < 4; i++)
        again |= vm->last_page[i] == page;
    vm->stuck = again && ip == vm->last_ip ? vm->stuck + 1 : 0;
    vm->last_ip = ip;
    if (!again) {
        memmove(&vm->last_page[0], &vm->last_page[1], 3 * sizeof(vm->last_page[0]));
        vm->last_page[3] = page;
    }
    vm->refused_in_a_row = vm->answer_refused ? vm->refused_in_a_row + 1 : 0;
    vm->answer_refused = false;
}

static void out_of_memory(const struct task *t)
{
    const struct vm *vm = t->vm;

    log_line("out of memory: the bank gives no more and nothing can be evicted; killed with %u "
             "pages in memory, %u page tables",
             (unsigned)t->status->resident, (unsigned)vm->tables.made);
}

static enum event_end fault_signals(struct task *t, const struct event *e, enum vm_signal_kind kind,
                                    struct vm_signal *s, bool *signalled)
{
    if (kind == VM_SIGNAL_NO_MEMORY)
        out_of_memory(t);
    *s = (struct vm_signal){
        .kind = kind, .address = e->word[FAULT_ADDRESS], .ip = e->word[FAULT_IP]};
    *signalled = true;
    t->status->fault_refused++;
    return EVENT_ANSWER;
}

enum event_end vm_fault(struct task *t, struct event *e, struct vm_signal *s, bool *signalled)
{
    unsigned cause = FAULT_GET_CAUSE(e->word[FAULT_CAUSE]);
    struct want w = {.page = page_down(e->word[FAULT_ADDRESS]),
                     .access = FAULT_GET_ACCESS(e->word[FAULT_CAUSE]),
                     .pages = 1};
    unsigned tables = cause == FAULT_NO_TABLE ? FAULT_GET_LEVEL(e->word[FAULT_CAUSE]) + 1 : 0;
    enum vm_signal_kind why;
    struct maps m;
    enum err err;

    *signalled = false;
    if (cause == FAULT_BUS || cause == FAULT_EXCEPTION)
        return fault_signals(t, e, cause == FAULT_BUS ? VM_SIGNAL_MISALIGNED : VM_SIGNAL_EXCEPTION,
                             s, signalled);
    progress_watch(t->vm, e->word[FAULT_IP], w.page);
    maps_init(&m);
    m.used = 2 * tables;
    err = fault_answer(t, &w, &m, &why);
    if (err == ERR_PENDING)
        return EVENT_PARK;
    if (err == ERR_OK && tables_answer(t, w.page, tables, &m) != ERR_OK) {
        err = ERR_LIMIT;
        why = VM_SIGNAL_NO_MEMORY;
    }
    if (err == ERR_OK && t->vm->refused_in_a_row > REFUSED_MAX) {
        log_line("the kernel refuses to map page %#lx", (unsigned long)w.page);
        why = VM_SIGNAL_IO;
        err = ERR_FAULT;
    }
    if (err != ERR_OK)
        return fault_signals(t, e, why, s, signalled);
    return event_maps(e, &m);
}

/* Which of the pages answered last have been taken by their owner? */
void vm_refused(struct task *t, enum err e)
{
    struct vm *vm = t->vm;

    (void)e;
    vm->answer_refused = true;
    for (unsigned i = 0; i < vm->answered_pages; i++) {
        uintptr_t at = vm->answered + i * PAGE_SIZE;
        struct page *p = page_find(&vm->pages, at);
        struct cap_facts facts;

        if (p == NULL || p->state != PAGE_OBJECT || cap_inspect(p->slot, &facts) != ERR_OK ||
            facts.type != OBJ_NULL)
            continue;
        slots_return(&vm->slots, p->slot, 1);
        if (p->resident == PAGE_NOT_RESIDENT)
            page_forget(t, at);
        else
            page_becomes(t, at, PAGE_LOST, CAP_NULL);
    }
}
