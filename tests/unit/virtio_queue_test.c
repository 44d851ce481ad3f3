/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio_queue_test.c - the split virtqueue against a device played in memory, that is
 * honest first and then lies.
 */
#include "unit.h"
#include "virtio_device.h"

#define CHAIN 4u

static struct mmio_rings rings;

static struct queue queue_of(unsigned size)
{
    struct queue q;

    device_reset(MMIO_BLOCK, QUEUE_PAGES);
    queue_init(&q, device.dma.at, device.dma.physical, size, CHAIN, &rings);
    return q;
}

static unsigned add(struct queue *q, unsigned bytes)
{
    struct queue_part part[2] = {{0x1000, 16, false}, {0x2000, bytes, true}};

    return queue_add(q, part, 2);
}

TEST(queue, divides_its_descriptors_into_slots)
{
    struct queue q = queue_of(32);

    CHECK_EQ(q.slots, 8);
    CHECK_EQ(rings.size, 32);
    CHECK_EQ(rings.used - rings.avail, QUEUE_USED_OFFSET);
}

TEST(queue, fits_its_parts_into_its_pages)
{
    CHECK(QUEUE_SIZE_MAX * sizeof(struct queue_desc) <= 4096);
    CHECK(sizeof(struct queue_avail) + QUEUE_SIZE_MAX * 2 <= QUEUE_USED_OFFSET);
    CHECK(QUEUE_USED_OFFSET + sizeof(struct queue_used) + QUEUE_SIZE_MAX * 8 <= 4096);
}

TEST(queue, shows_the_device_a_chain)
{
    struct queue q = queue_of(32);
    unsigned slot = add(&q, 512);
    int head = device_take(&q, &device.seen);

    CHECK_EQ(head, slot * CHAIN);
    CHECK_EQ(q.desc[head].physical, 0x1000);
    CHECK_EQ(q.desc[head].flags, 1);
    CHECK_EQ(q.desc[head].next, head + 1);
    CHECK_EQ(q.desc[head + 1].bytes, 512);
    CHECK_EQ(q.desc[head + 1].flags, 2);
    CHECK_EQ(device_take(&q, &device.seen), -1);
}

TEST(queue, is_full_when_all_slots_are_with_the_device)
{
    struct queue q = queue_of(16);

    for (unsigned i = 0; i < 4; i++)
        CHECK(add(&q, 1) != QUEUE_NONE);

    CHECK(queue_full(&q));
    CHECK_EQ(add(&q, 1), QUEUE_NONE);
}

TEST(queue, takes_answers_in_the_devices_order)
{
    struct queue q = queue_of(16);
    unsigned a = add(&q, 10), b = add(&q, 20), slot;
    uint32_t written;

    CHECK_EQ(queue_take(&q, &slot, &written), ERR_END);
    device_answer(&q, b * CHAIN, 20);
    device_answer(&q, a * CHAIN, 3);

    CHECK_EQ(queue_take(&q, &slot, &written), ERR_OK);
    CHECK_EQ(slot, b);
    CHECK_EQ(written, 20);
    CHECK_EQ(queue_take(&q, &slot, &written), ERR_OK);
    CHECK_EQ(slot, a);
    CHECK_EQ(queue_take(&q, &slot, &written), ERR_END);
    CHECK_EQ(q.busy, 0);
}

TEST(queue, goes_on_when_the_indices_wrap)
{
    struct queue q = queue_of(16);
    unsigned slot;
    uint32_t written;

    for (unsigned i = 0; i < 70000; i++) {
        CHECK(add(&q, 8) != QUEUE_NONE);
        device_answer(&q, (uint32_t)device_take(&q, &device.seen), 8);
        device.seen &= 0xffff;
        CHECK_EQ(queue_take(&q, &slot, &written), ERR_OK);
    }
    CHECK_EQ(q.submitted, 70000 & 0xffff);
}

TEST(queue, refuses_an_answer_that_names_no_slot)
{
    static const uint32_t lie[] = {16, 1, 4, 0xffffffffu, 0x10000};
    unsigned slot;
    uint32_t written;

    for (unsigned i = 0; i < sizeof(lie) / sizeof(lie[0]); i++) {
        struct queue q = queue_of(16);

        add(&q, 8); /* slot 0 only */
        device_answer(&q, lie[i], 0);
        CHECK_EQ(queue_take(&q, &slot, &written), ERR_CORRUPT);
        CHECK_EQ(q.busy, 1);
    }
}

TEST(queue, refuses_a_second_answer_to_one_request)
{
    struct queue q = queue_of(16);
    unsigned slot = add(&q, 8);
    uint32_t written;

    device_answer(&q, slot * CHAIN, 8);
    device_answer(&q, slot * CHAIN, 8);

    CHECK_EQ(queue_take(&q, &slot, &written), ERR_OK);
    CHECK_EQ(queue_take(&q, &slot, &written), ERR_CORRUPT);
}

TEST(queue, refuses_more_bytes_than_the_device_was_given)
{
    struct queue q = queue_of(16);
    unsigned slot = add(&q, 8);
    uint32_t written;

    device_answer(&q, slot * CHAIN, 9);

    CHECK_EQ(queue_take(&q, &slot, &written), ERR_CORRUPT);
}

TEST(mmio, knows_who_is_in_the_slot)
{
    struct mmio m;

    device_reset(MMIO_CONSOLE, 1);
    CHECK_EQ(mmio_probe(&m, device.reg), ERR_OK);
    CHECK_EQ(m.device, MMIO_CONSOLE);
    device.reg[2] = 0;
    CHECK_EQ(mmio_probe(&m, device.reg), ERR_OK);
    CHECK_EQ(m.device, MMIO_NOTHING);
    device.reg[1] = 1;
    CHECK_EQ(mmio_probe(&m, device.reg), ERR_REFUSED);
    device.reg[0] = 0;
    CHECK_EQ(mmio_probe(&m, device.reg), ERR_WRONG_TYPE);
}

TEST(mmio, refuses_a_device_without_version_1)
{
    struct mmio m;
    uint64_t got;

    device_reset(MMIO_BLOCK, 1);
    device.reg[4] = 0x70; /* in both halves: bit 32 is not there */
    CHECK_EQ(mmio_probe(&m, device.reg), ERR_OK);

    CHECK_EQ(mmio_begin(&m, ~0ull, &got), ERR_REFUSED);
}

TEST(mmio, accepts_no_feature_that_was_not_wanted)
{
    struct mmio m;
    uint64_t got;

    device_reset(MMIO_BLOCK, 1);
    device.reg[4] = 0xff;
    CHECK_EQ(mmio_probe(&m, device.reg), ERR_OK);

    CHECK_EQ(mmio_begin(&m, 4, &got), ERR_OK);
    CHECK_EQ(got, (uint64_t)1 << 32 | 4);
}

TEST(mmio, refuses_a_queue_longer_than_the_devices)
{
    struct mmio m;

    queue_of(32);
    CHECK_EQ(mmio_probe(&m, device.reg), ERR_OK);
    device.reg[0x34 / 4] = 16;

    CHECK_EQ(mmio_queue(&m, 0, &rings), ERR_LIMIT);
}
