/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pte.h - Sv39: three levels of 512 entries; a leaf at any level (4K, 2M, 1G).
 *
 *   63..54  53..10       9..8  7 6 5 4 3 2 1 0
 *   zero    page number  free  D A G U X W R V      R = W = X = 0: the next table
 *
 * Hardware may set A and D at any time: entries that may be valid change by the atomic
 * functions below. "Write without read" is reserved; such rights become read and write.
 */
#ifndef ARCH_PTE_H
#define ARCH_PTE_H

#include "cap.h"
#include "invoke.h"

#include <stdbool.h>
#include <stdint.h>

typedef uint64_t pte_t;

#define PTE_NONE ((pte_t)0)
#define PTE_V    ((pte_t)1 << 0)
#define PTE_R    ((pte_t)1 << 1)
#define PTE_W    ((pte_t)1 << 2)
#define PTE_X    ((pte_t)1 << 3)
#define PTE_U    ((pte_t)1 << 4)
#define PTE_G    ((pte_t)1 << 5)
#define PTE_A    ((pte_t)1 << 6)
#define PTE_D    ((pte_t)1 << 7)

#define PTE_PERMISSIONS (PTE_R | PTE_W | PTE_X)
#define PTE_PPN_SHIFT   10
#define PTE_PPN_MASK    (((pte_t)1 << 44) - 1)

#define PTE_LEVELS         3u
#define PTE_INDEX_BITS     9u
#define ARCH_TABLE_ENTRIES (1u << PTE_INDEX_BITS)

_Static_assert(RIGHT_READ << 1 == PTE_R && RIGHT_WRITE << 1 == PTE_W && RIGHT_EXECUTE << 1 == PTE_X,
               "rights are permissions shifted by one");

_Static_assert(HARVEST_PRESENT == PTE_V && HARVEST_READ == PTE_R && HARVEST_WRITE == PTE_W &&
                   HARVEST_EXECUTE == PTE_X && HARVEST_A == PTE_A && HARVEST_D == PTE_D,
               "harvest bits are the entry's");

/* log2 of the bytes that one entry of a table of this level maps */
static inline unsigned pte_span(unsigned level)
{
    return PAGE_BITS + PTE_INDEX_BITS * level;
}

/* Entries of a table that belong to users: of the root the lower half. */
static inline unsigned pte_entries(unsigned level)
{
    return level == PTE_LEVELS - 1 ? ARCH_TABLE_ENTRIES / 2 : ARCH_TABLE_ENTRIES;
}

static inline unsigned pte_index(uintptr_t va, unsigned level)
{
    return (unsigned)(va >> pte_span(level)) & (ARCH_TABLE_ENTRIES - 1);
}

/* The address that the entry for `va` begins with. */
static inline uintptr_t pte_base(uintptr_t va, unsigned level)
{
    return va >> pte_span(level) << pte_span(level);
}

static inline bool pte_leaf_exists(unsigned level)
{
    return level < PTE_LEVELS;
}

static inline bool pte_permissions_exist(unsigned rights)
{
    return !(rights & RIGHT_WRITE) || rights & RIGHT_READ;
}

static inline __attribute__((always_inline)) pte_t pte_permissions(unsigned rights)
{
    pte_t bits = (pte_t)(rights & (RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE)) << 1;

    return bits & PTE_W ? bits | PTE_R : bits;
}

static inline pte_t pte_table(uint64_t paddr)
{
    return paddr >> PAGE_BITS << PTE_PPN_SHIFT | PTE_V;
}

/* A user's leaf; `level` needs no encoding here. */
static inline pte_t pte_leaf(uint64_t paddr, unsigned rights, bool accessed, bool dirty,
                             unsigned level)
{
    (void)level;
    return paddr >> PAGE_BITS << PTE_PPN_SHIFT | pte_permissions(rights) | PTE_U | PTE_V |
           (accessed ? PTE_A : 0) | (dirty ? PTE_D : 0);
}

static inline bool pte_valid(pte_t e)
{
    return e & PTE_V;
}

static inline bool pte_is_table(pte_t e, unsigned level)
{
    (void)level;
    return (e & (PTE_V | PTE_PERMISSIONS)) == PTE_V;
}

static inline uint64_t pte_paddr(pte_t e)
{
    return (e >> PTE_PPN_SHIFT & PTE_PPN_MASK) << PAGE_BITS;
}

static inline unsigned pte_rights(pte_t e)
{
    return (unsigned)((e & PTE_PERMISSIONS) >> 1);
}

static inline bool pte_accessed(pte_t e)
{
    return e & PTE_A;
}

static inline bool pte_dirty(pte_t e)
{
    return e & PTE_D;
}

/* The byte of enum harvest_bit for a user's leaf, 0 for an entry that is not valid. Those bits are
 * where this port has its own. */
static inline uint8_t pte_harvest(pte_t e)
{
    return (uint8_t)(e & (PTE_D | PTE_A | PTE_PERMISSIONS | PTE_V));
}

/* Each returns the entry as it was. */
static inline pte_t pte_exchange(pte_t *e, pte_t value)
{
    return __atomic_exchange_n(e, value, __ATOMIC_RELAXED);
}

static inline pte_t pte_clear_bits(pte_t *e, pte_t bits)
{
    return __atomic_fetch_and(e, ~bits, __ATOMIC_RELAXED);
}

static inline pte_t pte_set_bits(pte_t *e, pte_t bits)
{
    return __atomic_fetch_or(e, bits, __ATOMIC_RELAXED);
}

#endif
