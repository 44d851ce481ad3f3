/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame.c - contents without a mapping, accessed and dirty bits, physical addresses.
 */
#include "kit.h"

#include "start.h"

#define RW (RIGHT_READ | RIGHT_WRITE)

TEST(frame, is_read_and_written_without_a_mapping)
{
    cap_t frame = kit_frames(1);
    char text[] = "a page of memory", back[sizeof(text)] = "";

    CHECK_OK(frame_write(frame, PAGE_SIZE - sizeof(text), text, sizeof(text)));
    CHECK_OK(frame_read(frame, PAGE_SIZE - sizeof(text), back, sizeof(back)));
    CHECK_STR(back, text);
    CHECK_ERR(frame_write(frame, PAGE_SIZE - 4, text, 5), ERR_BAD_ARG);
    CHECK_ERR(frame_read(frame, ~0u, back, 1), ERR_BAD_ARG);
    CHECK_ERR(frame_write(kit_derive(frame, RIGHT_READ, 0), 0, text, 1), ERR_NO_RIGHT);
    CHECK_ERR(frame_read(kit_derive(frame, RIGHT_WRITE, 0), 0, back, 1), ERR_NO_RIGHT);
    CHECK_ERR(frame_read(kit_object(OBJ_ENDPOINT, 0), 0, back, 1), ERR_WRONG_TYPE);
}

TEST(frame, is_copied_and_cleared_by_the_kernel)
{
    cap_t from = kit_frames(2), to = from + 1;
    uint32_t word = 77;

    CHECK_OK(frame_write(from, 400, &word, sizeof(word)));
    CHECK_OK(frame_copy(to, from));
    word = 0;
    CHECK_OK(frame_read(to, 400, &word, sizeof(word)));
    CHECK_EQ(word, 77);
    CHECK_OK(frame_clear_run(from, 2));
    CHECK_OK(frame_read(to, 400, &word, sizeof(word)));
    CHECK_EQ(word, 0);
    CHECK_ERR(frame_copy(kit_derive(to, RIGHT_READ, 0), from), ERR_NO_RIGHT);
    CHECK_ERR(frame_copy(to, kit_derive(from, RIGHT_WRITE, 0)), ERR_NO_RIGHT);
    CHECK_ERR(frame_copy(to, kit_object(OBJ_FRAME, 13)), ERR_BAD_ARG);
    CHECK_ERR(frame_clear_run(kit_derive(from, RIGHT_READ, 0), 1), ERR_NO_RIGHT);
}

TEST(frame, tells_its_address_to_drivers_only)
{
    cap_t frames = kit_frames(2);
    uint64_t at[PHYSICAL_MAX] = {0};

    CHECK_OK(frame_phys(frames, 2, at));
    CHECK_EQ(at[0] & (PAGE_SIZE - 1), 0);
    CHECK_EQ(at[1] & (PAGE_SIZE - 1), 0);
    CHECK(at[0] != at[1]);
    CHECK_ERR(frame_phys(kit_derive(frames, RW, 0), 1, at), ERR_NO_RIGHT);
    CHECK_ERR(frame_phys(frames, PHYSICAL_MAX + 1, at), ERR_BAD_ARG);
    CHECK_ERR(frame_phys(kit_object(OBJ_ENDPOINT, 0), 1, at), ERR_WRONG_TYPE);
}

static uint8_t harvest(cap_t frame, unsigned flags)
{
    uint8_t bits = 0;

    CHECK_OK(frame_harvest(frame, 1, flags, &bits));
    return bits & (HARVEST_A | HARVEST_D);
}

TEST(frame, gathers_what_happened_through_all_its_mappings)
{
    cap_t frame = kit_frames(1), one = kit_derive(frame, RW, 0), two = kit_derive(frame, RW, 0);
    volatile uint32_t *first = (uint32_t *)KIT_VA, *second = (uint32_t *)(KIT_VA + PAGE_SIZE);

    kit_tables(SLOT_SPACE, KIT_VA, 2 * PAGE_SIZE);
    CHECK_OK(space_map(SLOT_SPACE, one, KIT_VA, 1, RW, 0, NULL));
    CHECK_OK(space_map(SLOT_SPACE, two, KIT_VA + PAGE_SIZE, 1, RW, 0, NULL));
    CHECK_EQ(harvest(frame, 0), 0);
    (void)*first;
    CHECK_EQ(harvest(frame, 0), HARVEST_A);
    *second = 1;
    CHECK_EQ(harvest(frame, 0), HARVEST_A | HARVEST_D);
    CHECK_EQ(harvest(one, 0), HARVEST_A);
    CHECK_EQ(harvest(frame, HARVEST_A | HARVEST_D), HARVEST_A | HARVEST_D);
    CHECK_EQ(harvest(frame, 0), 0);
    *second = 2;
    CHECK_EQ(harvest(frame, 0), HARVEST_A | HARVEST_D);
}

TEST(frame, remembers_what_a_mapping_did_when_it_is_gone)
{
    cap_t frame = kit_frames(1), mapped = kit_derive(frame, RW, 0);
    volatile uint32_t *at = (uint32_t *)KIT_VA;

    kit_tables(SLOT_SPACE, KIT_VA, PAGE_SIZE);
    CHECK_OK(space_map(SLOT_SPACE, mapped, KIT_VA, 1, RW, 0, NULL));
    *at = 1;
    CHECK_OK(space_unmap(SLOT_SPACE, KIT_VA, 1));
    CHECK(kit_facts(mapped).flags & INSPECT_DIRTY);
    CHECK(!(kit_facts(frame).flags & INSPECT_DIRTY));
    CHECK_OK(cap_delete(mapped, 1));
    CHECK(kit_facts(frame).flags & INSPECT_DIRTY);
    CHECK_EQ(harvest(frame, HARVEST_D | HARVEST_A), HARVEST_A | HARVEST_D);
    CHECK_EQ(kit_facts(frame).flags & (INSPECT_DIRTY | INSPECT_ACCESSED), 0);
}

TEST(frame, mapper_cannot_hide_a_write_from_the_owner)
{
    cap_t frame = kit_frames(1), mapped = kit_derive(frame, RW, 0);
    volatile uint32_t *at = (uint32_t *)KIT_VA;
    uint8_t seen;

    kit_tables(SLOT_SPACE, KIT_VA, PAGE_SIZE);
    CHECK_OK(space_map(SLOT_SPACE, mapped, KIT_VA, 1, RW, 0, NULL));
    *at = 1;
    CHECK_OK(space_harvest(SLOT_SPACE, KIT_VA, 1, HARVEST_A | HARVEST_D, &seen));
    CHECK_EQ(seen, HARVEST_PRESENT | HARVEST_READ | HARVEST_WRITE | HARVEST_A | HARVEST_D);
    CHECK_OK(space_harvest(SLOT_SPACE, KIT_VA, 1, 0, &seen));
    CHECK_EQ(seen & (HARVEST_A | HARVEST_D), 0);
    CHECK_EQ(harvest(frame, 0), HARVEST_A | HARVEST_D);
}
