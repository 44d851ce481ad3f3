/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame_bank_test.c - banks alone: limits, charges up the tree, handles. */
#include "bank.h"
#include "unit.h"

#define BANKS 16u

static struct bank bank[BANKS];
static struct banks banks;

static void banks_begin(void)
{
    banks_init(&banks, bank, BANKS);
}

TEST(bank, charges_all_banks_above)
{
    unsigned a, b;

    banks_begin();
    a = bank_make(&banks, BANK_ROOT, 0, 0, 1);
    b = bank_make(&banks, a, 0, 0, 1);

    bank_charge(&banks, b, FRAME_PAGE, 5);
    bank_charge(&banks, a, FRAME_POOL, 2);

    CHECK_EQ(bank[b].total, 5);
    CHECK_EQ(bank[a].used[FRAME_PAGE], 5);
    CHECK_EQ(bank[a].total, 7);
    CHECK_EQ(bank[BANK_ROOT].total, 7);
}

TEST(bank, allows_what_the_narrowest_bank_above_allows)
{
    unsigned a, b;

    banks_begin();
    a = bank_make(&banks, BANK_ROOT, 10, 0, 1);
    b = bank_make(&banks, a, 100, 0, 1);
    bank_charge(&banks, a, FRAME_PAGE, 4);

    CHECK_EQ(bank_room(&banks, b, 50), 6);
    CHECK_EQ(bank_room(&banks, b, 3), 3);
    CHECK_EQ(bank_room(&banks, BANK_ROOT, 50), 50);
}

TEST(bank, allows_nothing_when_its_limit_is_reached_or_was_passed)
{
    unsigned a;

    banks_begin();
    a = bank_make(&banks, BANK_ROOT, 4, 0, 1);
    bank_charge(&banks, a, FRAME_PAGE, 4);

    CHECK_EQ(bank_room(&banks, a, 1), 0);
    bank[a].max = 2;
    CHECK_EQ(bank_room(&banks, a, 1), 0);
}

TEST(bank, remembers_its_peak)
{
    unsigned a;

    banks_begin();
    a = bank_make(&banks, BANK_ROOT, 0, 0, 1);
    bank_charge(&banks, a, FRAME_PAGE, 9);
    bank_release(&banks, a, FRAME_PAGE, 8);
    bank_charge(&banks, a, FRAME_LOCKED, 3);

    CHECK_EQ(bank[a].peak, 9);
    CHECK_EQ(bank[a].total, 4);
}

TEST(bank, that_dies_stops_those_below_it)
{
    unsigned a, b;

    banks_begin();
    a = bank_make(&banks, BANK_ROOT, 0, 0, 1);
    b = bank_make(&banks, a, 0, 0, 1);

    bank_condemn(&banks, a);

    CHECK_EQ(bank_room(&banks, b, 1), 0);
    CHECK(!bank_live(&banks, b));
    CHECK(bank_live(&banks, BANK_ROOT));
}

TEST(bank, is_found_by_its_maker_alone)
{
    unsigned a;

    banks_begin();
    a = bank_make(&banks, BANK_ROOT, 0, 0, 7);

    CHECK_EQ(bank_find(&banks, bank_handle(&banks, a), 7), a);
    CHECK_EQ(bank_find(&banks, bank_handle(&banks, a), 8), BANK_NONE);
}

TEST(bank, leaves_a_handle_that_names_nothing)
{
    unsigned a;
    uint32_t old;

    banks_begin();
    a = bank_make(&banks, BANK_ROOT, 0, 0, 7);
    old = bank_handle(&banks, a);
    bank_condemn(&banks, a);
    bank_end(&banks, a);

    CHECK_EQ(bank_find(&banks, old, 7), BANK_NONE);
    CHECK_EQ(bank_make(&banks, BANK_ROOT, 0, 0, 7), a);
    CHECK_EQ(bank_find(&banks, old, 7), BANK_NONE);
}

TEST(bank, handles_out_of_range_name_nothing)
{
    banks_begin();

    CHECK_EQ(bank_find(&banks, 0, 0), BANK_NONE);
    CHECK_EQ(bank_find(&banks, BANKS, 0), BANK_NONE);
    CHECK_EQ(bank_find(&banks, UINT32_MAX, 0), BANK_NONE);
}

TEST(bank, tree_is_as_deep_as_it_may_be_and_no_deeper)
{
    unsigned at = BANK_ROOT;

    banks_begin();
    for (unsigned i = 0; i < BANK_DEPTH; i++) {
        at = bank_make(&banks, at, 0, 0, 1);
        CHECK(at != BANK_NONE);
    }
    CHECK_EQ(bank_make(&banks, at, 0, 0, 1), BANK_NONE);
}

TEST(bank, table_runs_out)
{
    banks_begin();
    for (unsigned i = 1; i < BANKS; i++)
        CHECK(bank_make(&banks, BANK_ROOT, 0, 0, 1) != BANK_NONE);
    CHECK_EQ(bank_make(&banks, BANK_ROOT, 0, 0, 1), BANK_NONE);
}

TEST(bank, goes_from_the_middle_of_its_siblings)
{
    unsigned a, b, c;

    banks_begin();
    a = bank_make(&banks, BANK_ROOT, 0, 0, 1);
    b = bank_make(&banks, BANK_ROOT, 0, 0, 1);
    c = bank_make(&banks, BANK_ROOT, 0, 0, 1);

    bank_end(&banks, b);

    CHECK_EQ(bank[BANK_ROOT].child, c);
    CHECK_EQ(bank[c].sibling, a);
    CHECK_EQ(bank_lowest(&banks, BANK_ROOT), c);
}
