/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio_blk_test.c - the disk driver against a disk played in memory.
 */
#include "unit.h"
#include "virtio_device.h"

#include "blk.h"

static struct blk blk;
static struct blk_request request[BLK_DEPTH + 1];
static unsigned told, order[BLK_DEPTH + 1];
static enum err result[BLK_DEPTH + 1];
static char page[BLK_PARTS][4096];

static void done(struct blk_request *r, enum err err)
{
    order[told] = (unsigned)(r - request);
    result[told++] = err;
}

static void disk(uint64_t sectors, bool measure)
{
    device_reset(MMIO_BLOCK, BLK_PAGES);
    device.reg[0x100 / 4] = (uint32_t)sectors;
    device.reg[0x104 / 4] = (uint32_t)(sectors >> 32);
    told = 0;
    CHECK_EQ(blk_open(&blk, device.reg, &device.dma,
                      (struct blk_interrupt_line){.irq = 7, .measure = measure}),
             ERR_OK);
}

static enum err read_page(unsigned n, uint64_t sector)
{
    request[n] = (struct blk_request){
        .sector = sector,
        .parts = 1,
        .part = {{(uint64_t)(uintptr_t)page[n % BLK_PARTS], 4096}},
        .done = done,
    };
    return blk_read(&blk, &request[n]);
}

/* The disk serves a request: each byte read is its sector's number. */
static void serve(int head, uint8_t status)
{
    struct queue_desc *d = &blk.queue.desc[head];
    uint64_t *header = device_memory(d->physical);
    uint32_t bytes = 1;

    while (d->flags & 1) {
        d = &blk.queue.desc[d->next];
        if (d->flags & 1) {
            memset(device_memory(d->physical), (int)header[1], d->bytes);
            bytes += d->bytes;
        }
    }
    *(uint8_t *)device_memory(d->physical) = status;
    device_answer(&blk.queue, (uint32_t)head, bytes);
}

TEST(blk, reads_into_the_pages_named)
{
    disk(1000, false);
    CHECK_EQ(read_page(0, 8), ERR_OK);
    blk_kick(&blk);
    serve(device_take(&blk.queue, &device.seen), 0);

    blk_interrupt(&blk);

    CHECK_EQ(told, 1);
    CHECK_EQ(result[0], ERR_OK);
    CHECK_EQ(page[0][4095], 8);
    CHECK_EQ(device.acked, 1);
    CHECK_EQ(blk.reads, 1);
    CHECK_EQ(blk.read_bytes, 4096);
}

static enum err write_page(unsigned n, uint64_t sector)
{
    request[n] = (struct blk_request){
        .sector = sector,
        .parts = 1,
        .part = {{(uint64_t)(uintptr_t)page[n % BLK_PARTS], 4096}},
        .done = done,
    };
    return blk_write(&blk, &request[n]);
}

TEST(blk, writes_what_the_device_only_reads)
{
    const struct queue_desc *d;
    int head;

    disk(1000, false);
    CHECK_EQ(write_page(0, 16), ERR_OK);
    blk_kick(&blk);
    head = device_take(&blk.queue, &device.seen);
    d = &blk.queue.desc[head];

    CHECK_EQ(*(uint32_t *)device_memory(d->physical), 1); /* type: out */
    CHECK_EQ(((uint64_t *)device_memory(d->physical))[1], 16);
    d = &blk.queue.desc[d->next];
    CHECK_EQ(d->bytes, 4096);
    CHECK_EQ(d->flags & 2, 0);
    d = &blk.queue.desc[d->next];
    CHECK_EQ(d->bytes, 1);
    CHECK_EQ(d->flags & 2, 2);
    *(uint8_t *)device_memory(d->physical) = 0;
    device_answer(&blk.queue, (uint32_t)head, 1);
    blk_interrupt(&blk);
    CHECK_EQ(told, 1);
    CHECK_EQ(result[0], ERR_OK);
    CHECK_EQ(blk.writes, 1);
    CHECK_EQ(blk.write_bytes, 4096);
    CHECK_EQ(write_page(1, 993), ERR_BAD_ARG);
    CHECK_EQ(blk.writes, 1);
}

TEST(blk, flushes_a_disk_that_caches_and_no_other)
{
    struct blk_request r = {.sector = 5, .done = done};
    const struct queue_desc *d;

    disk(1000, false);
    CHECK_EQ(blk_flush(&blk, &r), ERR_BAD_ARG);

    blk.cached = true;
    CHECK_EQ(blk_flush(&blk, &r), ERR_OK);
    d = &blk.queue.desc[device_take(&blk.queue, &device.seen)];
    CHECK_EQ(*(uint32_t *)device_memory(d->physical), 4);
    CHECK_EQ(((uint64_t *)device_memory(d->physical))[1], 0);
    CHECK_EQ(blk.queue.desc[d->next].bytes, 1);
    r.parts = 1;
    CHECK_EQ(blk_flush(&blk, &r), ERR_BAD_ARG);
}

TEST(blk, tells_in_the_order_of_requests)
{
    int head[3];

    disk(1000, false);
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(read_page(i, i * 8), ERR_OK);
        head[i] = device_take(&blk.queue, &device.seen);
    }
    serve(head[2], 0);
    serve(head[0], 0);
    blk_interrupt(&blk);
    CHECK_EQ(told, 2);
    CHECK_EQ(order[0], 0);
    CHECK_EQ(order[1], 2);

    serve(head[1], 0);
    blk_interrupt(&blk);
    CHECK_EQ(order[2], 1);
    CHECK_EQ(blk.flying, 0);
}

TEST(blk, has_at_least_eight_requests_in_flight)
{
    unsigned n = 0;

    disk(100000, false);
    for (; !blk_full(&blk); n++)
        CHECK_EQ(read_page(n, n * 8), ERR_OK);

    CHECK(n >= 8);
    CHECK_EQ(n, BLK_DEPTH);
    CHECK_EQ(blk.peak, n);
}

TEST(blk, takes_64_KiB_that_begin_within_a_page)
{
    struct blk_request r = {.parts = BLK_PARTS, .done = done};

    disk(1000, false);
    for (unsigned i = 0; i < BLK_PARTS; i++)
        r.part[i] = (struct blk_part){(uint64_t)(uintptr_t)page[i], i == 0    ? 512
                                                                    : i == 16 ? 3584
                                                                              : 4096};

    CHECK_EQ(blk_read(&blk, &r), ERR_OK);
    serve(device_take(&blk.queue, &device.seen), 0);
    blk_interrupt(&blk);
    CHECK_EQ(told, 1);
}

TEST(blk, refuses_what_is_not_on_the_disk)
{
    disk(1000, false);

    CHECK_EQ(read_page(0, 992), ERR_OK);
    CHECK_EQ(read_page(1, 993), ERR_BAD_ARG);
    CHECK_EQ(read_page(1, 1000), ERR_BAD_ARG);
    CHECK_EQ(read_page(1, ~0ull), ERR_BAD_ARG);
    request[1].sector = 0;
    request[1].part[0].bytes = 100;
    CHECK_EQ(blk_read(&blk, &request[1]), ERR_BAD_ARG);
    request[1].part[0].bytes = 65536 + 512;
    CHECK_EQ(blk_read(&blk, &request[1]), ERR_BAD_ARG);
    request[1].parts = BLK_PARTS + 1;
    CHECK_EQ(blk_read(&blk, &request[1]), ERR_BAD_ARG);
    request[1].parts = 0;
    CHECK_EQ(blk_read(&blk, &request[1]), ERR_BAD_ARG);
    CHECK_EQ(blk.reads, 1);
}

/* The device answers the next request, and the driver hears of it. */
static void answer(uint8_t status)
{
    serve(device_take(&blk.queue, &device.seen), status);
    blk_interrupt(&blk);
}

TEST(blk, tells_an_error_of_the_device_that_does_not_pass)
{
    disk(1000, false);
    read_page(0, 0);

    answer(1);
    CHECK_EQ(told, 0);
    answer(1);
    CHECK_EQ(told, 1);
    CHECK_EQ(result[0], ERR_IO);
    CHECK(!blk.broken);
    CHECK_EQ(blk.reads, 1);
    CHECK_EQ(blk.flying, 0);
    CHECK_EQ(device_take(&blk.queue, &device.seen), -1);
}

TEST(blk, asks_once_more_for_what_failed_and_mixes_nothing_up)
{
    int head[3];

    disk(1000, false);
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(read_page(i, 8 * (i + 1)), ERR_OK);
        head[i] = device_take(&blk.queue, &device.seen);
    }
    serve(head[1], 0);
    serve(head[2], 1);
    serve(head[0], 1);
    blk_interrupt(&blk);
    CHECK_EQ(told, 1);
    CHECK_EQ(order[0], 1);
    CHECK_EQ(blk.flying, 2);

    answer(0);
    answer(0);
    CHECK_EQ(told, 3);
    CHECK_EQ(order[1], 0);
    CHECK_EQ(order[2], 2);
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(result[i], ERR_OK);
        CHECK_EQ(page[i][100], 8 * (i + 1));
    }
    CHECK_EQ(blk.peak, 3);
}

TEST(blk, does_not_ask_again_for_a_flush_or_for_what_the_device_does_not_know)
{
    struct blk_request r = {.done = done};

    disk(1000, false);
    blk.cached = true;
    CHECK_EQ(blk_flush(&blk, &r), ERR_OK);
    answer(1);
    CHECK_EQ(told, 1);
    CHECK_EQ(result[0], ERR_IO);
    read_page(1, 8);
    answer(2);
    CHECK_EQ(told, 2);
    CHECK_EQ(result[1], ERR_IO);
}

TEST(blk, tells_the_kernel_in_measuring_runs_that_it_asks_again)
{
    disk(1000, true);
    read_page(0, 0);
    blk_kick(&blk);
    device.delivered = 1;
    answer(1);
    CHECK_EQ(told, 0);
    CHECK_EQ(device.expects, 2);
    CHECK_EQ(device.expected, 2);
}

TEST(blk, ends_all_requests_when_the_device_lies)
{
    disk(1000, false);
    read_page(0, 0);
    read_page(1, 8);
    device_answer(&blk.queue, 5, 0);

    blk_interrupt(&blk);

    CHECK_EQ(told, 2);
    CHECK_EQ(result[0], ERR_IO);
    CHECK_EQ(result[1], ERR_IO);
    CHECK_EQ(device.reg[0x70 / 4], 0); /* reset */
    CHECK_EQ(read_page(2, 0), ERR_IO);
    CHECK(!blk_full(&blk));
}

TEST(blk, tells_the_kernel_what_to_wait_for_in_measuring_runs)
{
    disk(1000, true);
    read_page(0, 0);
    read_page(1, 8);
    blk_kick(&blk);
    CHECK_EQ(device.expects, 1);
    CHECK_EQ(device.expected, 2);
    read_page(2, 8);
    blk_kick(&blk);
    CHECK_EQ(device.expected, 3);
}

TEST(blk, leaves_to_its_own_interrupt_what_came_later_in_measuring_runs)
{
    disk(1000, true);
    read_page(0, 0);
    read_page(1, 8);
    serve(device_take(&blk.queue, &device.seen), 0);
    serve(device_take(&blk.queue, &device.seen), 0);
    device.delivered = 1;
    blk_interrupt(&blk);
    CHECK_EQ(told, 1);

    device.delivered = 2;
    blk_interrupt(&blk);
    CHECK_EQ(told, 2);
}

TEST(blk, is_no_console)
{
    device_reset(MMIO_CONSOLE, BLK_PAGES);

    CHECK_EQ(blk_open(&blk, device.reg, &device.dma, (struct blk_interrupt_line){0}),
             ERR_WRONG_TYPE);
}
