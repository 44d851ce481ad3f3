/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * console.c - the driver of a virtio console (Virtual I/O Device 1.1, section 5.3), of its
 * first port alone: the feature of many ports is not asked for.
 *
 * DMA pages: the input queue, the output queue, input buffers, output buffers. There are
 * fewer buffers than slots in a queue, so a buffer always finds a slot.
 */
#include "console.h"

#include "sys.h"

#include <string.h>

enum { QUEUE_IN, QUEUE_OUT };
#define PAGE_IN            (2 * QUEUE_PAGES)
#define PAGE_OUT           (PAGE_IN + CONSOLE_IN)
#define AVAIL_NO_INTERRUPT 1

static void *page_at(const struct console *c, unsigned page)
{
    return c->dma.at + page * 4096u;
}

static void input_offer(struct console *c, unsigned buffer)
{
    struct queue_part part = {c->dma.physical[PAGE_IN + buffer], CONSOLE_BYTES, true};

    c->in_buffer[queue_add(&c->in, &part, 1)] = (uint8_t)buffer;
}

/* Whether the device interrupts when output has left. */
static void output_interrupts(struct console *c, bool wanted)
{
    c->out.avail->flags = wanted ? 0 : AVAIL_NO_INTERRUPT;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

enum err console_open(struct console *c, volatile void *regs, const struct dma *dma, cap_t irq)
{
    struct mmio_rings rings[2];
    uint64_t features;
    enum err e;

    *c = (struct console){.dma = *dma, .irq = irq, .filling = CONSOLE_OUT};
    e = mmio_probe(&c->mmio, regs);
    if (e == ERR_OK && c->mmio.device != MMIO_CONSOLE)
        e = ERR_WRONG_TYPE;
    if (e == ERR_OK)
        e = mmio_begin(&c->mmio, 0, &features);
    queue_init(&c->in, page_at(c, 0), dma->physical, CONSOLE_SIZE, 1, &rings[QUEUE_IN]);
    queue_init(&c->out, page_at(c, QUEUE_PAGES), dma->physical + QUEUE_PAGES, CONSOLE_SIZE, 1,
               &rings[QUEUE_OUT]);
    for (unsigned i = 0; e == ERR_OK && i < 2; i++)
        e = mmio_queue(&c->mmio, i, &rings[i]);
    if (e != ERR_OK)
        return e;
    mmio_ready(&c->mmio);
    for (unsigned i = 0; i < CONSOLE_IN; i++)
        input_offer(c, i);
    mmio_kick(&c->mmio, QUEUE_IN);
    c->free_out = (1u << CONSOLE_OUT) - 1;
    output_interrupts(c, false);
    return irq_ack(irq, NULL);
}

void console_close(struct console *c)
{
    mmio_reset(&c->mmio);
    c->broken = true;
}

static enum err output_take(struct console *c)
{
    unsigned slot;
    uint32_t written;
    enum err e;

    while ((e = queue_take(&c->out, &slot, &written)) == ERR_OK)
        c->free_out |= (uint8_t)(1u << c->out_buffer[slot]);
    return e;
}

static enum err input_take(struct console *c)
{
    unsigned slot;
    uint32_t written;
    enum err e;

    while ((e = queue_take(&c->in, &slot, &written)) == ERR_OK) {
        struct console_input *input = &c->input[c->waiting];

        *input = (struct console_input){.buffer = c->in_buffer[slot], .bytes = (uint16_t)written};
        if (written > 0)
            c->waiting++;
        else
            input_offer(c, input->buffer);
    }
    return e;
}

static void fail(struct console *c)
{
    console_close(c);
    c->free_out = (1u << CONSOLE_OUT) - 1;
    if (c->filling != CONSOLE_OUT)
        c->free_out &= (uint8_t) ~(1u << c->filling);
}

static void output_look(struct console *c)
{
    if (!c->broken && output_take(c) == ERR_CORRUPT)
        fail(c);
}

void *console_buffer(struct console *c)
{
    if (c->filling == CONSOLE_OUT && c->free_out == 0)
        output_look(c);
    if (c->filling == CONSOLE_OUT && c->free_out == 0) {
        output_interrupts(c, true);
        output_look(c); /* one may have left before the device saw that */
    }
    if (c->filling == CONSOLE_OUT && c->free_out != 0) {
        output_interrupts(c, false);
        c->filling = (uint8_t)__builtin_ctz(c->free_out);
        c->free_out &= (uint8_t) ~(1u << c->filling);
    }
    return c->filling == CONSOLE_OUT ? NULL : page_at(c, PAGE_OUT + c->filling);
}

cap_t console_buffer_frame(const struct console *c)
{
    return c->dma.frame + PAGE_OUT + c->filling;
}

void console_send(struct console *c, size_t bytes)
{
    struct queue_part part = {c->dma.physical[PAGE_OUT + c->filling], (uint32_t)bytes, false};

    if (c->broken) {
        c->free_out |= (uint8_t)(1u << c->filling);
    } else {
        c->out_buffer[queue_add(&c->out, &part, 1)] = c->filling;
        c->bytes_out += bytes;
        mmio_kick(&c->mmio, QUEUE_OUT);
    }
    c->filling = CONSOLE_OUT;
}

bool console_idle(struct console *c)
{
    output_look(c);
    return c->broken || c->out.busy == 0;
}

size_t console_read(struct console *c, void *to, size_t max)
{
    struct console_input *first = &c->input[0];
    unsigned buffer = first->buffer;
    size_t bytes;

    if (c->waiting == 0)
        return 0;
    bytes = first->bytes - first->at;
    if (bytes > max)
        bytes = max;
    memcpy(to, (char *)page_at(c, PAGE_IN + buffer) + first->at, bytes);
    first->at = (uint16_t)(first->at + bytes);
    c->bytes_in += bytes;
    if (first->at < first->bytes)
        return bytes;
    c->waiting--;
    memmove(first, first + 1, c->waiting * sizeof(*first));
    if (!c->broken) {
        input_offer(c, buffer);
        mmio_kick(&c->mmio, QUEUE_IN);
    }
    return bytes;
}

void console_interrupt(struct console *c)
{
    mmio_interrupt(&c->mmio);
    if (!c->broken && (output_take(c) == ERR_CORRUPT || input_take(c) == ERR_CORRUPT))
        fail(c);
    irq_ack(c->irq, NULL);
}
