/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trap.h - what a port's trap code calls. cpu.current's registers are saved before; when the
 * function returns the port resumes cpu.current, which may be another thread by then.
 */
#ifndef KERNEL_TRAP_H
#define KERNEL_TRAP_H

#include "arch.h"

/* kernel/main.c: never returns; `boot` is a window address, `entered` arch_cycles() at the
 * port's first instruction. */
_Noreturn void kernel_main(const struct boot *boot, uint64_t entered);

/* A trap instruction: a native thread's system call, or a foreign one's. The ip is behind it. */
void trap_syscall(void);
/* A memory access failed: access is one RIGHT_*. The page tables decide what it was. */
void trap_fault(vaddr_t address, unsigned access);
/* The access was refused by the bus or by alignment rules, not by the page tables: FAULT_BUS,
 * FAULT_MISALIGNED. */
void trap_bus(unsigned cause, vaddr_t address, unsigned access);
/* Anything else a user did: illegal instruction, breakpoint. `code` is the machine's number. */
void trap_exception(word_t code, word_t detail);
/* First use of the FPU by a thread that does not own it. */
void trap_fpu(void);
/* An interrupt: serves what is pending (arch_poll), then chooses who runs. */
void trap_interrupt(void);
/* From arch_poll: the timer went off and is switched off; a line is pending. */
void trap_timer(void);
void trap_irq(unsigned line); /* the line is masked by the port before */

/* "PANIC: ..." and the end. */
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A line of the kernel's own on the console: %s, %u (unsigned), %lx (word_t). */
void kernel_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
