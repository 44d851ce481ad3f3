/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state.h - the VM's state and what its files offer each other. vm.h has what the
 * personality sees.
 *
 * V1  a page record exists exactly for pages that some region holds
 * V2  PAGE_PRIVATE owns a frame of the frame server; PAGE_ZERO and PAGE_OBJECT a derived
 *     capability that cannot be written; what is mapped in the task's space is what records
 *     name, but not all that they name is mapped (see exact.c; PROT_NONE; mremap)
 * V3  a page is in the resident set exactly if its record says so, and is then PAGE_OBJECT or
 *     PAGE_LOST; in exact mode the set also holds ghosts (exact.c)
 */
#ifndef PAGER_STATE_H
#define PAGER_STATE_H

#include "drop.h"
#include "maps.h"
#include "page.h"
#include "pool.h"
#include "region.h"
#include "resident.h"
#include "slots.h"
#include "tables.h"
#include "vm.h"

#define VM_LOWEST      0x10000u          /* nothing is ever mapped below: NULL faults */
#define VM_STACK_GAP   (256 * PAGE_SIZE) /* between a stack and what is below it */
#define VM_STACK_LIMIT (8u << 20)
#define VM_REGIONS_MAX 65530u
#define VM_NO_LIMIT    UINT64_MAX

/* What the manifest's node says. */
struct vm_config {
    uintptr_t top;           /* end of the task's addresses */
    cap_t memory;            /* session at the frame server: the task's bank */
    const char *policy;      /* by name */
    uint32_t resident_pages; /* limit of the resident set; 0 = none */
    unsigned around;         /* fault-around, pages; 0 = as fits the limit */
    bool exact, trace;
    uint64_t seed;
};

/* Exact mode: the pages that are mapped, the older one first; NO_PAGE = none. */
#define NO_PAGE (~(uintptr_t)0)
struct window_of_pages {
    uintptr_t code[2], data[2];
};

struct vm {
    struct slots slots;
    struct pool pool;
    struct tables tables;
    struct regions regions;
    struct pages pages;
    cap_t memory;
    cap_t zero; /* read-only capability of a zero page; CAP_NULL before the first use */
    uintptr_t top, map_low;
    uintptr_t heap, heap_end; /* where the break began, where it is */
    uint64_t limit_space, limit_stack;
    uint32_t areas;
    unsigned around;

    /* replacement: evict.c, sample.c, exact.c */
    bool ruled, exact, trace;
    struct resident resident;
    uint32_t sweep_in; /* loads until the next sweep of accessed bits */
    struct window_of_pages window;
    uint32_t ghosts, beyond; /* in the set, but gone; loaded beyond the limit */
    uint32_t sweeps, probes; /* of accessed bits */
    struct {
        uint32_t area, index;
    } traced[16];
    unsigned traced_count;

    /* The last fault, for guards against faults that make no progress. */
    uintptr_t last_ip, last_page[4];
    unsigned last, stuck;
    unsigned refused_in_a_row;
    bool answer_refused;
    uintptr_t answered; /* what the last answer mapped */
    unsigned answered_pages;
};

/* One wish: this page, for this access. */
struct want {
    uintptr_t page;
    unsigned access; /* enum right */
    unsigned pages;  /* so many from there on would be welcome; >= 1 */
};

/* ---- init.c ---- */

/* The task's empty address space, as t->vm; false: no memory, or an unknown policy (logged). */
bool vm_init(struct task *t, const struct vm_config *c);

/* ---- fault.c: the way of a fault ---- */

/*
 * The maps that answer a wish, into m (from m->used on). ERR_PENDING; ERR_FAULT: *why;
 * ERR_LIMIT: no memory.
 */
enum err fault_answer(struct task *t, const struct want *w, struct maps *m,
                      enum vm_signal_kind *why);
/* A fault of the task. EVENT_ANSWER: also if it became a signal, then *signalled. */
enum event_end vm_fault(struct task *t, struct event *e, struct vm_signal *s, bool *signalled);
/* The kernel did not take the answer to the last one. */
void vm_refused(struct task *t, enum err e);

/* ---- anon.c, object.c: pages of each kind. As fault_answer; region and rights are checked. */

enum err anon_answer(struct task *t, const struct region *r, const struct want *w, struct maps *m);
enum err object_answer(struct task *t, const struct region *r, const struct want *w, struct maps *m,
                       enum vm_signal_kind *why);

/* ---- record.c ---- */

/* Forgets the pages of a range and gives up what they held. */
void pages_drop(struct task *t, uintptr_t start, uintptr_t end);
/* Does it hold a page frame, whoever's? */
static inline bool state_counts(enum page_state state)
{
    return state == PAGE_PRIVATE || state == PAGE_OBJECT;
}
/* A page's record gets a new state. */
static inline void page_becomes(struct task *t, uintptr_t page, enum page_state state, cap_t slot)
{
    struct supervisor_status *status = t->status;
    const struct page *p = page_find(&t->vm->pages, page);

    status->resident += (uint32_t)state_counts(state) - (uint32_t)state_counts(p->state);
    if (status->resident > status->resident_peak)
        status->resident_peak = status->resident;
    page_set(&t->vm->pages, page, state, slot);
}
void page_forget(struct task *t, uintptr_t page);
/* How many pages from an untouched one on are untouched, in its region and chunk; 1..most. */
unsigned fresh_run(struct vm *vm, const struct region *r, uintptr_t page, unsigned most);
/* Calls the kernel for the parts of a range that have records. */
void pages_unmap(struct task *t, uintptr_t start, uintptr_t end);
void pages_protect(struct task *t, uintptr_t start, uintptr_t end, unsigned rights);

/* ---- evict.c: the resident set ---- */

bool evict_init(struct vm *vm, const struct vm_config *c, struct task *t);
/* Evicts until `pages` more fit, as far as pages can go. */
void evict_for(struct task *t, unsigned pages);
/* The page at `at` (PAGE_OBJECT) becomes subject to the policy, if there is one, and a part of
 * the reference string. */
void page_admit(struct task *t, const struct region *r, uintptr_t at, enum pol_why why);
/* Its record goes, or stops being an object's page. */
void page_leaves_set(struct vm *vm, struct page *p);

/* ---- sample.c ---- */

/* Called before `loads` loads: from time to time tells the policy what was referenced. */
void sample_before(struct task *t, unsigned loads);
bool sample_test_clear(struct task *t, uintptr_t page);

/* ---- exact.c ---- */

/* The page is about to be mapped for an access: another one of its kind leaves. */
void exact_enter(struct task *t, uintptr_t page, unsigned access);
/* A reference to the page at `at`, if it is one that the resident set holds. */
void exact_reference(struct vm *vm, const struct region *r, uintptr_t at);
/* The reference string: one more; the last ones. */
void exact_trace(struct vm *vm, uint32_t area, uint32_t index);
void exact_flush(struct vm *vm);

/* ---- map.c ---- */

static inline uintptr_t page_down(uintptr_t at)
{
    return at & ~(uintptr_t)(PAGE_SIZE - 1);
}

/* Sizes that are checked to be far from the type's end. */
static inline uintptr_t page_up(uintptr_t at)
{
    return page_down(at + PAGE_SIZE - 1);
}

/* Is [address, address + bytes) page-aligned, not empty, the task's? *end = its rounded end. */
bool range_ok(const struct vm *vm, uintptr_t address, size_t bytes, uintptr_t *end);
/* May so many more pages be mapped? */
bool space_left(const struct vm *vm, size_t pages);
/* Unmaps all of it; 2 regions are reserved. */
void range_clear(struct task *t, uintptr_t start, uintptr_t end);
/* Makes present what needs no waiting. */
void range_populate(struct task *t, uintptr_t start, uintptr_t end);
/* Changes `flags` of the regions of a range; 2 regions are reserved. */
void range_flags(struct vm *vm, uintptr_t start, uintptr_t end, unsigned clear, unsigned set);

#endif
