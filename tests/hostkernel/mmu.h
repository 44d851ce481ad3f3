/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mmu.h - the machine's translations, as hardware makes and keeps them.
 *
 * There are two variants. One sets an entry's accessed and dirty bits itself (Svadu); the other
 * (Svade) makes a page fault of an access to an entry without them, and the kernel sets them.
 * Translations are kept until they are flushed, so what the kernel forgets to flush shows.
 *
 * M1  no kept translation allows more than the tables do, or leads elsewhere
 * M2  a translation kept as dirty is dirty in the tables too: else a write would go unseen
 * M3  an ASID names one space at a time
 */
#ifndef HOSTKERNEL_MMU_H
#define HOSTKERNEL_MMU_H

#include "arch.h"

enum mmu_variant { MMU_SVADU, MMU_SVADE };

/* svadu.c or svade.c is linked; a test may choose anew before machine_boot(). */
extern enum mmu_variant mmu_variant;

void mmu_reset(void);
/* The running program accesses va (RIGHT_READ, WRITE or EXECUTE): the window address of the byte,
 * or NULL if that is a page fault. */
void *mmu_access(vaddr_t va, unsigned access);
/* Translations whose accessed bit was cleared in the tables are no longer kept. The kernel does not
 * flush them: that may happen at any time, and then is soon enough. */
void mmu_age(void);
/* M1 to M3; NULL: they hold. */
const char *mmu_audit(void);

#endif
