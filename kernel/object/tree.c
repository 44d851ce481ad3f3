/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree.c - the derivation tree: insertion, moving, and deletion in bounded steps.
 *
 * One step deletes one leaf: unmap, fold A and D upwards, end the object if the leaf was its
 * origin, unlink. Between steps the tree is well-formed. The way down from the top of a
 * revocation is marked DYING: nothing is derived there or put in there, so the work only
 * shrinks. An interrupted deletion goes on where it stood, or, if any capability was deleted or
 * moved meanwhile, begins again at its top. A container (CapTable, Thread, Space, PageTable,
 * Endpoint, Notification) is emptied before it ends; it cannot contain itself, because
 * capabilities of CapTables and Untypeds never move, so what is inside one is younger.
 *
 * While the walk is inside of a container, its origin's words say which slot was entered and how
 * to get out:  word[0]  CapTable: the slot's number, and TABLE_KEEPS
 *              word[1]  the container around it, 0: none
 */
#include "captable.h"
#include "ipc.h"
#include "space.h"

#define TABLE_KEEPS (1u << 31) /* a slot before this one could not be emptied: a frame is held */

void tree_insert(struct slot *parent, struct slot *child, uint32_t head, uint32_t obj)
{
    if (parent)
        tree_link(parent, child, head, obj);
    else
        *child = (struct slot){.head = head, .obj = obj};
}

void tree_remove(struct slot *s)
{
    cpu.walk.by = NULL;
    if (s->head & HEAD_REVOKING)
        cpu.revocations--;
    if (s->parent) {
        struct slot *parent = slot_at(s->parent);

        if (s->prev)
            slot_at(s->prev)->next = s->next;
        else
            parent->child = s->next;
        if (s->next)
            slot_at(s->next)->prev = s->prev;
        if (slot_type(s) == OBJ_FRAME && slot_type(parent) == OBJ_FRAME)
            parent->head |= s->head & (HEAD_A | HEAD_D);
        if (slot_type(parent) == OBJ_UNTYPED) {
            if (slot_type(s) == OBJ_UNTYPED)
                parent->word[1] |= s->word[1];
            if (!parent->child)
                parent->word[0] = 0;
        }
    }
    *s = (struct slot){0};
}

bool tree_marked(const struct slot *s)
{
    while (!(s->head & HEAD_DYING)) {
        if (!s->parent)
            return false;
        s = slot_at(s->parent);
    }
    return true;
}

static struct slot *table_entry(const struct slot *s)
{
    return (struct slot *)slot_object(s) + (s->word[0] & ~TABLE_KEEPS);
}

/* The first non-empty slot from the table's number on; at most 64 are looked at, then *again. */
static struct slot *captable_next(struct slot *s, bool *again)
{
    unsigned left = CAPTABLE_SLOTS(slot_size(s)) - (s->word[0] & ~TABLE_KEEPS);
    unsigned look = left < 64 ? left : 64;

    for (struct slot *entry = table_entry(s); look; look--, entry++, s->word[0]++) {
        if (!slot_empty(entry))
            return entry;
    }
    *again = left > 64;
    return NULL;
}

static struct slot *thread_next(struct thread *t)
{
    thread_cancel(t);
    for (unsigned i = 0; i < BIND_COUNT; i++) {
        if (!slot_empty(&t->bind[i]))
            return &t->bind[i];
    }
    return NULL;
}

/* A non-empty slot inside the container of which s is the origin; tables of pages have their
 * entries unmapped here. *again: a step was done, and there may be more. */
static struct slot *container_next(struct slot *s, bool *again)
{
    *again = false;
    switch (slot_type(s)) {
    case OBJ_CAPTABLE:
        return captable_next(s, again);
    case OBJ_THREAD:
        return thread_next(thread_of(s));
    case OBJ_SPACE:
        space_leave(space_of(s));
        *again = table_unmap_step(&space_of(s)->root, PTE_LEVELS - 1);
        break;
    case OBJ_PAGETABLE:
        *again = table_unmap_step(slot_object(s), slot_level(s));
        break;
    case OBJ_ENDPOINT:
        *again = endpoint_empty_step(endpoint_of(s));
        break;
    case OBJ_NOTIFICATION:
        *again = notification_empty_step(notification_of(s));
    }
    return NULL;
}

static void object_end(struct slot *s)
{
    if (slot_type(s) == OBJ_THREAD)
        thread_destroy(thread_of(s));
    else if (slot_type(s) == OBJ_REPLY)
        reply_destroy(reply_of(s));
}

/* A slot without children and, if it is an origin, without contents. */
static void leaf_delete(struct slot *s)
{
    if (s->head & HEAD_MAPPED)
        space_unmap_slot(s);
    if (s->head & HEAD_ORIGIN)
        object_end(s);
    else
        binding_removed(s);
    tree_remove(s);
}

static void revocation_begin(struct slot *top)
{
    if (top->head & HEAD_REVOKING)
        return;
    top->head |= HEAD_REVOKING | HEAD_DYING;
    cpu.revocations++;
}

static void revocation_end(struct slot *top)
{
    if (top->head & HEAD_REVOKING)
        cpu.revocations--;
    top->head &= ~(uint32_t)(HEAD_REVOKING | HEAD_DYING);
}

bool walk_begin(struct slot *top, enum walk_kind kind)
{
    struct descent *d = &cpu.walk;
    bool again = d->by == cpu.current && d->top == top && d->kind == kind;

    if (!again)
        *d = (struct descent){.top = top, .at = top, .kind = kind};
    d->by = NULL;
    return again;
}

/* Was the container that the walk is in entered by this slot? */
static bool is_entry(const struct descent *d, const struct slot *s)
{
    const struct slot *bind;

    if (!d->box)
        return false;
    if (slot_type(d->box) == OBJ_CAPTABLE)
        return s == table_entry(d->box);
    bind = thread_of(d->box)->bind;
    return s >= bind && s < bind + BIND_COUNT;
}

/* Out of the innermost container, which is where the walk goes on. */
static void leave(struct descent *d)
{
    d->at = d->box;
    d->box = d->at->word[1] ? slot_at(d->at->word[1]) : NULL;
}

/* Down to a leaf. False: a step was done instead, inside of a container or into it. */
static bool descend(struct descent *d)
{
    bool again;

    while (d->at->child) {
        d->at->head |= HEAD_DYING;
        d->at = slot_at(d->at->child);
    }
    if ((d->at->head & HEAD_ORIGIN) && (d->at != d->top || d->kind == WALK_DELETE)) {
        struct slot *s = d->at, *inner = container_next(s, &again);

        if (inner) {
            s->head |= HEAD_DYING;
            s->word[1] = d->box ? slot_ref(d->box) : 0;
            d->box = s;
            d->at = inner;
        }
        return !inner && !again;
    }
    return true;
}

/* A CapTable that cannot be emptied. */
static bool table_keeps(const struct slot *s)
{
    return slot_type(s) == OBJ_CAPTABLE && (s->head & HEAD_ORIGIN) && (s->word[0] & TABLE_KEEPS);
}

/* A slot that outlives the revocation is no longer on its way. */
static void keep(struct descent *d, struct slot *s)
{
    d->held = true;
    if (!(s->head & HEAD_REVOKING))
        s->head &= ~(uint32_t)HEAD_DYING;
    if (table_keeps(s))
        s->word[0] = 0;
}

/* Beside a slot that is kept, or up, where what is left below is kept, too. */
static void pass(struct descent *d, struct slot *s)
{
    for (;; s = slot_at(s->parent)) {
        keep(d, s);
        if (s == d->top) {
            d->at = NULL;
            return;
        }
        if (is_entry(d, s)) {
            leave(d);
            d->at->word[0] = (d->at->word[0] + 1) | TABLE_KEEPS;
            return;
        }
        if (s->next) {
            d->at = slot_at(s->next);
            return;
        }
    }
}

/* Neither children nor a hold, nothing ends with it, and no way leads through it: what most of a
 * revocation consists of. */
static inline bool is_plain(const struct slot *s)
{
    return (s->head & (HEAD_TYPE | HEAD_HELD | HEAD_REVOKING)) == OBJ_FRAME && !s->child;
}

/* Plain frames from `s` on along its neighbours in one pass, up to an interrupt. Returns what is
 * beside the last of them, NULL at the end. */
static struct slot *frames_delete(struct slot *s, struct slot *parent)
{
    ref_t prev = s->prev, next;
    uint32_t bits = 0;

    for (;;) {
        if (s->head & HEAD_MAPPED)
            space_unmap_slot(s);
        bits |= s->head;
        next = s->next;
        *s = (struct slot){0};
        if (!next)
            break;
        s = slot_at(next);
        if (!is_plain(s) || step_over())
            break;
    }
    if (prev)
        slot_at(prev)->next = next;
    else
        parent->child = next;
    if (next)
        s->prev = prev;
    if (slot_type(parent) == OBJ_FRAME)
        parent->head |= bits & (HEAD_A | HEAD_D);
    else if (!parent->child)
        parent->word[0] = 0;
    return next ? s : NULL;
}

/* At a leaf: it goes if it may. The walk moves on, to nowhere (NULL) at its end. */
static void leaf_visit(struct descent *d)
{
    struct slot *s = d->at, *parent = slot_at(s->parent), *next;
    bool entry = is_entry(d, s);

    if (table_keeps(s) && !d->held) {
        s->word[0] = 0; /* an earlier walk found a hold; does it still? */
    } else if (s == d->top && !table_keeps(s)) {
        d->at = NULL;
    } else if (((s->head & HEAD_HELD) && !entry) || table_keeps(s)) { /* an entry's holder dies */
        pass(d, s);
    } else if (entry) {
        d->again |= d->held && (s->head & HEAD_HELD); /* perhaps it was what is in the way */
        leaf_delete(s);
        leave(d);
    } else {
        next = s->next ? slot_at(s->next) : NULL;
        if (is_plain(s))
            next = frames_delete(s, parent);
        else
            leaf_delete(s);
        d->at = next ? next : parent;
        if (!next && parent->child)
            pass(d, parent);
    }
}

unsigned tree_empty(struct slot *top, bool inside)
{
    enum walk_kind kind = inside ? WALK_DELETE : WALK_REVOKE;
    struct descent *d = &cpu.walk;

    if (!top->child && !(inside && (top->head & HEAD_ORIGIN))) {
        if (slot_type(top) != OBJ_CAPTABLE && (top->head & HEAD_REVOKING))
            revocation_end(top); /* others did the rest; a table's contents may be half gone */
        return ERR_OK;
    }
    walk_begin(top, kind);
    revocation_begin(top);
    for (;;) {
        if (descend(d))
            leaf_visit(d);
        if (!d->at && d->again)
            walk_begin(top, kind);
        if (!d->at || (d->at == top && !inside && !top->child))
            break;
        if (step_over()) {
            d->by = cpu.current;
            return ERR_RESTART;
        }
    }
    revocation_end(top);
    return d->held && (inside || top->child) ? ERR_HELD : ERR_OK;
}

unsigned tree_delete(struct slot *s)
{
    unsigned err = tree_empty(s, true);

    if (err != ERR_OK)
        return err;
    leaf_delete(s);
    return ERR_OK;
}
