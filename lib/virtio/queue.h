/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * queue.h - a split virtqueue whose requests have a fixed greatest length.
 *
 * The descriptor table is divided for good into slots of `chain` neighbouring
 * descriptors, so a slot is a request: nothing is allocated, and what the device
 * hands back is checked by one division. A slot is free or with the device.
 *
 * I1  bit s of `busy` is set exactly while slot s is with the device
 * I2  the device has at most `slots` <= QUEUE_SLOTS requests
 */
#ifndef VIRTIO_QUEUE_H
#define VIRTIO_QUEUE_H

#include "error.h"
#include "mmio.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QUEUE_SLOTS 64u
#define QUEUE_NONE  (~0u) /* no slot */

struct queue_desc {
    uint64_t physical;
    uint32_t bytes;
    uint16_t flags, next;
};

struct queue_avail {
    uint16_t flags, index;
    uint16_t ring[];
};

struct queue_used_entry {
    uint32_t head, bytes;
};

struct queue_used {
    uint16_t flags, index;
    struct queue_used_entry ring[];
};

/* A piece of a request. */
struct queue_part {
    uint64_t physical;
    uint32_t bytes;
    bool device_writes;
};

struct queue {
    struct queue_desc *desc;
    struct queue_avail *avail;
    volatile struct queue_used *used;
    uint16_t size, chain, slots;
    uint16_t submitted;             /* requests put in: the next index of `avail` */
    uint16_t seen;                  /* answers taken out of `used` */
    uint64_t busy;                  /* I1 */
    uint32_t writable[QUEUE_SLOTS]; /* bytes the device may write in this request */
};

/*
 * One page holds the descriptors of a queue, a second one both rings: no part crosses a
 * page, so that pages that are no neighbours in physical memory serve.
 */
#define QUEUE_PAGES           2u
#define QUEUE_SIZE_MAX        256u
#define QUEUE_USED_OFFSET     1024u /* of the used ring, in the second page */
/* Of the 16-bit counters of requests and of the device's answers, in the second page. */
#define QUEUE_MADE_OFFSET     2u
#define QUEUE_ANSWERED_OFFSET (QUEUE_USED_OFFSET + 2u)

/*
 * `pages`: QUEUE_PAGES zeroed pages; `physical`: their addresses. size: a power of two up
 * to QUEUE_SIZE_MAX; chain: descriptors a request may have. *rings is for mmio_queue.
 */
void queue_init(struct queue *q, void *pages, const uint64_t physical[QUEUE_PAGES], unsigned size,
                unsigned chain, struct mmio_rings *rings);

bool queue_full(const struct queue *q);
/* The slot that queue_add will take, the lowest that is free; QUEUE_NONE. One of the first, mostly,
 * so it is looked for bit by bit: not every processor counts zeros. */
unsigned queue_next(const struct queue *q);

/*
 * Enters a request of 1..chain parts, those that the device reads first; the device sees
 * it, but looks when it is kicked. Returns its slot, QUEUE_NONE if all are in use.
 */
unsigned queue_add(struct queue *q, const struct queue_part *part, unsigned parts);

/*
 * Takes one answer: its slot, and how many bytes the device says it wrote.
 * ERR_END: there is none; ERR_CORRUPT: the device answered what it was not asked, or wrote
 * more than it was given: it has to be reset.
 */
enum err queue_take(struct queue *q, unsigned *slot, uint32_t *written);

#endif
