/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tapped_client.c - messages that come twice, late or damaged do no harm: what was done is done
 * once, and nothing leaks. tapped.dts has the script.
 */
#include "client.h"
#include "frame_calls.h"
#include "start.h"

/* Its session is passed on by the tap as well: the pages come by way of ours. */
static void pages_of(uint32_t made, unsigned at, uint32_t count)
{
    struct frame_pass_req q = {.first = slot(at), .count = count, .bank = made, .to = slot(at)};
    struct frame_pass_reply r;
    uint32_t n;

    CHECK_OK(alloc(own, 0, count, FRAME_PAGE, at, &n));
    CHECK_ERR(frame_pass(own, &q, &r, NULL), ERR_BAD_HANDLE); /* the second answer counts */
    CHECK_EQ(usage(own, made).page, count);
}

TEST(duplicate, limits_room_and_usage_are_the_same_once_more)
{
    struct frame_limits_req q = {.max = 50, .high = 40};
    struct frame_limits_reply r;
    struct frame_room_req room = {.pages = 9};
    struct frame_room_reply s;
    uint32_t made, before;

    (void)slot(0);
    before = walk();
    CHECK_OK(bank(0, 10, &made));
    q.bank = made;
    CHECK_OK(frame_limits(own, &q, &r, NULL));
    CHECK_OK(frame_room(own, &room, &s, NULL));
    CHECK_EQ(status()->room, 9);
    CHECK_EQ(usage(own, made).max_pages, 50);
    destroy(made);
    CHECK_EQ(walk(), before);
}

TEST(duplicate, pass_finds_nothing_the_second_time)
{
    uint32_t made, before = walk();

    CHECK_OK(bank(0, 10, &made));
    pages_of(made, 100, 4);
    CHECK_EQ(destroy(made), 4);
    CHECK_EQ(walk(), before);
}

TEST(duplicate, kill_goes_on_where_the_first_one_told_the_maker)
{
    struct frame_kill_req q;
    struct frame_kill_reply r;
    uint32_t made, before = walk();

    CHECK_OK(bank(0, 10, &made));
    pages_of(made, 100, 40);
    q.bank = made;
    CHECK_OK(frame_kill(own, &q, &r, NULL));
    CHECK_EQ(r.pages, 40);
    CHECK_EQ(status()->killed, 1);
    CHECK_OK(frame_kill(own, &q, &r, NULL)); /* of one that is dead: done, twice */
    CHECK_EQ(r.pages, 0);
    CHECK_EQ(status()->killed, 1);
    CHECK_EQ(destroy(made), 0);
    CHECK_EQ(walk(), before);
}

TEST(delay, collect_that_comes_late_comes_whole)
{
    struct frame_collect_req q = {.count = 8};
    struct frame_collect_reply r;
    struct passing p = {.recv_count = 8};
    uint32_t made, n, before = walk();

    CHECK_OK(bank(0, 10, &made));
    pages_of(made, 100, 8);
    q.bank = made;
    q.first = slot(100);
    q.to = p.recv = slot(300);
    CHECK_OK(frame_collect(own, &q, &r, &p));
    CHECK_EQ(r.got, 8);
    CHECK(!empty(slot(307)) && empty(slot(100)));
    destroy(made);
    CHECK_OK(give(own, 300, 8, &n));
    CHECK_EQ(walk(), before);
}

TEST(corrupt, number_of_rows_is_refused)
{
    static struct frame_bank_row row[4];
    struct frame_banks_req q = {.count = 4};
    struct frame_banks_reply r;
    struct passing p = {.leases = 1};

    p.lease[0] = (struct lease){.space = SLOT_SPACE,
                                .rights = RIGHT_WRITE,
                                .address = (uintptr_t)row,
                                .bytes = sizeof(row)};
    CHECK_OK(frame_banks(own, &q, &r, &p));
    q.from = 1;
    q.count = ~0u; /* the tap turns a sound one into this, and this into none */
    CHECK_ERR(frame_banks(own, &q, &r, &p), ERR_BAD_ARG);
}
