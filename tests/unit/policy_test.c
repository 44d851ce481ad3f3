/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy_test.c - each replacement policy against closed forms, textbook strings, figures
 * of other people's simulators, and a slow simulator written the other way round.
 */
#include "replay.h"

static const struct replacement *const every[] = {&policy_fifo, &policy_clock, &policy_lru};
#define EVERY (sizeof(every) / sizeof(every[0]))

TEST(policy, is_found_by_its_name)
{
    CHECK(policy_named("fifo") == &policy_fifo);
    CHECK(policy_named("clock") == &policy_clock);
    CHECK(policy_named("lru") == &policy_lru);
    CHECK(policy_named("best") == NULL);
    CHECK(policy_named("") == NULL);
    CHECK_STR(policy_names(), "fifo, clock, lru");
}

TEST(policy, misses_always_on_a_loop_longer_than_memory)
{
    static const struct {
        uint32_t m, n, k;
    } row[] = {{5, 4, 10}, {17, 16, 50}, {65, 64, 40}, {96, 64, 30}, {200, 64, 20}};

    for (size_t p = 0; p < EVERY; p++)
        for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
            CHECK_EQ(faults_of(every[p], row[i].n, trace_loop(row[i].m, row[i].k)),
                     row[i].k * row[i].m);
}

TEST(policy, faults_once_a_page_if_all_fit_and_always_on_one_scan)
{
    for (size_t p = 0; p < EVERY; p++) {
        CHECK_EQ(faults_of(every[p], 64, trace_loop(64, 20)), 64);
        CHECK_EQ(faults_of(every[p], 64, trace_loop(1000, 1)), 1000);
        CHECK_EQ(faults_of(every[p], 1, trace_loop(2, 5)), 10);
    }
}

TEST(policy, lru_keeps_the_near_end_of_a_zigzag)
{
    static const struct {
        uint32_t m, n, k;
    } row[] = {{65, 64, 40}, {96, 64, 30}, {200, 64, 20}};

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
        CHECK_EQ(faults_of(&policy_lru, row[i].n, trace_zigzag(row[i].m, row[i].k)),
                 row[i].m + (row[i].k - 1) * (row[i].m - row[i].n));
}

TEST(policy, lru_loses_the_hot_set_to_each_scan)
{
    CHECK_EQ(faults_of(&policy_lru, 64, trace_hot_scan(32, 200, 20)), 20 * (32 + 200));
}

TEST(policy, misses_uniform_references_in_proportion)
{
    static const struct {
        uint32_t m, n;
    } row[] = {{256, 64}, {1000, 100}};

    for (size_t p = 0; p < EVERY; p++)
        for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
            double ratio = faults_of(every[p], row[i].n, trace_uniform(row[i].m, 200000)) / 2e5;
            double expected = 1 - (double)row[i].n / row[i].m;

            CHECK(ratio > expected - 0.01 && ratio < expected + 0.01);
        }
}

TEST(policy, belady_s_string_shows_the_anomaly_in_fifo_only)
{
    const char *string = "1 2 3 4 1 2 5 1 2 3 4 5";

    CHECK_EQ(faults_of(&policy_fifo, 3, trace_of(string)), 9);
    CHECK_EQ(faults_of(&policy_fifo, 4, trace_of(string)), 10);
    CHECK_EQ(faults_of(&policy_lru, 3, trace_of(string)), 10);
    CHECK_EQ(faults_of(&policy_lru, 4, trace_of(string)), 8);
}

TEST(policy, the_textbook_string_gives_the_textbook_counts)
{
    const char *string = "7 0 1 2 0 3 0 4 2 3 0 3 2 1 2 0 1 7 0 1";

    CHECK_EQ(faults_of(&policy_fifo, 3, trace_of(string)), 15);
    CHECK_EQ(faults_of(&policy_lru, 3, trace_of(string)), 12);
}

TEST(policy, lru_never_faults_more_with_more_frames)
{
    struct trace t = trace_uniform(40, 3000);
    uint32_t before = t.length + 1;

    for (uint32_t n = 1; n <= 41; n++) {
        uint32_t faults = replay(&policy_lru, n, &t);

        CHECK(faults <= before);
        before = faults;
    }
    CHECK_EQ(before, 40);
    free(t.page);
}

/* Rows of policies.md's table: the same counts as libCacheSim's. */
TEST(policy, gives_the_counts_of_the_reference_table)
{
    const struct {
        struct trace t;
        uint32_t n, fifo, lru, clock;
    } row[] = {
        {trace_loop(65, 40), 64, 2600, 2600, 2600},
        {trace_loop(96, 30), 64, 2880, 2880, 2880},
        {trace_zigzag(96, 30), 64, 1472, 1024, 1920},
        {trace_hot_scan(32, 200, 20), 64, 4640, 4640, 4640},
        {trace_uniform(1000, 200000), 100, 180156, 180139, 180109},
    };

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        CHECK_EQ(replay(&policy_fifo, row[i].n, &row[i].t), row[i].fifo);
        CHECK_EQ(replay(&policy_lru, row[i].n, &row[i].t), row[i].lru);
        CHECK_EQ(replay(&policy_clock, row[i].n, &row[i].t), row[i].clock);
        free(row[i].t.page);
    }
}

/* The same policies without lists: arrays searched from end to end. */
struct naive {
    uint32_t n, used, hand, clock;
    uint32_t page[64];
    uint64_t came[64], last[64];
    bool mark[64];
};

static uint32_t naive_victim(struct naive *s, const struct replacement *policy)
{
    uint32_t best = 0;

    if (policy == &policy_clock) {
        for (; s->mark[s->hand]; s->hand = (s->hand + 1) % s->n)
            s->mark[s->hand] = false;
        best = s->hand;
        s->hand = (s->hand + 1) % s->n;
        return best;
    }
    for (uint32_t i = 1; i < s->n; i++)
        if (policy == &policy_fifo ? s->came[i] < s->came[best] : s->last[i] < s->last[best])
            best = i;
    return best;
}

static uint32_t naive_faults(const struct replacement *policy, uint32_t n, const struct trace *t)
{
    struct naive s = {.n = n};
    uint32_t faults = 0;

    for (uint32_t now = 0; now < t->length; now++) {
        uint32_t i = 0;

        while (i < s.used && s.page[i] != t->page[now])
            i++;
        if (i < s.used) {
            s.mark[i] = true;
        } else {
            faults++;
            i = s.used < n ? s.used++ : naive_victim(&s, policy);
            s.page[i] = t->page[now];
            s.came[i] = now;
            s.mark[i] = false;
        }
        s.last[i] = now;
    }
    return faults;
}

TEST(policy, agrees_with_a_simulator_without_lists_on_random_strings)
{
    static const uint32_t frames[] = {1, 2, 3, 5, 8, 16, 63, 64};
    uint32_t x = 20240817;

    for (unsigned round = 0; round < 60; round++) {
        struct trace t = {0};
        uint32_t pages = 2 + round * 3;

        for (unsigned i = 0; i < 1500; i++) {
            uint32_t page;

            x = x * 1664525u + 1013904223u;
            page = (x >> 10) % pages;
            trace_add(&t, x >> 31 ? page : page * page / pages); /* half of it skewed */
        }
        for (size_t p = 0; p < EVERY; p++)
            for (size_t f = 0; f < sizeof(frames) / sizeof(frames[0]); f++)
                CHECK_EQ(replay(every[p], frames[f], &t), naive_faults(every[p], frames[f], &t));
        free(t.page);
    }
}
