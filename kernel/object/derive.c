/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * derive.c - children of capabilities: whole ones, parts of a Frame, runs of either, and the
 * run that travels with a message.
 *
 * A run is one pass over neighbouring slots: what all have in common is checked once.
 */
#include "cap_ops.h"

/* What a derivation asks for; the same for each of a run. */
struct derivation {
    unsigned rights, size; /* size 0: whole */
    uint32_t badge;
};

/* What a child takes over of its parent's head. */
static inline uint32_t head_passed(unsigned rights)
{
    return HEAD_TYPE | HEAD_SIZE(0x3f) | HEAD_DEVICE | HEAD_RIGHTS(rights);
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

unsigned cap_derive_whole(struct slot *from, struct slot *to, unsigned rights, uint32_t badge)
{
    struct derivation d = {.rights = rights, .badge = badge};

    return whole_try(from, to, &d);
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
unsigned cap_derive(struct thread *t, struct slot *from, cap_t address, word_t *word)
{
    struct derivation d = {
        .rights = (unsigned)word[1], .badge = (uint32_t)word[2], .size = (unsigned)word[4]};
    size_t count = word[5], done = word[6];
    unsigned err = run_length(count, &done);
    struct run src, dst;

    if (err == ERR_OK)
        err = run_find(t, address, d.size ? 1 : (unsigned)count, &src);
    if (err == ERR_OK)
        err = run_find(t, (cap_t)word[0], (unsigned)count, &dst);
    if (err == ERR_OK)
        err = run_writable(&dst);
    if (err == ERR_OK)
        err = d.size ? part_run(from, &dst, &d, word[3], &done)
                     : whole_run(src.first, &dst, &d, &done);
    word[6] = done;
    if (err != ERR_RESTART)
        word[0] = done;
    return err;
}

unsigned cap_transfer(struct slot *from, const struct run *to, unsigned mode, unsigned rights)
{
    struct derivation d = {.rights = rights};
    unsigned i;

    for (i = 0; i < to->count; i++, from++) {
        struct slot *s = to->first + i;

        if (mode == TRANSFER_DERIVE) {
            if (whole_try(from, s, &d) != ERR_OK)
                break;
            continue;
        }
        if (cap_move_check(from, s) != ERR_OK ||
            (mode == TRANSFER_GIVE && cap_derive_check(from) != ERR_OK))
            break;
        tree_move(from, s);
        if (mode == TRANSFER_GIVE)
            whole_derive(s, from, &d);
    }
    return i;
}
