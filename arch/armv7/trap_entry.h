/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trap_entry.h - what entry.S calls, and what the port's files set up for each other.
 */
#ifndef ARCH_TRAP_ENTRY_H
#define ARCH_TRAP_ENTRY_H

#include "boot.h"

#include <stdint.h>

/* What a trap is that is no call: the access that failed (RIGHT_*), or one of these. */
enum trap_kind { TRAP_UNDEFINED = 0, TRAP_INTERRUPT = 8 };

/* From the loader; PMCCNTR at the kernel's first instruction. */
_Noreturn void trap_boot(const struct boot *boot, uint32_t cycles);
void trap_other(unsigned kind);
/* A trap of the kernel itself. */
_Noreturn void trap_kernel(unsigned kind, uint32_t ip);

/* The window on all memory; the loader's place is no longer seen where it lies. */
void mmu_init(const struct boot *boot);
/* A device's registers, as the kernel sees them from now on. */
volatile uint32_t *mmu_device(uint64_t pa);
void console_init(const struct boot *boot);
void timer_init(const struct boot *boot);
void timer_passed(void);     /* off */
void timer_spent_long(void); /* the cycle counter began anew */
void fpu_init(void);
bool fpu_off(void); /* the thread that runs does not own it */
void irq_init(const struct boot *boot);
void irq_serve(void); /* what is pending, to trap_timer() and trap_irq() */

#endif
