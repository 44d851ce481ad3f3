/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge_space.c - mappings: map, unmap, protect, harvest, touch. See judge.h. */
#include "judge_space.h"

#include "space.h"

#include <string.h>

#define PERMISSIONS (unsigned)(RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE)

static void expect_error(const struct call *c, unsigned want)
{
    EXPECT(!c->restarted && c->err == want, "error %u, not %u", c->err, want);
}

/* ---- map ---- */

struct item {
    ref_t space;
    vaddr_t va;
    unsigned rights, flags;
    unsigned missing; /* level, with ERR_NO_TABLE */
    unsigned access;  /* of the fault that it answers; 0: none */
    vaddr_t fault;    /* its page */
    unsigned *pages;  /* mapped by such an answer so far */
};

static uint32_t page_of(vaddr_t va)
{
    return (uint32_t)(va >> PAGE_BITS);
}

static unsigned frame_check(const struct item *it, const struct entry *e)
{
    if (e->type != OBJ_FRAME)
        return ERR_WRONG_TYPE;
    if (it->rights & ~(unsigned)e->rights)
        return ERR_NO_RIGHT;
    if (!it->rights || !pte_permissions_exist(it->rights) || (it->va & ((1ull << e->size) - 1)) ||
        it->va >= ARCH_USER_TOP)
        return ERR_BAD_ARG;
    if (!(it->flags & MAP_CLEAR))
        return ERR_OK;
    if (!(e->rights & RIGHT_WRITE))
        return ERR_NO_RIGHT;
    return e->size == PAGE_BITS ? ERR_OK : ERR_BAD_ARG;
}

/* The level that the walk to the page reaches. */
static unsigned reached(ref_t space, uint32_t page)
{
    unsigned level = PTE_LEVELS - 1;

    while (level && book_table_at(space, page, level - 1))
        level--;
    return level;
}

static unsigned room(struct item *it, const struct entry *e)
{
    unsigned want = leaf_level_of(e), level = reached(it->space, page_of(it->va));

    if (level > want) {
        it->missing = level - 1;
        return book_frame_at(it->space, page_of(it->va)) ? ERR_MAPPED : ERR_NO_TABLE;
    }
    if (level < want)
        return ERR_MAPPED;
    for (unsigned i = 0; i < leaves_of(e); i++) {
        struct entry *there = book_frame_at(it->space, page_of(it->va) + i);

        if (!there || there == e)
            continue;
        if (!(it->flags & MAP_REPLACE))
            return ERR_MAPPED;
        book_unmap(there);
    }
    return ERR_OK;
}

static void enter(const struct item *it, struct entry *e, bool own)
{
    bool all = e->rights & RIGHT_NOTRACK, touched = it->access && it->va == it->fault;

    for (unsigned i = 0; i < leaves_of(e); i++) {
        e->leaf[i].rights = (uint8_t)it->rights;
        if (own)
            continue;
        e->leaf[i].accessed = all || touched;
        e->leaf[i].dirty = all || (touched && (it->access & it->rights & RIGHT_WRITE));
    }
    e->mapped = true;
    e->space = it->space;
    e->page = page_of(it->va);
    e->level = (uint8_t)leaf_level_of(e);
}

static unsigned map_frame(struct item *it, struct entry *e)
{
    unsigned err = frame_check(it, e);
    bool own;

    if (err != ERR_OK)
        return err;
    own = e->mapped && e->space == it->space && e->page == page_of(it->va);
    if (e->mapped && !own)
        return ERR_MAPPED;
    err = room(it, e);
    if (err == ERR_OK)
        enter(it, e, own);
    return err;
}

static unsigned map_table(const struct item *it, struct entry *e)
{
    unsigned level = reached(it->space, page_of(it->va));
    unsigned shift = pte_span(e->level + 1u) - PAGE_BITS;

    if (book_dying(e))
        return ERR_DYING;
    if (it->va >= ARCH_USER_TOP)
        return ERR_BAD_ARG;
    if (e->mapped)
        return e->space == it->space && e->page == page_of(it->va) >> shift << shift ? ERR_OK
                                                                                     : ERR_MAPPED;
    if (!level || book_frame_at(it->space, page_of(it->va)))
        return ERR_MAPPED;
    e->mapped = true;
    e->space = it->space;
    e->level = (uint8_t)(level - 1);
    e->page = (uint32_t)(pte_base(it->va, level) >> PAGE_BITS);
    return ERR_OK;
}

static unsigned copy_frame(struct item *it, struct entry *from, ref_t to)
{
    struct entry *e;
    unsigned err;

    if (from->type != OBJ_FRAME)
        return ERR_WRONG_TYPE;
    if (book_at(to))
        return ERR_NOT_EMPTY;
    err = derive_check(from);
    if (err == ERR_OK)
        err = frame_check(it, from);
    if (err != ERR_OK)
        return err;
    e = book_enter(to, from, OBJ_FRAME, from->rights & ~(unsigned)RIGHT_NOTRACK, from->size,
                   from->obj);
    err = map_frame(it, e);
    if (err != ERR_OK)
        book_strike(e);
    return err;
}

/* What stood in the way of a page that was not mapped yet when an interrupt came. */
static void replaced(const struct item *it, const struct entry *from)
{
    for (unsigned i = 0; from && from->type == OBJ_FRAME && i < leaves_of(from); i++) {
        struct entry *there = book_frame_at(it->space, page_of(it->va) + i);

        if (there && !(slot_at(there->ref)->head & HEAD_MAPPED))
            book_unmap(there);
    }
}

/* From the pages done before up to where the call was interrupted, or its end. */
static unsigned map_item(struct item *it, const struct call *c)
{
    const word_t *in = c->in;
    unsigned count = MAP_COUNT(in[1]);
    bool copy = it->flags & MAP_COPY, same = copy && in[3] & MAP_SAME;
    struct found from, to = {0};
    unsigned err = found_run((cap_t)in[0], same ? 1 : count, &from);
    struct entry *e = err == ERR_OK ? book_at(from.first) : NULL;

    if (e && e->type == OBJ_PAGETABLE && count == 1 && !copy)
        return map_table(it, e);
    if (err == ERR_OK && copy)
        err = found_run((cap_t)in[2], count, &to);
    if (err == ERR_OK && copy)
        err = found_writable(&to);
    for (unsigned i = 0; err == ERR_OK && i < count; i++) {
        e = book_at(same ? from.first : from.first + i);
        if (c->restarted && i >= c->pages) {
            replaced(it, e);
            return ERR_OK;
        }
        if (i < c->pages_before) {
            it->va += 1ull << (e ? e->size : 0);
            continue;
        }
        if (it->pages && ++*it->pages > REPLY_PAGES)
            return ERR_BAD_ARG;
        if (!e)
            return ERR_NO_CAP;
        err = copy ? copy_frame(it, e, to.first + i) : map_frame(it, e);
        it->va += 1ull << e->size;
    }
    return err;
}

unsigned judge_reached(ref_t space, vaddr_t va)
{
    return va < ARCH_USER_TOP ? reached(space, page_of(va)) : 0;
}

unsigned judge_reply_map(const struct entry *space, const word_t *word, vaddr_t fault,
                         unsigned access, unsigned *items, unsigned *level)
{
    unsigned pages = 0, err = ERR_OK;

    for (unsigned at = 0; err == ERR_OK && at + 1 < MESSAGE_WORDS && word[at];) {
        struct item it = {.space = space->obj,
                          .va = MAP_VA(word[at + 1]),
                          .rights = MAP_RIGHTS(word[at + 1]),
                          .flags = MAP_FLAGS(word[at + 1]),
                          .access = access,
                          .fault = fault & ~(vaddr_t)(PAGE_SIZE - 1),
                          .pages = &pages};
        struct call c = {.restarted = false};
        bool copy = it.flags & MAP_COPY;

        if (copy && at + 3 >= MESSAGE_WORDS)
            return ERR_BAD_ARG;
        memcpy(c.in, word + at, (MESSAGE_WORDS - at) * sizeof(*word));
        err = map_item(&it, &c);
        *items += err == ERR_OK;
        *level = it.missing;
        at += copy ? 4 : 2;
    }
    return err;
}

static void judge_map(const struct call *c, const struct entry *space)
{
    struct item it = {.space = space->obj,
                      .va = MAP_VA(c->in[1]),
                      .rights = MAP_RIGHTS(c->in[1]),
                      .flags = MAP_FLAGS(c->in[1])};
    unsigned err;

    if (space_of(slot_at(space->ref))->context.dying) { /* it was left, so its deletion has begun */
        expect_error(c, ERR_DYING);
        return;
    }
    err = c->in[0] ? map_item(&it, c) : ERR_OK;
    if (c->restarted) {
        EXPECT(err == ERR_OK, "error %u before the interrupt", err);
        return;
    }
    expect_error(c, err);
    EXPECT(c->out[0] == (c->in[0] && err == ERR_OK), "items: %zu", (size_t)c->out[0]);
    if (err == ERR_NO_TABLE)
        EXPECT(c->out[1] == it.missing, "missing: %zu, not %u", (size_t)c->out[1], it.missing);
}

/* ---- ranges ---- */

static unsigned range_check(const word_t *in)
{
    return (in[0] & (PAGE_SIZE - 1)) || in[0] >= ARCH_USER_TOP ||
                   in[1] > (ARCH_USER_TOP - in[0]) >> PAGE_BITS
               ? ERR_BAD_ARG
               : ERR_OK;
}

/* The next leaf in [*page, end), and which of its Frame's it is; *page goes to its end. */
static struct entry *leaf_next(ref_t space, uint32_t *page, uint32_t end, unsigned *leaf,
                               uint32_t *from)
{
    while (*page < end) {
        struct entry *e = book_frame_at(space, *page);
        uint32_t span = e ? 1u << (pte_span(e->level) - PAGE_BITS) : 1;

        *from = *page;
        *page = (*page & ~(span - 1)) + span;
        if (*page > end)
            *page = end;
        if (e) {
            *leaf = (*from - e->page) / span;
            return e;
        }
    }
    return NULL;
}

/* Where it ended, or was interrupted. */
static uint32_t range_end(const struct call *c)
{
    return c->restarted ? page_of(c->out[0]) : page_of(c->in[0]) + (uint32_t)c->in[1];
}

static void judge_unmap(const struct call *c, const struct entry *space)
{
    uint32_t page = page_of(c->in[0]), end = page + (uint32_t)c->in[1], from;
    struct entry *e;
    unsigned leaf;

    if (range_check(c->in) != ERR_OK) {
        expect_error(c, ERR_BAD_ARG);
        return;
    }
    while ((e = leaf_next(space->obj, &page, end, &leaf, &from)) != NULL) {
        EXPECT(c->restarted || !(slot_at(e->ref)->head & HEAD_MAPPED), "slot %x is mapped", e->ref);
        if (!(slot_at(e->ref)->head & HEAD_MAPPED))
            book_unmap(e);
    }
    if (!c->restarted)
        expect_error(c, ERR_OK);
}

static void judge_protect(const struct call *c, const struct entry *space)
{
    uint32_t page = page_of(c->in[0]), end = range_end(c), from;
    unsigned rights = (unsigned)c->in[2], err = range_check(c->in), leaf, done = (unsigned)c->in[3];
    struct entry *e;

    if (err == ERR_OK && (!rights || (rights & ~PERMISSIONS) || !pte_permissions_exist(rights)))
        err = ERR_BAD_ARG;
    while (err == ERR_OK && (e = leaf_next(space->obj, &page, end, &leaf, &from)) != NULL) {
        if (rights & ~(unsigned)e->rights) {
            err = ERR_NO_RIGHT;
            break;
        }
        e->leaf[leaf].rights = (uint8_t)rights;
        done++;
    }
    if (!c->restarted)
        expect_error(c, err);
    EXPECT(c->out[c->restarted ? 3 : 0] == done, "protected %zu, not %u",
           (size_t)c->out[c->restarted ? 3 : 0], done);
}

static void judge_harvest(const struct call *c, const struct entry *space)
{
    uint32_t page = page_of(c->in[0]), end = range_end(c), from;
    uint32_t first = page - (uint32_t)c->in[3];
    unsigned flags = (unsigned)c->in[2], leaf, seen = 0;
    bool bad =
        c->in[1] < 1 || c->in[1] > 512 || c->in[3] > 512 - c->in[1] || range_check(c->in) != ERR_OK;
    struct entry *e;

    if (!c->restarted)
        expect_error(c, bad ? ERR_BAD_ARG : ERR_OK);
    while (!bad && (e = leaf_next(space->obj, &page, end, &leaf, &from)) != NULL) {
        bool accessed = e->leaf[leaf].accessed, dirty = e->leaf[leaf].dirty;
        struct entry *parent = e->parent ? book_at(e->parent) : NULL;
        unsigned byte = HARVEST_PRESENT | (unsigned)e->leaf[leaf].rights << 1 |
                        (accessed ? HARVEST_A : 0) | (dirty ? HARVEST_D : 0);

        for (; from < page; from++, seen++)
            EXPECT(c->bytes[from - first] == byte, "page %x: %x, not %x", from,
                   c->bytes[from - first], byte);
        e->leaf[leaf].accessed = accessed && !(flags & HARVEST_A);
        e->leaf[leaf].dirty = dirty && !(flags & HARVEST_D);
        if (parent && parent->type == OBJ_FRAME) {
            parent->accessed |= accessed && (flags & HARVEST_A);
            parent->dirty |= dirty && (flags & HARVEST_D);
        }
    }
}

/* ---- a frame's whole subtree ---- */

static bool is_below(const struct entry *e, const struct entry *top)
{
    while (e && e != top)
        e = e->parent ? book_at(e->parent) : NULL;
    return e;
}

static void bit_follow(const struct call *c, bool *book, bool real, unsigned bit)
{
    if (!*book || real)
        return;
    EXPECT(c->in[1] & bit & c->bytes[0], "bit %x was cleared and not told", bit);
    *book = false;
}

/* An interrupted harvest has cleared some of the bits: which, only the kernel knows. */
static void bits_follow(const struct call *c, struct entry *e)
{
    uint32_t head = slot_at(e->ref)->head;
    struct walk w;

    bit_follow(c, &e->accessed, head & HEAD_A, HARVEST_A);
    bit_follow(c, &e->dirty, head & HEAD_D, HARVEST_D);
    if (!e->mapped)
        return;
    w = walk_to(window((paddr_t)e->space << SLOT_BITS), (vaddr_t)e->page << PAGE_BITS, e->level);
    for (unsigned n = 0; n < leaves_of(e); n++, w.index++) {
        bit_follow(c, &e->leaf[n].accessed, pte_accessed(place_load(walk_place(&w))), HARVEST_A);
        bit_follow(c, &e->leaf[n].dirty, pte_dirty(place_load(walk_place(&w))), HARVEST_D);
    }
}

static unsigned bits_take(struct entry *e, unsigned flags)
{
    unsigned bits = (e->accessed ? HARVEST_A : 0) | (e->dirty ? HARVEST_D : 0);

    e->accessed &= !(flags & HARVEST_A);
    e->dirty &= !(flags & HARVEST_D);
    for (unsigned n = 0; e->mapped && n < leaves_of(e); n++) {
        bits |= (e->leaf[n].accessed ? HARVEST_A : 0) | (e->leaf[n].dirty ? HARVEST_D : 0);
        e->leaf[n].accessed &= !(flags & HARVEST_A);
        e->leaf[n].dirty &= !(flags & HARVEST_D);
    }
    return bits;
}

static void judge_frame_harvest(const struct call *c, const struct entry *top)
{
    bool part = c->restarted || c->in[2] || c->in[3];
    unsigned bits = 0;

    if (top->type != OBJ_FRAME || c->in[0] != 1) {
        expect_error(c, c->in[0] != 1 ? c->err : (unsigned)ERR_WRONG_TYPE);
        return;
    }
    if (!c->restarted)
        expect_error(c, ERR_OK);
    for (unsigned i = 0; i < book_count(); i++) {
        struct entry *e = book_nth(i);

        if (!is_below(e, top))
            continue;
        if (part)
            bits_follow(c, e);
        else
            bits |= bits_take(e, (unsigned)c->in[1]);
    }
    EXPECT(part || c->bytes[0] == bits, "harvested %x, not %x", c->bytes[0], bits);
}

bool judge_permits(const struct entry *space, vaddr_t va, unsigned access)
{
    uint32_t page = page_of(va), from;
    unsigned leaf;
    const struct entry *e = leaf_next(space->obj, &page, page + 1, &leaf, &from);

    return va < ARCH_USER_TOP && e && (e->leaf[leaf].rights & access) == access;
}

void judge_touch(const struct entry *space, vaddr_t va, unsigned access, bool worked)
{
    uint32_t page = page_of(va), from;
    unsigned leaf;
    struct entry *e = leaf_next(space->obj, &page, page + 1, &leaf, &from);
    bool may = e && (e->leaf[leaf].rights & access) == access;

    EXPECT(worked == may, "an access to %lx %s", (unsigned long)va, worked ? "works" : "fails");
    if (!may)
        return;
    e->leaf[leaf].accessed = true;
    e->leaf[leaf].dirty |= access == RIGHT_WRITE;
}

void judge_space(struct call *c, struct entry *e)
{
    if (c->op == OP_FRAME_HARVEST) {
        judge_frame_harvest(c, e);
        return;
    }
    if (e->type != OBJ_SPACE || !(e->rights & RIGHT_MAP)) {
        expect_error(c, e->type != OBJ_SPACE ? ERR_WRONG_TYPE : ERR_NO_RIGHT);
        return;
    }
    if (c->op == OP_SPACE_MAP)
        judge_map(c, e);
    else if (c->op == OP_SPACE_UNMAP)
        judge_unmap(c, e);
    else if (c->op == OP_SPACE_PROTECT)
        judge_protect(c, e);
    else
        judge_harvest(c, e);
}
