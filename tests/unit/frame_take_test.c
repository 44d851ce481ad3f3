/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame_take_test.c - pages that change hands: by force, to the swap server, to a bank. */
#include "frame_world.h"
#include "unit.h"

#define KEEPER 4u
#define DEAF   8000u /* slots of the session page and stall page of a client */
#define PASSED 900u  /* the passing client's slots: capabilities on their way */

static uint32_t n; /* what the last call got, took or freed */
static uint32_t bank;
static uint64_t session;

/* The three clients of world_of(24), one at level 2, and a bank with a session. */
static void take_begin(void)
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
}

static enum err room(uint64_t badge, uint32_t pages)
{
    struct frame_room_req q = {.pages = pages};
    struct frame_room_reply r;

    return WORLD_CALL(badge, room, q, r);
}

static enum err collect_by(uint64_t badge, uint32_t from, unsigned first, unsigned count,
                           unsigned to, struct frame_collect_reply *r)
{
    struct frame_collect_req q = {
        .bank = from, .first = world_name(first), .count = count, .to = world_name(to)};

    return world_call(badge, WORLD_OP(collect), &q, sizeof(q), r, sizeof(*r), CAP_NULL, 0,
                      world_slot(badge, to), count);
}

static enum err collect(uint32_t from, unsigned first, unsigned count, unsigned to)
{
    struct frame_collect_reply r;
    enum err e = collect_by(KEEPER, from, first, count, to, &r);

    n = r.got;
    return e;
}

static enum err pass(uint64_t badge, unsigned first, unsigned count, uint32_t to_bank, unsigned to)
{
    struct frame_pass_req q = {
        .first = world_name(first), .count = count, .bank = to_bank, .to = world_name(to)};
    struct frame_pass_reply r;
    enum err e;

    e = world_call(badge, WORLD_OP(pass), &q, sizeof(q), &r, sizeof(r), CAP_NULL, 0,
                   world_slot(badge, PASSED), count);
    n = r.passed;
    return e;
}

/* Contents that tell pages apart. */
static uint8_t mark(unsigned slot)
{
    return (uint8_t)(slot % 251 + 1);
}

/* The session holds pages with marks in slots 1 .. count, and others all that is left. */
static void fill(unsigned count)
{
    for (unsigned at = 1; at <= count; at += n) {
        unsigned want = count - at + 1 < 64 ? count - at + 1 : 64;

        CHECK_EQ(world_alloc(session, 0, want, FRAME_PAGE | FRAME_CLEARED, at, &n), ERR_OK);
        for (unsigned i = 0; i < n; i++)
            model_fill(world_slot(session, at + i), mark(at + i));
    }
}

/* Rounds until one takes something; how much. */
static uint32_t rounds_until_taken(unsigned most)
{
    uint32_t before = world.status->taken;

    while (most-- > 0 && world.status->taken == before)
        CHECK(world_wait());
    return world.status->taken - before;
}

TEST(take, is_of_the_oldest_pages_of_who_does_not_give)
{
    struct frame_session told;

    take_begin();
    world_watch(session, DEAF);
    world_watch(KEEPER, 100);
    CHECK_EQ(room(KEEPER, 1000), ERR_OK);
    fill(2000);
    world_drain(MAKER, 2);
    CHECK(world.status->pressure > 0);
    told = world_session(session, DEAF);
    CHECK(told.target > 0);
    CHECK(told.deadline > world_now);

    CHECK(rounds_until_taken(2) > 0);
    CHECK(model_empty(world_slot(session, 1)));
    CHECK(!model_empty(world_slot(session, 1000)));
    told = world_session(session, DEAF);
    CHECK_EQ(told.taken, world.status->taken);
    CHECK_EQ(told.slot[0], world_name(1));
    CHECK_EQ(world.status->left, world.status->taken);
    world_audit();
}

TEST(take, loses_no_byte_of_a_session_that_is_deaf)
{
    unsigned slot = 4000;

    take_begin();
    world_watch(KEEPER, 100);
    room(KEEPER, 4000);
    fill(3000); /* it never watches, never gives */
    world_drain(MAKER, 2);
    while (world.status->taken < 500 && world_wait()) {
        while (world_alloc(MAKER, 0, 1, FRAME_PAGE, slot, &n) == ERR_OK)
            slot++;
        while (collect(0, 0, 64, 1000 + world.status->taken) == ERR_OK && n > 0) {
            unsigned first = 1000 + world.status->taken;
            struct frame_session told = world_session(KEEPER, 100);

            for (unsigned i = 0; i < n; i++) {
                CHECK_EQ(told.collected[i].bank, bank);
                CHECK_EQ(model_contents(model_paddr(world_slot(KEEPER, first + i))),
                         mark(CAP_SLOT(told.collected[i].slot)));
            }
            CHECK_EQ(world_give(KEEPER, first, n, &n), ERR_OK); /* written, say */
        }
    }
    CHECK(world.status->taken >= 500);
    for (unsigned i = 1; i <= 3000; i++)
        if (!model_empty(world_slot(session, i)))
            CHECK_EQ(model_contents(model_paddr(world_slot(session, i))), mark(i));
    world_audit();
}

TEST(take, is_of_all_that_were_asked_and_not_of_one_again_and_again)
{
    uint32_t other, first, got;
    uint64_t second;
    unsigned slot = 4000;

    take_begin();
    world_bank(MAKER, 0, 2, &other, &second);
    room(KEEPER, 4000);
    fill(2500);
    for (unsigned at = 1; at < 2500; at += got)
        CHECK_EQ(world_alloc(second, 0, 64, FRAME_PAGE, at, &got), ERR_OK);
    while (world_alloc(MAKER, 0, 1, FRAME_PAGE, slot, &n) == ERR_OK)
        slot++;
    first = world.status->pressure;
    while (world.status->taken < first && world_wait())
        ;
    CHECK(world.clients.client[session & 0xfff].taken > first / 3);
    CHECK(world.clients.client[second & 0xfff].taken > first / 3);
    for (unsigned i = 0; i < 20; i++) /* what is on its way is enough */
        world_wait();
    CHECK(world.status->taken <= first + 2);
    world_audit();
}

TEST(take, never_happens_without_somebody_who_keeps_it)
{
    take_begin();
    fill(2000);
    world_drain(MAKER, 2);
    for (unsigned i = 0; i < 10; i++)
        world_wait();
    CHECK_EQ(world.status->taken, 0);
    CHECK(!model_empty(world_slot(session, 1)));
}

TEST(take, stops_where_the_room_ends)
{
    take_begin();
    world_watch(session, DEAF);
    room(KEEPER, 3);
    fill(2000);
    world_drain(MAKER, 2);
    rounds_until_taken(4);
    for (unsigned i = 0; i < 4; i++)
        world_wait();
    CHECK_EQ(world.status->taken, 3);
    CHECK_EQ(world.status->room, 0);
    room(KEEPER, 5); /* three of them for what is not collected */
    CHECK_EQ(world.room, 2);
    world_audit();
}

TEST(take, spares_servers_and_what_is_fixed_or_locked)
{
    uint32_t got;

    take_begin();
    world_watch(MAKER, DEAF);
    world_watch(session, DEAF);
    room(KEEPER, 1000);
    world_alloc(session, 0, 10, FRAME_LOCKED, 1, &got);
    world_alloc(session, 0, 10, FRAME_FIXED, 11, &got);
    world_alloc(session, 2, 1, FRAME_PAGE, 30, &got);
    world_drain(MAKER, 2);
    for (unsigned i = 0; i < 5; i++)
        world_wait();
    CHECK_EQ(world.status->taken, 0);
    CHECK(world_session(MAKER, DEAF).target > 0);
}

TEST(take, begins_with_the_pool_and_keeps_of_it_only_what_was_written)
{
    take_begin();
    world_watch(session, DEAF);
    room(KEEPER, 1000);
    fill(2000);
    world_alloc(session, 0, 4, FRAME_POOL | FRAME_CLEARED, 2500, &n);
    model_fill(world_slot(session, 2501), 7);
    world_drain(MAKER, 2);
    CHECK(rounds_until_taken(2) > 4);
    for (unsigned i = 0; i < 4; i++)
        CHECK(model_empty(world_slot(session, 2500 + i)));
    CHECK_EQ(world.status->left, world.status->taken - 3);
    CHECK_EQ(collect(bank, 2500, 1, 500), ERR_BAD_HANDLE);
    CHECK_EQ(collect(bank, 2501, 1, 500), ERR_OK);
    CHECK_EQ(model_contents(model_paddr(world_slot(KEEPER, 500))), 7);
    world_audit();
}

TEST(take, leaves_a_page_that_a_driver_holds)
{
    take_begin();
    world_watch(session, DEAF);
    room(KEEPER, 1000);
    fill(2000);
    model_hold(world_slot(session, 1), true);
    world_drain(MAKER, 2);
    CHECK(rounds_until_taken(2) > 0);
    CHECK(!model_empty(world_slot(session, 1)));
    CHECK(model_empty(world_slot(session, 2)));
    CHECK_EQ(collect(bank, 1, 1, 500), ERR_HELD);
    world_audit();
}

TEST(take, of_a_slot_can_be_forgotten_by_giving_it_and_is_occupied_till_then)
{
    uint32_t free;

    take_begin();
    world_watch(session, DEAF);
    room(KEEPER, 1000);
    fill(2000);
    world_drain(MAKER, 2);
    rounds_until_taken(2);
    free = world.status->free;
    CHECK_EQ(world_alloc(session, 0, 1, FRAME_PAGE, 1, &n), ERR_NOT_EMPTY);
    CHECK_EQ(world_give(session, 1, 1, &n), ERR_OK);
    CHECK_EQ(world.status->free, free + 1);
    CHECK_EQ(collect(bank, 1, 1, 500), ERR_BAD_HANDLE);
    world_audit();
}

TEST(take, frees_what_was_kept_when_its_holder_dies)
{
    struct frame_destroy_req q;
    struct frame_destroy_reply r;

    take_begin();
    world_watch(session, DEAF);
    room(KEEPER, 1000);
    fill(2000);
    world_drain(MAKER, 2);
    rounds_until_taken(2);
    CHECK(world.status->left > 0);
    q.bank = bank;
    while (WORLD_CALL(MAKER, destroy, q, r) == ERR_PENDING)
        world_audit();
    CHECK_EQ(world.status->left, 0);
    CHECK_EQ(collect(0, 0, 64, 500), ERR_REFUSED); /* no page to name them in */
    world_watch(KEEPER, 100);
    CHECK_EQ(collect(0, 0, 64, 500), ERR_OK);
    CHECK_EQ(n, 0);
    world_audit();
}

/* ---- collect by name: the ordinary way out to swap ---- */

TEST(collect, makes_pages_the_keepers_and_nobody_elses)
{
    take_begin();
    fill(20);
    CHECK_EQ(collect(bank, 5, 8, 500), ERR_OK);
    CHECK_EQ(n, 8);
    CHECK_EQ(world_arrived, 8);
    for (unsigned i = 0; i < 8; i++) {
        CHECK(model_empty(world_slot(session, 5 + i)));
        CHECK_EQ(model_contents(model_paddr(world_slot(KEEPER, 500 + i))), mark(5 + i));
    }
    CHECK_EQ(world.banks.bank[world.clients.client[session & 0xfff].bank].total, 20);
    CHECK_EQ(world.status->page, 20);
    world_audit();
    CHECK_EQ(world_give(KEEPER, 500, 8, &n), ERR_OK);
    CHECK_EQ(world.banks.bank[world.clients.client[session & 0xfff].bank].total, 12);
    world_audit();
}

TEST(collect, stops_at_the_first_slot_that_has_no_page)
{
    take_begin();
    fill(10);
    world_give(session, 4, 1, &n);
    CHECK_EQ(collect(bank, 1, 10, 500), ERR_OK);
    CHECK_EQ(n, 3);
    CHECK_EQ(collect(bank, 4, 5, 600), ERR_BAD_HANDLE);
    CHECK_EQ(collect(bank, 5, 64, 500), ERR_NOT_EMPTY);
    CHECK_EQ(collect(bank, 5, 64, 600), ERR_OK);
    CHECK_EQ(n, 6);
    world_audit();
}

TEST(collect, is_refused_to_others_and_of_servers)
{
    struct frame_collect_reply r;

    take_begin();
    fill(4);
    world_alloc(MAKER, 0, 4, FRAME_PAGE, 10, &n);
    CHECK_EQ(collect_by(TRUSTED, bank, 1, 4, 500, &r), ERR_REFUSED);
    CHECK_EQ(collect_by(session, bank, 1, 4, 500, &r), ERR_REFUSED);
    CHECK_EQ(room(TRUSTED, 5), ERR_REFUSED);
    CHECK_EQ(collect(bank + 1, 1, 4, 500), ERR_BAD_HANDLE);
    CHECK_EQ(collect(bank_handle(&world.banks, world.clients.client[MAKER].bank), 10, 4, 500),
             ERR_BAD_HANDLE);
    CHECK_EQ(collect(bank, 1, 0, 500), ERR_BAD_ARG);
    CHECK_EQ(collect(bank, 1, 65, 500), ERR_BAD_ARG);
    CHECK_EQ(collect(bank, 0xfff0, 17, 500), ERR_BAD_ARG);
    CHECK_EQ(collect(bank, 1, 2, 0xffff), ERR_BAD_ARG);
    world_audit();
}

/* ---- pass: and back in ---- */

TEST(pass, makes_a_bank_the_holder_as_if_it_had_allocated)
{
    struct frame_alloc_req q = {.count = 4, .class = FRAME_PAGE, .first = world_name(500)};
    struct frame_alloc_reply r;

    take_begin();
    q.bank = bank;
    CHECK_EQ(world_call(KEEPER, WORLD_OP(alloc), &q, sizeof(q), &r, sizeof(r), CAP_NULL, 0,
                        world_slot(KEEPER, 500), 4),
             ERR_OK);
    CHECK_EQ(world.banks.bank[world.clients.client[session & 0xfff].bank].total, 4);
    CHECK_EQ(world.banks.bank[world.clients.client[KEEPER].bank].total, 0);
    world_audit();
    CHECK_EQ(pass(KEEPER, 500, 4, bank, 70), ERR_OK);
    CHECK_EQ(n, 4);
    CHECK_EQ(world_give(KEEPER, 500, 4, &n), ERR_BAD_HANDLE);
    CHECK_EQ(world_give(session, 70, 4, &n), ERR_OK);
    CHECK_EQ(n, 4);
    CHECK_EQ(world.banks.bank[world.clients.client[session & 0xfff].bank].total, 0);
    world_audit();
}

TEST(pass, leaves_the_bank_rights_of_its_own_and_nobody_else_any)
{
    struct cap_facts facts;

    take_begin();
    world_alloc(KEEPER, 0, 2, FRAME_PAGE, 500, &n);
    cap_inspect(world_slot(KEEPER, 501), &facts);
    CHECK_EQ(facts.rights & RIGHT_DMA, RIGHT_DMA);
    CHECK_EQ(cap_derive(world_slot(KEEPER, 501), world_slot(KEEPER, 600), RIGHT_ALL, 0), ERR_OK);
    CHECK_EQ(pass(KEEPER, 500, 2, bank, 70), ERR_OK);
    cap_inspect(world_slot(KEEPER, 501), &facts);
    CHECK_EQ(facts.type, OBJ_NULL);
    cap_inspect(world_slot(KEEPER, 600), &facts);
    CHECK_EQ(facts.type, OBJ_NULL);
    cap_inspect(world_slot(KEEPER, PASSED + 1), &facts);
    CHECK_EQ(facts.rights, RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE | RIGHT_GRANT);
    world_audit();
}

TEST(pass, moves_the_charge_as_far_as_there_is_room)
{
    uint32_t small;
    uint64_t tiny;

    take_begin();
    world_bank(MAKER, 3, 2, &small, &tiny);
    world_alloc(KEEPER, 0, 4, FRAME_PAGE, 500, &n);
    CHECK_EQ(pass(KEEPER, 500, 4, small, 70), ERR_LIMIT);
    CHECK_EQ(pass(KEEPER, 500, 3, small, 70), ERR_OK);
    CHECK_EQ(pass(KEEPER, 503, 1, small, 72), ERR_NOT_EMPTY);
    CHECK_EQ(pass(KEEPER, 503, 1, small + 1, 80), ERR_BAD_HANDLE);
    CHECK_EQ(pass(KEEPER, 510, 1, small, 80), ERR_BAD_HANDLE);
    CHECK_EQ(pass(KEEPER, 503, 65, small, 80), ERR_BAD_ARG);
    CHECK_EQ(pass(MAKER, 503, 1, small, 80), ERR_REFUSED);
    world_audit();
}

/* ---- who pays ---- */

TEST(charge, is_for_trusted_clients_and_to_living_banks_only)
{
    struct frame_alloc_req q = {.count = 4, .class = FRAME_PAGE, .first = world_name(500)};
    struct frame_alloc_reply r;
    struct frame_destroy_req d;
    struct frame_destroy_reply s;

    take_begin();
    q.bank = bank;
    CHECK_EQ(WORLD_CALL(MAKER, alloc, q, r), ERR_REFUSED);
    CHECK_EQ(WORLD_CALL(TRUSTED, alloc, q, r), ERR_OK);
    q.bank = bank ^ 1u << 20;
    q.first = world_name(600);
    CHECK_EQ(WORLD_CALL(TRUSTED, alloc, q, r), ERR_BAD_HANDLE);
    q.bank = d.bank = bank;
    CHECK_EQ(WORLD_CALL(MAKER, destroy, d, s), ERR_OK);
    CHECK_EQ(WORLD_CALL(TRUSTED, alloc, q, r), ERR_BAD_HANDLE);
    world_audit();
}

TEST(charge, of_a_bank_that_ends_goes_to_the_one_above)
{
    struct frame_alloc_req q = {.count = 4, .class = FRAME_PAGE, .first = world_name(500)};
    struct frame_alloc_reply r;
    struct frame_destroy_req d;
    struct frame_destroy_reply s;
    const struct bank *above;

    take_begin();
    above = &world.banks.bank[world.clients.client[MAKER].bank];
    q.bank = d.bank = bank;
    CHECK_EQ(WORLD_CALL(TRUSTED, alloc, q, r), ERR_OK);
    CHECK_EQ(WORLD_CALL(MAKER, destroy, d, s), ERR_OK);
    CHECK_EQ(above->total, 4);
    CHECK_EQ(world.status->page, 4);
    world_audit();
    CHECK_EQ(world_give(TRUSTED, 500, 4, &n), ERR_OK);
    CHECK_EQ(above->total, 0);
    world_audit();
}
