/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * range.c - what is asked of a range of a Space: unmap, protect, harvest, copy.
 *
 * One walk for all entries of a table; holes are skipped, a missing table at a time. One flush a
 * call, none if nothing was valid. A range moves on as it is worked off, so that an interrupted
 * call begins again where it was.
 */
#include "space.h"

#define RIGHTS_OF_ENTRY (unsigned)(RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE)

static unsigned range_check(const struct urange *r)
{
    if ((r->va & (PAGE_SIZE - 1)) || r->va >= ARCH_USER_TOP ||
        r->left > (ARCH_USER_TOP - r->va) >> PAGE_BITS)
        return ERR_BAD_ARG;
    return ERR_OK;
}

/* Neighbouring entries of one table; each stands for `pages` pages of the range. */
struct stretch {
    struct place at;
    unsigned level;
    size_t entries, pages;
};

static inline struct stretch stretch_at(const struct urange *r)
{
    struct walk w = walk_down(r->space, r->va, 0);
    struct stretch s = {.at = walk_place(&w), .level = w.level};
    size_t span = (size_t)1 << (pte_span(w.level) - PAGE_BITS);
    size_t here = span - (r->va >> PAGE_BITS & (span - 1));

    if (w.level == 0)
        here = ARCH_TABLE_ENTRIES - w.index;
    if (here > r->left)
        here = r->left;
    s.entries = w.level ? 1 : here; /* a large leaf, or nothing below this entry */
    s.pages = w.level ? here : 1;
    return s;
}

static inline void range_advance(struct urange *r, size_t pages)
{
    r->va += pages << PAGE_BITS;
    r->left -= pages;
}

/* What is done to a valid entry: unmap, protect. */
typedef unsigned entry_change(struct place at, unsigned level, struct slot *s, unsigned rights);

/* Every valid entry of the range. */
static inline __attribute__((always_inline)) unsigned range_change(struct urange *range,
                                                                   entry_change change)
{
    unsigned rights = range->rights, err = range_check(range);
    struct urange r = *range;

    while (err == ERR_OK && r.left) {
        struct stretch s = stretch_at(&r);
        size_t done = 0, left = s.entries;

        for (; left && err == ERR_OK; left--, s.at = place_next(s.at)) {
            ref_t there = place_slot(s.at);

            if (!there)
                continue;
            err = change(s.at, s.level, slot_at(there), rights);
            if (err != ERR_OK)
                break;
            done++;
            if (step_over())
                err = ERR_RESTART;
        }
        r.done += done;
        range_advance(&r, (s.entries - left) * s.pages);
        if (err == ERR_OK && r.left && step_over())
            err = ERR_RESTART;
    }
    if (r.done != range->done)
        space_flush(r.space, range->va, (r.va - range->va) >> PAGE_BITS);
    *range = r;
    return err;
}

/* A page's slot, whose entry this is. */
static inline __attribute__((always_inline)) void page_take_out(struct place at, struct slot *s)
{
    pte_t old = place_empty(at);

    s->head = (s->head & ~(uint32_t)HEAD_MAPPED) | HEAD_TOUCHED(pte_harvest(old));
    s->word[0] = s->word[1] = 0;
}

static inline unsigned entry_unmap(struct place at, unsigned level, struct slot *s, unsigned rights)
{
    (void)level, (void)rights;
    if (slot_size(s) == PAGE_BITS)
        page_take_out(at, s);
    else
        space_unmap_large(s); /* may reach out of the range */
    return ERR_OK;
}

unsigned space_unmap(struct urange *r)
{
    return range_change(r, entry_unmap);
}

static inline unsigned entry_protect(struct place at, unsigned level, struct slot *s,
                                     unsigned rights)
{
    if (rights & ~slot_rights(s))
        return ERR_NO_RIGHT;
    place_protect(at, rights, level);
    return ERR_OK;
}

unsigned space_protect(struct urange *r)
{
    unsigned rights = r->rights;

    if ((rights & ~RIGHTS_OF_ENTRY) || !pte_permissions_exist(rights))
        return ERR_BAD_ARG; /* an entry without a permission is none, or a table's */
    return range_change(r, entry_protect);
}

/* ---- harvest ---- */

/* Cleared bits fold into the parent slot, so that the owner misses nothing. Returns the byte. */
static inline __attribute__((always_inline)) uint8_t entry_clear(struct place at, unsigned level,
                                                                 pte_t clear, unsigned flags)
{
    const struct slot *s = slot_at(place_slot(at));
    uint8_t byte = pte_harvest(place_clear(at, clear, level));

    if (s->parent && slot_type(slot_at(s->parent)) == OBJ_FRAME)
        slot_at(s->parent)->head |= HEAD_TOUCHED(byte & flags);
    return byte;
}

/* Bytes of a stretch. With bits to clear it may end early; `found` are those that were set. */
static inline size_t stretch_harvest(const struct stretch *s, unsigned flags, uint8_t *out,
                                     unsigned *found)
{
    pte_t clear = (flags & HARVEST_A ? PTE_A : 0) | (flags & HARVEST_D ? PTE_D : 0);
    struct place at = s->at;
    size_t left = s->entries;

    if (!clear && s->pages == 1) {
        for (; left > 1; left -= 2, out += 2, at = place_next(place_next(at))) {
            out[0] = pte_harvest(place_load(at));
            out[1] = pte_harvest(place_load(place_next(at)));
        }
        if (left)
            *out = pte_harvest(place_load(at));
        return s->entries;
    }
    do {
        size_t alike = place_alike(at, s->level);
        pte_t old = place_load(at);
        uint8_t byte = pte_harvest(old);
        size_t n;

        if (s->level || alike > left)
            alike = s->level ? 1 : left;
        if (old & clear) {
            byte = entry_clear(at, s->level, clear, flags);
            *found |= byte;
        }
        n = alike * s->pages;
        do
            *out++ = byte;
        while (--n);
        for (left -= alike; alike; alike--)
            at = place_next(at);
    } while (left && !step_over());
    return (s->entries - left) * s->pages;
}

unsigned space_harvest(struct urange *r, unsigned flags, uint8_t *out)
{
    unsigned err = range_check(r), found = 0;
    vaddr_t from = r->va;

    while (err == ERR_OK && r->left) {
        struct stretch s = stretch_at(r);
        size_t n = stretch_harvest(&s, flags, out + r->done, &found);

        range_advance(r, n);
        r->done += n;
        if (r->left && step_over())
            err = ERR_RESTART;
    }
    if (found & flags & HARVEST_D)
        space_flush(r->space, from, (r->va - from) >> PAGE_BITS);
    return err;
}

/* ---- one page, one slot ---- */

void space_unmap_page(struct slot *s)
{
    struct space *space = slot_space(s);
    vaddr_t va = slot_va(s);
    struct walk w = walk_down(space, va, 0);

    page_take_out(walk_place(&w), s);
    space_flush_page(space, va);
}

unsigned space_entry_facts(struct space *s, vaddr_t va, unsigned *level)
{
    struct walk w = walk_to(s, va, 0);
    pte_t e = place_load(walk_place(&w));

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
