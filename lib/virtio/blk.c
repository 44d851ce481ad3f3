/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blk.c - the driver of a virtio disk (Virtual I/O Device 1.1, section 5.2).
 *
 * The third DMA page holds, for each slot, the header that the device reads and the
 * status byte that it writes; its upper half receives the disk's name.
 */
#include "blk.h"

#include "sys.h"

#include <string.h>

enum request_type { TYPE_READ = 0, TYPE_WRITE = 1, TYPE_FLUSH = 4, TYPE_GET_ID = 8 };
enum request_status { STATUS_OK = 0, STATUS_FAILED = 1, STATUS_NONE = 0xff };

#define TRIES              2u
#define FEATURE_SEG_MAX    ((uint64_t)1 << 2)
#define FEATURE_FLUSH      ((uint64_t)1 << 9)
#define CONFIG_SECTORS     0
#define CONFIG_SEG_MAX     12
#define AVAIL_NO_INTERRUPT 1
#define SERIAL_OFFSET      2048u
#define SERIAL_LOOKS       10000000u

struct control {
    uint32_t type, reserved;
    uint64_t sector;
    uint8_t status;
    uint8_t unused[15];
};

static struct control *control_of(const struct blk *b, unsigned slot)
{
    return (struct control *)(b->dma.at + QUEUE_PAGES * 4096u) + slot;
}

static uint64_t control_physical(const struct blk *b, unsigned slot)
{
    return b->dma.physical[QUEUE_PAGES] + slot * sizeof(struct control);
}

enum err blk_open(struct blk *b, volatile void *regs, const struct dma *dma,
                  struct blk_interrupt_line line)
{
    struct mmio_rings rings;
    uint64_t features;
    enum err e;

    *b = (struct blk){.dma = *dma, .line = line};
    e = mmio_probe(&b->mmio, regs);
    if (e == ERR_OK && b->mmio.device != MMIO_BLOCK)
        e = ERR_WRONG_TYPE;
    if (e == ERR_OK)
        e = mmio_begin(&b->mmio, FEATURE_SEG_MAX | FEATURE_FLUSH, &features);
    if (e != ERR_OK)
        return e;
    if ((features & FEATURE_SEG_MAX) && mmio_config32(&b->mmio, CONFIG_SEG_MAX) < BLK_PARTS)
        return ERR_LIMIT;
    queue_init(&b->queue, b->dma.at, b->dma.physical, QUEUE_SIZE_MAX, BLK_CHAIN, &rings);
    e = mmio_queue(&b->mmio, 0, &rings);
    if (e != ERR_OK)
        return e;
    mmio_ready(&b->mmio);
    b->sectors = mmio_config64(&b->mmio, CONFIG_SECTORS);
    b->cached = features & FEATURE_FLUSH;
    return ERR_OK;
}

void blk_close(struct blk *b)
{
    mmio_reset(&b->mmio);
    b->broken = true;
}

/* Puts header, parts and status of a request into the queue; there is room. */
static unsigned submit(struct blk *b, enum request_type type, uint64_t sector,
                       const struct blk_part *part, unsigned parts)
{
    unsigned slot = queue_next(&b->queue);
    struct control *c = control_of(b, slot);
    struct queue_part piece[BLK_CHAIN];

    *c = (struct control){.type = type, .sector = sector, .status = STATUS_NONE};
    piece[0] = (struct queue_part){control_physical(b, slot), 16, false};
    for (unsigned i = 0; i < parts; i++)
        piece[1 + i] = (struct queue_part){part[i].physical, part[i].bytes, type != TYPE_WRITE};
    piece[1 + parts] =
        (struct queue_part){control_physical(b, slot) + offsetof(struct control, status), 1, true};
    return queue_add(&b->queue, piece, parts + 2);
}

enum err blk_serial(struct blk *b, char serial[BLK_SERIAL_MAX + 1])
{
    struct blk_part name = {b->dma.physical[QUEUE_PAGES] + SERIAL_OFFSET, BLK_SERIAL_MAX};
    unsigned looks = 0, slot;
    uint32_t written;
    enum err e;

    b->queue.avail->flags = AVAIL_NO_INTERRUPT;
    slot = submit(b, TYPE_GET_ID, 0, &name, 1);
    mmio_kick(&b->mmio, 0);
    while ((e = queue_take(&b->queue, &slot, &written)) == ERR_END)
        if (++looks == SERIAL_LOOKS)
            return ERR_TIMEOUT;
    b->queue.avail->flags = 0;
    if (e != ERR_OK || control_of(b, slot)->status != STATUS_OK)
        return ERR_IO;
    memcpy(serial, b->dma.at + QUEUE_PAGES * 4096u + SERIAL_OFFSET, BLK_SERIAL_MAX);
    serial[BLK_SERIAL_MAX] = '\0';
    return ERR_OK;
}

bool blk_full(const struct blk *b)
{
    return !b->broken && queue_full(&b->queue);
}

static enum err data_check(const struct blk *b, const struct blk_request *r, uint64_t *bytes)
{
    *bytes = 0;
    if (r->parts == 0 || r->parts > BLK_PARTS)
        return ERR_BAD_ARG;
    for (unsigned i = 0; i < r->parts; i++)
        *bytes += r->part[i].bytes;
    if (*bytes == 0 || *bytes > BLK_BYTES_MAX || *bytes % BLK_SECTOR != 0)
        return ERR_BAD_ARG;
    if (r->sector > b->sectors || *bytes / BLK_SECTOR > b->sectors - r->sector)
        return ERR_BAD_ARG;
    return b->broken ? ERR_IO : ERR_OK;
}

static void launch(struct blk *b, struct blk_request *r)
{
    unsigned slot = submit(b, (enum request_type)r->type, r->sector, r->part, r->parts);

    r->tries++;
    b->request[slot] = r;
    b->order[b->flying++] = (uint8_t)slot;
    if (b->flying > b->peak)
        b->peak = b->flying;
}

static void begin(struct blk *b, enum request_type type, struct blk_request *r)
{
    r->type = (uint8_t)type;
    r->tries = 0;
    launch(b, r);
}

enum err blk_read(struct blk *b, struct blk_request *r)
{
    uint64_t bytes;
    enum err e = data_check(b, r, &bytes);

    if (e != ERR_OK)
        return e;
    begin(b, TYPE_READ, r);
    b->reads++;
    b->read_bytes += bytes;
    return ERR_OK;
}

enum err blk_write(struct blk *b, struct blk_request *r)
{
    uint64_t bytes;
    enum err e = data_check(b, r, &bytes);

    if (e != ERR_OK)
        return e;
    begin(b, TYPE_WRITE, r);
    b->writes++;
    b->write_bytes += bytes;
    return ERR_OK;
}

enum err blk_flush(struct blk *b, struct blk_request *r)
{
    if (!b->cached || r->parts != 0)
        return ERR_BAD_ARG;
    if (b->broken)
        return ERR_IO;
    r->sector = 0; /* as the standard wants it */
    begin(b, TYPE_FLUSH, r);
    return ERR_OK;
}

void blk_kick(struct blk *b)
{
    if (b->broken)
        return;
    mmio_kick(&b->mmio, 0);
    if (b->line.measure)
        irq_expect(b->line.irq, b->dma.frame + 1, QUEUE_MADE_OFFSET, QUEUE_ANSWERED_OFFSET);
}

/*
 * Takes the device's answers: a bit for each slot. In a measuring run only those that the
 * interrupt was for: whether a later request is answered by now depends on the host.
 */
static uint64_t answers_take(struct blk *b, uint16_t delivered)
{
    uint64_t answered = 0;
    unsigned slot;
    uint32_t written;
    enum err e = ERR_END;

    while ((!b->line.measure || b->queue.seen != delivered) &&
           (e = queue_take(&b->queue, &slot, &written)) == ERR_OK)
        answered |= (uint64_t)1 << slot;
    if (e == ERR_CORRUPT)
        blk_close(b);
    return answered;
}

/* Those in flight that the device has answered, oldest first, out of the queue: how many. */
static unsigned answered_take(struct blk *b, uint64_t answered, struct blk_request **r,
                              uint8_t *status)
{
    unsigned count = 0, left = 0;

    for (unsigned i = 0; i < b->flying; i++) {
        unsigned slot = b->order[i];

        if (!(answered >> slot & 1) && !b->broken) {
            b->order[left++] = (uint8_t)slot;
            continue;
        }
        r[count] = b->request[slot];
        status[count++] = b->broken ? STATUS_NONE : control_of(b, slot)->status;
    }
    b->flying = (uint16_t)left;
    return count;
}

static bool worth_another_try(const struct blk_request *r, uint8_t status)
{
    return status == STATUS_FAILED && r->type != TYPE_FLUSH && r->tries < TRIES;
}

void blk_interrupt(struct blk *b)
{
    struct blk_request *r[BLK_DEPTH];
    uint8_t status[BLK_DEPTH];
    unsigned count;
    uint16_t delivered;
    bool again = false;

    mmio_interrupt(&b->mmio);
    irq_ack(b->line.irq, &delivered);
    count = answered_take(b, b->broken ? 0 : answers_take(b, delivered), r, status);
    for (unsigned i = 0; i < count; i++) {
        if (worth_another_try(r[i], status[i])) {
            launch(b, r[i]);
            again = true;
        } else {
            r[i]->done(r[i], status[i] == STATUS_OK ? ERR_OK : ERR_IO);
        }
    }
    if (again)
        blk_kick(b);
}
