/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * irq.c - Irq capabilities: what a line is delivered as, and when in measuring runs, which kernel
 * tests are. The line is one without a device: the test's own counter stands for it.
 */
#include "kit.h"

#include "root.h"
#include "start.h"

#define LATENCY 20000u /* the kernel's IRQ_LATENCY */
#define CALLS   64u    /* what all around it takes at most, in calls that tell the time */

static cap_t line(void)
{
    return root_info()->irq_first + root_info()->irq_count - 1;
}

#define MADE     0u
#define ANSWERED 2u

/* A frame with the driver's counter and the device's. */
static cap_t counters(uint16_t made, uint16_t answered)
{
    uint16_t value[] = {made, answered};
    cap_t frame = kit_frames(1);

    CHECK_OK(frame_write(frame, 0, value, sizeof(value)));
    return frame;
}

static enum err expect(cap_t frame)
{
    return irq_expect(line(), frame, MADE, ANSWERED);
}

TEST(irq, is_delivered_as_the_bits_it_was_bound_to)
{
    cap_t n = kit_object(OBJ_NOTIFICATION, 0);
    struct answer a;

    CHECK_OK(irq_bind(line(), n, 4));
    CHECK_OK(expect(counters(7, 7)));
    a = sys_wait(n, 0);
    CHECK_OK(a.err);
    CHECK_EQ(a.badge, 4);
    CHECK_EQ(KIND_OF(a.kind), KIND_NOTIFICATION);
}

TEST(irq, tells_how_far_its_device_had_come)
{
    cap_t n = kit_object(OBJ_NOTIFICATION, 0);
    uint16_t delivered;

    CHECK_OK(irq_bind(line(), n, 1));
    CHECK_OK(expect(counters(8, 9))); /* it has come further */
    CHECK_OK(sys_wait(n, 0).err);
    CHECK_OK(irq_ack(line(), &delivered));
    CHECK_EQ(delivered, 8);
}

TEST(irq, comes_after_the_time_of_a_device_of_executed_instructions)
{
    cap_t n = kit_object(OBJ_NOTIFICATION, 0), frame = counters(1, 1);

    CHECK_OK(irq_bind(line(), n, 1));
    for (unsigned i = 0; i < 2; i++) {
        uint64_t before = now_ns(), call = now_ns() - before, took;

        before = now_ns();
        CHECK_OK(expect(frame));
        CHECK_OK(sys_wait(n, 0).err);
        took = now_ns() - before;
        CHECK(took >= LATENCY && took < LATENCY + CALLS * call);
    }
}

TEST(irq, goes_to_the_last_notification_that_was_bound)
{
    cap_t first = kit_object(OBJ_NOTIFICATION, 0), second = kit_object(OBJ_NOTIFICATION, 0);

    CHECK_OK(irq_bind(line(), first, 1));
    CHECK_OK(irq_bind(line(), second, 2));
    CHECK_OK(expect(counters(1, 1)));
    CHECK_EQ(sys_wait(second, 0).badge, 2);
    sys_buffer()->deadline = now_ns();
    CHECK_ERR(sys_wait(first, INFO_DEADLINE).err, ERR_TIMEOUT);
}

TEST(irq, of_a_notification_that_is_gone_goes_nowhere)
{
    cap_t gone = kit_object(OBJ_NOTIFICATION, 0), other = kit_object(OBJ_NOTIFICATION, 0);

    CHECK_OK(irq_bind(line(), gone, 1));
    CHECK_OK(expect(counters(1, 1)));
    CHECK_OK(cap_delete(gone, 1));
    sys_buffer()->deadline = now_ns() + 1000000;
    CHECK_ERR(sys_wait(other, INFO_DEADLINE).err, ERR_TIMEOUT);
}

TEST(irq, binds_a_notification_without_a_badge_to_some_bits)
{
    cap_t n = kit_object(OBJ_NOTIFICATION, 0);

    CHECK_ERR(irq_bind(line(), kit_slots(1), 1), ERR_NO_CAP);
    CHECK_ERR(irq_bind(line(), kit_object(OBJ_ENDPOINT, 0), 1), ERR_WRONG_TYPE);
    CHECK_ERR(irq_bind(line(), kit_derive(n, RIGHT_READ, 0), 1), ERR_NO_RIGHT);
    CHECK_ERR(irq_bind(line(), kit_derive(n, RIGHT_WRITE, 3), 1), ERR_BAD_ARG);
    CHECK_ERR(irq_bind(line(), n, 0), ERR_BAD_ARG);
    CHECK_ERR(irq_bind(n, n, 1), ERR_WRONG_TYPE);
    CHECK_ERR(irq_bind(kit_derive(line(), RIGHT_READ, 0), n, 1), ERR_NO_RIGHT);
}

/* Whoever is between a request and its statement may find the device's answer to that one first. */
TEST(irq, waits_while_requests_are_made_that_are_not_stated)
{
    cap_t n = kit_object(OBJ_NOTIFICATION, 0), frame = counters(1, 2);
    uint16_t made = 2, delivered;

    CHECK_OK(irq_bind(line(), n, 1));
    CHECK_OK(expect(frame));
    CHECK_OK(frame_write(frame, MADE, &made, sizeof(made)));
    sys_buffer()->deadline = now_ns() + 3 * LATENCY;
    CHECK_ERR(sys_wait(n, INFO_DEADLINE).err, ERR_TIMEOUT);
    CHECK_OK(expect(frame));
    sys_buffer()->deadline = now_ns() + LATENCY;
    CHECK_OK(sys_wait(n, INFO_DEADLINE).err);
    CHECK_OK(irq_ack(line(), &delivered));
    CHECK_EQ(delivered, 2);
}

TEST(irq, expects_counters_within_a_frame)
{
    cap_t frame = counters(1, 1);
    const unsigned bad[] = {1, PAGE_SIZE - 1, PAGE_SIZE, ~0u - 1};

    CHECK_ERR(expect(kit_slots(1)), ERR_NO_CAP);
    CHECK_ERR(expect(kit_object(OBJ_ENDPOINT, 0)), ERR_BAD_ARG);
    CHECK_ERR(expect(kit_derive(frame, RIGHT_WRITE, 0)), ERR_BAD_ARG);
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK_ERR(irq_expect(line(), frame, bad[i], ANSWERED), ERR_BAD_ARG);
        CHECK_ERR(irq_expect(line(), frame, MADE, bad[i]), ERR_BAD_ARG);
    }
}
