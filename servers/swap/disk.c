/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk.c - the devices, and requests of them for runs of pages.
 *
 *   a request is   leaves on
 *   free           io_take -> filled
 *   filled         io_send -> in flight
 *   in flight      done -> free; failed, with several pages -> page by page
 *   page by page   the last page is done -> free
 */
#include "disk.h"

#include "boot.h"
#include "rt.h"
#include "start.h"
#include "status.h"

#include <stdio.h>

struct disk {
    struct blk blk;
    struct io io[BLK_DEPTH];
    struct list free;
    unsigned writes; /* requests of that kind in use */
    bool there, waiting;
};

static struct disk disks[AREAS];
static bool waiting; /* one of them is */
static const struct io_user *user;
static uintptr_t first_bit;

/* ---- start ---- */

static volatile void *registers_map(const char *name)
{
    const struct start_cap *facts;
    cap_t frame = start_cap(name, &facts);
    struct window w;

    if (frame == CAP_NULL)
        return NULL;
    if (window_map(&w, frame, facts->count, RIGHT_READ | RIGHT_WRITE) != ERR_OK)
        die("fatal: the registers of device %s cannot be mapped", name);
    return w.at;
}

static void disk_begin(struct disk *d)
{
    d->there = true;
    list_init(&d->free);
    for (unsigned i = 0; i < BLK_DEPTH; i++) {
        d->io[i].disk = d;
        list_push_back(&d->free, &d->io[i].link);
    }
}

static void disk_open(struct disk *d, unsigned number)
{
    struct blk_interrupt_line line = {.measure = start_block()->flags & BOOT_MEASURE};
    char name[8], irq[16];
    volatile void *regs;
    struct dma dma;
    enum err e;

    snprintf(name, sizeof(name), number == 0 ? "swap" : "swap%u", number);
    snprintf(irq, sizeof(irq), "%s-irq", name);
    regs = registers_map(name);
    if (regs == NULL)
        return;
    line.irq = start_cap(irq, NULL);
    e = dma_take(&dma, BLK_PAGES);
    if (e == ERR_OK)
        e = blk_open(&d->blk, regs, &dma, line);
    if (e == ERR_OK)
        e = irq_bind(line.irq, SLOT_NOTIFICATION, first_bit << number);
    if (e != ERR_OK)
        die("fatal: device %s cannot be used: %s", name, err_text(e));
    disk_begin(d);
}

void disks_open(uintptr_t first, const struct io_user *u)
{
    first_bit = first;
    user = u;
    for (unsigned i = 0; i < AREAS; i++)
        disk_open(&disks[i], i);
}

uint32_t disk_places(unsigned disk)
{
    const struct disk *d = &disks[disk];
    uint64_t pages = disk < AREAS && d->there && !d->blk.broken ? d->blk.sectors / PAGE_SECTOR : 0;

    return pages < 1u << PLACE_BITS ? (uint32_t)pages : 1u << PLACE_BITS;
}

/* ---- requests ---- */

static bool ready(const struct disk *d, bool write)
{
    return d->there && !list_empty(&d->free) && (!write || d->writes < IO_WRITES);
}

bool io_ready(place_t place, bool write)
{
    return ready(&disks[PLACE_AREA(place)], write);
}

bool io_writable(void)
{
    unsigned area = places_area();

    return area < AREAS && ready(&disks[area], true);
}

struct io *io_take(place_t place, bool write)
{
    struct disk *d = &disks[PLACE_AREA(place)];
    struct io *io;

    if (!ready(d, write))
        return NULL;
    io = LIST_MEMBER(list_pop(&d->free), struct io, link);
    d->writes += write;
    io->place = place;
    io->count = 0;
    io->alone = 0;
    io->write = write;
    return io;
}

static void io_end(struct io *io)
{
    io->disk->writes -= io->write;
    list_push_back(&io->disk->free, &io->link);
    user->told();
}

static void frame_end(struct io *io, unsigned i, enum err e)
{
    if (io->write)
        user->write_done(io->frame[i], e);
    else
        user->read_done(io->frame[i], e);
}

static void done(struct blk_request *blk, enum err e);

/* Asks where frames are, from `i` on, whose slots are neighbours, and for whom it is not known. */
static void locate(struct io *io, unsigned i, unsigned end)
{
    uint64_t physical[IO_PAGES];
    unsigned count = 1;

    while (i + count < end && io->frame[i + count]->physical == 0 &&
           io->frame[i + count]->cap == io->frame[i]->cap + count)
        count++;
    if (frame_phys(io->frame[i]->cap, count, physical) != ERR_OK)
        die("the store has no right to the addresses of its frames");
    for (unsigned n = 0; n < count; n++)
        io->frame[i + n]->physical = physical[n];
}

/* Makes the request for pages [first, end). */
static enum err launch(struct io *io, unsigned first, unsigned end)
{
    struct blk *b = &io->disk->blk;
    enum err e;

    io->blk.sector = (uint64_t)(PLACE_INDEX(io->place) + first) * PAGE_SECTOR;
    io->blk.parts = end - first;
    io->blk.done = done;
    for (unsigned i = first; i < end; i++) {
        if (io->frame[i]->physical == 0)
            locate(io, i, end);
        io->blk.part[i - first] = (struct blk_part){io->frame[i]->physical, PAGE_SIZE};
    }
    io->disk->waiting = waiting = true;
    e = io->write ? blk_write(b, &io->blk) : blk_read(b, &io->blk);
    status->disk_writes += e == ERR_OK && io->write;
    status->disk_reads += e == ERR_OK && !io->write;
    return e;
}

/* A device that takes none is broken: the rest fails. */
static void rest_fails(struct io *io, unsigned first)
{
    for (unsigned i = first; i < io->count; i++)
        frame_end(io, i, ERR_IO);
    io_end(io);
}

static void send_next(struct io *io)
{
    io->alone++;
    if (launch(io, io->alone - 1, io->alone) != ERR_OK)
        rest_fails(io, io->alone - 1);
}

static void done(struct blk_request *blk, enum err e)
{
    struct io *io = (struct io *)blk;

    status->errors += e != ERR_OK;
    if (io->alone == 0 && e != ERR_OK && io->count > 1) {
        send_next(io);
        return;
    }
    if (io->alone == 0) {
        for (unsigned i = 0; i < io->count; i++)
            frame_end(io, i, e);
    } else {
        frame_end(io, io->alone - 1, e);
        if (io->alone < io->count) {
            send_next(io);
            return;
        }
    }
    io_end(io);
}

void io_send(struct io *io)
{
    if (launch(io, 0, io->count) != ERR_OK)
        rest_fails(io, 0);
}

void disks_kick(void)
{
    if (!waiting)
        return;
    waiting = false;
    for (unsigned i = 0; i < AREAS; i++)
        if (disks[i].waiting) {
            disks[i].waiting = false;
            blk_kick(&disks[i].blk);
        }
}

void disks_interrupt(uintptr_t bits)
{
    for (unsigned i = 0; i < AREAS; i++)
        if (disks[i].there && (bits & first_bit << i))
            blk_interrupt(&disks[i].blk);
}
