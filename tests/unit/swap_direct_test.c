/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * swap_direct_test.c - the store: pages written from frames of a client's, and read into them.
 */
#include "swap_world.h"

#include "cache.h"
#include "off.h"
#include "session.h"
#include "status.h"
#include "store.h"

#define BANK 1u
#define SLOT 100u

static cap_t session;
static uint32_t number, told;

static enum err desk(cap_t who)
{
    struct swap_desk_req q = {0};
    struct swap_desk_reply r;
    struct passing p = {.recv = 1, .recv_count = 1};

    return swap_desk(who, &q, &r, &p);
}

static void begin(unsigned disks, uint32_t places)
{
    world_begin(disks, places);
    session = world_session(BANK);
    CHECK_EQ(desk(session), ERR_OK);
    told = world.desk->told;
}

/* The n-th order. */
static void order(unsigned n, uint32_t handle, uint32_t slot)
{
    world.desk->order[n] = (struct swap_order){handle, slot};
}

static enum err fill(uint32_t count)
{
    struct swap_fill_req q = {.count = count, .number = ++number};
    struct swap_fill_reply r;

    return swap_fill(session, &q, &r, NULL);
}

static enum err save(uint32_t count, struct swap_save_reply *r)
{
    struct swap_save_req q = {.count = count, .number = ++number};

    *r = (struct swap_save_reply){0};
    return swap_save(session, &q, r, NULL);
}

/* The last one is over: which of its pages. */
static uint32_t done(void)
{
    const struct swap_done *d = &world.desk->done[told % SWAP_TOLD];

    CHECK_EQ(world.desk->told, ++told);
    CHECK_EQ(d->number, number);
    return d->pages;
}

/* Pages with contents n, n + 1 ... in the slots from SLOT on; saved. The first handle. */
static uint32_t saved(uint32_t n, uint32_t count)
{
    struct swap_save_reply r;

    for (uint32_t i = 0; i < count; i++) {
        world_page(BANK, SLOT + i, n + i);
        order(i, 0, SLOT + i);
    }
    CHECK_EQ(save(count, &r), ERR_OK);
    CHECK_EQ(r.got, count);
    world_disks();
    CHECK_EQ(done(), count == 32 ? UINT32_MAX : (1u << count) - 1);
    return r.handle;
}

static void forget(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        world_forget(BANK, SLOT + i);
}

static enum err drop(uint32_t handle, uint32_t count)
{
    struct swap_drop_req q = {.handle = handle, .count = count};
    struct swap_drop_reply r;

    return swap_drop(session, &q, &r, NULL);
}

static enum err get(uint32_t handle, uint32_t how, struct swap_get_reply *r)
{
    struct swap_get_req q = {.handle = handle, .count = 1, .how = how, .slot = 7};
    struct passing p = {.recv = 7, .recv_count = 1};

    return swap_get(session, &q, r, &p);
}

static uint32_t look(uint32_t handle)
{
    struct swap_look_req q = {.handle = handle};
    struct swap_look_reply r = {0};

    CHECK_EQ(swap_look(session, &q, &r, NULL), ERR_OK);
    return r.state;
}

TEST(direct, saves_and_fills_without_a_page_changing_hands)
{
    uint32_t h, requests;

    begin(1, 100);
    h = saved(500, 32);
    CHECK_EQ(cache_frames(), 0);
    CHECK_EQ(look(h + 3), SWAP_ON_DISK);
    CHECK_EQ(world_look(BANK, SLOT + 3), 503);
    for (uint32_t i = 0; i < 32; i++)
        world_write(BANK, SLOT + i, 1);
    requests = world.requests;
    for (uint32_t i = 0; i < 16; i++) /* the missing one is in the middle */
        order(i, h + (i + 8) % 16, SLOT + i);
    CHECK_EQ(fill(16), ERR_OK);
    CHECK(world.held[world.slot[BANK][SLOT].frame - 1]);
    CHECK_EQ(world.requests - requests, 1);
    CHECK_EQ(world.signals[BANK], 1);
    world_disks();
    CHECK_EQ(world.signals[BANK], 2);
    CHECK_EQ(done(), 0xffff);
    for (uint32_t i = 0; i < 16; i++)
        CHECK_EQ(world_look(BANK, SLOT + i), 500 + (i + 8) % 16);
    CHECK_EQ(world_look(BANK, SLOT + 16), 1);
    CHECK(!world.held[world.slot[BANK][SLOT].frame - 1]);
    CHECK_EQ(drop(h, 32), ERR_OK);
    forget(32);
    world_end();
}

TEST(direct, refuses_what_cannot_be_begun)
{
    struct swap_save_reply r;
    struct swap_get_reply g;
    cap_t other;
    uint32_t h;

    begin(1, 100);
    h = saved(1, 4);
    order(0, h, SLOT);
    CHECK_EQ(fill(0), ERR_BAD_ARG);
    CHECK_EQ(fill(SWAP_ORDERS_MAX + 1), ERR_BAD_ARG);
    CHECK_EQ(save(0, &r), ERR_BAD_ARG);
    order(0, h + 4, SLOT);
    CHECK_EQ(fill(1), ERR_BAD_HANDLE);
    order(0, h, SLOT + 4);
    CHECK_EQ(fill(1), ERR_NOT_FOUND);
    CHECK_EQ(save(1, &r), ERR_NOT_FOUND);
    CHECK_EQ(get(h, SWAP_READ, &g), ERR_PENDING);
    order(0, h, SLOT);
    CHECK_EQ(fill(1), ERR_EXISTS); /* it is being read by us */
    world_disks();
    CHECK_EQ(fill(1), ERR_EXISTS); /* it is in memory */
    other = session;
    session = world_session(2);
    CHECK_EQ(fill(1), ERR_REFUSED);
    CHECK_EQ(save(1, &r), ERR_REFUSED);
    CHECK_EQ(desk(session), ERR_OK);
    order(0, h, SLOT);
    CHECK_EQ(fill(1), ERR_BAD_HANDLE); /* another's */
    CHECK_EQ(save(1, &r), ERR_NOT_FOUND);
    session = other;
    forget(4);
    world_end();
}

TEST(direct, has_no_more_under_way_than_its_share)
{
    uint32_t h;

    begin(1, 100);
    h = saved(1, 8);
    for (uint32_t i = 0; i < 8; i++) {
        order(0, h + i, SLOT + i);
        CHECK_EQ(fill(1), i < SWAP_UNDER_WAY ? ERR_OK : ERR_LIMIT);
    }
    world_disks();
    CHECK_EQ(world.desk->told - told, SWAP_UNDER_WAY);
    order(0, h + 7, SLOT + 7);
    CHECK_EQ(fill(1), ERR_OK);
    CHECK_EQ(fill(1), ERR_EXISTS);
    world_disks();
    forget(8);
    world_end();
}

TEST(direct, lets_who_asks_for_a_page_on_its_way_wait)
{
    struct swap_save_reply r;
    struct swap_get_reply g;
    uint32_t h;

    begin(1, 100);
    h = saved(40, 1);
    order(0, h, SLOT);
    CHECK_EQ(fill(1), ERR_OK);
    CHECK_EQ(get(h, SWAP_OWN, &g), ERR_PENDING);
    CHECK_EQ(look(h), SWAP_ON_DISK);
    world_disks();
    CHECK_EQ(done(), 1);
    CHECK_EQ(save(1, &r), ERR_OK);
    CHECK_EQ(get(r.handle, SWAP_OWN, &g), ERR_PENDING);
    world_disks();
    CHECK_EQ(done(), 1);
    CHECK_EQ(get(r.handle, SWAP_WRITE, &g), ERR_PENDING); /* read by us now */
    world_disks();
    CHECK_EQ(get(r.handle, SWAP_WRITE, &g), ERR_OK);
    CHECK_EQ(world_look(BANK, 7), 40);
    world_forget(BANK, 7);
    forget(1);
    world_end();
}

TEST(direct, does_not_call_a_page_filled_whose_handle_was_dropped)
{
    struct swap_save_reply r;
    uint32_t h;

    begin(1, 100);
    h = saved(40, 2);
    order(0, h, SLOT);
    order(1, h + 1, SLOT + 1);
    CHECK_EQ(fill(2), ERR_OK);
    CHECK_EQ(drop(h, 1), ERR_OK);
    world_disks();
    CHECK_EQ(done(), 2);
    CHECK_EQ(save(2, &r), ERR_OK); /* but saved: nobody wants it */
    CHECK_EQ(drop(r.handle, 1), ERR_OK);
    world_disks();
    CHECK_EQ(done(), 3);
    CHECK_EQ(area_taken(0), 2);
    forget(2);
    world_end();
}

TEST(direct, finds_another_frame_in_a_slot_that_it_knew)
{
    uint32_t h, reached;

    begin(1, 100);
    h = saved(40, 2);
    reached = world.reached;
    order(0, h, SLOT);
    CHECK_EQ(fill(1), ERR_OK);
    world_disks();
    CHECK_EQ(done(), 1);
    CHECK_EQ(world.reached, reached);
    world_forget(BANK, SLOT);
    order(0, h, SLOT);
    CHECK_EQ(fill(1), ERR_NOT_FOUND);
    world_page(BANK, SLOT, 1);
    CHECK_EQ(fill(1), ERR_OK);
    world_disks();
    CHECK_EQ(done(), 1);
    CHECK_EQ(world_look(BANK, SLOT), 40);
    forget(2);
    world_end();
}

TEST(direct, tells_what_could_not_be_read_or_written)
{
    struct swap_save_reply r;
    struct swap_get_reply g;
    uint32_t h;

    begin(1, 100);
    h = saved(40, 4);
    world.bad_read[0][1] = true;
    for (uint32_t i = 0; i < 4; i++)
        order(i, h + i, SLOT + i);
    CHECK_EQ(fill(4), ERR_OK);
    world_disks();
    CHECK_EQ(done(), 0xd);
    CHECK_EQ(get(h + 1, SWAP_OWN, &g), ERR_IO);
    CHECK_EQ(fill(4), ERR_OK); /* the others */
    world_disks();
    CHECK_EQ(done(), 0xd);

    for (uint32_t i = 4; i < 100; i++)
        world.bad_write[0][i] = i < 50;
    CHECK_EQ(save(4, &r), ERR_OK);
    world_disks();
    CHECK_EQ(done(), 0); /* tried twice each, at different places */
    CHECK_EQ(get(r.handle, SWAP_OWN, &g), ERR_IO);
    CHECK_EQ(world_look(BANK, SLOT + 2), 42);
    CHECK_EQ(drop(r.handle, 4), ERR_OK);
    memset(world.bad_write, 0, sizeof(world.bad_write));
    memset(world.bad_read, 0, sizeof(world.bad_read));
    forget(4);
    world_end();
}

TEST(direct, saves_what_there_is_room_for)
{
    struct swap_save_reply r;

    begin(1, 10);
    for (uint32_t i = 0; i < 16; i++) {
        world_page(BANK, SLOT + i, 70 + i);
        order(i, 0, SLOT + i);
    }
    CHECK_EQ(save(16, &r), ERR_OK);
    CHECK_EQ(r.got, 10);
    world_disks();
    CHECK_EQ(done(), 0x3ff);
    CHECK_EQ(save(16, &r), ERR_NO_SPACE);
    CHECK_EQ(drop(1, 10), ERR_OK);
    order(3, 0, SLOT + 20);
    CHECK_EQ(save(16, &r), ERR_OK);
    CHECK_EQ(r.got, 3); /* up to the first that is none */
    world_disks();
    CHECK_EQ(done(), 7);
    forget(16);
    world_end();
}

TEST(direct, allocates_nothing_to_save_and_to_fill)
{
    uint32_t h, free;

    begin(1, 100);
    h = saved(40, 32);
    free = world.free;
    world.free = 0;
    world.refuse = 1000;
    for (uint32_t round = 0; round < 20; round++) {
        struct swap_save_reply r;

        for (uint32_t i = 0; i < 32; i++)
            order(i, h + i, SLOT + i);
        CHECK_EQ(fill(32), ERR_OK);
        world_disks();
        CHECK_EQ(done(), UINT32_MAX);
        CHECK_EQ(drop(h, 32), ERR_OK);
        CHECK_EQ(save(32, &r), ERR_OK);
        CHECK_EQ(r.got, 32);
        world_disks();
        CHECK_EQ(done(), UINT32_MAX);
        h = r.handle;
    }
    CHECK_EQ(world.refuse, 1000);
    CHECK_EQ(world_look(BANK, SLOT + 31), 71);
    world.free = free;
    world.refuse = 0;
    forget(32);
    world_end();
}

TEST(direct, ends_with_its_session)
{
    struct swap_save_reply r;
    uint32_t h;

    begin(1, 100);
    h = saved(40, 20);
    world.stalled = true;
    order(0, h, SLOT);
    CHECK_EQ(fill(1), ERR_OK);
    order(0, 0, SLOT + 1);
    order(1, 0, SLOT + 2);
    CHECK_EQ(save(2, &r), ERR_OK);
    world_end(); /* with all that is under way */
    CHECK(!world.held[world.slot[BANK][SLOT].frame - 1]);
    CHECK(!world.held[world.slot[BANK][SLOT + 2].frame - 1]);
    forget(20);

    begin(1, 100); /* the same desk, and nothing on it */
    CHECK_EQ(world.desk->told, 0);
    CHECK_EQ(world.desk->order[0].slot, 0);
    world_end();
}

TEST(direct, leaves_a_device_that_goes_with_pages_on_their_way)
{
    struct swap_save_reply r;
    uint32_t left, h;

    begin(2, 100);
    world_page(BANK, SLOT, 40);
    world_page(BANK, SLOT + 1, 0);
    order(0, 0, SLOT);
    CHECK_EQ(save(1, &r), ERR_OK);
    h = r.handle;
    while (device_off(0, &left) != ERR_OK || left > 0)
        world_disks();
    world_disks();
    CHECK_EQ(done(), 1);
    CHECK_EQ(area_taken(1), 1);
    order(0, h, SLOT + 1);
    CHECK_EQ(fill(1), ERR_OK);
    world_disks();
    CHECK_EQ(done(), 1);
    CHECK_EQ(world_look(BANK, SLOT + 1), 40);
    forget(2);
    world_end();
}
