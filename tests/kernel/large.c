/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * large.c - frames of every size: as few leaves as the hardware allows, or many; what is seen
 * through them, and their accessed and dirty bits.
 */
#include "peer.h"

#include "root.h"
#include "start.h"

#define RW     (RIGHT_READ | RIGHT_WRITE)
#define BOTH   (HARVEST_A | HARVEST_D)
#define LARGER 22u /* than the kit's arena has */

static uint8_t bits_at(uintptr_t va, unsigned clear)
{
    uint8_t byte = 0;

    CHECK_OK(space_harvest(SLOT_SPACE, va, 1, clear, &byte));
    return byte & BOTH;
}

static void map_with_missing(cap_t frame)
{
    while (space_map(SLOT_SPACE, frame, KIT_VA, 1, RW, 0, NULL) == ERR_NO_TABLE)
        CHECK_OK(space_map(SLOT_SPACE, kit_object(OBJ_PAGETABLE, 0), KIT_VA, 1, 0, 0, NULL));
    CHECK(kit_facts(frame).flags & INSPECT_MAPPED);
}

static volatile uint32_t *word_at(uintptr_t offset)
{
    return (volatile uint32_t *)(KIT_VA + offset);
}

static void looked_at(cap_t frame, unsigned bits)
{
    uintptr_t bytes = (uintptr_t)1 << bits, last = bytes - PAGE_SIZE;
    uint32_t seen;

    map_with_missing(frame);
    for (uintptr_t at = 0; at < bytes; at += bytes / 2) {
        *word_at(at) = (uint32_t)(bits << 16 | at >> PAGE_BITS);
        CHECK_EQ(bits_at(KIT_VA + at, BOTH), BOTH);
        CHECK_EQ(bits_at(KIT_VA + at, 0), 0);
        CHECK_EQ(*word_at(at), bits << 16 | at >> PAGE_BITS);
        CHECK_EQ(bits_at(KIT_VA + at, 0), HARVEST_A);
    }
    *word_at(last) = 0x1a57;
    CHECK_EQ(bits_at(KIT_VA + last, 0), BOTH);
    CHECK_OK(space_protect(SLOT_SPACE, KIT_VA, (unsigned)(bytes >> PAGE_BITS), RIGHT_READ));
    CHECK_EQ(*word_at(last), 0x1a57);
    CHECK_OK(space_protect(SLOT_SPACE, KIT_VA, (unsigned)(bytes >> PAGE_BITS), RW));
    *word_at(last) = 0x1a58;
    CHECK_OK(space_unmap(SLOT_SPACE, KIT_VA, (unsigned)(bytes >> PAGE_BITS)));
    CHECK(!(kit_facts(frame).flags & INSPECT_MAPPED));
    CHECK(kit_facts(frame).flags & INSPECT_DIRTY);
    CHECK_OK(frame_read(frame, (unsigned)last, &seen, sizeof(seen)));
    CHECK_EQ(seen, 0x1a58);
}

TEST(large, frames_of_8_to_32_kib)
{
    for (unsigned bits = 13; bits < 16; bits++)
        looked_at(kit_object(OBJ_FRAME, bits), bits);
}

TEST(large, frames_of_64_to_512_kib)
{
    for (unsigned bits = 16; bits < 20; bits++)
        looked_at(kit_object(OBJ_FRAME, bits), bits);
}

TEST(large, a_frame_of_1_mib)
{
    looked_at(kit_object(OBJ_FRAME, 20), 20);
}

TEST(large, frames_of_2_to_16_mib)
{
    for (unsigned bits = LARGER - 1; bits <= 24; bits++) {
        cap_t frame = kit_slots(1);

        CHECK_OK(root_retype(OBJ_FRAME, bits, frame, 1));
        looked_at(frame, bits);
        CHECK_OK(cap_delete(frame, 1));
    }
}

/* The pages' first fault is the only one, wherever in the frame they lie. */
static void mapped_by_a_pager(unsigned bits)
{
    const uintptr_t last = KIT_VA + ((uintptr_t)1 << bits) - sizeof(word_t);
    cap_t frame = kit_slots(1);
    struct peer *pager = peer_make(NULL), *task;
    struct step serving[] = {
        {.op = RECEIVE,
         .kind = KIND_FAULT,
         .badge = 7,
         .expect = WORD(FAULT_ADDRESS),
         .want = {[FAULT_ADDRESS] = last}},
        {.op = ANSWER, .info = INFO_MAPS, .word = {frame, MAP_WHERE(KIT_VA, 1, RW, 0)}},
        {.op = END}};
    struct step running[] = {{.op = WRITE, .address = last, .value = bits},
                             {.op = WRITE, .address = KIT_VA, .value = 7},
                             {.op = READ, .address = last, .value = bits},
                             {.op = END}};
    uint32_t seen;

    CHECK_OK(root_retype(OBJ_FRAME, bits, frame, 1));
    map_with_missing(frame); /* now the tables are there */
    CHECK_OK(space_unmap(SLOT_SPACE, KIT_VA, 1u << (bits - PAGE_BITS)));
    peer_start(pager, serving);
    task = peer_run(&(struct peer_kind){.pager = pager->endpoint, .badge = 7}, running);
    peer_ended(pager);
    peer_ended(task);
    CHECK_EQ(bits_at(last & ~(uintptr_t)(PAGE_SIZE - 1), 0), BOTH);
    CHECK_OK(frame_read(frame, (unsigned)(last - KIT_VA), &seen, sizeof(seen)));
    CHECK_EQ(seen, bits);
    CHECK_OK(cap_delete(frame, 1));
}

TEST(large, a_pager_answers_with_64_kib)
{
    mapped_by_a_pager(16);
}

TEST(large, a_pager_answers_with_1_mib)
{
    mapped_by_a_pager(20);
}

TEST(large, a_pager_answers_with_16_mib)
{
    mapped_by_a_pager(24);
}

/* The table takes what the section leaves of what it spans. */
TEST(large, a_table_and_a_frame_of_1_mib_side_by_side)
{
    cap_t mega = kit_object(OBJ_FRAME, 20), page = kit_frames(1);

    map_with_missing(mega);
    while (space_map(SLOT_SPACE, page, KIT_VA + (1u << 20), 1, RW, 0, NULL) == ERR_NO_TABLE)
        CHECK_OK(space_map(SLOT_SPACE, kit_object(OBJ_PAGETABLE, 0), KIT_VA + (1u << 20), 1, 0, 0,
                           NULL));
    *word_at(0) = 1;
    *word_at(1u << 20) = 2;
    CHECK_EQ(*word_at(0), 1);
    CHECK_OK(space_unmap(SLOT_SPACE, KIT_VA, 1));
    CHECK(!(kit_facts(mega).flags & INSPECT_MAPPED));
    CHECK_EQ(*word_at(1u << 20), 2);
}
