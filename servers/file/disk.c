/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk.c - the one disk, by lib/virtio's driver.
 */
#include "disk.h"

#include "boot.h"
#include "rt.h"
#include "start.h"
#include "status.h"

static struct blk disk;
static bool waiting; /* requests that the device was not told of */

static volatile void *registers_map(void)
{
    const struct start_cap *facts;
    cap_t frame = start_cap("disk", &facts);
    struct window w;

    if (frame == CAP_NULL)
        die("fatal: no disk FSDISK");
    if (window_map(&w, frame, facts->count, RIGHT_READ | RIGHT_WRITE) != ERR_OK)
        die("fatal: the disk's registers cannot be mapped");
    return w.at;
}

void disk_open(uintptr_t bits)
{
    struct blk_interrupt_line line = {
        .irq = start_cap("disk-irq", NULL),
        .measure = start_block()->flags & BOOT_MEASURE,
    };
    volatile void *regs = registers_map();
    struct dma dma;
    enum err e = dma_take(&dma, BLK_PAGES);

    if (e == ERR_OK)
        e = blk_open(&disk, regs, &dma, line);
    if (e == ERR_OK)
        e = irq_bind(line.irq, SLOT_NOTIFICATION, bits);
    if (e != ERR_OK)
        die("fatal: the disk FSDISK cannot be used: %s", err_text(e));
}

uint64_t disk_bytes(void)
{
    return disk.sectors * BLK_SECTOR;
}

static void count(void)
{
    status->disk_reads = disk.reads;
    status->disk_read_bytes_low = (uint32_t)disk.read_bytes;
    status->disk_read_bytes_high = (uint32_t)(disk.read_bytes >> 32);
    status->disk_writes = disk.writes;
    status->disk_write_bytes_low = (uint32_t)disk.write_bytes;
    status->disk_write_bytes_high = (uint32_t)(disk.write_bytes >> 32);
    status->in_flight = disk.flying;
    status->in_flight_peak = disk.peak;
}

static enum err asked(enum err e)
{
    waiting |= e == ERR_OK;
    return e;
}

enum err disk_read(struct blk_request *r)
{
    return asked(blk_read(&disk, r));
}

enum err disk_write(struct blk_request *r)
{
    return asked(blk_write(&disk, r));
}

bool disk_cached(void)
{
    return disk.cached;
}

enum err disk_flush(struct blk_request *r)
{
    status->flushes++;
    return asked(blk_flush(&disk, r));
}

void disk_kick(void)
{
    if (!waiting)
        return;
    waiting = false;
    blk_kick(&disk);
    count();
}

void disk_interrupt(void)
{
    blk_interrupt(&disk);
    count();
}
