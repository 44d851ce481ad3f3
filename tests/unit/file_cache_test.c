/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_cache_test.c - pages and their frames: entering, filling, evicting, giving back; and
 * the small tables beside them: read-ahead, extents, names, nodes.
 */
#include "file_world.h"

#include "ahead.h"
#include "cache.h"
#include "extent.h"
#include "name.h"
#include "pool.h"
#include "rt.h"

#include <stdio.h>

static void cache_of(uint32_t pages)
{
    static bool imaged;

    if (!imaged)
        world_image("-t ext2 -b 4096");
    imaged = true;
    world.frames_given = 0;
    CHECK_EQ(world_start(pages, "lru"), ERR_OK);
}

/* A page that is there. */
static struct page *valid(uint32_t index)
{
    struct page *p = cache_enter(99, index);

    CHECK(p != NULL);
    cache_filled(p, ERR_OK);
    return p;
}

TEST(cache, finds_what_was_entered_and_nothing_else)
{
    struct page *p;

    cache_of(1000);
    p = valid(5);

    CHECK(cache_find(99, 5) == p);
    CHECK(cache_find(99, 6) == NULL);
    CHECK(cache_find(98, 5) == NULL);
    CHECK_EQ(status->cache_pages, 1);
    world_audit();
}

TEST(cache, grows_to_its_limit_and_then_evicts)
{
    cache_of(100);
    for (uint32_t i = 0; i < 100; i++)
        valid(i);
    CHECK_EQ(pool_frames(), 100);
    CHECK_EQ(status->evicted_clean, 0);

    valid(100);

    CHECK_EQ(pool_frames(), 100);
    CHECK(status->evicted_clean > 0);
    CHECK(cache_find(99, 100) != NULL);
    world_audit();
}

TEST(cache, takes_no_frames_that_are_not_spare)
{
    cache_of(1000);
    world.frames_left = 10;
    for (uint32_t i = 0; i < 200; i++)
        valid(i);

    CHECK_EQ(pool_frames(), 74); /* its minimum, and the 10 */
    world_audit();
}

TEST(cache, gives_back_the_frame_that_is_asked_for)
{
    struct page *p, *pinned;
    cap_t slot;

    cache_of(1000);
    for (uint32_t i = 0; i < 100; i++)
        valid(i);
    p = cache_find(99, 50);
    slot = p->frame;
    pinned = cache_find(99, 51);
    cache_pin(pinned);
    CHECK(cache_leave(slot));
    CHECK(p->state == PAGE_BARE && cache_find(99, 50) == NULL);
    CHECK(cache_leave(slot)); /* it is not there any more */
    CHECK(cache_leave(1));    /* no frame of a page */
    CHECK(!cache_leave(pinned->frame));
    cache_kill(cache_find(99, 52)); /* FREE, neither the first nor the last */
    p = cache_find(99, 53);
    cache_kill(p);
    cache_kill(cache_find(99, 54));
    CHECK(cache_leave(p->frame));
    CHECK_EQ(world.frames_given, 2);
    world_audit();
    cache_unpin(pinned);
    CHECK(cache_leave(pinned->frame));
    world.frames_left = 0;
    while (pool_frames() > 64)
        cache_shrink(1);
    for (uint32_t i = 0; i < 100; i++)
        if (cache_find(99, i) != NULL)
            CHECK(!cache_leave(cache_find(99, i)->frame)); /* its minimum */
    world_audit();
}

TEST(cache, never_evicts_what_is_pinned_or_being_filled)
{
    struct page *pinned, *filling;

    cache_of(64);
    pinned = valid(0);
    cache_pin(pinned);
    filling = cache_enter(99, 1);
    for (uint32_t i = 2; i < 500; i++)
        valid(i);

    CHECK(cache_find(99, 0) == pinned);
    CHECK(cache_find(99, 1) == filling);
    CHECK_EQ(filling->state, PAGE_FILLING);
    world_audit();
}

TEST(cache, has_no_page_when_all_are_pinned)
{
    cache_of(64);
    for (uint32_t i = 0; i < 64; i++)
        cache_pin(valid(i));

    CHECK(cache_enter(99, 64) == NULL);
    cache_unpin(cache_find(99, 7));
    CHECK(cache_enter(99, 64) != NULL);
    CHECK(cache_find(99, 7) == NULL);
    world_audit();
}

TEST(cache, forgets_a_failed_page_once_nobody_waits_for_it)
{
    struct page *p, *q;

    cache_of(64);
    p = cache_enter(99, 0);
    cache_pin(p);
    cache_filled(p, ERR_IO);
    CHECK(cache_find(99, 0) == p);
    CHECK_EQ(p->error, ERR_IO);
    cache_unpin(p);
    CHECK(cache_find(99, 0) == NULL);

    q = cache_enter(99, 1);
    cache_filled(q, ERR_IO);
    CHECK(cache_find(99, 1) == NULL);
    CHECK_EQ(status->errors, 2);
    world_audit();
}

TEST(cache, takes_an_evicted_page_from_all_who_have_it)
{
    cache_of(64);
    valid(0)->lent = 1;
    for (uint32_t i = 1; i < 200; i++)
        valid(i);

    CHECK(cache_find(99, 0) == NULL);
    CHECK_EQ(world.revokes, 1);
    world.revokes = 0;
}

TEST(cache, asks_the_hardware_about_lent_pages)
{
    cache_of(64);
    valid(0)->lent = 1;
    for (uint32_t i = 1; i < 64; i++)
        valid(i);
    world.accessed = HARVEST_A; /* found once: another round */

    valid(64);

    CHECK(cache_find(99, 0) != NULL);
    CHECK(cache_find(99, 1) == NULL);
}

TEST(cache, gives_back_what_is_wanted_but_not_its_minimum)
{
    cache_of(1000);
    for (uint32_t i = 0; i < 500; i++)
        valid(i);
    CHECK_EQ(cache_shrink(100), 100);
    CHECK_EQ(pool_frames(), 412); /* grown by batches to 512 */
    CHECK_EQ(world.frames_given, 100);

    cache_shrink(10000);

    CHECK_EQ(pool_frames(), 64);
    world.frames_given = 0;
    world_audit();
    for (uint32_t i = 500; i < 1500; i++)
        valid(i);
    CHECK(pool_frames() > 64);
    world_audit();
}

TEST(cache, keeps_its_invariants_whatever_happens)
{
    uint64_t seed = 1;

    cache_of(200);
    for (unsigned turn = 0; turn < 20000; turn++) {
        uint32_t index;
        struct page *p;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        index = (uint32_t)(seed >> 33) % 400;
        p = cache_find(99, index);
        if (p == NULL && (p = cache_enter(99, index)) != NULL)
            cache_filled(p, seed >> 60 == 0 ? ERR_IO : ERR_OK);
        else if (p != NULL && p->pins == 0 && seed >> 62 == 0)
            cache_pin(p);
        else if (p != NULL && p->pins > 0)
            cache_unpin(p);
        else if (p != NULL)
            cache_touch(p);
        if (seed >> 56 == 7)
            cache_shrink(30);
        if (turn % 1000 == 0)
            world_audit();
    }
}

/* ---- read-ahead ---- */

TEST(ahead, doubles_its_window_for_a_sequential_reader)
{
    struct ahead a;

    ahead_init(&a);
    CHECK_EQ(ahead_access(&a, 0, 1, true, 32), 4);   /* 1..4 */
    CHECK_EQ(ahead_access(&a, 1, 1, false, 32), 11); /* 5..12 */
    for (uint32_t i = 2; i < 5; i++)
        CHECK_EQ(ahead_access(&a, i, 1, false, 32), 0);
    CHECK_EQ(ahead_access(&a, 5, 1, false, 32), 23); /* 13..28 */
    CHECK_EQ(ahead_access(&a, 13, 1, false, 32), 0); /* a jump: no reader in order */
    CHECK_EQ(ahead_access(&a, 14, 1, false, 32), 0);
}

TEST(ahead, is_bounded)
{
    struct ahead a;
    uint32_t most = 0;

    ahead_init(&a);
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t n = ahead_access(&a, i, 1, i == 0, 32);

        if (n > most)
            most = n;
    }
    CHECK_EQ(most, 63); /* a window of 32, asked for while the last one is read */
}

TEST(ahead, gives_a_reader_who_jumps_nothing)
{
    struct ahead a;

    ahead_init(&a);
    CHECK_EQ(ahead_access(&a, 100, 1, true, 32), 0);
    CHECK_EQ(ahead_access(&a, 50, 1, true, 32), 0);
    CHECK_EQ(ahead_access(&a, 7, 1, true, 32), 0);
    CHECK_EQ(ahead_access(&a, 8, 1, true, 32), 4);
}

TEST(ahead, takes_small_pieces_of_one_page_as_going_on)
{
    struct ahead a;

    ahead_init(&a);
    ahead_access(&a, 0, 1, true, 32);
    CHECK_EQ(ahead_access(&a, 0, 1, false, 32), 0);
    CHECK_EQ(ahead_access(&a, 0, 2, false, 32), 11);
}

TEST(ahead, is_as_large_as_what_is_read_at_once)
{
    struct ahead a;

    ahead_init(&a);
    CHECK_EQ(ahead_access(&a, 0, 16, true, 32), 16);
}

TEST(ahead, looks_the_same_short_and_long)
{
    struct ahead a, b;
    uint64_t seed = 3;

    ahead_init(&a);
    ahead_init(&b);
    for (unsigned i = 0; i < 10000; i++) {
        uint32_t first, count;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        first = seed >> 62 == 0 ? (uint32_t)(seed >> 40) % 1000 : a.next;
        count = 1 + (uint32_t)(seed >> 50) % 4;
        if (!ahead_quiet(&a, first, count))
            ahead_access(&a, first, count, false, 32);
        ahead_access(&b, first, count, false, 32);
        CHECK_EQ(a.next, b.next);
        CHECK_EQ(a.mark, b.mark);
        CHECK_EQ(a.window, b.window);
    }
}

/* ---- extents, names, nodes ---- */

TEST(extent, is_found_by_any_of_its_blocks)
{
    struct node *n;
    const struct volume_run *run;

    cache_of(64);
    n = node_enter(77, &(struct node_facts){.links = 1});
    extent_enter(n, &(struct volume_run){.first = 10, .count = 5, .physical = 100});

    run = extent_find(n, 14);
    CHECK(run != NULL && run->physical == 100);
    CHECK(extent_find(n, 9) == NULL);
    CHECK(extent_find(n, 15) == NULL);
}

TEST(extent, makes_place_by_forgetting_the_longest_unused)
{
    struct node *n;

    cache_of(64);
    n = node_enter(77, &(struct node_facts){.links = 1});
    for (uint32_t i = 0; i < EXTENTS; i++)
        extent_enter(n, &(struct volume_run){.first = i, .count = 1, .physical = i + 1});
    CHECK(extent_find(n, 0) != NULL);
    extent_enter(n, &(struct volume_run){.first = EXTENTS, .count = 1, .physical = 9});

    CHECK(extent_find(n, 0) != NULL);
    CHECK(extent_find(n, 1) == NULL);
    CHECK(extent_find(n, EXTENTS) != NULL);
}

TEST(name, is_kept_with_what_it_names)
{
    uint32_t inode;

    names_init();
    CHECK(!name_find(2, "a", 1, &inode));
    name_enter(2, "a", 1, 11);
    name_enter(3, "a", 1, 12);
    name_enter(2, "none", 4, NAME_NONE);

    CHECK(name_find(2, "a", 1, &inode));
    CHECK_EQ(inode, 11);
    CHECK(name_find(3, "a", 1, &inode));
    CHECK_EQ(inode, 12);
    CHECK(name_find(2, "none", 4, &inode));
    CHECK_EQ(inode, NAME_NONE);
    name_enter(2, "a", 1, 13);
    CHECK(name_find(2, "a", 1, &inode));
    CHECK_EQ(inode, 13);
}

TEST(name, is_not_kept_if_it_is_long)
{
    char text[NAME_KEPT + 1];
    uint32_t inode;

    names_init();
    memset(text, 'x', sizeof(text));
    name_enter(2, text, NAME_KEPT, 5);
    name_enter(2, text, NAME_KEPT + 1, 6);

    CHECK(name_find(2, text, NAME_KEPT, &inode));
    CHECK(!name_find(2, text, NAME_KEPT + 1, &inode));
}

TEST(name, makes_place_for_others)
{
    uint32_t inode, found = 0;
    char text[8];

    names_init();
    for (unsigned i = 0; i < 5000; i++)
        name_enter(2, text, (unsigned)snprintf(text, sizeof(text), "%u", i), i + 1);
    for (unsigned i = 0; i < 5000; i++)
        if (name_find(2, text, (unsigned)snprintf(text, sizeof(text), "%u", i), &inode)) {
            CHECK_EQ(inode, i + 1);
            found++;
        }
    CHECK(found > 200 && found <= 256);
}

TEST(node, stays_while_it_is_held_and_some_time_after)
{
    struct node *held, *n;

    cache_of(64);
    held = node_enter(1000, &(struct node_facts){.size = 1, .links = 1});
    for (uint32_t i = 1; i <= NODES_IDLE + 10; i++)
        node_drop(node_enter(1000 + i, &(struct node_facts){.size = i, .links = 1}));

    CHECK(node_hold(1000) == held);
    CHECK(node_hold(1001) == NULL);
    n = node_hold(1000 + NODES_IDLE + 10);
    CHECK(n != NULL);
    CHECK_EQ(n->is.size, NODES_IDLE + 10);
}

TEST(node, is_refused_when_all_places_are_held)
{
    struct node *held;
    uint32_t i = 0;

    cache_of(64);
    while (node_enter(5000 + i, &(struct node_facts){.links = 1}) != NULL)
        i++;
    CHECK(i > 256 && i <= NODES_MAX);
    held = node_hold(5000);
    node_drop(held);
    node_drop(held);
    CHECK(node_enter(9999, &(struct node_facts){.links = 1}) != NULL);
}
