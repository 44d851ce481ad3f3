/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * captable.c - tables of capabilities and the two steps of an address.
 */
#include "kit.h"

#include "start.h"

TEST(captable, has_the_slots_that_its_size_says)
{
    cap_t table = kit_object(OBJ_CAPTABLE, CAPTABLE_MIN_BITS), frame = kit_frames(1);
    unsigned slots = CAPTABLE_SLOTS(CAPTABLE_MIN_BITS);

    CHECK_OK(cap_derive(frame, CAP(table, 0), RIGHT_ALL, 0));
    CHECK_OK(cap_derive(frame, CAP(table, slots - 1), RIGHT_ALL, 0));
    CHECK_ERR(cap_derive(frame, CAP(table, slots), RIGHT_ALL, 0), ERR_NO_CAP);
}

TEST(captable, runs_may_not_leave_their_table)
{
    cap_t table = kit_object(OBJ_CAPTABLE, CAPTABLE_MIN_BITS), frames = kit_frames(2);
    unsigned slots = CAPTABLE_SLOTS(CAPTABLE_MIN_BITS), done;

    CHECK_ERR(cap_derive_run(frames, CAP(table, slots - 1), RIGHT_ALL, 2, &done), ERR_NO_CAP);
    CHECK_EQ(done, 0);
    CHECK_EQ(kit_type(CAP(table, slots - 1)), OBJ_NULL);
}

TEST(captable, of_the_wrong_size_is_refused)
{
    CHECK_ERR(
        untyped_retype(kit_arena(), OBJ_CAPTABLE, CAPTABLE_MIN_BITS - 1, kit_slots(1), 1, NULL),
        ERR_BAD_ARG);
    CHECK_ERR(
        untyped_retype(kit_arena(), OBJ_CAPTABLE, CAPTABLE_MAX_BITS + 1, kit_slots(1), 1, NULL),
        ERR_BAD_ARG);
}

TEST(captable, an_address_through_something_else_leads_nowhere)
{
    cap_t frame = kit_frames(1);

    CHECK_ERR(cap_derive(frame, CAP(SLOT_SPACE, 1), RIGHT_ALL, 0), ERR_NO_CAP);
    CHECK_ERR(cap_derive(frame, CAP(SLOT_THREAD, 1), RIGHT_ALL, 0), ERR_NO_CAP);
    CHECK_ERR(cap_derive(frame, CAP(0xffff, 0xffff), RIGHT_ALL, 0), ERR_NO_CAP);
}

TEST(captable, deleted_takes_its_contents_along)
{
    cap_t table = kit_object(OBJ_CAPTABLE, CAPTABLE_MIN_BITS), frame = kit_frames(1);
    cap_t outside = kit_slots(1);

    CHECK_OK(cap_derive(frame, CAP(table, 9), RIGHT_ALL, 0));
    CHECK_OK(cap_derive(CAP(table, 9), outside, RIGHT_READ, 0));
    CHECK_OK(cap_delete(table, 1));
    CHECK_EQ(kit_type(outside), OBJ_NULL);
    CHECK(!(kit_facts(frame).flags & INSPECT_CHILDREN));
}

TEST(captable, revoked_is_not_emptied)
{
    cap_t table = kit_object(OBJ_CAPTABLE, CAPTABLE_MIN_BITS), frame = kit_frames(1);
    cap_t second = kit_derive(table, RIGHT_ALL, 0);

    CHECK_OK(cap_derive(frame, CAP(table, 9), RIGHT_ALL, 0));
    CHECK_OK(cap_revoke(table));
    CHECK_EQ(kit_type(second), OBJ_NULL);
    CHECK_EQ(kit_type(CAP(table, 9)), OBJ_FRAME);
}

TEST(captable, may_hold_itself_and_still_be_deleted)
{
    cap_t table = kit_object(OBJ_CAPTABLE, CAPTABLE_MIN_BITS);

    CHECK_OK(cap_derive(table, CAP(table, 5), RIGHT_ALL, 0));
    CHECK_OK(cap_delete(table, 1));
    CHECK_EQ(kit_type(table), OBJ_NULL);
}
