/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deadline.c - a server's deadline limits its receives, all that have it, and nothing else. Its
 * timer may run on between them.
 */
#include "peer.h"

#define SECOND 1000000000ull
#define SOON   (SECOND / 4)
#define LATER  (SECOND / 3)
#define SAME   (INFO_DEADLINE | INFO_SAME_TIME)

static word_t word[MESSAGE_WORDS];

/* A server that was called before its deadline, and is to go on by `script`. */
static struct peer *called(const struct peer_kind *kind, const struct step *script)
{
    struct peer *p = peer_run(kind, script);

    CHECK_OK(test_call(peer_session(p, 0), word).err);
    return p;
}

TEST(deadline, holds_for_each_receive_until_the_same_time)
{
    struct step script[] = {{.op = RECEIVE, .deadline = SECOND, .kind = KIND_CALL},
                            {.op = ANSWER_RECEIVE, .info = SAME, .kind = KIND_CALL},
                            {.op = ANSWER_RECEIVE, .info = SAME, .err = ERR_TIMEOUT},
                            {.op = END}};
    struct peer *p = called(NULL, script);

    CHECK_OK(test_call(peer_session(p, 0), word).err);
    peer_waits(p, 2);
    test_sleep(SECOND + SOON);
    peer_ended(p);
}

TEST(deadline, passes_while_the_server_works)
{
    struct peer *slow = peer_make(NULL);
    struct step work[] = {{.op = RECEIVE, .kind = KIND_CALL},
                          {.op = WAIT, .deadline = LATER, .err = ERR_TIMEOUT},
                          {.op = ANSWER},
                          {.op = END}};
    struct step script[] = {{.op = RECEIVE, .deadline = SOON, .kind = KIND_CALL},
                            {.op = CALL, .on = peer_session(slow, 0)},
                            {.op = ANSWER_RECEIVE, .info = SAME, .err = ERR_TIMEOUT},
                            {.op = END}};

    peer_start(slow, work);
    peer_ended(called(NULL, script));
    peer_ended(slow);
}

TEST(deadline, ends_no_receive_without_one)
{
    struct step script[] = {{.op = RECEIVE, .deadline = SOON, .kind = KIND_CALL},
                            {.op = ANSWER_RECEIVE, .kind = KIND_CALL},
                            {.op = ANSWER},
                            {.op = END}};
    struct peer *p = called(NULL, script);

    test_sleep(LATER);
    peer_waits(p, 1);
    CHECK_OK(test_call(peer_session(p, 0), word).err);
    peer_ended(p);
}

TEST(deadline, ends_no_wait_without_one)
{
    struct peer *p = peer_make(NULL);
    struct step script[] = {
        {.op = RECEIVE, .deadline = SOON, .kind = KIND_CALL},
        {.op = ANSWER},
        {.op = WAIT, .on = p->notification, .kind = KIND_NOTIFICATION, .badge = 1},
        {.op = END}};

    peer_start(p, script);
    CHECK_OK(test_call(peer_session(p, 0), word).err);
    test_sleep(LATER);
    peer_waits(p, 2);
    CHECK_OK(sys_signal(kit_derive(p->notification, RIGHT_WRITE, 1)));
    peer_ended(p);
}

/* Its pager takes longer than the server's own deadline, but not than its faults'. */
static void faulting(unsigned deadline_ms)
{
    struct peer *pager = peer_make(NULL);
    cap_t frame = kit_frames(1), space = kit_space();
    static struct step script[4];
    struct step serving[] = {
        {.op = RECEIVE, .kind = KIND_FAULT},
        {.op = WAIT, .deadline = LATER, .err = ERR_TIMEOUT},
        {.op = ANSWER, .info = INFO_MAPS, .word = {frame, MAP_WHERE(KIT_VA, 1, RIGHT_READ, 0)}},
        {.op = END}};

    memset(script, 0, sizeof(script));
    script[0] = (struct step){.op = RECEIVE, .deadline = SOON, .kind = KIND_CALL};
    script[1] = (struct step){.op = READ, .address = KIT_VA};
    script[2] = (struct step){.op = ANSWER};
    kit_tables(space, KIT_VA, KIT_LEAF_BYTES);
    peer_start(pager, serving);
    peer_ended(called(
        &(struct peer_kind){.space = space, .pager = pager->endpoint, .deadline_ms = deadline_ms},
        script));
    peer_ended(pager);
}

TEST(deadline, of_a_receive_is_none_of_a_fault)
{
    faulting(0);
}

TEST(deadline, of_a_fault_takes_the_place_of_a_receives)
{
    faulting(60000);
}
