/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.h - looks at all registers around something that may change them.
 */
#ifndef KTEST_PROBE_H
#define KTEST_PROBE_H

#include <stdint.h>

/* What a probe puts into register n before. */
#define PROBE_PATTERN(n) (0x5a5a5a5a00000000ull + (n))

/*
 * Fill all registers but sp, gp and tp with their patterns, set a7, a0 and a1, trap; then all of
 * x0..x31 go to out.
 */
void probe_call(uint64_t number, uint64_t arg0, uint64_t arg1, uint64_t out[32]);
/* The same around a loop that counts a0 down to zero. */
void probe_spin(uint64_t turns, uint64_t out[32]);

/* An instruction that does not exist, and a breakpoint: functions that begin with it. */
#define PROBE_CODE_ILLEGAL 2u /* their FAULT_CODEs */
#define PROBE_CODE_BREAK   3u
void probe_illegal(void *);
void probe_break(void *);
/* An atomic load from the address behind this one: that is aligned nowhere. */
void probe_misaligned(void *aligned);

#define PROBE_FPU_STATUS 0xffu /* of fcsr */
/* f0..f31 = seed + n, fcsr = seed % 256; and back: 33 numbers. */
void probe_fpu_fill(uint64_t seed);
void probe_fpu_read(uint64_t out[33]);

#endif
