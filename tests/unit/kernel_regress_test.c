/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What once went wrong in the kernel, each as the shortest story that shows it. */
#include "buffer.h"
#include "cast.h"
#include "ipc.h"
#include "irq.h"
#include "space.h"
#include "unit.h"

#define VA    0x40000000ul
#define BLOCK (CAST_FREE + 0)
#define INNER (CAST_FREE + 1)
#define PART  (CAST_FREE + 2)

static unsigned derive(cap_t from, cap_t to, unsigned bits)
{
    return machine_invoke(from, OP_CAP_DERIVE, to, RIGHT_ALL, 0, 0, bits, 1).err;
}

static unsigned revoke(cap_t cap)
{
    return machine_invoke(cap, OP_CAP_REVOKE, 0, 0, 0, 0, 0, 0).err;
}

static unsigned bind(cap_t thread, unsigned binding, cap_t cap)
{
    return machine_invoke(thread, OP_THREAD_BIND, BINDING(binding), cap, 0, 0, 0, 0).err;
}

static unsigned map(cap_t cap, vaddr_t va, unsigned flags)
{
    return machine_invoke(CAST_SPACE, OP_SPACE_MAP, cap,
                          MAP_WHERE(va, 1, RIGHT_READ | RIGHT_WRITE, flags), 0, 0, 0, 0)
        .err;
}

/* An entry without R, W and X is a pointer to a table: a user's frame must never become one. */
TEST(regress, protect_takes_permissions_only)
{
    struct walk w;

    cast_make();
    CHECK_EQ(
        machine_invoke(machine_untyped(22), OP_UNTYPED_RETYPE, OBJ_FRAME, 21, BLOCK, 1, 0, 0).err,
        ERR_OK);
    CHECK_EQ(map(CAST_TABLE1, VA, 0), ERR_OK);
    CHECK_EQ(map(BLOCK, VA, 0), ERR_OK);

    CHECK_EQ(machine_invoke(CAST_SPACE, OP_SPACE_PROTECT, VA, 512, RIGHT_GRANT, 0, 0, 0).err,
             ERR_BAD_ARG);
    w = walk_to(space_of(machine_slot(CAST_SPACE)), VA, 0);
    CHECK_EQ(w.level, 1);
}

/* Another revocation somewhere must not bring old marks to life. */
TEST(regress, what_a_hold_kept_alive_is_not_dying)
{
    cast_make();
    CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, BLOCK, 1), ERR_OK);
    CHECK_EQ(derive(BLOCK, INNER, 0), ERR_OK);
    CHECK_EQ(derive(INNER, PART, 0), ERR_OK);
    CHECK_EQ(machine_invoke(PART, OP_FRAME_HOLD, 1, 0, 0, 0, 0, 0).err, ERR_OK);
    CHECK_EQ(revoke(BLOCK), ERR_HELD);

    CHECK_EQ(machine_slot(INNER)->head & HEAD_DYING, 0);
}

TEST(regress, a_held_frame_that_lost_its_children_is_not_dying)
{
    cast_make();
    CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, BLOCK, 1), ERR_OK);
    CHECK_EQ(derive(BLOCK, INNER, 0), ERR_OK);
    CHECK_EQ(derive(INNER, PART, 0), ERR_OK);
    CHECK_EQ(machine_invoke(INNER, OP_FRAME_HOLD, 1, 0, 0, 0, 0, 0).err, ERR_OK);
    CHECK_EQ(revoke(BLOCK), ERR_HELD);

    CHECK(slot_empty(machine_slot(PART)));
    CHECK_EQ(machine_slot(INNER)->head & HEAD_DYING, 0);
}

static void wait_until(uint64_t deadline, cap_t notification)
{
    struct buffer *buffer = thread_buffer(cpu.current);

    buffer->deadline = deadline;
    machine_call(SYS_WAIT, notification, INFO_DEADLINE, 0, 0, NULL);
}

/* Two deadlines pass at once; the first one's consequence ends the second one's wait. */
TEST(regress, a_wait_answered_by_anothers_timeout_does_not_time_out_itself)
{
    cast_make();
    CHECK_EQ(cast_retype(OBJ_NOTIFICATION, 0, BLOCK, 1), ERR_OK);
    CHECK_EQ(machine_invoke(BLOCK, OP_CAP_DERIVE, INNER, RIGHT_WRITE, CAST_BIT, 0, 0, 1).err,
             ERR_OK);
    CHECK_EQ(machine_invoke(CAST_CLIENT, OP_THREAD_SETUP, 5, 0, 3, 0, 0, 0).err, ERR_OK);
    CHECK_EQ(bind(CAST_CLIENT, BIND_WATCH, INNER), ERR_OK);
    cast_begin();
    wait_until(3500000, BLOCK);
    CHECK(cpu.current == cast_client());
    CHECK(!machine_touch(VA, RIGHT_READ)); /* nobody receives: 3 ms later it is broken */

    CHECK(cpu.current == cast_server());
    CHECK_EQ(machine_result(cpu.current).err, ERR_OK);
    CHECK_EQ(machine_result(cpu.current).badge, CAST_BIT);
}

/* Whoever controls a thread may write its registers while it waits. */
TEST(regress, leases_are_counted_again_when_a_call_is_taken)
{
    cast_make();
    CHECK_EQ(machine_invoke(CAST_SERVER, OP_THREAD_SETUP, 4, 0, 0, 0, 0, 0).err, ERR_OK);
    machine_call(SYS_WAIT, CAST_NOTIFICATION, 0, 0, 0, NULL);
    machine_call(SYS_CALL, CAST_BADGED, 0, 0, 0, NULL);
    CHECK(cpu.current == cast_server());
    cast_client()->registers.x[REG_A0 + 1] = INFO_LEASES(3);
    machine_call(SYS_RECV, 0, 0, 0, 0, NULL);

    CHECK(reply_of(machine_slot(CAST_REPLY))->leases <= LEASE_MAX);
}

TEST(regress, a_frame_that_is_not_mapped_is_not_cleared)
{
    uint8_t *byte;

    cast_make();
    CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, BLOCK, 1), ERR_OK);
    byte = window(slot_paddr(machine_slot(BLOCK)));
    *byte = 7;

    CHECK_EQ(map(BLOCK, VA, MAP_CLEAR), ERR_NO_TABLE);
    CHECK_EQ(*byte, 7);
}

TEST(regress, what_cannot_be_given_stays_with_its_sender)
{
    cast_make();
    cast_meet();
    machine_call(SYS_CALL, CAST_BADGED, INFO_SEND(1) | INFO_MODE(TRANSFER_GIVE), CAST_TABLE1, 0,
                 NULL);

    CHECK_EQ(KIND_CAPS(machine_result(cast_server()).kind), 0);
    CHECK_EQ(slot_type(machine_slot(CAST_TABLE1)), OBJ_PAGETABLE);
}

TEST(regress, a_binding_that_is_refused_leaves_the_old_one)
{
    cast_make();
    for (unsigned i = 0; i < DEPTH_MAX; i++) {
        if (derive(i ? BLOCK + i - 1 : CAST_ENDPOINT, BLOCK + i, 0) != ERR_OK) {
            CHECK_EQ(bind(CAST_CLIENT, BIND_FAULT, BLOCK + i - 1), ERR_TOO_DEEP);
            break;
        }
    }
    CHECK_EQ(slot_type(&cast_client()->bind[BIND_FAULT]), OBJ_ENDPOINT);
}

/* Who gives up its space does not run in it any longer. */
TEST(regress, a_thread_that_unbinds_its_space_stops)
{
    cast_make();
    cast_begin();
    CHECK_EQ(machine_invoke(CAST_SERVER, OP_THREAD_BIND, BINDING(BIND_SPACE), 0, 0, 0, 0, 0).err,
             ERR_OK);

    CHECK_EQ(cast_server()->state, THREAD_BROKEN);
}

/* ---- containers that nest deeper than any array in the kernel ---- */

#define NEST     40u
#define TABLE(n) (CAST_FREE + (n))

/* Each table lies in the one before, and is derived into the root to be addressed. */
static void nest_by_place(void)
{
    for (unsigned i = 0; i < NEST; i++) {
        CHECK_EQ(cast_retype(OBJ_CAPTABLE, 12, i ? CAP(TABLE(i - 1), 1) : TABLE(0), 1), ERR_OK);
        if (i)
            CHECK_EQ(derive(CAP(TABLE(i - 1), 1), TABLE(i), 0), ERR_OK);
    }
}

/* In each table lies the memory that the next one is made of. */
static void nest_by_memory(void)
{
    for (unsigned i = 0; i < NEST; i++) {
        if (i)
            CHECK_EQ(machine_invoke(CAP(TABLE(i - 1), 1), OP_UNTYPED_RETYPE, OBJ_CAPTABLE, 12,
                                    TABLE(i), 1, 0, 0)
                         .err,
                     ERR_OK);
        else
            CHECK_EQ(cast_retype(OBJ_CAPTABLE, 12, TABLE(0), 1), ERR_OK);
        CHECK_EQ(cast_retype(OBJ_UNTYPED, 13, CAP(TABLE(i), 1), 1), ERR_OK);
    }
}

static unsigned erase(cap_t cap)
{
    return machine_invoke(cap, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0).err;
}

static void check_nest_is_gone(void)
{
    for (unsigned i = 0; i < NEST; i++)
        CHECK(slot_empty(machine_slot(TABLE(i))));
    CHECK_EQ(cpu.revocations, 0);
}

TEST(regress, tables_may_nest_as_deep_as_their_user_likes)
{
    for (unsigned every = 0; every < 2; every++) {
        cast_make();
        nest_by_place();
        machine_interrupt_every(every);
        CHECK_EQ(erase(TABLE(0)), ERR_OK);
        check_nest_is_gone();

        cast_make();
        nest_by_memory();
        machine_interrupt_every(every);
        CHECK_EQ(erase(TABLE(0)), ERR_OK);
        check_nest_is_gone();
    }
}

TEST(regress, a_hold_deep_inside_leaves_no_mark_on_the_way)
{
    cap_t child = TABLE(NEST);

    for (unsigned every = 0; every < 2; every++) {
        cast_make();
        nest_by_memory();
        CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, CAP(TABLE(NEST - 1), 2), 1), ERR_OK);
        CHECK_EQ(derive(CAP(TABLE(NEST - 1), 2), child, 0), ERR_OK);
        CHECK_EQ(machine_invoke(child, OP_FRAME_HOLD, 1, 0, 0, 0, 0, 0).err, ERR_OK);
        machine_interrupt_every(every);

        CHECK_EQ(erase(TABLE(0)), ERR_HELD);
        for (unsigned i = 0; i < NEST; i++) {
            CHECK_EQ(machine_slot(TABLE(i))->head & HEAD_DYING, 0);
            CHECK_EQ(machine_slot(TABLE(i))->word[0], 0); /* it is looked through again */
            CHECK_EQ(machine_slot(CAP(TABLE(i), 1))->head & HEAD_DYING, 0);
        }
        CHECK_EQ(machine_invoke(child, OP_FRAME_RELEASE, 1, 0, 0, 0, 0, 0).err, ERR_OK);
        CHECK_EQ(erase(TABLE(0)), ERR_OK);
        check_nest_is_gone();
    }
}

/* A hold by a child, in the same table as its parent, once kept the table from being deleted. */
TEST(regress, holds_end_with_the_table_of_their_holder)
{
    cap_t table = TABLE(0);

    cast_make();
    CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, TABLE(1), 1), ERR_OK);
    CHECK_EQ(cast_retype(OBJ_CAPTABLE, 12, table, 1), ERR_OK);
    CHECK_EQ(derive(TABLE(1), CAP(table, 1), 0), ERR_OK);
    CHECK_EQ(derive(CAP(table, 1), CAP(table, 2), 0), ERR_OK);
    CHECK_EQ(machine_invoke(CAP(table, 2), OP_FRAME_HOLD, 1, 0, 0, 0, 0, 0).err, ERR_OK);

    CHECK_EQ(erase(TABLE(1)), ERR_HELD);
    CHECK_EQ(erase(table), ERR_OK);
    CHECK_EQ(erase(TABLE(1)), ERR_OK);
}

static unsigned retype(unsigned type, cap_t to)
{
    return machine_invoke(machine_untyped(17), OP_UNTYPED_RETYPE, type, PAGE_BITS, to, 1, 0, 0).err;
}

/* The hold is met first by way of the tree, and then ends with the table that it stands in. */
TEST(regress, a_hold_that_ends_with_the_revocation_is_not_in_its_way)
{
    cap_t table = TABLE(0), u = TABLE(1);

    for (unsigned every = 0; every < 4; every++) {
        cast_make();
        CHECK_EQ(cast_retype(OBJ_UNTYPED, 14, u, 1), ERR_OK);
        CHECK_EQ(machine_invoke(u, OP_UNTYPED_RETYPE, OBJ_CAPTABLE, 12, table, 1, 0, 0).err,
                 ERR_OK);
        CHECK_EQ(machine_invoke(u, OP_UNTYPED_RETYPE, OBJ_FRAME, 12, CAP(table, 3), 1, 0, 0).err,
                 ERR_OK);
        CHECK_EQ(machine_invoke(CAP(table, 3), OP_FRAME_HOLD, 1, 0, 0, 0, 0, 0).err, ERR_OK);
        machine_interrupt_every(every);

        CHECK_EQ(revoke(u), ERR_OK);
        CHECK(slot_empty(machine_slot(table)));
    }
}

/* The client was given priority 5, so no Thread that it makes has more. */
TEST(regress, a_thread_made_may_have_the_priority_of_its_maker)
{
    cast_make();
    cast_begin();
    cpu.current->base = cpu.current->priority = 9;
    CHECK_EQ(retype(OBJ_THREAD, BLOCK), ERR_OK);

    CHECK_EQ(machine_slot(BLOCK)->word[0], 9);
    CHECK_EQ(machine_invoke(BLOCK, OP_THREAD_SETUP, 10, 0, 0, 0, 0, 0).err, ERR_BAD_ARG);
    CHECK_EQ(machine_invoke(BLOCK, OP_THREAD_SETUP, 9, 0, 0, 0, 0, 0).err, ERR_OK);
}

/* A deletion that was broken off has begun to unbind it. */
TEST(regress, a_dying_thread_is_not_bound_or_started)
{
    cast_make();
    machine_slot(CAST_CLIENT)->head |= HEAD_REVOKING | HEAD_DYING;
    cpu.revocations++;
    CHECK_EQ(bind(CAST_CLIENT, BIND_SPACE, CAST_SPACE), ERR_DYING);
    CHECK_EQ(machine_invoke(CAST_CLIENT, OP_THREAD_STOP, 0, 0, 0, 0, 0, 0).err, ERR_OK);
    CHECK_EQ(machine_invoke(CAST_CLIENT, OP_THREAD_START, 0, 0, 0, 0, 0, 0).err, ERR_DYING);
    CHECK_EQ(machine_invoke(CAST_CLIENT, OP_THREAD_RESUME, 0, 0, 0, 0, 0, 0).err, ERR_DYING);

    CHECK_EQ(cast_client()->state, THREAD_STOPPED);
}

/* Who revokes what its own space was bound from runs no longer. */
TEST(regress, a_thread_whose_space_is_revoked_stops)
{
    cast_make();
    CHECK_EQ(derive(INIT_SPACE, BLOCK, 0), ERR_OK);
    CHECK_EQ(bind(CAST_SERVER, BIND_SPACE, BLOCK), ERR_OK);
    cast_begin();
    CHECK_EQ(revoke(BLOCK), ERR_OK);

    CHECK_EQ(cast_server()->state, THREAD_BROKEN);
    CHECK(cpu.current == cast_client());
}

/* A table dies with all that can go; only what leads to the held frame stays. */
TEST(regress, a_hold_does_not_keep_the_rest_of_a_table)
{
    cap_t table = CAST_FREE + 20, kept = CAST_FREE + 21;

    cast_make();
    CHECK_EQ(retype(OBJ_CAPTABLE, table), ERR_OK);
    for (unsigned i = 1; i < 4; i++)
        CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, CAP(table, i), 1), ERR_OK);
    CHECK_EQ(derive(CAP(table, 2), kept, 0), ERR_OK);
    CHECK_EQ(machine_invoke(kept, OP_FRAME_HOLD, 1, 0, 0, 0, 0, 0).err, ERR_OK);
    CHECK_EQ(machine_invoke(table, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0).err, ERR_HELD);

    CHECK(slot_empty(machine_slot(CAP(table, 1))));
    CHECK(!slot_empty(machine_slot(CAP(table, 2))));
    CHECK(slot_empty(machine_slot(CAP(table, 3))));
    CHECK_EQ(machine_invoke(kept, OP_FRAME_RELEASE, 1, 0, 0, 0, 0, 0).err, ERR_OK);
    CHECK_EQ(machine_invoke(table, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0).err, ERR_OK);
}

/* The last step is done, and an interrupt comes. */
TEST(regress, a_revocation_interrupted_at_its_end_ends)
{
    cast_make();
    CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, BLOCK, 1), ERR_OK);
    CHECK_EQ(derive(BLOCK, INNER, 0), ERR_OK);
    machine_interrupt_every(1);
    CHECK_EQ(revoke(BLOCK), ERR_OK);
    machine_interrupt_every(0);

    CHECK_EQ(machine_slot(BLOCK)->head & HEAD_DYING, 0);
    CHECK_EQ(derive(BLOCK, INNER, 0), ERR_OK);
}

/* Interrupts that are always pending once let a run of empty slots begin again for ever. */
TEST(regress, a_deletion_gets_on_between_interrupts)
{
    cast_make();
    CHECK_EQ(cast_retype(OBJ_ENDPOINT, 0, TABLE(5), 3), ERR_OK);
    machine_interrupt_every(1);

    CHECK_EQ(machine_invoke(TABLE(0), OP_CAP_DELETE, 100, 0, 0, 0, 0, 0).err, ERR_OK);
    CHECK(slot_empty(machine_slot(TABLE(7))));
}

/* The first of the run are gone by then. */
TEST(regress, a_move_that_is_interrupted_goes_on)
{
    cast_make();
    CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, CAST_FREE, 4), ERR_OK);
    machine_interrupt_every(1);
    CHECK_EQ(machine_invoke(CAST_FREE, OP_CAP_MOVE, CAST_FREE + 10, 4, 0, 0, 0, 0).err, ERR_OK);

    CHECK(slot_empty(machine_slot(CAST_FREE + 3)));
    CHECK(!slot_empty(machine_slot(CAST_FREE + 13)));
}

/* A line that is an edge tells once of all that comes before its driver acknowledges the device. */
TEST(regress, a_device_that_interrupted_early_is_waited_for_awake)
{
    struct slot line = {.obj = 5};
    volatile uint16_t *counter;
    word_t bind_words[] = {CAST_NOTIFICATION, 4}, expect_words[] = {CAST_FREE, 2, 0};

    cast_make();
    cpu.flags |= BOOT_MEASURE;
    CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, CAST_FREE, 1), ERR_OK);
    counter = window(slot_paddr(machine_slot(CAST_FREE)));
    counter[0] = 0;
    counter[1] = 1; /* made */
    machine_device(5, counter);
    CHECK_EQ(irq_bind(cpu.current, &line, bind_words), ERR_OK);
    CHECK_EQ(irq_expect(cpu.current, &line, expect_words), ERR_OK);
    machine_clock(2 * IRQ_LATENCY);
    irq_deliver_due();

    CHECK_EQ(*counter, 1);
    CHECK_EQ(notification_of(machine_slot(CAST_NOTIFICATION))->bits, 4);
    CHECK_EQ(irq_ack(&line, bind_words), ERR_OK);
    CHECK_EQ(bind_words[0], 1);
}
