/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * space.c - address spaces: their life, and where a mapped slot has its entries.
 *
 * Operations on a range find capabilities by the shadow words, operations on capabilities find
 * entries by (space, page) in the slot; neither searches. A Frame larger than the hardware's
 * smallest leaf is one leaf where the hardware has its size, else 2^k entries of the next
 * smaller leaf, all shadowed by the one slot.
 */
#include "space.h"

#include "captable.h"
#include "thread.h"

#define PAGES_ALL (ARCH_USER_TOP >> PAGE_BITS)

/* Entries of a mapped slot. */
static unsigned slot_entries(const struct slot *s)
{
    return slot_type(s) == OBJ_FRAME ? leaf_count(slot_size(s)) : pte_hangs(slot_level(s));
}

/* The largest leaf not larger than the frame. */
unsigned leaf_level(unsigned log2_size)
{
    unsigned level = 0;

    while (level + 1 < PTE_LEVELS && pte_span(level + 1) <= log2_size)
        level++;
    return level;
}

static struct walk slot_walk(const struct slot *s)
{
    unsigned level = slot_type(s) == OBJ_FRAME ? leaf_level(slot_size(s)) : slot_level(s) + 1;

    return walk_to(slot_space(s), slot_va(s), level);
}

/* ---- life ---- */

void space_init(struct space *s)
{
    arch_root_init(&s->root);
}

/* When ASIDs run out all are flushed once and begin anew. */
static uint32_t asid_next;

static void asid_assign(struct space *s)
{
    if (!cpu.asid_generation || asid_next >= ARCH_ASIDS) {
        cpu.asid_generation++;
        asid_next = ARCH_ASIDS > 1;
        arch_flush_all();
    }
    s->context.generation = cpu.asid_generation;
    s->context.asid = asid_next++;
    s->context.handle = arch_space_handle(window_paddr(&s->root), s->context.asid);
}

static inline __attribute__((always_inline)) bool asid_current(const struct space *s)
{
    return s->context.generation && s->context.generation == cpu.asid_generation;
}

void space_enter(struct space *s)
{
    if (!asid_current(s))
        asid_assign(s);
    arch_space_enter(s->context.handle, s->context.asid);
}

void space_leave(struct space *s)
{
    if (s->context.dying)
        return;
    s->context.dying = true;
    arch_space_leave(window_paddr(&s->root));
    space_flush(s, 0, PAGES_ALL);
    s->context.generation = 0;
    cpu.reschedule = true;
}

void space_flush_page(const struct space *s, vaddr_t va)
{
    if (asid_current(s)) /* nothing of an old generation is cached */
        arch_flush_page(s->context.asid, va);
}

void space_flush(const struct space *s, vaddr_t va, size_t pages)
{
    if (pages > 8 && asid_current(s)) {
        arch_flush_space(s->context.asid);
        return;
    }
    for (; pages && pages <= 8; pages--, va += PAGE_SIZE)
        space_flush_page(s, va);
}

/* ---- entries and slots ---- */

void space_unmap_large(struct slot *s)
{
    bool frame = slot_type(s) == OBJ_FRAME;
    size_t pages = frame ? (size_t)KERNEL_BITS(slot_size(s) - PAGE_BITS) : PAGES_ALL;
    struct space *space = slot_space(s);
    vaddr_t va = frame ? slot_va(s) : 0;
    struct walk w = slot_walk(s);
    struct place at = walk_place(&w);
    ref_t me = slot_ref(s);
    uint32_t bits = 0;

    for (unsigned n = slot_entries(s); n; n--, at = place_next(at)) {
        pte_t old;

        if (place_slot(at) != me)
            continue; /* beside a table */
        old = place_empty(at);
        bits |= HEAD_TOUCHED(pte_harvest(old));
    }
    s->head = (s->head & ~(uint32_t)HEAD_MAPPED) | (frame ? bits : 0);
    s->word[0] = s->word[1] = 0;
    space_flush(space, va, pages);
}

unsigned space_slot_bits(struct slot *s, pte_t clear)
{
    struct walk w = slot_walk(s);
    bool dirty = false, accessed = false;

    for (unsigned n = leaf_count(slot_size(s)); n; n--, w.index++) {
        pte_t e = place_load(walk_place(&w));

        if (e & clear)
            e = place_clear(walk_place(&w), clear, w.level);
        accessed |= pte_accessed(e);
        dirty |= pte_dirty(e);
    }
    if (dirty && (clear & PTE_D))
        space_flush(slot_space(s), slot_va(s), KERNEL_BITS(slot_size(s) - PAGE_BITS));
    return (accessed ? HARVEST_A : 0) | (dirty ? HARVEST_D : 0);
}

void space_slot_moved(const struct slot *from, struct slot *s)
{
    struct walk w = slot_walk(s);

    for (unsigned n = slot_entries(s); n; n--, w.index++)
        if (place_slot(walk_place(&w)) == slot_ref(from))
            place_moved(walk_place(&w), slot_ref(s));
}

/* The walk has at most PTE_LEVELS tables, so the recursion is that deep. */
bool table_unmap_step(const void *table, unsigned level)
{
    for (unsigned i = 0; (i = table_used(table, level, i)) < pte_entries(level); i++) {
        struct slot *s = slot_at(place_slot(table_place(table, level, i)));

        if (slot_type(s) == OBJ_PAGETABLE && table_unmap_step(slot_object(s), level - 1))
            return true;
        space_unmap_slot(s);
        if (step_over())
            return true;
    }
    return false;
}
