/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * derive.c - children of capabilities: whole ones, parts of a Frame, runs of either, and the
 * run that travels with a message.
 *
 * A run is one pass over neighbouring slots: what all have in common is checked once.
 */
#include "cap_ops.h"
#include "space.h"

/* What a derivation asks for; the same for each of a run. */
struct derivation {
    unsigned rights, size; /* size 0: whole */
    uint32_t badge;
};

/* What a child takes over of its parent's head, whatever a user names as rights. */
static inline uint32_t head_passed(unsigned rights)
{
    return HEAD_TYPE | HEAD_SIZE(0x3f) | HEAD_DEVICE | HEAD_RIGHTS(rights & RIGHT_ALL);
}

unsigned cap_derive_check(const struct slot *from)
{
    unsigned type = slot_type(from);

    if (slot_depth(from) >= DEPTH_MAX)
        return ERR_TOO_DEEP;
    if (tree_dying(from))
        return ERR_DYING;
    if (type == OBJ_UNTYPED && (from->child || from->word[0]))
        return ERR_HAS_CHILDREN;
    return type == OBJ_PAGETABLE ? ERR_WRONG_TYPE : ERR_OK; /* it hangs by its one capability */
}

/* The words of a child that is no Frame. */
static void words_derive(struct slot *from, struct slot *to, uint32_t badge)
{
    uint32_t own = from->word[0];

    switch (slot_type(from)) {
    case OBJ_ENDPOINT:
    case OBJ_NOTIFICATION:
        to->word[0] = own ? own : badge;
        break;
    case OBJ_THREAD:
        to->word[0] = badge && badge < own ? badge : own;
        break;
    case OBJ_UNTYPED:
        to->word[1] = from->word[1];
        from->word[0] = (uint32_t)KERNEL_BITS(slot_size(from) - SLOT_BITS);
        break;
    default:
        break;
    }
}

static inline void whole_derive(struct slot *from, struct slot *to, const struct derivation *d)
{
    tree_link(from, to, from->head & head_passed(d->rights), from->obj);
    if (slot_type(from) != OBJ_FRAME)
        words_derive(from, to, d->badge);
}

static inline unsigned whole_try(struct slot *from, struct slot *to, const struct derivation *d)
{
    unsigned err;

    if (slot_empty(from))
        return ERR_NO_CAP;
    if (!slot_empty(to))
        return ERR_NOT_EMPTY;
    err = cap_derive_check(from);
    if (err == ERR_OK)
        whole_derive(from, to, d);
    return err;
}

void cap_derive_whole(struct slot *from, struct slot *to, unsigned rights, uint32_t badge)
{
    struct derivation d = {.rights = rights, .badge = badge};

    whole_derive(from, to, &d);
}

/* Neighbours. Frames, of which there are most, in line. */
static unsigned whole_run(struct slot *from, const struct run *dst, const struct derivation *d,
                          size_t *done)
{
    size_t i = *done, count = dst->count;
    ref_t source = slot_ref(from + i), ref = slot_ref(dst->first + i);
    uint32_t passed = head_passed(d->rights);
    struct slot *to = dst->first + i;
    unsigned err = ERR_OK;

    for (from += i; i < count; i++, from++, to++, source++, ref++) {
        uint32_t head = from->head;

        if (i != *done && step_over()) {
            err = ERR_RESTART;
            break;
        }
        if ((head & HEAD_TYPE) == OBJ_FRAME && head < HEAD_DEPTH(DEPTH_MAX) && slot_empty(to) &&
            !cpu.revocations) {
            tree_hang(from, source, to, ref, (head & passed) + head_below(head), from->obj);
            continue;
        }
        err = whole_try(from, to, d);
        if (err != ERR_OK)
            break;
    }
    *done = i;
    return err;
}

/* Aligned parts of a Frame, from number `part` on. */
static unsigned part_run(struct slot *from, const struct run *dst, const struct derivation *d,
                         uint64_t part, size_t *done)
{
    uint32_t head = (from->head & head_passed(d->rights) & ~HEAD_SIZE(0x3f)) | HEAD_SIZE(d->size);
    unsigned refusal = cap_derive_check(from), err = ERR_OK;
    size_t i = *done, count = dst->count;
    ref_t source = slot_ref(from), ref = slot_ref(dst->first + i);
    struct slot *to = dst->first + i;
    uint64_t left;
    uint32_t obj, pages;

    if (slot_type(from) != OBJ_FRAME)
        return ERR_WRONG_TYPE;
    if (d->size < PAGE_BITS || d->size > slot_size(from))
        return ERR_BAD_ARG;
    left = KERNEL_BITS(slot_size(from) - d->size);
    left = part < left && i < left - part ? left - part - i : 0;
    pages = (uint32_t)KERNEL_BITS(d->size - PAGE_BITS);
    obj = from->obj + (uint32_t)(part + i) * pages;
    head += head_below(from->head);
    for (; i < count; i++, to++, ref++, obj += pages, left--) {
        if (i != *done && step_over())
            err = ERR_RESTART;
        else if (!left)
            err = ERR_BAD_ARG;
        else
            err = slot_empty(to) ? refusal : ERR_NOT_EMPTY;
        if (err != ERR_OK)
            break;
        tree_hang(from, source, to, ref, head, obj);
    }
    *done = i;
    return err;
}

/* word: dst, rights, badge, part, log2 size, count, done (progress). */
__attribute__((noinline)) unsigned cap_derive(struct thread *t, struct slot *from, cap_t address,
                                              word_t *word)
{
    struct derivation d = {
        .rights = (unsigned)word[1], .badge = (uint32_t)word[2], .size = (unsigned)word[4]};
    size_t count = word[5], done = word[6];
    unsigned err = run_length(count, &done);
    struct run src, dst;

    if (err == ERR_OK)
        err = run_find(t, address, d.size ? 1 : (unsigned)count, &src);
    if (err == ERR_OK)
        err = run_room(t, (cap_t)word[0], (unsigned)count, &dst);
    if (err == ERR_OK)
        err = d.size ? part_run(from, &dst, &d, word[3], &done)
                     : whole_run(src.first, &dst, &d, &done);
    word[6] = done;
    if (err != ERR_RESTART)
        word[0] = done;
    return err;
}

/* Where `from` hung in the tree, between its neighbours, hangs `to`. */
static inline void place_take(const struct slot *from, struct slot *to, ref_t me)
{
    to->parent = from->parent;
    to->next = from->next;
    to->prev = from->prev;
    if (to->prev)
        slot_at(to->prev)->next = me;
    else if (to->parent)
        slot_at(to->parent)->child = me;
    if (to->next)
        slot_at(to->next)->prev = me;
}

void tree_move(struct slot *from, struct slot *to)
{
    ref_t me = slot_ref(to);

    cpu.walk.by = NULL;
    to->head = from->head;
    to->obj = from->obj;
    to->word[0] = from->word[0];
    to->word[1] = from->word[1];
    to->child = from->child;
    place_take(from, to, me);
    for (ref_t c = to->child; c; c = slot_at(c)->next)
        slot_at(c)->parent = me;
    if (to->head & HEAD_MAPPED)
        space_slot_moved(from, to);
    *from = (struct slot){0};
}

static unsigned move_check(const struct slot *from, const struct slot *to)
{
    unsigned children = MOVED_CHILDREN;

    if (slot_empty(from))
        return ERR_NO_CAP;
    if (slot_type(from) == OBJ_UNTYPED || slot_type(from) == OBJ_CAPTABLE)
        return ERR_WRONG_TYPE;
    if (!slot_empty(to))
        return ERR_NOT_EMPTY;
    if (tree_dying(from))
        return ERR_DYING;
    for (ref_t c = from->child; c; c = slot_at(c)->next) {
        if (!children--)
            return ERR_HAS_CHILDREN;
    }
    return ERR_OK;
}

unsigned cap_move_one(struct slot *from, struct slot *to)
{
    unsigned err = move_check(from, to);

    if (err == ERR_OK)
        tree_move(from, to);
    return err;
}

/* A Frame without mapping and children, as most of a run are, is moved in line. `left`: head of
 * the child that is left in its place, 0: none. */
static inline bool frame_pass(struct slot *from, struct slot *to, uint32_t left)
{
    uint32_t mask = HEAD_TYPE | HEAD_MAPPED | HEAD_RIGHTS(RIGHT_GRANT);
    ref_t me = slot_ref(to);

    if ((from->head & mask) != (OBJ_FRAME | HEAD_RIGHTS(RIGHT_GRANT)) || from->child ||
        !slot_empty(to) || from->head >= HEAD_DEPTH(DEPTH_MAX) || cpu.revocations)
        return false;
    to->head = from->head;
    to->obj = from->obj;
    to->word[0] = to->word[1] = 0;
    place_take(from, to, me);
    to->child = left ? slot_ref(from) : 0;
    if (!left)
        from->obj = 0;
    from->head = left;
    from->parent = left ? me : 0;
    from->next = from->prev = 0;
    return true;
}

unsigned cap_transfer(struct slot *from, const struct run *to, unsigned mode, unsigned rights,
                      bool *again)
{
    uint32_t passed = mode == TRANSFER_GIVE ? head_passed(rights) : 0;
    struct derivation d = {.rights = rights};
    unsigned i, err = ERR_OK;

    cpu.walk.by = NULL;
    for (i = 0; i < to->count; i++, from++) {
        struct slot *s = to->first + i;

        *again = i && step_over();
        if (*again)
            break;
        if (mode != TRANSFER_DERIVE &&
            frame_pass(from, s, passed ? (from->head & passed) + head_below(from->head) : 0))
            continue;
        if (!(slot_rights(from) & RIGHT_GRANT))
            break;
        if (mode == TRANSFER_DERIVE)
            err = whole_try(from, s, &d);
        else if (mode == TRANSFER_GIVE)
            err = cap_derive_check(from);
        if (err == ERR_OK && mode != TRANSFER_DERIVE)
            err = cap_move_one(from, s);
        if (err != ERR_OK)
            break;
        if (mode == TRANSFER_GIVE)
            whole_derive(s, from, &d);
    }
    return i;
}
