/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * psci.h - the firmware's calls that switch the machine off (Power State Coordination Interface).
 */
#ifndef ARCH_PSCI_H
#define ARCH_PSCI_H

#include "boot.h"

#include <stdint.h>

#define PSCI_OFF   0x84000008u
#define PSCI_RESET 0x84000009u

/* Returns only if the firmware cannot. */
static inline void psci_call(uint32_t function, uint32_t flags)
{
    register uint32_t r0 __asm__("r0") = function;

    if (flags & BOOT_SMC)
        __asm__ volatile(".arch_extension sec\n\tsmc #0" : "+r"(r0)::"r1", "r2", "r3", "memory");
    else
        __asm__ volatile(".arch_extension virt\n\thvc #0" : "+r"(r0)::"r1", "r2", "r3", "memory");
}

#endif
