/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slots.h - slots for the capabilities of a task's pages, in tables of their own.
 *
 * A page costs one slot of 32 bytes for as long as it is there. Tables are made as pages
 * come, each about as large as all before it, so that a small task stays small and few
 * root slots name many pages.
 *
 * S1  a clear bit is an empty slot; `used` counts the set ones
 */
#ifndef PAGER_SLOTS_H
#define PAGER_SLOTS_H

#include "cap.h"

#include <stdbool.h>
#include <stdint.h>

#define SLOT_TABLES  24u
#define SLOT_RUN_MAX 64u

struct slots {
    struct slot_table {
        cap_t first;
        uint32_t count, used;
        uint32_t hint; /* where the last search ended */
        uint64_t *map;
    } table[SLOT_TABLES];
    uint32_t tables, current;
    cap_t one; /* a run kept to be taken slot by slot; they count as used */
    unsigned ones;
};

/*
 * A run of up to `want` (1..SLOT_RUN_MAX) neighbouring empty slots; *got of them, fewer when
 * what is empty lies in pieces, or no more memory can be had for a table. A search looks at a
 * few pieces only. CAP_NULL: none at all.
 */
cap_t slots_take(struct slots *s, unsigned want, unsigned *got);
/* One slot; CAP_NULL: none. Next to the one taken before, if it can be. */
cap_t slots_refill(struct slots *s);
static inline cap_t slots_take_one(struct slots *s)
{
    if (s->ones == 0)
        return slots_refill(s);
    s->ones--;
    return s->one++;
}

/* They are empty (again). */
void slots_return(struct slots *s, cap_t first, unsigned count);

#endif
