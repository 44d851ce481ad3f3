/* SPDX-License-Identifier: GPL-2.0-or-later */
/* book.c - see book.h. */
#include "book.h"

#include "machine.h"
#include "space.h"

#define PLACES (MODEL_PAGES * PAGE_SIZE >> SLOT_BITS)
#define FIRST  (ref_t)(MACHINE_BASE >> SLOT_BITS)

static struct entry book[PLACES];
static uint32_t all[4096];
static unsigned count;

void book_open(void)
{
    while (count)
        book[all[--count]] = (struct entry){0};
}

unsigned book_count(void)
{
    return count;
}

struct entry *book_nth(unsigned n)
{
    return &book[all[n]];
}

struct entry *book_at(ref_t ref)
{
    struct entry *e = &book[ref - FIRST];

    return e->ref ? e : NULL;
}

static void list_add(struct entry *e)
{
    EXPECT(count < sizeof(all) / sizeof(all[0]), "the book is full");
    e->at = count;
    all[count++] = (uint32_t)(e - book);
}

static void list_drop(struct entry *e)
{
    book[all[--count]].at = e->at;
    all[e->at] = all[count];
    *e = (struct entry){0};
}

struct entry *book_enter(ref_t ref, struct entry *parent, unsigned type, unsigned rights,
                         unsigned size, uint32_t obj)
{
    struct entry *e = &book[ref - FIRST];

    EXPECT(!e->ref, "slot %x is entered twice", ref);
    *e = (struct entry){.ref = ref, .obj = obj};
    e->type = (uint8_t)type;
    e->rights = (uint8_t)rights;
    e->size = (uint8_t)size;
    e->parent = parent ? parent->ref : 0;
    e->depth = (uint8_t)(parent ? parent->depth + 1 : 0);
    list_add(e);
    return e;
}

struct entry *book_child(const struct entry *e)
{
    for (unsigned i = 0; i < count; i++) {
        if (book_nth(i)->parent == e->ref)
            return book_nth(i);
    }
    return NULL;
}

unsigned book_children(const struct entry *e)
{
    unsigned n = 0;

    for (unsigned i = 0; i < count; i++)
        n += book_nth(i)->parent == e->ref;
    return n;
}

/* Everything that hangs in a Space, or below a PageTable, leaves with it. */
static void below_unmap(const struct entry *e)
{
    for (unsigned i = 0; i < count; i++) {
        struct entry *x = book_nth(i);
        bool there = x->mapped && x != e;

        if (e->type == OBJ_SPACE)
            there = there && x->space == e->obj;
        else
            there = there && e->mapped && x->space == e->space &&
                    (x->type == OBJ_FRAME || x->level < e->level) &&
                    x->page >> (pte_span(e->level + 1u) - PAGE_BITS) ==
                        e->page >> (pte_span(e->level + 1u) - PAGE_BITS);
        if (there)
            book_unmap(x);
    }
}

void book_unmap(struct entry *e)
{
    if (e->type == OBJ_PAGETABLE)
        below_unmap(e);
    for (unsigned i = 0; e->type == OBJ_FRAME && i < leaves_of(e); i++) {
        e->accessed |= e->leaf[i].accessed;
        e->dirty |= e->leaf[i].dirty;
    }
    e->mapped = false;
    e->space = e->page = 0;
}

void book_strike(struct entry *e)
{
    struct entry *parent = e->parent ? book_at(e->parent) : NULL;

    EXPECT(!book_child(e), "slot %x is gone, and its child %x is not", e->ref, book_child(e)->ref);
    if (e->origin && e->type == OBJ_SPACE)
        below_unmap(e);
    if (e->mapped)
        book_unmap(e);
    if (parent && e->type == OBJ_FRAME && parent->type == OBJ_FRAME) {
        parent->accessed |= e->accessed;
        parent->dirty |= e->dirty;
    }
    list_drop(e);
    if (parent && parent->type == OBJ_UNTYPED && !book_child(parent))
        parent->watermark = 0;
}

void book_move(struct entry *e, ref_t to)
{
    struct entry *n = &book[to - FIRST];
    ref_t from = e->ref;

    EXPECT(!n->ref, "slot %x is moved onto", to);
    *n = *e;
    n->ref = to;
    all[n->at] = (uint32_t)(n - book);
    *e = (struct entry){0};
    for (unsigned i = 0; i < count; i++) {
        if (book_nth(i)->parent == from)
            book_nth(i)->parent = to;
    }
}

/* ---- revocations ---- */

static ref_t object_units(const struct entry *e)
{
    return e->type == OBJ_CAPTABLE ? CAPTABLE_SLOTS(e->size) : 1u << (10 - SLOT_BITS);
}

static bool is_inside(const struct entry *e, const struct entry *box)
{
    return (box->type == OBJ_CAPTABLE || box->type == OBJ_THREAD) &&
           e->ref - box->obj < object_units(box);
}

static void doom(struct entry *e, bool inside, bool boxed)
{
    bool box = e->origin && inside;

    if (e->doomed && !(boxed && !e->boxed))
        return;
    e->boxed |= boxed;
    e->doomed = true;
    for (unsigned i = 0; i < count; i++) {
        struct entry *x = book_nth(i);

        if (x->parent == e->ref)
            doom(x, true, false);
        if (box && is_inside(x, e))
            doom(x, true, true);
    }
}

void book_doom(struct entry *top, bool inside)
{
    bool was = top->doomed;

    top->doomed = false;
    doom(top, inside, false);
    top->doomed = was || inside;
}

void book_doom_again(void)
{
    for (unsigned i = 0; i < count; i++)
        book_nth(i)->doomed = book_nth(i)->boxed = false;
    for (unsigned i = 0; i < count; i++) {
        if (book_nth(i)->top)
            book_doom(book_nth(i), book_nth(i)->inside);
    }
}

bool book_dying(const struct entry *e)
{
    bool may = false;

    for (const struct entry *x = e; x; x = x->parent ? book_at(x->parent) : NULL) {
        if (x->top)
            return true;
        may |= x->doomed;
    }
    return may && tree_dying(slot_at(e->ref));
}

/* Mapped in, or below, something doomed: the kernel may have taken it out already. */
static bool unmap_is_due(const struct entry *e)
{
    for (unsigned i = 0; i < count; i++) {
        const struct entry *x = book_nth(i);

        if (!x->doomed || !x->origin)
            continue;
        if (x->type == OBJ_SPACE && x->obj == e->space)
            return true;
        if (x->type == OBJ_PAGETABLE && x->mapped && x->space == e->space)
            return true;
    }
    return false;
}

void book_follow(void)
{
    bool again;

    do {
        again = false;
        for (unsigned i = 0; i < count; i++) {
            struct entry *e = book_nth(i);
            struct slot *s = slot_at(e->ref);

            if (e->doomed && slot_empty(s) && !book_child(e)) {
                book_strike(e);
                again = true;
            } else if (e->mapped && !slot_empty(s) && !(s->head & HEAD_MAPPED) && unmap_is_due(e)) {
                book_unmap(e);
            }
        }
    } while (again);
}

unsigned book_blocked(const struct entry *top, bool inside)
{
    unsigned blocked = 0;

    for (unsigned i = 0; i < count; i++)
        book_nth(i)->doomed = book_nth(i)->boxed = false;
    book_doom(book_at(top->ref), inside);
    for (unsigned i = 0; i < count; i++) {
        const struct entry *e = book_nth(i);

        if (!e->doomed || !e->held || e == top)
            continue;
        if (!e->boxed)
            blocked = 2;
        else if (!blocked && e->parent && (e->parent == top->ref || book_at(e->parent)->doomed))
            blocked = 1; /* by whichever way it is found first */
    }
    book_doom_again();
    return blocked;
}

/* ---- mappings ---- */

unsigned leaf_level_of(const struct entry *frame)
{
    return frame->size >= pte_span(1) ? 1 : 0;
}

unsigned leaves_of(const struct entry *frame)
{
    return 1u << (frame->size - pte_span(leaf_level_of(frame)));
}

struct entry *book_frame_at(ref_t space, uint32_t page)
{
    for (unsigned i = 0; i < count; i++) {
        struct entry *e = book_nth(i);

        if (e->mapped && e->type == OBJ_FRAME && e->space == space &&
            page - e->page < 1u << (e->size - PAGE_BITS))
            return e;
    }
    return NULL;
}

struct entry *book_table_at(ref_t space, uint32_t page, unsigned level)
{
    unsigned shift = pte_span(level + 1) - PAGE_BITS;

    for (unsigned i = 0; i < count; i++) {
        struct entry *e = book_nth(i);

        if (e->mapped && e->type == OBJ_PAGETABLE && e->space == space && e->level == level &&
            e->page >> shift == page >> shift)
            return e;
    }
    return NULL;
}

/* ---- comparison ---- */

static void compare_leaves(const struct entry *e, const struct slot *s)
{
    struct walk w = walk_to(window((paddr_t)e->space << SLOT_BITS), (vaddr_t)e->page << PAGE_BITS,
                            leaf_level_of(e));

    EXPECT(w.level == leaf_level_of(e), "slot %x: no table above its leaf", e->ref);
    for (unsigned i = 0; i < leaves_of(e); i++, w.index++) {
        pte_t is = place_load(walk_place(&w));

        EXPECT(place_slot(walk_place(&w)) == e->ref, "slot %x: another's shadow", e->ref);
        EXPECT(pte_rights(is) == e->leaf[i].rights, "slot %x: leaf %u has rights %x, not %x",
               e->ref, i, pte_rights(is), e->leaf[i].rights);
        EXPECT(pte_accessed(is) == e->leaf[i].accessed && pte_dirty(is) == e->leaf[i].dirty,
               "slot %x: accessed or dirty of leaf %u", e->ref, i);
        EXPECT(pte_paddr(is) == slot_paddr(s) + (paddr_t)i * PAGE_SIZE, "slot %x: address", e->ref);
    }
}

static void compare(const struct entry *e)
{
    const struct slot *s = slot_at(e->ref);

    EXPECT(slot_type(s) == e->type, "slot %x has type %u, not %u", e->ref, slot_type(s), e->type);
    EXPECT(slot_rights(s) == e->rights, "slot %x: rights %x, not %x", e->ref, slot_rights(s),
           e->rights);
    EXPECT(slot_size(s) == e->size && s->obj == e->obj, "slot %x: another object", e->ref);
    EXPECT(s->parent == e->parent && slot_depth(s) == e->depth, "slot %x: parent %x, not %x",
           e->ref, s->parent, e->parent);
    EXPECT(!(s->head & HEAD_ORIGIN) == !e->origin, "slot %x: origin", e->ref);
    EXPECT(!(s->head & HEAD_HELD) == !e->held, "slot %x: held", e->ref);
    EXPECT(!(s->head & HEAD_MAPPED) == !e->mapped, "slot %x: mapped is %u", e->ref, !e->mapped);
    EXPECT(!(s->head & HEAD_A) == !e->accessed, "slot %x: accessed is not %u", e->ref, e->accessed);
    EXPECT(!(s->head & HEAD_D) == !e->dirty, "slot %x: dirty is not %u", e->ref, e->dirty);
    if (!e->doomed && !cpu.revocations)
        EXPECT(!(s->head & HEAD_DYING), "slot %x: dying for no reason", e->ref);
    if (e->type == OBJ_UNTYPED)
        EXPECT(s->word[0] == e->watermark, "slot %x: watermark %x, not %x", e->ref, s->word[0],
               e->watermark);
    if (e->type == OBJ_ENDPOINT || e->type == OBJ_NOTIFICATION || e->type == OBJ_THREAD)
        EXPECT(s->word[0] == e->badge, "slot %x: badge %x, not %x", e->ref, s->word[0], e->badge);
    if (!e->mapped)
        return;
    EXPECT(s->word[0] == e->space && (s->word[1] & SLOT_PAGE_MASK) == e->page,
           "slot %x: mapped elsewhere", e->ref);
    if (e->type == OBJ_FRAME)
        compare_leaves(e, s);
}

/* A CapTable has no slot that the book does not know. */
static void compare_table(const struct entry *e)
{
    for (unsigned i = 0; i < CAPTABLE_SLOTS(e->size); i++)
        EXPECT(slot_empty(slot_at(e->obj + i)) == !book_at(e->obj + i), "slot %x: empty is %u",
               e->obj + i, slot_empty(slot_at(e->obj + i)));
}

void book_compare(void)
{
    unsigned tops = 0;

    for (unsigned i = 0; i < count; i++) {
        const struct entry *e = book_nth(i);

        compare(e);
        tops += e->top;
        if (e->type == OBJ_CAPTABLE && e->origin)
            compare_table(e);
    }
    EXPECT(cpu.revocations == tops, "%u unfinished revocations, not %u", cpu.revocations, tops);
}
