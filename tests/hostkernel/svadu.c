/* SPDX-License-Identifier: GPL-2.0-or-later */
/* svadu.c - the machine sets accessed and dirty bits itself. */
#include "mmu.h"

enum mmu_variant mmu_variant = MMU_SVADU;
