/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fpu.h - the floating-point unit to the port's own files.
 */
#ifndef ARCH_FPU_H
#define ARCH_FPU_H

#include "cpu.h"

void fpu_init(void);
bool fpu_usable(void); /* the processor has one */

/* fpu_move.S: all of the registers; the unit is switched on. */
void fpu_store(struct fpu_state *f);
void fpu_fetch(const struct fpu_state *f);

#endif
