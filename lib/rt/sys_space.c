/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sys_space.c - sys.h: invocations of address spaces, threads, replies and interrupts.
 */
#include "start.h"
#include "sys.h"

#include <string.h>

#define ITEM_PAGES 64u /* what one map item can name */

enum err space_map(cap_t space, cap_t first, uintptr_t va, unsigned count, unsigned rights,
                   unsigned flags, unsigned *level)
{
    while (count > 0) {
        unsigned n = count < ITEM_PAGES ? count : ITEM_PAGES;
        word_t w[MESSAGE_WORDS] = {first, MAP_WHERE(va, n, rights, flags)};
        enum err e = sys_invoke(space, OP_SPACE_MAP, w);

        if (e != ERR_OK) {
            if (level != NULL)
                *level = (unsigned)w[1];
            return e;
        }
        first += n;
        va += (uintptr_t)n * PAGE_SIZE;
        count -= n;
    }
    return ERR_OK;
}

enum err space_unmap(cap_t space, uintptr_t va, unsigned pages)
{
    word_t w[MESSAGE_WORDS] = {va, pages};

    return sys_invoke(space, OP_SPACE_UNMAP, w);
}

enum err space_protect(cap_t space, uintptr_t va, unsigned pages, unsigned rights)
{
    word_t w[MESSAGE_WORDS] = {va, pages, rights};

    return sys_invoke(space, OP_SPACE_PROTECT, w);
}

enum err space_harvest(cap_t space, uintptr_t va, unsigned pages, unsigned flags, uint8_t *out)
{
    word_t w[MESSAGE_WORDS] = {va, pages, flags};
    enum err e = sys_invoke(space, OP_SPACE_HARVEST, w);

    if (e == ERR_OK)
        memcpy(out, sys_buffer()->byte, pages);
    return e;
}

enum err space_copy(cap_t to, uintptr_t to_va, cap_t from, uintptr_t from_va, size_t bytes,
                    size_t *done)
{
    word_t w[MESSAGE_WORDS] = {from_va, to, to_va, bytes};
    enum err e = sys_invoke(from, OP_SPACE_COPY, w);

    if (done != NULL)
        *done = (size_t)w[0];
    return e;
}

enum err thread_bind(cap_t thread, unsigned binding, cap_t cap)
{
    word_t w[MESSAGE_WORDS] = {BINDING(binding), cap};

    return sys_invoke(thread, OP_THREAD_BIND, w);
}

enum err thread_bind_all(cap_t thread, const cap_t *cap)
{
    enum err e = ERR_OK;

    for (unsigned b = 0; e == ERR_OK && b < BIND_COUNT;) {
        word_t w[MESSAGE_WORDS] = {0};

        for (unsigned n = 1; n < MESSAGE_WORDS && b < BIND_COUNT; b++) {
            if (cap[b] != CAP_NULL) {
                w[0] |= BINDING(b);
                w[n++] = cap[b];
            }
        }
        e = sys_invoke(thread, OP_THREAD_BIND, w);
    }
    return e;
}

enum err thread_start(cap_t thread, uintptr_t ip, uintptr_t sp, uintptr_t arg, uintptr_t tls)
{
    word_t w[MESSAGE_WORDS] = {ip, sp, arg, tls};

    return sys_invoke(thread, OP_THREAD_START, w);
}

static enum err thread_do(cap_t thread, unsigned op)
{
    word_t w[MESSAGE_WORDS] = {0};

    return sys_invoke(thread, op, w);
}

enum err thread_stop(cap_t thread)
{
    return thread_do(thread, OP_THREAD_STOP);
}

enum err thread_resume(cap_t thread)
{
    return thread_do(thread, OP_THREAD_RESUME);
}

enum err thread_read(cap_t thread)
{
    return thread_do(thread, OP_THREAD_READ);
}

enum err thread_write(cap_t thread)
{
    return thread_do(thread, OP_THREAD_WRITE);
}

enum err thread_setup(cap_t thread, unsigned priority, unsigned flags, unsigned deadline_ms,
                      word_t badge)
{
    word_t w[MESSAGE_WORDS] = {priority, flags, deadline_ms, badge};

    return sys_invoke(thread, OP_THREAD_SETUP, w);
}

enum err thread_times(cap_t thread, uint64_t *instructions)
{
    word_t w[MESSAGE_WORDS] = {0};
    enum err e = sys_invoke(thread, OP_THREAD_TIMES, w);

    memcpy(instructions, w, sizeof(*instructions)); /* one word or two */
    return e;
}

static enum err lease_copy(cap_t reply, unsigned lease, bool to_lease, uint64_t offset, cap_t other,
                           uintptr_t at, size_t bytes, size_t *done)
{
    word_t w[MESSAGE_WORDS] = {lease | (to_lease ? REPLY_TO_LEASE : 0), (word_t)offset, other, at,
                               bytes};
    enum err e = sys_invoke(reply, OP_REPLY_COPY, w);

    if (done != NULL)
        *done = (size_t)w[0];
    return e;
}

enum err reply_copy_frame(cap_t reply, unsigned lease, bool to_lease, uint64_t offset, cap_t frame,
                          unsigned frame_offset, size_t bytes, size_t *done)
{
    return lease_copy(reply, lease, to_lease, offset, frame, frame_offset, bytes, done);
}

enum err reply_copy(cap_t reply, unsigned lease, bool to_lease, uint64_t offset, void *own,
                    size_t bytes, size_t *done)
{
    return lease_copy(reply, lease, to_lease, offset, SLOT_SPACE, (uintptr_t)own, bytes, done);
}

enum err irq_bind(cap_t irq, cap_t notification, word_t bits)
{
    word_t w[MESSAGE_WORDS] = {notification, bits};

    return sys_invoke(irq, OP_IRQ_BIND, w);
}

enum err irq_ack(cap_t irq, uint16_t *delivered)
{
    word_t w[MESSAGE_WORDS] = {0};
    enum err e = sys_invoke(irq, OP_IRQ_ACK, w);

    if (delivered != NULL)
        *delivered = (uint16_t)w[0];
    return e;
}

enum err irq_expect(cap_t irq, cap_t frame, unsigned made, unsigned answered)
{
    word_t w[MESSAGE_WORDS] = {frame, made, answered};

    return sys_invoke(irq, OP_IRQ_EXPECT, w);
}
