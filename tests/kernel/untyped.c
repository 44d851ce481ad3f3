/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * untyped.c - memory without a type, and retype.
 */
#include "kit.h"

#include "root.h"

TEST(untyped, makes_objects_until_it_is_full)
{
    cap_t untyped = kit_object(OBJ_UNTYPED, 14), to = kit_slots(5);
    unsigned done = 0;

    CHECK_EQ(kit_facts(untyped).detail, 1 << 14);
    CHECK_ERR(untyped_retype(untyped, OBJ_FRAME, PAGE_BITS, to, 5, &done), ERR_NO_MEMORY);
    CHECK_EQ(done, 4);
    CHECK_EQ(kit_facts(untyped).detail, 0);
    CHECK_EQ(kit_type(to + 3), OBJ_FRAME);
    CHECK_EQ(kit_type(to + 4), OBJ_NULL);
}

TEST(untyped, aligns_each_object_to_its_size)
{
    cap_t untyped = kit_object(OBJ_UNTYPED, 14), frame = kit_slots(1);
    uint64_t at = 0;

    CHECK_OK(untyped_retype(untyped, OBJ_ENDPOINT, 0, kit_slots(1), 1, NULL));
    CHECK_OK(untyped_retype(untyped, OBJ_FRAME, 13, frame, 1, NULL));
    CHECK_OK(frame_phys(frame, 1, &at));
    CHECK_EQ(at & ((1 << 13) - 1), 0);
    CHECK_EQ(kit_facts(untyped).detail, 0);
}

TEST(untyped, is_whole_again_when_its_last_child_is_gone)
{
    cap_t untyped = kit_object(OBJ_UNTYPED, 14), to = kit_slots(2);

    CHECK_OK(untyped_retype(untyped, OBJ_FRAME, PAGE_BITS, to, 2, NULL));
    CHECK_OK(cap_delete(to, 1));
    CHECK_EQ(kit_facts(untyped).detail, 2 * PAGE_SIZE);
    CHECK_OK(cap_delete(to + 1, 1));
    CHECK_EQ(kit_facts(untyped).detail, 1 << 14);
}

TEST(untyped, refuses_what_cannot_be_made)
{
    cap_t untyped = kit_object(OBJ_UNTYPED, 14), to = kit_slots(1);
    unsigned done = 7;

    CHECK_ERR(untyped_retype(untyped, OBJ_IRQ, 0, to, 1, &done), ERR_BAD_ARG);
    CHECK_EQ(done, 0);
    CHECK_ERR(untyped_retype(untyped, OBJ_NULL, 12, to, 1, NULL), ERR_BAD_ARG);
    CHECK_ERR(untyped_retype(untyped, OBJ_COUNT, 12, to, 1, NULL), ERR_BAD_ARG);
    CHECK_ERR(untyped_retype(untyped, OBJ_FRAME, PAGE_BITS - 1, to, 1, NULL), ERR_BAD_ARG);
    CHECK_ERR(untyped_retype(untyped, OBJ_FRAME, 15, to, 1, NULL), ERR_NO_MEMORY);
    CHECK_ERR(untyped_retype(untyped, OBJ_FRAME, PAGE_BITS, to, 0, NULL), ERR_BAD_ARG);
    CHECK_ERR(untyped_retype(untyped, OBJ_FRAME, PAGE_BITS, to, 257, NULL), ERR_BAD_ARG);
    CHECK_ERR(untyped_retype(untyped, OBJ_FRAME, PAGE_BITS, kit_frames(1), 1, NULL), ERR_NOT_EMPTY);
    CHECK_ERR(untyped_retype(kit_frames(1), OBJ_FRAME, PAGE_BITS, to, 1, NULL), ERR_WRONG_TYPE);
    CHECK_ERR(untyped_retype(to, OBJ_FRAME, PAGE_BITS, to, 1, NULL), ERR_NO_CAP);
    CHECK_EQ(kit_facts(untyped).detail, 1 << 14);
}

/* A page of memory in which no kernel object ever lived: of the largest piece there is. */
static cap_t untouched_page(void)
{
    const struct bootinfo *info = root_info();
    const struct bootinfo_untyped *largest = info->untyped;
    cap_t to = kit_slots(1);

    for (unsigned i = 0; i < info->untyped_count; i++)
        if (info->untyped[i].kind == UNTYPED_RAM &&
            (largest->kind != UNTYPED_RAM || info->untyped[i].log2_size > largest->log2_size))
            largest = &info->untyped[i];
    CHECK_OK(untyped_retype(largest->slot, OBJ_UNTYPED, PAGE_BITS, to, 1, NULL));
    return to;
}

TEST(untyped, keeps_frames_contents_but_clears_where_objects_lived)
{
    cap_t untyped = untouched_page(), frame = kit_slots(1);
    uint32_t word = 0xfeedbeef;

    CHECK_OK(untyped_retype(untyped, OBJ_FRAME, PAGE_BITS, frame, 1, NULL));
    CHECK_OK(frame_write(frame, 100, &word, sizeof(word)));
    CHECK_OK(cap_delete(frame, 1));
    CHECK_OK(untyped_retype(untyped, OBJ_FRAME, PAGE_BITS, frame, 1, NULL));
    word = 0;
    CHECK_OK(frame_read(frame, 100, &word, sizeof(word)));
    CHECK_EQ(word, 0xfeedbeef);
    CHECK_OK(cap_delete(frame, 1));
    CHECK_OK(untyped_retype(untyped, OBJ_CAPTABLE, PAGE_BITS, frame, 1, NULL));
    CHECK_OK(cap_delete(frame, 1));
    CHECK_OK(untyped_retype(untyped, OBJ_FRAME, PAGE_BITS, frame, 1, NULL));
    CHECK_OK(frame_read(frame, 100, &word, sizeof(word)));
    CHECK_EQ(word, 0);
}

TEST(untyped, divides_into_untypeds_that_are_used_apart)
{
    cap_t untyped = kit_object(OBJ_UNTYPED, 16), parts = kit_slots(4), frame = kit_slots(1);

    CHECK_OK(untyped_retype(untyped, OBJ_UNTYPED, 14, parts, 4, NULL));
    CHECK_OK(untyped_retype(parts + 2, OBJ_FRAME, 14, frame, 1, NULL));
    CHECK_OK(cap_delete(parts, 2));
    CHECK_EQ(kit_type(frame), OBJ_FRAME);
    CHECK_OK(cap_revoke(untyped));
    CHECK_EQ(kit_type(frame), OBJ_NULL);
    CHECK_EQ(kit_facts(untyped).detail, 1 << 16);
}
