/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_name_test.c - opening, listing, links: from memory, and where the disk is needed.
 */
#include "file_world.h"

#include "rt.h"

#include <stdio.h>

static void begin(void)
{
    world_image("-t ext2 -b 1024"); /* directories of several blocks */
    CHECK_EQ(world_start(500, "lru"), ERR_OK);
}

static enum err try(const char *path, uint32_t flags)
{
    uint32_t handle;

    return world_try_open(path, flags, &handle);
}

TEST(open, waits_for_the_disk_once_and_is_then_done_from_memory)
{
    struct file_open_req q = {.flags = FILE_READ, .path_bytes = 17};
    struct file_open_reply r;

    begin();
    strcpy(world.lent, "/dir/deep/er/file");
    CHECK_EQ(WORLD(file, open, q, r), ERR_PENDING);
    while (world.signals == 0)
        CHECK(world_disk_one());
    CHECK_EQ(WORLD(file, open, q, r), ERR_OK);
    CHECK_EQ(r.size_low, 4);
    world.requests = 0;
    CHECK_EQ(WORLD(file, open, q, r), ERR_OK);
    CHECK_EQ(world.requests, 0);
    CHECK_EQ(world.in_flight, 0);
}

TEST(open, follows_links_short_and_long)
{
    begin();
    CHECK_EQ(try("/link", FILE_READ), ERR_OK);
    CHECK_EQ(try("/far", FILE_READ), ERR_OK);
    CHECK_EQ(try("/dir/self/self/self/5", FILE_READ), ERR_OK);
    CHECK_EQ(try("/loop", FILE_READ), ERR_LOOP);
    CHECK_EQ(try("/loop/x", FILE_READ), ERR_LOOP);
    CHECK_EQ(try("/link/", FILE_READ), ERR_NOT_DIR);
    CHECK_EQ(try("/dir/self/", FILE_NOFOLLOW | FILE_DIRECTORY), ERR_OK);
    CHECK_EQ(try("/link", FILE_NOFOLLOW), ERR_LOOP);
    CHECK_EQ(try("/link", FILE_NOFOLLOW | FILE_PATH), ERR_OK);
}

TEST(open, grows_no_path_beyond_its_limit)
{
    char path[1024] = "/dir";

    begin();
    while (strlen(path) + 5 < 1015)
        strcat(path, "/self");
    CHECK_EQ(try(path, FILE_READ), ERR_LOOP); /* 40 links, then no more */
    memset(path, 'a', sizeof(path) - 1);
    path[0] = '/';
    path[1023] = '\0';
    CHECK_EQ(try(path, FILE_READ), ERR_NAME_LONG);
}

TEST(open, remembers_what_does_not_exist)
{
    begin();
    CHECK_EQ(try("/dir/nothing", FILE_READ), ERR_NOT_FOUND);
    world.requests = 0;
    CHECK_EQ(try("/dir/nothing", FILE_READ), ERR_NOT_FOUND);
    CHECK_EQ(world.requests, 0);
}

TEST(open, refuses_a_path_with_a_zero_in_it)
{
    struct file_open_req q = {.path_bytes = 10};
    struct file_open_reply r;

    begin();
    memcpy(world.lent, "/hello\0/xy", 10);
    CHECK_EQ(WORLD(file, open, q, r), ERR_BAD_ARG);
}

TEST(open, by_a_session_that_ends_meanwhile_is_forgotten)
{
    struct file_open_req q = {.path_bytes = 17};
    struct file_open_reply r;

    begin();
    strcpy(world.lent, "/dir/deep/er/file");
    CHECK_EQ(WORLD(file, open, q, r), ERR_PENDING);
    session_close(world_session);
    world_disk_all();
    world_audit();
    CHECK_EQ(world.signals, 0);
}

TEST(open, of_many_at_once_is_only_delayed)
{
    char path[32];
    unsigned waiting = 0;

    begin();
    for (unsigned i = 0; i < 20; i++) {
        struct file_open_req q;
        struct file_open_reply r;

        snprintf(world.lent, sizeof(world.lent), "/dir/%u", 99 - i);
        q = (struct file_open_req){.flags = FILE_READ, .path_bytes = (uint32_t)strlen(world.lent)};
        waiting += WORLD(file, open, q, r) == ERR_PENDING;
    }
    CHECK(waiting > 0);
    for (unsigned i = 0; i < 100; i++) {
        snprintf(path, sizeof(path), "/dir/%u", i);
        CHECK_EQ(try(path, FILE_READ), ERR_OK);
    }
}

/* ---- listing ---- */

static unsigned list_all(uint32_t handle, uint32_t room, uint64_t *sum)
{
    struct file_list_req q = {.handle = handle, .bytes = room};
    struct file_list_reply r;
    unsigned entries = 0;
    enum err e;

    *sum = 0;
    for (;;) {
        while ((e = WORLD(file, list, q, r)) == ERR_PENDING)
            world_disk_all();
        CHECK_EQ(e, ERR_OK);
        if (r.bytes == 0)
            return entries;
        CHECK(r.bytes <= room);
        for (uint32_t at = 0; at < r.bytes; entries++) {
            uint64_t inode;
            uint16_t bytes;

            memcpy(&inode, world.lent + at, 8);
            memcpy(&bytes, world.lent + at + 16, 2);
            CHECK(bytes >= 24 && bytes % 8 == 0 && at + bytes <= r.bytes);
            CHECK(memchr(world.lent + at + 19, '\0', bytes - 19u) != NULL);
            *sum += inode;
            at += bytes;
        }
    }
}

TEST(list, tells_every_entry_once_whatever_the_room)
{
    static const uint32_t room[] = {32, 48, 100, 1000, 4096, 65536};
    uint64_t sum, first = 0;

    begin();
    for (unsigned i = 0; i < sizeof(room) / sizeof(room[0]); i++) {
        unsigned entries = list_all(world_open("/dir", FILE_READ), room[i], &sum);

        CHECK_EQ(entries, 104); /* . .. 0..99 deep self */
        if (i == 0)
            first = sum;
        CHECK_EQ(sum, first);
    }
}

TEST(list, begins_anew_after_a_seek)
{
    struct file_seek_req q = {.whence = FILE_SET};
    struct file_seek_reply r;
    uint64_t sum;

    begin();
    q.handle = world_open("/dir", FILE_READ);
    CHECK_EQ(list_all(q.handle, 4096, &sum), 104);
    CHECK_EQ(list_all(q.handle, 4096, &sum), 0);
    CHECK_EQ(WORLD(file, seek, q, r), ERR_OK);
    CHECK_EQ(list_all(q.handle, 4096, &sum), 104);
    q.offset_low = 13; /* within an entry: the next one */
    CHECK_EQ(WORLD(file, seek, q, r), ERR_OK);
    CHECK(list_all(q.handle, 4096, &sum) < 104);
}

TEST(list, keeps_its_place_when_the_clients_memory_is_absent)
{
    struct file_list_req q = {.bytes = 1000};
    struct file_list_reply r;
    uint64_t sum;

    begin();
    q.handle = world_open("/dir", FILE_READ);
    while (WORLD(file, list, q, r) == ERR_PENDING)
        world_disk_all();
    q.handle = world_open("/dir", FILE_READ);
    world.lent_bytes = 0;
    CHECK_EQ(WORLD(file, list, q, r), ERR_FAULT);
    world.lent_bytes = sizeof(world.lent);
    CHECK_EQ(list_all(q.handle, 1000, &sum), 104);
}

TEST(handle, is_the_lowest_that_is_free)
{
    struct file_close_req q = {.handle = 2};
    struct file_close_reply r;

    begin();
    CHECK_EQ(world_open("/hello", FILE_READ), 1);
    CHECK_EQ(world_open("/hello", FILE_READ), 2);
    CHECK_EQ(world_open("/hello", FILE_READ), 3);
    CHECK_EQ(WORLD(file, close, q, r), ERR_OK);
    CHECK_EQ(WORLD(file, close, q, r), ERR_BAD_HANDLE);
    CHECK_EQ(world_open("/hello", FILE_READ), 2);
    q.handle = 0;
    CHECK_EQ(WORLD(file, close, q, r), ERR_BAD_HANDLE);
    q.handle = 1u << 31;
    CHECK_EQ(WORLD(file, close, q, r), ERR_BAD_HANDLE);
}

TEST(handle, may_be_had_a_thousand_times)
{
    uint32_t handle;
    unsigned n = 0;

    begin();
    while (world_try_open("/hello", FILE_READ, &handle) == ERR_OK)
        n++;
    CHECK_EQ(n, SESSION_HANDLES);
    CHECK_EQ(session_close(world_session), n);
}
