/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oom_test.c - who dies: who may be chosen, who is first, and what is said of it. */
#include "table.h"
#include "unit.h"

#include <string.h>

static struct rank rank;

static struct frame_bank_row row(uint32_t bank, uint32_t pages)
{
    return (struct frame_bank_row){
        .bank = bank, .label = bank, .level = 5, .used = {1, 0, pages - 1, 0}};
}

static const struct ranked *choose(const struct oom_policy *policy,
                                   const struct frame_bank_row *rows, unsigned count)
{
    rank_begin(&rank, policy, 1000);
    for (unsigned i = 0; i < count; i++)
        rank_look(&rank, &rows[i]);
    for (unsigned i = 0; i < count; i++)
        rank_add(&rank, &rows[i]);
    return rank_victim(&rank);
}

TEST(oom, has_its_policies_by_name)
{
    CHECK(oom_policy_named("largest") == &oom_largest);
    CHECK(oom_policy_named("linux-like") == &oom_linux_like);
    CHECK(oom_policy_named("smallest") == NULL);
}

TEST(oom, largest_chooses_who_has_most_frames)
{
    struct frame_bank_row rows[] = {row(1, 100), row(2, 300), row(3, 200)};

    rows[0].waits = ERR_NO_MEMORY;
    rows[0].stall.swapped = 900;
    CHECK_EQ(choose(&oom_largest, rows, 3)->row.bank, 2);
    CHECK_EQ(rank.count, 3);
    CHECK_EQ(rank.first[1].row.bank, 3);
    CHECK_EQ(rank.first[2].row.bank, 1);
}

TEST(oom, linux_like_counts_what_is_swapped_and_the_adjustment)
{
    struct frame_bank_row rows[] = {row(1, 100), row(2, 300), row(3, 200)};

    rows[0].waits = ERR_NO_MEMORY;
    rows[0].stall.swapped = 250;
    CHECK_EQ(choose(&oom_linux_like, rows, 3)->row.bank, 1);
    rows[2].adjust = 200; /* of a thousand pages */
    CHECK_EQ(choose(&oom_linux_like, rows, 3)->row.bank, 3);
    rows[2].adjust = -900;
    CHECK_EQ(choose(&oom_linux_like, rows, 3)->row.bank, 1);
    CHECK_EQ(rank.first[2].score, 1);
}

TEST(oom, spares_servers_the_dying_and_who_is_never_to_be_killed)
{
    struct frame_bank_row rows[] = {row(1, 500), row(2, 400), row(3, 300), row(4, 2)};

    rows[0].level = 3;
    rows[1].dying = 1;
    rows[2].adjust = -1000;
    rows[3].waits = ERR_NO_MEMORY;
    CHECK_EQ(choose(&oom_largest, rows, 4)->row.bank, 4);
    CHECK(choose(&oom_largest, rows, 3) == NULL);
}

TEST(oom, at_a_limit_only_those_below_it_are_ranked)
{
    struct frame_bank_row rows[] = {row(1, 500), row(2, 100), row(3, 50), row(4, 60), row(5, 110)};

    rows[1].max = 100;
    rows[1].waits = ERR_LIMIT;
    CHECK_EQ(choose(&oom_largest, rows, 5)->row.bank, 2);
    CHECK_EQ(rank.count, 1);
    rows[1].max = 0;
    rows[1].waits = 0;
    rows[4].max = 110; /* a bank above 3 and 4 */
    rows[4].level = 4;
    rows[2].parent = rows[3].parent = 5;
    rows[2].waits = ERR_LIMIT;
    CHECK_EQ(choose(&oom_largest, rows, 5)->row.bank, 4);
    CHECK_EQ(rank.count, 2);
    rows[0].waits = ERR_NO_MEMORY;
    CHECK_EQ(choose(&oom_largest, rows, 5)->row.bank, 1);
}

TEST(oom, shows_the_first_of_many)
{
    struct frame_bank_row rows[40];

    for (unsigned i = 0; i < 40; i++)
        rows[i] = row(i + 1, 100 + (i * 7) % 40);
    rows[3].waits = ERR_NO_MEMORY;
    choose(&oom_largest, rows, 40);
    CHECK_EQ(rank.count, 40);
    for (unsigned i = 0; i < RANK_SHOWN; i++)
        CHECK_EQ(rank.first[i].score, 139 - i);
}

TEST(oom, of_equals_the_one_shown_last_dies)
{
    struct frame_bank_row rows[] = {row(1, 100), row(2, 100), row(3, 99)};

    rows[2].waits = ERR_NO_MEMORY;
    CHECK_EQ(choose(&oom_largest, rows, 3)->row.bank, 2);
}

TEST(table, says_whom_why_and_by_what)
{
    struct frame_bank_row rows[] = {row(7, 100), row(8, 20)};
    struct frame_status s = {.total = 1000, .free = 15};
    char line[TABLE_LINE], head[TABLE_LINE];

    rows[1].waits = ERR_NO_MEMORY;
    rows[0].stall.some = 12000000;
    choose(&oom_largest, rows, 2);
    table_verdict(&rank, &s, line);
    CHECK(strstr(line, "pid 7 is killed: the machine has no memory left") != NULL);
    CHECK(strstr(line, "15 of 1000 pages") != NULL);
    CHECK(strstr(line, "first of 2 by largest") != NULL);
    table_head(head);
    table_line(&rank.first[0], line);
    CHECK_EQ(strlen(line), strlen(head));
    CHECK(strstr(line, "     7      100       99 ") != NULL);
    CHECK(strstr(line, " 12       100") != NULL);
}

TEST(table, labels_are_pids_or_names)
{
    char text[12];
    uint32_t name;

    memcpy(&name, "file", sizeof(name));
    table_label(name, text);
    CHECK(strcmp(text, "file") == 0);
    table_label(42, text);
    CHECK(strcmp(text, "42") == 0);
    table_label(0xff010203, text);
    CHECK(strcmp(text, "4278256131") == 0);
}
