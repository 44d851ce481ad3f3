/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * swap_table_test.c - tables of handles, and slot maps of devices.
 */
#include "rt.h"
#include "unit.h"

#include "place.h"
#include "reserve.h"
#include "table.h"

#include <stdlib.h>

_Noreturn void die(const char *format, ...);
void die(const char *format, ...)
{
    unit_fail(__FILE__, __LINE__, "died: %s", format);
}

TEST(table, keeps_entries_far_apart)
{
    struct table t = {.used = 0};
    static const uint32_t index[] = {1, 1023, 1024, 262143, 262144, TABLE_SIZE - 1};

    for (unsigned i = 0; i < 6; i++)
        CHECK(table_set(&t, index[i], 100 + i));

    for (unsigned i = 0; i < 6; i++)
        CHECK_EQ(table_get(&t, index[i]), 100 + i);
    CHECK_EQ(t.used, 6);
    CHECK_EQ(table_get(&t, 2), 0);
    CHECK_EQ(table_get(&t, TABLE_SIZE), 0);
    CHECK_EQ(table_next(&t, 2), 1023);
    CHECK_EQ(table_next(&t, 1025), 262143);
    CHECK_EQ(table_next(&t, 262145), TABLE_SIZE - 1);
    table_end(&t);
    CHECK_EQ(table_next(&t, 0), TABLE_SIZE);
}

TEST(table, gives_a_leaf_back_with_its_last_entry)
{
    struct table t = {.used = 0};
    uint32_t stock;

    CHECK(table_set(&t, 5, 1));
    CHECK(table_set(&t, 5000, 1));
    stock = reserve_stock();
    CHECK(table_set(&t, 5000, 0));
    CHECK_EQ(reserve_stock(), stock + 1);
    CHECK(table_set(&t, 5000, 0));
    table_end(&t);
    CHECK_EQ(reserve_stock(), stock + 3);
}

TEST(table, finds_runs_one_after_the_other)
{
    struct table t = {.used = 0};
    uint32_t first;

    CHECK_EQ(table_find_run(&t, 32, TABLE_SIZE, &first), 32);
    CHECK_EQ(first, 1);
    for (uint32_t i = 0; i < 32; i++)
        CHECK(table_set(&t, first + i, 7));

    CHECK_EQ(table_find_run(&t, 32, TABLE_SIZE, &first), 32);

    CHECK_EQ(first, 33);
    table_end(&t);
}

TEST(table, finds_the_longest_run_there_is)
{
    struct table t = {.used = 0};
    uint32_t first;

    for (uint32_t i = 1; i < 100; i++)
        CHECK(table_set(&t, i, 7));
    table_set(&t, 10, 0);
    table_set(&t, 50, 0);
    table_set(&t, 51, 0);

    CHECK_EQ(table_find_run(&t, 8, 100, &first), 2);
    CHECK_EQ(first, 50);
    CHECK(table_set(&t, 50, 7));
    CHECK(table_set(&t, 51, 7));
    CHECK_EQ(table_find_run(&t, 8, 100, &first), 1);
    CHECK_EQ(first, 10);
    CHECK(table_set(&t, 10, 7));
    CHECK_EQ(table_find_run(&t, 8, 100, &first), 0);
    table_end(&t);
}

TEST(table, has_no_block_where_nothing_is_allocated)
{
    struct table t = {.used = 0};

    while (reserve_stock() > 0)
        free(block_take());
    reclaim_begin();
    CHECK(!table_prepare(&t, 1, 1));
    CHECK(!table_set(&t, 1, 7));
    reclaim_end();
    CHECK(table_set(&t, 1, 7));
    table_end(&t);
}

TEST(reserve, keeps_a_stock_for_the_write_out_path)
{
    struct table t = {.used = 0};

    CHECK(reserve_want(4));
    CHECK(reserve_stock() >= 4);
    reclaim_begin();
    CHECK(table_prepare(&t, 1000, 100)); /* a middle and two leaves */
    reclaim_end();
    CHECK(reserve_stock() >= 1);
    table_end(&t);
}

static void areas_end(void)
{
    for (unsigned i = 0; i < AREAS; i++)
        area_close(i);
}

TEST(place, fills_the_device_of_the_highest_priority_first)
{
    uint32_t got;
    place_t p;

    CHECK_EQ(area_open(0, 4, 1), ERR_OK);
    CHECK_EQ(area_open(1, 4, 2), ERR_OK);
    CHECK_EQ(area_open(1, 4, 2), ERR_EXISTS);
    CHECK_EQ(area_open(2, 0, 2), ERR_BAD_ARG);
    CHECK_EQ(places_free(), 8);

    p = places_take(3, &got);
    CHECK_EQ(PLACE_AREA(p), 1);
    CHECK_EQ(got, 3);
    p = places_take(3, &got);
    CHECK_EQ(PLACE_AREA(p), 1);
    CHECK_EQ(got, 1);
    p = places_take(3, &got);
    CHECK_EQ(PLACE_AREA(p), 0);
    CHECK_EQ(got, 3);
    CHECK_EQ(places_free(), 1);
    areas_end();
}

TEST(place, takes_clusters_where_there_are_and_what_is_left_where_not)
{
    uint32_t got;

    CHECK_EQ(area_open(0, 64, 1), ERR_OK);
    for (unsigned i = 0; i < 4; i++)
        places_take(16, &got);
    CHECK_EQ(places_take(1, &got), PLACE_NONE);
    CHECK_EQ(got, 0);
    place_put(3);
    place_put(20);
    place_put(21);
    place_put(22);
    place_put(23);

    CHECK_EQ(places_take(16, &got), 20);
    CHECK_EQ(got, 4);
    CHECK_EQ(places_take(16, &got), 3);
    CHECK_EQ(got, 1);
    areas_end();
}

TEST(place, never_takes_a_bad_one_again)
{
    uint32_t got;
    place_t p;

    CHECK_EQ(area_open(0, 2, 1), ERR_OK);
    p = places_take(1, &got);
    CHECK_EQ(area_taken(0), 1);
    place_spoil(p);
    CHECK_EQ(area_taken(0), 0);
    CHECK_EQ(places_take(2, &got), 1);
    CHECK_EQ(places_take(2, &got), PLACE_NONE);
    areas_end();
}

TEST(place, takes_nothing_from_a_device_that_leaves)
{
    uint32_t got;

    CHECK_EQ(area_open(0, 8, 1), ERR_OK);
    places_take(2, &got);
    area_leave(0);
    CHECK_EQ(places_free(), 0);
    CHECK_EQ(places_take(1, &got), PLACE_NONE);
    CHECK_EQ(area_open(0, 99, 3), ERR_OK);
    CHECK_EQ(area_places(0), 8);
    CHECK_EQ(places_free(), 6);
    areas_end();
}
