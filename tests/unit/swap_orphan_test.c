/* SPDX-License-Identifier: GPL-2.0-or-later */
/* swap_orphan_test.c - the store: pages that were taken by force, until their holders ask. */
#include "swap_world.h"

#include "cache.h"
#include "status.h"
#include "store.h"

#define BANK 1u

static cap_t session;

static void begin(void)
{
    world_begin(1, 100);
    session = world_session(BANK);
}

static enum err put_some(cap_t first, uint32_t count, uint32_t *handle, uint32_t *got)
{
    struct swap_put_req q = {.first = first, .count = count};
    struct swap_put_reply r = {0};
    enum err e = swap_put(session, &q, &r, NULL);

    *handle = r.handle;
    *got = r.got;
    return e;
}

/* Gets one page to write, waiting for the disk. */
static enum err get_one(uint32_t handle, cap_t slot, struct swap_get_reply *r)
{
    struct swap_get_req q = {.handle = handle, .count = 1, .how = SWAP_WRITE, .slot = slot};
    struct passing p = {.recv = slot, .recv_count = 1};
    enum err e = swap_get(session, &q, r, &p);

    if (e == ERR_PENDING) {
        world_disks();
        e = swap_get(session, &q, r, &p);
    }
    return e;
}

/* How it came. */
static uint32_t given(uint32_t handle, cap_t slot)
{
    struct swap_get_reply r = {0};

    CHECK_EQ(get_one(handle, slot, &r), ERR_OK);
    return r.given;
}

/* Pages in slots from 100 on, which are taken by force. */
static void taken(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        world_page(BANK, 100 + i, 700 + i);
        world_force(BANK, 100 + i);
    }
    world_pressure();
}

TEST(swap, keeps_what_was_taken_by_force_until_its_holder_asks)
{
    uint32_t handle, got;

    begin();
    for (unsigned i = 0; i < 10; i++)
        world_page(BANK, 100 + i, 700 + i);
    for (unsigned i = 2; i < 6; i++)
        world_force(BANK, 100 + i);
    world_pressure();
    CHECK_EQ(world.taken_count, 0);
    CHECK(world.told_room > 0 && world.told_room <= 100);
    world_audit();
    CHECK_EQ(put_some(102, 8, &handle, &got), ERR_OK);
    CHECK_EQ(got, 4); /* of one kind */
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQ(given(handle + i, 200 + i), SWAP_GIVEN);
        CHECK_EQ(world_look(BANK, 200 + i), 702 + i);
    }
    CHECK_EQ(put_some(102, 1, &handle, &got), ERR_BAD_HANDLE); /* it is asked for once */
    world_end();
}

TEST(swap, writes_what_was_taken_by_force_and_reads_it_back)
{
    uint32_t handle, got;

    begin();
    taken(8);
    world_disks();
    CHECK_EQ(status->out, 8);
    world.free = 0;
    world_pressure();
    CHECK_EQ(cache_frames(), 0);
    CHECK_EQ(put_some(107, 1, &handle, &got), ERR_OK);
    CHECK_EQ(given(handle, 200), SWAP_GIVEN);
    CHECK_EQ(world_look(BANK, 200), 707);
    world_end(); /* finds nothing of the others */
}

TEST(swap, lets_a_page_taken_from_a_slot_succeed_the_one_before)
{
    uint32_t handle, got;

    begin();
    for (unsigned i = 0; i < 3; i++) {
        world_page(BANK, 100, 700 + i);
        world_force(BANK, 100);
        world_pressure();
    }
    world_disks();
    CHECK_EQ(pages_used(), 1);
    CHECK_EQ(put_some(100, 1, &handle, &got), ERR_OK);
    CHECK_EQ(given(handle, 200), SWAP_GIVEN);
    CHECK_EQ(world_look(BANK, 200), 702);
    world_end();
}

TEST(swap, loses_of_what_was_taken_only_what_the_disk_refuses_and_tells_its_holder)
{
    struct swap_get_reply r;
    uint32_t handle, got;

    begin();
    world.bad_write[0][3] = world.bad_write[0][8] = true; /* its place, and the next it is given */
    taken(8);
    world_disks();
    world_disks();
    CHECK_EQ(status->lost, 1);
    CHECK_EQ(status->out, 7);
    world_audit();
    for (unsigned i = 0; i < 8; i++) {
        CHECK_EQ(put_some(100 + i, 1, &handle, &got), ERR_OK);
        if (i == 3) {
            CHECK_EQ(get_one(handle, 200 + i, &r), ERR_IO);
            CHECK_EQ(get_one(handle, 200 + i, &r), ERR_IO); /* each time */
            continue;
        }
        CHECK_EQ(given(handle, 200 + i), SWAP_GIVEN);
        CHECK_EQ(world_look(BANK, 200 + i), 700 + i);
    }
    world_end();
}

TEST(swap, tells_the_holder_of_a_page_that_was_taken_that_it_cannot_be_read)
{
    struct swap_get_reply r;
    uint32_t handle, got;

    begin();
    taken(8);
    world_disks();
    world.free = 0;
    world_pressure();
    world.bad_read[0][5] = true;
    CHECK_EQ(put_some(105, 1, &handle, &got), ERR_OK);
    CHECK_EQ(get_one(handle, 205, &r), ERR_IO);
    CHECK_EQ(put_some(106, 1, &handle, &got), ERR_OK);
    CHECK_EQ(given(handle, 206), SWAP_GIVEN);
    CHECK_EQ(world_look(BANK, 206), 706);
    CHECK_EQ(status->lost, 1);
    world_end();
}

TEST(swap, outlives_a_disk_that_takes_nothing_of_what_was_taken_by_force)
{
    struct swap_get_reply r;
    uint32_t handle, got;

    begin();
    memset(world.bad_write, true, sizeof(world.bad_write));
    taken(20);
    world_disks();
    world_disks();
    CHECK_EQ(status->lost, 20);
    CHECK_EQ(put_some(110, 1, &handle, &got), ERR_OK);
    CHECK_EQ(get_one(handle, 200, &r), ERR_IO);
    memset(world.bad_write, false, sizeof(world.bad_write));
    taken(1);
    world_disks();
    CHECK_EQ(put_some(100, 1, &handle, &got), ERR_OK);
    CHECK_EQ(given(handle, 200), SWAP_GIVEN);
    CHECK_EQ(world_look(BANK, 200), 700);
    world_end(); /* finds nothing of those that nobody asked for */
}

TEST(swap, has_a_page_that_was_taken_before_its_capability_arrived)
{
    struct swap_get_reply r = {0};
    uint32_t handle, got;

    begin();
    world_page(BANK, 100, 700);
    CHECK_EQ(put_some(100, 1, &handle, &got), ERR_OK);
    world.greedy = true;
    CHECK_EQ(get_one(handle, 200, &r), ERR_OK);
    CHECK_EQ(r.got, 1);
    world.greedy = false;
    world_pressure();
    CHECK_EQ(world.taken_count, 0);
    CHECK_EQ(put_some(200, 1, &handle, &got), ERR_OK); /* its holder misses it */
    CHECK_EQ(given(handle, 300), SWAP_GIVEN);
    CHECK_EQ(world_look(BANK, 300), 700);
    world_end();
}

static enum err forget(cap_t first, uint32_t count, uint32_t *gone)
{
    struct swap_forget_req q = {.first = first, .count = count};
    struct swap_forget_reply r = {0};
    enum err e = swap_forget(session, &q, &r, NULL);

    *gone = r.forgotten;
    return e;
}

TEST(swap, forgets_what_was_taken_from_slots_that_are_used_again)
{
    uint32_t handle, got, gone;

    begin();
    taken(4);
    CHECK_EQ(forget(90, 12, &gone), ERR_OK);
    CHECK_EQ(gone, 2);
    CHECK_EQ(forget(100, 2, &gone), ERR_BAD_HANDLE);
    CHECK_EQ(forget(100, 0, &gone), ERR_BAD_ARG);
    CHECK_EQ(forget(100, SWAP_FORGET_MAX + 1, &gone), ERR_BAD_ARG);
    world_page(BANK, 100, 800);
    CHECK_EQ(put_some(100, 1, &handle, &got), ERR_OK);
    CHECK_EQ(given(handle, 200), SWAP_GIVEN);
    CHECK_EQ(world_look(BANK, 200), 800);
    CHECK_EQ(forget(102, SWAP_FORGET_MAX, &gone), ERR_OK);
    CHECK_EQ(gone, 2);
    world_disks(); /* what was under way ends */
    CHECK_EQ(pages_used(), 0);
    world_end();
}

TEST(swap, leaves_what_was_taken_where_it_is_when_there_is_no_room)
{
    uint32_t handle, got;

    begin();
    for (unsigned i = 0; i < 96; i++)
        world_page(BANK, 100 + i, 500 + i);
    for (unsigned i = 0; i < 96; i += got)
        CHECK_EQ(put_some(100 + i, 32, &handle, &got), ERR_OK);
    for (unsigned i = 0; i < 8; i++) {
        world_page(BANK, 300 + i, 700 + i);
        world_force(BANK, 300 + i);
    }
    world_pressure();
    CHECK(world.taken_count > 0);
    CHECK_EQ(world.told_room, 0);
    world_audit();
    world.taken_count = 0; /* nobody asks for them here */
    world_end();
}

TEST(swap, takes_from_a_deaf_client_for_ever)
{
    uint32_t handle, got;

    begin();
    for (unsigned i = 0; i < 500; i++) {
        world_page(BANK, 100, 700 + i);
        world_force(BANK, 100);
        world_pressure();
        CHECK(world.told_room > 0);
        CHECK_EQ(put_some(100, 1, &handle, &got), ERR_OK);
        CHECK_EQ(given(handle, 200), SWAP_GIVEN);
        CHECK_EQ(world_look(BANK, 200), 700 + i);
        world_forget(BANK, 200);
    }
    world_end();
}

TEST(swap, keeps_as_many_pages_of_a_deaf_client_as_it_has_places)
{
    const unsigned rounds = WORLD_BANKS - 1, slots = 800;
    uint32_t handle, got;
    cap_t of[WORLD_BANKS];

    world_begin(1, 3000);
    for (unsigned b = 1; b <= rounds; b++) {
        session = of[b] = world_session(b);
        for (unsigned i = 0; i < slots; i++) {
            world_page(b, 100 + i, 1000 * b + i);
            CHECK(world.told_room > 0);
            world_force(b, 100 + i);
            if (i % 32 == 31) {
                world_pressure();
                world_disks();
                world.free = 0; /* so that each frame goes when it is written */
                world_pressure();
            }
        }
    }
    for (unsigned b = 1; b <= rounds; b++) {
        session = of[b];
        for (unsigned i = 0; i < slots; i += 7) {
            CHECK_EQ(put_some(100 + i, 1, &handle, &got), ERR_OK);
            CHECK_EQ(given(handle, 50), SWAP_GIVEN);
            CHECK_EQ(world_look(b, 50), 1000 * b + i);
            world_forget(b, 50);
        }
    }
    world_end();
}
