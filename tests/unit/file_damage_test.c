/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_damage_test.c - images with damaged metadata: every call ends, with what is there or with
 * an error; nothing is read out of bounds (the sanitizer looks), nothing hangs.
 */
#include "file_world.h"

#include "rt.h"

#include <stdio.h>
#include <stdlib.h>

#define CALLS_MAX 20000u

static uint64_t seed;
static unsigned calls;

static uint32_t random_below(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

static bool allowed(enum err e)
{
    return e == ERR_OK || e == ERR_NOT_FOUND || e == ERR_NOT_DIR || e == ERR_CORRUPT ||
           e == ERR_IO || e == ERR_LOOP || e == ERR_NAME_LONG || e == ERR_BAD_HANDLE ||
           e == ERR_IS_DIR || e == ERR_BAD_ARG || e == ERR_NO_MEMORY;
}

static void read_some(uint32_t handle)
{
    uint32_t done = 1;

    for (uint64_t at = 0; at < 40 * 65536 && done > 0; at += 65536) {
        enum err e = world_read(handle, at, 65536, &done);

        CHECK(allowed(e));
        if (e != ERR_OK)
            break;
    }
    CHECK(allowed(world_read(handle, (uint64_t)1 << 40, 100, &done)));
}

static void list_some(uint32_t handle)
{
    struct file_list_req q = {.handle = handle, .bytes = 4096};
    struct file_list_reply r = {.bytes = 1};
    enum err e = ERR_OK;

    for (unsigned i = 0; i < CALLS_MAX && e == ERR_OK && r.bytes > 0; i++, calls++) {
        while ((e = WORLD(file, list, q, r)) == ERR_PENDING)
            world_disk_all();
        CHECK(allowed(e));
    }
    CHECK(calls < CALLS_MAX);
}

static void use_all(void)
{
    static const char *const path[] = {"/hello", "/big",    "/dir/deep/er/file", "/link",  "/far",
                                       "/loop",  "/dir/99", "/dir/self/0",       "/holes", "/"};

    calls = 0;
    for (unsigned i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
        uint32_t handle;
        enum err e = world_try_open(path[i], FILE_READ, &handle);

        CHECK(allowed(e));
        if (e == ERR_OK)
            read_some(handle);
    }
    for (unsigned i = 0; i < 3; i++) {
        static const char *const dir[] = {"/", "/dir", "/dir/deep"};
        uint32_t handle;

        if (world_try_open(dir[i], FILE_READ, &handle) == ERR_OK)
            list_some(handle);
    }
    world_disk_all();
    world_audit();
}

/* Changes some bytes where metadata lies: the first groups of blocks. */
static void damage(uint32_t from, uint32_t to, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        world.image[from + random_below(to - from)] = (char)random_below(256);
}

static void fuzz(const char *options, uint32_t from, uint32_t to, unsigned rounds)
{
    char *good;
    unsigned mounted = 0;

    world_image(options);
    good = malloc(world.image_bytes);
    memcpy(good, world.image, world.image_bytes);
    for (seed = 1; seed <= rounds; seed++) {
        uint64_t round = seed;

        memcpy(world.image, good, world.image_bytes);
        damage(from, to, 1 + random_below(200));
        if (world_start(200, "lru") == ERR_OK) {
            mounted++;
            use_all();
        }
        seed = round;
    }
    free(good);
    CHECK(mounted > 0);
}

TEST(damage, of_the_superblock_is_refused_or_harmless)
{
    fuzz("-t ext2 -b 4096", 1024, 2048, 150);
}

TEST(damage, of_group_descriptors_is_harmless)
{
    fuzz("-t ext2 -b 4096", 4096, 4096 + 64, 60);
}

TEST(damage, of_ext2_metadata_is_harmless)
{
    fuzz("-t ext2 -b 1024", 2048, 700 << 10, 150);
}

TEST(damage, of_ext4_metadata_is_harmless)
{
    fuzz("-t ext4 -b 1024 -O ^has_journal,^metadata_csum", 2048, 700 << 10, 150);
}

TEST(damage, that_checksums_find_is_an_error)
{
    fuzz("-t ext4 -b 4096 -O ^has_journal,metadata_csum", 4096, 700 << 10, 60);
}

static void inode_word(uint32_t number, unsigned offset, uint32_t value)
{
    uint32_t table;

    memcpy(&table, world.image + 4096 + 8, 4); /* of group 0; inodes of 256 bytes */
    memcpy(world.image + (uint64_t)table * 4096 + (number - 1) * 256 + offset, &value, 4);
}

static uint32_t inode_of(const char *path)
{
    uint32_t handle = world_open(path, FILE_PATH);

    return world_session->handle[handle - 1]->node->inode;
}

#define BLOCK(n) (40u + 4u * (n)) /* offset of i_block[n] */

TEST(damage, by_tables_that_name_themselves_ends)
{
    uint32_t dir, table;

    world_image("-t ext2 -b 4096");
    CHECK_EQ(world_start(200, "lru"), ERR_OK);
    dir = inode_of("/dir");
    /* a directory of 16 MiB whose tables of tables are one block that names itself */
    for (unsigned i = 0; i < 15; i++)
        inode_word(dir, BLOCK(i), 1500);
    inode_word(dir, 4, 16 << 20);
    table = 1500;
    for (unsigned i = 0; i < 1024; i++)
        memcpy(world.image + 1500 * 4096 + 4 * i, &table, 4);
    CHECK_EQ(world_start(200, "lru"), ERR_OK);
    use_all();
}

TEST(damage, by_a_size_beyond_belief_is_told)
{
    uint32_t big, handle;

    world_image("-t ext2 -b 4096");
    CHECK_EQ(world_start(200, "lru"), ERR_OK);
    big = inode_of("/big");
    inode_word(big, 108, 0xffffffff); /* the size's upper half */
    CHECK_EQ(world_start(200, "lru"), ERR_OK);
    CHECK_EQ(world_try_open("/big", FILE_READ, &handle), ERR_CORRUPT);
    CHECK(strstr(world.line, "inode") != NULL);
    CHECK_EQ(world_try_open("/hello", FILE_READ, &handle), ERR_OK);
}

TEST(damage, by_blocks_that_are_not_on_the_disk_is_told)
{
    uint32_t big, handle, done;

    world_image("-t ext2 -b 4096");
    CHECK_EQ(world_start(200, "lru"), ERR_OK);
    big = inode_of("/big");
    inode_word(big, BLOCK(3), 0x7fffffff);
    inode_word(big, BLOCK(12), 0x10000000);
    CHECK_EQ(world_start(200, "lru"), ERR_OK);
    handle = world_open("/big", FILE_READ);
    CHECK_EQ(world_read(handle, 0, 4096, &done), ERR_OK);
    CHECK_EQ(world_read(handle, 3 * 4096, 4096, &done), ERR_CORRUPT);
    CHECK_EQ(world_read(handle, 5 * 4096, 4096, &done), ERR_OK);
    CHECK_EQ(world_read(handle, 20 * 4096, 4096, &done), ERR_CORRUPT);
    world_audit();
}

TEST(damage, by_an_inode_number_that_is_none_is_told)
{
    uint32_t table, root_block, handle;

    world_image("-t ext2 -b 4096");
    CHECK_EQ(world_start(200, "lru"), ERR_OK);
    memcpy(&table, world.image + 4096 + 8, 4);
    memcpy(&root_block, world.image + (uint64_t)table * 4096 + 256 + BLOCK(0), 4);
    for (unsigned at = 0; at < 4096;) {
        char *entry = world.image + (uint64_t)root_block * 4096 + at;
        uint16_t bytes;

        if (entry[6] == 5 && memcmp(entry + 8, "hello", 5) == 0)
            memset(entry, 0xff, 4);
        memcpy(&bytes, entry + 4, 2);
        at += bytes;
    }
    CHECK_EQ(world_start(200, "lru"), ERR_OK);
    CHECK_EQ(world_try_open("/hello", FILE_READ, &handle), ERR_CORRUPT);
    CHECK_EQ(world_try_open("/big", FILE_READ, &handle), ERR_OK);
}
