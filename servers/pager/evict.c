/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evict.c - the resident set: which pages the policy rules, and what its answers do.
 *
 * Under a resident limit the set holds the task's pages of objects, unmodified. Their frames
 * stay with their manager: to evict one is to unmap it and delete the derived capability.
 * Private pages have nowhere to go as long as there is no swap; they are not in the set, and
 * the limit does not count them. Without a limit there is no set and no policy.
 *
 * The policy is asked when a page is about to come and there is no room. All it says is
 * checked by resident.c; what is locked, or needed by an instruction that makes no progress,
 * is refused.
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
    const struct region *r = region_at(&vm->regions, set->page[s].where);

    if (r != NULL && r->flags & REGION_LOCKED)
        return POL_PINNED;
    if (vm->stuck >= STUCK_FAULTS && set->page[s].facts.loaded_at + STUCK_PAGES > set->loads)
        return POL_PINNED;
    return 0;
}

static bool evict_test_clear(struct resident *set, pol_slot s)
{
    struct task *t = set->owner;

    return sample_test_clear(t, set->page[s].where);
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

static const struct resident_ops evict_ops = {.pinned = evict_pinned,
                                              .test_clear_ref = evict_test_clear,
                                              .now = evict_now,
                                              .note = evict_note};

bool evict_init(struct vm *vm, const struct vm_config *c, struct task *t)
{
    const struct replacement *policy = policy_named(c->policy);
    uint32_t limit = c->resident_pages < LIMIT_MIN ? LIMIT_MIN : c->resident_pages;

    if (policy == NULL) {
        log_line("no policy \"%s\"; there are %s", c->policy, policy_names());
        return false;
    }
    if (c->resident_pages == 0)
        return true;
    if (limit >= PAGE_NOT_RESIDENT ||
        !resident_init(&vm->resident, policy, limit, c->seed, "", &evict_ops, t)) {
        log_line("no memory for a resident set of %u pages", (unsigned)limit);
        return false;
    }
    if (vm->around > limit / AROUND_SHARE)
        vm->around = limit < 2 * AROUND_SHARE ? 1 : limit / AROUND_SHARE;
    vm->ruled = true;
    return true;
}

static void evict_one(struct task *t, pol_slot s, struct drop *d)
{
    struct vm *vm = t->vm;
    uintptr_t at = vm->resident.page[s].where;
    struct page *p = page_find(&vm->pages, at);

    if (p == NULL || p->resident != s) {
        vm->ghosts--; /* its page went before it */
    } else {
        if (p->state == PAGE_OBJECT)
            drop_derived(d, p->slot);
        page_forget(t, at);
        t->status->evicted_clean++;
    }
    resident_remove(&vm->resident, s, true);
}

void evict_for(struct task *t, unsigned pages)
{
    struct vm *vm = t->vm;
    struct resident *set = &vm->resident;
    struct drop d;

    if (!vm->ruled)
        return;
    sample_before(t, pages);
    drop_begin(&d, &vm->slots, vm->memory);
    while (set->count + pages > set->env.nframes) {
        pol_slot victim[RESIDENT_BATCH];
        unsigned n = resident_victims(set, victim, set->count + pages - set->env.nframes);

        for (unsigned i = 0; i < n; i++)
            evict_one(t, victim[i], &d);
        if (n == 0)
            break;
    }
    drop_end(&d);
}

void page_admit(struct task *t, const struct region *r, uintptr_t at, enum pol_why why)
{
    struct vm *vm = t->vm;
    struct pol_page facts = {
        .key = {.area = r->area, .page = region_index(r, at)},
        .file = true,
        .shared = r->flags & REGION_SHARED,
        .pinned = r->flags & REGION_LOCKED,
    };

    if (vm->ruled && resident_full(&vm->resident)) {
        vm->beyond++; /* nothing could go: it stays outside the set */
        return;
    }
    if (vm->ruled)
        page_find(&vm->pages, at)->resident =
            resident_load(&vm->resident, &facts, at, why) & PAGE_NOT_RESIDENT;
    if (vm->exact)
        exact_trace(vm, r->area, region_index(r, at));
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
