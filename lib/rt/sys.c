/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sys.c - sys.h over the port's one trap: system calls and the invocations of
 * capabilities, frames and memory. Spaces, threads, replies, interrupts: sys_space.c.
 */
#include "sys.h"

#include "start.h"
#include "syscall.h"

#include <string.h>

struct buffer *sys_buffer(void)
{
    return (struct buffer *)BUFFER_VA;
}

static struct answer answer_of(struct trap_result r)
{
    return (struct answer){(enum err)r.status, (unsigned)r.kind, r.badge};
}

struct answer sys_call(cap_t endpoint, uint32_t info, cap_t send, cap_t recv, word_t *word)
{
    return answer_of(arch_syscall(SYS_CALL, endpoint, info, send, recv, word));
}

struct answer sys_reply_recv(cap_t reply, uint32_t info, cap_t send, cap_t recv, word_t *word)
{
    return answer_of(arch_syscall(SYS_REPLY_RECV, reply, info, send, recv, word));
}

struct answer sys_recv(uint32_t info, cap_t recv, word_t *word)
{
    return answer_of(arch_syscall(SYS_RECV, 0, info, 0, recv, word));
}

enum err sys_reply(cap_t reply, uint32_t info, cap_t send, const word_t *word)
{
    word_t w[MESSAGE_WORDS];

    memcpy(w, word, sizeof(w));
    return (enum err)arch_syscall(SYS_REPLY, reply, info, send, 0, w).status;
}

enum err sys_signal(cap_t notification)
{
    word_t w[MESSAGE_WORDS] = {0};

    return (enum err)arch_syscall(SYS_SIGNAL, notification, 0, 0, 0, w).status;
}

struct answer sys_wait(cap_t notification, uint32_t info)
{
    word_t w[MESSAGE_WORDS] = {0};

    return answer_of(arch_syscall(SYS_WAIT, notification, info, 0, 0, w));
}

void sys_power(unsigned how, unsigned status)
{
    word_t w[MESSAGE_WORDS] = {0};

    arch_syscall(SYS_POWER, how, status, 0, 0, w);
}

enum err sys_invoke(cap_t object, unsigned op, word_t *word)
{
    return (enum err)arch_syscall(SYS_INVOKE, object, op, 0, 0, word).status;
}

void sys_counters(uint64_t out[4])
{
    word_t w[MESSAGE_WORDS] = {0};

    arch_syscall(SYS_COUNTERS, 0, 0, 0, 0, w);
    for (unsigned i = 0; i < 4; i++)
        out[i] = sizeof(word_t) == 8 ? (uint64_t)w[i]
                                     : (uint64_t)w[2 * i] | (uint64_t)w[2 * i + 1] << 32;
}

void sys_log(const char *text, unsigned bytes)
{
    while (bytes > 0) {
        word_t w[MESSAGE_WORDS] = {0};
        unsigned n = bytes < sizeof(w) ? bytes : (unsigned)sizeof(w);

        memcpy(w, text, n);
        arch_syscall(SYS_LOG, n, 0, 0, 0, w);
        text += n;
        bytes -= n;
    }
}

void sys_yield(void)
{
    word_t w[MESSAGE_WORDS] = {0};

    arch_syscall(SYS_YIELD, 0, 0, 0, 0, w);
}

/* An invocation whose first result is how many were done. */
static enum err invoke_run(cap_t object, unsigned op, word_t *word, unsigned *done)
{
    enum err e = sys_invoke(object, op, word);

    if (done != NULL)
        *done = (unsigned)word[0];
    return e;
}

enum err cap_derive(cap_t from, cap_t to, uint32_t rights, word_t badge)
{
    word_t w[MESSAGE_WORDS] = {to, rights, badge, 0, 0, 1};

    return sys_invoke(from, OP_CAP_DERIVE, w);
}

enum err cap_derive_run(cap_t from, cap_t to, uint32_t rights, unsigned count, unsigned *done)
{
    word_t w[MESSAGE_WORDS] = {to, rights, 0, 0, 0, count};

    return invoke_run(from, OP_CAP_DERIVE, w, done);
}

enum err cap_derive_parts(cap_t frame, cap_t to, uint32_t rights, unsigned part, unsigned log2_size,
                          unsigned count, unsigned *done)
{
    word_t w[MESSAGE_WORDS] = {to, rights, 0, part, log2_size, count};

    return invoke_run(frame, OP_CAP_DERIVE, w, done);
}

enum err cap_move(cap_t from, cap_t to, unsigned count)
{
    word_t w[MESSAGE_WORDS] = {to, count};

    return sys_invoke(from, OP_CAP_MOVE, w);
}

enum err cap_revoke(cap_t cap)
{
    word_t w[MESSAGE_WORDS] = {0};

    return sys_invoke(cap, OP_CAP_REVOKE, w);
}

enum err cap_delete(cap_t first, unsigned count)
{
    word_t w[MESSAGE_WORDS] = {count};

    return sys_invoke(first, OP_CAP_DELETE, w);
}

enum err cap_inspect(cap_t cap, struct cap_facts *facts)
{
    word_t w[MESSAGE_WORDS] = {0};
    enum err e = sys_invoke(cap, OP_CAP_INSPECT, w);

    facts->type = (unsigned)w[0] & 0xffu;
    facts->rights = (unsigned)w[0] >> 8 & 0xffu;
    facts->log2_size = (unsigned)w[0] >> 16 & 0xffu;
    facts->flags = (unsigned)w[0] >> 24 & 0xffu;
    facts->detail = w[1];
    facts->space = w[2];
    return e;
}

enum err untyped_retype(cap_t untyped, unsigned type, unsigned log2_size, cap_t to, unsigned count,
                        unsigned *done)
{
    word_t w[MESSAGE_WORDS] = {type, log2_size, to, count};

    return invoke_run(untyped, OP_UNTYPED_RETYPE, w, done);
}

enum err frame_clear_run(cap_t first, unsigned count)
{
    word_t w[MESSAGE_WORDS] = {count};

    return sys_invoke(first, OP_FRAME_CLEAR, w);
}

enum err frame_copy(cap_t to, cap_t from)
{
    word_t w[MESSAGE_WORDS] = {from};

    return sys_invoke(to, OP_FRAME_COPY, w);
}

enum err frame_phys(cap_t first, unsigned count, uint64_t *physical)
{
    word_t w[MESSAGE_WORDS] = {count};
    enum err e = sys_invoke(first, OP_FRAME_PHYS, w);

    if (e == ERR_OK)
        memcpy(physical, sys_buffer()->physical, count * sizeof(*physical));
    return e;
}

enum err frame_hold(cap_t first, unsigned count)
{
    word_t w[MESSAGE_WORDS] = {count};

    return sys_invoke(first, OP_FRAME_HOLD, w);
}

enum err frame_release(cap_t first, unsigned count)
{
    word_t w[MESSAGE_WORDS] = {count};

    return sys_invoke(first, OP_FRAME_RELEASE, w);
}

enum err frame_read(cap_t frame, unsigned offset, void *to, unsigned bytes)
{
    char *at = to;

    while (bytes > 0) {
        unsigned n = bytes < BUFFER_BYTES ? bytes : BUFFER_BYTES;
        word_t w[MESSAGE_WORDS] = {offset, n};
        enum err e = sys_invoke(frame, OP_FRAME_READ, w);

        if (e != ERR_OK)
            return e;
        memcpy(at, sys_buffer()->byte, n);
        at += n;
        offset += n;
        bytes -= n;
    }
    return ERR_OK;
}

enum err frame_write(cap_t frame, unsigned offset, const void *from, unsigned bytes)
{
    const char *at = from;

    while (bytes > 0) {
        unsigned n = bytes < BUFFER_BYTES ? bytes : BUFFER_BYTES;
        word_t w[MESSAGE_WORDS] = {offset, n};
        enum err e;

        memcpy(sys_buffer()->byte, at, n);
        e = sys_invoke(frame, OP_FRAME_WRITE, w);
        if (e != ERR_OK)
            return e;
        at += n;
        offset += n;
        bytes -= n;
    }
    return ERR_OK;
}

enum err frame_harvest(cap_t first, unsigned count, unsigned flags, uint8_t *out)
{
    word_t w[MESSAGE_WORDS] = {count, flags};
    enum err e = sys_invoke(first, OP_FRAME_HARVEST, w);

    if (e == ERR_OK)
        memcpy(out, sys_buffer()->byte, count);
    return e;
}
