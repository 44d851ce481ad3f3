/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mmio.c - the transport of a virtio device (Virtual I/O Device 1.1, section 4.2).
 *
 * Registers are 32 bits wide and little-endian, as the ports are. A full fence stands
 * before each kick and after each look at an interrupt: the ports order memory and
 * registers no further by themselves.
 */
#include "mmio.h"

enum {
    REG_MAGIC = 0x000 / 4,
    REG_VERSION = 0x004 / 4,
    REG_DEVICE = 0x008 / 4,
    REG_OFFERED = 0x010 / 4,
    REG_OFFERED_HALF = 0x014 / 4,
    REG_ACCEPTED = 0x020 / 4,
    REG_ACCEPTED_HALF = 0x024 / 4,
    REG_QUEUE = 0x030 / 4,
    REG_QUEUE_MAX = 0x034 / 4,
    REG_QUEUE_SIZE = 0x038 / 4,
    REG_QUEUE_READY = 0x044 / 4,
    REG_KICK = 0x050 / 4,
    REG_RAISED = 0x060 / 4,
    REG_TAKEN = 0x064 / 4,
    REG_STATUS = 0x070 / 4,
    REG_DESC = 0x080 / 4,
    REG_AVAIL = 0x090 / 4,
    REG_USED = 0x0a0 / 4,
    REG_GENERATION = 0x0fc / 4,
    REG_CONFIG = 0x100 / 4,
};

enum status {
    STATUS_SEEN = 1,
    STATUS_DRIVER = 2,
    STATUS_DRIVER_OK = 4,
    STATUS_FEATURES_OK = 8,
};

#define MAGIC        0x74726976u /* "virt" */
#define VERSION_1    ((uint64_t)1 << 32)
#define RESET_LOOKS  100000u /* at the status, until a device counts as dead */
#define CONFIG_LOOKS 16u

static void fence(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

enum err mmio_probe(struct mmio *m, volatile void *regs)
{
    m->regs = regs;
    m->device = MMIO_NOTHING;
    if (m->regs[REG_MAGIC] != MAGIC)
        return ERR_WRONG_TYPE;
    if (m->regs[REG_VERSION] != 2)
        return ERR_REFUSED;
    m->device = m->regs[REG_DEVICE];
    return ERR_OK;
}

void mmio_reset(struct mmio *m)
{
    m->regs[REG_STATUS] = 0;
}

static uint64_t features_offered(struct mmio *m)
{
    uint64_t low, high;

    m->regs[REG_OFFERED_HALF] = 0;
    low = m->regs[REG_OFFERED];
    m->regs[REG_OFFERED_HALF] = 1;
    high = m->regs[REG_OFFERED];
    return high << 32 | low;
}

static void features_accept(struct mmio *m, uint64_t features)
{
    m->regs[REG_ACCEPTED_HALF] = 0;
    m->regs[REG_ACCEPTED] = (uint32_t)features;
    m->regs[REG_ACCEPTED_HALF] = 1;
    m->regs[REG_ACCEPTED] = (uint32_t)(features >> 32);
}

enum err mmio_begin(struct mmio *m, uint64_t wanted, uint64_t *got)
{
    unsigned looks = 0;

    mmio_reset(m);
    while (m->regs[REG_STATUS] != 0)
        if (++looks == RESET_LOOKS)
            return ERR_TIMEOUT;
    m->regs[REG_STATUS] = STATUS_SEEN;
    m->regs[REG_STATUS] = STATUS_SEEN | STATUS_DRIVER;

    *got = features_offered(m) & (wanted | VERSION_1);
    if (!(*got & VERSION_1))
        return ERR_REFUSED;
    features_accept(m, *got);
    m->regs[REG_STATUS] = STATUS_SEEN | STATUS_DRIVER | STATUS_FEATURES_OK;
    return m->regs[REG_STATUS] & STATUS_FEATURES_OK ? ERR_OK : ERR_REFUSED;
}

static void set_address(struct mmio *m, unsigned reg, uint64_t physical)
{
    m->regs[reg] = (uint32_t)physical;
    m->regs[reg + 1] = (uint32_t)(physical >> 32);
}

enum err mmio_queue(struct mmio *m, unsigned number, const struct mmio_rings *rings)
{
    m->regs[REG_QUEUE] = number;
    if (m->regs[REG_QUEUE_MAX] < rings->size)
        return ERR_LIMIT;
    m->regs[REG_QUEUE_SIZE] = rings->size;
    set_address(m, REG_DESC, rings->desc);
    set_address(m, REG_AVAIL, rings->avail);
    set_address(m, REG_USED, rings->used);
    fence();
    m->regs[REG_QUEUE_READY] = 1;
    return ERR_OK;
}

void mmio_ready(struct mmio *m)
{
    fence();
    m->regs[REG_STATUS] = STATUS_SEEN | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK;
}

void mmio_kick(struct mmio *m, unsigned number)
{
    fence();
    m->regs[REG_KICK] = number;
}

uint32_t mmio_interrupt(struct mmio *m)
{
    uint32_t raised = m->regs[REG_RAISED];

    m->regs[REG_TAKEN] = raised;
    fence();
    return raised;
}

uint32_t mmio_config32(const struct mmio *m, unsigned offset)
{
    return m->regs[REG_CONFIG + offset / 4];
}

/* Two reads make one value only if the generation stood still. */
uint64_t mmio_config64(const struct mmio *m, unsigned offset)
{
    uint64_t value = 0;

    for (unsigned look = 0; look < CONFIG_LOOKS; look++) {
        uint32_t before = m->regs[REG_GENERATION];

        value = mmio_config32(m, offset) | (uint64_t)mmio_config32(m, offset + 4) << 32;
        if (m->regs[REG_GENERATION] == before)
            break;
    }
    return value;
}
