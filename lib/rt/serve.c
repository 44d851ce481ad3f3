/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * serve.c - a server's loop.
 *
 * I1  the Reply named by s->reply is the one bound to the thread; it is free at
 *     each receive
 */
#include "serve.h"

#include "rt.h"
#include "start.h"

/* The receiving half of a system call's info word. */
static uint32_t receive_info(const struct server *s)
{
    return INFO_RECV(s->offered_count) | sys_until(s->deadline);
}

static struct answer receive(struct server *s, struct call *c)
{
    return sys_recv(receive_info(s), s->offered, c->word);
}

/* The kernel refused the answer in c: nobody was resumed, and the Reply still holds. */
static struct answer answer_refused(struct server *s, struct call *c, enum err e)
{
    word_t word[MESSAGE_WORDS] = {0};
    bool over = e == ERR_GONE || e == ERR_LATE || e == ERR_NO_REPLY;
    bool holds = s->refused != NULL && s->refused(s, c, e, (unsigned)c->word[0]);

    if (!over && c->kind == KIND_CALL)
        word[0] = e;
    if (!over)
        sys_reply(0, c->kind == KIND_CALL ? 0 : INFO_MAPS | INFO_AS_IS, 0, holds ? c->word : word);
    return receive(s, c);
}

/* How capabilities travel is said only if any do: an answer of words alone is the kernel's
 * short one. */
static uint32_t answer_info(const struct call *c)
{
    return c->send_count == 0
               ? 0
               : INFO_SEND(c->send_count) | INFO_MODE(c->mode) | INFO_RIGHTS(c->rights);
}

static struct answer answer_and_receive(struct server *s, struct call *c)
{
    uint32_t info = answer_info(c) | s->answer_info | receive_info(s);
    struct answer a = sys_reply_recv(0, info, c->send, s->offered, c->word);

    /* A deadline can only have passed behind the answer; all else stopped before it. */
    if (a.err != ERR_OK && a.err != ERR_TIMEOUT)
        return answer_refused(s, c, a.err);
    return a;
}

static void count(struct server *s, const struct call *c)
{
    uint32_t protocol = (uint32_t)c->word[0] >> 16;
    uint32_t op = (uint32_t)c->word[0] & 0xffffu;

    if (c->kind == KIND_CALL && protocol < PROTOCOL_LIMIT && op < PROTOCOL_OPS_MAX)
        s->messages[protocol][op]++;
}

/* A call, fault or trap was received; answers unless it was parked. */
static struct answer serve_call(struct server *s, struct call *c)
{
    enum err e;

    count(s, c);
    s->answer_info = 0;
    e = s->call(s, c);
    if (c->parked)
        return receive(s, c);
    if (c->kind == KIND_CALL)
        c->word[0] = e;
    return answer_and_receive(s, c);
}

static struct answer serve_one(struct server *s, struct call *c, struct answer a)
{
    if (a.err == ERR_TIMEOUT) {
        s->deadline = 0;
        s->late(s);
        return receive(s, c);
    }
    if (a.err != ERR_OK)
        die("cannot receive: %s", err_text(a.err));
    if (KIND_OF(a.kind) == KIND_NOTIFICATION) {
        s->notified(s, a.badge);
        return receive(s, c);
    }
    c->badge = a.badge;
    c->kind = KIND_OF(a.kind);
    c->caps = KIND_CAPS(a.kind);
    c->parked = false;
    c->send = CAP_NULL;
    c->send_count = 0;
    c->mode = TRANSFER_DERIVE;
    c->rights = RIGHT_ALL;
    return serve_call(s, c);
}

void serve(struct server *s)
{
    struct call c;
    struct answer a;

    if (s->reply == CAP_NULL)
        s->reply = SLOT_REPLY;
    a = receive(s, &c);
    for (;;)
        a = serve_one(s, &c, a);
}

cap_t call_park(struct server *s, struct call *c, cap_t fresh)
{
    cap_t held = s->reply;
    enum err e = thread_bind(SLOT_THREAD, BIND_REPLY, fresh);

    if (e != ERR_OK)
        die("cannot bind another Reply: %s", err_text(e));
    s->reply = fresh;
    c->parked = true;
    return held;
}

enum err call_read_lease(struct server *s, unsigned lease, uint64_t offset, void *to, size_t bytes,
                         size_t *done)
{
    return reply_copy(s->reply, lease, false, offset, to, bytes, done);
}

enum err call_write_lease(struct server *s, unsigned lease, uint64_t offset, const void *from,
                          size_t bytes, size_t *done)
{
    /* the kernel only reads it; its one copy call serves both ways */
    return reply_copy(s->reply, lease, true, offset, (void *)(uintptr_t)from, bytes, done);
}
