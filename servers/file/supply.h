/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * supply.h - where the cache's frames come from: the frame server.
 *
 * The cache may take what the machine has above its low watermark, so that it never
 * causes pressure by itself; below that it lives on what it has.
 */
#ifndef FILE_SUPPLY_H
#define FILE_SUPPLY_H

#include "cap.h"
#include "error.h"

#include <stdint.h>

#define SUPPLY_BATCH 16u

/* Maps the frame server's status page and asks to be told of pressure by `bits`. */
enum err supply_init(uintptr_t bits);

/* Pages of the machine. */
uint32_t supply_total(void);
/* Pages that may be taken without coming near the low watermark. */
uint32_t supply_spare(void);
/* Pages that are wanted back. */
uint32_t supply_pressure(void);
/* Slots of frames that the frame server wants back before any other, up to `most`; how many. */
unsigned supply_wanted(cap_t *slot, unsigned most);

/*
 * 1..SUPPLY_BATCH frames of any contents into empty slots from `first` on, held for DMA; *got
 * of them, with physical addresses. ERR_NO_MEMORY, ERR_LIMIT: *got = 0.
 */
enum err supply_take(cap_t first, unsigned count, uint64_t *physical, unsigned *got);
/* Gives neighbouring frames back; every mapping and derivation of them ends. */
void supply_give(cap_t first, unsigned count);

#endif
