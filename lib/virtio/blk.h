/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blk.h - the driver of a virtio disk: reads and writes, straight into and out of page frames.
 *
 * A request lies in memory of its maker until its `done` is called, from blk_interrupt
 * alone. Requests are told in the order in which they were made, as far as the device
 * has answered them. Several are in flight at once, BLK_DEPTH at most.
 *
 * In a measuring run the kernel is told after each kick which answer to wait for
 * (IRQ_EXPECT), so that completions come at the same instruction in every run.
 *
 * What the device fails to read or to write it is asked once more, as its trouble may pass. A
 * flush is not: what was lost of the writes before it, another would not bring back.
 *
 * A device that answers what it was not asked is reset and used no more: what was in
 * flight, and all that follows, ends with ERR_IO.
 */
#ifndef VIRTIO_BLK_H
#define VIRTIO_BLK_H

#include "dma.h"
#include "mmio.h"
#include "queue.h"

#include <stdbool.h>

#define BLK_SECTOR     512u
#define BLK_PAGES      (QUEUE_PAGES + 1) /* of DMA memory: the queue, and the requests' headers */
#define BLK_PARTS      17u               /* 64 KiB that begin within a page */
#define BLK_CHAIN      (BLK_PARTS + 2)   /* a header before, a status after */
#define BLK_DEPTH      (QUEUE_SIZE_MAX / BLK_CHAIN)
#define BLK_BYTES_MAX  65536u
#define BLK_SERIAL_MAX 20u

struct blk_part {
    uint64_t physical;
    uint32_t bytes;
};

struct blk_request {
    uint64_t sector;
    unsigned parts; /* 1..BLK_PARTS */
    struct blk_part part[BLK_PARTS];
    void (*done)(struct blk_request *r, enum err err);
    uint8_t type, tries; /* the driver's */
};

struct blk_interrupt_line {
    cap_t irq; /* CAP_NULL: polled; only blk_serial works */
    bool measure;
};

struct blk {
    struct mmio mmio;
    struct queue queue;
    struct dma dma;
    struct blk_interrupt_line line;
    uint64_t sectors; /* capacity */
    bool broken;
    uint16_t flying;                        /* requests in flight, oldest first: */
    uint8_t order[BLK_DEPTH];               /* their slots */
    struct blk_request *request[BLK_DEPTH]; /* by slot */
    uint16_t peak;                          /* most that ever were in flight */
    uint32_t reads, writes;                 /* requests made */
    uint64_t read_bytes, write_bytes;
    bool cached; /* what is written survives a power failure only behind a blk_flush */
};

/*
 * Starts the disk behind `regs`. `dma` has BLK_PAGES. Errors: those of mmio_probe,
 * mmio_begin and mmio_queue; ERR_WRONG_TYPE if it is no disk.
 */
enum err blk_open(struct blk *b, volatile void *regs, const struct dma *dma,
                  struct blk_interrupt_line line);

/* Lets the device go: it writes to no memory any more. */
void blk_close(struct blk *b);

/* The disk's name, ended with \0. Looks, does not sleep; for use before any read.
 * ERR_TIMEOUT if the device is silent, ERR_IO if it has no name. */
enum err blk_serial(struct blk *b, char serial[BLK_SERIAL_MAX + 1]);

/* No request can be made now. A broken disk is never full: it refuses. */
bool blk_full(const struct blk *b);

/*
 * Makes a request; not full. The device sees it when it is kicked (blk_kick), once for
 * several. ERR_BAD_ARG: past the end, no whole sectors, more than BLK_BYTES_MAX; ERR_IO: the
 * device is broken. `done` is called only after ERR_OK.
 */
enum err blk_read(struct blk *b, struct blk_request *r);
enum err blk_write(struct blk *b, struct blk_request *r);
/*
 * The same for a request of no parts: what was told as written before is then on the medium.
 * Not for a disk that is not `cached`: ERR_BAD_ARG.
 */
enum err blk_flush(struct blk *b, struct blk_request *r);
void blk_kick(struct blk *b);

/* The interrupt has come: tells what is done, and unmasks it. */
void blk_interrupt(struct blk *b);

#endif
