/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.h - where there is room in physical memory.
 *
 * I1  taken ranges may overlap each other (a tree may reserve twice), never what place_take
 *     and place_claim give out
 */
#ifndef BOOT_PLACE_H
#define BOOT_PLACE_H

#include "boot.h"

#include <stdbool.h>
#include <stdint.h>

#define PLACE_TAKEN 48u

struct place {
    const struct boot_range *ram;
    uint32_t ram_count;
    struct boot_range taken[PLACE_TAKEN];
    uint32_t taken_count;
};

/* Whole pages inside [base, base + size): what memory is. False: none. */
bool range_inner(uint64_t base, uint64_t size, struct boot_range *range);
/* Whole pages that touch [base, base + size): what is reserved or used. False: none, or the
 * range wraps around. */
bool range_outer(uint64_t base, uint64_t size, struct boot_range *range);
bool range_overlaps(const struct boot_range *a, const struct boot_range *b);

/* Nothing is to be placed there. False: no room to note it. */
bool place_avoid(struct place *p, const struct boot_range *range);
/* Take exactly that range. False: it is not free RAM, or no room to note it. */
bool place_claim(struct place *p, const struct boot_range *range);
/* Take the lowest free `size` bytes (whole pages). False: none. */
bool place_take(struct place *p, uint64_t size, struct boot_range *range);

#endif
