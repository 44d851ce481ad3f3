/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * endpoint.c - calls: words, badges, capabilities, rights, and who waits for whom.
 */
#include "peer.h"

#include "start.h"

#define SECOND 1000000000ull

static word_t word[MESSAGE_WORDS];

static void words_set(word_t first)
{
    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        word[i] = first + i;
}

TEST(endpoint, carries_eight_words_there_and_back_with_the_badge)
{
    struct step script[] = {{.op = RECEIVE,
                             .kind = KIND_CALL,
                             .badge = 42,
                             .expect = 0xff,
                             .want = {10, 11, 12, 13, 14, 15, 16, 17}},
                            {.op = ANSWER, .word = {20, 21, 22, 23, 24, 25, 26, 27}},
                            {.op = END}};
    struct peer *p = peer_run(NULL, script);

    words_set(10);
    CHECK_OK(test_call(peer_session(p, 42), word).err);
    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        CHECK_EQ(word[i], 20 + i);
    peer_ended(p);
}

TEST(endpoint, answers_and_receives_in_one_call)
{
    struct step script[] = {{.op = RECEIVE, .kind = KIND_CALL, .badge = 1},
                            {.op = ANSWER_RECEIVE,
                             .word = {5},
                             .kind = KIND_CALL,
                             .badge = 2,
                             .expect = WORD(0),
                             .want = {7}},
                            {.op = ANSWER, .word = {6}},
                            {.op = END}};
    struct peer *p = peer_run(NULL, script);

    words_set(0);
    CHECK_OK(test_call(peer_session(p, 1), word).err);
    CHECK_EQ(word[0], 5);
    peer_waits(p, 1);
    words_set(7);
    CHECK_OK(test_call(peer_session(p, 2), word).err);
    CHECK_EQ(word[0], 6);
    peer_ended(p);
}

TEST(endpoint, keeps_callers_in_their_order)
{
    struct peer *server = peer_make(NULL);
    struct step first[] = {{.op = CALL, .on = peer_session(server, 1)}, {.op = END}};
    struct step second[] = {{.op = CALL, .on = peer_session(server, 2)}, {.op = END}};
    struct step serving[] = {{.op = RECEIVE, .kind = KIND_CALL, .badge = 1},
                             {.op = ANSWER_RECEIVE, .kind = KIND_CALL, .badge = 2},
                             {.op = ANSWER},
                             {.op = END}};
    struct peer *a = peer_run(NULL, first), *b = peer_run(NULL, second);

    peer_waits(a, 0);
    peer_waits(b, 0);
    peer_start(server, serving);
    peer_ended(server);
    peer_ended(a);
    peer_ended(b);
}

TEST(endpoint, wants_the_right_of_each_side)
{
    cap_t endpoint = kit_object(OBJ_ENDPOINT, 0);

    CHECK_ERR(test_call(kit_derive(endpoint, RIGHT_READ | RIGHT_GRANT, 0), word).err, ERR_NO_RIGHT);
    CHECK_ERR(test_call(kit_object(OBJ_NOTIFICATION, 0), word).err, ERR_WRONG_TYPE);
    CHECK_ERR(test_call(kit_slots(1), word).err, ERR_NO_CAP);
    CHECK_ERR(thread_bind(SLOT_THREAD, BIND_ENDPOINT, kit_derive(endpoint, RIGHT_WRITE, 0)),
              ERR_NO_RIGHT);
}

TEST(endpoint, does_not_receive_without_endpoint_or_reply)
{
    CHECK_OK(thread_bind(SLOT_THREAD, BIND_ENDPOINT, 0));
    CHECK_ERR(sys_recv(0, 0, word).err, ERR_NO_CAP);
    CHECK_OK(thread_bind(SLOT_THREAD, BIND_ENDPOINT, kit_object(OBJ_ENDPOINT, 0)));
    CHECK_OK(thread_bind(SLOT_THREAD, BIND_REPLY, 0));
    CHECK_ERR(sys_recv(0, 0, word).err, ERR_NO_REPLY);
}

TEST(endpoint, gives_up_at_the_deadline)
{
    struct step script[] = {{.op = RECEIVE, .deadline = SECOND / 100, .err = ERR_TIMEOUT},
                            {.op = END}};
    struct peer *p = peer_run(NULL, script);

    peer_waits(p, 0);
    test_sleep(SECOND / 50);
    peer_ended(p);
}

TEST(endpoint, hands_derived_capabilities_over)
{
    cap_t frames = kit_frames(3), to = kit_slots(3);
    struct step script[] = {{.op = RECEIVE, .kind = KIND_CALL, .recv = to, .recvs = 3, .caps = 3},
                            {.op = ANSWER},
                            {.op = END}};
    struct peer *p = peer_run(NULL, script);

    CHECK_OK(
        sys_call(peer_session(p, 0), INFO_SEND(3) | INFO_RIGHTS(RIGHT_READ), frames, 0, word).err);
    peer_ended(p);
    for (unsigned i = 0; i < 3; i++)
        CHECK_EQ(kit_facts(to + i).rights, RIGHT_READ);
    CHECK_OK(cap_revoke(frames + 1));
    CHECK_EQ(kit_type(to + 1), OBJ_NULL);
}

TEST(endpoint, moves_and_gives_capabilities)
{
    cap_t moved = kit_frames(1), given = kit_frames(1), to = kit_slots(2);
    struct step script[] = {
        {.op = RECEIVE, .kind = KIND_CALL, .recv = to, .recvs = 1, .caps = 1},
        {.op = ANSWER_RECEIVE, .kind = KIND_CALL, .recv = to + 1, .recvs = 1, .caps = 1},
        {.op = ANSWER},
        {.op = END}};
    struct peer *p = peer_run(NULL, script);
    cap_t session = peer_session(p, 0);

    CHECK_OK(sys_call(session, INFO_SEND(1) | INFO_MODE(TRANSFER_MOVE), moved, 0, word).err);
    CHECK_EQ(kit_type(moved), OBJ_NULL);
    CHECK_EQ(kit_facts(to).rights, RIGHT_ALL);
    CHECK_OK(sys_call(session, INFO_SEND(1) | INFO_MODE(TRANSFER_GIVE) | INFO_RIGHTS(RIGHT_READ),
                      given, 0, word)
                 .err);
    CHECK_EQ(kit_facts(given).rights, RIGHT_READ);
    CHECK_EQ(kit_facts(to + 1).rights, RIGHT_ALL);
    CHECK_OK(cap_revoke(to + 1));
    CHECK_EQ(kit_type(given), OBJ_NULL);
    peer_ended(p);
}

TEST(endpoint, returns_capabilities_with_the_answer)
{
    cap_t frames = kit_frames(2), to = kit_slots(2);
    struct step script[] = {{.op = RECEIVE, .kind = KIND_CALL},
                            {.op = ANSWER, .send = frames, .sends = 2},
                            {.op = END}};
    struct peer *p = peer_run(NULL, script);
    struct answer a = sys_call(peer_session(p, 0), INFO_RECV(2), 0, to, word);

    CHECK_OK(a.err);
    CHECK_EQ(KIND_CAPS(a.kind), 2);
    CHECK_EQ(kit_type(to + 1), OBJ_FRAME);
    peer_ended(p);
}

TEST(endpoint, delivers_no_more_than_the_receiver_offers)
{
    cap_t frames = kit_frames(3), to = kit_slots(3), full = kit_frames(1);
    struct step script[] = {{.op = RECEIVE, .kind = KIND_CALL, .recv = to, .recvs = 2, .caps = 2},
                            {.op = ANSWER_RECEIVE, .kind = KIND_CALL, .caps = 0},
                            {.op = ANSWER_RECEIVE, .kind = KIND_CALL, .recv = full, .recvs = 1},
                            {.op = ANSWER},
                            {.op = END}};
    struct peer *p = peer_run(NULL, script);
    cap_t session = peer_session(p, 0);

    for (unsigned i = 0; i < 3; i++)
        CHECK_OK(sys_call(session, INFO_SEND(3) | INFO_RIGHTS(RIGHT_ALL), frames, 0, word).err);
    CHECK_EQ(kit_type(to + 1), OBJ_FRAME);
    CHECK_EQ(kit_type(to + 2), OBJ_NULL);
    peer_ended(p);
}

TEST(endpoint, delivers_nothing_into_slots_that_are_not_there)
{
    struct step script[] = {
        {.op = RECEIVE, .kind = KIND_CALL, .recv = CAP(0x7fff, 0), .recvs = 2, .caps = 0},
        {.op = ANSWER},
        {.op = END}};
    struct peer *p = peer_run(NULL, script);
    cap_t frames = kit_frames(2);

    CHECK_OK(
        sys_call(peer_session(p, 0), INFO_SEND(2) | INFO_RIGHTS(RIGHT_ALL), frames, 0, word).err);
    CHECK(!(kit_facts(frames).flags & INSPECT_CHILDREN));
    peer_ended(p);
}

TEST(endpoint, refuses_to_send_what_may_not_travel)
{
    struct peer *p = peer_run(NULL, (struct step[]){{.op = RECEIVE}, {.op = END}});
    cap_t session = peer_session(p, 0), frame = kit_frames(1);
    uint32_t one = INFO_SEND(1) | INFO_RIGHTS(RIGHT_ALL);

    CHECK_ERR(sys_call(session, one, kit_derive(frame, RIGHT_READ, 0), 0, word).err, ERR_NO_RIGHT);
    CHECK_ERR(sys_call(session, one, kit_slots(1), 0, word).err, ERR_NO_CAP);
    CHECK_ERR(sys_call(session, INFO_SEND(65), frame, 0, word).err, ERR_BAD_ARG);
    CHECK_ERR(sys_call(session, one | INFO_MODE(3), frame, 0, word).err, ERR_BAD_ARG);
    CHECK_ERR(
        sys_call(session, one | INFO_MODE(TRANSFER_MOVE), kit_object(OBJ_UNTYPED, 12), 0, word).err,
        ERR_WRONG_TYPE);
    CHECK_ERR(sys_call(session, INFO_RECV(65), 0, 0, word).err, ERR_BAD_ARG);
    peer_waits(p, 0);
}

TEST(endpoint, deleted_tells_those_who_wait_at_it)
{
    struct peer *server = peer_make(NULL);
    struct step calling[] = {{.op = CALL, .on = peer_session(server, 0), .err = ERR_GONE},
                             {.op = END}};
    struct step serving[] = {{.op = RECEIVE, .err = ERR_GONE}, {.op = END}};
    struct peer *caller = peer_run(NULL, calling), *other = peer_run(NULL, serving);

    peer_waits(caller, 0);
    CHECK_OK(cap_delete(server->endpoint, 1));
    peer_ended(caller);
    CHECK_OK(cap_delete(other->endpoint, 1));
    peer_ended(other);
}

static unsigned marks;

static void mark(void *at)
{
    *(unsigned *)at = ++marks;
}

TEST(endpoint, a_server_runs_as_urgently_as_its_caller)
{
    static unsigned server_at, between_at, caller_at;
    struct peer *low = peer_make(NULL);
    struct peer *between = peer_make(&(struct peer_kind){.priority = PEER_PRIORITY + 1});
    struct peer *high = peer_make(&(struct peer_kind){.priority = PEER_PRIORITY + 2});
    struct step serving[] = {
        {.op = RECEIVE, .kind = KIND_CALL},
        {.op = SIGNAL, .on = kit_derive(between->notification, RIGHT_WRITE, 1)},
        {.op = RUN, .run = mark, .arg = &server_at},
        {.op = ANSWER},
        {.op = END}};
    struct step waiting[] = {{.op = WAIT, .kind = KIND_NOTIFICATION, .badge = 1},
                             {.op = RUN, .run = mark, .arg = &between_at},
                             {.op = END}};
    struct step calling[] = {{.op = CALL, .on = peer_session(low, 0)},
                             {.op = RUN, .run = mark, .arg = &caller_at},
                             {.op = END}};

    marks = 0;
    peer_start(low, serving);
    peer_start(between, waiting);
    peer_start(high, calling);
    peer_ended(low);
    peer_ended(between);
    peer_ended(high);
    CHECK_EQ(server_at, 1);
    CHECK_EQ(caller_at, 2);
    CHECK_EQ(between_at, 3);
}

TEST(endpoint, called_by_an_address_that_leads_nowhere_is_not_called)
{
    CHECK_ERR(test_call(CAP(0xffff, 0), word).err, ERR_NO_CAP);
    CHECK_ERR(test_call(CAP(SLOT_THREAD, 1), word).err, ERR_NO_CAP);
    CHECK_ERR(test_call(CAP(CAP_TABLE(kit_slots(1)), 0xffff), word).err, ERR_NO_CAP);
    CHECK_ERR(test_call(kit_object(OBJ_REPLY, 0), word).err, ERR_WRONG_TYPE);
}
