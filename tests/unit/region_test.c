/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * region_test.c - mappings as sorted runs: splitting, joining, room, and random histories
 * against one byte a page.
 */
#include "region.h"
#include "unit.h"

#include <stdlib.h>

#define P     PAGE_SIZE
#define PAGES 256u

static unsigned released;

static void release(struct regions *s, struct object *o)
{
    (void)s;
    CHECK_EQ(o->regions, 0);
    released++;
}

static struct regions set(void)
{
    struct regions s;

    regions_init(&s, 1000, release);
    released = 0;
    return s;
}

static void put(struct regions *s, unsigned first, unsigned pages, unsigned rights,
                struct object *o, uint32_t index)
{
    struct region r = {.start = first * P,
                       .end = (first + pages) * P,
                       .rights = (uint8_t)rights,
                       .object = o,
                       .index = index,
                       .area = o != NULL};

    CHECK(regions_reserve(s, 1));
    regions_add(s, &r);
}

static void check_set(struct regions *s)
{
    size_t pages = 0;

    for (uint32_t i = 0; i < s->count; i++) {
        const struct region *r = &s->region[i];

        CHECK(r->start < r->end && r->start % P == 0 && r->end % P == 0);
        CHECK(i == 0 || s->region[i - 1].end <= r->start);
        pages += region_pages(r);
    }
    CHECK_EQ(s->pages, pages);
}

TEST(region, is_found_by_any_address_in_it)
{
    struct regions s = set();

    put(&s, 10, 5, 1, NULL, 0);
    put(&s, 20, 1, 1, NULL, 0);
    CHECK(region_at(&s, 10 * P - 1) == NULL);
    CHECK_EQ(region_at(&s, 10 * P)->end, 15 * P);
    CHECK_EQ(region_at(&s, 15 * P - 1)->end, 15 * P);
    CHECK(region_at(&s, 15 * P) == NULL);
    CHECK_EQ(region_from(&s, 15 * P)->start, 20 * P);
    CHECK_EQ(region_from(&s, 0)->start, 10 * P);
    CHECK(region_from(&s, 21 * P) == NULL);
    CHECK(region_at(&s, UINTPTR_MAX) == NULL);
    regions_fini(&s);
}

TEST(region, joins_its_like_on_both_sides_only)
{
    struct regions s = set();
    struct object o = {0};

    put(&s, 10, 5, 1, NULL, 0);
    put(&s, 20, 5, 1, NULL, 0);
    put(&s, 15, 5, 1, NULL, 0);
    CHECK_EQ(s.count, 1);
    put(&s, 25, 5, 3, NULL, 0); /* other rights */
    put(&s, 30, 5, 3, &o, 7);   /* an object */
    put(&s, 35, 5, 3, &o, 12);  /* more of it */
    put(&s, 40, 5, 3, &o, 18);  /* another part of it */
    CHECK_EQ(s.count, 4);
    CHECK_EQ(o.regions, 2);
    check_set(&s);
    regions_fini(&s);
    CHECK_EQ(released, 1);
}

TEST(region, is_cut_in_the_middle_and_keeps_its_pages_of_the_object)
{
    struct regions s = set();
    struct object o = {0};

    put(&s, 10, 10, 1, &o, 100);
    CHECK(regions_reserve(&s, 2));
    regions_cut(&s, 13 * P, 15 * P);
    CHECK_EQ(s.count, 2);
    CHECK_EQ(o.regions, 2);
    CHECK_EQ(region_index(region_at(&s, 12 * P), 12 * P), 102);
    CHECK_EQ(region_index(region_at(&s, 15 * P), 15 * P), 105);
    CHECK(!regions_cover(&s, 12 * P, 16 * P));
    CHECK(regions_cover(&s, 15 * P, 20 * P));
    CHECK(!regions_cover(&s, 15 * P, 20 * P + 1));
    CHECK(regions_reserve(&s, 2));
    regions_cut(&s, 0, 1000 * P);
    CHECK_EQ(s.count, 0);
    CHECK_EQ(released, 1);
    regions_fini(&s);
}

TEST(region, finds_the_lowest_room_and_keeps_away_from_stacks)
{
    struct regions s = set();

    put(&s, 10, 5, 1, NULL, 0);
    put(&s, 20, 5, 1, NULL, 0);
    s.region[1].flags = REGION_GROWS;
    CHECK_EQ(regions_room(&s, 5 * P, 10 * P, 100 * P, 0), 15 * P);
    CHECK_EQ(regions_room(&s, 5 * P, 10 * P, 100 * P, 2 * P), 25 * P);
    CHECK_EQ(regions_room(&s, 3 * P, 10 * P, 100 * P, 2 * P), 15 * P);
    CHECK_EQ(regions_room(&s, 6 * P, 10 * P, 100 * P, 0), 25 * P);
    CHECK_EQ(regions_room(&s, 6 * P, 10 * P, 30 * P, 0), 0);
    CHECK_EQ(regions_room(&s, 5 * P, 10 * P, 30 * P, 2 * P), 25 * P);
    CHECK_EQ(regions_room(&s, 2 * P, 12 * P, 14 * P, 0), 0);
    CHECK_EQ(regions_room(&s, 0, 0, 100 * P, 0), 0);
    CHECK_EQ(regions_room(&s, SIZE_MAX & ~(size_t)(P - 1), P, 100 * P, 0), 0);
    CHECK_EQ(regions_room(&s, P, 100 * P, 100 * P, 0), 0);
    CHECK_EQ(regions_room(&s, P, 101 * P, 100 * P, 0), 0);
    regions_fini(&s);
}

TEST(region, is_refused_beyond_the_limit_of_their_number)
{
    struct regions s;

    regions_init(&s, 3, release);
    for (unsigned i = 0; i < 3; i++)
        put(&s, 2 * i, 1, 1, NULL, 0);
    CHECK(!regions_reserve(&s, 1));
    CHECK_EQ(s.count, 3);
    regions_fini(&s);
}

/* Each page's rights, 0 = not mapped; an object's pages also know their index. */
struct byte_model {
    uint8_t rights;
    uint32_t index;
};

static void check_model(struct regions *s, const struct byte_model *model)
{
    check_set(s);
    for (unsigned i = 0; i < PAGES; i++) {
        const struct region *r = region_at(s, i * P);

        CHECK_EQ(r == NULL ? 0 : r->rights, model[i].rights);
        if (r != NULL && r->object != NULL)
            CHECK_EQ(region_index(r, i * P), model[i].index);
    }
}

TEST(region, histories_agree_with_a_byte_a_page)
{
    uint32_t x = 99;

    for (unsigned round = 0; round < 30; round++) {
        struct regions s = set();
        struct byte_model model[PAGES] = {0};
        struct object o = {0};

        for (unsigned i = 0; i < 400; i++) {
            unsigned first, pages, what, rights;

            x = x * 1664525u + 1013904223u;
            first = (x >> 8) % PAGES;
            pages = 1 + (x >> 16) % 20;
            what = x >> 28;
            rights = 1 + what % 3;
            if (first + pages > PAGES)
                pages = PAGES - first;
            CHECK(regions_reserve(&s, 3));
            regions_cut(&s, first * P, (first + pages) * P);
            if (what < 10)
                put(&s, first, pages, rights, what < 5 ? NULL : &o, i);
            for (unsigned k = 0; k < pages; k++)
                model[first + k] = (struct byte_model){what < 10 ? (uint8_t)rights : 0, i + k};
        }
        check_model(&s, model);
        regions_fini(&s);
        CHECK_EQ(o.regions, 0);
    }
}
