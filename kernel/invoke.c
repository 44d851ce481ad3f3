/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * invoke.c - SYS_INVOKE: which object's file answers which operation.
 */
#include "invoke_ops.h"

#include "buffer.h"
#include "cap_ops.h"
#include "frame.h"
#include "ipc.h"
#include "irq.h"
#include "space.h"
#include "thread_ops.h"
#include "untyped.h"

static unsigned space_right(const struct slot *s, unsigned right)
{
    if (slot_type(s) != OBJ_SPACE)
        return ERR_WRONG_TYPE;
    return slot_rights(s) & right ? ERR_OK : ERR_NO_RIGHT;
}

/* Pages done are progress in the third argument, as the words are full of items. */
static unsigned invoke_map(struct thread *t, struct slot *s, word_t *word)
{
    struct map_request m = {.space = space_of(s),
                            .t = t,
                            .word = word,
                            .pages_max = 256,
                            .pages = (unsigned)arch_arg(&t->registers, 2)};
    unsigned err = space_map(&m);

    if (err == ERR_RESTART) {
        arch_set_arg(&t->registers, 2, m.pages);
        return err;
    }
    word[0] = m.done;
    word[1] = m.level;
    return err;
}

/* word: address, pages, rights or flags, done. What is left and done is progress. */
static unsigned invoke_range(struct thread *t, struct slot *s, unsigned op, word_t *word)
{
    struct urange r = {.space = space_of(s),
                       .va = word[0],
                       .left = word[1],
                       .done = word[3],
                       .rights = (unsigned)word[2]};
    struct buffer *buffer = thread_buffer(t);
    unsigned err;

    if (op == OP_SPACE_UNMAP)
        err = space_unmap(&r);
    else if (op == OP_SPACE_PROTECT)
        err = space_protect(&r);
    else if (!buffer)
        err = ERR_NO_BUFFER;
    else if (r.left < 1 || r.left > 512 || r.done > 512 - r.left)
        err = ERR_BAD_ARG;
    else
        err = space_harvest(&r, (unsigned)word[2], buffer->byte);
    word[0] = err == ERR_RESTART ? r.va : r.done;
    word[1] = r.left;
    word[3] = r.done;
    return err;
}

/* word: address, other Space, its address, bytes, done (progress). */
static unsigned invoke_copy(struct thread *t, struct slot *from, word_t *word)
{
    struct slot *to = cap_lookup(t, (cap_t)word[1]);
    size_t done = word[4] < word[3] ? word[4] : 0;
    unsigned err;

    if (!to)
        return ERR_NO_CAP;
    err = space_right(to, RIGHT_COPY);
    if (err == ERR_OK)
        err = space_copy(space_of(to), word[2], space_of(from), word[0], word[3], &done);
    word[4] = done;
    if (err != ERR_RESTART)
        word[0] = done;
    return err;
}

static unsigned invoke_space(struct thread *t, struct slot *s, unsigned op, word_t *word)
{
    unsigned err = space_right(s, op == OP_SPACE_COPY ? RIGHT_COPY : RIGHT_MAP);

    if (err != ERR_OK)
        return err;
    switch (op) {
    case OP_SPACE_MAP:
        return invoke_map(t, s, word);
    case OP_SPACE_COPY:
        return invoke_copy(t, s, word);
    default:
        return invoke_range(t, s, op, word);
    }
}

static unsigned invoke_reply(struct thread *t, struct slot *s, unsigned op, word_t *word)
{
    const struct reply *r = reply_of(s);

    if (slot_type(s) != OBJ_REPLY)
        return ERR_WRONG_TYPE;
    if (op == OP_REPLY_COPY)
        return reply_copy(t, s, word);
    word[0] = r->state;
    word[1] = r->leases > 0 ? (word_t)r->lease[0].bytes : 0;
    word[2] = r->leases > 1 ? (word_t)r->lease[1].bytes : 0;
    return ERR_OK;
}

static unsigned invoke_irq(struct thread *t, struct slot *s, unsigned op, word_t *word)
{
    if (slot_type(s) != OBJ_IRQ)
        return ERR_WRONG_TYPE;
    if (!(slot_rights(s) & RIGHT_WRITE))
        return ERR_NO_RIGHT;
    switch (op) {
    case OP_IRQ_BIND:
        return irq_bind(t, s, word);
    case OP_IRQ_ACK:
        return irq_ack(s, word);
    default:
        return irq_expect(t, s, word);
    }
}

unsigned invoke(struct thread *t, cap_t address, unsigned op, word_t *word)
{
    struct slot *s = cap_slot(t, address);

    if (!s)
        return ERR_NO_CAP;
    if (op == OP_CAP_INSPECT)
        return cap_inspect(s, word);
    if (op == OP_CAP_DELETE)
        return cap_delete(t, address, word);
    if (op == OP_CAP_MOVE) /* begun again, it finds the first ones gone */
        return cap_move(t, address, word);
    if (slot_empty(s))
        return ERR_NO_CAP;
    switch (op) {
    case OP_CAP_DERIVE:
        return cap_derive(t, s, address, word);
    case OP_CAP_REVOKE:
        return tree_empty(s, false);
    case OP_UNTYPED_RETYPE:
        return untyped_retype(t, s, word);
    case OP_FRAME_CLEAR:
        return frame_clear(t, address, word);
    case OP_FRAME_COPY:
        return frame_copy(t, s, word);
    case OP_FRAME_HARVEST:
        return frame_harvest(t, address, word);
    case OP_FRAME_PHYS:
    case OP_FRAME_HOLD:
    case OP_FRAME_RELEASE:
        return frame_device(t, address, word, op);
    case OP_FRAME_READ:
    case OP_FRAME_WRITE:
        return frame_transfer(t, s, word, op == OP_FRAME_READ);
    case OP_SPACE_MAP:
    case OP_SPACE_UNMAP:
    case OP_SPACE_PROTECT:
    case OP_SPACE_HARVEST:
    case OP_SPACE_COPY:
        return invoke_space(t, s, op, word);
    case OP_THREAD_BIND:
    case OP_THREAD_START:
    case OP_THREAD_STOP:
    case OP_THREAD_RESUME:
    case OP_THREAD_READ:
    case OP_THREAD_WRITE:
    case OP_THREAD_SETUP:
    case OP_THREAD_TIMES:
        return thread_invoke(t, s, op, word);
    case OP_REPLY_COPY:
    case OP_REPLY_STATE:
        return invoke_reply(t, s, op, word);
    case OP_IRQ_BIND:
    case OP_IRQ_ACK:
    case OP_IRQ_EXPECT:
        return invoke_irq(t, s, op, word);
    default:
        return ERR_BAD_CALL;
    }
}
