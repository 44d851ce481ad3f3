/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_modify_test.c - names made, removed and changed; what a crash leaves of it.
 */
#include "file_world.h"

#include "change.h"

#include <stdio.h>
#include <stdlib.h>

#define NEW (FILE_READ | FILE_WRITE | FILE_CREATE)

static const char *const journal = "-t ext3 -b 4096 -I 256 -O ^resize_inode,^dir_index";

static void world_of(const char *options)
{
    world_image(options);
    CHECK_EQ(world_start(300, "lru"), ERR_OK);
    CHECK(!change_read_only());
}

static enum err look(const char *path)
{
    uint32_t handle;
    enum err e = world_try_open(path, FILE_PATH | FILE_NOFOLLOW, &handle);

    if (e == ERR_OK)
        world_close(handle);
    return e;
}

static void names_of(const char *options)
{
    char path[64];

    world_of(options);
    CHECK_EQ(world_mkdir("/made"), ERR_OK);
    CHECK_EQ(world_mkdir("/made"), ERR_EXISTS);
    for (unsigned i = 0; i < 200; i++) {
        snprintf(path, sizeof(path), "/made/a name that is rather long, number %u", i);
        world_close(world_open(path, NEW));
    }
    CHECK_EQ(world_rename("/made/a name that is rather long, number 7", "/seven"), ERR_OK);
    CHECK_EQ(look("/seven"), ERR_OK);
    CHECK_EQ(look("/made/a name that is rather long, number 7"), ERR_NOT_FOUND);
    CHECK_EQ(world_hardlink("/seven", "/dir/too"), ERR_OK);
    CHECK_EQ(world_symlink("dir/too", "/points"), ERR_OK);
    CHECK_EQ(
        world_symlink("a long target, longer than sixty bytes, so that it takes a block", "/far2"),
        ERR_OK);
    CHECK_EQ(world_remove("/made", FILE_REMOVE_DIRECTORY), ERR_DIR_NOT_EMPTY);
    for (unsigned i = 0; i < 200; i++) {
        snprintf(path, sizeof(path), "/made/a name that is rather long, number %u", i);
        CHECK_EQ(world_remove(path, 0), i == 7 ? ERR_NOT_FOUND : ERR_OK);
    }
    CHECK_EQ(world_rename("/made", "/dir/made"), ERR_OK);
    CHECK_EQ(world_remove("/dir/made", FILE_REMOVE_DIRECTORY), ERR_OK);
    world_disk_all();
    world_clean();
    CHECK_EQ(world_start(300, "lru"), ERR_OK);
    CHECK_EQ(look("/made"), ERR_NOT_FOUND);
    world_close(world_open("/points", FILE_READ));
    CHECK_EQ(look("/seven"), ERR_OK);
}

TEST(names, are_made_and_removed_with_a_journal)
{
    names_of(journal);
}

TEST(names, are_made_and_removed_without_a_journal)
{
    names_of("-t ext2 -b 1024");
}

TEST(names, are_made_and_removed_in_indexed_directories)
{
    names_of("-t ext4 -b 4096 -O dir_index,metadata_csum");
}

TEST(names, are_refused_as_linux_refuses_them)
{
    uint32_t handle;

    world_of(journal);
    CHECK_EQ(world_try_open("/hello", NEW | FILE_EXCLUSIVE, &handle), ERR_EXISTS);
    CHECK_EQ(world_try_open("/loop", NEW | FILE_EXCLUSIVE, &handle), ERR_EXISTS);
    CHECK_EQ(world_try_open("/dir", FILE_READ | FILE_CREATE, &handle), ERR_IS_DIR);
    CHECK_EQ(world_try_open("/none/", NEW, &handle), ERR_IS_DIR);
    CHECK_EQ(world_try_open("/none/file", NEW, &handle), ERR_NOT_FOUND);
    CHECK_EQ(world_try_open("/hello/file", NEW, &handle), ERR_NOT_DIR);
    CHECK_EQ(world_remove("/dir", 0), ERR_IS_DIR);
    CHECK_EQ(world_remove("/none", 0), ERR_NOT_FOUND);
    CHECK_EQ(world_remove("/hello/", 0), ERR_NOT_DIR);
    CHECK_EQ(world_remove("/hello", FILE_REMOVE_DIRECTORY), ERR_NOT_DIR);
    CHECK_EQ(world_remove("/", FILE_REMOVE_DIRECTORY), ERR_BUSY);
    CHECK_EQ(world_remove("/dir/.", FILE_REMOVE_DIRECTORY), ERR_BAD_ARG);
    CHECK_EQ(world_remove("/dir/..", FILE_REMOVE_DIRECTORY), ERR_DIR_NOT_EMPTY);
    CHECK_EQ(world_remove("/dir", FILE_REMOVE_DIRECTORY), ERR_DIR_NOT_EMPTY);
    CHECK_EQ(world_rename("/dir", "/dir/deep/er/in"), ERR_BAD_ARG);
    CHECK_EQ(world_rename("/dir", "/hello"), ERR_NOT_DIR);
    CHECK_EQ(world_rename("/hello", "/dir"), ERR_IS_DIR);
    CHECK_EQ(world_rename("/none", "/some"), ERR_NOT_FOUND);
    CHECK_EQ(world_rename("/dir/deep", "/"), ERR_BUSY);
    CHECK_EQ(world_rename("/hello", "/hello"), ERR_OK);
    CHECK_EQ(world_hardlink("/dir", "/dir2"), ERR_REFUSED);
    CHECK_EQ(world_hardlink("/hello", "/big"), ERR_EXISTS);
    CHECK_EQ(world_symlink("x", "/hello"), ERR_EXISTS);
    CHECK_EQ(world_mkdir("/dir/"), ERR_EXISTS);
    world_clean();
}

TEST(names, replaced_while_open_stay_readable_until_closed)
{
    uint32_t handle, done;

    world_of(journal);
    handle = world_open("/hello", FILE_READ);
    CHECK_EQ(world_rename("/dir/7", "/hello"), ERR_OK);
    CHECK_EQ(world_read(handle, 0, 5, &done), ERR_OK);
    CHECK_EQ(memcmp(world.lent, "hello", 5), 0);
    world_close(handle);
    world_clean();
}

TEST(names, removed_while_written_end_with_the_last_handle)
{
    struct file_volume_req q = {0};
    struct file_volume_reply before, after;
    static char data[65536];
    uint32_t handle, done;

    world_of(journal);
    CHECK_EQ(world_sync(0, 0), ERR_OK);
    WORLD(file, volume, q, before);
    handle = world_open("/temporary", NEW);
    CHECK_EQ(world_write(handle, 0, data, sizeof(data), &done), ERR_OK);
    CHECK_EQ(world_sync(handle, 0), ERR_OK);
    CHECK_EQ(world_write(handle, 65536, data, sizeof(data), &done), ERR_OK);
    CHECK_EQ(world_remove("/temporary", 0), ERR_OK);
    CHECK_EQ(world_write(handle, 0, data, 100, &done), ERR_OK);
    world_close(handle);
    CHECK_EQ(status->dirty_pages, 0);
    CHECK_EQ(world_sync(0, 0), ERR_OK);
    WORLD(file, volume, q, after);
    CHECK_EQ(before.free, after.free);
    CHECK_EQ(before.files_free, after.files_free);
    world_clean();
}

TEST(names, of_programs_that_run_are_not_written_to)
{
    uint32_t run, handle;

    world_of(journal);
    run = world_open("/hello", FILE_READ | FILE_EXECUTE);
    CHECK_EQ(world_try_open("/hello", FILE_WRITE, &handle), ERR_TEXT_BUSY);
    world_close(run);
    handle = world_open("/hello", FILE_WRITE);
    CHECK_EQ(world_try_open("/hello", FILE_READ | FILE_EXECUTE, &run), ERR_TEXT_BUSY);
    world_close(handle);
    world_clean();
}

TEST(attributes, are_changed_and_kept)
{
    struct file_change_req q = {
        .what = FILE_MODE | FILE_UID | FILE_GID, .mode = 0640, .uid = 70000, .gid = 3};
    struct file_change_reply r;
    struct file_times_req t = {.what = FILE_MTIME | FILE_ATIME_NOW, .mtime_low = 12345};
    struct file_times_reply tr;
    struct file_stat_req sq;
    struct file_stat_reply sr;
    struct file_attributes a;

    world_of(journal);
    q.handle = t.handle = world_open("/hello", FILE_PATH);
    CHECK_EQ(WORLD(file, change, q, r), ERR_OK);
    CHECK_EQ(WORLD(file, times, t, tr), ERR_OK);
    t.mtime_high = 1;
    CHECK_EQ(WORLD(file, times, t, tr), ERR_BAD_ARG);
    world_clean();
    CHECK_EQ(world_start(300, "lru"), ERR_OK);
    sq.handle = world_open("/hello", FILE_PATH);
    CHECK_EQ(WORLD(file, stat, sq, sr), ERR_OK);
    memcpy(&a, world.lent, sizeof(a));
    CHECK_EQ(a.mode, 0100640);
    CHECK_EQ(a.uid, 70000);
    CHECK_EQ(a.gid, 3);
    CHECK_EQ(a.mtime, 12345);
    CHECK_EQ(a.atime, 1700000000);
}
