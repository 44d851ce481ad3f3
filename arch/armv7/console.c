/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * console.c - the debug console and the end of the machine.
 */
#include "kernel.h"

#include "pl011.h"
#include "psci.h"
#include "trap_entry.h"

static struct {
    volatile uint32_t *uart; /* NULL: nobody listens */
    uint32_t flags;          /* enum boot_flag */
} console;

void console_init(const struct boot *boot)
{
    console.uart = boot->uart.size ? mmu_device(boot->uart.base) : NULL;
    console.flags = boot->flags;
}

void arch_putc(char c)
{
    if (console.uart)
        pl011_putc(console.uart, c);
}

/* The firmware knows no status. */
void arch_power(enum power how, unsigned status)
{
    (void)status;
    psci_call(how == POWER_RESTART ? PSCI_RESET : PSCI_OFF, console.flags);
    for (;;)
        arch_idle();
}

void arch_halt(void)
{
    arch_power(POWER_OFF, 0);
}
