/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame_tenancy_test.c - banks and sessions: made, used by others, ended. */
#include "frame_world.h"
#include "unit.h"

static uint32_t n; /* what the last call got, took or freed */

TEST(banks, give_a_session_that_pays_from_them)
{
    uint32_t bank;
    uint64_t session;

    world_of(24);
    CHECK_EQ(world_bank(MAKER, 50, 1, &bank, &session), ERR_OK);
    CHECK(session > FRAME_BADGE_MAX);
    CHECK_EQ(world_alloc(session, 0, 64, FRAME_PAGE, 1, &n), ERR_OK);
    CHECK_EQ(n, 50);
    world_audit();
}

TEST(banks, that_end_free_all_and_close_the_session)
{
    uint32_t bank, before;
    uint64_t session;
    struct frame_destroy_req q;
    struct frame_destroy_reply r;

    world_of(24);
    before = world.status->free;
    world_bank(MAKER, 0, 1, &bank, &session);
    for (unsigned i = 0; i < 3; i++)
        world_alloc(session, 0, 60, FRAME_PAGE, 1 + 60 * i, &n);
    world_objects(session, 14, 500);
    q.bank = bank;

    CHECK_EQ(WORLD_CALL(MAKER, destroy, q, r), ERR_OK);
    CHECK_EQ(r.pages, 184);
    CHECK_EQ(world.status->free, before);
    CHECK(model_empty(world_slot(MAKER, 1)));
    CHECK(model_empty(world_slot(session, 1)));
    CHECK_EQ(world_alloc(session, 0, 1, FRAME_PAGE, 1, &n), ERR_REFUSED);
    CHECK_EQ(WORLD_CALL(MAKER, destroy, q, r), ERR_BAD_HANDLE);
    world_audit();
}

TEST(banks, end_in_bounded_steps)
{
    uint32_t bank, calls = 0, pages = 0;
    uint64_t session;
    struct frame_destroy_req q;
    struct frame_destroy_reply r;
    enum err e;

    world_of(24);
    world_bank(MAKER, 0, 1, &bank, &session);
    world_drain(session, 1);
    q.bank = bank;
    do {
        unsigned before = model_calls.revokes;

        e = WORLD_CALL(MAKER, destroy, q, r);
        CHECK(model_calls.revokes - before < 1024);
        pages += r.pages;
        calls++;
        world_audit();
        if (e == ERR_PENDING)
            CHECK_EQ(world_alloc(session, 0, 1, FRAME_PAGE, 8000, &n), ERR_LIMIT);
    } while (e == ERR_PENDING);
    CHECK_EQ(e, ERR_OK);
    CHECK(calls > 4);
    CHECK(pages > 4000);
    CHECK_EQ(world.status->page, 0);
}

TEST(banks, belong_to_their_maker)
{
    uint32_t bank;
    uint64_t session;
    struct frame_destroy_req q;
    struct frame_destroy_reply r;
    struct frame_usage_req u;
    struct frame_usage_reply v;

    world_of(24);
    world_bank(MAKER, 7, 1, &bank, &session);
    q.bank = u.bank = bank;
    CHECK_EQ(WORLD_CALL(TRUSTED, destroy, q, r), ERR_BAD_HANDLE);
    CHECK_EQ(WORLD_CALL(TRUSTED, usage, u, v), ERR_BAD_HANDLE);
    CHECK_EQ(WORLD_CALL(session, destroy, q, r), ERR_BAD_HANDLE);
    CHECK_EQ(WORLD_CALL(MAKER, usage, u, v), ERR_OK);
    CHECK_EQ(v.max_pages, 7);
}

TEST(banks, are_made_by_servers_only)
{
    uint32_t bank;
    uint64_t session, inner;

    world_of(24);
    CHECK_EQ(world_bank(SMALL, 0, 1, &bank, &session), ERR_REFUSED);
    world_bank(MAKER, 0, 1, &bank, &session);
    CHECK_EQ(world_bank(session, 0, 1, &bank, &inner), ERR_REFUSED);
    CHECK_EQ(world_arrived, 0);
}

TEST(banks, run_out_and_can_be_made_again)
{
    uint32_t bank[2048], made = 0, last;
    uint64_t session;
    struct frame_destroy_req q;
    struct frame_destroy_reply r;
    enum err e;

    world_of(24);
    while ((e = world_bank(MAKER, 0, 1 + made, &bank[made], &session)) == ERR_OK)
        made++;
    CHECK_EQ(e, ERR_LIMIT);
    CHECK(made >= 60);
    q.bank = bank[made / 2];
    CHECK_EQ(WORLD_CALL(MAKER, destroy, q, r), ERR_OK);
    CHECK_EQ(world_bank(MAKER, 0, 1 + made / 2, &last, &session), ERR_OK);
    CHECK(last != bank[made / 2]);
    world_audit();
}

TEST(banks, count_against_those_above_them)
{
    struct world_plan plan = {.bytes = 24u << 20, .skip = 0x300000, .clients = 1};
    struct frame_client who = {.badge = 1, .level = 4, .max_pages = 30};
    uint32_t bank;
    uint64_t a, b;

    plan.client = &who;
    world_begin(&plan);
    world_bank(1, 0, 1, &bank, &a);
    world_bank(1, 20, 2, &bank, &b);
    CHECK_EQ(world_alloc(a, 0, 25, FRAME_PAGE, 1, &n), ERR_OK);
    CHECK_EQ(world_alloc(b, 0, 25, FRAME_PAGE, 1, &n), ERR_OK);
    CHECK_EQ(n, 5);
    CHECK_EQ(world_alloc(1, 0, 1, FRAME_PAGE, 50, &n), ERR_LIMIT);
    world_audit();
}

TEST(usage, tells_classes_and_peak)
{
    struct frame_usage_req q = {.bank = 0};
    struct frame_usage_reply r;

    world_of(24);
    world_alloc(SMALL, 0, 30, FRAME_PAGE, 1, &n);
    world_alloc(SMALL, 0, 5, FRAME_LOCKED, 31, &n);
    world_objects(SMALL, 13, 60);
    world_give(SMALL, 1, 10, &n);
    CHECK_EQ(WORLD_CALL(SMALL, usage, q, r), ERR_OK);
    CHECK_EQ(r.used, 27);
    CHECK_EQ(r.peak, 37);
    CHECK_EQ(r.max_pages, 100);
    CHECK_EQ(r.page, 20);
    CHECK_EQ(r.locked, 5);
    CHECK_EQ(r.fixed, 2);
}

TEST(session, with_an_unknown_badge_gets_nothing)
{
    static const uint64_t badge[] = {0, 4, 63, 64, 4095, 1 | 1 << 12, 1ull << 32 | 1, UINT64_MAX};

    world_of(24);
    for (unsigned i = 0; i < sizeof(badge) / sizeof(badge[0]); i++) {
        struct frame_status_req q = {0};
        struct frame_status_reply r;

        CHECK_EQ(WORLD_CALL(badge[i], status, q, r), ERR_REFUSED);
    }
}

TEST(session, of_an_ended_bank_is_not_its_successors)
{
    uint32_t bank;
    uint64_t old, new;
    struct frame_destroy_req q;
    struct frame_destroy_reply r;

    world_of(24);
    world_bank(MAKER, 0, 1, &bank, &old);
    q.bank = bank;
    WORLD_CALL(MAKER, destroy, q, r);
    world_bank(MAKER, 0, 1, &bank, &new);
    CHECK_EQ(old & 0xfff, new & 0xfff);
    CHECK_EQ(world_alloc(old, 0, 1, FRAME_PAGE, 1, &n), ERR_REFUSED);
    CHECK_EQ(world_alloc(new, 0, 1, FRAME_PAGE, 1, &n), ERR_OK);
}

TEST(session, gets_bad_op_for_operations_there_are_not)
{
    uint32_t q = 0, r, ops[] = {0, frame_OP_COUNT, PROTOCOL_OPS_MAX, 0xffff};

    world_of(24);
    for (unsigned i = 0; i < 4; i++) {
        uint32_t op = PROTOCOL_OP(i == 0 ? PROTOCOL_file : PROTOCOL_frame, ops[i]);

        CHECK_EQ(world_call(MAKER, op, &q, sizeof(q), &r, sizeof(r), CAP_NULL, 0, CAP_NULL, 0),
                 ERR_BAD_OP);
    }
    world_audit();
}

TEST(session, that_sends_capabilities_where_none_belong_loses_them)
{
    struct frame_alloc_req q = {.count = 1, .class = FRAME_PAGE, .first = world_name(50)};
    struct frame_alloc_reply r;

    world_of(24);
    world_alloc(MAKER, 0, 8, FRAME_PAGE, 1, &n);
    CHECK_EQ(world_call(MAKER, WORLD_OP(alloc), &q, sizeof(q), &r, sizeof(r), world_slot(MAKER, 1),
                        8, world_slot(MAKER, 50), 1),
             ERR_BAD_ARG);
    CHECK(model_empty(world_slot(MAKER, 50)));
    world_audit();
}
