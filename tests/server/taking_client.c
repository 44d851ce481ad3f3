/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * taking_client.c - forced taking, collecting, passing and killing, on the real kernel.
 *
 * The client stands at level 2, where the swap server does, and makes banks whose sessions stand
 * for programs. What those hold is told apart by what is written in it.
 */
#include "client.h"
#include "frame_calls.h"
#include "start.h"

#include <string.h>

#define KEEPER_BIT 1u
#define PROG_BIT   2u
#define FIRST      200u  /* slots of a program's pages */
#define KEPT       8000u /* of ours */

static struct window session_page; /* ours, as the keeper */

/* Shows a notification with `bits`, and pages for the others if they are wanted. */
static enum err watch(cap_t session, word_t bits, const struct window *page,
                      const struct window *stall)
{
    struct frame_watch_req q = {0};
    struct frame_watch_reply r;
    struct passing p = {.send = slot(1), .send_count = 1, .mode = TRANSFER_MOVE};

    CHECK_OK(cap_derive(SLOT_NOTIFICATION, slot(1), RIGHT_WRITE | RIGHT_GRANT, bits));
    if (page != NULL) {
        CHECK_OK(cap_derive(page->frame, slot(2), RIGHT_WRITE | RIGHT_GRANT, 0));
        p.send_count = 2;
    }
    if (stall != NULL) {
        CHECK_OK(cap_derive(stall->frame, slot(3), RIGHT_READ | RIGHT_GRANT, 0));
        p.send_count = 3;
    }
    return frame_watch(session, &q, &r, &p);
}

static const volatile struct frame_session *told(void)
{
    return session_page.at;
}

static void keep(uint32_t pages)
{
    struct frame_room_req q = {.pages = pages};
    struct frame_room_reply r;

    if (session_page.at == NULL) {
        CHECK_OK(window_memory(&session_page, 1));
        CHECK_OK((slot(0), watch(own, KEEPER_BIT, &session_page, NULL)));
    }
    CHECK_OK(frame_room(own, &q, &r, NULL));
}

static enum err collect(cap_t session, uint32_t which, unsigned first, unsigned count, unsigned to,
                        struct frame_collect_reply *r)
{
    struct frame_collect_req q = {
        .bank = which, .first = slot(first), .count = count, .to = slot(to)};
    struct passing p = {.recv = slot(to), .recv_count = (uint8_t)count};
    enum err e = frame_collect(session, &q, r, &p);

    if (e == ERR_OK)
        CHECK_EQ(p.received, r->got);
    return e;
}

static uint64_t mark_at(unsigned at)
{
    return 0x5171000000000000u + at;
}

/* The program holds `count` marked pages from FIRST on. */
static void fill(cap_t session, unsigned count)
{
    uint32_t got;

    for (unsigned at = FIRST; at < FIRST + count; at += got) {
        unsigned left = FIRST + count - at;

        CHECK_OK(alloc(session, 0, left < 64 ? left : 64, FRAME_PAGE | FRAME_CLEARED, at, &got));
        for (unsigned i = 0; i < got; i++) {
            uint64_t mark = mark_at(at + i);

            CHECK_OK(frame_write(slot(at + i), PAGE_SIZE - sizeof(mark), &mark, sizeof(mark)));
        }
    }
}

static uint64_t mark_of(unsigned at)
{
    uint64_t mark = 0;

    CHECK_OK(frame_read(slot(at), PAGE_SIZE - sizeof(mark), &mark, sizeof(mark)));
    return mark;
}

/* Another program takes what is left; the slot behind its last page. */
static unsigned drain(cap_t session, unsigned from)
{
    uint32_t got;
    enum err e;

    while ((e = alloc(session, 0, 64, FRAME_PAGE, from, &got)) == ERR_OK)
        from += got;
    CHECK_ERR(e, ERR_NO_MEMORY);
    return from;
}

/* Nothing is asked of it. */
static void protect(uint32_t which)
{
    struct frame_limits_req q = {.bank = which, .min = 100000};
    struct frame_limits_reply r;

    CHECK_OK(frame_limits(own, &q, &r, NULL));
}

TEST(take, from_a_deaf_program_loses_no_byte_and_lets_others_go_on)
{
    uint32_t deaf, other, before, collected = 0, got;
    unsigned next;
    struct frame_collect_reply r;

    keep(0);
    before = walk();
    CHECK_OK(bank(0, 10, &deaf));
    CHECK_OK(bank(0, 11, &other));
    CHECK_OK(watch(slot(11), PROG_BIT, NULL, NULL));
    protect(other);
    keep(4000);
    fill(slot(10), 3000);
    next = drain(slot(11), FIRST + 3000);
    while (collected < 300) {
        if (!(sys_wait(CAP_NULL, 0).badge & KEEPER_BIT))
            continue;
        while (collect(own, 0, 0, 64, KEPT, &r) == ERR_OK && r.got > 0) {
            for (unsigned i = 0; i < r.got; i++) {
                unsigned at = CAP_SLOT(told()->collected[i].slot);

                CHECK_EQ(told()->collected[i].bank, deaf);
                CHECK_EQ(mark_of(KEPT + i), mark_at(at));
                CHECK(empty(slot(at)));
            }
            collected += r.got;
            CHECK_OK(give(own, KEPT, r.got, &got)); /* written, say */
        }
        next = drain(slot(11), next); /* it goes on */
    }
    CHECK(usage(own, other).page > 1000);
    for (unsigned at = FIRST; at < FIRST + 3000; at++)
        if (!empty(slot(at)))
            CHECK_EQ(mark_of(at), mark_at(at));
    keep(0);
    destroy(deaf);
    destroy(other);
    CHECK_EQ(walk(), before);
}

TEST(take, of_a_mapped_page_unmaps_it_and_its_slot_is_told)
{
    static struct window page;
    const volatile struct frame_session *s;
    uint32_t victim, other, before, n;
    uint8_t byte;

    if (page.at == NULL) { /* and the page tables that the test needs */
        CHECK_OK(window_memory(&page, 1));
        CHECK_OK(alloc(own, 0, 1, FRAME_LOCKED, 60, &n));
        CHECK_OK(map_with_tables(0x20000000ul, slot(60), 1, RIGHT_READ));
        CHECK_OK(give(own, 60, 1, &n));
    }
    before = walk();
    memset(page.at, 0, PAGE_SIZE);
    s = page.at;
    CHECK_OK(bank(0, 10, &victim));
    CHECK_OK(bank(0, 11, &other));
    CHECK_OK(watch(slot(10), PROG_BIT, &page, NULL));
    keep(4000);
    fill(slot(10), 1000);
    CHECK_OK(map_with_tables(0x20000000ul, slot(FIRST), 1, RIGHT_READ | RIGHT_WRITE));
    drain(slot(11), FIRST + 1000);
    CHECK(s->target > 0);
    while (s->taken == 0)
        sys_wait(CAP_NULL, 0);
    CHECK_EQ(s->slot[0], slot(FIRST));
    CHECK(empty(slot(FIRST)));
    CHECK_OK(space_harvest(SLOT_SPACE, 0x20000000ul, 1, 0, &byte));
    CHECK_EQ(byte & HARVEST_PRESENT, 0);
    CHECK_ERR(alloc(slot(10), 0, 1, FRAME_PAGE, FIRST, &n), ERR_NOT_EMPTY);
    CHECK_OK(give(slot(10), FIRST, 1, &n)); /* forgotten */
    keep(0);
    destroy(victim);
    destroy(other);
    CHECK_EQ(status()->left, 0);
    CHECK_EQ(walk(), before);
}

TEST(collect, and_pass_carry_contents_out_and_back_at_zero_free_frames)
{
    struct frame_pass_req q = {.count = 8};
    struct frame_pass_reply passed;
    struct passing p = {.recv_count = 8};
    struct frame_collect_reply r;
    uint32_t program, other, n, before = walk();
    unsigned next;

    CHECK_OK(bank(0, 10, &program));
    CHECK_OK(bank(0, 11, &other));
    fill(slot(10), 20);
    next = drain(slot(11), FIRST + 20);
    drain(own, next); /* the reserve, too */
    CHECK_OK(collect(own, program, FIRST + 4, 8, KEPT, &r));
    CHECK_EQ(r.got, 8);
    for (unsigned i = 0; i < 8; i++) {
        CHECK(empty(slot(FIRST + 4 + i)));
        CHECK_EQ(mark_of(KEPT + i), mark_at(FIRST + 4 + i));
    }
    CHECK_EQ(usage(own, program).page, 20);
    q.first = slot(KEPT);
    q.bank = program;
    q.to = slot(50);
    p.recv = slot(KEPT + 20);
    CHECK_OK(frame_pass(own, &q, &passed, &p));
    CHECK_EQ(passed.passed, 8);
    CHECK_OK(cap_move(slot(KEPT + 20), slot(50), 8));
    for (unsigned i = 0; i < 8; i++)
        CHECK_EQ(mark_of(50 + i), mark_at(FIRST + 4 + i));
    CHECK_EQ(destroy(program), 20);
    CHECK(empty(slot(50)) && empty(slot(57)));
    destroy(other);
    while (give(own, next, 64, &n) == ERR_OK)
        next += 64;
    CHECK_EQ(walk(), before);
}

TEST(reach, works_on_pages_that_stay_a_banks)
{
    struct frame_reach_req q = {.first = slot(FIRST + 2), .count = 64};
    struct frame_reach_reply r;
    struct passing p = {.recv = slot(KEPT), .recv_count = 64};
    uint32_t program, n, before = walk();

    CHECK_OK(bank(0, 10, &program));
    fill(slot(10), 10);
    q.bank = program;
    CHECK_ERR(frame_reach(slot(10), &q, &r, &p), ERR_REFUSED);
    CHECK_OK(frame_reach(own, &q, &r, &p));
    CHECK_EQ(r.got, 8); /* up to the first that is none */
    CHECK_EQ(p.received, 8);
    CHECK_EQ(mark_of(KEPT + 1), mark_at(FIRST + 3));
    CHECK_EQ(mark_of(FIRST + 3), mark_at(FIRST + 3));
    CHECK_EQ(usage(own, program).page, 10);

    CHECK_OK(give(slot(10), FIRST, 10, &n));
    CHECK(empty(slot(KEPT)) && empty(slot(KEPT + 7)));
    q.first = slot(FIRST + 2);
    CHECK_ERR(frame_reach(own, &q, &r, &p), ERR_BAD_HANDLE);
    destroy(program);
    q.bank = program;
    CHECK_ERR(frame_reach(own, &q, &r, &p), ERR_BAD_HANDLE);
    CHECK_EQ(walk(), before);
}

TEST(collect, of_nothing_and_of_what_is_not_to_be_had)
{
    struct frame_collect_reply r;
    uint32_t program, n, before = walk();

    CHECK_OK(bank(0, 10, &program));
    fill(slot(10), 4);
    keep(0);
    CHECK_OK(collect(own, 0, 0, 64, KEPT, &r));
    CHECK_EQ(r.got, 0);
    CHECK_ERR(collect(own, program, FIRST + 9, 1, KEPT, &r), ERR_BAD_HANDLE);
    CHECK_ERR(collect(own, program + 1, FIRST, 1, KEPT, &r), ERR_BAD_HANDLE);
    CHECK_ERR(collect(own, program, FIRST, 65, KEPT, &r), ERR_BAD_ARG);
    CHECK_ERR(collect(slot(10), program, FIRST, 1, KEPT, &r), ERR_REFUSED);
    CHECK_OK(alloc(slot(10), 0, 1, FRAME_LOCKED, FIRST + 9, &n));
    CHECK_ERR(collect(own, program, FIRST + 9, 1, KEPT, &r), ERR_BAD_HANDLE);
    CHECK_OK(collect(own, program, FIRST, 10, KEPT, &r));
    CHECK_EQ(r.got, 4);
    CHECK_ERR(collect(own, program, FIRST + 9, 1, KEPT, &r), ERR_NOT_EMPTY);
    destroy(program);
    CHECK_OK(give(own, KEPT, 4, &n));
    CHECK_EQ(walk(), before);
}

TEST(charge, goes_up_when_its_bank_ends_before_the_page)
{
    struct frame_alloc_req q = {.count = 4, .class = FRAME_PAGE};
    struct frame_alloc_reply r;
    struct passing p = {.recv_count = 4};
    uint32_t program, n, before = walk();

    CHECK_OK(bank(6, 10, &program));
    q.first = p.recv = slot(KEPT);
    q.bank = program;
    CHECK_OK(frame_alloc(own, &q, &r, &p));
    CHECK_EQ(usage(own, program).page, 4);
    q.first = p.recv = slot(KEPT + 10);
    CHECK_OK(frame_alloc(own, &q, &r, &p));
    CHECK_EQ(r.got, 2);
    q.first = p.recv = slot(KEPT + 20);
    CHECK_ERR(frame_alloc(own, &q, &r, &p), ERR_LIMIT);
    CHECK_ERR(frame_alloc(slot(10), &q, &r, &p), ERR_REFUSED);
    destroy(program);
    CHECK_ERR(frame_alloc(own, &q, &r, &p), ERR_BAD_HANDLE);
    walk();
    CHECK_OK(give(own, KEPT, 4, &n));
    CHECK_OK(give(own, KEPT + 10, 2, &n));
    CHECK_EQ(walk(), before);
}

TEST(watch, refuses_what_cannot_be_written_or_signalled)
{
    struct frame_watch_req q = {0};
    struct frame_watch_reply r;
    struct passing p = {.send = slot(1), .send_count = 1, .mode = TRANSFER_MOVE};
    uint32_t n;

    CHECK_OK(cap_derive(SLOT_NOTIFICATION, slot(1), RIGHT_READ | RIGHT_GRANT, 4));
    CHECK_ERR(frame_watch(own, &q, &r, &p), ERR_NO_RIGHT);
    CHECK_OK(alloc(own, 0, 1, FRAME_LOCKED, 60, &n));
    CHECK_OK(cap_derive(slot(60), slot(1), RIGHT_ALL, 0));
    CHECK_ERR(frame_watch(own, &q, &r, &p), ERR_WRONG_TYPE);
    CHECK_OK(cap_derive(SLOT_NOTIFICATION, slot(1), RIGHT_WRITE | RIGHT_GRANT, 4));
    CHECK_OK(cap_derive(slot(60), slot(2), RIGHT_READ | RIGHT_GRANT, 0));
    p.send_count = 2;
    CHECK_ERR(frame_watch(own, &q, &r, &p), ERR_NO_RIGHT);
    CHECK_OK(give(own, 60, 1, &n));
    session_page.at = NULL; /* what was watched with is gone: shown anew when needed */
}

static enum err kill(cap_t session, uint32_t which, uint32_t *pages)
{
    struct frame_kill_req q = {.bank = which};
    struct frame_kill_reply r;
    enum err e = frame_kill(session, &q, &r, NULL);

    *pages = r.pages;
    return e;
}

TEST(kill, ends_a_bank_whose_maker_is_told_and_ends_its_name)
{
    uint32_t program, pages, sum = 0, ended, before;
    enum err e;
    struct frame_usage_req u;
    struct frame_usage_reply v;

    keep(0);
    before = walk();
    ended = told()->ended;
    CHECK_OK(bank(0, 10, &program));
    fill(slot(10), 1500);
    CHECK_OK(objects(slot(10), 14, 60));
    CHECK_OK(untyped_retype(slot(60), OBJ_CAPTABLE, 12, slot(61), 1, NULL));
    CHECK_ERR(kill(slot(10), program, &pages), ERR_REFUSED);
    do {
        e = kill(own, program, &pages);
        sum += pages;
        walk();
    } while (e == ERR_PENDING);
    CHECK_OK(e);
    CHECK_EQ(sum, 1504);
    CHECK(empty(slot(10)) && empty(slot(60)) && empty(slot(61)) && empty(slot(FIRST)));
    CHECK_EQ(told()->ended, ended + 1);
    CHECK_EQ(told()->ended_bank[ended % FRAME_ENDED_TOLD], program);
    CHECK_EQ(walk(), before);
    u.bank = program;
    CHECK_ERR(frame_usage(own, &u, &v, NULL), ERR_DYING);
    CHECK_EQ(destroy(program), 0);
    CHECK_ERR(kill(own, program, &pages), ERR_BAD_HANDLE);
}

TEST(table, is_read_through_a_lease)
{
    static struct frame_bank_row row[32];
    struct frame_banks_req q = {.count = 32};
    struct frame_banks_reply r;
    struct passing p = {.leases = 1};
    uint32_t program, found = 0;

    CHECK_OK(bank(77, 10, &program));
    fill(slot(10), 5);
    CHECK_ERR(frame_banks(own, &q, &r, NULL), ERR_BAD_ARG);
    p.lease[0] = (struct lease){.space = SLOT_SPACE,
                                .rights = RIGHT_WRITE,
                                .address = (uintptr_t)row,
                                .bytes = sizeof(row)};
    CHECK_OK(frame_banks(own, &q, &r, &p));
    CHECK_EQ(r.next, 0);
    for (unsigned i = 0; i < r.rows; i++)
        found += row[i].bank == program && row[i].max == 77 && row[i].used[FRAME_PAGE] == 5;
    CHECK_EQ(found, 1);
    CHECK_ERR(frame_banks(slot(10), &q, &r, &p), ERR_REFUSED);
    destroy(program);
}
