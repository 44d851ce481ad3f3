/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ranges.h - boot: physical memory as sorted ranges, from which what is in use is taken. */
#ifndef KERNEL_RANGES_H
#define KERNEL_RANGES_H

#include "arch.h"

#define RANGES_MAX 48u

struct range {
    uint64_t base, end; /* a paddr_t has no room for the last end */
    uint8_t kind;       /* enum untyped_kind */
};

struct ranges {
    struct range range[RANGES_MAX];
    unsigned count;
};

void ranges_add(struct ranges *r, uint64_t base, uint64_t size, unsigned kind);
/* Nothing of [base, base + size), widened to pages, stays. */
void ranges_remove(struct ranges *r, uint64_t base, uint64_t size);
/* The same bytes, but of another kind. */
void ranges_mark(struct ranges *r, uint64_t base, uint64_t size, unsigned kind);
/* Takes `bytes` aligned memory of kind UNTYPED_RAM from the smallest range that has it. Panics
 * if none has. */
uint64_t ranges_take(struct ranges *r, uint64_t bytes, uint64_t align);
/* Does any byte of it overlap a range? */
bool ranges_overlap(const struct ranges *r, uint64_t base, uint64_t size);

#endif
