/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame_history_test.c - random histories of many clients, audited after each step.
 *
 * The clients keep their own notes of what they hold, fill it with their own mark, and check
 * that nobody else wrote there.
 */
#include "frame_world.h"
#include "unit.h"

#define TENANTS 12u
#define SLOTS   600u

struct tenant {
    uint64_t badge;
    uint32_t bank;       /* 0: init's client */
    uint8_t held[SLOTS]; /* 0 = nothing, order + 1, or 0x80 for an Untyped */
};

static struct tenant tenant[TENANTS];
static uint32_t n;

static uint8_t mark_of(unsigned who)
{
    return (uint8_t)(0x10 + who);
}

static unsigned free_run(const struct tenant *t, unsigned want)
{
    unsigned at = world_random(SLOTS - want);

    for (unsigned i = 0; i < want; i++)
        if (t->held[at + i])
            return 0;
    return at;
}

static void step_alloc(unsigned who, unsigned order, unsigned count)
{
    struct tenant *t = &tenant[who];
    unsigned at = free_run(t, count);
    enum err e;

    if (at == 0)
        return;
    e = world_alloc(t->badge, order, count, world_random(4) | FRAME_CLEARED, at, &n);
    CHECK(e == ERR_OK || e == ERR_NO_MEMORY || e == ERR_LIMIT);
    CHECK_EQ(e == ERR_OK, n > 0);
    CHECK_EQ(world_arrived, n);
    for (unsigned i = 0; i < n; i++) {
        cap_t slot = world_slot(t->badge, at + i);

        for (unsigned p = 0; p < 1u << order; p++)
            CHECK_EQ(model_contents(model_paddr(slot) + p * PAGE_SIZE), 0);
        model_fill(slot, mark_of(who));
        t->held[at + i] = (uint8_t)(order + 1);
    }
}

static void step_objects(unsigned who)
{
    struct tenant *t = &tenant[who];
    unsigned at = free_run(t, 1);
    enum err e;

    if (at == 0)
        return;
    e = world_objects(t->badge, 12 + world_random(5), at);
    CHECK(e == ERR_OK || e == ERR_NO_MEMORY || e == ERR_LIMIT);
    if (e != ERR_OK)
        return;
    t->held[at] = 0x80;
    if (world_random(2) == 0)
        untyped_retype(world_slot(t->badge, at), OBJ_ENDPOINT, 0, world_slot(t->badge, 1000 + at),
                       1, NULL);
}

static void step_give(unsigned who)
{
    struct tenant *t = &tenant[who];
    unsigned count = 1 + world_random(64), at = 1 + world_random(SLOTS - 64), held = 0;

    for (unsigned i = 0; i < count; i++) {
        held += t->held[at + i] != 0;
        if (t->held[at + i] != 0 && t->held[at + i] != 0x80)
            CHECK_EQ(model_contents(model_paddr(world_slot(t->badge, at + i))), mark_of(who));
        t->held[at + i] = 0;
    }
    CHECK_EQ(world_give(t->badge, at, count, &n), held > 0 ? ERR_OK : ERR_BAD_HANDLE);
    CHECK_EQ(n, held);
}

/* The bank ends and another takes its place. */
static void step_move_out(unsigned who)
{
    struct tenant *t = &tenant[who];
    struct frame_destroy_req q = {.bank = t->bank};
    struct frame_destroy_reply r;
    enum err e;

    if (t->bank == 0)
        return;
    do
        e = WORLD_CALL(MAKER, destroy, q, r);
    while (e == ERR_PENDING);
    CHECK_EQ(e, ERR_OK);
    for (unsigned i = 1; i < SLOTS; i++)
        CHECK(model_empty(world_slot(t->badge, i)));
    memset(t->held, 0, sizeof(t->held));
    CHECK_EQ(world_bank(MAKER, world_random(3) ? 0 : 200, 4000 + who, &t->bank, &t->badge), ERR_OK);
}

static void tenants_begin(void)
{
    memset(tenant, 0, sizeof(tenant));
    for (unsigned i = 0; i < TENANTS; i++) {
        if (i < 3)
            tenant[i].badge = 1 + i;
        else
            world_bank(MAKER, 0, 4000 + i, &tenant[i].bank, &tenant[i].badge);
    }
}

static void history(unsigned mib, uint32_t seed, unsigned steps, unsigned audits)
{
    world_of(mib);
    world_seed(seed);
    tenants_begin();
    for (unsigned i = 0; i < steps; i++) {
        unsigned who = world_random(TENANTS), what = world_random(100);

        if (what < 40)
            step_alloc(who, 0, 1 + world_random(64));
        else if (what < 50)
            step_alloc(who, world_random(7), 1);
        else if (what < 58)
            step_objects(who);
        else if (what < 98)
            step_give(who);
        else
            step_move_out(who);
        if (i % audits == 0)
            world_audit();
    }
    world_audit();
}

TEST(history, of_a_machine_with_little_memory_stays_sound_at_every_step)
{
    for (uint32_t seed = 1; seed <= 4; seed++)
        history(6, seed, 300, 1);
}

TEST(history, of_an_ordinary_machine_stays_sound)
{
    for (uint32_t seed = 1; seed <= 4; seed++)
        history(24, 100 + seed, 2000, 50);
}

TEST(history, ends_with_all_memory_whole_when_everybody_leaves)
{
    uint32_t before;

    world_of(24);
    before = world.status->free;
    history(24, 7, 1500, 100);
    for (unsigned i = 0; i < TENANTS; i++)
        for (unsigned at = 1; at < SLOTS; at += 64)
            world_give(tenant[i].badge, at, 64, &n);
    magazine_empty(&world.magazine, &world.buddy);
    CHECK_EQ(world.status->free, before);
    for (unsigned i = 0; i < world.buddy.chunks; i++) {
        const struct block *r = block_of(&world.buddy, chunk_start(&world.buddy, i));

        CHECK_EQ(r->state, BLOCK_FREE);
        CHECK_EQ(r->order, world.buddy.chunk[i].order);
    }
}
