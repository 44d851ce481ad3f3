/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trap_entry.h - what entry.S calls, and what the port's files set up for each other.
 */
#ifndef ARCH_TRAP_ENTRY_H
#define ARCH_TRAP_ENTRY_H

#include "boot.h"

#include <stdint.h>

/* A user's trap other than a system call: scause and stval. */
void trap_other(uint64_t cause, uint64_t value);
/* A trap of the kernel itself. */
_Noreturn void trap_kernel(uint64_t cause, uint64_t ip, uint64_t value);
/* Builds the kernel's tables with the MMU off; returns satp's value for them. */
uint64_t mmu_boot(const struct boot *boot);

/* Counts ASIDs. The tables of mmu_boot are current. */
void mmu_init(void);
void console_init(const struct boot *boot);
void timer_init(const struct boot *boot);
/* Around an idle wait: a true begin wants an end. */
bool timer_nap_begin(void);
void timer_nap_end(void);

#endif
