/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * console.c - characters out for the kernel's own lines, and the end of the machine.
 *
 * The UART that the device tree names is driven without interrupts, in the state the
 * firmware left it in; without one the firmware prints.
 */
#include "kernel.h"

#include "finisher.h"
#include "sbi.h"
#include "trap_entry.h"

/* A 16550: byte registers, 1 << shift bytes apart. */
#define UART_DATA   0u
#define UART_STATUS 5u
#define UART_ROOM   0x20u

static struct {
    volatile uint8_t *uart; /* NULL: the firmware prints */
    unsigned shift;
    volatile uint32_t *finisher; /* NULL: the firmware powers off */
} console;

void console_init(const struct boot *boot)
{
    const struct boot_device *finisher = finisher_find(boot);

    console.shift = boot->uart_shift;
    console.uart = boot->uart.size ? window(boot->uart.base) : NULL;
    console.finisher = finisher ? window(finisher->base) : NULL;
}

void arch_putc(char c)
{
    if (!console.uart) {
        sbi_putc(c);
        return;
    }
    while (!(console.uart[UART_STATUS << console.shift] & UART_ROOM))
        continue;
    console.uart[UART_DATA << console.shift] = (uint8_t)c;
}

void arch_power(enum power how, unsigned status)
{
    if (console.finisher && how == POWER_RESTART)
        finisher_restart(console.finisher);
    else if (console.finisher)
        finisher_off(console.finisher, status);
    sbi_shutdown();
    for (;;)
        arch_idle();
}

void arch_halt(void)
{
    if (console.finisher)
        finisher_fail(console.finisher);
    sbi_shutdown();
    for (;;)
        arch_idle();
}
