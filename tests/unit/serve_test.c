/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * serve_test.c - the server's loop and the client's call, with a scripted kernel:
 * each receive takes the next line of the script, and what was answered is kept.
 */
#include "unit.h"

#include "frame.h"
#include "rt.h"
#include "serve.h"
#include "start.h"

#include <setjmp.h>
#include <stdio.h>

struct line {
    enum err err;
    unsigned kind;
    word_t badge, word0;
};
static const struct line *script;
static unsigned lines, answers, plain_answers;
static uint32_t last_info;
static word_t last_word[MESSAGE_WORDS], plain_word0;
static cap_t bound;
static enum err bind_error;
static jmp_buf out_of_serve;
static char last_words[128];
static struct buffer buffer;

struct buffer *sys_buffer(void)
{
    return &buffer;
}

struct answer sys_recv(uint32_t info, cap_t recv, word_t *word)
{
    struct line l;

    (void)recv;
    if (lines == 0)
        longjmp(out_of_serve, 1);
    l = *script++;
    lines--;
    last_info = info;
    memset(word, 0, MESSAGE_WORDS * sizeof(*word));
    word[0] = l.word0;
    return (struct answer){l.err, l.kind, l.badge};
}

struct answer sys_reply_recv(cap_t reply, uint32_t info, cap_t send, cap_t recv, word_t *word)
{
    struct answer a;

    (void)send;
    CHECK_EQ(reply, 0);
    memcpy(last_word, word, sizeof(last_word));
    answers++;
    a = sys_recv(info, recv, word);
    return a;
}

enum err sys_reply(cap_t reply, uint32_t info, cap_t send, const word_t *word)
{
    (void)reply, (void)send;
    last_info = info;
    plain_word0 = word[0];
    plain_answers++;
    return ERR_OK;
}

struct answer sys_call(cap_t endpoint, uint32_t info, cap_t send, cap_t recv, word_t *word)
{
    (void)endpoint, (void)send;
    memcpy(last_word, word, sizeof(last_word));
    return sys_recv(info, recv, word);
}

enum err thread_bind(cap_t thread, unsigned binding, cap_t cap)
{
    CHECK_EQ(thread, SLOT_THREAD);
    CHECK_EQ(binding, BIND_REPLY);
    bound = cap;
    return bind_error;
}

enum err reply_copy(cap_t reply, unsigned lease, bool to_lease, uint64_t offset, void *own,
                    size_t bytes, size_t *done)
{
    (void)lease, (void)to_lease, (void)offset, (void)own;
    bound = reply;
    *done = bytes;
    return ERR_OK;
}

void die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(last_words, sizeof(last_words), format, args);
    va_end(args);
    longjmp(out_of_serve, 2);
}

static unsigned notified_bits, lates, refusals, parked_reply;
static enum err answer_with;
static bool park, holds_without;

static enum err on_call(struct server *s, struct call *c)
{
    if (park)
        parked_reply = call_park(s, c, 77);
    if (c->kind == KIND_FAULT)
        s->answer_info = INFO_MAPS;
    c->word[1] = c->badge;
    return answer_with;
}

static void on_notified(struct server *s, word_t bits)
{
    (void)s;
    notified_bits |= (unsigned)bits;
}

static void on_late(struct server *s)
{
    CHECK_EQ(s->deadline, 0);
    lates++;
}

static bool on_refused(struct server *s, struct call *c, enum err e, unsigned done)
{
    (void)s, (void)c;
    CHECK_EQ(e, ERR_NO_CAP);
    CHECK_EQ(done, 3);
    refusals++;
    return holds_without;
}

static struct server plain_server(void)
{
    answers = plain_answers = notified_bits = lates = refusals = parked_reply = 0;
    bound = CAP_NULL;
    bind_error = ERR_OK;
    answer_with = ERR_OK;
    park = holds_without = false;
    return (struct server){
        .call = on_call, .notified = on_notified, .late = on_late, .refused = on_refused};
}

/* How serve ended: 1 = the script is over, 2 = it died. */
static int run(struct server *s, const struct line *l, unsigned count)
{
    int how = setjmp(out_of_serve);

    script = l;
    if (how == 0) {
        lines = count;
        serve(s);
    }
    return how;
}

#define OP_ALLOC PROTOCOL_OP(PROTOCOL_frame, frame_OP_alloc)

TEST(serve, answers_with_the_handlers_error_and_counts)
{
    static const struct line l[] = {{ERR_OK, KIND_CALL, 5, OP_ALLOC}, {ERR_OK, KIND_CALL, 6, ~0u}};
    static struct server s;

    s = plain_server();
    answer_with = ERR_LIMIT;
    CHECK_EQ(run(&s, l, 2), 1);
    CHECK_EQ(answers, 2);
    CHECK_EQ(last_word[0], ERR_LIMIT);
    CHECK_EQ(last_word[1], 6);
    CHECK_EQ(s.messages[PROTOCOL_frame][frame_OP_alloc], 1);
}

TEST(serve, tells_notifications_and_deadlines_without_answering)
{
    static const struct line l[] = {{ERR_TIMEOUT, 0, 0, 0},
                                    {ERR_OK, KIND_NOTIFICATION, 6, 0},
                                    {ERR_OK, KIND_CALL, 1, OP_ALLOC},
                                    {ERR_TIMEOUT, 0, 0, 0}};
    static struct server s;

    s = plain_server();
    s.deadline = 100;
    CHECK_EQ(run(&s, l, 4), 1);
    CHECK_EQ(buffer.deadline, 100);
    CHECK_EQ(notified_bits, 6);
    CHECK_EQ(lates, 2);
    CHECK_EQ(answers, 1);
    CHECK_EQ(last_info & INFO_DEADLINE, 0);
}

TEST(serve, receives_until_the_same_time_by_the_timer_that_runs)
{
    static const struct line l[] = {{ERR_OK, KIND_NOTIFICATION, 6, 0},
                                    {ERR_OK, KIND_NOTIFICATION, 6, 0}};
    static struct server s;

    s = plain_server();
    s.deadline = 100;
    buffer.deadline = 0;
    run(&s, l, 1);
    CHECK_EQ(last_info & (INFO_DEADLINE | INFO_SAME_TIME), INFO_DEADLINE);
    buffer.deadline = 0;
    run(&s, l, 2);
    CHECK_EQ(last_info & (INFO_DEADLINE | INFO_SAME_TIME), INFO_DEADLINE | INFO_SAME_TIME);
}

TEST(serve, says_how_capabilities_travel_only_if_any_do)
{
    static const struct line l[] = {{ERR_OK, KIND_CALL, 1, OP_ALLOC}};
    static struct server s;

    s = plain_server();
    run(&s, l, 1);
    CHECK_EQ(answers, 1);
    CHECK_EQ(INFO_GET_SEND(last_info), 0);
    CHECK_EQ(INFO_GET_RIGHTS(last_info), 0);
}

TEST(serve, leaves_a_parked_call_unanswered)
{
    static const struct line l[] = {{ERR_OK, KIND_CALL, 1, OP_ALLOC}};
    static struct server s;

    s = plain_server();
    park = true;
    CHECK_EQ(run(&s, l, 1), 1);
    CHECK_EQ(answers, 0);
    CHECK_EQ(parked_reply, SLOT_REPLY);
    CHECK_EQ(bound, 77);
    CHECK_EQ(s.reply, 77);
}

TEST(serve, tells_a_caller_that_its_answer_was_refused)
{
    static const struct line l[] = {{ERR_OK, KIND_CALL, 1, OP_ALLOC}, {ERR_NO_CAP, 0, 0, 3}};
    static struct server s;

    s = plain_server();
    CHECK_EQ(run(&s, l, 2), 1);
    CHECK_EQ(refusals, 1);
    CHECK_EQ(plain_answers, 1);
    CHECK_EQ(plain_word0, ERR_NO_CAP);
}

TEST(serve, sends_the_words_alone_when_the_server_says_that_they_hold)
{
    static const struct line l[] = {{ERR_OK, KIND_CALL, 1, OP_ALLOC}, {ERR_NO_CAP, 0, 0, 3}};
    static struct server s;

    s = plain_server();
    holds_without = true;
    CHECK_EQ(run(&s, l, 2), 1);
    CHECK_EQ(plain_answers, 1);
    CHECK_EQ(plain_word0, 3); /* as the kernel left them */
    CHECK_EQ(last_info, 0);
}

TEST(serve, lets_a_thread_fault_again_when_its_frame_was_taken)
{
    static const struct line l[] = {{ERR_OK, KIND_FAULT, 1, 0}, {ERR_NO_CAP, 0, 0, 3}};
    static struct server s;

    s = plain_server();
    CHECK_EQ(run(&s, l, 2), 1);
    CHECK_EQ(refusals, 1);
    CHECK_EQ(plain_answers, 1);
    CHECK_EQ(plain_word0, 0);
    CHECK(last_info & INFO_MAPS);
}

TEST(serve, goes_on_when_the_caller_is_gone)
{
    static const struct line l[] = {
        {ERR_OK, KIND_CALL, 1, OP_ALLOC}, {ERR_GONE, 0, 0, 0}, {ERR_OK, KIND_NOTIFICATION, 1, 0}};
    static struct server s;

    s = plain_server();
    s.refused = NULL;
    CHECK_EQ(run(&s, l, 3), 1);
    CHECK_EQ(plain_answers, 0);
    CHECK_EQ(notified_bits, 1);
}

TEST(serve, dies_when_it_cannot_receive)
{
    static const struct line l[] = {{ERR_NO_REPLY, 0, 0, 0}};
    static struct server s;

    s = plain_server();
    CHECK_EQ(run(&s, l, 1), 2);
    CHECK(strstr(last_words, "cannot receive") != NULL);
    park = true;
    bind_error = ERR_BUSY;
    static const struct line call[] = {{ERR_OK, KIND_CALL, 1, OP_ALLOC}};
    CHECK_EQ(run(&s, call, 1), 2);
    CHECK(strstr(last_words, "another Reply") != NULL);
}

TEST(protocol, returns_the_servers_error_and_body)
{
    static const struct line l[] = {{ERR_OK, 2 << 8, 0, ERR_LIMIT}};
    struct frame_alloc_req q = {.order = 1, .count = 2, .class = 3, .first = 4};
    struct frame_alloc_reply r;
    struct passing p = {.recv_count = 2, .leases = 1, .lease[0].bytes = 9};

    script = l;
    lines = 1;
    CHECK_EQ(frame_alloc(99, &q, &r, &p), ERR_LIMIT);
    CHECK_EQ(p.received, 2);
    CHECK_EQ(last_word[0], OP_ALLOC);
    CHECK(memcmp(&last_word[1], &q, sizeof(q)) == 0);
    CHECK_EQ(INFO_GET_RECV(last_info), 2);
    CHECK_EQ(INFO_GET_LEASES(last_info), 1);
    CHECK_EQ(buffer.lease[0].bytes, 9);
}

TEST(protocol, returns_the_kernels_error_with_an_empty_body)
{
    static const struct line l[] = {{ERR_GONE, 0, 0, 0}};
    struct frame_alloc_req q = {0};
    struct frame_alloc_reply r = {.got = 7};

    script = l;
    lines = 1;
    CHECK_EQ(frame_alloc(99, &q, &r, NULL), ERR_GONE);
    CHECK_EQ(r.got, 0);
}

/* A server's dispatch, expanded from the one text. */
static enum err last_handler;
#define HANDLER(p, op, text)                                                                       \
    static enum err p##_on_##op(struct call *c, const struct p##_##op##_req *q,                    \
                                struct p##_##op##_reply *r)                                        \
    {                                                                                              \
        (void)c, (void)q, (void)r;                                                                 \
        last_handler = (enum err)p##_OP_##op;                                                      \
        return ERR_OK;                                                                             \
    }
PROTOCOL_SERVER(frame, frame_OPS)
frame_OPS(HANDLER)

    TEST(protocol, dispatches_by_number_and_refuses_unknown_ones)
{
    struct call c = {.word[0] = PROTOCOL_OP(PROTOCOL_frame, frame_OP_usage)};

    CHECK_EQ(frame_dispatch(&c), ERR_OK);
    CHECK_EQ(last_handler, frame_OP_usage);
    c.word[0] = PROTOCOL_OP(PROTOCOL_frame, frame_OP_COUNT);
    CHECK_EQ(frame_dispatch(&c), ERR_BAD_OP);
    c.word[0] = PROTOCOL_OP(PROTOCOL_file, 0);
    CHECK_EQ(frame_dispatch(&c), ERR_BAD_OP);
}
