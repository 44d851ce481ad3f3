/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * root.c - a root task's memory, devices and end.
 *
 * Memory is taken from the smallest Untyped that has room, so that the large ones stay
 * whole for whoever gets them.
 */
#include "root.h"

#include "start.h"

#include <string.h>

#define UNTYPED_MAX 128u

static uint8_t order[UNTYPED_MAX]; /* indices of untyped[] of kind RAM, smallest first */
static unsigned ordered;
static struct {
    cap_t frame;
    bool made;
} registers[BOOT_DEVICES];

const struct bootinfo *root_info(void)
{
    return (const struct bootinfo *)BOOTINFO_VA;
}

static void order_find(const struct bootinfo *info)
{
    for (unsigned bits = PAGE_BITS; bits <= UNTYPED_MAX_BITS; bits++)
        for (unsigned i = 0; i < info->untyped_count && i < UNTYPED_MAX; i++)
            if (info->untyped[i].kind == UNTYPED_RAM && info->untyped[i].log2_size == bits)
                order[ordered++] = (uint8_t)i;
}

enum err root_retype(unsigned type, unsigned log2_size, cap_t to, unsigned count)
{
    const struct bootinfo *info = root_info();

    if (ordered == 0)
        order_find(info);
    for (unsigned i = 0; i < ordered && count > 0; i++) {
        unsigned done = 0;
        enum err e =
            untyped_retype(info->untyped[order[i]].slot, type, log2_size, to, count, &done);

        if (e != ERR_OK && e != ERR_NO_MEMORY)
            return e;
        to += done;
        count -= done;
    }
    return count == 0 ? ERR_OK : ERR_NO_MEMORY;
}

enum err root_used(const struct bootinfo_untyped *u, uint64_t *used)
{
    struct cap_facts facts;
    enum err e = cap_inspect(u->slot, &facts);

    *used = ((uint64_t)1 << u->log2_size) - facts.detail;
    return e;
}

/* ---- what lib/rt asks for ---- */

enum err memory_frames(cap_t first, unsigned count, unsigned *got)
{
    enum err e = root_retype(OBJ_FRAME, PAGE_BITS, first, count);

    *got = e == ERR_OK ? count : 0;
    return e == ERR_OK ? frame_clear_run(first, count) : e;
}

enum err memory_objects(cap_t slot, unsigned log2_size)
{
    return root_retype(OBJ_UNTYPED, log2_size, slot, 1);
}

/* ---- devices ---- */

unsigned root_device_find(const char *name, unsigned from)
{
    const struct bootinfo *info = root_info();

    while (from < info->device_count &&
           strncmp(info->device[from].compatible, name, sizeof(info->device[from].compatible)) != 0)
        from++;
    return from;
}

static uint64_t page_of(const struct bootinfo *info, unsigned device)
{
    return info->device[device].base & ~(uint64_t)(PAGE_SIZE - 1);
}

/* The frame of the device's first page: of its Untyped, which others may share. */
static cap_t device_frame(const struct bootinfo *info, unsigned device)
{
    uint64_t page = page_of(info, device);

    for (unsigned i = 0; i < info->untyped_count; i++) {
        const struct bootinfo_untyped *u = &info->untyped[i];
        cap_t slot;

        if (u->kind != UNTYPED_DEVICE || page < u->base || (page - u->base) >> u->log2_size != 0)
            continue;
        slot = slots_alloc(1);
        if (slot == CAP_NULL ||
            untyped_retype(u->slot, OBJ_FRAME, u->log2_size, slot, 1, NULL) != ERR_OK)
            return CAP_NULL;
        return slot;
    }
    return CAP_NULL;
}

cap_t root_device(unsigned device, unsigned *offset)
{
    const struct bootinfo *info = root_info();

    if (device >= info->device_count)
        return CAP_NULL;
    for (unsigned i = 0; i < device && !registers[device].made; i++)
        if (registers[i].made && page_of(info, i) == page_of(info, device))
            registers[device] = registers[i];
    if (!registers[device].made)
        registers[device].frame = device_frame(info, device);
    registers[device].made = true;
    *offset = (unsigned)(info->device[device].base & (PAGE_SIZE - 1));
    return registers[device].frame;
}

void root_power_off(unsigned status)
{
    sys_power(POWER_OFF, status);
    die("this machine cannot be powered off");
}
