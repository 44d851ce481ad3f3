/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_crash_test.c - power failures: what was synced survives.
 *
 * A workload of writes, renames, removals and syncs is run once, and every write of the disk
 * noted. Then the power fails at each flush, and between each two: of what was written since the
 * last one, any part may be on the medium. e2fsck repairs each such disk, and what had been
 * synced by then is looked for.
 */
#include "file_world.h"

#include "change.h"

#include <stdio.h>
#include <stdlib.h>

#define NEW      (FILE_READ | FILE_WRITE | FILE_CREATE)
#define NOTES    4000u
#define PROMISES 64u
#define BLOCK    4096u

/* What the disk was told, in order; no bytes: a flush. */
static struct note {
    uint64_t sector, bytes;
    char *data;
} note[NOTES];
static unsigned notes;

/* A sync was answered when so many notes were taken: file `name` holds this seed's bytes. */
static struct promise {
    unsigned at, until; /* until: it is changed again from there on */
    char name[16];
    unsigned seed, blocks; /* blocks 0: the name is gone */
} promise[PROMISES];
static unsigned promises;

static char block[BLOCK];

static void block_make(unsigned seed, unsigned index)
{
    for (unsigned i = 0; i < BLOCK; i++)
        block[i] = (char)(seed * 31 + index * 7 + i / 16);
}

static void written(uint64_t sector, const char *data, uint64_t bytes)
{
    struct note *n = &note[notes++];

    CHECK(notes < NOTES);
    *n = (struct note){sector, bytes, bytes > 0 ? malloc(bytes) : NULL};
    if (bytes > 0)
        memcpy(n->data, data, bytes);
}

/* From here on nothing is promised about the name. */
static void disturb(const char *name)
{
    for (unsigned i = 0; i < promises; i++)
        if (strcmp(promise[i].name, name) == 0 && promise[i].until == NOTES)
            promise[i].until = notes;
}

static void keep(const char *name, unsigned seed, unsigned blocks)
{
    struct promise *p = &promise[promises++];

    CHECK(promises < PROMISES);
    *p = (struct promise){.at = notes, .until = NOTES, .seed = seed, .blocks = blocks};
    snprintf(p->name, sizeof(p->name), "%s", name);
}

static void file_make(const char *name, unsigned seed, unsigned blocks, bool sync)
{
    uint32_t handle, done;

    disturb(name);
    handle = world_open(name, NEW | FILE_TRUNCATE);
    for (unsigned i = 0; i < blocks; i++) {
        block_make(seed, i);
        CHECK_EQ(world_write(handle, (uint64_t)i * BLOCK, block, BLOCK, &done), ERR_OK);
    }
    if (sync) {
        CHECK_EQ(world_sync(handle, 0), ERR_OK);
        keep(name, seed, blocks);
    }
    world_close(handle);
}

static void workload(void)
{
    char name[16];

    for (unsigned i = 0; i < 6; i++) {
        snprintf(name, sizeof(name), "/f%u", i);
        file_make(name, i, 3 + i, true);
        file_make("/scratch", 40 + i, 5, false);
        disturb("/renamed");
        disturb("/new");
        file_make("/new", 50 + i, 4, true);
        disturb("/new");
        CHECK_EQ(world_rename("/new", "/renamed"), ERR_OK);
        CHECK_EQ(world_sync(0, 0), ERR_OK);
        keep("/renamed", 50 + i, 4);
        snprintf(name, sizeof(name), "/d%u", i);
        CHECK_EQ(world_mkdir(name), ERR_OK);
        if (i % 2 == 1) {
            snprintf(name, sizeof(name), "/f%u", i - 1);
            disturb(name);
            CHECK_EQ(world_remove(name, 0), ERR_OK);
            CHECK_EQ(world_sync(0, 0), ERR_OK);
            keep(name, 0, 0);
        }
    }
}

static bool kept(const struct promise *p)
{
    uint32_t handle, done;

    if (world_try_open(p->name, FILE_READ, &handle) != ERR_OK)
        return p->blocks == 0;
    for (unsigned i = 0; i < p->blocks; i++) {
        block_make(p->seed, i);
        if (world_read(handle, (uint64_t)i * BLOCK, BLOCK, &done) != ERR_OK || done != BLOCK ||
            memcmp(world.lent, block, BLOCK) != 0)
            return false;
    }
    return p->blocks > 0;
}

static uint32_t random_state = 1;

static uint32_t random_bits(void)
{
    random_state = random_state * 1664525u + 1013904223u;
    return random_state >> 8;
}

/* Promises made by notes[0..sure) and not taken back by notes[0..end): how many are broken. */
static unsigned broken(unsigned sure, unsigned end)
{
    unsigned n = 0;

    if (world_start(300, "lru") != ERR_OK)
        return 1;
    for (unsigned i = 0; i < promises; i++)
        if (promise[i].at <= sure && promise[i].until >= end && !kept(&promise[i]))
            n++;
    return n;
}

/*
 * The disk as it is if the power fails after `end` notes: all up to `sure`, of the others some.
 * How much of what was promised is lost.
 */
static unsigned crash(const char *before, uint64_t bytes, unsigned sure, unsigned end)
{
    int found;

    memcpy(world.image, before, bytes);
    for (unsigned i = 0; i < end; i++)
        if (note[i].bytes > 0 && (i < sure || random_bits() & 1))
            memcpy(world.image + note[i].sector * 512, note[i].data, note[i].bytes);
    found = world_fsck("-fy", world.image, bytes);
    if (found > 1)
        return 1;
    return broken(sure, end);
}

static char *record(const char *options, bool no_flush)
{
    char *before;

    notes = promises = 0;
    world_image(options);
    before = malloc(world.image_bytes);
    memcpy(before, world.image, world.image_bytes);
    CHECK_EQ(world_start(300, "lru"), ERR_OK);
    world.no_flush = no_flush;
    world.written = written;
    workload();
    world.written = NULL;
    return before;
}

static const char *const journal = "-t ext3 -b 4096 -I 256 -O ^resize_inode,^dir_index";

TEST(crash, at_every_flush_and_between_loses_nothing_that_was_synced)
{
    char *before = record(journal, false);
    unsigned sure = 0;

    for (unsigned i = 0; i < notes; i++) {
        if (note[i].bytes > 0)
            continue;
        CHECK_EQ(crash(before, world.image_bytes, i, i), 0);
        CHECK_EQ(crash(before, world.image_bytes, sure, i), 0);
        CHECK_EQ(crash(before, world.image_bytes, sure, sure + (i - sure) / 2), 0);
        sure = i + 1;
    }
    CHECK(sure > 30);
    free(before);
}

TEST(crash, is_noticed_by_this_test_if_flushes_are_left_out)
{
    char *before = record(journal, true);
    unsigned lost = 0;

    /* a disk that keeps the last writes back, as no flush ever asks for them */
    for (unsigned i = 40; i < notes && lost == 0; i += 5)
        lost += crash(before, world.image_bytes, i - 40, i) > 0 ||
                /* all that was answered by then was promised */
                broken(i, i) > 0;
    CHECK(lost > 0);
    free(before);
}
