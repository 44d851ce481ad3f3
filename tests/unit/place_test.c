/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_test.c - where the loader puts things. */
#include "place.h"
#include "unit.h"

#define MEG 0x100000ull

static const struct boot_range two_banks[] = {{64 * MEG, 8 * MEG}, {16 * MEG, 4 * MEG}};

static struct place place_in_two_banks(void)
{
    return (struct place){.ram = two_banks, .ram_count = 2};
}

static struct boot_range range(uint64_t base, uint64_t size)
{
    return (struct boot_range){.base = base, .size = size};
}

TEST(place, takes_the_lowest_room_of_all_banks)
{
    struct place p = place_in_two_banks();
    struct boot_range got;

    CHECK(place_take(&p, MEG, &got));
    CHECK_EQ(got.base, 16 * MEG);
    CHECK(place_take(&p, MEG, &got));
    CHECK_EQ(got.base, 17 * MEG);
}

TEST(place, steps_over_what_is_avoided_however_it_overlaps)
{
    struct place p = place_in_two_banks();
    struct boot_range wide = range(0, 17 * MEG), inner = range(16 * MEG, 4096),
                      late = range(18 * MEG, MEG), got;

    CHECK(place_avoid(&p, &late) && place_avoid(&p, &wide) && place_avoid(&p, &inner));
    CHECK(place_take(&p, 2 * MEG, &got));
    CHECK_EQ(got.base, 64 * MEG); /* 17..18 and 19..20 are too short */
    CHECK(place_take(&p, MEG, &got));
    CHECK_EQ(got.base, 17 * MEG);
    CHECK(place_take(&p, MEG, &got));
    CHECK_EQ(got.base, 19 * MEG);
}

TEST(place, gives_nothing_beyond_the_end_of_a_bank)
{
    struct place p = place_in_two_banks();
    struct boot_range got = range(1, 2);

    CHECK(!place_take(&p, 8 * MEG + 4096, &got));
    CHECK(!place_take(&p, 0, &got));
    CHECK(!place_take(&p, 100, &got));
    CHECK_EQ(got.base, 1);
    CHECK(place_take(&p, 8 * MEG, &got));
    CHECK(!place_take(&p, 5 * MEG, &got));
}

TEST(place, claims_only_memory_that_is_free)
{
    struct place p = place_in_two_banks();
    struct boot_range outside = range(19 * MEG, 2 * MEG), nowhere = range(MEG, MEG),
                      inside = range(17 * MEG, MEG), beside = range(18 * MEG, MEG),
                      partly = range(18 * MEG - 4096, MEG);

    CHECK(!place_claim(&p, &outside));
    CHECK(!place_claim(&p, &nowhere));
    CHECK(place_claim(&p, &inside));
    CHECK(!place_claim(&p, &inside));
    CHECK(!place_claim(&p, &partly));
    CHECK(place_claim(&p, &beside));
}

TEST(place, refuses_what_it_cannot_note)
{
    struct place p = place_in_two_banks();
    struct boot_range page;
    unsigned taken = 0;

    while (place_take(&p, 4096, &page))
        taken++;
    CHECK_EQ(taken, PLACE_TAKEN);
}

TEST(range, of_memory_shrinks_to_whole_pages_and_of_what_is_reserved_grows)
{
    struct boot_range r;

    CHECK(range_inner(0x1001, 0x2fff, &r));
    CHECK_EQ(r.base, 0x2000);
    CHECK_EQ(r.size, 0x2000);
    CHECK(range_outer(0x1fff, 2, &r));
    CHECK_EQ(r.base, 0x1000);
    CHECK_EQ(r.size, 0x2000);
    CHECK(!range_inner(0x1001, 0x1ffe, &r));
    CHECK(!range_inner(0x1000, 0, &r));
    CHECK(!range_outer(0x1000, 0, &r));
}

TEST(range, that_wraps_around_is_none)
{
    struct boot_range r;

    CHECK(!range_inner(UINT64_MAX - 100, 0x10000, &r));
    CHECK(!range_outer(UINT64_MAX - 100, 0x10000, &r));
    CHECK(!range_inner(UINT64_MAX - 100, 50, &r));
    CHECK(!range_outer(UINT64_MAX - 100, 50, &r));
}
