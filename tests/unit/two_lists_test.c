/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * two_lists_test.c - the file server's default caching policy against closed forms.
 */
#include "evict.h"
#include "replay.h"

static uint32_t faults(uint32_t n, struct trace t)
{
    uint32_t count = replay(&policy_two_lists, n, &t);

    free(t.page);
    return count;
}

TEST(two_lists, loads_each_page_once_if_all_fit)
{
    CHECK_EQ(faults(96, trace_loop(96, 30)), 96);
    CHECK_EQ(faults(96, trace_zigzag(96, 30)), 96);
}

TEST(two_lists, misses_always_in_a_loop_that_does_not_fit)
{
    CHECK_EQ(faults(64, trace_loop(65, 40)), 2600);
    CHECK_EQ(faults(64, trace_loop(96, 30)), 2880);
}

TEST(two_lists, keeps_the_hot_pages_through_a_scan)
{
    /* LRU and FIFO: 4640. Without a miss on a hot page: 32 + 20 * 200 */
    CHECK_EQ(faults(64, trace_hot_scan(32, 200, 20)), 4032);
}

TEST(two_lists, is_no_worse_than_chance_without_locality)
{
    uint32_t n = faults(100, trace_uniform(1000, 200000));

    CHECK(n > 178000 && n < 182000);
}

TEST(two_lists, is_exact_lru_for_what_is_used_once)
{
    CHECK_EQ(faults(3, trace_of("1 2 3 4 5 6 7 8 9")), 9);
}
