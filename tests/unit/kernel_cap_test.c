/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The derivation tree on the host build of the kernel. */
#include "machine.h"
#include "unit.h"

#define FREE 300u /* slots of init's root table that are empty after boot */

static unsigned retype(cap_t u, unsigned type, unsigned bits, cap_t to, unsigned count)
{
    return machine_invoke(u, OP_UNTYPED_RETYPE, type, bits, to, count, 0, 0).err;
}

static unsigned derive(cap_t from, cap_t to, unsigned rights, word_t badge)
{
    return machine_invoke(from, OP_CAP_DERIVE, to, rights, badge, 0, 0, 1).err;
}

TEST(cap, boot_hands_out_memory_and_audits_clean)
{
    machine_boot(1024);

    CHECK(machine_info()->untyped_count > 0);
    CHECK_EQ(machine_call(SYS_NOTHING, 0, 0, 0, 0, NULL).err, ERR_OK);
}

TEST(cap, retype_makes_frames_that_can_be_split_and_joined)
{
    cap_t u;

    machine_boot(2048);
    u = machine_untyped(20);
    CHECK_EQ(retype(u, OBJ_FRAME, 18, FREE, 1), ERR_OK);
    CHECK_EQ(machine_invoke(FREE, OP_CAP_DERIVE, FREE + 1, RIGHT_ALL, 0, 0, 12, 64).err, ERR_OK);
    CHECK_EQ(machine_slot(FREE + 64)->obj, machine_slot(FREE)->obj + 63);
    CHECK_EQ(machine_invoke(FREE, OP_CAP_REVOKE, 0, 0, 0, 0, 0, 0).err, ERR_OK);
    CHECK_EQ(machine_slot(FREE + 1)->head, 0);
    CHECK_EQ(machine_invoke(FREE, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0).err, ERR_OK);
    CHECK_EQ(machine_slot(u)->word[0], 0);
}

TEST(cap, rights_only_shrink)
{
    machine_boot(1024);
    CHECK_EQ(retype(machine_untyped(13), OBJ_FRAME, 12, FREE, 1), ERR_OK);
    CHECK_EQ(derive(FREE, FREE + 1, RIGHT_READ, 0), ERR_OK);
    CHECK_EQ(derive(FREE + 1, FREE + 2, RIGHT_ALL, 0), ERR_OK);
    CHECK_EQ(slot_rights(machine_slot(FREE + 2)), RIGHT_READ);
}

TEST(cap, bits_that_are_no_rights_pass_nothing_on)
{
    struct slot *child;

    machine_boot(1024);
    CHECK_EQ(retype(machine_untyped(16), OBJ_FRAME, 16, FREE, 1), ERR_OK);
    CHECK_EQ(derive(FREE, FREE + 1, RIGHT_ALL, 0), ERR_OK);
    machine_slot(FREE + 1)->head |= HEAD_A | HEAD_D;
    machine_unaudited = true;
    for (unsigned size = 0; size <= 12; size += 12) { /* whole; a part */
        CHECK_EQ(machine_invoke(FREE + 1, OP_CAP_DERIVE, FREE + 2, ~0ul, 0, 0, size, 1).err,
                 ERR_OK);
        child = machine_slot(FREE + 2);
        CHECK_EQ(slot_rights(child), RIGHT_ALL);
        CHECK_EQ(slot_depth(child), slot_depth(machine_slot(FREE + 1)) + 1);
        CHECK_EQ(child->head & (HEAD_A | HEAD_D | HEAD_MAPPED | HEAD_HELD | HEAD_ORIGIN), 0);
        CHECK_EQ(machine_invoke(FREE + 2, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0).err, ERR_OK);
    }
    machine_unaudited = false;
}

TEST(cap, deleting_a_table_empties_it_first_with_interrupts_between_all_steps)
{
    cap_t u;

    machine_boot(2048);
    u = machine_untyped(18);
    CHECK_EQ(retype(u, OBJ_CAPTABLE, 12, FREE, 1), ERR_OK);
    CHECK_EQ(retype(u, OBJ_ENDPOINT, 0, CAP(FREE, 1), 100), ERR_OK);
    CHECK_EQ(derive(CAP(FREE, 7), FREE + 1, RIGHT_ALL, 5), ERR_OK);
    machine_interrupt_every(1);
    CHECK_EQ(machine_invoke(FREE, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0).err, ERR_OK);
    CHECK_EQ(machine_slot(FREE + 1)->head, 0);
    CHECK_EQ(machine_slot(u)->word[0], 0);
}
