/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * irq.h - the interrupt controller to the port's own files.
 */
#ifndef ARCH_IRQ_H
#define ARCH_IRQ_H

#include "boot.h"

/* All lines masked, at equal priority. */
void irq_init(const struct boot *boot);
/* Hand every pending line to trap_irq(), masked. */
void irq_serve(void);

#endif
