/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device.c - which of the machine's devices the manifest's names mean.
 *
 * The order of virtio devices on their bus is the emulator's business: a disk is known by
 * its serial number, which init asks it for and then resets it; consoles, which have
 * none, are counted by address.
 */
#include "device.h"

#include "fatal.h"

#include "blk.h"
#include "root.h"

#include <string.h>

#define VIRTIO "virtio,mmio"

/* A virtio device that is there. */
struct found {
    unsigned device; /* index into bootinfo's */
    uint32_t kind;   /* enum mmio_device */
    char serial[BLK_SERIAL_MAX + 1];
};

static struct found found[BOOT_DEVICES];
static unsigned founds;

static uint64_t base_of(unsigned device)
{
    return root_info()->device[device].base;
}

/* The registers, mapped for as long as init looks at them. */
static volatile void *registers_map(unsigned device)
{
    struct window w;
    unsigned offset;
    cap_t frame = root_device(device, &offset);
    cap_t own = slots_alloc(1);

    if (frame == CAP_NULL || own == CAP_NULL ||
        cap_derive(frame, own, RIGHT_READ | RIGHT_WRITE, 0) != ERR_OK ||
        window_map(&w, own, 1, RIGHT_READ | RIGHT_WRITE) != ERR_OK)
        fatal("the registers of a device cannot be mapped");
    return (char *)w.at + offset;
}

static void serial_ask(volatile void *regs, char *serial)
{
    static struct dma dma;
    static struct blk blk;

    if (dma.pages == 0 && dma_take(&dma, BLK_PAGES) != ERR_OK)
        fatal("too little memory to look for disks");
    memset(dma.at, 0, (size_t)dma.pages * PAGE_SIZE);
    if (blk_open(&blk, regs, &dma, (struct blk_interrupt_line){0}) != ERR_OK)
        return;
    if (blk_serial(&blk, serial) != ERR_OK)
        serial[0] = '\0';
    blk_close(&blk);
}

/* By address: consoles are counted so. */
static void found_insert(const struct found *f)
{
    unsigned at = founds++;

    for (; at > 0 && base_of(found[at - 1].device) > base_of(f->device); at--)
        found[at] = found[at - 1];
    found[at] = *f;
}

static void virtio_find(void)
{
    const struct bootinfo *info = root_info();

    for (unsigned i = root_device_find(VIRTIO, 0); i < info->device_count;
         i = root_device_find(VIRTIO, i + 1)) {
        volatile void *regs = registers_map(i);
        struct found f = {.device = i};
        struct mmio mmio;

        if (mmio_probe(&mmio, regs) != ERR_OK || mmio.device == MMIO_NOTHING)
            continue;
        f.kind = mmio.device;
        if (f.kind == MMIO_BLOCK)
            serial_ask(regs, f.serial);
        found_insert(&f);
    }
}

/* Index of the machine's device; device_count if there is none. */
static unsigned match_virtio(const struct manifest_device *d)
{
    unsigned console = 0;

    for (unsigned i = 0; i < founds; i++) {
        if (d->kind == DEVICE_BLOCK && found[i].kind == MMIO_BLOCK &&
            strcmp(found[i].serial, d->match) == 0)
            return found[i].device;
        if (d->kind == DEVICE_CONSOLE && found[i].kind == MMIO_CONSOLE && console++ == d->index)
            return found[i].device;
    }
    return root_info()->device_count;
}

static unsigned match(const struct manifest_device *d)
{
    unsigned count = root_info()->device_count, i = count;

    if (d->kind != DEVICE_COMPATIBLE)
        return match_virtio(d);
    for (const char *name = d->match; name < d->match + d->match_bytes && i == count;
         name += strlen(name) + 1)
        i = root_device_find(name, 0);
    return i;
}

static void missing(const struct manifest_device *d)
{
    if (d->kind == DEVICE_BLOCK)
        fatal("no %s: the machine has no disk with the serial number %s", d->name, d->match);
    if (d->kind == DEVICE_CONSOLE)
        fatal("no %s: the machine has no virtio console %u", d->name, (unsigned)d->index);
    fatal("no %s: the machine has no device compatible with %s", d->name, d->match);
}

static void device_take(const struct manifest_device *want, struct device *d)
{
    const struct bootinfo *info = root_info();
    unsigned i = match(want);

    if (i == info->device_count && !want->optional)
        missing(want);
    if (i == info->device_count)
        return;
    d->frame = root_device(i, &d->offset);
    if (d->frame == CAP_NULL)
        fatal("%s: its registers are the kernel's", want->name);
    d->line = info->device[i].irq;
    if (d->line != 0 && d->line < info->irq_count)
        d->irq = info->irq_first + d->line;
}

void devices_find(const struct manifest *m, struct device device[MANIFEST_DEVICES])
{
    memset(device, 0, MANIFEST_DEVICES * sizeof(device[0]));
    virtio_find();
    for (unsigned i = 0; i < m->servers; i++)
        for (unsigned j = 0; j < m->server[i].devices.count; j++)
            device_take(&m->device[m->server[i].devices.item[j]],
                        &device[m->server[i].devices.item[j]]);
}
