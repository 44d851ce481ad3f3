/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * irq.c - the platform-level interrupt controller (PLIC), one context of it: the boot
 * processor's supervisor mode.
 *
 * A line is completed as soon as it is claimed, because the controller ignores the
 * completion of a line that is not enabled; then it is masked until its driver has
 * served the device.
 *
 * I1  enabled[] is what the controller's enable words hold
 */
#include "irq.h"

#include "kernel.h"

#define PLIC_LINES          1024u
#define PLIC_PRIORITY       0x000000u /* a word a line */
#define PLIC_ENABLE         0x002000u /* a bit a line */
#define PLIC_ENABLE_STRIDE  0x80u     /* a context */
#define PLIC_THRESHOLD      0x200000u
#define PLIC_CLAIM          0x200004u
#define PLIC_CONTEXT_STRIDE 0x1000u

static struct {
    paddr_t base;
    uint32_t context;
    uint32_t lines; /* numbers 1..lines-1; the controller says 0 for none */
    uint32_t enabled[PLIC_LINES / 32];
} plic;

static volatile uint32_t *plic_register(uint32_t offset)
{
    return window(plic.base + offset);
}

static void plic_enable(unsigned word)
{
    *plic_register(PLIC_ENABLE + PLIC_ENABLE_STRIDE * plic.context + 4 * word) = plic.enabled[word];
}

void irq_init(const struct boot *boot)
{
    plic.base = boot->intc.base;
    plic.context = boot->intc_context;
    plic.lines = boot->irq_lines < PLIC_LINES ? boot->irq_lines : PLIC_LINES;

    for (unsigned word = 0; word * 32 < plic.lines; word++)
        plic_enable(word);
    for (unsigned line = 1; line < plic.lines; line++)
        *plic_register(PLIC_PRIORITY + 4 * line) = 1;
    *plic_register(PLIC_THRESHOLD + PLIC_CONTEXT_STRIDE * plic.context) = 0;
}

void arch_irq_mask(unsigned line)
{
    plic.enabled[line / 32] &= ~(1u << line % 32);
    plic_enable(line / 32);
}

void arch_irq_unmask(unsigned line)
{
    plic.enabled[line / 32] |= 1u << line % 32;
    plic_enable(line / 32);
}

void irq_serve(void)
{
    volatile uint32_t *claim = plic_register(PLIC_CLAIM + PLIC_CONTEXT_STRIDE * plic.context);

    for (unsigned line; (line = *claim) != 0;) {
        *claim = line;
        arch_irq_mask(line);
        trap_irq(line);
    }
}
