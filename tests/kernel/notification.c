/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * notification.c - bits that are signalled, gathered and taken.
 */
#include "peer.h"

#define MS 1000000ull

TEST(notification, gathers_bits_until_somebody_takes_them)
{
    cap_t n = kit_object(OBJ_NOTIFICATION, 0);
    struct answer a;

    CHECK_OK(sys_signal(kit_derive(n, RIGHT_WRITE, 1)));
    CHECK_OK(sys_signal(kit_derive(n, RIGHT_WRITE, 4)));
    CHECK_OK(sys_signal(kit_derive(n, RIGHT_WRITE, 4)));
    a = sys_wait(n, 0);
    CHECK_OK(a.err);
    CHECK_EQ(KIND_OF(a.kind), KIND_NOTIFICATION);
    CHECK_EQ(a.badge, 5);
    sys_buffer()->deadline = now_ns() + MS;
    CHECK_ERR(sys_wait(n, INFO_DEADLINE).err, ERR_TIMEOUT);
}

TEST(notification, wakes_who_waits)
{
    struct peer *p = peer_make(NULL);
    struct step script[] = {{.op = WAIT, .kind = KIND_NOTIFICATION, .badge = 8}, {.op = END}};

    peer_start(p, script);
    peer_waits(p, 0);
    CHECK_OK(sys_signal(kit_derive(p->notification, RIGHT_WRITE, 8)));
    peer_ended(p);
}

TEST(notification, bound_is_received_like_a_message)
{
    struct peer *p = peer_make(NULL);
    struct step script[] = {{.op = RECEIVE, .kind = KIND_NOTIFICATION, .badge = 2},
                            {.op = RECEIVE, .kind = KIND_NOTIFICATION, .badge = 4},
                            {.op = END}};

    CHECK_OK(sys_signal(kit_derive(p->notification, RIGHT_WRITE, 2)));
    peer_start(p, script);
    peer_waits(p, 1);
    CHECK_OK(sys_signal(kit_derive(p->notification, RIGHT_WRITE, 4)));
    peer_ended(p);
}

TEST(notification, is_bound_to_one_thread_only)
{
    struct peer *a = peer_make(NULL), *b = peer_make(NULL);

    CHECK_ERR(thread_bind(b->thread, BIND_NOTIFICATION, a->notification), ERR_BUSY);
    CHECK_OK(thread_bind(a->thread, BIND_NOTIFICATION, 0));
    CHECK_OK(thread_bind(b->thread, BIND_NOTIFICATION, a->notification));
}

TEST(notification, wants_the_right_of_each_side)
{
    cap_t n = kit_object(OBJ_NOTIFICATION, 0);

    CHECK_ERR(sys_signal(kit_derive(n, RIGHT_READ, 1)), ERR_NO_RIGHT);
    CHECK_ERR(sys_wait(kit_derive(n, RIGHT_WRITE, 1), 0).err, ERR_NO_RIGHT);
    CHECK_ERR(sys_signal(kit_object(OBJ_ENDPOINT, 0)), ERR_WRONG_TYPE);
    CHECK_ERR(sys_wait(kit_slots(1), 0).err, ERR_NO_CAP);
}

TEST(notification, deleted_tells_who_waits)
{
    cap_t n = kit_object(OBJ_NOTIFICATION, 0);
    struct step script[] = {{.op = WAIT, .on = n, .err = ERR_GONE}, {.op = END}};
    struct peer *p = peer_run(NULL, script);

    peer_waits(p, 0);
    CHECK_OK(cap_delete(n, 1));
    peer_ended(p);
}

TEST(notification, a_deadline_that_has_passed_does_not_wait)
{
    cap_t n = kit_object(OBJ_NOTIFICATION, 0);

    sys_buffer()->deadline = 1;
    CHECK_ERR(sys_wait(n, INFO_DEADLINE).err, ERR_TIMEOUT);
    CHECK_OK(sys_signal(kit_derive(n, RIGHT_WRITE, 1)));
    CHECK_EQ(sys_wait(n, INFO_DEADLINE).badge, 1);
}
