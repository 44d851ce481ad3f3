/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_write_test.c - bytes written to files: read back, on the disk, when it is full, when it
 * fails; e2fsck looks at each image.
 */
#include "file_world.h"

#include "cache.h"
#include "change.h"
#include "invoke.h"

#include <stdlib.h>

#define NEW (FILE_READ | FILE_WRITE | FILE_CREATE)

static const char *const journal = "-t ext3 -b 4096 -I 256 -O ^resize_inode,^dir_index";

static void world_of(const char *options, uint32_t pages)
{
    world_image(options);
    CHECK_EQ(world_start(pages, "lru"), ERR_OK);
    CHECK(!change_read_only());
}

/* The world after a restart: what is read comes from the disk. */
static void again(uint32_t pages)
{
    world_clean();
    CHECK_EQ(world_start(pages, "lru"), ERR_OK);
}

static void fill(char *to, unsigned bytes, unsigned seed)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (char)(i * 7 + i / 251 + seed);
}

static void check_bytes(uint32_t handle, uint64_t at, const char *want, uint32_t bytes)
{
    uint32_t done;

    for (uint32_t had = 0; had < bytes; had += done) {
        CHECK_EQ(world_read(handle, at + had, bytes - had, &done), ERR_OK);
        CHECK(done > 0);
        CHECK_EQ(memcmp(world.lent, want + had, done), 0);
    }
}

static char data[65536], other[65536];

static void writes_and_reads_back(const char *options)
{
    uint32_t handle, done;

    world_of(options, 200);
    fill(data, sizeof(data), 1);
    handle = world_open("/new", NEW);
    CHECK_EQ(world_write(handle, 0, data, 50000, &done), ERR_OK);
    check_bytes(handle, 0, data, 50000);
    again(200);
    handle = world_open("/new", FILE_READ);
    check_bytes(handle, 0, data, 50000);
    CHECK_EQ(world_read(handle, 50000, 10, &done), ERR_OK);
    CHECK_EQ(done, 0);
}

TEST(write, is_read_back_from_the_disk_with_a_journal)
{
    writes_and_reads_back(journal);
}

TEST(write, is_read_back_from_the_disk_without_a_journal)
{
    writes_and_reads_back("-t ext2 -b 4096");
}

TEST(write, is_read_back_from_small_blocks)
{
    writes_and_reads_back("-t ext3 -b 1024 -I 256");
}

TEST(write, is_read_back_from_extents)
{
    writes_and_reads_back("-t ext4 -b 4096");
}

TEST(write, is_read_back_from_extents_with_checksums_and_small_blocks)
{
    writes_and_reads_back("-t ext4 -b 1024 -O metadata_csum,^resize_inode");
}

TEST(write, changes_a_part_of_what_is_there)
{
    uint32_t handle, done;

    world_of(journal, 200);
    handle = world_open("/big", FILE_READ | FILE_WRITE);
    CHECK_EQ(world_read(handle, 4096, 8192, &done), ERR_OK);
    memcpy(other, world.lent, 8192);
    memcpy(other + 100, "in between", 10);
    CHECK_EQ(world_write(handle, 4196, "in between", 10, &done), ERR_OK);
    again(200);
    handle = world_open("/big", FILE_READ);
    check_bytes(handle, 4096, other, 8192);
}

TEST(write, leaves_holes_that_read_as_zeros)
{
    uint32_t handle, done;
    struct file_volume_req q = {0};
    struct file_volume_reply before, after;

    world_of(journal, 200);
    memset(other, 0, sizeof(other));
    WORLD(file, volume, q, before);
    handle = world_open("/sparse", NEW);
    CHECK_EQ(world_write(handle, 5u << 20, "end", 3, &done), ERR_OK);
    CHECK_EQ(world_write(handle, 1u << 20, "mid", 3, &done), ERR_OK);
    check_bytes(handle, 0, other, 65536);
    again(200);
    WORLD(file, volume, q, after);
    CHECK(before.free - after.free <= 8);
    handle = world_open("/sparse", FILE_READ);
    check_bytes(handle, (5u << 20) - 100, other, 100);
    check_bytes(handle, 5u << 20, "end", 3);
    check_bytes(handle, 1u << 20, "mid", 3);
    check_bytes(handle, (1u << 20) + 3, other, 5000);
}

TEST(write, of_more_than_the_cache_holds_waits_for_the_disk)
{
    uint32_t handle, done;

    world_of(journal, 80);
    handle = world_open("/long", NEW);
    for (unsigned i = 0; i < 40; i++) {
        fill(data, sizeof(data), i);
        CHECK_EQ(world_write(handle, (uint64_t)i << 16, data, 65536, &done), ERR_OK);
        CHECK(status->dirty_pages <= 80);
    }
    again(80);
    handle = world_open("/long", FILE_READ);
    for (unsigned i = 0; i < 40; i++) {
        fill(data, sizeof(data), i);
        check_bytes(handle, (uint64_t)i << 16, data, 65536);
    }
}

TEST(write, to_a_full_disk_is_told_at_once_and_what_was_taken_is_kept)
{
    uint32_t handle, done, blocks = 0, made = 0;
    enum err e = ERR_OK;

    world_of(journal, 4000);
    handle = world_open("/all", NEW);
    while (e == ERR_OK) {
        fill(data, 4096, blocks);
        e = world_write(handle, (uint64_t)blocks << 12, data, 4096, &done);
        blocks += e == ERR_OK;
        CHECK(blocks < 4000);
    }
    CHECK_EQ(e, ERR_NO_SPACE);
    do {
        char name[8] = {'/', (char)('a' + made++)};

        e = world_mkdir(name);
    } while (e == ERR_OK && made < 26);
    CHECK_EQ(e, ERR_NO_SPACE);
    CHECK_EQ(world_sync(handle, 0), ERR_OK);
    CHECK_EQ(world_remove("/big", 0), ERR_OK);
    world_disk_all();
    CHECK_EQ(world_write(handle, (uint64_t)blocks << 12, data, 4096, &done), ERR_OK);
    again(4000);
    handle = world_open("/all", FILE_READ);
    for (unsigned i = 0; i < blocks; i += 17) {
        fill(data, 4096, i);
        check_bytes(handle, (uint64_t)i << 12, data, 4096);
    }
}

TEST(write, that_faults_keeps_what_came_before)
{
    struct file_write_req q = {.flags = FILE_AT_OFFSET, .bytes = 9000};
    struct file_write_reply r;

    world_of(journal, 200);
    q.handle = world_open("/new", NEW);
    fill(world.lent, 9000, 3);
    fill(data, 9000, 3);
    world.lent_bytes = 5000;
    CHECK_EQ(WORLD(file, write, q, r), ERR_FAULT);
    CHECK_EQ(r.done, 5000);
    world.lent_bytes = sizeof(world.lent);
    check_bytes(q.handle, 0, data, 5000);
    world_clean();
}

TEST(write, that_faults_at_once_leaves_nothing_dirty)
{
    struct file_write_req q = {.flags = FILE_AT_OFFSET, .bytes = 100};
    struct file_write_reply r;

    world_of(journal, 200);
    q.handle = world_open("/new", NEW);
    world.lent_bytes = 0;
    CHECK_EQ(WORLD(file, write, q, r), ERR_FAULT);
    CHECK_EQ(r.done, 0);
    world.lent_bytes = sizeof(world.lent);
    CHECK_EQ(status->dirty_pages, 0);
    world_clean();
}

TEST(write, whole_over_a_page_on_the_disk_that_faults_reads_it_in)
{
    struct file_write_req q = {.flags = FILE_AT_OFFSET, .bytes = 4096, .offset_low = 8192};
    struct file_write_reply r;
    uint32_t done;

    world_of(journal, 200);
    q.handle = world_open("/big", FILE_READ | FILE_WRITE);
    fill(world.lent, 4096, 3);
    world.lent_bytes = 1000;
    CHECK_EQ(WORLD(file, write, q, r), ERR_PENDING);
    world_disk_all();
    CHECK_EQ(WORLD(file, write, q, r), ERR_FAULT);
    CHECK_EQ(r.done, 1000);
    world.lent_bytes = sizeof(world.lent);
    CHECK_EQ(world_read(q.handle, 8192, 4096, &done), ERR_OK);
    CHECK_EQ(*(uint32_t *)(void *)(world.lent + 4092), 8192 / 4 + 1023);
    world_clean();
}

TEST(write, appends_where_the_end_is)
{
    struct file_write_req q = {.bytes = 3};
    struct file_write_reply r;

    world_of(journal, 200);
    q.handle = world_open("/hello", FILE_READ | FILE_WRITE | FILE_APPEND);
    memcpy(world.lent, "abc", 3);
    CHECK_EQ(WORLD(file, write, q, r), ERR_PENDING);
    world_disk_all();
    memcpy(world.lent, "abc", 3);
    CHECK_EQ(WORLD(file, write, q, r), ERR_OK);
    CHECK_EQ(WORLD(file, write, q, r), ERR_OK);
    check_bytes(q.handle, 0, "hello, quire\nabcabc", 19);
    world_clean();
}

TEST(write, refuses_what_is_wrong)
{
    struct file_write_req q = {.bytes = 1, .flags = FILE_AT_OFFSET};
    struct file_write_reply r;

    world_of(journal, 200);
    q.handle = world_open("/hello", FILE_READ);
    CHECK_EQ(WORLD(file, write, q, r), ERR_BAD_HANDLE);
    q.handle = 99;
    CHECK_EQ(WORLD(file, write, q, r), ERR_BAD_HANDLE);
    q.handle = world_open("/hello", FILE_WRITE);
    q.flags = 8;
    CHECK_EQ(WORLD(file, write, q, r), ERR_BAD_ARG);
    q.flags = FILE_AT_OFFSET;
    q.offset_high = 1 << 20;
    CHECK_EQ(WORLD(file, write, q, r), ERR_BIG);
    CHECK_EQ(world_resize(q.handle, (uint64_t)1 << 50), ERR_BIG);
    CHECK_EQ(world_try_open("/dir", FILE_WRITE, &q.handle), ERR_IS_DIR);
    CHECK_EQ(world_try_open("/hello", FILE_TRUNCATE, &q.handle), ERR_BAD_ARG);
    q.handle = world_open("/hello", FILE_WRITE | FILE_SMALL);
    CHECK_EQ(world_resize(q.handle, INT32_MAX), ERR_OK);
    CHECK_EQ(world_try_open("/hello", FILE_READ | FILE_SMALL, &q.handle), ERR_OK);
    CHECK_EQ(world_resize(world_open("/hello", FILE_WRITE), (uint64_t)1 << 31), ERR_OK);
    CHECK_EQ(world_try_open("/hello", FILE_WRITE | FILE_TRUNCATE | FILE_SMALL, &q.handle), ERR_BIG);
    CHECK_EQ(world_try_open("/hello", FILE_READ, &q.handle), ERR_OK);
    CHECK_EQ(world_sync(77, 0), ERR_BAD_HANDLE);
    CHECK_EQ(world_sync(0, 16), ERR_BAD_ARG);
}

static uint64_t first_written;

static void note_first(uint64_t sector, const char *bytes, uint64_t count)
{
    (void)bytes, (void)count;
    if (first_written == 0)
        first_written = sector;
}

TEST(write, that_fails_on_the_disk_is_told_by_sync_once_and_stays)
{
    uint32_t handle, done;

    world_of(journal, 200);
    handle = world_open("/big", FILE_READ | FILE_WRITE);
    memset(data, 0, 4096);
    first_written = 0;
    world.written = note_first;
    CHECK_EQ(world_write(handle, 0, data, 4096, &done), ERR_OK);
    CHECK_EQ(world_sync(handle, 0), ERR_OK);
    memset(data, 1, 4096);
    world.bad_writes = true;
    world.bad_sector = first_written;
    CHECK_EQ(world_write(handle, 0, data, 4096, &done), ERR_OK);
    CHECK_EQ(world_sync(handle, 0), ERR_IO);
    CHECK(!change_read_only());
    CHECK_EQ(status->dirty_pages, 1);
    check_bytes(handle, 0, data, 4096);
    world.bad_sector = 0;
    CHECK_EQ(world_sync(handle, 0), ERR_OK);
    world_clean();
}

/* Where the words of /big begin. */
static uint64_t big_sector(void)
{
    for (uint64_t at = 4096; at < world.image_bytes; at += 4096) {
        const uint32_t *word = (const uint32_t *)(const void *)(world.image + at);

        if (word[0] == 0 && word[1] == 1 && word[1023] == 1023)
            return at / 512;
    }
    return 0;
}

TEST(write, to_bad_sectors_ends_with_an_error_and_keeps_no_other_file_from_the_disk)
{
    uint32_t handle, other_handle, done, i;
    enum err e = ERR_OK;

    world_of(journal, 100);
    handle = world_open("/big", FILE_READ | FILE_WRITE);
    world.bad_writes = true;
    world.bad_sector = big_sector();
    world.bad_sectors = WORLD_BIG / 512 - 1;
    CHECK(world.bad_sector > 0);
    for (i = 0; i < 90 && e == ERR_OK; i++)
        e = world_write(handle, 4096ull * i, data, 4096, &done);
    CHECK_EQ(e, ERR_IO);
    CHECK(i > 10);

    other_handle = world_open("/new", NEW);
    for (i = 0; i < 40; i++)
        CHECK_EQ(world_write(other_handle, 4096ull * i, data, 4096, &done), ERR_OK);
    CHECK_EQ(world_sync(other_handle, 0), ERR_OK);
    CHECK(!change_read_only());
    CHECK_EQ(world_sync(handle, 0), ERR_IO);
    world.bad_sector = 0;
    world.bad_writes = false;
    CHECK_EQ(world_sync(handle, 0), ERR_OK);
    check_bytes(handle, 0, data, 4096);
    world_clean();
}

TEST(write, of_the_journal_that_fails_ends_writing_but_not_reading)
{
    uint32_t handle, done;

    world_of(journal, 200);
    handle = world_open("/new", NEW);
    CHECK_EQ(world_sync(handle, 0), ERR_OK);
    world.bad_writes = true;
    for (world.bad_sector = 8; world.bad_sector < world.image_bytes / 512; world.bad_sector += 8) {
        CHECK_EQ(world_mkdir("/a") == ERR_OK || change_read_only(), true);
        if (world_sync(0, 0) != ERR_OK)
            break;
        CHECK_EQ(world_remove("/a", FILE_REMOVE_DIRECTORY) == ERR_OK || change_read_only(), true);
    }
    CHECK(change_read_only());
    CHECK_EQ(world_mkdir("/b"), ERR_READ_ONLY);
    CHECK_EQ(world_write(handle, 0, "x", 1, &done), ERR_READ_ONLY);
    world.bad_sector = 0;
    world.bad_writes = false;
    handle = world_open("/hello", FILE_READ);
    check_bytes(handle, 0, "hello", 5);
}

TEST(truncate, cuts_and_what_is_added_again_reads_as_zeros)
{
    uint32_t handle, done;

    world_of(journal, 300);
    memset(other, 0, sizeof(other));
    handle = world_open("/big", FILE_READ | FILE_WRITE);
    CHECK_EQ(world_resize(handle, 10000), ERR_OK);
    CHECK_EQ(world_read(handle, 9996, 100, &done), ERR_OK);
    CHECK_EQ(done, 4);
    CHECK_EQ(world_resize(handle, 20000), ERR_OK);
    check_bytes(handle, 10000, other, 10000);
    again(300);
    handle = world_open("/big", FILE_READ);
    check_bytes(handle, 10000, other, 10000);
    CHECK_EQ(world_read(handle, 9996, 4, &done), ERR_OK);
    CHECK_EQ(*(uint32_t *)(void *)world.lent, 9996 / 4);
}

TEST(truncate, at_open_empties_and_frees)
{
    struct file_volume_req q = {0};
    struct file_volume_reply before, after;
    uint32_t handle;

    world_of(journal, 300);
    WORLD(file, volume, q, before);
    handle = world_open("/big", FILE_WRITE | FILE_TRUNCATE);
    CHECK_EQ(world_sync(handle, 0), ERR_OK);
    WORLD(file, volume, q, after);
    CHECK(after.free - before.free >= WORLD_BIG / 4096);
    world_clean();
}

TEST(map, got_for_writing_is_dirty_and_written_again_if_its_bit_says_so)
{
    struct object_get_req q = {.count = 1, .write = 1};
    struct object_get_reply r;
    uint32_t done;

    world_of(journal, 200);
    q.handle = world_open("/big", FILE_READ | FILE_WRITE);
    CHECK_EQ(world_read(q.handle, 0, 4096, &done), ERR_OK);
    CHECK_EQ(WORLD(object, get, q, r), ERR_OK);
    CHECK_EQ(r.got, 1);
    CHECK_EQ(status->dirty_pages, 1);
    CHECK_EQ(world_sync(q.handle, 0), ERR_OK);
    CHECK_EQ(status->dirty_pages, 0);
    world.dirtied = HARVEST_D;
    CHECK_EQ(world_sync(q.handle, 0), ERR_OK);
    CHECK_EQ(status->written_pages, 2);
    CHECK_EQ(world_sync(q.handle, 0), ERR_OK);
    CHECK_EQ(status->written_pages, 2);
    world_clean();
}
