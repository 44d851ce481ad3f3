/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.c - entries of users' tables that are not 4 KiB pages: how the hardware has their facts,
 * and the 16 equal entries of the larger leaves.
 *
 * Of such 16 none is ever valid beside one that says something else: all become invalid first.
 */
#include "kernel.h"

#define ALIKE      16u
#define LARGE_BITS 16u
#define SUPER_BITS 24u

/* Where a format has what HARD_SMALL and SMALL_FACTS say. */
#define LARGE       0x00000821u
#define SECTION     0x00020803u /* and not for fetches of the kernel's own */
#define SUPER       (SECTION | HARD_IS_SUPER)
#define LARGE_FACTS 0x00008210u
#define MEGA_FACTS  0x00008410u

#define READ_ONLY 0x200u
#define ACCESS    0x010u
#define NEVER     0x001u /* executed */

#define FACTS(s)                                                                                   \
    (HARD_SMALL | HARD_MEMORY | ((s)&PTE_W && (s)&PTE_D ? 0 : READ_ONLY) |                         \
     ((s)&PTE_A ? ACCESS : 0) | ((s)&PTE_X ? 0 : NEVER))
#define FACTS4(s) FACTS((s) + 0), FACTS((s) + 1), FACTS((s) + 2), FACTS((s) + 3)

const uint16_t place_small[32] = {FACTS4(0),  FACTS4(4),  FACTS4(8),  FACTS4(12),
                                  FACTS4(16), FACTS4(20), FACTS4(24), FACTS4(28)};

/* Eight at a time: a root has so many that an interrupt would wait too long otherwise. */
unsigned table_used(const void *table, unsigned level, unsigned i)
{
    const pte_t *e = table_place(table, level, 0).shadow;
    unsigned end = pte_entries(level);

    while (i + 8 <= end &&
           !(e[i] | e[i + 1] | e[i + 2] | e[i + 3] | e[i + 4] | e[i + 5] | e[i + 6] | e[i + 7]))
        i += 8;
    while (i < end && !e[i])
        i++;
    return i;
}

/* Facts of a leaf other than a small page: access and read-only stand higher in sections. */
static uint32_t facts_hard(pte_t shadow, unsigned level)
{
    uint32_t small = place_small[shadow & PTE_FACTS];

    if (level)
        return (small & (READ_ONLY | ACCESS)) << 6 | (small & NEVER) << 4;
    return (small & (READ_ONLY | ACCESS)) | (small & NEVER) << 15;
}

static uint32_t memory_hard(bool device)
{
    return device ? HARD_DEVICE : (HARD_MEMORY & 0xcu) | 0x1000u;
}

/* Is the entry one of 16? */
static bool is_many(uint32_t hard, unsigned level)
{
    if (level)
        return (hard & (HARD_IS_SUPER | HARD_IS_SMALL)) == (HARD_IS_SUPER | HARD_IS_SMALL);
    return hard && !(hard & HARD_IS_SMALL);
}

/* Which one of them. */
static unsigned which(struct place p)
{
    return (unsigned)((uintptr_t)p.hard / sizeof(*p.hard) % ALIKE);
}

unsigned place_alike(struct place p, unsigned level)
{
    return is_many(*p.hard, level) ? ALIKE - which(p) : 1;
}

paddr_t place_paddr(struct place p, unsigned level)
{
    unsigned span = pte_span(level), many = span + 4;
    uint32_t hard = *p.hard;

    return is_many(hard, level) ? (hard >> many << many) + (which(p) << span)
                                : hard >> span << span;
}

void place_leaf_large(struct place p, paddr_t pa, pte_t shadow, bool device, unsigned level,
                      unsigned log2_size)
{
    uint32_t hard = facts_hard(shadow, level) | memory_hard(device);

    if (!level)
        hard |= LARGE | pa >> LARGE_BITS << LARGE_BITS;
    else if (log2_size < SUPER_BITS)
        hard |= SECTION | pa >> 20 << 20;
    else
        hard |= SUPER | pa >> SUPER_BITS << SUPER_BITS;
    *p.shadow = shadow;
    *p.hard = hard;
}

void place_rewrite(struct place p, pte_t shadow, unsigned level)
{
    uint32_t mask = level ? MEGA_FACTS : LARGE_FACTS;
    uint32_t hard = (*p.hard & ~mask) | facts_hard(shadow, level);
    unsigned n = 1;

    if (is_many(hard, level)) {
        unsigned first = which(p);

        n = ALIKE;
        p.hard -= first;
        p.shadow -= first;
        for (unsigned i = 0; i < n; i++)
            p.hard[i] = 0;
        data_barrier();
    }
    for (unsigned i = 0; i < n; i++) {
        p.shadow[i] = shadow;
        p.hard[i] = hard;
    }
}
