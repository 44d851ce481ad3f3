/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sbi.h - the calls to the firmware below (RISC-V Supervisor Binary Interface) that are used.
 */
#ifndef ARCH_SBI_H
#define ARCH_SBI_H

#include <stdint.h>

#define SBI_TIME           0x54494d45ul
#define SBI_SRST           0x53525354ul
#define SBI_LEGACY_PUTCHAR 1ul /* no newer console extension in the firmware that is usual now */

static inline void sbi_call(unsigned long extension, unsigned long arg0, unsigned long arg1)
{
    register unsigned long a0 __asm__("a0") = arg0;
    register unsigned long a1 __asm__("a1") = arg1;
    register unsigned long a6 __asm__("a6") = 0;
    register unsigned long a7 __asm__("a7") = extension;

    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
}

static inline void sbi_putc(char c)
{
    sbi_call(SBI_LEGACY_PUTCHAR, (unsigned char)c, 0);
}

static inline void sbi_timer_set(uint64_t ticks)
{
    sbi_call(SBI_TIME, ticks, 0);
}

/* Shutdown for reason 1, "system failure". Returns only if the firmware cannot. */
static inline void sbi_shutdown(void)
{
    sbi_call(SBI_SRST, 0, 1);
}

#endif
