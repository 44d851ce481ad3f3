/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state.h - the VM's state and what its files offer each other. vm.h has what the
 * personality sees.
 *
 * V1  a page record exists exactly for pages that some region holds
 * V2  PAGE_PRIVATE and PAGE_KEPT own a frame of the frame server; PAGE_ZERO, PAGE_OBJECT,
 *     PAGE_SHARED and PAGE_LENT a derived capability, which only PAGE_SHARED can write; what is
 *     mapped in the task's space is what records name, but not all that they name is mapped (see
 *     exact.c; PROT_NONE; mremap)
 * V3  a page is in the resident set exactly if its record says so. It is then of a kind that the
 *     set rules (page_ruled), or PAGE_LOST; in exact mode the set also holds ghosts (exact.c)
 * V4  PAGE_KEPT, PAGE_LENT and PAGE_OUT have a handle, PAGE_LOST may have one, no other has
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
#include "swap.h"
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
    cap_t store;             /* session at the swap server; CAP_NULL: none */
    const char *policy;      /* by name */
    uint32_t resident_pages; /* limit of the resident set; 0 = none */
    unsigned around;         /* fault-around, pages; 0 = as fits the limit */
    bool exact, trace;
    bool deaf; /* it gives nothing of what is asked back (an experiment) */
    uint64_t seed;
};

/* Why a thread waits for memory. */
enum stall { STALL_NONE, STALL_MEMORY, STALL_SWAPIN, STALL_REFAULT };

/* Exact mode: the pages that are mapped, the older one first; NO_PAGE = none. */
#define NO_PAGE (~(uintptr_t)0)
struct window_of_pages {
    uintptr_t code[2], data[2];
};

/* Pages between the store's disk and frames of the task's own: fill.c, spare.c. */
#define FILLS      2u
#define FILL_PAGES 16u
#define SPARES     64u
struct fill {
    unsigned count; /* 0: unused */
    uint32_t number;
    struct fill_page {
        uintptr_t page;
        uint32_t handle;
        cap_t slot; /* of the frame */
    } item[SWAP_ORDERS_MAX];
};

struct frame_session;
struct frame_stall;

struct vm {
    struct slots slots;
    struct pool pool;
    struct tables tables;
    struct regions regions;
    struct pages pages;
    cap_t memory, store;
    const struct frame_session *told; /* by the frame server; NULL: nothing is */
    struct frame_stall *stalls;       /* told it; NULL: is not */
    enum stall stall;                 /* why the event in hand cannot be answered now */
    cap_t zero; /* read-only capability of a zero page; CAP_NULL before the first use */
    uintptr_t top, map_low;
    uintptr_t heap, heap_end; /* where the break began, where it is */
    uint64_t limit_space, limit_stack;
    enum vm_lock lock_future; /* what is mapped from now on */
    uint32_t areas;
    unsigned around;

    /* replacement: evict.c, sample.c, exact.c */
    bool ruled, limited, exact, trace; /* ruled: there is a set; limited: it has a limit */
    struct resident resident;
    uint32_t sweep_in;   /* loads until the next sweep of accessed bits */
    uint64_t swept_at;   /* loads, when the last one was */
    uint32_t freed, put; /* frames given back at once by eviction; sent to the store */
    uint32_t owed;       /* pages asked back, and the store was late */
    uint64_t starving;   /* ns: since when nothing could be had and nothing could go; 0: not */
    bool store_full, store_late;  /* what the last put said: no room; not now */
    bool deaf;                    /* to pressure */
    struct drop dead;             /* handles that nobody needs: dropped with the next ones */
    struct swap_desk *desk;       /* shared with the store; NULL: it has none for us */
    uint32_t told_done, numbered; /* what of it was read; fills and saves begun */
    struct fill fill[FILLS], save;
    cap_t spare[SPARES]; /* slots of frames that no page has */
    unsigned spares;
    bool sparing;        /* victims' frames become spares */
    uint64_t pressed_at; /* loads, when memory was asked back last */
    uintptr_t came;      /* the page that a fill was for, until it is mapped */
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
    uintptr_t unclaimed; /* a page taken by force that the store could not name; 0: none */
    uintptr_t answered;  /* what the last answer mapped */
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
/* A page table for the task. ERR_PENDING, ERR_LIMIT. */
enum err table_get(struct task *t, cap_t *table);
/* A fault of the task. EVENT_ANSWER: also if it became a signal, then *signalled. */
enum event_end vm_fault(struct task *t, struct event *e, struct vm_signal *s, bool *signalled);
/* The kernel did not take the answer to the last one. */
void vm_refused(struct task *t, enum err e);

/* ---- anon.c, object.c: pages of each kind. As fault_answer; region and rights are checked. */

enum err anon_answer(struct task *t, const struct region *r, const struct want *w, struct maps *m);
enum err object_answer(struct task *t, const struct region *r, const struct want *w, struct maps *m,
                       enum vm_signal_kind *why);

/* ---- store.c: private pages that are out, and come back. As fault_answer. ---- */

/* The page is PAGE_OUT, or PAGE_LOST with a handle, or PAGE_LENT and to be written. */
enum err store_answer(struct task *t, const struct region *r, const struct want *w, struct maps *m,
                      enum vm_signal_kind *why);
/* PAGE_KEPT is to be written: it is private again. */
void kept_written(struct task *t, uintptr_t page);
/* The frame in the slot of a page of our own was taken by force: where is it now? */
void private_taken(struct task *t, uintptr_t page);

/* ---- fill.c: into frames of the task's own ---- */

/* How many pages behind the missing one, or with `down` before it, are worth having. */
unsigned fill_beyond(struct vm *vm, const struct region *r, const struct want *w, bool down);
/* The page is PAGE_OUT. ERR_PENDING: it comes; ERR_EXISTS: it is to be got. */
enum err fill_answer(struct task *t, const struct region *r, const struct want *w);
/* The page is no more: what comes for it is for nothing. */
void fill_forget(struct vm *vm, uintptr_t page);
/* What has come is in its place, if it is a fill's. */
void fill_done(struct task *t, uint32_t number, uint32_t pages);

/* ---- spare.c: frames for them ---- */

/* A frame that is mapped nowhere, and whose contents nobody needs. */
void spare_add(struct vm *vm, cap_t slot);
/* Perhaps there is none any more in that slot. */
void spare_gone(struct vm *vm, cap_t slot);
/* One. `first`: pages leave for it, if need be; else only if that costs nothing. ERR_PENDING: one
 * will be there; ERR_EXISTS: not so. */
enum err spare_take(struct task *t, bool first, cap_t *slot);
/* Gives all back to the frame server; how many. */
unsigned spares_return(struct vm *vm);
/* What the store has told on the desk. */
void desk_read(struct task *t);

/* ---- outgoing.c: private pages on their way to the store ---- */

struct outgoing {
    unsigned count;
    struct {
        cap_t slot;
        pol_slot page; /* of the set */
    } item[RESIDENT_BATCH];
};
/* The pages go to the store, and leave the set. How many did; those that did not are as before,
 * and vm->store_full or store_late tells why. Allocates nothing. */
unsigned outgoing_put(struct task *t, struct outgoing *o);
/* The same, but their frames become spares. In spare.c. */
unsigned outgoing_save(struct task *t, struct outgoing *o);

/* ---- record.c ---- */

/* Forgets the pages of a range and gives up what they held. */
void pages_drop(struct task *t, uintptr_t start, uintptr_t end);
#define PAGES_OWN      (1u << PAGE_PRIVATE | 1u << PAGE_KEPT)  /* frames of the task's bank */
#define PAGES_OBJECT   (1u << PAGE_OBJECT | 1u << PAGE_SHARED) /* an object's frames */
#define PAGES_WRITABLE (1u << PAGE_PRIVATE | 1u << PAGE_SHARED)
#define PAGES_THERE    (PAGES_RESIDENT | 1u << PAGE_ZERO) /* have a slot */
#define PAGES_RESIDENT (PAGES_OWN | PAGES_OBJECT | 1u << PAGE_LENT)

static inline bool state_in(enum page_state state, unsigned states)
{
    return states >> state & 1;
}
/* Does it hold a page frame, whoever's? */
static inline bool state_counts(enum page_state state)
{
    return state_in(state, PAGES_RESIDENT);
}
/* So many pages more, or less, are at the store and have no frame: told in the stall page. */
void stall_swapped(struct vm *vm, int change);
/* A page's record gets a new state. */
static inline void page_becomes(struct task *t, uintptr_t page, enum page_state state, cap_t slot)
{
    struct supervisor_status *status = t->status;
    const struct page *p = page_find(&t->vm->pages, page);

    status->resident += (uint32_t)state_counts(state) - (uint32_t)state_counts(p->state);
    if (status->resident > status->resident_peak)
        status->resident_peak = status->resident;
    if (state == PAGE_OUT || p->state == PAGE_OUT)
        stall_swapped(t->vm, (state == PAGE_OUT) - (p->state == PAGE_OUT));
    page_set(&t->vm->pages, page, state, slot);
}
void page_forget(struct task *t, uintptr_t page);
/* A cleared frame from the pool, to be copied to or derived from here: those that were taken by
 * force before they were used are passed over. CAP_NULL: *e tells why there is none. */
cap_t frame_fresh(struct task *t, enum err *e);
/* How many pages from an untouched one on are untouched, in its region and chunk; 1..most. */
unsigned fresh_run(struct vm *vm, const struct region *r, uintptr_t page, unsigned most);
/* How many pages right before one are in one of these states, in its region; 0..most. */
unsigned run_before(struct vm *vm, const struct region *r, uintptr_t page, unsigned states,
                    unsigned most);
/* The same right behind it. */
unsigned run_behind(struct vm *vm, const struct region *r, uintptr_t page, unsigned states,
                    unsigned most);
/* Calls the kernel for the parts of a range that have records. */
void pages_unmap(struct task *t, uintptr_t start, uintptr_t end);
void pages_protect(struct task *t, uintptr_t start, uintptr_t end, unsigned rights);

/* ---- evict.c: the resident set ---- */

bool evict_init(struct vm *vm, const struct vm_config *c, struct task *t);
/* The set's name of a page, and back. */
static inline uint32_t set_name(uintptr_t at)
{
    return (uint32_t)(at / PAGE_SIZE);
}
static inline uintptr_t set_address(const struct resident *set, pol_slot s)
{
    return (uintptr_t)resident_page(set, s)->where * PAGE_SIZE;
}
/* Does the set rule pages of this kind? Without a swap server private pages have nowhere to go;
 * an object's frames stay with their manager, and count under a limit only. */
static inline bool page_ruled(const struct vm *vm, enum page_state state)
{
    return state_in(state, PAGES_OBJECT) ? vm->limited
                                         : vm->store != CAP_NULL && state_counts(state);
}
/* Evicts until `pages` more fit, as far as pages can go. ERR_PENDING: one will be able to. */
enum err evict_for(struct task *t, unsigned pages);
/* Is it known that the store takes nothing now? */
static inline bool store_barred(const struct vm *vm)
{
    return vm->store_full || vm->store_late;
}
/* Evicts the pages of a range, as far as they can go. */
void evict_range(struct task *t, uintptr_t start, uintptr_t end);
/* Evicts up to so many pages (<= RESIDENT_BATCH), whoever's frames they have. Returns how many
 * went. Allocates nothing. */
unsigned evict_some(struct task *t, unsigned pages);
/* The page at `at` got its frame: it becomes subject to the policy, if that rules such, and a
 * part of the reference string. */
void page_admit(struct task *t, uintptr_t at, enum pol_why why);
/* Its record goes, or it is no longer a page that the set rules. */
void page_leaves_set(struct vm *vm, struct page *p);
/* What the policy and the reference string call it. */
struct pol_key page_key(struct vm *vm, uintptr_t at);

/* ---- pressure.c ---- */

/* What the frame server says in the session page. */
void memory_wanted(struct task *t);
/* The store takes pages again. */
void store_ready(struct task *t);
/* Something is not to be had now: ERR_PENDING, and the fault is tried again soon, told or not. */
enum err memory_late(struct task *t);
/* There was no frame, or no memory of our own. ERR_OK: there may be one now, try again;
 * ERR_PENDING: there will be, park; ERR_LIMIT: there will never be one. */
enum err memory_make(struct task *t);

/* ---- stall.c ---- */

/* An event was handled: it waits for vm->stall, or does not (any more). */
void stall_account(struct task *t, struct event *e, enum event_end end);

/* ---- sample.c ---- */

/* Called before `loads` loads: from time to time tells the policy what was referenced. */
void sample_before(struct task *t, unsigned loads);
/* The same before pages are asked back. */
void sample_now(struct task *t);
bool sample_test_clear(struct task *t, uintptr_t page);

/* ---- exact.c ---- */

/* The page is about to be mapped for an access: another one of its kind leaves. */
void exact_enter(struct task *t, uintptr_t page, unsigned access);
/* A reference to the page at `at`, if it is one that the resident set holds. */
void exact_reference(struct vm *vm, uintptr_t at);
/* The reference string: one more; the last ones. */
void exact_trace(struct vm *vm, struct pol_key key);
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
/* ---- lock.c ---- */

/* The frames of the task's own in a range are of class "locked" from now on, or no more. */
void pages_reclass(struct vm *vm, uintptr_t start, uintptr_t end, bool locked);
/* Brings in all of a range, writable where it may be if `rights` say so; as vm_present. */
enum err range_present(struct task *t, uintptr_t start, uintptr_t end, unsigned rights);

/* ---- map.c, again ---- */

/* Changes `flags` of the regions of a range; 2 regions are reserved. */
void range_flags(struct vm *vm, uintptr_t start, uintptr_t end, unsigned clear, unsigned set);

#endif
