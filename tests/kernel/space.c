/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * space.c - address spaces: map, unmap, protect, harvest, copy.
 */
#include "kit.h"

#include "cpu.h"

#include "start.h"

#define RW (RIGHT_READ | RIGHT_WRITE)

static cap_t space_with_tables(void)
{
    cap_t space = kit_space_empty();

    kit_tables(space, KIT_VA, KIT_LEAF_BYTES);
    return space;
}

TEST(space, says_which_table_is_missing)
{
    cap_t space = kit_space_empty(), frame = kit_frames(1);
    unsigned level = 9;

    for (unsigned missing = ARCH_TABLE_LEVELS; missing-- > 0;) {
        CHECK_ERR(space_map(space, frame, KIT_VA, 1, RIGHT_READ, 0, &level), ERR_NO_TABLE);
        CHECK_EQ(level, missing);
        CHECK_OK(space_map(space, kit_object(OBJ_PAGETABLE, 0), KIT_VA, 1, 0, 0, NULL));
    }
    CHECK_ERR(space_map(space, kit_object(OBJ_PAGETABLE, 0), KIT_VA, 1, 0, 0, NULL), ERR_MAPPED);
    CHECK_OK(space_map(space, frame, KIT_VA, 1, RIGHT_READ, 0, NULL));
}

TEST(space, refuses_wild_addresses_and_rights)
{
    cap_t space = space_with_tables(), frame = kit_frames(1);
    uintptr_t wild[] = {(uintptr_t)ARCH_USER_TOP, (uintptr_t)ARCH_KERNEL, ~(uintptr_t)0xfff};

    for (unsigned i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
        CHECK_ERR(space_map(space, frame, wild[i], 1, RIGHT_READ, 0, NULL), ERR_BAD_ARG);
        CHECK_ERR(space_unmap(space, wild[i], 1), ERR_BAD_ARG);
        CHECK_ERR(space_protect(space, wild[i], 1, RIGHT_READ), ERR_BAD_ARG);
    }
    CHECK_ERR(space_map(space, frame, KIT_VA, 1, 0, 0, NULL), ERR_BAD_ARG);
    CHECK_ERR(space_map(space, kit_derive(frame, RIGHT_READ, 0), KIT_VA, 1, RW, 0, NULL),
              ERR_NO_RIGHT);
    CHECK_ERR(space_map(kit_derive(space, RIGHT_COPY, 0), frame, KIT_VA, 1, RW, 0, NULL),
              ERR_NO_RIGHT);
    CHECK_ERR(space_map(space, kit_object(OBJ_ENDPOINT, 0), KIT_VA, 1, RW, 0, NULL),
              ERR_WRONG_TYPE);
    CHECK_ERR(space_unmap(space, KIT_VA, ~0u), ERR_BAD_ARG);
}

TEST(space, maps_a_capability_in_one_place)
{
    cap_t space = space_with_tables(), other = space_with_tables(), frame = kit_frames(1);

    CHECK_OK(space_map(space, frame, KIT_VA, 1, RW, 0, NULL));
    CHECK_OK(space_map(space, frame, KIT_VA, 1, RIGHT_READ, 0, NULL)); /* again: the rights anew */
    CHECK_ERR(space_map(space, frame, KIT_VA + PAGE_SIZE, 1, RW, 0, NULL), ERR_MAPPED);
    CHECK_ERR(space_map(other, frame, KIT_VA, 1, RW, 0, NULL), ERR_MAPPED);
    CHECK_ERR(space_map(space, kit_frames(1), KIT_VA, 1, RW, 0, NULL), ERR_MAPPED);
}

TEST(space, a_run_stops_where_a_page_is_taken)
{
    cap_t space = space_with_tables(), frames = kit_frames(4), there = kit_frames(1);

    CHECK_OK(space_map(space, there, KIT_VA + 2 * PAGE_SIZE, 1, RW, 0, NULL));
    CHECK_ERR(space_map(space, frames, KIT_VA, 4, RW, 0, NULL), ERR_MAPPED);
    CHECK(kit_facts(frames + 1).flags & INSPECT_MAPPED);
    CHECK(!(kit_facts(frames + 2).flags & INSPECT_MAPPED));
    CHECK_OK(space_map(space, frames + 2, KIT_VA + 2 * PAGE_SIZE, 1, RW, MAP_REPLACE, NULL));
    CHECK(!(kit_facts(there).flags & INSPECT_MAPPED));
}

TEST(space, maps_blocks_whole)
{
    cap_t block = kit_object(OBJ_FRAME, 16);
    volatile uint32_t *at = (uint32_t *)KIT_VA;
    uint32_t word = 0;

    CHECK_OK(frame_clear_run(block, 1));
    kit_tables(SLOT_SPACE, KIT_VA, KIT_LEAF_BYTES);
    CHECK_ERR(space_map(SLOT_SPACE, block, KIT_VA + PAGE_SIZE, 1, RW, 0, NULL), ERR_BAD_ARG);
    CHECK_OK(space_map(SLOT_SPACE, block, KIT_VA, 1, RW, 0, NULL));
    at[15 * PAGE_SIZE / 4] = 5;
    CHECK_OK(frame_read(block, 15 * PAGE_SIZE, &word, sizeof(word)));
    CHECK_EQ(word, 5);
    CHECK_OK(cap_delete(block, 1));
    CHECK_OK(space_map(SLOT_SPACE, kit_frames(1), KIT_VA + 15 * PAGE_SIZE, 1, RW, 0, NULL));
}

TEST(space, copies_are_derived_on_the_way)
{
    cap_t space = space_with_tables(), zero = kit_frames(1), to = kit_slots(3);
    word_t word[MESSAGE_WORDS] = {zero, MAP_WHERE(KIT_VA, 3, RIGHT_READ, MAP_COPY), to, MAP_SAME};

    CHECK_OK(sys_invoke(space, OP_SPACE_MAP, word));
    for (unsigned i = 0; i < 3; i++)
        CHECK_EQ(kit_facts(to + i).detail, (KIT_VA >> PAGE_BITS) + i);
    CHECK_OK(cap_revoke(zero));
    CHECK_EQ(kit_type(to + 2), OBJ_NULL);
    CHECK_OK(space_map(space, kit_frames(3), KIT_VA, 3, RIGHT_READ, 0, NULL));
}

TEST(space, unmap_skips_holes_and_keeps_the_capabilities)
{
    cap_t space = space_with_tables(), frames = kit_frames(2);
    word_t word[MESSAGE_WORDS] = {KIT_VA, 100};

    CHECK_OK(space_map(space, frames, KIT_VA, 1, RW, 0, NULL));
    CHECK_OK(space_map(space, frames + 1, KIT_VA + 50 * PAGE_SIZE, 1, RW, 0, NULL));
    CHECK_OK(sys_invoke(space, OP_SPACE_UNMAP, word));
    CHECK_EQ(word[0], 2);
    CHECK_EQ(kit_type(frames), OBJ_FRAME);
    CHECK_OK(space_map(space, frames, KIT_VA + PAGE_SIZE, 1, RW, 0, NULL));
}

TEST(space, protect_never_exceeds_the_capability)
{
    cap_t frame = kit_derive(kit_frames(1), RW, 0), weak = kit_derive(frame, RIGHT_READ, 0);
    cap_t space = space_with_tables();
    uint8_t bits = 0;

    CHECK_OK(space_map(space, weak, KIT_VA, 1, RIGHT_READ, 0, NULL));
    CHECK_ERR(space_protect(space, KIT_VA, 1, RW), ERR_NO_RIGHT);
    CHECK_ERR(space_protect(space, KIT_VA, 1, 0), ERR_BAD_ARG);
    CHECK_OK(space_map(space, frame, KIT_VA + PAGE_SIZE, 1, RIGHT_READ, 0, NULL));
    CHECK_OK(space_protect(space, KIT_VA + PAGE_SIZE, 1, RW));
    CHECK_OK(space_harvest(space, KIT_VA + PAGE_SIZE, 1, 0, &bits));
    CHECK_EQ(bits, HARVEST_PRESENT | HARVEST_READ | HARVEST_WRITE);
}

TEST(space, harvest_tells_a_byte_a_page)
{
    cap_t space = space_with_tables();
    uint8_t bits[4];

    CHECK_OK(space_map(space, kit_derive(kit_frames(1), RW, 0), KIT_VA + PAGE_SIZE, 1, RIGHT_READ,
                       0, NULL));
    CHECK_OK(space_harvest(space, KIT_VA, 4, 0, bits));
    CHECK_EQ(bits[0], 0);
    CHECK_EQ(bits[1], HARVEST_PRESENT | HARVEST_READ);
    CHECK_EQ(bits[3], 0);
    CHECK_ERR(space_harvest(space, KIT_VA, 0, 0, bits), ERR_BAD_ARG);
    CHECK_ERR(space_harvest(space, KIT_VA, 513, 0, bits), ERR_BAD_ARG);
}

TEST(space, frames_mapped_untracked_count_as_touched)
{
    cap_t space = space_with_tables(), frame = kit_frames(1);
    uint8_t bits = 0;

    CHECK_OK(
        space_map(space, kit_derive(frame, RW | RIGHT_NOTRACK, 0), KIT_VA, 1, RIGHT_READ, 0, NULL));
    CHECK_OK(space_harvest(space, KIT_VA, 1, 0, &bits));
    CHECK_EQ(bits, HARVEST_PRESENT | HARVEST_READ | HARVEST_A | HARVEST_D);
}

/* Within a page, and across its end; what lies beside it stays. */
TEST(space, copies_so_many_bytes_from_any_address_to_any)
{
    static const unsigned sizes[] = {1, 3, 63, 64, 65, 127, 128, 200};
    uint8_t *from = (uint8_t *)KIT_VA, *to = from + 2 * PAGE_SIZE - 100;
    cap_t frames = kit_frames(3);
    size_t done;

    kit_tables(SLOT_SPACE, KIT_VA, 3 * PAGE_SIZE);
    CHECK_OK(space_map(SLOT_SPACE, frames, KIT_VA, 3, RW, 0, NULL));
    for (unsigned i = 0; i < 300; i++)
        from[i] = (uint8_t)(i * 7 + 1);
    for (unsigned n = 0; n < sizeof(sizes) / sizeof(sizes[0]) * 64; n++) {
        unsigned bytes = sizes[n / 64], source = n % 8, target = 8 + n / 8 % 8;

        for (unsigned i = 0; i < 300; i++)
            to[i] = 0xee;
        CHECK_OK(space_copy(SLOT_SPACE, (uintptr_t)(to + target), SLOT_SPACE,
                            (uintptr_t)(from + source), bytes, &done));
        CHECK_EQ(done, bytes);
        for (unsigned i = 0; i < 300; i++)
            CHECK_EQ(to[i], i - target < bytes ? from[source + i - target] : 0xee);
    }
}

TEST(space, copy_looks_at_each_page_as_its_user_would)
{
    cap_t one = space_with_tables(), two = space_with_tables(), frames = kit_frames(3);
    uint32_t word = 9;
    size_t done = 0;

    CHECK_OK(frame_write(frames, PAGE_SIZE - 4, &word, sizeof(word)));
    CHECK_OK(space_map(one, frames, KIT_VA, 1, RIGHT_READ, 0, NULL));
    CHECK_OK(space_map(two, frames + 1, KIT_VA, 2, RW, 0, NULL));
    CHECK_OK(space_copy(two, KIT_VA + PAGE_SIZE - 8, one, KIT_VA + PAGE_SIZE - 8, 8, &done));
    CHECK_EQ(done, 8);
    CHECK_OK(frame_read(frames + 1, PAGE_SIZE - 4, &word, sizeof(word)));
    CHECK_EQ(word, 9);
    CHECK(kit_facts(frames + 1).flags & INSPECT_MAPPED);

    /* the source ends after a page; the other way it may not be written */
    CHECK_ERR(space_copy(two, KIT_VA, one, KIT_VA, 2 * PAGE_SIZE, &done), ERR_FAULT);
    CHECK_EQ(done, PAGE_SIZE);
    CHECK_ERR(space_copy(one, KIT_VA, two, KIT_VA, 8, &done), ERR_FAULT);
    CHECK_EQ(done, 0);
    CHECK_ERR(space_copy(kit_derive(two, RIGHT_MAP, 0), KIT_VA, one, KIT_VA, 8, &done),
              ERR_NO_RIGHT);
    CHECK_ERR(space_copy(two, KIT_VA, one, (uintptr_t)ARCH_KERNEL, 8, &done), ERR_FAULT);
}

TEST(space, deleted_unmaps_everything)
{
    cap_t space = space_with_tables(), frames = kit_frames(2);

    CHECK_OK(space_map(space, frames, KIT_VA, 2, RW, 0, NULL));
    CHECK_OK(cap_delete(space, 1));
    CHECK(!(kit_facts(frames).flags & INSPECT_MAPPED));
    CHECK(!(kit_facts(frames + 1).flags & INSPECT_MAPPED));
}

TEST(space, deleted_unmaps_pages_that_lie_far_apart)
{
    static const uintptr_t at[] = {PAGE_SIZE,        8 * PAGE_SIZE,    511 * PAGE_SIZE,
                                   3ul << 21,        (17ul << 21) - 1, 18ul << 21,
                                   (80ul << 21) - 1, ARCH_USER_TOP - 1};
    const unsigned count = sizeof(at) / sizeof(at[0]);
    cap_t space = kit_space_empty(), frames = kit_frames(count);

    for (unsigned i = 0; i < count; i++) {
        uintptr_t page = at[i] & ~(uintptr_t)(PAGE_SIZE - 1);

        kit_tables(space, page, PAGE_SIZE);
        CHECK_OK(space_map(space, frames + i, page, 1, RW, 0, NULL));
    }
    CHECK_OK(cap_delete(space, 1));
    for (unsigned i = 0; i < count; i++)
        CHECK(!(kit_facts(frames + i).flags & INSPECT_MAPPED));
}

TEST(space, deleted_table_unmaps_what_hung_below)
{
    cap_t space = kit_space_empty(), table[ARCH_TABLE_LEVELS], frame = kit_frames(1);

    for (unsigned i = 0; i < ARCH_TABLE_LEVELS; i++) {
        table[i] = kit_object(OBJ_PAGETABLE, 0);
        CHECK_OK(space_map(space, table[i], KIT_VA, 1, 0, 0, NULL));
    }
    CHECK_OK(space_map(space, frame, KIT_VA, 1, RW, 0, NULL));
    CHECK_OK(cap_delete(table[0], 1));
    CHECK(!(kit_facts(frame).flags & INSPECT_MAPPED));
    for (unsigned i = 1; i < ARCH_TABLE_LEVELS; i++)
        CHECK(!(kit_facts(table[i]).flags & INSPECT_MAPPED));
    CHECK_ERR(space_map(space, frame, KIT_VA, 1, RW, 0, NULL), ERR_NO_TABLE);
}
