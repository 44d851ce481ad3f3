/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame_lend_test.c - frames and objects: lent, refused, exhausted, given back. */
#include "frame_world.h"
#include "unit.h"

static uint32_t n; /* what the last call got, took or freed */

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
    CHECK_EQ(WORLD_CALL(MAKER, alloc, q, r), ERR_BAD_ARG);
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
    world_call(MAKER, WORLD_OP(alloc), &q, sizeof(q), &r, sizeof(r), CAP_NULL, 0,
               world_slot(MAKER, 1), 3);
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
    world_call(MAKER, WORLD_OP(alloc), &q, sizeof(q), &r, sizeof(r), CAP_NULL, 0,
               world_slot(MAKER, 100), 5);
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

TEST(alloc, leaves_the_reserve_to_the_levels_below)
{
    world_of(24);
    CHECK_EQ(world_drain(MAKER, 1), ERR_NO_MEMORY);
    CHECK_EQ(world.status->free, world.status->min);
    CHECK_EQ(world_drain(TRUSTED, 1), ERR_NO_MEMORY);
    CHECK_EQ(world.status->free, world.status->min / 2);
    CHECK(world.status->refused >= 2);
    world_audit();
}

TEST(alloc, finds_everything_again_after_all_was_given_back)
{
    uint32_t before, slot = 1;

    world_of(24);
    before = world.status->free;
    world_drain(MAKER, 1);
    while (world_give(MAKER, slot, 64, &n) == ERR_OK)
        slot += 64;
    CHECK_EQ(world.status->free, before);
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

TEST(give, takes_slots_alone_with_a_run_each_once)
{
    struct frame_give_req q = {.first = world_name(10), .count = 2};
    struct frame_give_reply r;

    world_of(24);
    world_alloc(MAKER, 0, 12, FRAME_PAGE, 10, &n);
    q.alone[0] = world_name(13);
    q.alone[1] = world_name(11); /* of the run */
    q.alone[2] = world_name(13);
    q.alone[3] = world_name(40); /* nothing there */
    q.alone[4] = world_name(20);
    CHECK_EQ(WORLD_CALL(MAKER, give, q, r), ERR_OK);
    CHECK_EQ(r.taken, 4);
    CHECK(model_empty(world_slot(MAKER, 13)));
    CHECK(!model_empty(world_slot(MAKER, 12)));
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
    before = world.status->free;
    world_alloc(TRUSTED, 0, 16, FRAME_LOCKED, 1, &n);
    model_hold(world_slot(TRUSTED, 3), true);
    CHECK_EQ(world_give(TRUSTED, 1, 16, &n), ERR_OK);
    CHECK_EQ(n, 16);
    CHECK_EQ(world.status->free, before - 1);
    CHECK_EQ(world.status->locked, 1);
    CHECK(!model_empty(world_slot(TRUSTED, 3)));
    world_audit();

    model_hold(world_slot(TRUSTED, 3), false);
    world_now += 1000000;
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
    CHECK_EQ(WORLD_CALL(MAKER, reclass, q, r), ERR_OK);
    CHECK_EQ(r.changed, 6);
    CHECK_EQ(world.status->locked, 6);
    CHECK_EQ(world.status->pool, 2);
    CHECK_EQ(WORLD_CALL(SMALL, reclass, q, r), ERR_BAD_HANDLE);
    q.class = BANK_CLASSES;
    CHECK_EQ(WORLD_CALL(MAKER, reclass, q, r), ERR_BAD_ARG);
    world_audit();
}

/* ---- objects ---- */

TEST(objects, gives_an_untyped_that_can_be_used_and_taken_back)
{
    world_of(24);
    CHECK_EQ(world_objects(MAKER, 14, 1), ERR_OK);
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
        CHECK_EQ(world_objects(MAKER, 13, 1 + i), ERR_OK);
    for (unsigned i = 0; i < world.buddy.chunks; i++)
        if (world.buddy.chunk[i].use == CHUNK_OBJECTS)
            pages += 1u << world.buddy.chunk[i].order;
    CHECK(pages <= 64); /* 32 are used */
    world_audit();
}

TEST(objects, refuses_sizes_out_of_range)
{
    world_of(24);
    CHECK_EQ(world_objects(MAKER, 11, 1), ERR_BAD_ARG);
    CHECK_EQ(world_objects(MAKER, 21, 1), ERR_BAD_ARG);
    CHECK_EQ(world_objects(MAKER, 0, 1), ERR_BAD_ARG);
    CHECK_EQ(world_objects(MAKER, UINT32_MAX, 1), ERR_BAD_ARG);
    CHECK_EQ(world_objects(MAKER, 20, 1), ERR_NO_MEMORY); /* no chunk is that large */
    CHECK_EQ(world_objects(SMALL, 18, 1), ERR_OK);
    CHECK_EQ(world_objects(SMALL, 18, 2), ERR_LIMIT);
    world_audit();
}

TEST(objects, memory_where_objects_lived_comes_back_clean_as_frames)
{
    world_of(24);
    for (unsigned i = 0; i < 20; i++) {
        CHECK_EQ(world_objects(MAKER, 18, 1 + i), ERR_OK);
        untyped_retype(world_slot(MAKER, 1 + i), OBJ_ENDPOINT, 0, world_slot(MAKER, 100 + i), 1,
                       NULL);
    }
    for (unsigned i = 0; i < 20; i++)
        world_give(MAKER, 1 + i, 1, &n);
    world_drain(TRUSTED, 1);
    for (unsigned i = 1; i < 5000 && !model_empty(world_slot(TRUSTED, i)); i++)
        CHECK(model_contents(model_paddr(world_slot(TRUSTED, i))) != 0xee);
    world_audit();
}
