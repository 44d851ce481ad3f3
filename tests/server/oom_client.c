/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oom_client.c - the monitor at work: programs that want more than there is, in the process
 * server's place their maker.
 */
#include "client.h"
#include "frame_calls.h"
#include "start.h"

#include <string.h>

#define DEATH_BIT 1u
#define MORE_BIT  2u
#define FIRST     100u

static struct window ours, stall;

static enum err show(cap_t session, word_t bits, cap_t page, cap_t stalls)
{
    struct frame_watch_req q = {0};
    struct frame_watch_reply r;
    struct passing p = {.send = slot(1), .send_count = 2, .mode = TRANSFER_MOVE};

    CHECK_OK(cap_derive(SLOT_NOTIFICATION, slot(1), RIGHT_WRITE | RIGHT_GRANT, bits));
    CHECK_OK(cap_derive(page, slot(2), RIGHT_WRITE | RIGHT_GRANT, 0));
    if (stalls != CAP_NULL) {
        CHECK_OK(cap_derive(stalls, slot(3), RIGHT_READ | RIGHT_GRANT, 0));
        p.send_count = 3;
    }
    return frame_watch(session, &q, &r, &p);
}

static const volatile struct frame_session *told(void)
{
    if (ours.at == NULL) {
        (void)slot(0);
        CHECK_OK(window_memory(&ours, 1));
        CHECK_OK(window_memory(&stall, 1));
        CHECK_OK(show(own, DEATH_BIT, ours.frame, CAP_NULL));
    }
    return ours.at;
}

/* The program in slot `at` takes pages until there are no more; behind the last one. */
static unsigned drain(unsigned at, unsigned from)
{
    uint32_t got;

    while (alloc(slot(at), 0, 64, FRAME_PAGE, from, &got) == ERR_OK)
        from += got;
    return from;
}

/* A program that shows a page, and stalls as the page `stall` says. */
static void program(uint32_t max, unsigned at, uint32_t *made)
{
    uint32_t n;

    CHECK_OK(bank(max, at, made));
    CHECK_OK(alloc(slot(at), 0, 1, FRAME_FIXED | FRAME_CLEARED, 20 + at, &n));
    CHECK_OK(show(slot(at), MORE_BIT, slot(20 + at), stall.frame));
}

static uint32_t wait_for_death(void)
{
    uint32_t before = told()->ended;

    while (told()->ended == before)
        sys_wait(CAP_NULL, 0);
    return told()->ended_bank[before % FRAME_ENDED_TOLD];
}

static void stalls(uint32_t threads)
{
    *(struct frame_stall *)stall.at = (struct frame_stall){.parked = threads};
}

TEST(oom, kills_the_program_with_most_and_the_others_go_on)
{
    uint32_t hog, small, before, n;

    told();
    before = walk();
    stalls(1);
    program(0, 10, &hog);
    program(0, 11, &small);
    CHECK_OK(alloc(slot(11), 0, 50, FRAME_PAGE, 6000, &n));
    drain(10, FIRST);
    CHECK_EQ(wait_for_death(), hog);
    CHECK_EQ(status()->killed, 1);
    CHECK(destroy(hog) > 1000); /* told when it was dead, not when it was empty */
    CHECK(!empty(slot(6000)) && !empty(slot(6049)));
    CHECK_OK(alloc(slot(11), 0, 50, FRAME_PAGE, 6100, &n));
    CHECK_EQ(usage(own, small).page, 100);
    destroy(small);
    CHECK_EQ(walk(), before);
}

TEST(oom, spares_a_machine_where_nobody_is_held_up)
{
    uint32_t hog, before = walk(), killed = status()->killed;
    uint64_t end;

    stalls(0);
    program(0, 10, &hog);
    drain(10, FIRST);
    end = now_ns() + 50000000u;
    while (now_ns() < end) {
        sys_buffer()->deadline = end;
        sys_wait(CAP_NULL, INFO_DEADLINE);
    }
    CHECK_EQ(status()->killed, killed);
    destroy(hog);
    CHECK_EQ(walk(), before);
}

TEST(oom, at_a_banks_own_limit_kills_that_one)
{
    uint32_t hog, tight, n, before = walk();

    stalls(1);
    program(0, 10, &hog);
    program(200, 11, &tight);
    CHECK_OK(alloc(slot(10), 0, 64, FRAME_PAGE, FIRST, &n));
    drain(11, 6000);
    CHECK_EQ(wait_for_death(), tight);
    destroy(tight);
    CHECK_EQ(usage(own, hog).page, 64);
    destroy(hog);
    CHECK_EQ(walk(), before);
}

TEST(oom, costs_less_than_three_million_instructions)
{
    uint32_t hog, n;
    unsigned last;
    uint64_t start;

    stalls(1);
    program(0, 10, &hog);
    last = drain(10, FIRST);
    start = instructions();
    CHECK_ERR(alloc(slot(10), 0, 1, FRAME_PAGE, last, &n), ERR_NO_MEMORY);
    CHECK_EQ(wait_for_death(), hog);
    start = instructions() - start;
    destroy(hog);
    log_line("oom_kill of %u pages: %u instructions", last - FIRST, (unsigned)start);
    CHECK(start < 3000000);
}
