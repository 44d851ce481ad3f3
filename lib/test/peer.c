/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peer.c - scripted peers.
 *
 * Stacks and buffers lie in the program's image, so that they are there in every Space that
 * the kit makes. A buffer is a page of the image whose frame is bound.
 */
#include "peer.h"

#include "fiber.h"
#include "kit_run.h"
#include "start.h"

#include <stdalign.h>
#include <stdio.h>

#define STACK_BYTES 8192u

static alignas(16) char stack[PEERS][STACK_BYTES];
static alignas(PAGE_SIZE) char buffer[PEERS][PAGE_SIZE];
static struct peer peer[PEERS];
static struct arch_thread entry[PEERS];
static unsigned peers;
extern char __tls_pointer[];

void peers_begin(void)
{
    peers = 0;
}

/* ---- the peer's side ---- */

/* The one that runs on the stack that this is called on; NULL: the test. */
static struct peer *self(void)
{
    char here;
    uintptr_t at = (uintptr_t)&here - (uintptr_t)stack;

    return at < sizeof(stack) ? &peer[at / STACK_BYTES] : NULL;
}

_Noreturn static void stop(struct peer *p)
{
    p->ended = true;
    for (;;)
        thread_stop(p->thread);
}

bool peer_failed(const char *reason)
{
    struct peer *p = self();

    if (p == NULL)
        return false;
    snprintf(p->text, sizeof(p->text), "%s", reason);
    p->failure = p->text;
    stop(p);
}

static void differs(struct peer *p, const char *what, unsigned long is, unsigned long want)
{
    snprintf(p->text, sizeof(p->text), "step %u: %s is 0x%lx, not 0x%lx",
             (unsigned)(p->step - p->first), what, is, want);
    p->failure = p->text;
    stop(p);
}

static void check_answer(struct peer *p)
{
    static const char *const word_name[] = {"word 0", "word 1", "word 2", "word 3",
                                            "word 4", "word 5", "word 6", "word 7"};
    const struct step *s = p->step;

    if (p->answer.err != s->err)
        differs(p, err_name(p->answer.err), p->answer.err, s->err);
    if (s->kind != KIND_NONE && KIND_OF(p->answer.kind) != s->kind)
        differs(p, "kind", KIND_OF(p->answer.kind), s->kind);
    if (s->kind != KIND_NONE && p->answer.badge != s->badge)
        differs(p, "badge", p->answer.badge, s->badge);
    if (KIND_CAPS(p->answer.kind) != s->caps)
        differs(p, "number of capabilities", KIND_CAPS(p->answer.kind), s->caps);
    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        if ((s->expect & WORD(i)) != 0 && p->got[i] != s->want[i])
            differs(p, word_name[i], p->got[i], s->want[i]);
}

static uint32_t info_of(struct peer *p)
{
    const struct step *s = p->step;
    uint32_t info = s->info | INFO_SEND(s->sends) | INFO_RECV(s->recvs);

    if (s->sends > 0 && INFO_GET_RIGHTS(info) == 0)
        info |= INFO_RIGHTS(RIGHT_ALL);
    if (s->deadline == 0)
        return info;
    p->buffer->deadline = now_ns() + s->deadline;
    return info | INFO_DEADLINE;
}

static void error_only(struct peer *p, enum err e)
{
    p->answer = (struct answer){.err = e};
}

/* Memory is touched by the peer itself: this is what faults. */
static void touch(struct peer *p)
{
    const struct step *s = p->step;
    volatile word_t *at = (volatile word_t *)s->address;

    error_only(p, ERR_OK);
    if (s->op == JUMP) {
        ((void (*)(void))s->address)();
    } else if (s->op == WRITE) {
        *at = s->value;
    } else {
        word_t is = *at;

        if (is != s->value)
            differs(p, "the word read", is, s->value);
    }
}

static void message(struct peer *p)
{
    const struct step *s = p->step;
    uint32_t info = info_of(p);

    memcpy(p->got, s->word, sizeof(p->got));
    switch (s->op) {
    case RECEIVE:
        p->answer = sys_recv(info, s->recv, p->got);
        break;
    case ANSWER_RECEIVE:
        p->answer = sys_reply_recv(0, info, s->send, s->recv, p->got);
        break;
    case CALL:
        p->answer = sys_call(s->on, info, s->send, s->recv, p->got);
        break;
    case WAIT:
        p->answer = sys_wait(s->on, info);
        break;
    default:
        error_only(p, sys_reply(s->op == ANSWER_HELD ? s->on : 0, info, s->send, s->word));
    }
}

static void step_do(struct peer *p)
{
    const struct step *s = p->step;

    switch (s->op) {
    case SIGNAL:
        error_only(p, sys_signal(s->on));
        break;
    case HOLD:
        error_only(p, thread_bind(p->thread, BIND_REPLY, s->on));
        break;
    case READ:
    case WRITE:
    case JUMP:
        touch(p);
        break;
    case NEVER:
        for (;;)
            sys_wait(p->notification, 0);
    case RUN:
        s->run(s->arg);
        error_only(p, s->err);
        break;
    default:
        message(p);
    }
    kit_saw((unsigned)(p - peer) << 16 | (unsigned)(s - p->first), &p->answer, p->got);
    check_answer(p);
}

static void peer_main(void *arg)
{
    struct peer *p = arg;

    for (; p->step->op != END; p->step++)
        step_do(p);
    stop(p);
}

/* ---- the test's side ---- */

static void bind(struct peer *p, const struct peer_kind *k)
{
    const cap_t bound[BIND_COUNT] = {
        [BIND_ROOT] = SLOT_ROOT,
        [BIND_SPACE] = p->space,
        [BIND_FAULT] = k->pager,
        [BIND_FAULT_SPACE] = k->pager != CAP_NULL ? p->space : CAP_NULL,
        [BIND_FALLBACK] = k->fallback,
        [BIND_ENDPOINT] = p->endpoint,
        [BIND_REPLY] = p->reply,
        [BIND_NOTIFICATION] = p->notification,
        [BIND_BUFFER] = kit_image_frame(p->buffer),
        [BIND_WATCH] = k->watch,
    };

    CHECK_OK(thread_bind_all(p->thread, bound));
}

struct peer *peer_make(const struct peer_kind *kind)
{
    static const struct peer_kind plain;
    const struct peer_kind *k = kind != NULL ? kind : &plain;
    struct peer *p = &peer[peers];

    CHECK(peers < PEERS);
    memset(p, 0, sizeof(*p));
    p->thread = kit_object(OBJ_THREAD, 0);
    p->space = k->space != CAP_NULL ? k->space : SLOT_SPACE;
    p->endpoint = kit_object(OBJ_ENDPOINT, 0);
    p->reply = kit_object(OBJ_REPLY, 0);
    p->notification = kit_object(OBJ_NOTIFICATION, 0);
    p->buffer = (struct buffer *)(void *)buffer[peers++];
    bind(p, k);
    CHECK_OK(thread_setup(p->thread, k->priority != 0 ? k->priority : PEER_PRIORITY, THREAD_LOG,
                          k->deadline_ms, k->badge));
    return p;
}

void peer_start(struct peer *p, const struct step *script)
{
    unsigned i = (unsigned)(p - peer);

    p->first = p->step = script;
    entry[i] = (struct arch_thread){.run = peer_main, .arg = p};
    CHECK_OK(thread_start(p->thread, (uintptr_t)arch_thread_entry,
                          (uintptr_t)stack[i] + STACK_BYTES, (uintptr_t)&entry[i],
                          (uintptr_t)__tls_pointer));
}

struct peer *peer_run(const struct peer_kind *kind, const struct step *script)
{
    struct peer *p = peer_make(kind);

    peer_start(p, script);
    return p;
}

static void peer_sound(const struct peer *p)
{
    if (p->failure != NULL)
        unit_fail("peer", (int)(p - peer), "%s", p->failure);
}

void peer_ended(const struct peer *p)
{
    peer_sound(p);
    if (!p->ended)
        unit_fail("peer", (int)(p - peer), "still waits in step %u",
                  (unsigned)(p->step - p->first));
}

void peer_waits(const struct peer *p, unsigned step)
{
    peer_sound(p);
    if (p->ended)
        unit_fail("peer", (int)(p - peer), "has ended instead of waiting in step %u", step);
    if (p->step != p->first + step)
        unit_fail("peer", (int)(p - peer), "waits in step %u, not %u",
                  (unsigned)(p->step - p->first), step);
}

cap_t peer_session(const struct peer *p, word_t badge)
{
    return kit_derive(p->endpoint, RIGHT_WRITE | RIGHT_GRANT, badge);
}

struct answer test_call(cap_t endpoint, word_t *word)
{
    struct answer a = sys_call(endpoint, 0, 0, 0, word);

    kit_saw(PEERS << 16, &a, word);
    return a;
}

void test_sleep(uint64_t ns)
{
    cap_t nobody = kit_object(OBJ_NOTIFICATION, 0);

    sys_buffer()->deadline = now_ns() + ns;
    (void)sys_wait(nobody, INFO_DEADLINE);
}
