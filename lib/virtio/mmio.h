/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mmio.h - the transport of a virtio device: registers in memory, version 2.
 *
 * The order of a device's start is mmio_probe, mmio_begin (reset, features), one
 * mmio_queue for each queue, mmio_ready; only then is the device kicked. The device
 * is not trusted: what it says is checked where it is used.
 */
#ifndef VIRTIO_MMIO_H
#define VIRTIO_MMIO_H

#include "error.h"

#include <stdint.h>

enum mmio_device { MMIO_NOTHING, MMIO_NET, MMIO_BLOCK, MMIO_CONSOLE };

enum mmio_interrupt {
    MMIO_USED = 1 << 0,   /* a queue's used ring has moved */
    MMIO_CONFIG = 1 << 1, /* the configuration has changed */
};

struct mmio {
    volatile uint32_t *regs;
    uint32_t device; /* enum mmio_device; 0: nobody in this slot */
};

/* Where a queue's three parts lie, for the device. */
struct mmio_rings {
    uint64_t desc, avail, used; /* physical */
    uint16_t size;              /* a power of two */
};

/* ERR_WRONG_TYPE: no virtio registers here; ERR_REFUSED: a version other than 2. */
enum err mmio_probe(struct mmio *m, volatile void *regs);

/*
 * Resets the device and agrees on features: those of `wanted` that it offers, in *got.
 * Bit 32 (it follows the standard's version 1) is asked for always. ERR_REFUSED if the
 * device does not accept, ERR_TIMEOUT if it does not come out of its reset.
 */
enum err mmio_begin(struct mmio *m, uint64_t wanted, uint64_t *got);

/* ERR_LIMIT: there is no queue `number`, or it is shorter than rings->size. */
enum err mmio_queue(struct mmio *m, unsigned number, const struct mmio_rings *rings);
void mmio_ready(struct mmio *m);
void mmio_reset(struct mmio *m);

/* Tells the device to look at a queue; all memory written before is seen by it. */
void mmio_kick(struct mmio *m, unsigned number);

/* What the device has raised its interrupt for (enum mmio_interrupt); taken back. */
uint32_t mmio_interrupt(struct mmio *m);

/* The device's own configuration, by byte offset. */
uint32_t mmio_config32(const struct mmio *m, unsigned offset);
uint64_t mmio_config64(const struct mmio *m, unsigned offset);

#endif
