/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * virtio_device.h - a virtio device played by a test: registers and rings in memory.
 *
 * "Physical" addresses are the host's. Registers are plain memory: a driver's writes stay,
 * so resets and features settle at once.
 */
#ifndef VIRTIO_DEVICE_H
#define VIRTIO_DEVICE_H

#include "dma.h"
#include "queue.h"
#include "sys.h"

#include <stdlib.h>
#include <string.h>

#define DEVICE_REGS 256

struct device {
    uint32_t reg[DEVICE_REGS];
    struct dma dma;
    unsigned seen;              /* requests taken, by `device_take` */
    unsigned acked;             /* irq_ack */
    uint16_t delivered;         /* what it tells */
    unsigned expected, expects; /* irq_expect: last count made, calls */
};

extern struct device device;

/* A device of a kind, and zeroed DMA pages for its driver. */
static inline void device_reset(uint32_t kind, unsigned pages)
{
    free(device.dma.at);
    memset(&device, 0, sizeof(device));
    device.reg[0] = 0x74726976;
    device.reg[1] = 2;
    device.reg[2] = kind;
    device.reg[4] = 1; /* both halves of the features: version 1, and bit 0 */
    device.reg[0x34 / 4] = 1024;
    device.dma =
        (struct dma){.at = aligned_alloc(4096, pages * 4096u), .frame = 100, .pages = pages};
    memset(device.dma.at, 0, pages * 4096u);
    for (unsigned i = 0; i < pages; i++)
        device.dma.physical[i] = (uint64_t)(uintptr_t)(device.dma.at + i * 4096u);
}

static inline void *device_memory(uint64_t physical)
{
    return (void *)(uintptr_t)physical;
}

/* The device takes the next request: its head, or -1. */
static inline int device_take(struct queue *q, unsigned *seen)
{
    if (*seen == q->avail->index)
        return -1;
    return q->avail->ring[(*seen)++ % q->size];
}

/* The device answers. */
static inline void device_answer(struct queue *q, uint32_t head, uint32_t bytes)
{
    uint16_t index = q->used->index;

    q->used->ring[index % q->size].head = head;
    q->used->ring[index % q->size].bytes = bytes;
    q->used->index = (uint16_t)(index + 1);
}

#endif
