/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map.c - what a Space is asked to map, item by item (message.h).
 *
 * A Frame larger than the hardware's smallest leaf is one leaf where the hardware has its size,
 * else 2^k entries of the next smaller leaf, all shadowed by the one slot. An interrupt is let in
 * between pages; how many were done is progress.
 */
#include "captable.h"
#include "space.h"

/* One item, decoded. */
struct item {
    struct slot *from;
    vaddr_t va;
    unsigned rights, flags;
    bool touched; /* answers a fault: enter with A (and D) set */
    unsigned access;
};

static unsigned map_check(const struct item *it)
{
    const struct slot *s = it->from;
    uint64_t bytes;

    if (slot_type(s) != OBJ_FRAME)
        return ERR_WRONG_TYPE;
    if ((it->rights & slot_rights(s)) != it->rights)
        return ERR_NO_RIGHT;
    bytes = KERNEL_BITS(slot_size(s));
    if (!pte_permissions_exist(it->rights) || (it->va & (bytes - 1)) || it->va >= ARCH_USER_TOP ||
        bytes > ARCH_USER_TOP - it->va)
        return ERR_BAD_ARG;
    if (it->flags & MAP_CLEAR) {
        if (!(slot_rights(s) & RIGHT_WRITE) || (s->head & HEAD_DEVICE))
            return ERR_NO_RIGHT;
        if (slot_size(s) != PAGE_BITS)
            return ERR_BAD_ARG;
    }
    return ERR_OK;
}

/* The longest step of all: a frame of many small entries may not be broken off. */
static inline void item_enter(const struct item *it, const struct walk *w, paddr_t pa)
{
    const struct slot *s = it->from;
    bool all = slot_rights(s) & RIGHT_NOTRACK, accessed = all || it->touched;
    bool dirty = all || (it->touched && (it->access & it->rights & RIGHT_WRITE));
    unsigned rights = it->rights, size = slot_size(s), n = leaf_count(size);
    paddr_t span = (paddr_t)1 << pte_span(w->level);
    struct place at = walk_place(w);
    ref_t me = slot_ref(s);
    bool device = s->head & HEAD_DEVICE;

    do {
        place_leaf(at, me, pa, rights, accessed, dirty, device, w->level, size);
        at = place_next(at);
        pa += span;
    } while (--n);
}

/* Room for the item's entries: missing table, occupied, or free (after REPLACE). */
static __attribute__((noinline)) unsigned map_room(struct space *space, const struct item *it,
                                                   struct walk *w, unsigned *level)
{
    unsigned want = leaf_level(slot_size(it->from)), n = leaf_count(slot_size(it->from));

    *w = walk_to(space, it->va, want);
    if (w->level != want) {
        *level = w->level - 1;
        return place_slot(walk_place(w)) ? ERR_MAPPED : ERR_NO_TABLE;
    }
    for (struct place at = walk_place(w); n; n--, at = place_next(at)) {
        ref_t there = place_slot(at);

        if (!there || slot_at(there) == it->from)
            continue;
        if (!(it->flags & MAP_REPLACE) || slot_type(slot_at(there)) != OBJ_FRAME)
            return ERR_MAPPED;
        space_unmap_slot(slot_at(there));
        if (step_over())
            return ERR_RESTART;
    }
    return ERR_OK;
}

/* The slot maps this page already: the rights are set anew. */
static void map_again(struct space *space, const struct item *it, struct walk *w)
{
    unsigned n = leaf_count(slot_size(it->from));

    for (unsigned i = 0; i < n; i++, w->index++)
        place_protect(walk_place(w), it->rights, w->level);
    space_flush(space, it->va, KERNEL_BITS(slot_size(it->from) - PAGE_BITS));
}

/* The slot is mapped at this page from now on. */
static inline void slot_enter(struct slot *s, ref_t tag, vaddr_t va)
{
    s->word[0] = tag;
    s->word[1] = (uint32_t)(va >> PAGE_BITS);
    s->head |= HEAD_MAPPED;
}

static unsigned map_frame(struct space *space, const struct item *it, unsigned *level)
{
    struct slot *s = it->from;
    paddr_t pa = slot_paddr(s);
    struct walk w;
    unsigned err;
    bool own;

    err = map_check(it);
    if (err != ERR_OK)
        return err;
    own = (s->head & HEAD_MAPPED) && slot_space(s) == space && slot_va(s) == it->va;
    if ((s->head & HEAD_MAPPED) && !own)
        return ERR_MAPPED;
    err = map_room(space, it, &w, level);
    if (err != ERR_OK)
        return err;
    if (it->flags & MAP_CLEAR) /* only what will be mapped: an error changes no contents */
        arch_clear(arch_view(pa, VIEW_TO), PAGE_SIZE);
    if (it->rights & RIGHT_EXECUTE)
        arch_sync_instructions(pa, (size_t)KERNEL_BITS(slot_size(s)));
    if (own) {
        map_again(space, it, &w);
        return ERR_OK;
    }
    slot_enter(s, space_tag(space), it->va);
    item_enter(it, &w, pa);
    return ERR_OK;
}

/* A PageTable fills the missing level on the way to the address, and what else is missing of what
 * it covers. */
static unsigned map_table(struct space *space, struct slot *s, vaddr_t va)
{
    struct walk w;
    vaddr_t base;

    if (va >= ARCH_USER_TOP)
        return ERR_BAD_ARG;
    if (!(s->head & HEAD_ORIGIN) || s->child)
        return ERR_NO_RIGHT; /* a table hangs in one place: only its sole capability maps it */
    if (s->head & HEAD_MAPPED)
        return slot_space(s) == space && slot_va(s) == pte_hang_base(va, slot_level(s))
                   ? ERR_OK
                   : ERR_MAPPED;
    w = walk_to(space, va, 0);
    if (w.level == 0 || place_slot(walk_place(&w)))
        return ERR_MAPPED; /* nothing is missing */
    base = pte_hang_base(va, w.level - 1);
    s->word[0] = space_tag(space);
    s->word[1] = (uint32_t)(base >> PAGE_BITS) | (w.level - 1) << SLOT_LEVEL_SHIFT;
    s->head |= HEAD_MAPPED;
    w.index = pte_index(base, w.level);
    for (unsigned n = 0; n < pte_hangs(w.level - 1); n++, w.index++)
        if (!place_slot(walk_place(&w)))
            place_hang(walk_place(&w), slot_ref(s), slot_paddr(s), n);
    return ERR_OK;
}

/* With MAP_COPY what is mapped is a capability derived into an empty slot. */
static unsigned item_derive(struct item *it, struct slot *from, struct slot *to)
{
    if (slot_type(from) != OBJ_FRAME)
        return ERR_WRONG_TYPE;
    if (!slot_empty(to))
        return ERR_NOT_EMPTY;
    if (slot_depth(from) >= DEPTH_MAX)
        return ERR_TOO_DEEP;
    if (tree_dying(from))
        return ERR_DYING;
    it->from = from;
    if (map_check(it) != ERR_OK)
        return map_check(it);
    map_derive(from, to);
    it->from = to;
    return ERR_OK;
}

/* One page (or block) of an item. */
static unsigned map_one(struct map_request *m, struct item *it, struct slot *from, struct slot *to)
{
    unsigned err = ERR_OK;

    if (to)
        err = item_derive(it, from, to);
    else
        it->from = from;
    if (err != ERR_OK)
        return err;
    it->touched = m->access && it->va == (m->fault & ~(vaddr_t)(PAGE_SIZE - 1));
    err = map_frame(m->space, it, &m->level);
    if (err != ERR_OK && to && !slot_empty(to))
        tree_remove(to);
    return err;
}

/*
 * Neighbours of the smallest size into empty entries of one table, nothing to be cleared: what
 * most items are. Returns how many; the next one is to be looked at in full.
 */
static unsigned pages_enter(const struct map_request *m, struct item *it, struct slot *s,
                            unsigned count)
{
    uint32_t want = OBJ_FRAME | HEAD_SIZE(PAGE_BITS) | HEAD_RIGHTS(it->rights);
    uint32_t mask = HEAD_TYPE | HEAD_SIZE(0x3f) | HEAD_RIGHTS(it->rights) | HEAD_MAPPED;
    vaddr_t fault = m->fault & ~(vaddr_t)(PAGE_SIZE - 1);
    struct walk w = walk_to(m->space, it->va, 0);
    struct place at = walk_place(&w);
    ref_t tag = space_tag(m->space);
    unsigned rights = it->rights, access = m->access, i = 0;
    vaddr_t va = it->va;

    if (count > ARCH_TABLE_ENTRIES - w.index)
        count = ARCH_TABLE_ENTRIES - w.index;
    while (i < count && (s->head & mask) == want && !place_slot(at)) {
        if (rights & RIGHT_EXECUTE)
            arch_sync_instructions((paddr_t)s->obj << PAGE_BITS, PAGE_SIZE);
        page_enter(s++, at, tag, va, rights, va == fault ? access : 0);
        at = place_next(at);
        va += PAGE_SIZE;
        i++;
        if (step_over())
            break;
    }
    it->va = va;
    return i;
}

/* May pages_enter() take the item? The rest is checked a page at a time. */
static bool is_simple(const struct map_request *m, const struct item *it)
{
    return !(it->flags & (MAP_COPY | MAP_CLEAR)) && pte_permissions_exist(it->rights) &&
           pte_is_user(it->va) && walk_to(m->space, it->va, 0).level == 0;
}

/* The frames of an item, those not counted that were done before. */
static unsigned map_frames(struct map_request *m, struct item *it, const struct run *from,
                           const struct run *to, unsigned *before)
{
    unsigned count = to->first ? to->count : from->count, i = 0, err = ERR_OK;

    for (; *before && i < count; i++, --*before)
        it->va += KERNEL_BITS(slot_size(from->first + (from->count > 1 ? i : 0)));
    while (err == ERR_OK && i < count) {
        struct slot *s = from->first + (from->count > 1 ? i : 0);
        unsigned n, left = m->pages < m->pages_max ? m->pages_max - m->pages : 0;

        if (!left)
            return ERR_BAD_ARG;
        n = is_simple(m, it) ? pages_enter(m, it, s, count - i < left ? count - i : left) : 0;
        if (!n) {
            if (slot_empty(s))
                return ERR_NO_CAP;
            err = map_one(m, it, s, to->first ? to->first + i : NULL);
            if (err != ERR_OK)
                return err;
            it->va += KERNEL_BITS(slot_size(s));
            n = 1;
        }
        m->pages += n;
        i += n;
        if (step_over())
            err = ERR_RESTART;
    }
    return err;
}

/* An item's words. */
static unsigned map_item(struct map_request *m, const word_t *word, unsigned *before)
{
    unsigned count = MAP_COUNT(word[1]), flags = MAP_FLAGS(word[1]), err;
    struct item it = {
        .va = MAP_VA(word[1]), .rights = MAP_RIGHTS(word[1]), .flags = flags, .access = m->access};
    bool same = (flags & MAP_COPY) && (word[3] & MAP_SAME);
    struct run from, to;

    to.first = NULL; /* nothing is derived */
    err = run_find(m->t, (cap_t)word[0], same ? 1 : count, &from);
    if (err != ERR_OK)
        return err;
    if (slot_type(from.first) == OBJ_PAGETABLE && count == 1 && !(flags & MAP_COPY))
        return tree_dying(from.first) ? ERR_DYING : map_table(m->space, from.first, it.va);
    if (flags & MAP_COPY)
        err = run_room(m->t, (cap_t)word[2], count, &to);
    return err == ERR_OK ? map_frames(m, &it, &from, &to, before) : err;
}

unsigned space_map(struct map_request *m)
{
    unsigned at = 0, before = m->pages, err = ERR_OK;

    m->done = m->level = 0;
    if (m->space->context.dying)
        return ERR_DYING;
    while (at + 1 < MESSAGE_WORDS && m->word[at]) {
        bool copy = MAP_FLAGS(m->word[at + 1]) & MAP_COPY;

        if (copy && at + 3 >= MESSAGE_WORDS)
            return ERR_BAD_ARG;
        err = map_item(m, m->word + at, &before);
        if (err != ERR_OK)
            return err;
        m->done++;
        at += copy ? 4 : 2;
    }
    return ERR_OK;
}
