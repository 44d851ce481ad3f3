/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * space.c - what is asked of an address space: map, unmap, protect, harvest, copy.
 *
 * Operations on a range find capabilities by the shadow words, operations on capabilities find
 * entries by (space, page) in the slot; neither searches. A Frame larger than the hardware's
 * smallest leaf is one leaf where the hardware has its size, else 2^k entries of the next
 * smaller leaf, all shadowed by the one slot.
 */
#include "space.h"

#include "captable.h"
#include "thread.h"

/* ---- where a Frame's entries are ---- */

/* The largest leaf not larger than the frame. */
static unsigned leaf_level(unsigned log2_size)
{
    unsigned level = 0;

    while (level + 1 < PTE_LEVELS && pte_span(level + 1) <= log2_size && pte_leaf_exists(level + 1))
        level++;
    return level;
}

static unsigned leaf_count(unsigned log2_size)
{
    return 1u << (log2_size - pte_span(leaf_level(log2_size)));
}

static struct space *slot_space(const struct slot *s)
{
    return window((paddr_t)s->word[0] << SLOT_BITS);
}

static vaddr_t slot_va(const struct slot *s)
{
    return (vaddr_t)(s->word[1] & SLOT_PAGE_MASK) << PAGE_BITS;
}

/* A PageTable's level stands above the page number. */
static unsigned slot_level(const struct slot *s)
{
    return s->word[1] >> SLOT_LEVEL_SHIFT;
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

/* ASIDs carry a generation: when they run out all are flushed once and begin anew. */
static uint32_t asid_next;

static void asid_assign(struct space *s)
{
    if (!cpu.asid_generation || asid_next >= ARCH_ASIDS) {
        cpu.asid_generation = (cpu.asid_generation + 1) & 0xffff;
        cpu.asid_generation += !cpu.asid_generation; /* 0 is no generation: of spaces never run */
        asid_next = ARCH_ASIDS > 1;
        arch_flush_all();
    }
    s->asid = cpu.asid_generation << 16 | asid_next++;
}

static bool asid_current(const struct space *s)
{
    return s->asid >> 16 == cpu.asid_generation && s->asid;
}

void space_enter(struct space *s)
{
    if (!asid_current(s))
        asid_assign(s);
    arch_space_enter(window_paddr(&s->root), s->asid & 0xffff);
}

void space_leave(struct space *s)
{
    if (s->dying)
        return;
    s->dying = true;
    arch_space_leave(window_paddr(&s->root));
    space_flush(s, 0, ARCH_USER_TOP >> PAGE_BITS);
    s->asid = 0;
    cpu.reschedule = true;
}

void space_flush(const struct space *s, vaddr_t va, size_t pages)
{
    if (!asid_current(s))
        return; /* nothing of an old generation is cached */
    if (pages > 8) {
        arch_flush_space(s->asid & 0xffff);
        return;
    }
    for (; pages; pages--, va += PAGE_SIZE)
        arch_flush_page(s->asid & 0xffff, va);
}

/* ---- entries and slots ---- */

void space_take_out(struct slot *s)
{
    struct walk w = slot_walk(s);
    unsigned n = slot_type(s) == OBJ_FRAME ? leaf_count(slot_size(s)) : 1;

    for (; n; n--, w.index++) {
        pte_t old = pte_exchange(walk_entry(&w), PTE_NONE);

        *walk_shadow(&w) = 0;
        if (slot_type(s) == OBJ_FRAME)
            s->head |= (pte_accessed(old) ? HEAD_A : 0) | (pte_dirty(old) ? HEAD_D : 0);
    }
    s->head &= ~(uint32_t)HEAD_MAPPED;
    s->word[0] = s->word[1] = 0;
}

void space_unmap_slot(struct slot *s)
{
    struct space *space;
    vaddr_t va;

    if (!(s->head & HEAD_MAPPED))
        return;
    space = slot_space(s);
    va = slot_va(s);
    space_take_out(s);
    if (slot_type(s) == OBJ_FRAME)
        space_flush(space, va, KERNEL_BITS(slot_size(s) - PAGE_BITS));
    else
        space_flush(space, 0, ARCH_USER_TOP >> PAGE_BITS);
}

unsigned space_slot_bits(struct slot *s, pte_t clear)
{
    struct walk w = slot_walk(s);
    bool dirty = false, accessed = false;

    for (unsigned n = leaf_count(slot_size(s)); n; n--, w.index++) {
        pte_t e = *walk_entry(&w);

        if (e & clear)
            e = pte_clear_bits(walk_entry(&w), clear);
        accessed |= pte_accessed(e);
        dirty |= pte_dirty(e);
    }
    if (dirty && (clear & PTE_D))
        space_flush(slot_space(s), slot_va(s), KERNEL_BITS(slot_size(s) - PAGE_BITS));
    return (accessed ? HARVEST_A : 0) | (dirty ? HARVEST_D : 0);
}

void space_slot_moved(struct slot *s)
{
    struct walk w = slot_walk(s);
    unsigned n = slot_type(s) == OBJ_FRAME ? leaf_count(slot_size(s)) : 1;

    for (; n; n--, w.index++)
        *walk_shadow(&w) = slot_ref(s);
}

/* The walk has at most PTE_LEVELS tables, so the recursion is that deep. */
bool table_unmap_step(struct table *t)
{
    unsigned i = 0, end;

    while (i < ARCH_TABLE_ENTRIES && !t->shadow[i])
        i++;
    if (i == ARCH_TABLE_ENTRIES)
        return false;
    for (end = i + 64 < ARCH_TABLE_ENTRIES ? i + 64 : ARCH_TABLE_ENTRIES; i < end; i++) {
        struct slot *s;

        if (!t->shadow[i])
            continue;
        s = slot_at(t->shadow[i]);
        if (slot_type(s) == OBJ_PAGETABLE && table_unmap_step(slot_object(s)))
            return true;
        space_unmap_slot(s);
    }
    return true;
}

/* ---- map ---- */

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
    if (!it->rights || !pte_permissions_exist(it->rights) || (it->va & (bytes - 1)) ||
        it->va >= ARCH_USER_TOP || bytes > ARCH_USER_TOP - it->va)
        return ERR_BAD_ARG;
    if (it->flags & MAP_CLEAR) {
        if (!(slot_rights(s) & RIGHT_WRITE) || (s->head & HEAD_DEVICE))
            return ERR_NO_RIGHT;
        if (slot_size(s) != PAGE_BITS)
            return ERR_BAD_ARG;
    }
    return ERR_OK;
}

static pte_t item_entry(const struct item *it, paddr_t pa, unsigned level)
{
    bool all = slot_rights(it->from) & RIGHT_NOTRACK;
    bool accessed = all || it->touched;
    bool dirty = all || (it->touched && (it->access & it->rights & RIGHT_WRITE));

    return pte_leaf(pa, it->rights, accessed, dirty, level);
}

/* Room for the item's entries: missing table, occupied, or free (after REPLACE). */
static unsigned map_room(struct space *space, const struct item *it, struct walk *w,
                         unsigned *level)
{
    unsigned want = leaf_level(slot_size(it->from)), n = leaf_count(slot_size(it->from));

    *w = walk_to(space, it->va, want);
    if (w->level != want) {
        *level = w->level - 1;
        return pte_valid(*walk_entry(w)) ? ERR_MAPPED : ERR_NO_TABLE;
    }
    for (unsigned i = 0; i < n; i++) {
        ref_t there = w->table->shadow[w->index + i];

        if (!there || slot_at(there) == it->from)
            continue;
        if (!(it->flags & MAP_REPLACE) || slot_type(slot_at(there)) != OBJ_FRAME)
            return ERR_MAPPED;
        space_unmap_slot(slot_at(there));
    }
    return ERR_OK;
}

/* The slot maps this page already: the rights are set anew. */
static void map_again(struct space *space, const struct item *it, struct walk *w)
{
    unsigned n = leaf_count(slot_size(it->from));

    for (unsigned i = 0; i < n; i++, w->index++) {
        pte_set_bits(walk_entry(w), pte_permissions(it->rights));
        pte_clear_bits(walk_entry(w), PTE_PERMISSIONS & ~pte_permissions(it->rights));
    }
    space_flush(space, it->va, KERNEL_BITS(slot_size(it->from) - PAGE_BITS));
}

static unsigned map_frame(struct space *space, const struct item *it, unsigned *level)
{
    struct slot *s = it->from;
    paddr_t pa = slot_paddr(s);
    unsigned err, n, at;
    struct walk w;
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
        arch_clear(window(pa), PAGE_SIZE);
    if (it->rights & RIGHT_EXECUTE)
        arch_sync_instructions(pa, (size_t)KERNEL_BITS(slot_size(s)));
    if (own) {
        map_again(space, it, &w);
        return ERR_OK;
    }
    s->word[0] = space_tag(space);
    s->word[1] = (uint32_t)(it->va >> PAGE_BITS);
    s->head |= HEAD_MAPPED;
    at = w.level;
    for (n = leaf_count(slot_size(s)); n; n--, w.index++, pa += KERNEL_BITS(pte_span(at))) {
        *walk_shadow(&w) = slot_ref(s);
        *walk_entry(&w) = item_entry(it, pa, at);
    }
    return ERR_OK;
}

/* A PageTable fills the missing level on the way to the address. */
static unsigned map_table(struct space *space, struct slot *s, vaddr_t va)
{
    struct walk w;

    if (va >= ARCH_USER_TOP)
        return ERR_BAD_ARG;
    if (!(s->head & HEAD_ORIGIN) || s->child)
        return ERR_NO_RIGHT; /* a table hangs in one place: only its sole capability maps it */
    if (s->head & HEAD_MAPPED)
        return slot_space(s) == space && slot_va(s) == pte_base(va, slot_level(s) + 1) ? ERR_OK
                                                                                       : ERR_MAPPED;
    w = walk_to(space, va, 0);
    if (w.level == 0 || pte_valid(*walk_entry(&w)))
        return ERR_MAPPED; /* nothing is missing */
    s->word[0] = space_tag(space);
    s->word[1] = (uint32_t)(pte_base(va, w.level) >> PAGE_BITS) | (w.level - 1) << SLOT_LEVEL_SHIFT;
    s->head |= HEAD_MAPPED;
    *walk_shadow(&w) = slot_ref(s);
    *walk_entry(&w) = pte_table(slot_paddr(s));
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
    tree_insert(from, to,
                slot_type(from) | HEAD_SIZE(slot_size(from)) | (from->head & HEAD_DEVICE) |
                    HEAD_RIGHTS(slot_rights(from) & ~(unsigned)RIGHT_NOTRACK),
                from->obj);
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
    it->access = m->access;
    err = map_frame(m->space, it, &m->level);
    if (err != ERR_OK && to && !slot_empty(to))
        tree_remove(to);
    return err;
}

/* An item's words, and how many it takes. */
static unsigned map_item(struct map_request *m, const word_t *word, unsigned *pages)
{
    unsigned count = MAP_COUNT(word[1]), flags = MAP_FLAGS(word[1]), err;
    struct item it = {.va = MAP_VA(word[1]), .rights = MAP_RIGHTS(word[1]), .flags = flags};
    bool same = (flags & MAP_COPY) && (word[3] & MAP_SAME);
    struct run from, to = {0};

    err = run_find(m->t, (cap_t)word[0], same ? 1 : count, &from);
    if (err != ERR_OK)
        return err;
    if (slot_type(from.first) == OBJ_PAGETABLE && count == 1 && !(flags & MAP_COPY))
        return tree_dying(from.first) ? ERR_DYING : map_table(m->space, from.first, it.va);
    if (flags & MAP_COPY) {
        err = run_find(m->t, (cap_t)word[2], count, &to);
        if (err == ERR_OK)
            err = run_writable(&to);
    }
    for (unsigned i = 0; err == ERR_OK && i < count; i++) {
        struct slot *s = same ? from.first : from.first + i;

        if (++*pages > m->pages_max)
            return ERR_BAD_ARG;
        if (slot_empty(s))
            return ERR_NO_CAP;
        err = map_one(m, &it, s, to.first ? to.first + i : NULL);
        if (err == ERR_OK)
            it.va += KERNEL_BITS(slot_size(s));
    }
    return err;
}

unsigned space_map(struct map_request *m)
{
    unsigned at = 0, pages = 0, err = ERR_OK;

    m->done = m->level = 0;
    if (m->space->dying)
        return ERR_DYING;
    while (at + 1 < MESSAGE_WORDS && m->word[at]) {
        bool copy = MAP_FLAGS(m->word[at + 1]) & MAP_COPY;

        if (copy && at + 3 >= MESSAGE_WORDS)
            return ERR_BAD_ARG;
        err = map_item(m, m->word + at, &pages);
        if (err != ERR_OK)
            return err;
        m->done++;
        at += copy ? 4 : 2;
    }
    return ERR_OK;
}
