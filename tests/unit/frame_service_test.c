/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame_service_test.c - each operation: valid, malformed, above one's rights, exhausted. */
#include "frame_world.h"
#include "unit.h"

#define OP(name) PROTOCOL_OP(PROTOCOL_frame, frame_OP_##name)

/* A call of operation `op` with body `q` and nothing beside it. */
#define CALL(badge, op, q, r)                                                                      \
    world_call(badge, OP(op), &(q), sizeof(q), &(r), sizeof(r), CAP_NULL, 0, CAP_NULL, 0)

static uint32_t n; /* what the last call got, took or freed */

static uint32_t free_pages(void)
{
    return world.status->free;
}

/* ---- alloc ---- */

TEST(alloc, delivers_cleared_pages_into_the_slots_named)
{
    world_of(24);
    CHECK_EQ(world_alloc(MAKER, 0, 20, FRAME_PAGE | FRAME_CLEARED, 100, &n), ERR_OK);
    CHECK_EQ(n, 20);
    CHECK_EQ(world_arrived, 20);
    for (unsigned i = 0; i < 20; i++)
        CHECK_EQ(model_contents(model_paddr(world_slot(MAKER, 100 + i))), 0);
    CHECK_EQ(world.status->page, 20);
    world_audit();
}

TEST(alloc, of_one_page_clears_ahead_for_the_next)
{
    unsigned clears, derives;

    world_of(24);
    world_alloc(MAKER, 0, 1, FRAME_PAGE | FRAME_CLEARED, 1, &n);
    clears = model_calls.clears;
    derives = model_calls.derives;
    for (unsigned i = 2; i <= 16; i++)
        CHECK_EQ(world_alloc(MAKER, 0, 1, FRAME_PAGE | FRAME_CLEARED, i, &n), ERR_OK);

    CHECK_EQ(model_calls.clears, clears);
    CHECK_EQ(model_calls.derives, derives); /* the kernel derives as it delivers */
    world_audit();
}

TEST(alloc, of_sixteen_pages_needs_no_stage)
{
    unsigned derives;

    world_of(24);
    world_alloc(MAKER, 0, 16, FRAME_POOL | FRAME_CLEARED, 1, &n);
    derives = model_calls.derives;
    world_alloc(MAKER, 0, 16, FRAME_POOL | FRAME_CLEARED, 17, &n);

    CHECK_EQ(world_arrived, 16);
    CHECK_EQ(model_calls.derives - derives, 1); /* the split */
}

TEST(alloc, gathers_scattered_pages_in_order_of_slots)
{
    world_of(24);
    for (unsigned i = 0; i < 64; i++)
        world_alloc(MAKER, 0, 1, FRAME_PAGE, 1 + i, &n);
    for (unsigned i = 0; i < 64; i += 2)
        world_give(MAKER, 1 + i, 1, &n);

    CHECK_EQ(world_alloc(MAKER, 0, 40, FRAME_PAGE, 100, &n), ERR_OK);
    CHECK_EQ(world_arrived, 40);
    for (unsigned i = 0; i < 40; i++) {
        block_t b = client_block(&world.clients, &world.buddy, MAKER, world_name(100 + i));

        CHECK_EQ(model_paddr(block_cap(&world.buddy, b, 0)),
                 model_paddr(world_slot(MAKER, 100 + i)));
    }
    world_audit();
}

TEST(alloc, hands_out_blocks_whole_aligned_and_clear)
{
    world_of(24);
    for (unsigned order = 1; order <= 6; order++) {
        cap_t slot = world_slot(MAKER, order);

        CHECK_EQ(world_alloc(MAKER, order, 1, FRAME_LOCKED | FRAME_CLEARED, order, &n), ERR_OK);
        CHECK_EQ(world_arrived, 1);
        CHECK_EQ(model_paddr(slot) & ((4096u << order) - 1), 0);
        for (unsigned i = 0; i < 1u << order; i++)
            CHECK_EQ(model_contents(model_paddr(slot) + i * PAGE_SIZE), 0);
    }
    CHECK_EQ(world.status->locked, 126);
    world_audit();
}

TEST(alloc, gives_only_the_rights_a_client_may_have)
{
    struct cap_facts facts;

    world_of(24);
    world_alloc(MAKER, 0, 1, FRAME_PAGE, 1, &n);
    cap_inspect(world_slot(MAKER, 1), &facts);
    CHECK_EQ(facts.rights, RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE | RIGHT_GRANT);
    world_alloc(TRUSTED, 0, 1, FRAME_PAGE, 1, &n);
    cap_inspect(world_slot(TRUSTED, 1), &facts);
    CHECK_EQ(facts.rights & RIGHT_DMA, RIGHT_DMA);
}

TEST(alloc, shows_others_contents_to_the_trusted_only)
{
    world_of(24);
    world_alloc(MAKER, 0, 64, FRAME_PAGE, 1, &n);
    for (unsigned i = 0; i < 64; i++)
        model_fill(world_slot(MAKER, 1 + i), 0x55);
    world_give(MAKER, 1, 64, &n);
    world_alloc(SMALL, 0, 64, FRAME_PAGE, 1, &n);
    for (unsigned i = 0; i < 64; i++)
        CHECK_EQ(model_contents(model_paddr(world_slot(SMALL, 1 + i))), 0);
    world_alloc(TRUSTED, 0, 16, FRAME_PAGE, 1, &n);
    CHECK(model_contents(model_paddr(world_slot(TRUSTED, 1))) != 0);
}

TEST(alloc, refuses_numbers_out_of_range)
{
    static const struct {
        unsigned order, count, class, slot;
    } bad[] = {
        {10, 1, FRAME_PAGE, 1},
        {UINT32_MAX, 1, FRAME_PAGE, 1},
        {0, 0, FRAME_PAGE, 1},
        {0, 65, FRAME_PAGE, 1},
        {0, UINT32_MAX, FRAME_PAGE, 1},
        {1, 2, FRAME_PAGE, 1},
        {0, 1, 4, 1},
        {0, 1, FRAME_CLEARED << 1, 1},
        {0, 1, UINT32_MAX, 1},
        {0, 2, FRAME_PAGE, 0xffff},
    };

    world_of(24);
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK_EQ(world_alloc(MAKER, bad[i].order, bad[i].count, bad[i].class, bad[i].slot, &n),
                 ERR_BAD_ARG);
        CHECK_EQ(n, 0);
        CHECK_EQ(world_arrived, 0);
    }
    CHECK_EQ(world.status->allocs, 0);
    world_audit();
}

TEST(alloc, refuses_slot_zero)
{
    struct frame_alloc_req q = {.count = 1, .class = FRAME_PAGE, .first = CAP_NULL};
    struct frame_alloc_reply r;

    world_of(24);
    CHECK_EQ(CALL(MAKER, alloc, q, r), ERR_BAD_ARG);
}

TEST(alloc, refuses_slots_that_hold_a_block_already)
{
    world_of(24);
    world_alloc(MAKER, 0, 4, FRAME_PAGE, 10, &n);
    CHECK_EQ(world_alloc(MAKER, 0, 4, FRAME_PAGE, 13, &n), ERR_NOT_EMPTY);
    CHECK_EQ(world_alloc(MAKER, 1, 1, FRAME_PAGE, 10, &n), ERR_NOT_EMPTY);
    CHECK_EQ(world_alloc(SMALL, 0, 4, FRAME_PAGE, 10, &n), ERR_OK);
    CHECK_EQ(world.status->page, 8);
    world_audit();
}

TEST(alloc, beyond_the_slots_offered_is_the_callers_until_given_back)
{
    struct frame_alloc_req q = {.count = 16, .class = FRAME_PAGE, .first = world_name(1)};
    struct frame_alloc_reply r;

    world_of(24);
    world_call(MAKER, OP(alloc), &q, sizeof(q), &r, sizeof(r), CAP_NULL, 0, world_slot(MAKER, 1),
               3);
    CHECK_EQ(world_arrived, 3);
    CHECK_EQ(world.status->page, r.got);
    world_audit();
    CHECK_EQ(world_give(MAKER, 1, 16, &n), ERR_OK);
    CHECK_EQ(n, 16);
    CHECK_EQ(world.status->page, 0);
    world_audit();
}

TEST(alloc, works_after_an_answer_that_stuck_in_the_stage)
{
    struct frame_alloc_req q = {.count = 40, .class = FRAME_PAGE};
    struct frame_alloc_reply r;

    world_of(24);
    for (unsigned i = 0; i < 64; i++)
        world_alloc(MAKER, 0, 1, FRAME_PAGE, 1 + i, &n);
    for (unsigned i = 0; i < 64; i += 2)
        world_give(MAKER, 1 + i, 1, &n);
    q.first = world_name(100);
    world_call(MAKER, OP(alloc), &q, sizeof(q), &r, sizeof(r), CAP_NULL, 0, world_slot(MAKER, 100),
               5);
    CHECK_EQ(world_arrived, 5);
    world_give(MAKER, 100, 5, &n);

    CHECK_EQ(world_alloc(MAKER, 0, 30, FRAME_PAGE, 200, &n), ERR_OK);
    CHECK_EQ(world_arrived, 30);
    world_audit();
}

TEST(alloc, stops_at_the_banks_limit)
{
    world_of(24);
    CHECK_EQ(world_alloc(SMALL, 0, 64, FRAME_PAGE, 1, &n), ERR_OK);
    CHECK_EQ(world_alloc(SMALL, 0, 64, FRAME_PAGE, 65, &n), ERR_OK);
    CHECK_EQ(n, 36);
    CHECK_EQ(world_alloc(SMALL, 0, 1, FRAME_PAGE, 200, &n), ERR_LIMIT);
    CHECK_EQ(n, 0);
    world_give(SMALL, 1, 7, &n);
    CHECK_EQ(world_alloc(SMALL, 3, 1, FRAME_PAGE, 200, &n), ERR_LIMIT);
    CHECK_EQ(world_alloc(SMALL, 2, 1, FRAME_PAGE, 200, &n), ERR_OK);
    world_audit();
}

/* Takes pages until an answer is no more; returns it. */
static enum err drain(uint64_t badge, unsigned from)
{
    enum err e;

    while ((e = world_alloc(badge, 0, 64, FRAME_PAGE, from, &n)) == ERR_OK)
        from += n;
    return e;
}

TEST(alloc, leaves_the_reserve_to_the_levels_below)
{
    world_of(24);
    CHECK_EQ(drain(MAKER, 1), ERR_NO_MEMORY);
    CHECK_EQ(free_pages(), world.status->min);
    CHECK_EQ(drain(TRUSTED, 1), ERR_NO_MEMORY);
    CHECK_EQ(free_pages(), world.status->min / 2);
    CHECK(world.status->refused >= 2);
    world_audit();
}

TEST(alloc, finds_everything_again_after_all_was_given_back)
{
    uint32_t before, slot = 1;

    world_of(24);
    before = free_pages();
    drain(MAKER, 1);
    while (world_give(MAKER, slot, 64, &n) == ERR_OK)
        slot += 64;
    CHECK_EQ(free_pages(), before);
    CHECK_EQ(world_alloc(MAKER, 6, 1, FRAME_PAGE, 1, &n), ERR_OK);
    world_audit();
}

/* ---- give ---- */

TEST(give, takes_the_frame_away_wherever_it_went)
{
    cap_t far;

    world_of(24);
    far = world_slot(SMALL, 7);
    world_alloc(MAKER, 0, 1, FRAME_PAGE, 1, &n);
    cap_derive(world_slot(MAKER, 1), far, RIGHT_READ, 0);
    cap_move(world_slot(MAKER, 1), world_slot(MAKER, 99), 1);

    CHECK_EQ(world_give(MAKER, 1, 1, &n), ERR_OK);
    CHECK(model_empty(far));
    CHECK(model_empty(world_slot(MAKER, 99)));
    world_audit();
}

TEST(give, of_what_was_not_taken_is_refused)
{
    world_of(24);
    world_alloc(MAKER, 0, 2, FRAME_PAGE, 10, &n);
    CHECK_EQ(world_give(SMALL, 10, 2, &n), ERR_BAD_HANDLE);
    CHECK_EQ(world_give(MAKER, 12, 4, &n), ERR_BAD_HANDLE);
    CHECK(!model_empty(world_slot(MAKER, 10)));
    CHECK_EQ(world_give(MAKER, 8, 4, &n), ERR_OK);
    CHECK_EQ(n, 2);
    CHECK_EQ(world_give(MAKER, 8, 4, &n), ERR_BAD_HANDLE);
    world_audit();
}

TEST(give, refuses_runs_out_of_range)
{
    world_of(24);
    CHECK_EQ(world_give(MAKER, 1, 0, &n), ERR_BAD_ARG);
    CHECK_EQ(world_give(MAKER, 1, 65, &n), ERR_BAD_ARG);
    CHECK_EQ(world_give(MAKER, 0xfff0, 17, &n), ERR_BAD_ARG);
}

TEST(give, of_a_page_held_for_dma_keeps_it_until_the_driver_lets_go)
{
    uint32_t before;

    world_of(24);
    before = free_pages();
    world_alloc(TRUSTED, 0, 16, FRAME_LOCKED, 1, &n);
    model_hold(world_slot(TRUSTED, 3), true);
    CHECK_EQ(world_give(TRUSTED, 1, 16, &n), ERR_OK);
    CHECK_EQ(n, 16);
    CHECK_EQ(free_pages(), before - 1);
    CHECK_EQ(world.status->locked, 1);
    CHECK(!model_empty(world_slot(TRUSTED, 3)));
    world_audit();

    model_hold(world_slot(TRUSTED, 3), false);
    world_alloc(MAKER, 0, 1, FRAME_PAGE, 1, &n);
    CHECK_EQ(world.status->locked, 0);
    CHECK(model_empty(world_slot(TRUSTED, 3)));
    world_audit();
}

/* ---- reclass ---- */

TEST(reclass, moves_pages_between_the_classes_of_their_bank)
{
    struct frame_reclass_req q = {.first = world_name(1), .count = 6, .class = FRAME_LOCKED};
    struct frame_reclass_reply r;

    world_of(24);
    world_alloc(MAKER, 0, 8, FRAME_POOL, 1, &n);
    CHECK_EQ(CALL(MAKER, reclass, q, r), ERR_OK);
    CHECK_EQ(r.changed, 6);
    CHECK_EQ(world.status->locked, 6);
    CHECK_EQ(world.status->pool, 2);
    CHECK_EQ(CALL(SMALL, reclass, q, r), ERR_BAD_HANDLE);
    q.class = BANK_CLASSES;
    CHECK_EQ(CALL(MAKER, reclass, q, r), ERR_BAD_ARG);
    world_audit();
}

/* ---- objects ---- */

static enum err objects(uint64_t badge, unsigned bits, unsigned slot, unsigned offered)
{
    struct frame_objects_req q = {.log2_size = bits, .slot = world_name(slot)};
    struct frame_objects_reply r;

    return world_call(badge, OP(objects), &q, sizeof(q), &r, sizeof(r), CAP_NULL, 0,
                      world_slot(badge, slot), offered);
}

TEST(objects, gives_an_untyped_that_can_be_used_and_taken_back)
{
    world_of(24);
    CHECK_EQ(objects(MAKER, 14, 1, 1), ERR_OK);
    CHECK_EQ(world_arrived, 1);
    CHECK_EQ(untyped_retype(world_slot(MAKER, 1), OBJ_ENDPOINT, 0, world_slot(MAKER, 2), 5, NULL),
             ERR_OK);
    CHECK_EQ(world.status->object_pages, 4);
    CHECK_EQ(world.status->fixed, 4);
    world_audit();

    CHECK_EQ(world_give(MAKER, 1, 1, &n), ERR_OK);
    CHECK(model_empty(world_slot(MAKER, 6)));
    CHECK_EQ(world.status->object_pages, 0);
    world_audit();
}

TEST(objects, share_chunks_and_take_the_small_ones_first)
{
    unsigned pages = 0;

    world_of(24);
    for (unsigned i = 0; i < 16; i++)
        CHECK_EQ(objects(MAKER, 13, 1 + i, 1), ERR_OK);
    for (unsigned i = 0; i < world.buddy.chunks; i++)
        if (world.buddy.chunk[i].use == CHUNK_OBJECTS)
            pages += 1u << world.buddy.chunk[i].order;
    CHECK(pages <= 64); /* 32 are used */
    world_audit();
}

TEST(objects, refuses_sizes_out_of_range)
{
    world_of(24);
    CHECK_EQ(objects(MAKER, 11, 1, 1), ERR_BAD_ARG);
    CHECK_EQ(objects(MAKER, 21, 1, 1), ERR_BAD_ARG);
    CHECK_EQ(objects(MAKER, 0, 1, 1), ERR_BAD_ARG);
    CHECK_EQ(objects(MAKER, UINT32_MAX, 1, 1), ERR_BAD_ARG);
    CHECK_EQ(objects(MAKER, 20, 1, 1), ERR_NO_MEMORY); /* no chunk is that large */
    CHECK_EQ(objects(SMALL, 18, 1, 1), ERR_OK);
    CHECK_EQ(objects(SMALL, 18, 2, 1), ERR_LIMIT);
    world_audit();
}

TEST(objects, memory_where_objects_lived_comes_back_clean_as_frames)
{
    world_of(24);
    for (unsigned i = 0; i < 20; i++) {
        CHECK_EQ(objects(MAKER, 18, 1 + i, 1), ERR_OK);
        untyped_retype(world_slot(MAKER, 1 + i), OBJ_ENDPOINT, 0, world_slot(MAKER, 100 + i), 1,
                       NULL);
    }
    for (unsigned i = 0; i < 20; i++)
        world_give(MAKER, 1 + i, 1, &n);
    drain(TRUSTED, 1);
    for (unsigned i = 1; i < 5000 && !model_empty(world_slot(TRUSTED, i)); i++)
        CHECK(model_contents(model_paddr(world_slot(TRUSTED, i))) != 0xee);
    world_audit();
}

/* ---- banks ---- */

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
    before = free_pages();
    world_bank(MAKER, 0, 1, &bank, &session);
    for (unsigned i = 0; i < 3; i++)
        world_alloc(session, 0, 60, FRAME_PAGE, 1 + 60 * i, &n);
    objects(session, 14, 500, 1);
    q.bank = bank;

    CHECK_EQ(CALL(MAKER, destroy, q, r), ERR_OK);
    CHECK_EQ(r.pages, 184);
    CHECK_EQ(free_pages(), before);
    CHECK(model_empty(world_slot(MAKER, 1)));
    CHECK(model_empty(world_slot(session, 1)));
    CHECK_EQ(world_alloc(session, 0, 1, FRAME_PAGE, 1, &n), ERR_REFUSED);
    CHECK_EQ(CALL(MAKER, destroy, q, r), ERR_BAD_HANDLE);
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
    drain(session, 1);
    q.bank = bank;
    do {
        unsigned before = model_calls.revokes;

        e = CALL(MAKER, destroy, q, r);
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
    CHECK_EQ(CALL(TRUSTED, destroy, q, r), ERR_BAD_HANDLE);
    CHECK_EQ(CALL(TRUSTED, usage, u, v), ERR_BAD_HANDLE);
    CHECK_EQ(CALL(session, destroy, q, r), ERR_BAD_HANDLE);
    CHECK_EQ(CALL(MAKER, usage, u, v), ERR_OK);
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
    CHECK_EQ(CALL(MAKER, destroy, q, r), ERR_OK);
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
    objects(SMALL, 13, 60, 1);
    world_give(SMALL, 1, 10, &n);
    CHECK_EQ(CALL(SMALL, usage, q, r), ERR_OK);
    CHECK_EQ(r.used, 27);
    CHECK_EQ(r.peak, 37);
    CHECK_EQ(r.max_pages, 100);
    CHECK_EQ(r.page, 20);
    CHECK_EQ(r.locked, 5);
    CHECK_EQ(r.fixed, 2);
}

/* ---- sessions, status, walk ---- */

TEST(session, with_an_unknown_badge_gets_nothing)
{
    static const uint64_t badge[] = {0, 4, 63, 64, 4095, 1 | 1 << 12, 1ull << 32 | 1, UINT64_MAX};

    world_of(24);
    for (unsigned i = 0; i < sizeof(badge) / sizeof(badge[0]); i++) {
        struct frame_status_req q = {0};
        struct frame_status_reply r;

        CHECK_EQ(CALL(badge[i], status, q, r), ERR_REFUSED);
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
    CALL(MAKER, destroy, q, r);
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
    CHECK_EQ(world_call(MAKER, OP(alloc), &q, sizeof(q), &r, sizeof(r), world_slot(MAKER, 1), 8,
                        world_slot(MAKER, 50), 1),
             ERR_BAD_ARG);
    CHECK(model_empty(world_slot(MAKER, 50)));
    world_audit();
}

TEST(status, is_a_read_only_page)
{
    struct frame_status_req q = {0};
    struct frame_status_reply r;
    struct cap_facts facts;

    world_of(24);
    CHECK_EQ(world_call(SMALL, OP(status), &q, sizeof(q), &r, sizeof(r), CAP_NULL, 0,
                        world_slot(SMALL, 1), 1),
             ERR_OK);
    cap_inspect(world_slot(SMALL, 1), &facts);
    CHECK_EQ(facts.type, OBJ_FRAME);
    CHECK_EQ(facts.rights, RIGHT_READ | RIGHT_GRANT);
    CHECK_EQ(facts.log2_size, PAGE_BITS);
    CHECK_EQ(world.status->messages[frame_OP_status], 1);
}

TEST(walk, counts_what_the_capabilities_say)
{
    struct frame_walk_req q = {0};
    struct frame_walk_reply r;

    world_of(24);
    world_alloc(MAKER, 0, 33, FRAME_PAGE, 1, &n);
    objects(MAKER, 15, 100, 1);
    CHECK_EQ(CALL(MAKER, walk, q, r), ERR_OK);
    CHECK_EQ(r.used_pages, 33);
    CHECK_EQ(r.object_pages, 8);
    CHECK_EQ(r.free_pages, world.status->total - world.status->own - 41);
    CHECK_EQ(r.bad, 0);
    CHECK_EQ(CALL(SMALL, walk, q, r), ERR_REFUSED);
}

TEST(walk, finds_a_free_block_that_somebody_has)
{
    struct frame_walk_req q = {0};
    struct frame_walk_reply r;
    block_t b;

    world_of(24);
    b = world.buddy.free[CHUNK_FRAMES][6];
    cap_derive_parts(block_cap(&world.buddy, b, 6), world_slot(SMALL, 1), RIGHT_ALL, 0, PAGE_BITS,
                     1, NULL);
    CHECK_EQ(CALL(MAKER, walk, q, r), ERR_OK);
    CHECK_EQ(r.bad, 1);
    CHECK_EQ(r.free_pages, world.status->free - 64);
}

TEST(walk, finds_a_used_block_without_a_capability)
{
    struct frame_walk_req q = {0};
    struct frame_walk_reply r;
    block_t b;

    world_of(24);
    world_alloc(MAKER, 0, 1, FRAME_PAGE, 1, &n);
    b = client_block(&world.clients, &world.buddy, MAKER, world_name(1));
    cap_delete(block_cap(&world.buddy, b, 0), 1);
    CALL(MAKER, walk, q, r);
    CHECK(r.bad > 0);
}

TEST(walk, counts_a_page_as_used_whose_holder_deleted_it)
{
    struct frame_walk_req q = {0};
    struct frame_walk_reply r;

    world_of(24);
    world_alloc(MAKER, 0, 1, FRAME_PAGE, 1, &n);
    cap_delete(world_slot(MAKER, 1), 1);
    CALL(MAKER, walk, q, r);
    CHECK_EQ(r.used_pages, 1);
    CHECK_EQ(r.bad, 0);
    CHECK_EQ(world_give(MAKER, 1, 1, &n), ERR_OK);
    world_audit();
}

/* ---- pressure ---- */

static enum err watch(uint64_t badge, cap_t notification, unsigned count)
{
    struct frame_watch_req q = {0};
    struct frame_watch_reply r;

    return world_call(badge, OP(watch), &q, sizeof(q), &r, sizeof(r), notification, count, CAP_NULL,
                      0);
}

TEST(pressure, rises_below_low_and_ends_at_high)
{
    unsigned slot = 1;

    world_of(24);
    while (free_pages() >= world.status->low) {
        CHECK_EQ(world.status->pressure, 0);
        world_alloc(MAKER, 0, 1, FRAME_PAGE, slot++, &n);
    }
    CHECK_EQ(world.status->pressure, world.status->high - free_pages());
    while (free_pages() < world.status->high) {
        CHECK(world.status->pressure > 0);
        world_give(MAKER, --slot, 1, &n);
    }
    CHECK_EQ(world.status->pressure, 0);
}

TEST(pressure, is_signalled_when_it_rises_and_not_at_every_page)
{
    unsigned pages = 0;
    cap_t bell;

    world_of(24);
    bell = world_slot(SMALL, 1);
    model_object(bell, OBJ_NOTIFICATION, RIGHT_ALL);
    CHECK_EQ(watch(SMALL, bell, 1), ERR_OK);
    while (world_alloc(MAKER, 0, 1, FRAME_PAGE, 1 + pages, &n) == ERR_OK)
        pages++;
    CHECK(model_signals(bell) >= 4);
    CHECK(model_signals(bell) <= 7);
    CHECK_EQ(watch(SMALL, CAP_NULL, 0), ERR_OK);
    pages = model_signals(bell);
    world_alloc(MAKER, 0, 1, FRAME_PAGE, 8000, &n);
    CHECK_EQ(model_signals(bell), pages);
    world_audit();
}

TEST(pressure, can_be_watched_with_a_notification_only)
{
    world_of(24);
    world_alloc(SMALL, 0, 1, FRAME_PAGE, 1, &n);
    model_object(world_slot(SMALL, 2), OBJ_NOTIFICATION, RIGHT_READ | RIGHT_GRANT);
    model_object(world_slot(SMALL, 3), OBJ_NOTIFICATION, RIGHT_ALL);
    model_object(world_slot(SMALL, 4), OBJ_NOTIFICATION, RIGHT_ALL);
    CHECK_EQ(watch(SMALL, world_slot(SMALL, 1), 1), ERR_WRONG_TYPE);
    CHECK_EQ(watch(SMALL, world_slot(SMALL, 2), 1), ERR_NO_RIGHT);
    CHECK_EQ(watch(SMALL, world_slot(SMALL, 3), 2), ERR_BAD_ARG);
    CHECK_EQ(watch(SMALL, world_slot(SMALL, 3), 1), ERR_OK);
    CHECK_EQ(watch(SMALL, world_slot(SMALL, 4), 1), ERR_OK);
    CHECK_EQ(model_children(world_slot(SMALL, 3)), 0);
    CHECK_EQ(model_children(world_slot(SMALL, 4)), 1);
}

TEST(pressure, forgets_a_watcher_whose_bank_ends)
{
    uint32_t bank;
    uint64_t session;
    struct frame_destroy_req q;
    struct frame_destroy_reply r;

    world_of(24);
    world_bank(MAKER, 0, 1, &bank, &session);
    model_object(world_slot(session, 1), OBJ_NOTIFICATION, RIGHT_ALL);
    CHECK_EQ(watch(session, world_slot(session, 1), 1), ERR_OK);
    q.bank = bank;
    CALL(MAKER, destroy, q, r);
    CHECK_EQ(model_children(world_slot(session, 1)), 0);
    drain(MAKER, 10);
    CHECK_EQ(model_signals(world_slot(session, 1)), 0);
}

/* ---- more memory ---- */

TEST(add, makes_chunks_of_what_init_needs_no_more)
{
    struct world_plan plan = {.bytes = 24u << 20, .skip = 0x300000, .later = 512, .clients = 2};
    struct frame_client who[] = {{.badge = 1, .level = 0}, {.badge = 2, .level = 1}};
    struct frame_add_req q = {0};
    struct frame_add_reply r;
    uint32_t total, free;

    plan.client = who;
    world_begin(&plan);
    total = world.status->total;
    free = free_pages();
    model_untyped(world_slot(1, 1), MODEL_BASE + plan.bytes, 20);
    model_untyped(world_slot(1, 2), MODEL_BASE + plan.bytes + (1u << 20), 20);

    CHECK_EQ(world_call(2, OP(add), &q, sizeof(q), &r, sizeof(r), world_slot(1, 1), 2, CAP_NULL, 0),
             ERR_REFUSED);
    CHECK_EQ(world_call(1, OP(add), &q, sizeof(q), &r, sizeof(r), world_slot(1, 1), 2, CAP_NULL, 0),
             ERR_OK);
    CHECK_EQ(r.pages, 512);
    CHECK_EQ(world.status->total, total + 512);
    CHECK_EQ(free_pages(), free + 512);
    world_audit();
    CHECK_EQ(drain(1, 1), ERR_NO_MEMORY);
    CHECK_EQ(free_pages(), 0);
}

TEST(add, takes_nothing_but_untypeds)
{
    struct world_plan plan = {.bytes = 24u << 20, .skip = 0x300000, .clients = 1};
    struct frame_client who = {.badge = 1, .level = 0};
    struct frame_add_req q = {0};
    struct frame_add_reply r;

    plan.client = &who;
    world_begin(&plan);
    world_alloc(1, 0, 1, FRAME_PAGE, 1, &n);
    CHECK_EQ(world_call(1, OP(add), &q, sizeof(q), &r, sizeof(r), world_slot(1, 1), 1, CAP_NULL, 0),
             ERR_NO_MEMORY);
    CHECK_EQ(CALL(1, add, q, r), ERR_BAD_ARG);
    world_audit();
}
