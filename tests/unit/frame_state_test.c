/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame_state_test.c - what the server tells: status, walk, pressure. */
#include "frame_world.h"
#include "unit.h"

static uint32_t n; /* what the last call got, took or freed */

TEST(status, is_a_read_only_page)
{
    struct frame_status_req q = {0};
    struct frame_status_reply r;
    struct cap_facts facts;

    world_of(24);
    CHECK_EQ(world_call(SMALL, WORLD_OP(status), &q, sizeof(q), &r, sizeof(r), CAP_NULL, 0,
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
    world_objects(MAKER, 15, 100);
    CHECK_EQ(WORLD_CALL(MAKER, walk, q, r), ERR_OK);
    CHECK_EQ(r.used_pages, 33);
    CHECK_EQ(r.object_pages, 8);
    CHECK_EQ(r.free_pages, world.status->total - world.status->own - 41);
    CHECK_EQ(r.bad, 0);
    CHECK_EQ(WORLD_CALL(SMALL, walk, q, r), ERR_REFUSED);
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
    CHECK_EQ(WORLD_CALL(MAKER, walk, q, r), ERR_OK);
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
    WORLD_CALL(MAKER, walk, q, r);
    CHECK(r.bad > 0);
}

TEST(walk, counts_a_page_as_used_whose_holder_deleted_it)
{
    struct frame_walk_req q = {0};
    struct frame_walk_reply r;

    world_of(24);
    world_alloc(MAKER, 0, 1, FRAME_PAGE, 1, &n);
    cap_delete(world_slot(MAKER, 1), 1);
    WORLD_CALL(MAKER, walk, q, r);
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

    return world_call(badge, WORLD_OP(watch), &q, sizeof(q), &r, sizeof(r), notification, count,
                      CAP_NULL, 0);
}

TEST(pressure, rises_below_low_and_ends_at_high)
{
    unsigned slot = 1;

    world_of(24);
    while (world.status->free >= world.status->low) {
        CHECK_EQ(world.status->pressure, 0);
        world_alloc(MAKER, 0, 1, FRAME_PAGE, slot++, &n);
    }
    CHECK_EQ(world.status->pressure, world.status->high - world.status->free);
    while (world.status->free < world.status->high) {
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

/* It would look for what it could spare, ask again, and be refused again. */
TEST(pressure, of_a_refusal_is_told_to_others_alone)
{
    unsigned slot = 1, before[2];
    cap_t own, other;

    world_of(24);
    own = world_slot(MAKER, 8000);
    other = world_slot(SMALL, 1);
    model_object(own, OBJ_NOTIFICATION, RIGHT_ALL);
    model_object(other, OBJ_NOTIFICATION, RIGHT_ALL);
    CHECK_EQ(watch(MAKER, own, 1), ERR_OK);
    CHECK_EQ(watch(SMALL, other, 1), ERR_OK);
    while (world_alloc(MAKER, 0, 1, FRAME_PAGE, slot, &n) == ERR_OK)
        slot++;
    before[0] = model_signals(own);
    before[1] = model_signals(other);
    CHECK_EQ(world_alloc(MAKER, 0, 1, FRAME_PAGE, slot, &n), ERR_NO_MEMORY);
    CHECK_EQ(model_signals(own), before[0]);
    CHECK(model_signals(other) > before[1]);
}

TEST(pressure, without_a_reserve_begins_when_nothing_is_left)
{
    unsigned slot = 1;

    world_of(24);
    pressure_set_marks(&world, 0);
    while (world.status->free > 0) {
        CHECK_EQ(world.status->pressure, 0);
        CHECK_EQ(world_alloc(MAKER, 0, 1, FRAME_PAGE, slot++, &n), ERR_OK);
    }
    CHECK(world.status->pressure > 0);
    CHECK_EQ(world.status->free_frames, 0);
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
    CHECK_EQ(watch(SMALL, world_slot(SMALL, 3), 2), ERR_WRONG_TYPE); /* no page */
    for (unsigned i = 5; i < 9; i++)
        model_object(world_slot(SMALL, i), OBJ_NOTIFICATION, RIGHT_ALL);
    CHECK_EQ(watch(SMALL, world_slot(SMALL, 5), 4), ERR_BAD_ARG);
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
    WORLD_CALL(MAKER, destroy, q, r);
    CHECK_EQ(model_children(world_slot(session, 1)), 0);
    world_drain(MAKER, 10);
    CHECK_EQ(model_signals(world_slot(session, 1)), 0);
}
