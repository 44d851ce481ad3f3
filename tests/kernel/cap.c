/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cap.c - capabilities in their tables: derive, move, delete, revoke, inspect.
 */
#include "kit.h"

TEST(cap, derived_shows_fewer_rights_and_its_badge)
{
    cap_t endpoint = kit_object(OBJ_ENDPOINT, 0);
    struct cap_facts f = kit_facts(kit_derive(endpoint, RIGHT_WRITE | RIGHT_GRANT, 77));

    CHECK_EQ(f.type, OBJ_ENDPOINT);
    CHECK_EQ(f.rights, RIGHT_WRITE | RIGHT_GRANT);
    CHECK_EQ(f.detail, 77);
    CHECK(kit_facts(endpoint).flags & INSPECT_CHILDREN);
}

TEST(cap, rights_never_grow_and_a_badge_stays)
{
    cap_t endpoint = kit_object(OBJ_ENDPOINT, 0);
    cap_t session = kit_derive(endpoint, RIGHT_WRITE, 5);
    struct cap_facts f = kit_facts(kit_derive(session, RIGHT_ALL, 6));

    CHECK_EQ(f.rights, RIGHT_WRITE);
    CHECK_EQ(f.detail, 5);
}

TEST(cap, derive_refuses_empty_sources_and_full_destinations)
{
    cap_t frame = kit_frames(1), empty = kit_slots(1), full = kit_frames(1);

    CHECK_ERR(cap_derive(empty, kit_slots(1), RIGHT_ALL, 0), ERR_NO_CAP);
    CHECK_ERR(cap_derive(frame, full, RIGHT_ALL, 0), ERR_NOT_EMPTY);
    CHECK_ERR(cap_derive(frame, CAP(0x7fff, 1), RIGHT_ALL, 0), ERR_NO_CAP);
    CHECK_ERR(cap_derive(frame, CAP_NULL, RIGHT_ALL, 0), ERR_NO_CAP);
    CHECK(!(kit_facts(frame).flags & INSPECT_CHILDREN));
}

TEST(cap, a_run_stops_at_the_first_error_and_keeps_what_was_done)
{
    cap_t frames = kit_frames(3), to = kit_slots(4);
    unsigned done = 0;

    CHECK_OK(cap_derive(kit_frames(1), to + 2, RIGHT_ALL, 0));
    CHECK_ERR(cap_derive_run(frames, to, RIGHT_READ, 3, &done), ERR_NOT_EMPTY);
    CHECK_EQ(done, 2);
    CHECK_EQ(kit_type(to + 1), OBJ_FRAME);
    CHECK_ERR(cap_derive_run(frames, to, RIGHT_READ, 0, &done), ERR_BAD_ARG);
    CHECK_EQ(done, 0);
    CHECK_ERR(cap_derive_run(frames, to, RIGHT_READ, 513, &done), ERR_BAD_ARG);
}

TEST(cap, a_frame_divides_into_aligned_parts)
{
    cap_t block = kit_object(OBJ_FRAME, 14), parts = kit_slots(4);
    uint64_t base, at[4];
    unsigned done;

    CHECK_OK(cap_derive_parts(block, parts, RIGHT_ALL, 0, PAGE_BITS, 4, &done));
    CHECK_EQ(done, 4);
    CHECK_OK(frame_phys(block, 1, &base));
    CHECK_OK(frame_phys(parts, 4, at));
    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(at[i], base + i * PAGE_SIZE);
    CHECK_ERR(cap_derive_parts(block, kit_slots(1), RIGHT_ALL, 4, PAGE_BITS, 1, &done),
              ERR_BAD_ARG);
    CHECK_EQ(done, 0);
    CHECK_ERR(cap_derive_parts(block, kit_slots(1), RIGHT_ALL, 0, 15, 1, &done), ERR_BAD_ARG);
    CHECK_ERR(cap_derive_parts(kit_object(OBJ_ENDPOINT, 0), kit_slots(1), RIGHT_ALL, 0, PAGE_BITS,
                               1, &done),
              ERR_WRONG_TYPE);
}

TEST(cap, an_untyped_is_derived_whole_and_unused_only)
{
    cap_t untyped = kit_object(OBJ_UNTYPED, 13), child = kit_derive(untyped, RIGHT_ALL, 0);

    CHECK_ERR(cap_derive(untyped, kit_slots(1), RIGHT_ALL, 0), ERR_HAS_CHILDREN);
    CHECK_ERR(untyped_retype(untyped, OBJ_FRAME, PAGE_BITS, kit_slots(1), 1, NULL), ERR_NO_MEMORY);
    CHECK_OK(untyped_retype(child, OBJ_FRAME, PAGE_BITS, kit_slots(2), 2, NULL));
    CHECK_OK(cap_delete(child, 1));
    CHECK_EQ(kit_facts(untyped).detail, 1 << 13);
}

TEST(cap, moved_keeps_its_place_and_its_mapping)
{
    cap_t frame = kit_frames(1), mapped = kit_derive(frame, RIGHT_ALL, 0), to = kit_slots(1);
    cap_t space = kit_space_empty();

    kit_tables(space, KIT_VA, PAGE_SIZE);
    CHECK_OK(space_map(space, mapped, KIT_VA, 1, RIGHT_READ, 0, NULL));
    CHECK_OK(cap_move(mapped, to, 1));

    CHECK_EQ(kit_type(mapped), OBJ_NULL);
    CHECK(kit_facts(to).flags & INSPECT_MAPPED);
    CHECK_EQ(kit_facts(to).detail, KIT_VA >> PAGE_BITS);
    CHECK_OK(cap_revoke(frame));
    CHECK_EQ(kit_type(to), OBJ_NULL);
}

TEST(cap, untyped_and_captable_do_not_move)
{
    cap_t untyped = kit_object(OBJ_UNTYPED, 12), table = kit_object(OBJ_CAPTABLE, 12);

    CHECK_ERR(cap_move(untyped, kit_slots(1), 1), ERR_WRONG_TYPE);
    CHECK_ERR(cap_move(table, kit_slots(1), 1), ERR_WRONG_TYPE);
    CHECK_ERR(cap_move(kit_slots(1), kit_slots(1), 1), ERR_NO_CAP);
    CHECK_ERR(cap_move(kit_frames(1), kit_frames(1), 1), ERR_NOT_EMPTY);
}

TEST(cap, revoke_takes_all_that_is_derived_and_leaves_itself)
{
    cap_t frame = kit_frames(1), child = kit_derive(frame, RIGHT_ALL, 0);
    cap_t grandchild = kit_derive(child, RIGHT_READ, 0), sibling = kit_derive(frame, RIGHT_ALL, 0);

    CHECK_OK(cap_revoke(child));
    CHECK_EQ(kit_type(grandchild), OBJ_NULL);
    CHECK_EQ(kit_type(child), OBJ_FRAME);
    CHECK_OK(cap_revoke(frame));
    CHECK_EQ(kit_type(child), OBJ_NULL);
    CHECK_EQ(kit_type(sibling), OBJ_NULL);
    CHECK_EQ(kit_type(frame), OBJ_FRAME);
}

TEST(cap, delete_of_a_run_skips_empty_slots)
{
    cap_t slots = kit_slots(4), frame = kit_frames(1);

    CHECK_OK(cap_derive(frame, slots, RIGHT_ALL, 0));
    CHECK_OK(cap_derive(frame, slots + 3, RIGHT_ALL, 0));
    CHECK_OK(cap_delete(slots, 4));
    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(kit_type(slots + i), OBJ_NULL);
    CHECK_EQ(kit_type(frame), OBJ_FRAME);
}

TEST(cap, deleting_the_origin_ends_the_object_everywhere)
{
    cap_t endpoint = kit_object(OBJ_ENDPOINT, 0), session = kit_derive(endpoint, RIGHT_ALL, 1);
    word_t word[MESSAGE_WORDS] = {0};

    CHECK_OK(cap_delete(endpoint, 1));
    CHECK_EQ(kit_type(session), OBJ_NULL);
    CHECK_ERR(sys_call(session, 0, 0, 0, word).err, ERR_NO_CAP);
}

TEST(cap, a_chain_of_derivations_has_an_end)
{
    cap_t cap = kit_frames(1);
    enum err e = ERR_OK;
    unsigned depth = 0;

    for (; e == ERR_OK && depth < 100; depth++) {
        cap_t next = kit_slots(1);

        e = cap_derive(cap, next, RIGHT_ALL, 0);
        cap = next;
    }
    CHECK_ERR(e, ERR_TOO_DEEP);
    CHECK(depth > 32 && depth <= 64);
}

TEST(cap, a_hold_keeps_a_frame_from_revocation)
{
    cap_t frame = kit_frames(2), child = kit_derive(frame, RIGHT_ALL, 0);
    cap_t other = kit_derive(frame, RIGHT_READ, 0);

    CHECK_OK(frame_hold(child, 1));
    CHECK_ERR(cap_revoke(frame), ERR_HELD);
    CHECK_EQ(kit_type(child), OBJ_FRAME);
    CHECK_EQ(kit_type(other), OBJ_NULL);
    CHECK_ERR(frame_hold(kit_derive(frame + 1, RIGHT_READ, 0), 1), ERR_NO_RIGHT);
    CHECK_OK(frame_release(child, 1));
    CHECK_OK(cap_revoke(frame));
    CHECK_EQ(kit_type(child), OBJ_NULL);
}
