/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pl011.h - the console, in the state that it is found in: QEMU's needs no other.
 */
#ifndef ARCH_PL011_H
#define ARCH_PL011_H

#include <stdint.h>

#define PL011_DATA  (0x00 / 4)
#define PL011_FLAGS (0x18 / 4)
#define PL011_FULL  0x20u

static inline void pl011_putc(volatile uint32_t *uart, char c)
{
    while (uart[PL011_FLAGS] & PL011_FULL)
        continue;
    uart[PL011_DATA] = (uint8_t)c;
}

#endif
