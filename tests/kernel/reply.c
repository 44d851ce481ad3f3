/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reply.c - Replies: answered late, held in number, abandoned; and memory lent with a call.
 */
#include "peer.h"

#include "start.h"

static word_t word[MESSAGE_WORDS];

TEST(reply, held_calls_are_answered_in_any_order)
{
    struct peer *server = peer_make(NULL);
    cap_t second = kit_object(OBJ_REPLY, 0), third = kit_object(OBJ_REPLY, 0);
    cap_t first = kit_derive(server->reply, RIGHT_ALL, 0);
    struct step serving[] = {{.op = RECEIVE, .kind = KIND_CALL, .badge = 1},
                             {.op = HOLD, .on = second},
                             {.op = RECEIVE, .kind = KIND_CALL, .badge = 2},
                             {.op = HOLD, .on = third},
                             {.op = ANSWER_HELD, .on = second, .word = {22}},
                             {.op = ANSWER_HELD, .on = first, .word = {11}},
                             {.op = END}};
    struct step a[] = {{.op = CALL, .on = peer_session(server, 1), .expect = WORD(0), .want = {11}},
                       {.op = END}};
    struct step b[] = {{.op = CALL, .on = peer_session(server, 2), .expect = WORD(0), .want = {22}},
                       {.op = END}};
    struct peer *one = peer_run(NULL, a), *two;

    peer_start(server, serving);
    peer_waits(server, 2);
    peer_waits(one, 0);
    two = peer_run(NULL, b);
    peer_ended(two);
    peer_ended(one);
    peer_ended(server);
}

TEST(reply, that_holds_receives_nobody_else)
{
    struct step serving[] = {{.op = RECEIVE, .kind = KIND_CALL},
                             {.op = RECEIVE, .err = ERR_NO_REPLY},
                             {.op = ANSWER},
                             {.op = ANSWER, .err = ERR_GONE},
                             {.op = END}};
    struct peer *server = peer_run(NULL, serving);

    CHECK_OK(test_call(peer_session(server, 0), word).err);
    peer_ended(server);
}

/* So a server can send them without it. */
TEST(reply, refused_for_what_it_sends_leaves_its_words)
{
    struct step serving[] = {{.op = RECEIVE, .kind = KIND_CALL},
                             {.op = ANSWER_RECEIVE,
                              .info = INFO_MODE(TRANSFER_MOVE),
                              .send = kit_slots(1),
                              .sends = 1,
                              .word = {0, 11, 22, 33, 44, 55, 66, 77},
                              .err = ERR_NO_CAP,
                              .expect = 0xff,
                              .want = {0, 11, 22, 33, 44, 55, 66, 77}},
                             {.op = ANSWER, .word = {5}},
                             {.op = END}};
    struct peer *server = peer_run(NULL, serving);

    CHECK_OK(test_call(peer_session(server, 0), word).err);
    CHECK_EQ(word[0], 5);
    peer_ended(server);
}

TEST(reply, deleted_tells_the_caller)
{
    struct peer *server = peer_make(NULL);
    struct step serving[] = {{.op = RECEIVE, .kind = KIND_CALL}, {.op = NEVER}};
    struct step calling[] = {{.op = CALL, .on = peer_session(server, 0), .err = ERR_GONE},
                             {.op = END}};
    struct peer *caller = peer_run(NULL, calling);

    peer_start(server, serving);
    peer_waits(server, 1);
    peer_waits(caller, 0);
    CHECK_OK(cap_delete(server->reply, 1));
    peer_ended(caller);
}

TEST(reply, is_free_again_when_its_caller_is_deleted)
{
    struct peer *server = peer_make(NULL);
    struct step serving[] = {{.op = RECEIVE, .kind = KIND_CALL, .badge = 1},
                             {.op = WAIT, .kind = KIND_NOTIFICATION, .badge = 1},
                             {.op = ANSWER_RECEIVE, .kind = KIND_CALL, .badge = 2},
                             {.op = ANSWER},
                             {.op = END}};
    struct step calling[] = {{.op = CALL, .on = peer_session(server, 1)}, {.op = END}};
    struct peer *caller = peer_run(NULL, calling);

    peer_start(server, serving);
    CHECK_OK(cap_delete(caller->thread, 1));
    CHECK_OK(sys_signal(kit_derive(server->notification, RIGHT_WRITE, 1)));
    peer_waits(server, 2);
    CHECK_OK(test_call(peer_session(server, 2), word).err);
    peer_ended(server);
}

TEST(reply, a_stopped_caller_is_cancelled)
{
    struct peer *server = peer_make(NULL);
    struct step serving[] = {{.op = RECEIVE, .kind = KIND_CALL, .badge = 1},
                             {.op = WAIT, .kind = KIND_NOTIFICATION, .badge = 1},
                             {.op = ANSWER, .err = ERR_GONE},
                             {.op = END}};
    struct step calling[] = {{.op = CALL, .on = peer_session(server, 1), .err = ERR_CANCELLED},
                             {.op = END}};
    struct peer *caller = peer_run(NULL, calling);

    peer_start(server, serving);
    CHECK_OK(thread_stop(caller->thread));
    CHECK_OK(thread_resume(caller->thread));
    peer_ended(caller);
    CHECK_OK(sys_signal(kit_derive(server->notification, RIGHT_WRITE, 1)));
    peer_ended(server);
}

/* ---- leases ---- */

static char lent[2 * PAGE_SIZE], copied[2 * PAGE_SIZE];
static struct peer *lessee;
static enum err copy_error;
static size_t copy_done;
static struct copy {
    unsigned lease;
    bool to_lease;
    uint64_t offset;
    size_t bytes;
} copy;

static void copy_do(void *arg)
{
    (void)arg;
    copy_error = reply_copy(lessee->reply, copy.lease, copy.to_lease, copy.offset, copied,
                            copy.bytes, &copy_done);
}

/* The test lends `bytes` of lent[] to a peer, which copies as `copy` says. */
static void lend(uint32_t rights, uint64_t bytes)
{
    struct step script[] = {{.op = RECEIVE, .kind = KIND_CALL},
                            {.op = RUN, .run = copy_do},
                            {.op = ANSWER},
                            {.op = END}};

    lessee = peer_run(NULL, script);
    sys_buffer()->lease[0] = (struct lease){
        .space = SLOT_SPACE, .rights = rights, .address = (uintptr_t)lent, .bytes = bytes};
    CHECK_OK(sys_call(peer_session(lessee, 0), INFO_LEASES(1), 0, 0, word).err);
    peer_ended(lessee);
}

TEST(reply, lent_memory_is_read_and_written_by_the_server)
{
    memset(lent, 'a', sizeof(lent));
    memset(copied, 0, sizeof(copied));
    copy = (struct copy){.offset = 100, .bytes = 5000};
    lend(RIGHT_READ, sizeof(lent));
    CHECK_OK(copy_error);
    CHECK_EQ(copy_done, 5000);
    CHECK(copied[4999] == 'a' && copied[5000] == 0);

    memset(copied, 'b', sizeof(copied));
    copy.to_lease = true;
    lend(RIGHT_WRITE, sizeof(lent));
    CHECK_OK(copy_error);
    CHECK(lent[99] == 'a' && lent[100] == 'b' && lent[5099] == 'b' && lent[5100] == 'a');
}

TEST(reply, a_lease_is_kept_to_its_rights_and_bounds)
{
    copy = (struct copy){.to_lease = true, .bytes = 10};
    lend(RIGHT_READ, 100);
    CHECK_ERR(copy_error, ERR_NO_RIGHT);
    copy = (struct copy){.offset = 95, .bytes = 10};
    lend(RIGHT_READ, 100);
    CHECK_ERR(copy_error, ERR_BAD_ARG);
    copy = (struct copy){.offset = ~0ull, .bytes = 10};
    lend(RIGHT_READ, 100);
    CHECK_ERR(copy_error, ERR_BAD_ARG);
    copy = (struct copy){.lease = 1, .bytes = 10};
    lend(RIGHT_READ, 100);
    CHECK_ERR(copy_error, ERR_BAD_ARG);
}

TEST(reply, a_copy_stops_at_a_page_that_is_absent)
{
    cap_t frame = kit_frames(1);
    struct step script[] = {{.op = RECEIVE, .kind = KIND_CALL},
                            {.op = RUN, .run = copy_do},
                            {.op = ANSWER},
                            {.op = END}};

    kit_tables(SLOT_SPACE, KIT_VA, 2 * PAGE_SIZE);
    CHECK_OK(space_map(SLOT_SPACE, frame, KIT_VA, 1, RIGHT_READ | RIGHT_WRITE, 0, NULL));
    lessee = peer_run(NULL, script);
    copy = (struct copy){.bytes = 2 * PAGE_SIZE};
    sys_buffer()->lease[0] = (struct lease){
        .space = SLOT_SPACE, .rights = RIGHT_READ, .address = KIT_VA, .bytes = 2 * PAGE_SIZE};
    CHECK_OK(sys_call(peer_session(lessee, 0), INFO_LEASES(1), 0, 0, word).err);
    CHECK_ERR(copy_error, ERR_FAULT);
    CHECK_EQ(copy_done, PAGE_SIZE);
}

/* A peer that lends on what it is lent, from an offset, to the peer behind `on`. */
static void lend_on(void *on)
{
    struct peer *middle = *(struct peer **)on;
    word_t words[MESSAGE_WORDS] = {0};

    middle->buffer->lease[0] = (struct lease){.space = kit_derive(middle->reply, RIGHT_ALL, 0),
                                              .rights = RIGHT_READ | LEASE_NUMBER(0),
                                              .address = 100,
                                              .bytes = 50};
    CHECK_OK(sys_call(peer_session(lessee, 0), INFO_LEASES(1), 0, 0, words).err);
}

TEST(reply, memory_may_be_lent_on)
{
    static struct peer *middle;
    struct step last[] = {{.op = RECEIVE, .kind = KIND_CALL},
                          {.op = RUN, .run = copy_do},
                          {.op = ANSWER},
                          {.op = END}};
    struct step between[] = {{.op = RECEIVE, .kind = KIND_CALL},
                             {.op = RUN, .run = lend_on, .arg = &middle},
                             {.op = ANSWER},
                             {.op = END}};

    for (unsigned i = 0; i < sizeof(lent); i++)
        lent[i] = (char)i;
    copy = (struct copy){.offset = 10, .bytes = 40};
    lessee = peer_run(NULL, last);
    middle = peer_run(NULL, between);
    sys_buffer()->lease[0] = (struct lease){
        .space = SLOT_SPACE, .rights = RIGHT_READ, .address = (uintptr_t)lent, .bytes = 1000};
    CHECK_OK(sys_call(peer_session(middle, 0), INFO_LEASES(1), 0, 0, word).err);
    peer_ended(middle);
    peer_ended(lessee);
    CHECK_OK(copy_error);
    CHECK_EQ(copied[0], 110);
    CHECK_EQ(copied[39], (char)149);
}

TEST(reply, lent_on_is_kept_to_the_bounds_of_both)
{
    static struct peer *middle;
    struct step last[] = {{.op = RECEIVE, .kind = KIND_CALL},
                          {.op = RUN, .run = copy_do},
                          {.op = ANSWER},
                          {.op = END}};
    struct step between[] = {{.op = RECEIVE, .kind = KIND_CALL},
                             {.op = RUN, .run = lend_on, .arg = &middle},
                             {.op = ANSWER},
                             {.op = END}};

    copy = (struct copy){.bytes = 40};
    lessee = peer_run(NULL, last);
    middle = peer_run(NULL, between);
    sys_buffer()->lease[0] = (struct lease){
        .space = SLOT_SPACE, .rights = RIGHT_READ, .address = (uintptr_t)lent, .bytes = 120};
    CHECK_OK(sys_call(peer_session(middle, 0), INFO_LEASES(1), 0, 0, word).err);
    peer_ended(lessee);
    CHECK_ERR(copy_error, ERR_BAD_ARG);
}

TEST(reply, only_space_held_with_copy_can_be_lent)
{
    struct peer *p = peer_run(NULL, (struct step[]){{.op = RECEIVE}, {.op = END}});
    cap_t session = peer_session(p, 0);
    struct lease *l = &sys_buffer()->lease[0];

    *l = (struct lease){.space = kit_derive(SLOT_SPACE, RIGHT_MAP, 0), .rights = RIGHT_READ};
    CHECK_ERR(sys_call(session, INFO_LEASES(1), 0, 0, word).err, ERR_NO_RIGHT);
    l->space = SLOT_THREAD;
    CHECK_ERR(sys_call(session, INFO_LEASES(1), 0, 0, word).err, ERR_WRONG_TYPE);
    l->space = kit_slots(1);
    CHECK_ERR(sys_call(session, INFO_LEASES(1), 0, 0, word).err, ERR_NO_CAP);
    CHECK_ERR(sys_call(session, INFO_LEASES(3), 0, 0, word).err, ERR_BAD_ARG);
    peer_waits(p, 0);
}

static word_t state_of(cap_t reply, word_t bytes[2])
{
    word_t w[MESSAGE_WORDS] = {0};

    CHECK_OK(sys_invoke(reply, OP_REPLY_STATE, w));
    bytes[0] = w[1];
    bytes[1] = w[2];
    return w[0];
}

TEST(reply, tells_its_state_and_what_was_bytes)
{
    struct peer *server = peer_make(NULL);
    cap_t reply = kit_derive(server->reply, RIGHT_ALL, 0);
    struct step serving[] = {{.op = RECEIVE, .kind = KIND_CALL},
                             {.op = WAIT, .kind = KIND_NOTIFICATION, .badge = 1},
                             {.op = ANSWER},
                             {.op = END}};
    struct step calling[] = {{.op = CALL, .on = peer_session(server, 0), .info = INFO_LEASES(2)},
                             {.op = END}};
    struct peer *caller = peer_make(NULL);
    word_t bytes[2];

    caller->buffer->lease[0] = (struct lease){SLOT_SPACE, RIGHT_READ, (uintptr_t)word, 24};
    caller->buffer->lease[1] = (struct lease){SLOT_SPACE, RIGHT_READ, (uintptr_t)word, 7};
    CHECK_EQ(state_of(reply, bytes), REPLY_FREE);
    peer_start(server, serving);
    CHECK_EQ(state_of(reply, bytes), REPLY_ARMED);
    peer_start(caller, calling);
    CHECK_EQ(state_of(reply, bytes), REPLY_HOLDS);
    CHECK_EQ(bytes[0], 24);
    CHECK_EQ(bytes[1], 7);
    CHECK_OK(sys_signal(kit_derive(server->notification, RIGHT_WRITE, 1)));
    peer_ended(server);
    CHECK_EQ(state_of(reply, bytes), REPLY_FREE);
    CHECK_EQ(bytes[0], 0);
}
