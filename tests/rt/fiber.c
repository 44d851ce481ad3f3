/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fiber.c - stacks that take turns within one thread, on the machine itself.
 */
#include "kit.h"

static char order[32];

static void note(char c)
{
    size_t n = strlen(order);

    CHECK(n + 1 < sizeof(order));
    order[n] = c;
    order[n + 1] = '\0';
}

static void twice(void *arg)
{
    char c = *(const char *)arg;

    note(c);
    fiber_yield();
    note(c);
}

TEST(fiber, takes_turns_with_its_starter)
{
    struct fiber *a, *b;

    order[0] = '\0';
    a = fiber_start(twice, "a", 4096);
    note('1');
    b = fiber_start(twice, "b", 4096);
    note('2');
    CHECK(!fiber_done(a));
    fiber_resume(a);
    fiber_resume(b);
    CHECK_STR(order, "a1b2ab");
    CHECK(fiber_done(a) && fiber_done(b));
    CHECK(fiber_self() == NULL);
}

static void reclaims(void *arg)
{
    (void)arg;
    reclaim_begin();
    fiber_yield();
    CHECK(reclaim_runs());
    reclaim_end();
    fiber_yield();
}

TEST(fiber, has_its_own_mark_of_reclaim)
{
    struct fiber *f = fiber_start(reclaims, NULL, 4096);

    CHECK(!reclaim_runs());
    reclaim_begin();
    fiber_resume(f);
    CHECK(reclaim_runs());
    fiber_resume(f);
    reclaim_end();
    CHECK(!reclaim_runs());
    CHECK(fiber_done(f));
}

static struct fiber *inner;

static void starts_another(void *arg)
{
    struct fiber *self = fiber_self();

    note('(');
    inner = fiber_start(twice, arg, 4096);
    CHECK(fiber_self() == self);
    note(')');
}

TEST(fiber, may_start_and_outlive_another)
{
    struct fiber *outer;

    order[0] = '\0';
    outer = fiber_start(starts_another, "i", 4096);
    CHECK(fiber_done(outer));
    fiber_resume(inner);
    CHECK_STR(order, "(i)i");
    CHECK(fiber_done(inner));
}

static void deep(void *arg)
{
    unsigned char room[6000];

    memset(room, 0x5a, sizeof(room));
    fiber_yield();
    for (unsigned i = 0; i < sizeof(room); i++)
        CHECK_EQ(room[i], 0x5a);
    *(bool *)arg = true;
}

TEST(fiber, keeps_its_stack_while_others_run)
{
    bool kept[3] = {false};
    struct fiber *f[3];

    for (unsigned i = 0; i < 3; i++)
        f[i] = fiber_start(deep, &kept[i], 8192);
    for (unsigned i = 3; i-- > 0;)
        fiber_resume(f[i]);
    for (unsigned i = 0; i < 3; i++)
        CHECK(kept[i] && fiber_done(f[i]));
}

TEST(fiber, there_are_only_so_many_and_they_are_used_again)
{
    struct fiber *f[FIBERS];

    for (unsigned round = 0; round < 3; round++) {
        order[0] = '\0';
        for (unsigned i = 0; i < FIBERS; i++) {
            f[i] = fiber_start(twice, "x", 4096);
            CHECK(f[i] != NULL);
        }
        CHECK(fiber_start(twice, "y", 4096) == NULL);
        for (unsigned i = 0; i < FIBERS; i++) {
            fiber_resume(f[i]);
            CHECK(fiber_done(f[i]));
        }
        CHECK_EQ(strlen(order), 2 * FIBERS);
    }
}
