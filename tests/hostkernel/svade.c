/* SPDX-License-Identifier: GPL-2.0-or-later */
/* svade.c - the machine leaves accessed and dirty bits to the kernel. */
#include "mmu.h"

enum mmu_variant mmu_variant = MMU_SVADE;
