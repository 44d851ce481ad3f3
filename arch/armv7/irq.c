/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * irq.c - the generic interrupt controller (GICv2), for one processor.
 *
 * A line is ended as soon as it is acknowledged; it is masked until its driver has served the
 * device. Lines of the processor's own are none of the users'.
 */
#include "kernel.h"

#include "gic.h"
#include "trap_entry.h"

#define LINE_CLOCK  27u /* the virtual timer */
#define LINE_NUMBER 0x3ffu
#define PRIORITY    0xa0a0a0a0u
#define MASK_NONE   0xf0u

static struct {
    volatile uint32_t *distributor, *interface;
    uint32_t lines;
} gic;

static uint32_t bit_of(unsigned line)
{
    return 1u << line % 32;
}

void irq_init(const struct boot *boot)
{
    uint32_t self;

    gic.distributor = mmu_device(boot->intc.base);
    gic.interface = mmu_device(boot->intc_cpu.base);
    gic.lines = boot->irq_lines;
    self = (gic.distributor[GICD_ITARGETSR] & 0xff) * 0x01010101u;
    for (unsigned line = 0; line < gic.lines; line += 32)
        gic.distributor[GICD_ICENABLER + line / 32] = UINT32_MAX;
    for (unsigned line = 0; line < gic.lines; line += 4) {
        gic.distributor[GICD_IPRIORITYR + line / 4] = PRIORITY;
        if (line >= GIC_SHARED)
            gic.distributor[GICD_ITARGETSR + line / 4] = self;
    }
    gic.distributor[GICD_ISENABLER] = bit_of(LINE_CLOCK);
    gic.distributor[GICD_CTLR] = 1;
    gic.interface[GICC_PMR] = MASK_NONE;
    gic.interface[GICC_CTLR] = 1;
}

void arch_irq_mask(unsigned line)
{
    if (line >= GIC_SHARED)
        gic.distributor[GICD_ICENABLER + line / 32] = bit_of(line);
}

void arch_irq_unmask(unsigned line)
{
    if (line >= GIC_SHARED)
        gic.distributor[GICD_ISENABLER + line / 32] = bit_of(line);
}

void irq_serve(void)
{
    for (;;) {
        uint32_t taken = gic.interface[GICC_IAR], line = taken & LINE_NUMBER;

        if (line >= GIC_LINES_MAX)
            return;
        arch_irq_mask(line);
        if (line == LINE_CLOCK)
            timer_passed();
        gic.interface[GICC_EOIR] = taken;
        if (line == LINE_CLOCK)
            trap_timer();
        else
            trap_irq(line);
    }
}
