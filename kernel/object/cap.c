/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cap.c - invocations that any capability answers: move, delete, inspect. derive.c has derive.
 */
#include "cap_ops.h"

/* word: dst, count, done (progress). */
unsigned cap_move(struct thread *t, cap_t address, word_t *word)
{
    size_t count = word[1], done = word[2];
    struct run src, dst;
    unsigned err = run_begin(t, address, count, &done, &src);

    if (err == ERR_OK)
        err = run_room(t, (cap_t)word[0], (unsigned)count, &dst);
    while (err == ERR_OK && done < count) {
        err = cap_move_one(src.first + done, dst.first + done);
        if (err == ERR_OK && ++done < count && step_over())
            err = ERR_RESTART;
    }
    word[2] = done;
    if (err != ERR_RESTART)
        word[0] = done;
    return err;
}

/* A run, from its end on: what is done stays done, so restarting finds less to do. */
unsigned cap_delete(struct thread *t, cap_t address, word_t *word)
{
    size_t count = word[0], done = 0;
    struct run run;
    unsigned err = run_begin(t, address, count, &done, &run);

    for (; err == ERR_OK && done < count; done++) {
        if (slot_empty(run.first + done))
            continue; /* no step: begun again, the call would find it as it was */
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
