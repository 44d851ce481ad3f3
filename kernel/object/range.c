/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * range.c - what is asked of a range of a Space: unmap, protect, harvest, copy.
 *
 * Holes are skipped, a leaf or a missing table at a time. One flush a call, none if nothing
 * was valid.
 */
#include "space.h"

#define RIGHTS_OF_ENTRY (unsigned)(RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE)

static unsigned range_check(vaddr_t va, size_t pages)
{
    if ((va & (PAGE_SIZE - 1)) || va >= ARCH_USER_TOP || pages > (ARCH_USER_TOP - va) >> PAGE_BITS)
        return ERR_BAD_ARG;
    return ERR_OK;
}

/* From va to the end of what the entry at the walk's place covers. */
static size_t pages_covered(const struct walk *w, vaddr_t va)
{
    size_t span = (size_t)1 << pte_span(w->level);

    return (span - (va & (span - 1))) >> PAGE_BITS;
}

struct range {
    struct space *space;
    vaddr_t va;
    size_t left, done;
    size_t entered; /* pages that the last entry covers of the range */
    struct walk w;
};

/* To the entry at the range's place: the neighbour in its table, or by a walk. Returns how many
 * pages of the range it covers. */
static inline size_t range_step(struct range *r)
{
    size_t n;

    if (r->w.table && r->w.level == 0 && r->w.index + 1 < ARCH_TABLE_ENTRIES) {
        r->w.index++;
        return 1;
    }
    r->w = walk_to(r->space, r->va, 0);
    n = pages_covered(&r->w, r->va);
    return n < r->left ? n : r->left;
}

/* The next mapped frame slot in the range, NULL at its end. The range moves behind its entry. */
static inline struct slot *range_next(struct range *r)
{
    while (r->left) {
        size_t n = range_step(r);
        ref_t there = *walk_shadow(&r->w);

        r->va += n << PAGE_BITS;
        r->left -= n;
        r->done += n;
        r->entered = n;
        if (there)
            return slot_at(there);
    }
    return NULL;
}

/* A page's slot, whose entry the walk is at. */
static inline void page_take_out(const struct walk *w, struct slot *s)
{
    pte_t old = pte_exchange(walk_entry(w), PTE_NONE);

    *walk_shadow(w) = 0;
    s->head = (s->head & ~(uint32_t)HEAD_MAPPED) | (pte_accessed(old) ? HEAD_A : 0) |
              (pte_dirty(old) ? HEAD_D : 0);
    s->word[0] = s->word[1] = 0;
}

/* Interrupted and begun again it finds fewer pages; the count is then of the last stretch. */
unsigned space_unmap(struct space *s, vaddr_t va, size_t pages, size_t *done)
{
    struct range r = {.space = s, .va = va, .left = pages};
    unsigned err = range_check(va, pages);
    size_t flushed = pages;
    struct slot *slot;

    *done = 0;
    if (err != ERR_OK)
        return err;
    while (err == ERR_OK && (slot = range_next(&r)) != NULL) {
        if (slot_size(slot) == PAGE_BITS) {
            page_take_out(&r.w, slot);
        } else { /* may reach out of the range */
            va = 0;
            flushed = ARCH_USER_TOP >> PAGE_BITS;
            space_take_out(slot);
        }
        ++*done;
        err = step_over() ? ERR_RESTART : ERR_OK;
    }
    if (*done)
        space_flush(s, va, flushed);
    return err;
}

unsigned space_protect(struct space *s, vaddr_t va, size_t pages, unsigned rights, size_t *done)
{
    struct range r = {.space = s, .va = va, .left = pages};
    pte_t set = pte_permissions(rights), old;
    unsigned err = range_check(va, pages);
    struct slot *slot;

    *done = 0;
    if (err == ERR_OK && (!rights || (rights & ~RIGHTS_OF_ENTRY) || !pte_permissions_exist(rights)))
        err = ERR_BAD_ARG; /* an entry without a permission is none, or a table's */
    if (err != ERR_OK)
        return err;
    while ((slot = range_next(&r)) != NULL) {
        if ((rights & slot_rights(slot)) != rights) {
            err = ERR_NO_RIGHT;
            break;
        }
        old = *walk_entry(&r.w);
        if (set & ~old) /* first: an entry is never without any right */
            pte_set_bits(walk_entry(&r.w), set);
        if (old & PTE_PERMISSIONS & ~set)
            pte_clear_bits(walk_entry(&r.w), PTE_PERMISSIONS & ~set);
        ++*done;
    }
    if (*done)
        space_flush(s, va, pages);
    return err;
}

static uint8_t harvest_byte(pte_t e)
{
    return (uint8_t)(HARVEST_PRESENT | pte_rights(e) << 1 | (pte_accessed(e) ? HARVEST_A : 0) |
                     (pte_dirty(e) ? HARVEST_D : 0));
}

/* Cleared bits fold into the parent slot, so that the owner misses nothing. */
static uint8_t harvest_entry(struct walk *w, struct slot *slot, pte_t clear)
{
    pte_t old = *walk_entry(w);

    if (old & clear) {
        old = pte_clear_bits(walk_entry(w), clear);
        if (slot->parent && slot_type(slot_at(slot->parent)) == OBJ_FRAME)
            slot_at(slot->parent)->head |=
                (pte_accessed(old & clear) ? HEAD_A : 0) | (pte_dirty(old & clear) ? HEAD_D : 0);
    }
    return harvest_byte(old);
}

unsigned space_harvest(struct space *s, vaddr_t va, unsigned pages, unsigned flags, uint8_t *out)
{
    pte_t clear = (flags & HARVEST_A ? PTE_A : 0) | (flags & HARVEST_D ? PTE_D : 0);
    struct range r = {.space = s, .va = va, .left = pages};
    unsigned err = range_check(va, pages);
    bool flush = false;

    if (err != ERR_OK)
        return err;
    for (unsigned i = 0; i < pages; i++)
        out[i] = 0;
    for (;;) {
        struct slot *slot = range_next(&r);
        uint8_t byte;
        size_t from;

        if (!slot)
            break;
        from = r.done - r.entered;
        byte = harvest_entry(&r.w, slot, clear);
        flush |= (clear & PTE_D) && (byte & HARVEST_D);
        for (size_t i = from; i < r.done; i++)
            out[i] = byte;
    }
    if (flush)
        space_flush(s, va, pages);
    return ERR_OK;
}

unsigned space_entry_facts(struct space *s, vaddr_t va, unsigned *level)
{
    struct walk w = walk_to(s, va, 0);
    pte_t e = *walk_entry(&w);

    *level = w.level;
    if (!pte_valid(e) || pte_is_table(e, w.level))
        return 0;
    return pte_rights(e) | pte_accessed(e) << 8 | pte_dirty(e) << 9;
}

unsigned space_copy(struct space *to, vaddr_t to_va, struct space *from, vaddr_t from_va,
                    size_t bytes, size_t *done)
{
    while (*done < bytes) {
        size_t left_to, left_from, n = bytes - *done;
        void *dst, *src = walk_user(from, from_va + *done, RIGHT_READ, &left_from);

        if (!src)
            return ERR_FAULT;
        dst = walk_user(to, to_va + *done, RIGHT_WRITE, &left_to);
        if (!dst)
            return ERR_FAULT;
        n = n < left_from ? n : left_from;
        n = n < left_to ? n : left_to;
        n = n < PAGE_SIZE ? n : PAGE_SIZE;
        arch_copy(dst, src, n);
        *done += n;
        if (*done < bytes && step_over())
            return ERR_RESTART;
    }
    return ERR_OK;
}
