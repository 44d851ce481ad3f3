/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame_balance_test.c - the balance policies: who is asked for how much. */
#include "balance.h"
#include "unit.h"

#include <string.h>

static uint32_t share[4];

static uint32_t ask(const struct balance *policy, const struct balance_bank *bank, unsigned count,
                    uint32_t want)
{
    uint32_t sum = 0;

    memset(share, 0, sizeof(share));
    policy->shares(bank, count, want, share);
    for (unsigned i = 0; i < count; i++) {
        CHECK(share[i] <= bank[i].spare);
        sum += share[i];
    }
    return sum;
}

TEST(balance, has_its_policies_by_name)
{
    CHECK(balance_named("proportional") == &balance_proportional);
    CHECK(balance_named("priority") == &balance_priority);
    CHECK(balance_named("working-set") == &balance_working_set);
    CHECK(balance_named("none") == NULL);
}

TEST(balance, proportional_takes_parts_of_what_is_above_low)
{
    const struct balance_bank bank[] = {
        {.spare = 300, .excess = 300}, {.spare = 100, .excess = 100}, {.spare = 500, .excess = 0}};

    CHECK_EQ(ask(&balance_proportional, bank, 3, 40), 40);
    CHECK_EQ(share[0], 30);
    CHECK_EQ(share[1], 10);
    CHECK_EQ(share[2], 0);
    CHECK(ask(&balance_proportional, bank, 3, 500) >= 500);
    CHECK_EQ(share[0], 300);
    CHECK_EQ(share[2], 100);
}

TEST(balance, priority_empties_who_matters_least_first)
{
    const struct balance_bank bank[] = {
        {.spare = 100, .excess = 60, .level = 3, .adjust = 0},
        {.spare = 100, .excess = 60, .level = 5, .adjust = 0},
        {.spare = 100, .excess = 60, .level = 5, .adjust = 500},
    };

    CHECK_EQ(ask(&balance_priority, bank, 3, 80), 80);
    CHECK_EQ(share[2], 60);
    CHECK_EQ(share[1], 20);
    CHECK_EQ(share[0], 0);
    CHECK_EQ(ask(&balance_priority, bank, 3, 190), 190);
    CHECK_EQ(share[2], 70);
}

TEST(balance, working_set_spares_who_waits_for_its_pages)
{
    const struct balance_bank bank[] = {{.spare = 100, .excess = 100, .stalls = 9},
                                        {.spare = 100, .excess = 100, .stalls = 0}};

    CHECK(ask(&balance_working_set, bank, 2, 50) >= 50);
    CHECK(share[0] < 10);
    CHECK(share[1] > 40);
}

TEST(balance, gives_all_there_is_when_more_is_wanted_and_nothing_when_there_is_none)
{
    const struct balance *const all[] = {&balance_proportional, &balance_priority,
                                         &balance_working_set};
    const struct balance_bank bank[] = {{.spare = 10, .excess = 3}, {.spare = 7, .excess = 7}};
    const struct balance_bank none[] = {{.spare = 0}, {.spare = 0}};

    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(ask(all[i], bank, 2, 1000), 17);
        CHECK_EQ(ask(all[i], none, 2, 1000), 0);
        CHECK_EQ(ask(all[i], bank, 0, 5), 0);
        CHECK(ask(all[i], bank, 2, 12) >= 12);
    }
}
