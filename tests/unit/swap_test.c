/* SPDX-License-Identifier: GPL-2.0-or-later */
/* swap_test.c - the store: counting, clusters, errors, exhaustion, sessions, objects, swapoff. */
#include "swap_world.h"

#include "cache.h"
#include "off.h"
#include "session.h"
#include "status.h"
#include "store.h"

#define BANK  1u
#define CHILD 2u

static cap_t session;

static void begin(unsigned disks, uint32_t places)
{
    world_begin(disks, places);
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

/* Pages with contents first, first + 1 ... are put; the first handle. */
static uint32_t put_pages_of(uint32_t first, uint32_t count)
{
    uint32_t handle, got;

    for (uint32_t i = 0; i < count; i++)
        world_page(BANK, 100 + i, first + i);
    CHECK_EQ(put_some(100, count, &handle, &got), ERR_OK);
    CHECK_EQ(got, count);
    for (uint32_t i = 0; i < count; i++)
        CHECK_EQ(world_look(BANK, 100 + i), 0);
    return handle;
}

static enum err get_as(cap_t who, uint32_t handle, uint32_t count, uint32_t how, cap_t slot,
                       struct swap_get_reply *r)
{
    struct swap_get_req q = {.handle = handle, .count = count, .how = how, .slot = slot};
    struct passing p = {.recv = slot, .recv_count = (uint8_t)count};

    return swap_get(who, &q, r, &p);
}

/* Gets one page, waiting for the disk; how it came. */
static uint32_t got_as(cap_t who, uint32_t handle, uint32_t how, cap_t slot)
{
    struct swap_get_reply r = {0};
    enum err e = get_as(who, handle, 1, how, slot, &r);

    for (unsigned i = 0; e == ERR_PENDING && i < 2; i++) { /* all requests may be under way */
        world_disks();
        e = get_as(who, handle, 1, how, slot, &r);
    }
    CHECK_EQ(e, ERR_OK);
    CHECK_EQ(r.got, 1);
    return r.given;
}

static enum err drop(cap_t who, uint32_t handle, uint32_t count)
{
    struct swap_drop_req q = {.handle = handle, .count = count};
    struct swap_drop_reply r;

    return swap_drop(who, &q, &r, NULL);
}

static uint32_t dup(uint32_t handle, uint32_t count)
{
    struct swap_dup_req q = {.handle = handle, .count = count};
    struct swap_dup_reply r;

    CHECK_EQ(swap_dup(session, &q, &r, NULL), ERR_OK);
    CHECK_EQ(r.got, count);
    return r.handle;
}

static struct swap_look_reply look(cap_t who, uint32_t handle)
{
    struct swap_look_req q = {.handle = handle};
    struct swap_look_reply r = {0};

    CHECK_EQ(swap_look(who, &q, &r, NULL), ERR_OK);
    return r;
}

static enum err flush(void)
{
    struct swap_flush_req q = {0};
    struct swap_flush_reply r;

    return swap_flush(session, &q, &r, NULL);
}

/* All is on disk, and no frame of it in memory. */
static void out(void)
{
    CHECK_EQ(flush(), ERR_PENDING);
    world_disks();
    CHECK_EQ(flush(), ERR_OK);
    cache_evict(WORLD_FRAMES);
    CHECK_EQ(cache_count(FRAME_CLEAN), 0);
    world_pressure(); /* there is none, but it gives back what is free */
}

/* ---- put, get ---- */

TEST(swap, gives_a_page_back_that_was_not_written_yet)
{
    uint32_t h;

    begin(1, 100);
    h = put_pages_of(500, 3);
    CHECK_EQ(got_as(session, h + 1, SWAP_WRITE, 7), SWAP_GIVEN);

    CHECK_EQ(world_look(BANK, 7), 501);
    world_write(BANK, 7, 9);
    CHECK_EQ(world.requests, 0);
    CHECK_EQ(drop(session, h + 1, 1), ERR_BAD_HANDLE);
    CHECK_EQ(status->hits, 1);
    world_end();
}

TEST(swap, writes_whole_clusters_in_one_request)
{
    begin(1, 100);
    put_pages_of(500, 15);
    CHECK_EQ(world.requests, 0);
    put_pages_of(600, 1);
    CHECK_EQ(world.requests, 1);
    world_disks();
    CHECK_EQ(status->out, 16);
    world_end();
}

TEST(swap, writes_what_there_is_when_memory_is_short)
{
    begin(1, 100);
    world.free = WORLD_LOW;
    put_pages_of(500, 3);
    CHECK_EQ(world.requests, 1);
    world_disks();
    CHECK_EQ(status->out, 3);
    CHECK_EQ(cache_count(FRAME_CLEAN), 0); /* their frames are for others now */
    world_end();
}

TEST(swap, reads_a_page_and_what_is_named_beside_it_in_one_request)
{
    struct swap_get_req q;
    struct swap_get_reply r = {0};
    struct passing p = {.recv = 7, .recv_count = 1};
    uint32_t h;

    begin(1, 100);
    h = put_pages_of(500, 16);
    out();
    world.requests = 0;
    q = (struct swap_get_req){.handle = h + 2,
                              .count = 1,
                              .how = SWAP_OWN,
                              .slot = 7,
                              .ahead = {SWAP_AHEAD(h + 3, 4), SWAP_AHEAD(h + 10, 1)}};
    CHECK_EQ(swap_get(session, &q, &r, &p), ERR_PENDING);
    world_disks();

    CHECK_EQ(world.signals[BANK], 2); /* for the flush, and for this */
    CHECK_EQ(world.requests, 2);
    CHECK_EQ(status->in, 6);
    CHECK_EQ(swap_get(session, &q, &r, &p), ERR_OK);
    CHECK_EQ(world_look(BANK, 7), 502);
    CHECK_EQ(r.hit, 0);
    CHECK_EQ(got_as(session, h + 10, SWAP_OWN, 8), SWAP_KEPT);
    CHECK_EQ(world_look(BANK, 8), 510);
    CHECK_EQ(status->hits, 1);
    CHECK_EQ(status->misses, 1);
    CHECK_EQ(status->read_ahead, 5);
    world_end();
}

TEST(swap, keeps_the_handle_of_a_page_that_is_on_disk_as_well)
{
    uint32_t h;

    begin(1, 100);
    h = put_pages_of(500, 1);
    out();
    CHECK_EQ(got_as(session, h, SWAP_OWN, 7), SWAP_KEPT);
    CHECK_EQ(world_look(BANK, 7), 500);
    CHECK_EQ(look(session, h).state, SWAP_ON_DISK);

    world_forget(BANK, 7);
    CHECK_EQ(got_as(session, h, SWAP_WRITE, 7), SWAP_GIVEN);
    CHECK_EQ(world_look(BANK, 7), 500);
    CHECK_EQ(status->pages, 0);
    world_end();
}

TEST(swap, lends_to_read_and_takes_back)
{
    uint32_t h;

    begin(1, 100);
    h = put_pages_of(500, 1);
    CHECK_EQ(got_as(session, h, SWAP_READ, 7), SWAP_LENT);
    CHECK_EQ(world_look(BANK, 7), 500);
    CHECK_EQ(world.slot[BANK][7].rights & RIGHT_WRITE, 0);

    CHECK_EQ(drop(session, h, 1), ERR_OK);
    CHECK_EQ(world_look(BANK, 7), 0);
    world_end();
}

TEST(swap, passes_over_a_lent_page_that_was_used)
{
    uint32_t h;

    begin(1, 100);
    h = put_pages_of(500, 2);
    CHECK_EQ(flush(), ERR_PENDING);
    world_disks();
    CHECK_EQ(got_as(session, h, SWAP_READ, 7), SWAP_LENT);
    CHECK_EQ(got_as(session, h + 1, SWAP_READ, 8), SWAP_LENT);
    world_look(BANK, 7);

    CHECK_EQ(cache_evict(1), 1);

    CHECK_EQ(world_look(BANK, 7), 500);
    CHECK_EQ(world_look(BANK, 8), 0);
    world_end();
}

TEST(swap, gives_pages_of_a_run_that_come_the_same_way)
{
    struct swap_get_reply r = {0};
    uint32_t h;

    begin(1, 100);
    h = put_pages_of(500, 6);
    dup(h + 3, 1);
    CHECK_EQ(get_as(session, h, 6, SWAP_OWN, 10, &r), ERR_OK);
    CHECK_EQ(r.got, 3);
    CHECK_EQ(r.given, SWAP_GIVEN);
    for (uint32_t i = 0; i < 3; i++)
        CHECK_EQ(world_look(BANK, 10 + i), 500 + i);
    CHECK_EQ(get_as(session, h + 3, 3, SWAP_OWN, 20, &r), ERR_OK);
    CHECK_EQ(r.got, 1);
    CHECK_EQ(r.given, SWAP_LENT);
    world_end();
}

TEST(swap, waits_for_a_write_under_way_before_it_gives_the_frame)
{
    struct swap_get_reply r = {0};
    uint32_t h, before;

    begin(1, 100);
    h = put_pages_of(500, 16);
    CHECK_EQ(cache_count(FRAME_WRITING), 16);
    CHECK_EQ(got_as(session, h, SWAP_READ, 6), SWAP_LENT);
    before = world.signals[BANK];
    CHECK_EQ(get_as(session, h, 1, SWAP_WRITE, 7, &r), ERR_PENDING);
    world_disks();
    CHECK_EQ(world.signals[BANK], before + 1);
    CHECK_EQ(get_as(session, h, 1, SWAP_WRITE, 7, &r), ERR_OK);
    CHECK_EQ(world_look(BANK, 7), 500);
    world_end();
}

TEST(swap, frees_a_page_dropped_while_it_is_written_or_read)
{
    struct swap_get_reply r;
    uint32_t h;

    begin(1, 100);
    h = put_pages_of(500, 16);
    CHECK_EQ(drop(session, h, 8), ERR_OK);
    world_disks();
    CHECK_EQ(status->pages, 8);
    cache_evict(WORLD_FRAMES);
    CHECK_EQ(get_as(session, h + 8, 8, SWAP_READ, 7, &r), ERR_PENDING);
    CHECK_EQ(drop(session, h + 8, 4), ERR_OK);
    world_disks();
    CHECK_EQ(status->pages, 4);
    world_end();
}

TEST(swap, refuses_what_is_malformed)
{
    struct swap_get_reply r;
    uint32_t h, got;

    begin(1, 100);
    world_page(BANK, 5, 1);
    CHECK_EQ(put_some(5, 0, &h, &got), ERR_BAD_ARG);
    CHECK_EQ(put_some(5, SWAP_PUT_MAX + 1, &h, &got), ERR_BAD_ARG);
    CHECK_EQ(put_some(6, 1, &h, &got), ERR_BAD_HANDLE);
    CHECK_EQ(put_some(5, 2, &h, &got), ERR_OK);
    CHECK_EQ(got, 1);
    CHECK_EQ(get_as(session, h, 0, SWAP_READ, 7, &r), ERR_BAD_ARG);
    CHECK_EQ(get_as(session, h, SWAP_GET_MAX + 1, SWAP_READ, 7, &r), ERR_BAD_ARG);
    CHECK_EQ(get_as(session, h, 1, SWAP_OWN + 1, 7, &r), ERR_BAD_ARG);
    CHECK_EQ(get_as(session, 0, 1, SWAP_READ, 7, &r), ERR_BAD_HANDLE);
    CHECK_EQ(get_as(session, h + 1, 1, SWAP_READ, 7, &r), ERR_BAD_HANDLE);
    CHECK_EQ(get_as(session, ~0u, 1, SWAP_READ, 7, &r), ERR_BAD_HANDLE);
    CHECK_EQ(drop(session, 0, 1), ERR_BAD_ARG);
    CHECK_EQ(drop(session, SWAP_HANDLE_MAX, 2), ERR_BAD_ARG);
    CHECK_EQ(drop(session, h, SWAP_RUN_LIMIT + 1), ERR_BAD_ARG);
    CHECK_EQ(drop(session, h + 1, 5), ERR_BAD_HANDLE);
    CHECK_EQ(drop(WORLD_MAKER, h, 1), ERR_REFUSED);
    CHECK_EQ(drop(session ^ 0x10000, h, 1), ERR_REFUSED);
    world_end();
}

TEST(swap, changes_nothing_when_the_client_has_no_room_or_its_slot_is_taken)
{
    struct swap_get_reply r;
    uint32_t h;

    begin(1, 100);
    h = put_pages_of(500, 1);
    world_page(BANK, 7, 1);
    CHECK_EQ(get_as(session, h, 1, SWAP_WRITE, 7, &r), ERR_NOT_EMPTY);
    world.room = 0;
    CHECK_EQ(get_as(session, h, 1, SWAP_WRITE, 8, &r), ERR_LIMIT);
    world.room = 1;
    CHECK_EQ(got_as(session, h, SWAP_WRITE, 8), SWAP_GIVEN);
    CHECK_EQ(world_look(BANK, 8), 500);
    world_end();
}

/* ---- counting ---- */

TEST(swap, copies_for_all_but_the_last_holder)
{
    uint32_t h, d;

    begin(1, 100);
    h = put_pages_of(500, 1);
    d = dup(h, 1);
    CHECK_EQ(look(session, h).count, 2);
    CHECK_EQ(got_as(session, h, SWAP_WRITE, 7), SWAP_GIVEN);
    world_write(BANK, 7, 8);
    CHECK_EQ(status->copied, 1);
    CHECK_EQ(look(session, d).count, 1);

    CHECK_EQ(got_as(session, d, SWAP_WRITE, 9), SWAP_GIVEN);

    CHECK_EQ(world_look(BANK, 9), 500);
    CHECK_EQ(world_look(BANK, 7), 8);
    CHECK_EQ(status->copied, 1);
    world_end();
}

TEST(swap, writes_a_page_of_forty_holders_once)
{
    cap_t other[2];
    uint32_t h;

    begin(1, 100);
    other[0] = world_session(CHILD);
    h = put_pages_of(500, 1);
    for (unsigned i = 0; i < 39; i++)
        dup(h, 1);
    out();
    CHECK_EQ(status->out, 1);
    CHECK_EQ(look(session, h + 39).count, 40);
    CHECK_EQ(status->pages, 1);
    (void)other;
    world_end();
}

TEST(swap, counts_no_further_than_it_can)
{
    struct swap_dup_req q = {.count = 1};
    struct swap_dup_reply r;
    uint32_t h;
    enum err e = ERR_OK;

    begin(1, 100);
    h = put_pages_of(500, 1);
    q.handle = h;
    for (uint32_t i = 1; i < PAGE_COUNT_MAX && e == ERR_OK; i += r.got)
        e = swap_dup(session, &q, &r, NULL);
    CHECK_EQ(e, ERR_OK);
    CHECK_EQ(swap_dup(session, &q, &r, NULL), ERR_LIMIT);
    CHECK_EQ(look(session, h).count, PAGE_COUNT_MAX);
    world_end();
}

/* ---- sessions ---- */

static enum err clone_of(cap_t from, cap_t *made)
{
    struct swap_clone_req q = {.from = from, .bit = CHILD, .bank = CHILD};
    struct swap_clone_reply r;
    struct passing p = {.send = OBJ_NOTIFICATION | RIGHT_WRITE << 8, .send_count = 1};
    enum err e = swap_clone(WORLD_MAKER, &q, &r, &p);

    *made = p.recv;
    if (e == ERR_OK)
        world_adopt(r.session, CHILD);
    return e;
}

TEST(swap, clones_a_session_under_the_same_handles)
{
    cap_t child;
    uint32_t h;

    begin(1, 100);
    h = put_pages_of(500, 20);
    CHECK_EQ(clone_of(session, &child), ERR_OK);

    CHECK_EQ(look(child, h + 19).count, 2);
    CHECK_EQ(got_as(child, h + 4, SWAP_OWN, 7), SWAP_LENT);
    CHECK_EQ(world_look(CHILD, 7), 504);
    CHECK_EQ(got_as(child, h + 4, SWAP_WRITE, 8), SWAP_GIVEN);
    world_write(CHILD, 8, 1);
    CHECK_EQ(got_as(session, h + 4, SWAP_WRITE, 9), SWAP_GIVEN);
    CHECK_EQ(world_look(BANK, 9), 504);
    CHECK_EQ(status->copied, 1);
    CHECK_EQ(world_look(CHILD, 7), 0); /* it was the last holder's to write */
    world_end();
}

TEST(swap, drops_all_that_a_dead_session_had)
{
    struct swap_end_req q;
    struct swap_end_reply r;
    struct swap_get_reply g;
    cap_t child;
    uint32_t h;

    begin(1, 100);
    h = put_pages_of(500, 32);
    CHECK_EQ(clone_of(session, &child), ERR_OK);
    out();
    CHECK_EQ(get_as(child, h, 4, SWAP_OWN, 7, &g), ERR_PENDING); /* and dies */
    q.session = child;
    CHECK_EQ(swap_end(WORLD_MAKER + 1, &q, &r, NULL), ERR_BAD_HANDLE);
    CHECK_EQ(swap_end(session, &q, &r, NULL), ERR_REFUSED);
    CHECK_EQ(swap_end(WORLD_MAKER, &q, &r, NULL), ERR_OK);
    CHECK_EQ(r.handles, 32);
    CHECK_EQ(swap_end(WORLD_MAKER, &q, &r, NULL), ERR_BAD_HANDLE);
    world_disks();
    CHECK_EQ(look(session, h).count, 1);
    CHECK_EQ(drop(child, h, 1), ERR_REFUSED);
    world_end();
}

TEST(swap, refuses_a_session_without_a_notification_that_can_be_signalled)
{
    struct swap_session_req q = {.bit = 1};
    struct swap_session_reply r;
    struct passing p = {.send = OBJ_FRAME | RIGHT_WRITE << 8, .send_count = 1};

    begin(0, 0);
    CHECK_EQ(swap_session(WORLD_MAKER, &q, &r, &p), ERR_WRONG_TYPE);
    p.send = OBJ_NOTIFICATION | RIGHT_READ << 8;
    CHECK_EQ(swap_session(WORLD_MAKER, &q, &r, &p), ERR_NO_RIGHT);
    p.send_count = 0;
    CHECK_EQ(swap_session(WORLD_MAKER, &q, &r, &p), ERR_BAD_ARG);
    p = (struct passing){.send = OBJ_NOTIFICATION | RIGHT_WRITE << 8, .send_count = 1};
    q.bit = 32;
    CHECK_EQ(swap_session(WORLD_MAKER, &q, &r, &p), ERR_BAD_ARG);
    CHECK_EQ(swap_session(session, &q, &r, &p), ERR_REFUSED);
    CHECK_EQ(status->sessions, 1);
    world_end();
}

TEST(swap, reads_for_a_session_no_more_at_once_than_its_credits)
{
    struct swap_get_reply r;
    uint32_t h[2];

    begin(1, 100);
    h[0] = put_pages_of(500, 32);
    h[1] = put_pages_of(600, 32);
    out();
    for (uint32_t i = 0; i < WANTS; i++) /* none of them comes for it */
        CHECK_EQ(get_as(session, h[0] + i, 1, SWAP_OWN, 7, &r), ERR_PENDING);
    CHECK(cache_count(FRAME_READING) <= WANTS);
    world_disks();
    for (uint32_t i = 0; i < WANTS; i++) {
        get_as(session, h[1] + i, 1, SWAP_OWN, 7, &r);
        world_disks();
    }
    world.free = 0;
    world_pressure();
    CHECK(cache_frames() <= WANTS); /* what was promised stays, but no more */
    world_end();
}

/* ---- exhaustion ---- */

TEST(swap, without_a_disk_refuses_to_take_and_keeps_nothing)
{
    uint32_t h, got;

    begin(0, 0);
    world_page(BANK, 5, 42);
    CHECK_EQ(put_some(5, 1, &h, &got), ERR_NO_SPACE);
    CHECK_EQ(world_look(BANK, 5), 42);
    world_end();
}

TEST(swap, takes_as_many_pages_as_the_disk_has_and_no_more)
{
    uint32_t h, got, first;

    begin(1, 40);
    first = put_pages_of(500, 32);
    for (uint32_t i = 0; i < 16; i++)
        world_page(BANK, 200 + i, 600 + i);
    CHECK_EQ(put_some(200, 16, &h, &got), ERR_OK);
    CHECK_EQ(got, 8);
    CHECK_EQ(put_some(208, 8, &h, &got), ERR_NO_SPACE);
    CHECK_EQ(world_look(BANK, 208), 608);
    world_disks();
    CHECK_EQ(drop(session, first, 1), ERR_OK);
    CHECK_EQ(put_some(208, 8, &h, &got), ERR_OK);
    CHECK_EQ(got, 1);
    world_end();
}

TEST(swap, says_pending_when_the_disk_is_far_behind)
{
    uint32_t h, got, handle = 0;
    enum err e = ERR_OK;

    begin(1, 3000);
    world.stalled = true;
    for (uint32_t n = 0; n < 2000 && e == ERR_OK; n += got) {
        for (uint32_t i = 0; i < 32; i++)
            world_page(BANK, 100 + i, n + i);
        e = put_some(100, 32, &h, &got);
        for (uint32_t i = 0; i < 32; i++)
            world_forget(BANK, 100 + i);
        handle = n == 0 ? h : handle;
        got = 32;
    }
    CHECK_EQ(e, ERR_PENDING);
    world.signals[BANK] = 0;
    world_disks();
    CHECK(world.signals[BANK] > 0);
    world_page(BANK, 100, 77);
    CHECK_EQ(put_some(100, 1, &h, &got), ERR_OK);
    CHECK_EQ(got_as(session, handle + 31, SWAP_READ, 7), SWAP_LENT);
    CHECK_EQ(world_look(BANK, 7), 31);
    world_end();
}

TEST(swap, puts_and_gets_when_no_frame_is_free)
{
    uint32_t h[40];

    begin(1, 1000);
    world.free = 0;
    world.room = 100;
    for (uint32_t i = 0; i < 40; i++) { /* one frame goes around */
        world.free = i == 0;
        if (i > 0)
            world_forget(BANK, 7);
        h[i] = put_pages_of(500 + i, 1);
        world_disks();
        if (i > 0)
            CHECK_EQ(got_as(session, h[i - 1], SWAP_OWN, 7), SWAP_KEPT);
        if (i > 0)
            CHECK_EQ(world_look(BANK, 7), 499 + i);
    }
    world_end();
}

TEST(swap, says_that_there_is_no_memory_to_read_into)
{
    struct swap_get_reply r;
    uint32_t h;

    begin(1, 100);
    h = put_pages_of(500, 1);
    out();
    world.free = 0;
    world_pressure();
    CHECK_EQ(cache_frames(), 0);
    world.free = 0;
    CHECK_EQ(get_as(session, h, 1, SWAP_OWN, 7, &r), ERR_NO_MEMORY);
    world.free = 1;
    CHECK_EQ(got_as(session, h, SWAP_OWN, 7), SWAP_KEPT);
    world_end();
}

/* ---- errors ---- */

TEST(swap, tells_a_page_that_cannot_be_read_and_loses_no_other)
{
    struct swap_get_reply r;
    uint32_t h, d;

    begin(1, 100);
    h = put_pages_of(500, 16);
    d = dup(h + 5, 1);
    out();
    world.bad_read[0][5] = true;
    CHECK_EQ(get_as(session, h, 16, SWAP_OWN, 7, &r), ERR_PENDING);
    world_disks();

    CHECK_EQ(get_as(session, h, 16, SWAP_OWN, 7, &r), ERR_OK);
    CHECK_EQ(r.got, 5);
    CHECK_EQ(get_as(session, h + 5, 1, SWAP_OWN, 30, &r), ERR_IO);
    CHECK_EQ(get_as(session, d, 1, SWAP_READ, 30, &r), ERR_IO);
    CHECK_EQ(look(session, d).state, SWAP_LOST);
    CHECK_EQ(got_as(session, h + 6, SWAP_OWN, 30), SWAP_KEPT);
    CHECK_EQ(world_look(BANK, 30), 506);
    CHECK_EQ(status->lost, 1);
    CHECK_EQ(drop(session, h + 5, 1), ERR_OK);
    CHECK_EQ(drop(session, d, 1), ERR_OK);
    world_end();
}

TEST(swap, writes_elsewhere_what_a_bad_place_refuses)
{
    uint32_t h;

    begin(1, 100);
    world.bad_write[0][3] = true;
    h = put_pages_of(500, 16);
    out();
    CHECK_EQ(status->lost, 0);
    CHECK_EQ(status->out, 16);
    for (uint32_t i = 0; i < 16; i++) {
        CHECK_EQ(got_as(session, h + i, SWAP_OWN, 10 + i), SWAP_KEPT);
        CHECK_EQ(world_look(BANK, 10 + i), 500 + i);
    }
    CHECK_EQ(status->slots_free, 100 - 17);
    world_end();
}

TEST(swap, loses_pages_to_a_device_that_takes_nothing_and_goes_on)
{
    struct swap_get_reply r;
    uint32_t h, got;

    begin(1, 100);
    memset(world.bad_write, true, sizeof(world.bad_write));
    h = put_pages_of(500, 16);
    world_disks();
    world_disks();
    CHECK_EQ(status->lost, 16);
    CHECK_EQ(get_as(session, h, 1, SWAP_OWN, 7, &r), ERR_IO);
    memset(world.bad_write, false, sizeof(world.bad_write));
    world_page(BANK, 50, 7);
    CHECK_EQ(put_some(50, 1, &h, &got), ERR_OK);
    CHECK_EQ(flush(), ERR_PENDING);
    world_disks();
    CHECK_EQ(flush(), ERR_OK);
    world_end();
}

/* ---- pins ---- */

static enum err pin(uint32_t handle, uint32_t on)
{
    struct swap_pin_req q = {.handle = handle, .pin = on};
    struct swap_pin_reply r;

    return swap_pin(session, &q, &r, NULL);
}

TEST(swap, keeps_a_pinned_page_in_memory)
{
    uint32_t h;

    begin(1, 100);
    h = put_pages_of(500, 2);
    out();
    CHECK_EQ(pin(h, 1), ERR_PENDING);
    world_disks();
    CHECK_EQ(pin(h, 1), ERR_OK);
    CHECK_EQ(pin(h, 1), ERR_OK);
    world.free = 0;
    world_pressure();
    CHECK_EQ(look(session, h).state, SWAP_IN_MEMORY | SWAP_ON_DISK | SWAP_PINNED);

    CHECK_EQ(pin(h, 0), ERR_OK);
    world_pressure();
    CHECK_EQ(look(session, h).state, SWAP_ON_DISK);
    CHECK_EQ(pin(h, 2), ERR_BAD_ARG);
    CHECK_EQ(pin(h + 2, 1), ERR_BAD_HANDLE);
    world_end();
}

/* ---- devices ---- */

static enum err off(uint32_t device, uint32_t *left)
{
    struct swap_off_req q = {.device = device, .session = session};
    struct swap_off_reply r = {0};
    enum err e = swap_off(WORLD_MAKER, &q, &r, NULL);

    *left = r.left;
    return e;
}

TEST(swap, takes_a_device_out_of_use_and_loses_nothing)
{
    uint32_t h[3], left;
    enum err e;

    begin(2, 200);
    for (unsigned i = 0; i < 3; i++)
        h[i] = put_pages_of(1000 * i, 32);
    out();
    CHECK_EQ(got_as(session, h[0], SWAP_OWN, 7), SWAP_KEPT); /* has no frame, and a place */
    for (unsigned rounds = 0; (e = off(0, &left)) == ERR_PENDING; rounds++) {
        CHECK(rounds < 100);
        world_disks();
    }
    CHECK_EQ(e, ERR_OK);
    CHECK_EQ(left, 0);
    CHECK_EQ(status->slots, 200);
    world_disks();
    memset(world.disk[0], 0xff, sizeof(world.disk[0]));
    cache_evict(WORLD_FRAMES);
    for (unsigned i = 0; i < 3; i++)
        for (uint32_t j = 0; j < 32; j++) {
            got_as(session, h[i] + j, SWAP_READ, 8);
            CHECK_EQ(world_look(BANK, 8), 1000 * i + j);
            CHECK_EQ(drop(session, h[i] + j, 1), ERR_OK);
        }
    CHECK_EQ(off(0, &left), ERR_NOT_FOUND);
    world_end();
}

TEST(swap, keeps_a_device_whose_pages_find_no_place_in_memory)
{
    struct swap_on_req q = {.device = 0, .priority = 3};
    struct swap_on_reply r;
    uint32_t left, h;
    enum err e;

    begin(1, 400);
    for (unsigned i = 0; i < 10; i++)
        h = put_pages_of(32 * i, 32);
    out();
    world.free = 100;
    while ((e = off(0, &left)) == ERR_PENDING)
        world_disks();
    CHECK_EQ(e, ERR_NO_MEMORY);
    CHECK(left > 0);
    CHECK_EQ(swap_on(WORLD_MAKER, &q, &r, NULL), ERR_OK);
    CHECK_EQ(swap_on(WORLD_MAKER, &q, &r, NULL), ERR_EXISTS);
    world.free = 1000;
    CHECK_EQ(got_as(session, h + 31, SWAP_READ, 8), SWAP_LENT);
    CHECK_EQ(world_look(BANK, 8), 319);
    world_end();
}

TEST(swap, refuses_devices_that_are_not_there_and_who_may_not)
{
    struct swap_on_req q = {.device = 2};
    struct swap_on_reply r;
    struct swap_off_req o = {.device = 0};
    struct swap_off_reply l;
    uint32_t left;

    begin(1, 100);
    CHECK_EQ(swap_on(WORLD_MAKER, &q, &r, NULL), ERR_NOT_FOUND);
    q.device = 99;
    CHECK_EQ(swap_on(WORLD_MAKER, &q, &r, NULL), ERR_NOT_FOUND);
    CHECK_EQ(swap_on(session, &q, &r, NULL), ERR_REFUSED);
    CHECK_EQ(swap_off(WORLD_MAKER, &o, &l, NULL), ERR_BAD_HANDLE);
    CHECK_EQ(swap_off(session, &o, &l, NULL), ERR_REFUSED);
    CHECK_EQ(off(3, &left), ERR_NOT_FOUND);
    world_end();
}

/* ---- objects ---- */

static uint32_t make(uint32_t pages)
{
    struct swap_make_req q = {.pages = pages};
    struct swap_make_reply r;

    CHECK_EQ(swap_make(session, &q, &r, NULL), ERR_OK);
    return r.object;
}

static enum err object_once(cap_t who, uint32_t object, uint32_t index, uint32_t write, cap_t slot)
{
    struct object_get_req q = {.handle = object, .index = index, .count = 1, .write = write};
    struct object_get_reply r;
    struct passing p = {.recv = slot, .recv_count = 1};

    return object_get(who, &q, &r, &p);
}

static void object_map(cap_t who, uint32_t object, uint32_t index, uint32_t write, cap_t slot)
{
    enum err e = object_once(who, object, index, write, slot);

    if (e == ERR_PENDING) {
        world_disks();
        e = object_once(who, object, index, write, slot);
    }
    CHECK_EQ(e, ERR_OK);
}

TEST(swap, shares_the_pages_of_an_object)
{
    uint32_t o;
    cap_t child;

    begin(0, 0);
    o = make(10);
    CHECK_EQ(clone_of(session, &child), ERR_OK);
    object_map(session, o, 3, 1, 7);
    CHECK_EQ(world_look(BANK, 7), 0);
    world_write(BANK, 7, 33);
    object_map(child, o, 3, 0, 8);
    CHECK_EQ(world_look(CHILD, 8), 33);
    CHECK_EQ(world.slot[CHILD][8].rights & RIGHT_WRITE, 0);
    CHECK_EQ(object_once(child, o, 10, 0, 9), ERR_END);
    CHECK_EQ(object_once(child, o + 1, 0, 0, 9), ERR_BAD_HANDLE);
    CHECK_EQ(object_once(child, o, 0, 2, 9), ERR_BAD_ARG);
    world_end();
}

TEST(swap, writes_an_object_out_under_pressure_and_reads_it_back)
{
    uint32_t o;

    begin(1, 100);
    o = make(600);
    for (uint32_t i = 0; i < 40; i++) {
        object_map(session, o, i, 1, 7);
        world_write(BANK, 7, 900 + i);
        world_forget(BANK, 7);
    }
    world.free = 0;
    for (unsigned i = 0; i < 10; i++) {
        world_pressure();
        world_disks();
    }
    CHECK_EQ(cache_frames(), 0);
    CHECK_EQ(status->out, 40);
    world.free = 1000;
    for (uint32_t i = 0; i < 40; i++) {
        object_map(session, o, i, 0, 7);
        CHECK_EQ(world_look(BANK, 7), 900 + i);
        world_forget(BANK, 7);
    }
    world.free = 0;
    for (unsigned i = 0; i < 10; i++) { /* not written to: not written again */
        world_pressure();
        world_disks();
    }
    CHECK_EQ(cache_frames(), 0);
    CHECK_EQ(status->out, 40);
    world_end();
}

TEST(swap, gives_back_the_frames_that_are_named_whatever_is_in_them)
{
    uint32_t h, o;

    begin(1, 100);
    h = put_pages_of(500, 16);
    world_disks();
    put_pages_of(600, 3); /* too few to be written yet */
    o = make(1);
    object_map(session, o, 0, 1, 7);
    world_write(BANK, 7, 44);
    CHECK_EQ(cache_count(FRAME_CLEAN), 16);
    CHECK_EQ(cache_count(FRAME_DIRTY), 3);
    CHECK_EQ(cache_count(FRAME_LIVE), 1);
    world.wanted = true;
    world_pressure();
    CHECK_EQ(cache_count(FRAME_CLEAN) + cache_count(FRAME_LIVE), 0);
    world_disks();
    world_pressure();
    CHECK_EQ(cache_frames(), 0);
    world.wanted = false;
    CHECK_EQ(world_look(BANK, 7), 0);
    object_map(session, o, 0, 0, 7);
    CHECK_EQ(world_look(BANK, 7), 44);
    CHECK_EQ(got_as(session, h + 18, SWAP_WRITE, 8), SWAP_GIVEN);
    CHECK_EQ(world_look(BANK, 8), 602);
    CHECK_EQ(got_as(session, h + 2, SWAP_WRITE, 9), SWAP_GIVEN);
    CHECK_EQ(world_look(BANK, 9), 502);
    world_end();
}

TEST(swap, loses_no_write_to_an_object_that_comes_while_it_is_written_out)
{
    uint32_t o;

    begin(1, 100);
    o = make(4);
    object_map(session, o, 0, 1, 7);
    world_write(BANK, 7, 1);
    CHECK_EQ(cache_evict(1), 1);
    CHECK_EQ(world_look(BANK, 7), 0);
    CHECK_EQ(flush(), ERR_PENDING);
    CHECK_EQ(cache_count(FRAME_WRITING), 1);
    object_map(session, o, 0, 1, 7);
    world_disks();
    world_write(BANK, 7, 2);
    CHECK_EQ(cache_evict(1), 1);
    out();
    object_map(session, o, 0, 0, 8);
    CHECK_EQ(world_look(BANK, 8), 2);
    world_end();
}

TEST(swap, keeps_a_dirty_object_page_dirty_that_comes_back_before_it_is_written)
{
    uint32_t o;

    begin(1, 100);
    o = make(4);
    object_map(session, o, 0, 1, 7);
    world_write(BANK, 7, 1);
    CHECK_EQ(cache_evict(1), 1);
    out();
    object_map(session, o, 0, 1, 7);
    world_write(BANK, 7, 2);
    CHECK_EQ(cache_evict(1), 1); /* dirty, not written */
    object_map(session, o, 0, 0, 7);
    CHECK_EQ(world_look(BANK, 7), 2);
    CHECK_EQ(cache_evict(2), 1);
    out();
    object_map(session, o, 0, 0, 8);
    CHECK_EQ(world_look(BANK, 8), 2);
    world_end();
}

TEST(swap, cuts_an_object_and_shows_zeros_where_it_grows_again)
{
    struct swap_resize_req q = {.pages = 2};
    struct swap_resize_reply r;
    uint32_t o;

    begin(1, 100);
    o = q.object = make(4);
    object_map(session, o, 3, 1, 7);
    world_write(BANK, 7, 1);
    CHECK_EQ(swap_resize(session, &q, &r, NULL), ERR_OK);
    CHECK_EQ(world_look(BANK, 7), 0);
    CHECK_EQ(object_once(session, o, 3, 0, 7), ERR_END);
    q.pages = 601;
    CHECK_EQ(swap_resize(session, &q, &r, NULL), ERR_LIMIT);
    q.pages = 600;
    CHECK_EQ(swap_resize(session, &q, &r, NULL), ERR_OK);
    object_map(session, o, 3, 0, 7);
    CHECK_EQ(world.slot[BANK][7].frame != 0, true);
    CHECK_EQ(world_look(BANK, 7), 0);
    q.pages = SWAP_HANDLE_MAX + 1;
    CHECK_EQ(swap_resize(session, &q, &r, NULL), ERR_BAD_ARG);
    q.pages = 0;
    CHECK_EQ(swap_resize(session, &q, &r, NULL), ERR_OK);
    CHECK_EQ(object_once(session, o, 0, 0, 9), ERR_END);
    q.object++;
    CHECK_EQ(swap_resize(session, &q, &r, NULL), ERR_BAD_HANDLE);
    world_end();
}

TEST(swap, keeps_objects_within_their_sessions_limit_and_closes_them)
{
    struct swap_make_req q = {.pages = 601};
    struct swap_make_reply r;
    struct swap_close_req c;
    struct swap_close_reply d;
    uint32_t o;

    begin(0, 0);
    CHECK_EQ(swap_make(session, &q, &r, NULL), ERR_LIMIT);
    q.pages = SWAP_HANDLE_MAX + 1;
    CHECK_EQ(swap_make(session, &q, &r, NULL), ERR_BAD_ARG);
    o = c.object = make(600);
    object_map(session, o, 3, 1, 7);
    q.pages = 1;
    CHECK_EQ(swap_make(session, &q, &r, NULL), ERR_LIMIT);
    CHECK_EQ(swap_close(session, &c, &d, NULL), ERR_OK);
    CHECK_EQ(world_look(BANK, 7), 0);
    CHECK_EQ(swap_close(session, &c, &d, NULL), ERR_BAD_HANDLE);
    CHECK_EQ(status->pages, 0);
    world_end();
}
