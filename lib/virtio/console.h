/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * console.h - the driver of a virtio console: bytes in and out by whole pages.
 *
 * Output: console_buffer gives a page to fill, console_send hands it to the device, which
 * interrupts only if there is no buffer left: else the next to write looks itself. Input
 * lies in pages of the device's until console_read copies it out; a page read empty goes
 * back to the device. A buffer belongs to the driver or to the device, never to both.
 *
 * A device that answers what it was not asked is reset and used no more: output is
 * dropped then, and input ends.
 */
#ifndef VIRTIO_CONSOLE_H
#define VIRTIO_CONSOLE_H

#include "dma.h"
#include "mmio.h"
#include "queue.h"

#include <stdbool.h>
#include <stddef.h>

#define CONSOLE_SIZE  16u /* descriptors of a queue */
#define CONSOLE_IN    2u  /* page buffers each way */
#define CONSOLE_OUT   4u
#define CONSOLE_BYTES 4096u
#define CONSOLE_PAGES (2 * QUEUE_PAGES + CONSOLE_IN + CONSOLE_OUT) /* of DMA memory */

struct console_input {
    uint16_t buffer; /* its number */
    uint16_t at, bytes;
};

struct console {
    struct mmio mmio;
    struct queue in, out;
    struct dma dma;
    cap_t irq;
    bool broken;
    uint8_t in_buffer[CONSOLE_SIZE];  /* by slot of `in`: its buffer */
    uint8_t out_buffer[CONSOLE_SIZE]; /* by slot of `out` */
    uint8_t free_out;                 /* bit n: output buffer n is the driver's */
    uint8_t filling;                  /* the one given out, or CONSOLE_OUT */
    unsigned waiting;                 /* inputs not read yet, oldest first: */
    struct console_input input[CONSOLE_IN];
    uint64_t bytes_in, bytes_out;
};

/* `dma` has CONSOLE_PAGES; the interrupt is bound. ERR_WRONG_TYPE if it is no console; else as
 * blk_open. */
enum err console_open(struct console *c, volatile void *regs, const struct dma *dma, cap_t irq);
void console_close(struct console *c);

/* A page to fill with output: the same until it is sent. NULL: all are with the device;
 * console_interrupt comes when one is back. */
void *console_buffer(struct console *c);
/* The frame that holds it, for copies by capability. */
cap_t console_buffer_frame(const struct console *c);
/* Sends its first bytes (1..CONSOLE_BYTES). */
void console_send(struct console *c, size_t bytes);
/* All that was sent has left. */
bool console_idle(struct console *c);

/* Copies up to `max` bytes of input; 0 if there are none yet. */
size_t console_read(struct console *c, void *to, size_t max);

/* The interrupt has come; it is unmasked. */
void console_interrupt(struct console *c);

#endif
