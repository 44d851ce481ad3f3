/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_slots_test.c - slots for pages: neighbouring, in tables that grow, as far as memory goes;
 * the pool's runs; pages given up in runs.
 */
#include "pager_world.h"
#include "start.h"

TEST(slots, grow_by_tables_as_large_as_all_before)
{
    struct task *t = task_begin();
    struct slots *s = &t->vm->slots;
    unsigned got, total = 0;

    while (total < 5000) {
        CHECK(slots_take(s, 16, &got) != CAP_NULL);
        CHECK_EQ(got, 16);
        total += got;
    }
    CHECK_EQ(s->table[0].count, 128);
    CHECK_EQ(s->table[1].count, 128);
    CHECK_EQ(s->table[2].count, 256);
    CHECK(s->tables <= 8);
    for (uint32_t i = 0; i < s->tables; i++)
        slots_return(s, s->table[i].first, s->table[i].used);
    CHECK_EQ(s->table[2].used, 0);
    world_end(t);
}

TEST(slots, are_neighbours_and_each_given_once)
{
    struct task *t = task_begin();
    struct slots *s = &t->vm->slots;
    cap_t run[8];
    unsigned got;

    for (unsigned i = 0; i < 8; i++)
        run[i] = slots_take(s, 16, &got);
    for (unsigned i = 1; i < 8; i++)
        CHECK_EQ(run[i], run[i - 1] + 16);
    slots_return(s, run[3], 16);
    slots_return(s, run[6] + 4, 5);
    CHECK_EQ(slots_take(s, 5, &got), run[3]);
    CHECK_EQ(slots_take(s, 11, &got), run[3] + 5);
    CHECK_EQ(slots_take(s, 5, &got), run[6] + 4);
    world_end(t);
}

/* Every second one empty: what a program leaves whose pages went in no order. */
TEST(slots, in_pieces_are_taken_in_pieces_and_need_no_table_more)
{
    struct task *t = task_begin();
    struct slots *s = &t->vm->slots;
    cap_t run[16];
    uint32_t tables;
    unsigned got;

    for (unsigned i = 0; i < 16; i++)
        run[i] = slots_take(s, 16, &got);
    tables = s->tables;
    for (unsigned i = 0; i < 256; i += 2)
        slots_return(s, run[i / 16] + i % 16, 1);
    for (unsigned i = 0; i < 64; i++) {
        CHECK(slots_take(s, 16, &got) != CAP_NULL);
        CHECK_EQ(got, 1);
    }
    CHECK(slots_take_one(s) != CAP_NULL);
    CHECK_EQ(s->tables, tables);
    slots_return(s, run[9], 16);
    for (unsigned i = 0; i < 128 && got < 16; i++) /* the search comes to it */
        slots_take(s, 16, &got);
    CHECK_EQ(got, 16);
    CHECK_EQ(s->tables, tables);
    world_end(t);
}

TEST(slots, come_in_shorter_runs_when_no_table_can_be_made)
{
    struct task *t = task_begin();
    struct slots *s = &t->vm->slots;
    unsigned got;
    cap_t first = slots_take(s, 64, &got);

    CHECK_EQ(slots_take(s, 60, &got), first + 64);
    world.frames_max = world.objects;
    CHECK_EQ(slots_take(s, 16, &got), first + 124);
    CHECK_EQ(got, 4);
    CHECK_EQ(slots_take(s, 1, &got), CAP_NULL);
    CHECK_EQ(got, 0);
    CHECK_EQ(slots_take_one(s), CAP_NULL);
    slots_return(s, first + 9, 1);
    CHECK_EQ(slots_take_one(s), first + 9);
    CHECK_EQ(slots_take_one(s), CAP_NULL);
    world_end(t);
}

TEST(pool, asks_for_more_at_once_when_it_is_used_up_fast)
{
    struct task *t = task_begin();
    struct pool *p = &t->vm->pool;
    struct drop d;
    enum err e;

    drop_begin(&d, &t->vm->slots, SLOT_MEMORY, CAP_NULL);
    for (unsigned i = 0; i < 400; i++)
        drop_frame(&d, pool_take(p, &e));
    drop_end(&d);
    CHECK_EQ(p->batch, POOL_MAX);
    CHECK(world.allocs <= 9);
    CHECK(world.gives <= 10);
    CHECK_EQ(world.frames, p->left);
    world_end(t);
}

TEST(drop, joins_neighbours_upwards_and_downwards_only)
{
    struct task *t = task_begin();
    struct pool *p = &t->vm->pool;
    cap_t frame[12];
    struct drop d;
    enum err e;

    for (unsigned i = 0; i < 12; i++)
        frame[i] = pool_take(p, &e);
    drop_begin(&d, &t->vm->slots, SLOT_MEMORY, CAP_NULL);
    for (unsigned i = 6; i-- > 0;)
        drop_frame(&d, frame[i]);
    for (unsigned i = 7; i < 12; i++) /* 6 is left out */
        drop_frame(&d, frame[i]);
    drop_frame(&d, frame[6]);
    drop_end(&d);
    CHECK_EQ(world.gives, 2);
    CHECK_EQ(world.frames, p->left);
    world_end(t);
}

TEST(drop, gives_a_few_frames_without_neighbours_in_one_message)
{
    struct task *t = task_begin();
    struct pool *p = &t->vm->pool;
    cap_t frame[16];
    struct drop d;
    enum err e;

    for (unsigned i = 0; i < 16; i++)
        frame[i] = pool_take(p, &e);
    drop_begin(&d, &t->vm->slots, SLOT_MEMORY, CAP_NULL);
    for (unsigned i = 0; i < 12; i += 2) /* five, and a run of one */
        drop_frame(&d, frame[i]);
    drop_end(&d);
    CHECK_EQ(world.gives, 1);
    for (unsigned i = 1; i < 16; i += 2) /* one more than goes */
        drop_frame(&d, frame[i]);
    drop_frame(&d, frame[14]);
    drop_end(&d);
    CHECK_EQ(world.gives, 3);
    drop_frame(&d, frame[12]);
    drop_end(&d);
    CHECK_EQ(world.gives, 4);
    CHECK_EQ(world.frames, p->left);
    world_end(t);
}
