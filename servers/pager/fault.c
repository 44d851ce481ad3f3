/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.c - the way of a fault: address → region → record → maps.
 *
 *   record        read                        write
 *   none          anon.c, object.c            anon.c, object.c (a copy; MAP_SHARED: the page)
 *   PAGE_PRIVATE  its frame is mapped again, with neighbours
 *   PAGE_KEPT     mapped again                mapped again, private from now on (store.c)
 *   PAGE_ZERO     mapped again                replaced by a frame (anon.c)
 *   PAGE_OBJECT   mapped again                replaced by a copy, or got to be written (object.c)
 *   PAGE_SHARED   mapped again
 *   PAGE_LENT     mapped again                got to be written (store.c)
 *   PAGE_LOST     fetched again               fetched and copied (object.c), got (store.c)
 *   PAGE_OUT      got from the swap server (store.c)
 *
 * "Mapped again" happens after PROT_NONE, mremap, and all the time in exact mode. If its
 * owner took the page meanwhile, the kernel refuses the answer, vm_refused() marks the
 * record, and the same fault comes once more. Where there is no memory, pressure.c makes some,
 * or says that the fault has to wait for it.
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

/* Read ahead of the page that is missed, and not mapped yet? */
static bool came_with(const struct vm *vm, const struct page *p)
{
    return vm->desk != NULL && p->resident != PAGE_NOT_RESIDENT &&
           resident_age(&vm->resident, p->resident) < FILL_PAGES;
}

/* A record that has what is wished: map it, and neighbours in neighbouring slots; of what came with
 * it as many as there is room for. */
static enum err again_answer(struct task *t, const struct region *r, const struct want *w,
                             struct maps *m)
{
    struct vm *vm = t->vm;
    const struct page *p = page_find(&vm->pages, w->page);
    unsigned rights =
        state_in(p->state, PAGES_WRITABLE) ? r->rights : r->rights & ~(unsigned)RIGHT_WRITE;
    uintptr_t end = (w->page | (CHUNK_BYTES - 1)) + 1;
    unsigned pages = 0, most = vm->exact ? 1 : REPLY_PAGES;

    if (end > r->end)
        end = r->end;
    if ((end - w->page) / PAGE_SIZE < most)
        most = (unsigned)((end - w->page) / PAGE_SIZE);
    do {
        unsigned n = 1;

        while (pages + n < most && p[n].state == p->state && p[n].slot == p->slot + n)
            n++;
        maps_run(m, p->slot, w->page + pages * PAGE_SIZE, n, rights, 0);
        pages += n;
        p += n;
    } while (pages < most && p->state == p[-1].state && came_with(vm, p) &&
             m->used < MESSAGE_WORDS);
    m->pages = pages;
    if (vm->exact)
        exact_reference(vm, w->page);
    t->status->fault_soft += vm->came != w->page;
    vm->came = 0;
    return ERR_OK;
}

static enum err region_answer(struct task *t, const struct region *r, const struct want *w,
                              struct maps *m, enum vm_signal_kind *why)
{
    const struct page *p = page_find(&t->vm->pages, w->page);
    enum page_state state = p == NULL ? PAGE_NONE : p->state;
    bool write = w->access & RIGHT_WRITE;

    if (t->vm->unclaimed == w->page && state_in(state, PAGES_OWN)) {
        private_taken(t, w->page);
        return t->vm->unclaimed == w->page ? memory_late(t) : region_answer(t, r, w, m, why);
    }
    if (state == PAGE_KEPT && write)
        kept_written(t, w->page);
    if (state_in(state, write ? PAGES_WRITABLE | 1u << PAGE_KEPT : PAGES_THERE))
        return again_answer(t, r, w, m);
    if (p != NULL && p->handle != 0)
        return store_answer(t, r, w, m, why);
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
    do {
        e = region_answer(t, r, w, m, why);
    } while (e == ERR_LIMIT && (e = memory_make(t)) == ERR_OK);
    if (e == ERR_OK) {
        vm->starving = 0;
        vm->answered = w->page;
        vm->answered_pages = m->pages;
        t->status->pool = vm->pool.left;
        if (vm->exact)
            exact_enter(t, w->page, w->access);
        if (r->flags & REGION_LOCKED)
            pages_reclass(vm, w->page, w->page + m->pages * PAGE_SIZE, true);
    } else if (e == ERR_LIMIT) {
        *why = VM_SIGNAL_NO_MEMORY;
    }
    return e;
}

/* A page table for the task, as memory_make() can help. */
enum err table_get(struct task *t, cap_t *table)
{
    enum err e = ERR_OK;

    do {
        *table = tables_take(&t->vm->tables);
    } while (*table == CAP_NULL && (e = memory_make(t)) == ERR_OK);
    return e;
}

/* Page tables that are missing on the way go first. They are taken last, since the rest may
 * have to wait, and the words are touched when nothing can fail any more. */
static enum err tables_answer(struct task *t, const struct want *w, unsigned tables, struct maps *m,
                              enum vm_signal_kind *why)
{
    word_t word[MESSAGE_WORDS];
    struct maps items = {.word = word, .used = 2 * tables};
    enum err e = fault_answer(t, w, &items, why);

    for (unsigned i = 0; e == ERR_OK && i < tables; i++) {
        cap_t table;

        e = table_get(t, &table);
        word[2 * i] = table;
        word[2 * i + 1] = MAP_WHERE(w->page, 1, 0, 0);
        if (e == ERR_LIMIT)
            *why = VM_SIGNAL_NO_MEMORY;
    }
    if (e != ERR_OK)
        return e;
    memcpy(m->word, word, sizeof(word));
    m->used = items.used;
    return ERR_OK;
}

/* Does the task run in circles: one instruction, the same few pages? Then the policy takes
 * away what the instruction needs (evict.c). */
static void progress_watch(struct vm *vm, uintptr_t ip, uintptr_t page)
{
    bool again = false;

    for (unsigned i = 0; i < 4; i++)
        again |= vm->last_page[i] == page;
    vm->stuck = again && ip == vm->last_ip ? vm->stuck + 1 : 0;
    vm->last_ip = ip;
    if (!again)
        vm->last_page[vm->last++ % 4] = page;
}

/* Nor does the kernel refuse for ever. */
static bool refused_too_often(struct vm *vm, uintptr_t page)
{
    if (!vm->answer_refused) {
        vm->refused_in_a_row = 0;
        return false;
    }
    vm->answer_refused = false;
    if (++vm->refused_in_a_row < REFUSED_MAX)
        return false;
    log_line("the kernel refuses to map page %#lx", (unsigned long)page);
    return true;
}

static void out_of_memory(const struct task *t)
{
    log_line("out of memory: the bank gives no more and nothing can be evicted; killed with %u "
             "pages in memory, %u page tables",
             (unsigned)t->status->resident, (unsigned)t->vm->tables.made);
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

/*
 * The commonest fault of all, first write to an anonymous page, on a straight line: what may
 * fail, wait or send a message is left to the long way. A third of its instructions; nothing
 * else is different.
 */
static bool first_touch(struct task *t, struct event *e)
{
    struct vm *vm = t->vm;
    uintptr_t page = page_down(e->word[FAULT_ADDRESS]);
    const struct region *r = region_at(&vm->regions, page);
    struct page *p = page_find(&vm->pages, page);

    if (e->word[FAULT_CAUSE] != (FAULT_NOT_PRESENT | RIGHT_WRITE << 8) || vm->pool.left == 0 ||
        vm->exact || r == NULL || r->object != NULL || !(r->rights & RIGHT_WRITE) ||
        r->flags & REGION_LOCKED || p == NULL || p->state != PAGE_NONE)
        return false;
    if (vm->store != CAP_NULL && (vm->limited || resident_full(&vm->resident)))
        return false;
    vm->answered = page;
    vm->answered_pages = 1;
    e->word[0] = vm->pool.next++;
    e->word[1] = MAP_WHERE(page, 1, r->rights, 0);
    e->word[2] = 0;
    e->info = INFO_MAPS;
    t->status->pool = --vm->pool.left;
    page_becomes(t, page, PAGE_PRIVATE, (cap_t)e->word[0]);
    if (vm->store != CAP_NULL)
        p->resident = resident_load(&vm->resident, set_name(page), POL_ZERO) & PAGE_NOT_RESIDENT;
    if (r->flags & REGION_GROWS)
        t->status->fault_stack++;
    else
        t->status->fault_zero++;
    return true;
}

static __attribute__((noinline)) enum event_end long_way(struct task *t, struct event *e,
                                                         struct vm_signal *s, bool *signalled)
{
    word_t cause = e->word[FAULT_CAUSE];
    struct want w = {
        .page = page_down(e->word[FAULT_ADDRESS]), .access = FAULT_GET_ACCESS(cause), .pages = 1};
    struct maps m = {.word = e->word};
    enum vm_signal_kind why = VM_SIGNAL_IO;
    enum err err;

    if (FAULT_GET_CAUSE(cause) == FAULT_BUS)
        return fault_signals(t, e, VM_SIGNAL_IO, s, signalled);
    if (FAULT_GET_CAUSE(cause) == FAULT_MISALIGNED)
        return fault_signals(t, e, VM_SIGNAL_MISALIGNED, s, signalled);
    if (FAULT_GET_CAUSE(cause) == FAULT_EXCEPTION)
        return fault_signals(t, e, VM_SIGNAL_EXCEPTION, s, signalled);
    if (t->vm->ruled)
        progress_watch(t->vm, e->word[FAULT_IP], w.page);
    if (refused_too_often(t->vm, w.page))
        return fault_signals(t, e, VM_SIGNAL_IO, s, signalled);
    if (FAULT_GET_CAUSE(cause) == FAULT_NO_TABLE) {
        err = tables_answer(t, &w, FAULT_GET_LEVEL(cause) + 1, &m, &why);
    } else {
        err = fault_answer(t, &w, &m, &why);
    }
    if (err == ERR_PENDING)
        return EVENT_PARK;
    if (err != ERR_OK)
        return fault_signals(t, e, why, s, signalled);
    return event_maps(e, &m);
}

enum event_end vm_fault(struct task *t, struct event *e, struct vm_signal *s, bool *signalled)
{
    *signalled = false;
    return first_touch(t, e) ? EVENT_ANSWER : long_way(t, e, s, signalled);
}

/* Its slot is empty: somebody else's page was taken by its owner. */
static void page_taken(struct task *t, uintptr_t at, struct page *p)
{
    bool stays = p->resident != PAGE_NOT_RESIDENT;

    slots_return(&t->vm->slots, p->slot, 1);
    if (stays)
        page_becomes(t, at, PAGE_LOST, CAP_NULL);
    else if (p->handle != 0)
        page_becomes(t, at, PAGE_OUT, CAP_NULL);
    else
        page_forget(t, at);
}

/* Which of the pages answered last have been taken? */
void vm_refused(struct task *t, enum err e)
{
    struct vm *vm = t->vm;

    (void)e;
    vm->answer_refused = true;
    for (unsigned i = 0; i < vm->answered_pages; i++) {
        uintptr_t at = vm->answered + i * PAGE_SIZE;
        struct page *p = page_find(&vm->pages, at);
        struct cap_facts facts;

        if (p == NULL || !state_counts(p->state) || cap_inspect(p->slot, &facts) != ERR_OK ||
            facts.type != OBJ_NULL)
            continue;
        if (state_in(p->state, PAGES_OWN))
            private_taken(t, at);
        else
            page_taken(t, at, p);
    }
}
