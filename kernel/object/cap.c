/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cap.c - invocations that any capability answers: derive, move, revoke, delete, inspect.
 */
#include "cap_ops.h"

/* What a derivation asks for; the same for each of a run. */
struct derivation {
    unsigned rights, size; /* size 0: whole */
    uint32_t badge;
};

/* A child of the whole capability. May refuse; changes nothing. */
static unsigned whole_check(const struct slot *from)
{
    switch (slot_type(from)) {
    case OBJ_UNTYPED:
        return from->child || from->word[0] ? ERR_HAS_CHILDREN : ERR_OK;
    case OBJ_PAGETABLE:
        return ERR_WRONG_TYPE; /* a table hangs in one place, by its one capability */
    default:
        return ERR_OK;
    }
}

static void whole_derive(struct slot *from, struct slot *to, const struct derivation *d)
{
    unsigned type = slot_type(from);
    uint32_t badge = from->word[0];

    tree_insert(from, to,
                type | HEAD_SIZE(slot_size(from)) | (from->head & HEAD_DEVICE) |
                    HEAD_RIGHTS(slot_rights(from) & d->rights),
                from->obj);
    switch (type) {
    case OBJ_ENDPOINT:
    case OBJ_NOTIFICATION:
        to->word[0] = badge ? badge : d->badge;
        break;
    case OBJ_THREAD:
        to->word[0] = d->badge && d->badge < badge ? d->badge : badge;
        break;
    case OBJ_UNTYPED:
        to->word[1] = from->word[1];
        from->word[0] = (uint32_t)KERNEL_BITS(slot_size(from) - SLOT_BITS);
        break;
    default:
        break;
    }
}

unsigned cap_derive_check(const struct slot *from)
{
    if (slot_depth(from) >= DEPTH_MAX)
        return ERR_TOO_DEEP;
    if (tree_dying(from))
        return ERR_DYING;
    return whole_check(from);
}

unsigned cap_derive_whole(struct slot *from, struct slot *to, unsigned rights, uint32_t badge)
{
    struct derivation d = {.rights = rights, .badge = badge};
    unsigned err;

    if (slot_empty(from))
        return ERR_NO_CAP;
    if (!slot_empty(to))
        return ERR_NOT_EMPTY;
    err = cap_derive_check(from);
    if (err == ERR_OK)
        whole_derive(from, to, &d);
    return err;
}

/* An aligned part of a Frame. */
static unsigned part_derive(struct slot *from, struct slot *to, const struct derivation *d,
                            uint64_t part)
{
    if (slot_type(from) != OBJ_FRAME)
        return ERR_WRONG_TYPE;
    if (d->size < PAGE_BITS || d->size > slot_size(from) ||
        part >= KERNEL_BITS(slot_size(from) - d->size))
        return ERR_BAD_ARG;
    if (!slot_empty(to))
        return ERR_NOT_EMPTY;
    if (slot_depth(from) >= DEPTH_MAX)
        return ERR_TOO_DEEP;
    if (tree_dying(from))
        return ERR_DYING;
    tree_insert(from, to,
                OBJ_FRAME | HEAD_SIZE(d->size) | (from->head & HEAD_DEVICE) |
                    HEAD_RIGHTS(slot_rights(from) & d->rights),
                from->obj + (uint32_t)(part << (d->size - PAGE_BITS)));
    return ERR_OK;
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
    while (err == ERR_OK && done < count) {
        if (d.size)
            err = part_derive(from, dst.first + done, &d, word[3] + done);
        else
            err = cap_derive_whole(src.first + done, dst.first + done, d.rights, d.badge);
        if (err == ERR_OK && ++done < count && step_over())
            err = ERR_RESTART;
    }
    word[6] = done;
    if (err != ERR_RESTART)
        word[0] = done;
    return err;
}

unsigned cap_move_check(const struct slot *from, const struct slot *to)
{
    if (slot_empty(from))
        return ERR_NO_CAP;
    if (slot_type(from) == OBJ_UNTYPED || slot_type(from) == OBJ_CAPTABLE)
        return ERR_WRONG_TYPE;
    if (!slot_empty(to))
        return ERR_NOT_EMPTY;
    return tree_dying(from) ? ERR_DYING : ERR_OK;
}

unsigned cap_move(struct thread *t, cap_t address, word_t *word)
{
    size_t count = word[1], done = 0;
    unsigned err = run_length(count, &done);
    struct run src, dst;

    if (err == ERR_OK)
        err = run_find(t, address, (unsigned)count, &src);
    if (err == ERR_OK)
        err = run_find(t, (cap_t)word[0], (unsigned)count, &dst);
    if (err == ERR_OK)
        err = run_writable(&dst);
    for (; err == ERR_OK && done < count; done++) {
        err = cap_move_check(src.first + done, dst.first + done);
        if (err != ERR_OK)
            break;
        tree_move(src.first + done, dst.first + done);
    }
    word[0] = done;
    return err;
}

/* A run, from its end on: what is done stays done, so restarting finds less to do. */
unsigned cap_delete(struct thread *t, cap_t address, word_t *word)
{
    size_t count = word[0], done = 0;
    unsigned err = run_length(count, &done);
    struct run run;

    if (err == ERR_OK)
        err = run_find(t, address, (unsigned)count, &run);
    for (; err == ERR_OK && done < count; done++) {
        if (!slot_empty(run.first + done))
            err = tree_delete(run.first + done);
        if (err != ERR_OK)
            break;
        if (done + 1 < count && step_over())
            err = ERR_RESTART;
    }
    if (err != ERR_RESTART)
        word[0] = done;
    return err;
}

static unsigned inspect_flags(const struct slot *s)
{
    static const struct {
        uint32_t head;
        unsigned flag;
    } table[] = {
        {HEAD_MAPPED, INSPECT_MAPPED}, {HEAD_A, INSPECT_ACCESSED},  {HEAD_D, INSPECT_DIRTY},
        {HEAD_HELD, INSPECT_HELD},     {HEAD_DYING, INSPECT_DYING}, {HEAD_DEVICE, INSPECT_DEVICE},
    };
    unsigned flags = s->child ? INSPECT_CHILDREN : 0;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        flags |= s->head & table[i].head ? table[i].flag : 0;
    return flags;
}

unsigned cap_inspect(const struct slot *s, word_t *word)
{
    word[0] =
        slot_type(s) | slot_rights(s) << 8 | slot_size(s) << 16 | (word_t)inspect_flags(s) << 24;
    word[1] = s->word[0];
    word[2] = 0;
    if (slot_type(s) == OBJ_FRAME) {
        word[1] = s->word[1];
        word[2] = s->word[0];
    } else if (slot_type(s) == OBJ_UNTYPED) {
        word[1] = (word_t)(KERNEL_BITS(slot_size(s)) - ((uint64_t)s->word[0] << SLOT_BITS));
    }
    return ERR_OK;
}
