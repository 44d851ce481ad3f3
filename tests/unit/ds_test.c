/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ds_test.c - the data structures of lib/ds, each against what it promises, and
 * map and bitmap against slow models over many random steps.
 */
#include "unit.h"

#include "bitmap.h"
#include "handle.h"
#include "list.h"
#include "map.h"
#include "ring.h"

/* A small generator of our own: the same numbers on every machine. */
static uint32_t random_state = 1;
static uint32_t random_below(uint32_t n)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % n;
}

struct item {
    int number;
    struct list link;
};

static int item_number(struct list *link)
{
    return link == NULL ? -1 : LIST_MEMBER(link, struct item, link)->number;
}

TEST(list, keeps_the_order_of_both_ends)
{
    struct item a = {.number = 1}, b = {.number = 2}, c = {.number = 3};
    struct list head;

    list_init(&head);
    list_push_back(&head, &b.link);
    list_push_back(&head, &c.link);
    list_push_front(&head, &a.link);

    CHECK_EQ(item_number(list_last(&head)), 3);
    for (int want = 1; want <= 3; want++)
        CHECK_EQ(item_number(list_pop(&head)), want);
    CHECK(list_pop(&head) == NULL);
    CHECK(list_last(&head) == NULL);
}

TEST(list, lets_a_member_be_removed_on_the_way_and_twice)
{
    struct item item[5];
    struct list head, *link, *after;
    int sum = 0;

    list_init(&head);
    for (int i = 0; i < 5; i++) {
        item[i].number = i;
        list_push_back(&head, &item[i].link);
    }
    LIST_EACH_SAFE (link, after, &head)
        if (item_number(link) % 2 == 1)
            list_remove(link);
    list_remove(&item[1].link);
    LIST_EACH (link, &head)
        sum += item_number(link);

    CHECK_EQ(sum, 0 + 2 + 4);
}

TEST(bitmap, finds_runs_across_words)
{
    uint64_t map[BITMAP_WORDS(130)] = {0};

    bitmap_set_run(map, 0, 60);
    bitmap_set(map, 70);

    CHECK_EQ(bitmap_find(map, 130, 0, false), 60);
    CHECK_EQ(bitmap_find(map, 130, 60, true), 70);
    CHECK_EQ(bitmap_find_run(map, 130, 0, 10), 60);
    CHECK_EQ(bitmap_find_run(map, 130, 0, 11), 71);
    CHECK_EQ(bitmap_find_run(map, 130, 0, 59), 71);
    CHECK_EQ(bitmap_find_run(map, 130, 0, 60), BITMAP_NONE);
}

TEST(bitmap, never_looks_behind_its_last_bit)
{
    uint64_t map[BITMAP_WORDS(70)] = {~0ull, ~0ull};

    bitmap_clear_run(map, 66, 62);

    CHECK_EQ(bitmap_find_run(map, 70, 0, 4), 66);
    CHECK_EQ(bitmap_find_run(map, 70, 0, 5), BITMAP_NONE);
    CHECK_EQ(bitmap_find(map, 66, 0, false), BITMAP_NONE);
    CHECK_EQ(bitmap_count(map, 66), 66);
    CHECK_EQ(bitmap_count(map, 70), 66);
}

static unsigned slow_find_run(const uint64_t *map, unsigned bits, unsigned count)
{
    for (unsigned first = 0; first + count <= bits; first++) {
        unsigned n = 0;

        while (n < count && !bitmap_test(map, first + n))
            n++;
        if (n == count)
            return first;
    }
    return BITMAP_NONE;
}

TEST(bitmap, agrees_with_a_slow_search)
{
    enum { BITS = 190 };
    uint64_t map[BITMAP_WORDS(BITS)] = {0};

    for (int step = 0; step < 20000; step++) {
        unsigned bit = random_below(BITS);
        unsigned count = 1 + random_below(12);

        if (random_below(2) == 0)
            bitmap_set(map, bit);
        else
            bitmap_clear(map, bit);
        CHECK_EQ(bitmap_find_run(map, BITS, 0, count), slow_find_run(map, BITS, count));
    }
}

TEST(ring, gives_back_in_order_and_refuses_when_full)
{
    struct ring r;
    int box[4];

    ring_init(&r, 4);
    CHECK_EQ(ring_take(&r), RING_NONE);
    for (int round = 0; round < 7; round++) {
        for (int i = 0; i < 4; i++)
            box[ring_put(&r)] = 10 * round + i;
        CHECK_EQ(ring_put(&r), RING_NONE);
        CHECK_EQ(box[ring_peek(&r)], 10 * round);
        for (int i = 0; i < 4; i++)
            CHECK_EQ(box[ring_take(&r)], 10 * round + i);
        CHECK_EQ(ring_peek(&r), RING_NONE);
    }
}

TEST(ring, goes_on_when_its_counters_wrap)
{
    struct ring r = {.in = ~0u - 1, .out = ~0u - 1, .length = 4};

    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(ring_put(&r), (~0u - 1 + i) & 3);
    CHECK_EQ(ring_room(&r), 0);
    CHECK_EQ(ring_take(&r), (~0u - 1) & 3);
    CHECK_EQ(ring_used(&r), 3);
}

TEST(map, refuses_when_full_but_still_replaces)
{
    struct map_entry entry[8];
    struct map m;

    map_init(&m, entry, 8);
    for (uint64_t key = 0; key < 7; key++)
        CHECK(map_put(&m, key << 40, (uint32_t)key));

    CHECK(!map_put(&m, 99, 1));
    CHECK(map_put(&m, 3ull << 40, 33));
    CHECK_EQ(map_get(&m, 3ull << 40), 33);
    CHECK_EQ(map_get(&m, 99), MAP_NONE);
    CHECK_EQ(map_remove(&m, 99), MAP_NONE);
    CHECK_EQ(map_remove(&m, 3ull << 40), 33);
    CHECK_EQ(m.used, 6);
}

TEST(map, agrees_with_an_array_over_many_steps)
{
    enum { KEYS = 100 };
    static struct map_entry entry[64];
    uint32_t model[KEYS];
    struct map m;

    map_init(&m, entry, 64);
    memset(model, 0xff, sizeof(model));
    for (int step = 0; step < 50000; step++) {
        uint32_t key = random_below(KEYS);
        uint32_t value = random_below(1000);

        if (random_below(2) == 0) {
            if (map_put(&m, key, value))
                model[key] = value;
            else
                CHECK(m.used == 63 && model[key] == MAP_NONE);
        } else {
            CHECK_EQ(map_remove(&m, key), model[key]);
            model[key] = MAP_NONE;
        }
        key = random_below(KEYS);
        CHECK_EQ(map_get(&m, key), model[key]);
    }
}

TEST(handle, names_nothing_once_dropped)
{
    struct handle_entry entry[2];
    struct handles t;
    int a, b, c;
    uint32_t ha, hb, hc;

    handles_init(&t, entry, 2);
    ha = handle_new(&t, &a);
    hb = handle_new(&t, &b);
    CHECK_EQ(handle_new(&t, &c), HANDLE_NONE);
    CHECK(handle_drop(&t, ha) == &a);
    hc = handle_new(&t, &c);

    CHECK(hc != ha && hc != HANDLE_NONE);
    CHECK(handle_get(&t, ha) == NULL);
    CHECK(handle_drop(&t, ha) == NULL);
    CHECK(handle_get(&t, hb) == &b);
    CHECK(handle_get(&t, hc) == &c);
}

TEST(handle, refuses_numbers_never_given)
{
    struct handle_entry entry[2];
    struct handles t;
    int a;

    handles_init(&t, entry, 2);
    CHECK(handle_get(&t, HANDLE_NONE) == NULL);
    CHECK(handle_get(&t, 1u << 16) == NULL);
    CHECK(handle_get(&t, 1u << 16 | 0xffffu) == NULL);
    CHECK(handle_drop(&t, 1u << 16 | 0xffffu) == NULL);
    CHECK_EQ(handle_new(&t, &a), 1u << 16);
}

TEST(handle, survives_a_generation_that_wraps)
{
    struct handle_entry entry[1];
    struct handles t;
    int a;

    handles_init(&t, entry, 1);
    for (int i = 0; i < 70000; i++) {
        uint32_t h = handle_new(&t, &a);

        CHECK(h != HANDLE_NONE);
        CHECK(handle_drop(&t, h) == &a);
    }
}
