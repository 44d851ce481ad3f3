/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.h - looks at all registers around something that may change them.
 */
#ifndef KTEST_PROBE_H
#define KTEST_PROBE_H

#include "regs.h"

#include <stdint.h>

/* What a probe puts into register n before. */
#define PROBE_PATTERN(n) (0x5a5a5a00u + (n))

/* Fill r2..r11 and lr with their patterns, set r12, r0 and r1, trap; then r0..r14 go to out. */
void probe_call(uint32_t number, uint32_t arg0, uint32_t arg1, uint32_t out[15]);
/* The same around a loop that counts r0 down to zero. */
void probe_spin(uint32_t turns, uint32_t out[15]);

/* An instruction that does not exist, and a breakpoint: functions that begin with it. */
#define PROBE_CODE_ILLEGAL EXCEPTION_UNDEFINED /* their FAULT_CODEs */
#define PROBE_CODE_BREAK   EXCEPTION_BREAKPOINT
void probe_illegal(void *);
void probe_break(void *);
/* An exclusive load from the address behind this one: that is aligned nowhere. */
void probe_misaligned(void *aligned);

#define PROBE_FPU_STATUS 0x9fu /* of fpscr */
/* d0..d31 = seed + n, fpscr = seed & PROBE_FPU_STATUS; and back: 33 numbers. */
void probe_fpu_fill(uint64_t seed);
void probe_fpu_read(uint64_t out[33]);

#endif
