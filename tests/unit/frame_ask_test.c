/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame_ask_test.c - who is asked, who waits and is told, when there is no hope, who is killed. */
#include "frame_world.h"
#include "unit.h"

#define KEEPER 4u
#define PAGES  3000u /* slots of a client's session page and stall page */

static uint32_t n;
static uint32_t bank[2];
static uint64_t session[2];

static void ask_begin_world(void)
{
    static const struct frame_client client[] = {
        {.badge = TRUSTED, .level = 3, .may = FRAME_MAY_DMA | FRAME_MAY_DIRTY},
        {.badge = MAKER, .level = 4},
        {.badge = SMALL, .level = 5, .max_pages = 100},
        {.badge = KEEPER, .level = 2, .may = FRAME_MAY_DMA | FRAME_MAY_DIRTY},
    };
    struct world_plan plan = {.bytes = 24u << 20, .skip = 0x2a3000, .client = client, .clients = 4};

    world_begin(&plan);
    for (unsigned i = 0; i < 2; i++)
        world_bank(MAKER, 0, 1 + i, &bank[i], &session[i]);
}

static enum err limits(uint32_t which, uint32_t max, uint32_t high, uint32_t low, uint32_t min)
{
    struct frame_limits_req q = {
        .bank = which, .max = max, .high = high, .low = low, .min = min, .label = 9};
    struct frame_limits_reply r;

    return WORLD_CALL(MAKER, limits, q, r);
}

static void hold(unsigned who, unsigned count)
{
    for (unsigned at = 1; at <= count; at += n)
        CHECK_EQ(world_alloc(session[who], 0, count - at + 1 < 64 ? count - at + 1 : 64, FRAME_PAGE,
                             at, &n),
                 ERR_OK);
}

static uint32_t target(unsigned who)
{
    return world_session(session[who], PAGES).target;
}

/* ---- limits ---- */

TEST(limits, are_set_by_the_maker_and_ordered)
{
    struct frame_limits_req q = {.bank = bank[0]};
    struct frame_limits_reply r;

    ask_begin_world();
    q.bank = bank[0];
    CHECK_EQ(limits(bank[0], 100, 80, 40, 10), ERR_OK);
    CHECK_EQ(world.banks.bank[world.clients.client[session[0] & 0xfff].bank].label, 9);
    CHECK_EQ(limits(bank[0], 70, 80, 0, 0), ERR_BAD_ARG);
    CHECK_EQ(limits(bank[0], 0, 0, 20, 30), ERR_BAD_ARG);
    CHECK_EQ(limits(bank[0], 5, 0, 0, 6), ERR_BAD_ARG);
    CHECK_EQ(limits(bank[0] + 4, 0, 0, 0, 0), ERR_BAD_HANDLE);
    CHECK_EQ(WORLD_CALL(TRUSTED, limits, q, r), ERR_BAD_HANDLE);
    q.adjust = 1001;
    CHECK_EQ(WORLD_CALL(MAKER, limits, q, r), ERR_BAD_ARG);
    q.adjust = -1001;
    CHECK_EQ(WORLD_CALL(MAKER, limits, q, r), ERR_BAD_ARG);
    q.adjust = -1000;
    CHECK_EQ(WORLD_CALL(MAKER, limits, q, r), ERR_OK);
}

TEST(limits, max_holds_at_once_for_what_comes)
{
    ask_begin_world();
    hold(0, 50);
    CHECK_EQ(limits(bank[0], 30, 0, 0, 0), ERR_OK);
    CHECK_EQ(world_alloc(session[0], 0, 1, FRAME_PAGE, 100, &n), ERR_LIMIT);
    CHECK_EQ(world_give(session[0], 1, 21, &n), ERR_OK);
    CHECK_EQ(world_alloc(session[0], 0, 5, FRAME_PAGE, 100, &n), ERR_OK);
    CHECK_EQ(n, 1);
}

TEST(limits, above_high_a_bank_is_asked_for_the_rest)
{
    ask_begin_world();
    world_watch(session[0], PAGES);
    hold(0, 50);
    CHECK_EQ(target(0), 0);
    CHECK_EQ(limits(bank[0], 0, 40, 0, 0), ERR_OK);
    CHECK_EQ(target(0), 12); /* two more are the pages it shows */
    world_give(session[0], 1, 12, &n);
    world_wait();
    hold(0, 12);
    CHECK_EQ(target(0), 12);
}

/* ---- asking ---- */

TEST(ask, shares_out_what_is_wanted_and_writes_it_where_it_is_read)
{
    uint32_t sum;

    ask_begin_world();
    for (unsigned i = 0; i < 2; i++)
        world_watch(session[i], PAGES);
    hold(0, 1000);
    hold(1, 500);
    world_drain(MAKER, 3);
    sum = target(0) + target(1);
    CHECK(target(0) > target(1));
    CHECK(target(1) > 0);
    CHECK(sum <= world.status->high);
    CHECK(world.status->asked >= sum);
}

TEST(ask, never_reaches_below_the_min_of_a_bank_and_spares_its_low)
{
    ask_begin_world();
    for (unsigned i = 0; i < 2; i++)
        world_watch(session[i], PAGES);
    hold(0, 1000);
    hold(1, 1000);
    limits(bank[0], 0, 0, 0, 2000);
    limits(bank[1], 0, 0, 2000, 0);
    world_drain(MAKER, 3);
    CHECK_EQ(target(0), 0);
    CHECK(target(1) > 0); /* the maker does not watch, and nobody else has any above its low */
}

TEST(ask, shares_out_in_a_round_only_what_is_wanted_more)
{
    uint32_t asked;
    uint64_t end;

    ask_begin_world();
    for (unsigned i = 0; i < 2; i++)
        world_watch(session[i], PAGES);
    hold(0, 2000);
    hold(1, 500);
    world_drain(MAKER, 3);
    end = ask_deadline(&world);
    asked = target(1);
    CHECK(asked > 16);
    world_give(session[1], 1, asked, &n); /* the other one is deaf */
    CHECK_EQ(target(1), asked);           /* what it was asked for */
    world_drain(MAKER, 5000);
    world_alloc(MAKER, 0, 1, FRAME_PAGE, 2900, &n);
    CHECK(world.clients.client[session[1] & 0xfff].target < asked / 2);
    CHECK_EQ(ask_deadline(&world), end);
    world_audit();
}

TEST(ask, counts_what_comes_back_and_ends_with_the_pressure)
{
    uint32_t wanted;

    ask_begin_world();
    world_watch(session[0], PAGES);
    hold(0, 2000);
    world_drain(MAKER, 3);
    wanted = target(0);
    CHECK(wanted > 0);
    for (unsigned at = 1; at <= 256; at += 64)
        world_give(session[0], at, 64, &n);
    CHECK_EQ(world.status->pressure, 0);
    CHECK(world.status->returned >= wanted);
    while (world_wait())
        ;
    CHECK_EQ(target(0), 0);
    CHECK_EQ(world.status->taken, 0);
    world_audit();
}

TEST(ask, goes_on_only_as_long_as_something_comes_of_it)
{
    unsigned rounds = 0;

    ask_begin_world();
    world_watch(session[0], PAGES);
    hold(0, 2000);
    for (unsigned at = 3; world.status->free > world.status->min + 8; at++)
        CHECK_EQ(world_alloc(MAKER, 0, 1, FRAME_PAGE, at, &n), ERR_OK);
    while (world_wait() && rounds < 20)
        rounds++;
    CHECK(rounds < 5);
}

/* ---- deafness ---- */

/* The first bank gives nothing, the second one what it is asked for, in so many rounds. */
static void rounds_beside_a_deaf_one(unsigned rounds)
{
    static unsigned given, at;

    given = rounds == 0 ? 0 : given;
    at = rounds == 0 ? 3000 : at;
    for (unsigned i = 0; i < rounds; i++) {
        uint32_t asked;

        while (world_alloc(MAKER, 0, 1, FRAME_PAGE, at, &n) == ERR_OK)
            at++;
        asked = target(1);
        for (uint32_t left = asked; left > 0; left -= n, given += n)
            world_give(session[1], 1 + given, left < 64 ? left : 64, &n);
        do
            world_wait();
        while (ask_deadline(&world) != 0 && ask_deadline(&world) <= world_now); /* in steps */
    }
}

static void deaf_begin(void)
{
    struct frame_room_req q = {.pages = 4000};
    struct frame_room_reply r;

    ask_begin_world();
    WORLD_CALL(KEEPER, room, q, r);
    for (unsigned i = 0; i < 2; i++)
        world_watch(session[i], PAGES);
    for (unsigned at = 1; at <= 2000; at += n) /* all zero: free as soon as they are taken */
        world_alloc(session[0], 0, 50, FRAME_POOL, at, &n);
    hold(1, 1000);
    rounds_beside_a_deaf_one(0);
}

TEST(deaf, is_who_gives_nothing_in_four_rounds_and_is_then_taken_from_at_once_and_alone)
{
    uint32_t taken;

    deaf_begin();
    rounds_beside_a_deaf_one(1);
    taken = world.status->taken;
    CHECK(taken > 0);
    world_drain(MAKER, 6000);
    CHECK(target(1) > 0); /* it is asked as well */
    rounds_beside_a_deaf_one(5);
    CHECK_EQ(world.clients.client[session[0] & 0xfff].silent, 4);
    taken = world.status->taken;
    world_drain(MAKER, 7000);
    CHECK_EQ(target(1), 0);
    CHECK(ask_deadline(&world) != 0 && ask_deadline(&world) <= world_now);
    world_wait();
    CHECK(world.status->taken > taken);
    world_audit();
}

TEST(deaf, is_nobody_who_gives_again)
{
    deaf_begin();
    rounds_beside_a_deaf_one(5);
    world_give(session[0], 1, 1, &n);
    CHECK_EQ(n, 1);
    rounds_beside_a_deaf_one(1);
    world_drain(MAKER, 7000);
    CHECK(target(1) > 0);
    world_audit();
}

TEST(deaf, is_nobody_who_turns_to_it_but_who_is_late_is_taken_from_in_the_end)
{
    uint32_t taken = 0;
    unsigned rounds;

    deaf_begin();
    limits(bank[1], 0, 0, 0, 2000); /* it keeps what it has */
    for (rounds = 0; rounds < 20 && taken == 0; rounds++) {
        struct frame_stall stall = {.parked = 1};

        world_drain(MAKER, 3000 + rounds * 100);
        world_alloc(session[1], 0, 1, FRAME_PAGE, 2500, &n); /* it waits */
        stall.heard = world_session(session[0], PAGES).deadline;
        world_stall(session[0], PAGES, &stall);
        world_wait();
        taken = world.clients.client[session[0] & 0xfff].taken;
        CHECK_EQ(world.clients.client[session[0] & 0xfff].silent, 0);
    }
    CHECK_EQ(rounds, 9);
    world_audit();
}

TEST(ask, ends_a_round_later_when_it_comes_late_to_that)
{
    ask_begin_world();
    world_watch(session[0], PAGES);
    hold(0, 2000);
    world_drain(MAKER, 3);
    world_now = ask_deadline(&world) + 1000000; /* the machine stood still */
    world_server.late(&world_server);
    CHECK(target(0) > 0);
    CHECK_EQ(ask_deadline(&world), world_now + 2000000);
    world_now += 4000000;
    world_server.late(&world_server);
    CHECK(ask_deadline(&world) == 0 || ask_deadline(&world) > world_now);
    world_audit();
}

TEST(deaf, is_waited_for_when_nothing_can_be_taken_from_it)
{
    struct frame_room_req q = {.pages = 0};
    struct frame_room_reply r;

    deaf_begin();
    rounds_beside_a_deaf_one(5);
    WORLD_CALL(KEEPER, room, q, r); /* nobody keeps what is taken */
    while (world_wait())
        ;
    world_drain(MAKER, 7000);
    CHECK(target(1) > 0);
    CHECK(ask_deadline(&world) > world_now);
    world_audit();
}

/* ---- waiting ---- */

TEST(wait, ends_when_there_is_more)
{
    cap_t bell;

    ask_begin_world();
    bell = world_watch(session[0], PAGES);
    world_drain(MAKER, 3);
    CHECK_EQ(world_alloc(session[0], 0, 4, FRAME_PAGE, 1, &n), ERR_NO_MEMORY);
    CHECK_EQ(world.status->waiting, 1);
    CHECK_EQ(world_session(session[0], PAGES).waiting, 1);
    world_audit();
    n = model_signals(bell);
    world_give(MAKER, 3, 16, &(uint32_t){0});
    CHECK_EQ(model_signals(bell), n + 1);
    CHECK_EQ(world_session(session[0], PAGES).waiting, 0);
    CHECK_EQ(world.status->waiting, 0);
    CHECK_EQ(world_alloc(session[0], 0, 4, FRAME_PAGE, 1, &n), ERR_OK);
    world_audit();
}

TEST(wait, is_not_ended_by_a_refusal)
{
    cap_t bell[2];

    ask_begin_world();
    for (unsigned i = 0; i < 2; i++)
        bell[i] = world_watch(session[i], PAGES);
    world_drain(MAKER, 3);
    for (unsigned i = 0; i < 2; i++)
        CHECK_EQ(world_alloc(session[i], 0, 1, FRAME_PAGE, 1, &n), ERR_NO_MEMORY);
    n = model_signals(bell[0]) + model_signals(bell[1]);
    for (unsigned i = 0; i < 2; i++)
        CHECK_EQ(world_alloc(session[i], 0, 1, FRAME_PAGE, 1, &(uint32_t){0}), ERR_NO_MEMORY);
    CHECK_EQ(model_signals(bell[0]) + model_signals(bell[1]), n);
}

TEST(wait, at_a_banks_own_limit_ends_with_its_own_pages)
{
    ask_begin_world();
    world_watch(session[0], PAGES);
    limits(bank[0], 100, 0, 0, 0);
    hold(0, 98);
    CHECK_EQ(world_alloc(session[0], 0, 1, FRAME_PAGE, 200, &n), ERR_LIMIT);
    CHECK_EQ(world.status->waiting, 1);
    CHECK(target(0) >= 16); /* its own pages are wanted, nobody else's */
    world_alloc(session[1], 0, 1, FRAME_PAGE, 1, &n);
    CHECK_EQ(world.status->waiting, 1);
    world_give(session[0], 1, 1, &n);
    CHECK_EQ(world.status->waiting, 0);
    world_audit();
}

TEST(wait, of_a_session_that_ends_is_forgotten)
{
    struct frame_destroy_req q;
    struct frame_destroy_reply r;

    ask_begin_world();
    for (unsigned i = 0; i < 2; i++)
        world_watch(session[i], PAGES);
    world_drain(MAKER, 3);
    for (unsigned i = 0; i < 2; i++)
        CHECK_EQ(world_alloc(session[i], 0, 1, FRAME_PAGE, 1, &n), ERR_NO_MEMORY);
    CHECK_EQ(world.status->waiting, 2);
    q.bank = bank[1];
    CHECK_EQ(WORLD_CALL(MAKER, destroy, q, r), ERR_OK);
    world_audit();
}

/* ---- no hope ---- */

/* Rounds until we are stuck; 0: not within `most`. */
static unsigned rounds_until_stuck(unsigned most)
{
    uint32_t before = world.status->stuck;

    for (unsigned i = 1; i <= most && world_wait(); i++)
        if (world.status->stuck > before)
            return i;
    return 0;
}

static void nothing_left(void)
{
    world_drain(MAKER, 3);
    CHECK_EQ(world_alloc(session[0], 0, 1, FRAME_PAGE, 2900, &n), ERR_NO_MEMORY);
}

TEST(stuck, is_told_to_level_2_when_somebody_waits_in_vain)
{
    cap_t bell;

    ask_begin_world();
    bell = world_watch(KEEPER, 10);
    world_watch(session[0], PAGES);
    hold(0, 1000);
    world_stall(session[0], PAGES, &(struct frame_stall){.parked = 1});
    nothing_left();
    n = model_signals(bell);
    CHECK(rounds_until_stuck(10) > 1);
    CHECK(model_signals(bell) > n);
    CHECK(rounds_until_stuck(10) > 1); /* and again */
}

TEST(refusal, is_told_to_all_but_programs_that_wait_themselves)
{
    cap_t waits, spares;
    unsigned before;
    uint32_t got;

    ask_begin_world();
    waits = world_watch(session[0], PAGES);
    spares = world_watch(session[1], PAGES);
    nothing_left();
    before = model_signals(waits);
    CHECK_EQ(world_alloc(session[0], 0, 1, FRAME_PAGE, 1, &got), ERR_NO_MEMORY);
    CHECK_EQ(model_signals(waits), before);
    before = model_signals(spares);
    CHECK_EQ(world_alloc(session[0], 0, 1, FRAME_PAGE, 1, &got), ERR_NO_MEMORY);
    CHECK_EQ(model_signals(spares), before + 1);
}

TEST(stuck, is_not_who_has_no_thread_waiting)
{
    ask_begin_world();
    world_watch(session[0], PAGES);
    nothing_left();
    CHECK_EQ(rounds_until_stuck(20), 0);
}

TEST(stuck, is_not_while_pages_come_back)
{
    unsigned at = 1;

    ask_begin_world();
    for (unsigned i = 0; i < 2; i++)
        world_watch(session[i], PAGES);
    hold(1, 1000);
    world_stall(session[0], PAGES, &(struct frame_stall){.parked = 1});
    nothing_left();
    for (unsigned i = 0; i < 20; i++) {
        world_give(session[1], at++, 1, &n);
        world_drain(MAKER, 4500 + i * 64);
        world_alloc(session[0], 0, 1, FRAME_PAGE, 2900, &n);
        CHECK_EQ(rounds_until_stuck(1), 0);
    }
}

TEST(stuck, is_not_while_pages_are_on_their_way_to_a_disk)
{
    ask_begin_world();
    world_watch(TRUSTED, 10);
    world_watch(session[0], PAGES);
    world_stall(session[0], PAGES, &(struct frame_stall){.parked = 1});
    world_stall(TRUSTED, 10, &(struct frame_stall){.leaving = 7});
    nothing_left();
    CHECK_EQ(rounds_until_stuck(100), 0);
    world_stall(TRUSTED, 10, &(struct frame_stall){.leaving = 0});
    CHECK(rounds_until_stuck(10) > 0);
}

/* ---- kill ---- */

static enum err kill(uint64_t badge, uint32_t which, uint32_t *pages)
{
    struct frame_kill_req q = {.bank = which};
    struct frame_kill_reply r;
    enum err e = WORLD_CALL(badge, kill, q, r);

    *pages = r.pages;
    return e;
}

TEST(kill, ends_all_but_the_name_and_tells_the_maker)
{
    struct frame_usage_req u;
    struct frame_usage_reply v;
    struct frame_destroy_req q;
    struct frame_destroy_reply r;
    struct frame_session told;
    uint32_t free, pages, sum = 0;
    cap_t bell;
    enum err e;

    ask_begin_world();
    bell = world_watch(MAKER, PAGES);
    free = world.status->free;
    hold(0, 2000);
    world_objects(session[0], 14, 2500);
    n = model_signals(bell);
    CHECK_EQ(kill(KEEPER, bank[0], &pages), ERR_PENDING);
    CHECK_EQ(pages, 0); /* the maker is told before anything is gone */
    CHECK_EQ(world_alloc(session[0], 0, 1, FRAME_PAGE, 3000, &n), ERR_LIMIT);
    n = model_signals(bell) - 1;
    do {
        e = kill(KEEPER, bank[0], &pages);
        sum += pages;
        CHECK_EQ(world.status->dying, e == ERR_PENDING);
        CHECK_EQ(model_signals(bell), n + 1); /* once */
        world_audit();
    } while (e == ERR_PENDING);
    CHECK_EQ(e, ERR_OK);
    CHECK_EQ(sum, 2004);
    CHECK_EQ(world.status->free, free);
    CHECK_EQ(world.status->killed, 1);
    told = world_session(MAKER, PAGES);
    CHECK_EQ(told.ended, 1);
    CHECK_EQ(told.ended_bank[0], bank[0]);
    CHECK_EQ(model_signals(bell), n + 1);
    q.bank = u.bank = bank[0];
    CHECK_EQ(WORLD_CALL(MAKER, usage, u, v), ERR_DYING);
    CHECK_EQ(world_alloc(session[0], 0, 1, FRAME_PAGE, 1, &n), ERR_REFUSED);
    CHECK_EQ(kill(KEEPER, bank[0], &pages), ERR_OK);
    CHECK_EQ(world.status->killed, 1);
    CHECK_EQ(WORLD_CALL(MAKER, destroy, q, r), ERR_OK);
    CHECK_EQ(kill(KEEPER, bank[0], &pages), ERR_BAD_HANDLE);
    world_audit();
}

TEST(kill, can_be_finished_by_the_maker)
{
    struct frame_destroy_req q;
    struct frame_destroy_reply r;
    enum err e;

    ask_begin_world();
    hold(0, 2000);
    CHECK_EQ(kill(KEEPER, bank[0], &n), ERR_PENDING);
    q.bank = bank[0];
    while ((e = WORLD_CALL(MAKER, destroy, q, r)) == ERR_PENDING)
        ;
    CHECK_EQ(e, ERR_OK);
    CHECK_EQ(world.status->dying, 0);
    CHECK_EQ(kill(KEEPER, bank[0], &n), ERR_BAD_HANDLE);
    world_audit();
}

TEST(kill, is_refused_to_others_and_of_servers)
{
    ask_begin_world();
    CHECK_EQ(kill(TRUSTED, bank[0], &n), ERR_REFUSED);
    CHECK_EQ(kill(MAKER, bank[0], &n), ERR_REFUSED);
    CHECK_EQ(kill(KEEPER, bank[0] + 9, &n), ERR_BAD_HANDLE);
    CHECK_EQ(kill(KEEPER, 0, &n), ERR_BAD_HANDLE);
    CHECK_EQ(kill(KEEPER, bank_handle(&world.banks, world.clients.client[MAKER].bank), &n),
             ERR_REFUSED);
    CHECK_EQ(world.status->killed, 0);
}

TEST(kill, revokes_kernel_objects_before_frames)
{
    ask_begin_world();
    hold(0, 600);
    world_objects(session[0], 14, 2500);
    CHECK_EQ(untyped_retype(world_slot(session[0], 2500), OBJ_ENDPOINT, 0,
                            world_slot(session[0], 2501), 1, NULL),
             ERR_OK);
    world_alloc(session[0], 0, 60, FRAME_PAGE, 2600, &n);
    CHECK_EQ(kill(KEEPER, bank[0], &n), ERR_PENDING);
    CHECK(!model_empty(world_slot(session[0], 2501)));
    CHECK_EQ(kill(KEEPER, bank[0], &n), ERR_PENDING);
    CHECK(model_empty(world_slot(session[0], 2501)));
    CHECK(!model_empty(world_slot(session[0], 1)));
}

/* ---- the table ---- */

TEST(table, has_a_row_for_every_bank)
{
    struct frame_banks_req q = {.count = 3};
    struct frame_banks_reply r;
    const struct frame_bank_row *row = (const struct frame_bank_row *)world_lent;
    unsigned rows = 0, found = 0;

    ask_begin_world();
    world_watch(session[0], PAGES);
    world_stall(session[0], PAGES, &(struct frame_stall){.some = 77, .parked = 2});
    limits(bank[0], 0, 500, 0, 0);
    hold(0, 100);
    do {
        CHECK_EQ(WORLD_CALL(KEEPER, banks, q, r), ERR_OK);
        for (unsigned i = 0; i < r.rows; i++)
            if (row[i].bank == bank[0]) {
                found++;
                CHECK_EQ(row[i].label, 9);
                CHECK_EQ(row[i].level, 5);
                CHECK_EQ(row[i].used[FRAME_PAGE], 100);
                CHECK_EQ(row[i].high, 500);
                CHECK_EQ(row[i].stall.some, 77);
                CHECK_EQ(row[i].stall.parked, 2);
            }
        rows += r.rows;
        q.from = r.next;
    } while (r.next != 0);
    CHECK_EQ(found, 1);
    CHECK_EQ(rows, 6);
    CHECK_EQ(WORLD_CALL(session[0], banks, q, r), ERR_REFUSED);
    q.count = 33;
    CHECK_EQ(WORLD_CALL(KEEPER, banks, q, r), ERR_BAD_ARG);
    q.count = 0;
    CHECK_EQ(WORLD_CALL(KEEPER, banks, q, r), ERR_BAD_ARG);
}
