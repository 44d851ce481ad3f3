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

#include "types.h"

#include "cap.h"
#include "invoke.h"

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

#define PTE_LEVELS         3u
#define PTE_INDEX_BITS     9u
#define ARCH_TABLE_ENTRIES (1u << PTE_INDEX_BITS)

/* Entries, and behind them the shadow words: refs of the slots mapped there. */
struct table {
    pte_t entry[ARCH_TABLE_ENTRIES];
    ref_t shadow[ARCH_TABLE_ENTRIES];
};

struct root {
    struct table table;
};

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

/* Entries that a table of this level is hung into, and the address that the first maps. */
static inline unsigned pte_hangs(unsigned level)
{
    (void)level;
    return 1;
}

static inline uintptr_t pte_hang_base(uintptr_t va, unsigned level)
{
    return va >> pte_span(level + 1) << pte_span(level + 1);
}

#define pte_is_user(va) ((va) < ARCH_USER_TOP)

static inline bool pte_permissions_exist(unsigned rights)
{
    return rights && (!(rights & RIGHT_WRITE) || rights & RIGHT_READ);
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

/* A user's leaf; its level needs no encoding here. */
static inline __attribute__((always_inline)) pte_t pte_leaf(uint64_t paddr, unsigned rights,
                                                            bool accessed, bool dirty)
{
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
    return e >> PTE_PPN_SHIFT << PAGE_BITS; /* nobody sets the bits above */
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

/* ---- where an entry is, and changes of it ---- */

struct place {
    pte_t *entry;
    ref_t *shadow;
};

static inline struct place table_place(const void *table, unsigned level, unsigned index)
{
    const struct table *t = table;

    (void)level;
    return (struct place){(pte_t *)&t->entry[index], (ref_t *)&t->shadow[index]};
}

static inline struct place place_next(struct place p)
{
    return (struct place){p.entry + 1, p.shadow + 1};
}

static inline pte_t place_load(struct place p)
{
    return *p.entry;
}

/* The slot mapped there; 0: none. */
static inline ref_t place_slot(struct place p)
{
    return *p.shadow;
}

/* The first entry from number i on that is not empty; pte_entries() if there is none. */
static inline unsigned table_used(const void *table, unsigned level, unsigned i)
{
    while (i < pte_entries(level) && !place_slot(table_place(table, level, i)))
        i++;
    return i;
}

static inline void place_moved(struct place p, ref_t slot)
{
    *p.shadow = slot;
}

/* The table below; 0: none. */
static inline paddr_t place_table(struct place p, unsigned level)
{
    pte_t e = *p.entry;

    return pte_is_table(e, level) ? pte_paddr(e) : 0;
}

/* Neighbouring entries from this one on that are one leaf and change together. */
static inline unsigned place_alike(struct place p, unsigned level)
{
    (void)p, (void)level;
    return 1;
}

/* Where a leaf's entry leads. */
static inline paddr_t place_paddr(struct place p, unsigned level)
{
    (void)level;
    return pte_paddr(*p.entry);
}

/* Entry number n of those that a table is hung into. */
static inline void place_hang(struct place p, ref_t slot, paddr_t table, unsigned n)
{
    (void)n;
    *p.shadow = slot;
    *p.entry = pte_table(table);
}

static inline pte_t place_empty(struct place p)
{
    pte_t old = pte_exchange(p.entry, PTE_NONE);

    *p.shadow = 0;
    return old;
}

/* An entry that mapped nothing is part of a user's leaf of a Frame of that size. */
static inline __attribute__((always_inline)) void place_leaf(struct place p, ref_t slot, paddr_t pa,
                                                             unsigned rights, bool accessed,
                                                             bool dirty, bool device,
                                                             unsigned level, unsigned log2_size)
{
    (void)device, (void)level, (void)log2_size;
    *p.shadow = slot;
    *p.entry = pte_leaf(pa, rights, accessed, dirty);
}

/* Each returns the entry as it was. */
static inline pte_t place_set(struct place p, pte_t bits, unsigned level)
{
    (void)level;
    return pte_set_bits(p.entry, bits);
}

static inline pte_t place_clear(struct place p, pte_t bits, unsigned level)
{
    (void)level;
    return pte_clear_bits(p.entry, bits);
}

/* The rights from now on. */
static inline void place_protect(struct place p, unsigned rights, unsigned level)
{
    pte_t set = pte_permissions(rights), old = *p.entry;

    (void)level;
    if (set & ~old) /* first: an entry is never without any right */
        pte_set_bits(p.entry, set);
    if (old & PTE_PERMISSIONS & ~set)
        pte_clear_bits(p.entry, PTE_PERMISSIONS & ~set);
}

#endif
