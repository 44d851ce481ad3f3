/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evict.c - the resident set: which pages the policy rules, and what its answers do.
 *
 *   victim         goes by                                             its record
 *   PAGE_PRIVATE   being put to the store (outgoing.c)                 PAGE_OUT
 *   PAGE_KEPT      its frame given back: the store has the contents    PAGE_OUT
 *   PAGE_LENT      its capability deleted; the frame is the store's    PAGE_OUT
 *   PAGE_OBJECT    its capability deleted; the frame stays with its    none
 *   PAGE_SHARED    manager, who learns by it that it was written
 *
 * With a swap server the set holds the task's private pages; it grows with them, and the policy
 * is asked when memory is wanted back (pressure.c). Under a resident limit the set holds the
 * task's pages of objects, too, and the policy is asked when a page is about to come and there is
 * no room. Without either there is no set and no policy.
 *
 * All the policy says is checked by resident.c; what is locked, needed by an instruction that
 * makes no progress, or has nowhere to go is refused.
 */
#include "rt.h"
#include "state.h"

#define STUCK_FAULTS 16u /* in circles; from then on what was loaded last stays */
#define STUCK_PAGES  4u  /* an instruction needs two pages of code and two of data at most */
#define LIMIT_MIN    4u
#define AROUND_SHARE 64u /* fault-around fetches at most this part of the set at once */

static enum pol_refusal evict_pinned(struct resident *set, pol_slot s)
{
    struct task *t = set->owner;
    struct vm *vm = t->vm;
    const struct region *r = region_at(&vm->regions, set_address(set, s));
    const struct page *p = page_find(&vm->pages, set_address(set, s));

    if (p == NULL || p->resident != s)
        return 0; /* a ghost */
    if (r->flags & REGION_LOCKED)
        return POL_PINNED;
    if (vm->stuck >= STUCK_FAULTS && resident_age(set, s) < STUCK_PAGES)
        return POL_PINNED;
    return p->state == PAGE_PRIVATE && store_barred(vm) ? POL_PINNED : 0;
}

static bool evict_test_clear(struct resident *set, pol_slot s)
{
    struct task *t = set->owner;

    return sample_test_clear(t, set_address(set, s));
}

static uint64_t evict_now(struct resident *set)
{
    (void)set;
    return instructions();
}

static void evict_note(struct resident *set, uint32_t tag, uint64_t value)
{
    const struct task *t = set->owner;

    if (t->vm->trace)
        log_line("note %u %llu", (unsigned)tag, (unsigned long long)value);
}

struct pol_key page_key(struct vm *vm, uintptr_t at)
{
    const struct region *r = region_at(&vm->regions, at);

    if (r == NULL || r->object == NULL)
        return (struct pol_key){.page = at / PAGE_SIZE};
    return (struct pol_key){.area = r->area, .page = region_index(r, at)};
}

static void evict_facts(struct resident *set, pol_slot s, struct pol_page *facts)
{
    struct task *t = set->owner;
    struct vm *vm = t->vm;
    uintptr_t at = set_address(set, s);
    const struct region *r = region_at(&vm->regions, at);
    const struct page *p = page_find(&vm->pages, at);

    facts->key = page_key(vm, at);
    if (p == NULL || p->resident != s)
        return; /* a ghost */
    facts->shared = r->flags & REGION_SHARED;
    facts->pinned = r->flags & REGION_LOCKED;
    facts->file = state_in(p->state, PAGES_OBJECT);
    facts->dirty = p->state == PAGE_PRIVATE;
}

static const struct resident_ops evict_ops = {.pinned = evict_pinned,
                                              .test_clear_ref = evict_test_clear,
                                              .now = evict_now,
                                              .note = evict_note,
                                              .facts = evict_facts};

bool evict_init(struct vm *vm, const struct vm_config *c, struct task *t)
{
    const struct replacement *policy = policy_named(c->policy);
    uint32_t limit = c->resident_pages < LIMIT_MIN ? LIMIT_MIN : c->resident_pages;

    if (policy == NULL) {
        log_line("no policy \"%s\"; there are %s", c->policy, policy_names());
        return false;
    }
    vm->limited = c->resident_pages != 0;
    vm->ruled = vm->limited || vm->store != CAP_NULL;
    if (!vm->ruled)
        return true;
    if (limit >= PAGE_NOT_RESIDENT || !resident_init(&vm->resident, policy, vm->limited ? limit : 0,
                                                     c->seed, "", &evict_ops, t)) {
        log_line("no memory for a resident set of %u pages", (unsigned)limit);
        return false;
    }
    if (vm->limited && vm->around > limit / AROUND_SHARE)
        vm->around = limit < 2 * AROUND_SHARE ? 1 : limit / AROUND_SHARE;
    return true;
}

/* Its frame is not here any more; what is left of it is its handle, or nothing. */
static void page_went(struct task *t, pol_slot s)
{
    struct vm *vm = t->vm;
    uintptr_t at = set_address(&vm->resident, s);
    struct page *p = page_find(&vm->pages, at);

    if (p->handle != 0) {
        page_becomes(t, at, PAGE_OUT, CAP_NULL);
        p->resident = PAGE_NOT_RESIDENT;
    } else {
        page_forget(t, at);
    }
    resident_remove(&vm->resident, s, true);
    t->status->evicted_clean++;
}

/* It goes, or will with the others of `o`. */
static void victim_goes(struct task *t, pol_slot s, struct drop *d, struct outgoing *o)
{
    struct vm *vm = t->vm;
    const struct page *p = page_find(&vm->pages, set_address(&vm->resident, s));

    if (p == NULL || p->resident != s) { /* its page went before it */
        vm->ghosts--;
        resident_remove(&vm->resident, s, true);
        return;
    }
    if (p->state == PAGE_PRIVATE) {
        o->item[o->count].slot = p->slot;
        o->item[o->count++].page = s;
        return;
    }
    if (p->state == PAGE_KEPT && vm->sparing && vm->spares < SPARES) {
        space_unmap(t->space, set_address(&vm->resident, s), 1);
        spare_add(vm, p->slot);
    } else if (p->state == PAGE_KEPT) {
        drop_frame(d, p->slot);
        vm->freed++;
    } else if (p->state != PAGE_LOST) {
        drop_derived(d, p->slot);
    }
    page_went(t, s);
}

unsigned evict_some(struct task *t, unsigned pages)
{
    struct vm *vm = t->vm;
    pol_slot victim[RESIDENT_BATCH];
    struct outgoing o = {0};
    struct drop d;
    bool barred = store_barred(vm);
    unsigned n, gone;

    reclaim_begin();
    n = resident_victims(&vm->resident, victim, pages);
    drop_begin(&d, &vm->slots, vm->memory, vm->store);
    for (unsigned i = 0; i < n; i++)
        victim_goes(t, victim[i], &d, &o);
    drop_end(&d);
    gone = n - o.count;
    if (o.count > 0)
        gone += vm->sparing ? outgoing_save(t, &o) : outgoing_put(t, &o);
    reclaim_end();
    /* those that the store did not take are refused now: others may go */
    return gone == 0 && !barred && store_barred(vm) ? evict_some(t, pages) : gone;
}

/* Not in the set: an object's page, which costs nothing to fetch again. */
static void object_goes(struct task *t, uintptr_t at, const struct page *p, struct drop *d)
{
    if (!state_in(p->state, PAGES_OBJECT))
        return;
    drop_derived(d, p->slot);
    page_forget(t, at);
    t->status->evicted_clean++;
}

void evict_range(struct task *t, uintptr_t start, uintptr_t end)
{
    struct vm *vm = t->vm;
    struct outgoing o = {0};
    struct drop d;

    reclaim_begin();
    vm->store_full = vm->store_late = false;
    drop_begin(&d, &vm->slots, vm->memory, vm->store);
    for (uintptr_t at = page_next(&vm->pages, start, end); at < end;
         at = page_next(&vm->pages, at + PAGE_SIZE, end)) {
        const struct page *p = page_find(&vm->pages, at);

        if (p->resident == PAGE_NOT_RESIDENT)
            object_goes(t, at, p, &d);
        else if (evict_pinned(&vm->resident, p->resident) == 0)
            victim_goes(t, p->resident, &d, &o);
        if (o.count == RESIDENT_BATCH) {
            outgoing_put(t, &o);
            o.count = 0;
        }
    }
    drop_end(&d);
    if (o.count > 0)
        outgoing_put(t, &o);
    reclaim_end();
}

enum err evict_for(struct task *t, unsigned pages)
{
    struct vm *vm = t->vm;
    struct resident *set = &vm->resident;

    if (!vm->ruled)
        return ERR_OK;
    if (vm->limited)
        sample_before(t, pages);
    vm->store_full = vm->store_late = false;
    while (set->count + pages > set->env.nframes) {
        if (!resident_grow(set) && evict_some(t, set->count + pages - set->env.nframes) == 0)
            return vm->store_late ? ERR_PENDING : ERR_OK;
    }
    return ERR_OK;
}

void page_admit(struct task *t, uintptr_t at, enum pol_why why)
{
    struct vm *vm = t->vm;
    struct page *p = page_find(&vm->pages, at);

    if (p->resident != PAGE_NOT_RESIDENT) { /* it was here, and lost or changed its frame */
        if (vm->exact)
            exact_reference(vm, at);
        return;
    }
    if (page_ruled(vm, p->state)) {
        if (resident_full(&vm->resident)) {
            vm->beyond++; /* nothing could go: it stays outside the set */
            return;
        }
        p->resident = resident_load(&vm->resident, set_name(at), why) & PAGE_NOT_RESIDENT;
    }
    if (vm->exact && (p->resident != PAGE_NOT_RESIDENT || state_in(p->state, PAGES_OBJECT)))
        exact_trace(vm, page_key(vm, at));
}

void page_leaves_set(struct vm *vm, struct page *p)
{
    if (p->resident == PAGE_NOT_RESIDENT)
        return;
    if (vm->exact)
        vm->ghosts++;
    else
        resident_remove(&vm->resident, p->resident, false);
    p->resident = PAGE_NOT_RESIDENT;
}
