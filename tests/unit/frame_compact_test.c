/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame_compact_test.c - memory for kernel objects when there is a used page in each chunk. */
#include "frame_world.h"
#include "unit.h"

#define KEEPER  4u
#define PAGES   7900u /* slots of a client's session page and stall page */
#define HELD    1000u /* slots of a server's pages */
#define OBJECTS 7000u /* slots for objects */
#define SPREAD  8u    /* of so many pages one stays */

static uint32_t n, bank;
static uint64_t session;
static unsigned held; /* by the session, in slots 1 .. held, before every SPREADth was left */

static void world_at_first(void)
{
    static const struct frame_client client[] = {
        {.badge = TRUSTED, .level = 3, .may = FRAME_MAY_DMA | FRAME_MAY_DIRTY},
        {.badge = MAKER, .level = 4},
        {.badge = SMALL, .level = 5, .max_pages = 100},
        {.badge = KEEPER, .level = 2, .may = FRAME_MAY_DMA | FRAME_MAY_DIRTY},
    };
    struct world_plan plan = {.bytes = 24u << 20, .skip = 0x2a3000, .client = client, .clients = 4};

    world_begin(&plan);
    world_bank(MAKER, 0, 1, &bank, &session);
    world_watch(session, PAGES);
    world_watch(KEEPER, PAGES);
    world_stall(session, PAGES, &(struct frame_stall){.parked = 1});
}

static void room(uint32_t pages)
{
    struct frame_room_req q = {.pages = pages};
    struct frame_room_reply r;

    CHECK_EQ(WORLD_CALL(KEEPER, room, q, r), ERR_OK);
}

static uint8_t mark(unsigned slot)
{
    return (uint8_t)(slot % 251 + 1);
}

/* The client takes all there is and gives most of it back: a page in SPREAD stays, in each chunk.
 */
static void scatter(uint64_t badge)
{
    unsigned from = badge == KEEPER || badge == TRUSTED ? HELD : 1, slot = from;

    while (world_alloc(badge, 0, 64, FRAME_PAGE, slot, &n) == ERR_OK)
        slot += n;
    held = slot - from;
    world_drain(TRUSTED, 1); /* below what is kept from programs */
    for (unsigned i = from; i < slot; i++) {
        if ((i - from) % SPREAD != 0)
            world_give(badge, i, 1, &n);
        else
            model_fill(world_slot(badge, i), mark(i));
    }
    while (world.asking.deadline != 0) /* nothing is wanted any more */
        world_wait();
    CHECK(!buddy_has(&world.buddy, CHUNK_OBJECTS, 4));
}

/* What the session still has, or the keeper collects of it by its slot, is what it was. */
static void contents_check(void)
{
    for (unsigned slot = 1; slot <= held; slot += SPREAD) {
        struct frame_collect_req q = {
            .bank = bank, .first = world_name(slot), .count = 1, .to = world_name(HELD + slot)};
        struct frame_collect_reply r;
        cap_t at = world_slot(session, slot);

        if (model_empty(at)) {
            CHECK_EQ(world_call(KEEPER, WORLD_OP(collect), &q, sizeof(q), &r, sizeof(r), CAP_NULL,
                                0, world_slot(KEEPER, HELD + slot), 1),
                     ERR_OK);
            at = world_slot(KEEPER, HELD + slot);
        }
        CHECK_EQ(model_contents(model_paddr(at)), mark(slot));
    }
}

TEST(compact, moves_programs_pages_and_the_object_is_there_at_once)
{
    world_at_first();
    room(1000);
    scatter(session);
    CHECK_EQ(world_objects(session, 16, OBJECTS), ERR_OK);
    CHECK(world.status->taken > 0);
    CHECK_EQ(world.status->compactions, 1);
    CHECK_EQ(world.status->closed, 0);
    world_audit();
    contents_check();
    world_audit();
}

TEST(compact, gives_no_more_than_the_chunk_it_emptied)
{
    unsigned count = 0;

    world_at_first();
    room(1000);
    scatter(session);
    while (count < 40 && world_objects(session, 15, OBJECTS + count) == ERR_OK)
        count++;
    CHECK_EQ(count, 40); /* 8 pages each */
    CHECK_EQ(world.status->compactions, 5);
    world_audit();
    contents_check();
}

TEST(compact, without_room_for_what_is_taken_is_not_begun_and_who_waits_is_stuck)
{
    world_at_first();
    scatter(session);
    CHECK_EQ(world_objects(session, 16, OBJECTS), ERR_NO_MEMORY);
    CHECK_EQ(world.status->compactions, 0);
    CHECK_EQ(world.status->taken, 0);
    for (unsigned i = 0; i < 10 && world.status->stuck == 0; i++)
        CHECK(world_wait());
    CHECK_EQ(world.status->stuck, 1);
    world_audit();
}

TEST(compact, does_not_wake_who_waits_for_objects_before_there_are_some)
{
    struct frame_stall leaving = {.leaving = 1}; /* so there is hope */
    cap_t bit;
    unsigned before;

    world_at_first();
    scatter(session);
    world_stall(KEEPER, PAGES, &leaving);
    bit = world_slot(session, PAGES + 2);
    CHECK_EQ(world_objects(session, 16, OBJECTS), ERR_NO_MEMORY);
    before = model_signals(bit);
    CHECK_EQ(world_session(session, PAGES).waiting, 1);
    for (unsigned i = 0; i < 20; i++)
        CHECK(world_wait());
    CHECK_EQ(model_signals(bit), before);
    CHECK_EQ(world.status->waiting, 1);

    room(1000); /* now it can be done */
    for (unsigned i = 0; i < 3 && world.status->waiting > 0; i++)
        CHECK(world_wait());
    CHECK_EQ(world_session(session, PAGES).waiting, 0);
    CHECK(model_signals(bit) > before);
    CHECK_EQ(world_objects(session, 16, OBJECTS), ERR_OK);
    world_audit();
}

static void asks_for_slots(uint64_t badge)
{
    struct frame_session told;

    room(0);
    scatter(badge);
    CHECK_EQ(world_objects(session, 16, OBJECTS), ERR_NO_MEMORY);
    CHECK(world.status->closed > 0);
    told = world_session(badge, PAGES);
    CHECK(told.wanted_count > 0);
    world_audit();
    CHECK_EQ(world_give(badge, CAP_SLOT(told.wanted[0]), 1, &n), ERR_OK);
    CHECK(world_wait());
    CHECK_EQ(world_session(badge, PAGES).wanted_count, told.wanted_count - 1);
    for (unsigned i = 1; i < told.wanted_count; i++)
        CHECK_EQ(world_give(badge, CAP_SLOT(told.wanted[i]), 1, &n), ERR_OK);
    CHECK_EQ(world_session(session, PAGES).waiting, 0);
    CHECK_EQ(world_objects(session, 16, OBJECTS), ERR_OK);
    CHECK_EQ(world.status->closed, 0);
    CHECK_EQ(world_session(badge, PAGES).wanted_count, 0);
    world_audit();
}

TEST(compact, asks_the_keeper_for_its_slots_until_they_have_come)
{
    world_at_first();
    asks_for_slots(KEEPER);
}

TEST(compact, asks_any_server_that_has_shown_a_page)
{
    world_at_first();
    world_watch(TRUSTED, PAGES);
    asks_for_slots(TRUSTED);
}

TEST(compact, tries_another_chunk_when_one_does_not_become_empty)
{
    struct frame_stall leaving = {.leaving = 1};
    uint32_t first;

    world_at_first();
    room(0);
    scatter(KEEPER);
    world_stall(KEEPER, PAGES, &leaving);
    CHECK_EQ(world_objects(session, 16, OBJECTS), ERR_NO_MEMORY);
    first = world.buddy.closed;
    for (unsigned i = 0; i < 200 && world.buddy.closed == first; i++)
        CHECK(world_wait());
    CHECK_EQ(world.buddy.closed, CHUNK_NONE);
    CHECK(world_wait());
    CHECK(world.buddy.closed != CHUNK_NONE && world.buddy.closed != first);
    world_audit();
}

TEST(compact, ends_with_who_waited)
{
    struct frame_destroy_req q;
    struct frame_destroy_reply r;

    world_at_first();
    room(0);
    scatter(KEEPER);
    CHECK_EQ(world_objects(session, 16, OBJECTS), ERR_NO_MEMORY);
    CHECK(world.status->closed > 0);
    q.bank = bank;
    while (WORLD_CALL(MAKER, destroy, q, r) == ERR_PENDING)
        world_audit();
    CHECK_EQ(world.status->closed, 0);
    CHECK_EQ(world_session(KEEPER, PAGES).wanted_count, 0);
    world_audit();
}

TEST(compact, is_not_ended_by_frames_for_who_waits_for_objects)
{
    world_at_first();
    room(0);
    scatter(KEEPER);
    CHECK_EQ(world_objects(session, 16, OBJECTS), ERR_NO_MEMORY);
    CHECK_EQ(world_alloc(session, 0, 4, FRAME_PAGE, 1, &n), ERR_OK);
    CHECK_EQ(world_session(session, PAGES).waiting, 1);
    CHECK(world.status->closed > 0);
    world_audit();
}

TEST(compact, leaves_chunks_alone_with_pages_that_are_fixed_or_nobodys_to_give)
{
    world_at_first();
    room(1000);
    scatter(session);
    for (unsigned slot = 1; slot <= held; slot += SPREAD) {
        struct frame_reclass_req q = {.first = world_name(slot), .count = 1, .class = FRAME_LOCKED};
        struct frame_reclass_reply r;

        CHECK_EQ(WORLD_CALL(session, reclass, q, r), ERR_OK);
    }
    CHECK_EQ(world_objects(session, 16, OBJECTS), ERR_NO_MEMORY);
    CHECK_EQ(world.status->compactions, 0);
    world_audit();
}
