/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree.c - the derivation tree: insertion, moving, and deletion in bounded steps.
 *
 * One step deletes one leaf: unmap, fold A and D upwards, end the object if the leaf was its
 * origin, unlink. Between steps the tree is well-formed. The way down from the top of a
 * revocation is marked DYING: nothing is derived there or put in there, so the work only
 * shrinks, and an interrupted deletion starts again at its top with nothing saved. A container
 * (CapTable, Thread, Space, PageTable) is emptied before it ends; it cannot contain itself,
 * because capabilities of CapTables and Untypeds never move, so what is inside one is younger.
 */
#include "captable.h"
#include "ipc.h"
#include "space.h"

#define BOXES 9u /* containers on one way down; deeper ones are entered anew */

void tree_insert(struct slot *parent, struct slot *child, uint32_t head, uint32_t obj)
{
    child->head = head;
    child->obj = obj;
    child->word[0] = child->word[1] = 0;
    child->child = child->next = child->prev = child->parent = 0;
    if (!parent)
        return;
    child->head |= HEAD_DEPTH(slot_depth(parent) + 1);
    child->parent = slot_ref(parent);
    child->next = parent->child;
    if (parent->child)
        slot_at(parent->child)->prev = slot_ref(child);
    parent->child = slot_ref(child);
}

void tree_remove(struct slot *s)
{
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

void tree_move(struct slot *from, struct slot *to)
{
    *to = *from;
    if (to->prev)
        slot_at(to->prev)->next = slot_ref(to);
    else if (to->parent)
        slot_at(to->parent)->child = slot_ref(to);
    if (to->next)
        slot_at(to->next)->prev = slot_ref(to);
    for (ref_t c = to->child; c; c = slot_at(c)->next)
        slot_at(c)->parent = slot_ref(to);
    if (to->head & HEAD_MAPPED)
        space_slot_moved(to);
    *from = (struct slot){0};
}

bool tree_dying(const struct slot *s)
{
    if (!cpu.revocations)
        return false;
    for (;;) {
        if (s->head & HEAD_DYING)
            return true;
        if (!s->parent)
            return false;
        s = slot_at(s->parent);
    }
}

/* The first non-empty slot from the table's hint on; at most 64 are looked at, then *again. */
static struct slot *captable_next(struct slot *s, bool *again)
{
    struct slot *inner = slot_object(s);
    unsigned count = CAPTABLE_SLOTS(slot_size(s)), end = s->word[0] + 64;

    for (; s->word[0] < count && s->word[0] < end; s->word[0]++) {
        if (!slot_empty(&inner[s->word[0]]))
            return &inner[s->word[0]];
    }
    *again = s->word[0] < count;
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
        *again = table_unmap_step(&space_of(s)->root);
        return NULL;
    case OBJ_PAGETABLE:
        *again = table_unmap_step(slot_object(s));
        return NULL;
    default:
        return NULL;
    }
}

static void object_end(struct slot *s)
{
    switch (slot_type(s)) {
    case OBJ_THREAD:
        thread_destroy(thread_of(s));
        break;
    case OBJ_ENDPOINT:
        endpoint_destroy(endpoint_of(s));
        break;
    case OBJ_REPLY:
        reply_destroy(reply_of(s));
        break;
    case OBJ_NOTIFICATION:
        notification_destroy(notification_of(s));
        break;
    default:
        break;
    }
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

/*
 * Where the walk stands. entry[n] is the slot by which the n-th container was entered;
 * box[n] is that container's origin. Containers nest as deep as users like: the innermost one
 * becomes the walk's top when there is no room for more, and once it is empty the walk begins
 * again at the revocation's. If that ends at a hold, all ways down are gone once more, `leaving`.
 */
struct descent {
    struct slot *at, *top;
    struct slot *box[BOXES], *entry[BOXES];
    unsigned nested;
    bool inside, held, leaving;
};

/* A slot that outlives the revocation is no longer on its way. */
static void unmark(struct slot *s)
{
    if (!(s->head & HEAD_REVOKING))
        s->head &= ~(uint32_t)HEAD_DYING;
}

/* Containers that could not be emptied, and what stands above them, will be used again: the
 * hints are void, and so are the marks. */
static void boxes_leave(const struct descent *d)
{
    for (unsigned i = 0; i < d->nested; i++) {
        const struct slot *way = i ? d->entry[i - 1] : d->top;
        struct slot *s = d->box[i];

        if (slot_type(s) == OBJ_CAPTABLE)
            s->word[0] = 0;
        for (unmark(s); s != way; unmark(s))
            s = slot_at(s->parent);
    }
}

/* Down to a leaf. False: work was done in a container without deleting a leaf, or nothing can
 * be done below the top any more. */
static bool descend(struct descent *d)
{
    bool again;

    for (;;) {
        struct slot *s = d->at, *inner = NULL;

        if (s->child) {
            s->head |= HEAD_DYING;
            d->at = slot_at(s->child);
            continue;
        }
        if ((s->head & HEAD_ORIGIN) && (s != d->top || d->inside)) {
            inner = container_next(s, &again);
            if (again)
                return false;
        }
        if (!inner)
            return true;
        s->head |= HEAD_DYING;
        d->box[d->nested] = s;
        d->entry[d->nested++] = inner;
        d->at = inner;
        if (d->nested == BOXES) {
            if (d->leaving)
                boxes_leave(d);
            d->at = d->top = s;
            d->inside = true;
            d->nested = 0;
        }
    }
}

/* A held frame stays: go on beside it. False: nothing beside it below the top. */
static bool skip_held(struct descent *d)
{
    d->held = true;
    unmark(d->at); /* it may have had children */
    while (d->at != d->top && !(d->nested && d->at == d->entry[d->nested - 1])) {
        if (d->at->next) {
            d->at = slot_at(d->at->next);
            return true;
        }
        d->at = slot_at(d->at->parent);
        unmark(d->at);
    }
    return false;
}

static void delete_and_climb(struct descent *d)
{
    struct slot *s = d->at, *parent = s->parent ? slot_at(s->parent) : NULL;
    bool entered = d->nested && s == d->entry[d->nested - 1];

    if (!entered && !parent)
        panic("tree: a leaf below a revocation hangs nowhere");
    leaf_delete(s);
    d->at = entered ? d->box[--d->nested] : parent;
}

unsigned tree_empty(struct slot *top, bool inside)
{
    struct descent d = {.at = top, .top = top, .inside = inside};

    if (!top->child && !(inside && (top->head & HEAD_ORIGIN)))
        return ERR_OK;
    revocation_begin(top);
    for (;;) {
        if (descend(&d)) {
            bool own = d.nested && d.at == d.entry[d.nested - 1]; /* its holder dies */

            if (d.at == top)
                break;
            if (d.at == d.top) {
                d = (struct descent){.at = top, .top = top, .inside = inside};
            } else if ((d.at->head & HEAD_HELD) && !own) {
                if (skip_held(&d))
                    continue;
                boxes_leave(&d);
                if (d.top == top || d.leaving)
                    break;
                d = (struct descent){.at = top, .top = top, .inside = inside, .leaving = true};
                continue;
            } else {
                delete_and_climb(&d);
            }
        }
        if (step_over())
            return ERR_RESTART;
    }
    revocation_end(top);
    return d.held ? ERR_HELD : ERR_OK;
}

unsigned tree_delete(struct slot *s)
{
    unsigned err = tree_empty(s, true);

    if (err != ERR_OK)
        return err;
    leaf_delete(s);
    return ERR_OK;
}
