/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame.c - Frames: contents by the kernel's window, accessed and dirty bits, DMA holds.
 *
 * Contents are reached without a mapping. A device's frames have no contents: they are only
 * mapped.
 */
#include "frame.h"

#include "buffer.h"
#include "space.h"

static unsigned contents_check(const struct slot *s, unsigned right)
{
    if (slot_type(s) != OBJ_FRAME || (s->head & HEAD_DEVICE))
        return ERR_WRONG_TYPE;
    return slot_rights(s) & right ? ERR_OK : ERR_NO_RIGHT;
}

bool frame_covers(const struct slot *s, unsigned right, uint64_t offset, uint64_t bytes)
{
    return contents_check(s, right) == ERR_OK && offset <= KERNEL_BITS(slot_size(s)) &&
           bytes <= KERNEL_BITS(slot_size(s)) - offset;
}

/* word: count, done, bytes of the next one (progress). Clearing again does no harm. */
unsigned frame_clear(struct thread *t, cap_t address, word_t *word)
{
    size_t count = word[0], done = word[1];
    struct run run;
    unsigned err = run_begin(t, address, count, &done, &run);

    while (err == ERR_OK && done < count) {
        struct slot *s = run.first + done;

        err = contents_check(s, RIGHT_WRITE);
        if (err != ERR_OK || word[2] >= KERNEL_BITS(slot_size(s))) {
            done += err == ERR_OK;
            word[2] = 0;
            continue;
        }
        arch_clear(frame_view(s, word[2] & ~(word_t)(PAGE_SIZE - 1), RIGHT_WRITE), PAGE_SIZE);
        word[2] = (word[2] & ~(word_t)(PAGE_SIZE - 1)) + PAGE_SIZE;
        if (step_over())
            err = ERR_RESTART;
    }
    word[1] = done;
    if (err != ERR_RESTART)
        word[0] = done;
    return err;
}

/* word: source frame, bytes done (progress). */
unsigned frame_copy(struct thread *t, struct slot *to, word_t *word)
{
    struct slot *from = cap_lookup(t, (cap_t)word[0]);
    uint64_t bytes = KERNEL_BITS(slot_size(to)), at = word[1] & ~(word_t)(PAGE_SIZE - 1);
    unsigned err;

    if (!from)
        return ERR_NO_CAP;
    err = contents_check(to, RIGHT_WRITE);
    if (err == ERR_OK)
        err = contents_check(from, RIGHT_READ);
    if (err == ERR_OK && slot_size(from) != slot_size(to))
        err = ERR_BAD_ARG;
    for (; err == ERR_OK && at < bytes; at += PAGE_SIZE) {
        arch_copy_page(frame_view(to, at, RIGHT_WRITE), frame_view(from, at, RIGHT_READ));
        if (at + PAGE_SIZE < bytes && step_over())
            err = ERR_RESTART;
    }
    word[1] = (word_t)at;
    return err;
}

/* The bits of one slot's mapping and of the slot itself; those asked for are cleared. */
static unsigned slot_bits(struct slot *s, unsigned flags)
{
    unsigned bits = slot_touched(s);
    pte_t clear = (flags & HARVEST_A ? PTE_A : 0) | (flags & HARVEST_D ? PTE_D : 0);

    s->head &= ~HEAD_TOUCHED(flags);
    if (s->head & HEAD_MAPPED)
        bits |= space_slot_bits(s, clear);
    return bits;
}

/* The OR over a frame's slot and all that is derived from it. `on`: the call was interrupted here;
 * what was found, and cleared, stands in *bits. */
static unsigned subtree_bits(struct slot *top, unsigned flags, uint8_t *bits, bool on)
{
    struct descent *d = &cpu.walk;

    if (!on) {
        d->by = NULL;
        *bits = 0;
    }
    walk_begin(top, WALK_HARVEST);
    for (;;) {
        struct slot *s = d->at;

        *bits |= (uint8_t)slot_bits(s, flags);
        if (s->child) {
            d->at = slot_at(s->child);
        } else {
            while (s != top && !s->next)
                s = slot_at(s->parent);
            if (s == top)
                return ERR_OK;
            d->at = slot_at(s->next);
        }
        if (step_over()) {
            d->by = cpu.current;
            return ERR_RESTART;
        }
    }
}

/* word: count, flags, done, in the midst of one (progress); bytes into the buffer. */
unsigned frame_harvest(struct thread *t, cap_t address, word_t *word)
{
    size_t count = word[0], done = word[2];
    struct buffer *buffer = thread_buffer(t);
    struct run run;
    unsigned err = buffer ? run_begin(t, address, count, &done, &run) : ERR_NO_BUFFER;

    while (err == ERR_OK && done < count) {
        if (slot_type(run.first + done) != OBJ_FRAME) {
            err = ERR_WRONG_TYPE;
            break;
        }
        err = subtree_bits(run.first + done, (unsigned)word[1], &buffer->byte[done], word[3]);
        word[3] = err == ERR_RESTART;
        if (err == ERR_OK && ++done < count && step_over())
            err = ERR_RESTART;
    }
    word[2] = done;
    if (err != ERR_RESTART)
        word[0] = done;
    return err;
}

/* word: count, done (progress). */
unsigned frame_device(struct thread *t, cap_t address, word_t *word, unsigned op)
{
    size_t count = word[0], done = word[1];
    struct buffer *buffer = thread_buffer(t);
    struct run run;
    unsigned err = run_begin(t, address, count, &done, &run);

    if (op == OP_FRAME_PHYS && (!buffer || count > PHYSICAL_MAX))
        err = buffer ? ERR_BAD_ARG : ERR_NO_BUFFER;
    while (err == ERR_OK && done < count) {
        struct slot *s = run.first + done;

        if (slot_type(s) != OBJ_FRAME)
            err = ERR_WRONG_TYPE;
        else if (!(slot_rights(s) & RIGHT_DMA))
            err = ERR_NO_RIGHT;
        else if (op == OP_FRAME_HOLD && tree_dying(s))
            err = ERR_DYING;
        if (err != ERR_OK)
            break;
        if (op == OP_FRAME_PHYS)
            buffer->physical[done] = slot_paddr(s);
        else
            s->head = op == OP_FRAME_HOLD ? s->head | HEAD_HELD : s->head & ~(uint32_t)HEAD_HELD;
        if (++done < count && step_over())
            err = ERR_RESTART;
    }
    word[1] = done;
    if (err != ERR_RESTART)
        word[0] = done;
    return err;
}

/* word: offset, bytes. */
unsigned frame_transfer(struct thread *t, struct slot *s, word_t *word, bool to_buffer)
{
    unsigned right = to_buffer ? RIGHT_READ : RIGHT_WRITE;
    struct buffer *buffer = thread_buffer(t);

    if (!buffer)
        return ERR_NO_BUFFER;
    if (contents_check(s, right) != ERR_OK)
        return contents_check(s, right);
    if (!frame_covers(s, right, word[0], word[1]) || word[1] > BUFFER_BYTES)
        return ERR_BAD_ARG;
    for (size_t done = 0, n; done < word[1]; done += n) {
        void *contents = frame_view(s, word[0] + done, right);
        size_t left = PAGE_SIZE - ((word[0] + done) & (PAGE_SIZE - 1));

        n = word[1] - done < left ? word[1] - done : left;
        if (to_buffer)
            arch_copy(buffer->byte + done, contents, n);
        else
            arch_copy(contents, buffer->byte + done, n);
    }
    word[0] = word[1];
    return ERR_OK;
}
