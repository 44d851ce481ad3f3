/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_read_test.c - read(2) and mmap through the service, with a disk that answers when the
 * test says so: what waits, what is promised, what fails.
 */
#include "file_world.h"

#include "cache.h"
#include "fill.h"
#include "pool.h"
#include "rt.h"
#include "want.h"

#define EXT2 "-t ext2 -b 4096"

static uint32_t big_of(const char *options, uint32_t pages)
{
    uint32_t handle;

    world_image(options);
    CHECK_EQ(world_start(pages, "lru"), ERR_OK);
    handle = world_open("/big", FILE_READ);
    world_disk_all();
    world.signals = 0;
    return handle;
}

static uint64_t wrong_words(uint64_t at, uint32_t bytes)
{
    uint64_t wrong = 0;

    for (uint32_t i = 0; i < bytes / 4; i++) {
        uint32_t word;

        memcpy(&word, world.lent + 4 * i, 4);
        wrong += word != at / 4 + i;
    }
    return wrong;
}

static void read_whole(uint32_t handle)
{
    uint64_t at = 0;
    uint32_t done = 1;

    for (; done > 0; at += done) {
        CHECK_EQ(world_read(handle, at, 65536, &done), ERR_OK);
        CHECK_EQ(wrong_words(at, done), 0);
    }
    CHECK_EQ(at, WORLD_BIG);
}

TEST(read, gives_the_files_bytes_in_every_format)
{
    static const char *const format[] = {
        EXT2,
        "-t ext2 -b 1024",
        "-t ext2 -b 2048",
        "-t ext4 -b 4096 -O ^has_journal",
        "-t ext4 -b 1024 -O ^has_journal,^64bit",
        "-t ext4 -b 4096 -O has_journal,metadata_csum",
    };

    for (unsigned i = 0; i < sizeof(format) / sizeof(format[0]); i++) {
        uint32_t handle = big_of(format[i], 2000);

        read_whole(handle);
        world_audit();
    }
}

TEST(read, waits_once_for_all_that_it_needs)
{
    uint32_t handle = big_of(EXT2, 2000), done;

    CHECK_EQ(world_read_once(handle, 0, 65536, &done), ERR_PENDING);
    CHECK_EQ(done, 0);
    CHECK_EQ(world.signals, 0);
    world_disk_all();
    CHECK_EQ(world.signals, 1);
    CHECK_EQ(world_read_once(handle, 0, 65536, &done), ERR_OK);
    CHECK_EQ(done, 65536);
    CHECK_EQ(status->misses, 16);
    CHECK_EQ(status->hits, 0);
}

TEST(read, is_told_when_the_last_page_has_come_and_not_before)
{
    uint32_t handle = big_of(EXT2, 2000), done;

    CHECK_EQ(world_read_once(handle, 0, 65536, &done), ERR_PENDING);
    while (world.signals == 0)
        CHECK(world_disk_one());
    CHECK_EQ(world_read_once(handle, 0, 65536, &done), ERR_OK);
    world_disk_all();
}

TEST(read, travels_in_requests_of_64_KiB)
{
    uint32_t handle = big_of(EXT2, 2000), done;

    world.requests = 0;
    CHECK_EQ(world_read(handle, 0, 65536, &done), ERR_OK);
    world_disk_all();
    read_whole(handle);
    /* 768 pages: 48 requests of 16, some cut by the block map's tables */
    CHECK(world.requests <= 56);
}

TEST(read, has_several_requests_in_flight_for_a_sequential_reader)
{
    uint32_t handle = big_of(EXT2, 2000), done, most = 0;

    for (uint64_t at = 0; at < WORLD_BIG; at += 65536) {
        enum err e = world_read_once(handle, at, 65536, &done);

        if (world.in_flight > most)
            most = world.in_flight;
        if (e == ERR_PENDING)
            at -= 65536;
        world_disk_one();
    }
    CHECK(most >= 4);
    world_disk_all();
}

TEST(read, asks_the_disk_nothing_the_second_time)
{
    uint32_t handle = big_of(EXT2, 2000), requests;

    read_whole(handle);
    requests = world.requests;
    status->hits = 0;
    status->misses = 0;
    read_whole(handle);
    CHECK_EQ(world.requests, requests);
    CHECK_EQ(status->hits, WORLD_BIG / PAGE_SIZE);
    CHECK_EQ(status->misses, 0);
}

TEST(read, goes_through_a_cache_far_smaller_than_the_file)
{
    uint32_t handle = big_of(EXT2, 64);

    read_whole(handle);
    read_whole(handle);
    CHECK(pool_frames() <= 64);
    world_audit();
}

TEST(read, goes_through_a_cache_smaller_than_one_call)
{
    uint32_t handle = big_of(EXT2, 8);

    read_whole(handle);
    world_audit();
}

TEST(read, shares_pages_that_are_on_their_way)
{
    uint32_t handle = big_of(EXT2, 2000), other = world_open("/big", FILE_READ), done;

    world.requests = 0;
    CHECK_EQ(world_read_once(handle, 0, 4096, &done), ERR_PENDING);
    CHECK_EQ(world_read_once(other, 0, 4096, &done), ERR_PENDING);
    world_disk_all();
    CHECK_EQ(world_read_once(handle, 0, 4096, &done), ERR_OK);
    CHECK_EQ(world_read_once(other, 0, 4096, &done), ERR_OK);
    CHECK_EQ(status->cache_pages, 5); /* the page, and a window of 4 */
}

TEST(read, keeps_what_was_promised_against_everybody_else)
{
    uint32_t handle = big_of(EXT2, 64), other = world_open("/big", FILE_READ), done;

    CHECK_EQ(world_read_once(handle, 0, 16384, &done), ERR_PENDING);
    world_disk_all();
    for (uint64_t at = WORLD_BIG / 2; at < WORLD_BIG; at += done)
        CHECK_EQ(world_read(other, at, 4096, &done), ERR_OK);
    CHECK_EQ(world_read_once(handle, 0, 16384, &done), ERR_OK);
    CHECK_EQ(done, 16384);
}

TEST(read, promises_no_more_than_half_of_the_cache)
{
    uint32_t handle = big_of(EXT2, 64), done;

    for (uint64_t i = 0; i < 20; i++) {
        world_read_once(handle, i * 131072, 65536, &done);
        world_disk_all();
    }
    for (uint64_t i = 0; i < 20; i++)
        CHECK_EQ(world_read(handle, i * 131072, 65536, &done), ERR_OK);
    world_audit();
}

TEST(read, of_a_session_that_ended_leaves_nothing_behind)
{
    uint32_t handle = big_of(EXT2, 64), done;

    CHECK_EQ(world_read_once(handle, 0, 65536, &done), ERR_PENDING);
    session_close(world_session);
    world_disk_all();
    world_audit();
    for (uint32_t n = 0; n < pool_numbers(); n++)
        CHECK_EQ(pool_page(n)->pins, 0);
}

TEST(read, of_a_bad_sector_fails_for_its_page_alone)
{
    uint32_t handle = big_of(EXT2, 2000), done, failed = 0;

    CHECK_EQ(world_read(handle, 0, 4096, &done), ERR_OK);
    world_disk_all();
    /* where page 20 lies: the image holds its words once */
    for (uint64_t at = 0; at < world.image_bytes; at += 4096) {
        uint32_t word;

        memcpy(&word, world.image + at, 4);
        if (word == 20 * 1024)
            world.bad_sector = at / 512 + 3;
    }
    CHECK(world.bad_sector != 0);
    for (uint64_t page = 0; page < 64; page++) {
        enum err e = world_read(handle, page * 4096, 4096, &done);

        if (page == 20) {
            CHECK_EQ(e, ERR_IO);
            failed++;
        } else {
            CHECK_EQ(e, ERR_OK);
            CHECK_EQ(wrong_words(page * 4096, 4096), 0);
        }
    }
    CHECK_EQ(failed, 1);
    CHECK(status->errors > 0);
    world.bad_sector = 0; /* the next to ask reads it again */
    CHECK_EQ(world_read(handle, 20 * 4096, 4096, &done), ERR_OK);
    world_audit();
}

TEST(read, gives_what_lies_before_a_bad_sector)
{
    uint32_t handle = big_of(EXT2, 2000), done;

    for (uint64_t at = 0; at < world.image_bytes; at += 4096) {
        uint32_t word;

        memcpy(&word, world.image + at, 4);
        if (word == 5 * 1024)
            world.bad_sector = at / 512;
    }
    CHECK_EQ(world_read(handle, 0, 65536, &done), ERR_OK);
    CHECK_EQ(done, 5 * 4096);
    CHECK_EQ(world_read(handle, done, 65536, &done), ERR_IO);
}

TEST(read, stops_where_the_clients_memory_ends)
{
    uint32_t handle = big_of(EXT2, 2000), done;

    CHECK_EQ(world_read(handle, 0, 65536, &done), ERR_OK);
    world.lent_bytes = 10000;
    CHECK_EQ(world_read_once(handle, 0, 65536, &done), ERR_FAULT);
    CHECK_EQ(done, 10000);
}

TEST(read, gives_zeros_for_holes_and_behind_the_end)
{
    uint32_t handle, done;
    struct page *last;

    big_of("-t ext2 -b 1024", 2000);
    handle = world_open("/holes", FILE_READ);
    memset(world.lent, 1, sizeof(world.lent));
    CHECK_EQ(world_read(handle, 0, 65536, &done), ERR_OK);
    for (unsigned i = 0; i < 65536; i++)
        CHECK_EQ(world.lent[i], 0);
    CHECK_EQ(world_read(handle, 300 << 10, 4096, &done), ERR_OK);
    CHECK_EQ(done, 4);
    CHECK(memcmp(world.lent, "end\n", 4) == 0);
    last = cache_find(session_table[0]->handle[handle - 1]->node->inode, 75);
    CHECK(last != NULL);
    for (unsigned i = 4; i < PAGE_SIZE; i++)
        CHECK_EQ(((char *)(uintptr_t)last->physical)[i], 0);
}

/* ---- mmap ---- */

static enum err get(uint32_t handle, uint32_t index, uint32_t count, struct object_get_reply *r)
{
    struct object_get_req q = {.handle = handle, .index = index, .count = count};

    return WORLD(object, get, q, *r);
}

TEST(object, waits_only_for_the_first_page)
{
    uint32_t handle = big_of(EXT2, 2000);
    struct object_get_reply r;

    CHECK_EQ(get(handle, 0, 16, &r), ERR_PENDING);
    CHECK(world_disk_one());
    CHECK_EQ(world.signals, 1);
    CHECK_EQ(get(handle, 0, 16, &r), ERR_OK);
    CHECK(r.got >= 1 && r.got <= 16);
    CHECK_EQ(r.hit, 0);
    CHECK_EQ(world.sent, r.got);
    world_disk_all();
}

TEST(object, gives_pages_that_lie_in_scattered_frames)
{
    uint32_t handle = big_of(EXT2, 2000), done;
    struct object_get_reply r;

    for (uint32_t page = 16; page-- > 0;) /* backwards: their slots are no neighbours */
        CHECK_EQ(world_read(handle, page * 4096, 4096, &done), ERR_OK);
    CHECK_EQ(get(handle, 0, 16, &r), ERR_OK);
    CHECK_EQ(r.got, 16);
    CHECK_EQ(r.hit, 1);
    CHECK_EQ(get(handle, 0, 16, &r), ERR_OK);
    CHECK_EQ(world.sent, 16);
}

TEST(object, reads_one_page_for_who_jumps_far)
{
    uint32_t handle = big_of(EXT2, 2000), before;
    struct object_get_reply r;

    CHECK_EQ(get(handle, 700, 16, &r), ERR_PENDING);
    world_disk_all();
    CHECK_EQ(get(handle, 700, 16, &r), ERR_OK);
    before = status->cache_pages;
    CHECK_EQ(get(handle, 300, 16, &r), ERR_PENDING);
    world_disk_all();
    CHECK_EQ(get(handle, 300, 16, &r), ERR_OK);
    CHECK_EQ(r.got, 1);
    CHECK_EQ(status->cache_pages, before + 1);
}

TEST(object, is_fetched_again_after_its_pages_were_taken)
{
    uint32_t handle = big_of(EXT2, 64), done;
    struct object_get_reply r;

    CHECK_EQ(get(handle, 0, 1, &r), ERR_PENDING);
    world_disk_all();
    CHECK_EQ(get(handle, 0, 1, &r), ERR_OK);
    for (uint64_t at = 1 << 20; at < WORLD_BIG; at += 65536)
        CHECK_EQ(world_read(handle, at, 65536, &done), ERR_OK);
    CHECK_EQ(world.revokes > 0, 1);
    world.revokes = 0;
    CHECK_EQ(get(handle, 0, 1, &r), ERR_PENDING);
    world_disk_all();
    CHECK_EQ(get(handle, 0, 1, &r), ERR_OK);
}

TEST(limits, of_fills_and_requests_only_delay)
{
    uint32_t handle = big_of("-t ext2 -b 1024", 2000), done;

    /* every second page first, by many: each a request of its own */
    for (uint64_t page = 0; page < 200; page += 2)
        world_read_once(handle, page * 4096, 4096, &done);
    for (uint64_t page = 0; page < 200; page++) {
        CHECK_EQ(world_read(handle, page * 4096, 4096, &done), ERR_OK);
        CHECK_EQ(wrong_words(page * 4096, 4096), 0);
    }
    world_disk_all();
    world_audit();
}
