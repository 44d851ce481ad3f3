/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame_buddy_test.c - blocks: closed forms, exhaustion, joining, chunks that change their use. */
#include "frame_world.h"
#include "unit.h"

static struct buddy *const b = &world.buddy;

/* Blocks of that order which the chunks divide into. */
static uint32_t blocks_of(unsigned order)
{
    uint32_t n = 0;

    for (unsigned i = 0; i < b->chunks; i++)
        if (b->chunk[i].order >= order)
            n += 1u << (b->chunk[i].order - order);
    return n;
}

static void put(block_t block)
{
    block_t held[1];

    block_of(b, block)->state = BLOCK_LEAVING;
    CHECK_EQ(buddy_put(b, &block, 1, held), 0);
}

static bool all_chunks_whole(void)
{
    for (unsigned i = 0; i < b->chunks; i++) {
        const struct block *r = block_of(b, chunk_start(&world.buddy, i));

        if (r->state != BLOCK_FREE || r->order != b->chunk[i].order)
            return false;
    }
    return true;
}

TEST(buddy, memory_is_cut_into_whole_chunks_at_first)
{
    world_of(24);
    CHECK(all_chunks_whole());
    CHECK_EQ(b->order, 6);
    CHECK_EQ(b->free_pages[CHUNK_FRAMES], b->pages);
    world_audit();
}

TEST(buddy, own_tables_take_less_than_three_percent_and_of_a_small_machine_half_a_percent_more)
{
    static const unsigned mib[] = {16, 24, 32, 64, 128, 256, 512};

    for (unsigned i = 0; i < sizeof(mib) / sizeof(mib[0]); i++) {
        world_of(mib[i]);
        CHECK(world.status->own * 1000 < world.status->total * (mib[i] < 32 ? 35 : 30));
        CHECK_EQ(world.status->total, (((uint64_t)mib[i] << 20) - 0x2a3000) >> PAGE_BITS);
    }
}

TEST(buddy, every_order_can_be_taken_as_often_as_memory_divides_into_it)
{
    for (unsigned order = 0; order <= 6; order++) {
        static block_t taken[1 << 13];
        uint32_t n = 0;

        world_of(24);
        while ((taken[n] = buddy_take(b, CHUNK_FRAMES, order)) != BLOCK_NONE) {
            CHECK_EQ(block_of(b, taken[n])->order, order);
            CHECK_EQ(model_paddr(block_cap(b, taken[n], order)) & ((4096u << order) - 1), 0);
            n++;
        }
        CHECK_EQ(n, blocks_of(order));
        while (n-- > 0)
            put(taken[n]);
        CHECK(all_chunks_whole());
    }
}

TEST(buddy, no_order_above_a_chunk_is_found)
{
    world_of(24);
    CHECK_EQ(buddy_take(b, CHUNK_FRAMES, 7), BLOCK_NONE);
    CHECK_EQ(buddy_take(b, CHUNK_OBJECTS, 9), BLOCK_NONE);
    CHECK(all_chunks_whole());
}

TEST(buddy, two_blocks_never_overlap)
{
    static uint8_t seen[1 << 14];
    block_t block;

    memset(seen, 0, sizeof(seen));
    world_of(24);
    for (unsigned i = 0; (block = buddy_take(b, i % 3 == 0, i % 5)) != BLOCK_NONE; i++) {
        unsigned order = block_of(b, block)->order;
        uint64_t at = (model_paddr(block_cap(b, block, order)) - MODEL_BASE) >> PAGE_BITS;

        for (unsigned p = 0; p < 1u << order; p++)
            CHECK_EQ(seen[at + p]++, 0);
    }
}

TEST(buddy, a_split_takes_one_call_for_sixteen_pages)
{
    struct run run;
    unsigned before;

    world_of(24);
    buddy_take_run(b, 16);
    before = model_calls.derives;
    run = buddy_take_run(b, 16);

    CHECK_EQ(run.count, 16);
    CHECK_EQ(model_calls.derives - before, 1);
}

TEST(buddy, sixteen_pages_that_leave_together_are_revoked_by_one_call)
{
    block_t leaving[16], held[16];
    unsigned before;
    struct run run;

    world_of(24);
    buddy_take_run(b, 16); /* its buddy stays taken: no further join */
    run = buddy_take_run(b, 16);
    for (unsigned i = 0; i < 16; i++) {
        leaving[i] = run.first + i;
        block_of(b, leaving[i])->state = BLOCK_LEAVING;
    }
    before = model_calls.revokes;

    CHECK_EQ(buddy_put(b, leaving, 16, held), 0);
    CHECK_EQ(model_calls.revokes - before, 1);
}

TEST(buddy, pages_that_leave_one_by_one_join_to_the_whole_chunk)
{
    static block_t taken[1 << 13];
    uint32_t n = 0;

    world_of(24);
    for (;;) {
        struct run run = buddy_take_run(b, 1 + world_random(20));

        if (run.count == 0)
            break;
        while (run.count-- > 0)
            taken[n++] = run.first++;
    }
    CHECK_EQ(n, b->pages);
    for (uint32_t i = n - 1; i > 0; i--) {
        uint32_t j = world_random(i + 1);
        block_t swap = taken[i];

        taken[i] = taken[j];
        taken[j] = swap;
    }
    while (n-- > 0)
        put(taken[n]);
    CHECK(all_chunks_whole());
    world.status->free = b->pages;
    world_audit();
}

TEST(buddy, runs_are_neighbours_of_one_split_block)
{
    world_of(24);
    for (unsigned i = 0; i < 200; i++) {
        struct run run = buddy_take_run(b, 1 + i % 20);

        CHECK(run.count >= 1 && run.count <= 16);
        for (unsigned j = 1; j < run.count; j++)
            CHECK_EQ(model_paddr(block_cap(b, run.first + j, 0)),
                     model_paddr(block_cap(b, run.first, 0)) + j * PAGE_SIZE);
    }
}

TEST(buddy, a_free_chunk_changes_its_use_when_the_other_has_nothing_left)
{
    static block_t taken[1 << 13];
    block_t object;
    uint32_t n = 0;

    world_of(24);
    object = buddy_take(b, CHUNK_OBJECTS, 6);
    CHECK(object != BLOCK_NONE);
    CHECK_EQ(b->chunks_of[CHUNK_OBJECTS], 1);
    put(object);
    while ((taken[n] = buddy_take(b, CHUNK_FRAMES, 0)) != BLOCK_NONE)
        n++;

    CHECK_EQ(n, b->pages);
    CHECK_EQ(b->chunks_of[CHUNK_OBJECTS], 0);
    CHECK_EQ(buddy_take(b, CHUNK_OBJECTS, 0), BLOCK_NONE);
}

TEST(buddy, objects_take_the_smallest_chunk_that_does)
{
    const struct chunk *chunk;

    world_of(24);
    chunk = block_chunk(b, buddy_take(b, CHUNK_OBJECTS, 0));
    for (unsigned i = 0; i < b->chunks; i++)
        CHECK(chunk->order <= b->chunk[i].order);
}

TEST(buddy, a_page_held_for_dma_stays_and_the_others_of_its_block_go)
{
    block_t leaving[16], held[16];
    struct run run;

    world_of(24);
    run = buddy_take_run(b, 16);
    for (unsigned i = 0; i < 16; i++) {
        leaving[i] = run.first + i;
        block_of(b, leaving[i])->state = BLOCK_LEAVING;
        cap_derive(block_cap(b, leaving[i], 0), world_slot(TRUSTED, i), RIGHT_ALL, 0);
    }
    model_hold(world_slot(TRUSTED, 5), true);

    CHECK_EQ(buddy_put(b, leaving, 16, held), 1);
    CHECK_EQ(held[0], run.first + 5);
    CHECK(!model_empty(world_slot(TRUSTED, 5)));
    CHECK(model_empty(world_slot(TRUSTED, 4)));
    model_hold(world_slot(TRUSTED, 5), false);
    CHECK_EQ(buddy_put(b, held, 1, leaving), 0);
    CHECK(all_chunks_whole());
}
