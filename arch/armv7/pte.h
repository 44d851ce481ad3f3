/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pte.h - short descriptors: a root whose entries map 1 MiB, and tables of 4 KiB pages; leaves of
 * 4K, 64K, 1M and 16M.
 *
 * The hardware's word has no room for what the kernel knows, so the shadow word is the entry, and
 * the hardware's follows from it:
 *
 *   31..5                      4 3 2 1 0
 *   the slot mapped here       D X W R A      R = 0: a table, or nothing
 *
 * Accessed and dirty are the kernel's to set: the hardware faults on an entry without the access
 * flag, and a page that is not dirty is read-only. A leaf of 64K or 16M stands in 16 equal entries
 * that change together. A table covers 2 MiB, two entries of the root. What can be executed can be
 * read.
 */
#ifndef ARCH_PTE_H
#define ARCH_PTE_H

#include "types.h"

#include "cap.h"
#include "invoke.h"

typedef uint32_t pte_t; /* a shadow word */

#define PTE_NONE ((pte_t)0)
#define PTE_A    ((pte_t)1 << 0)
#define PTE_R    ((pte_t)1 << 1)
#define PTE_W    ((pte_t)1 << 2)
#define PTE_X    ((pte_t)1 << 3)
#define PTE_D    ((pte_t)1 << 4)

#define PTE_PERMISSIONS (PTE_R | PTE_W | PTE_X)
#define PTE_FACTS       ((pte_t)0x1f)

#define PTE_LEVELS         2u
#define ROOT_ENTRIES       2048u
#define ROOT_USERS         2040u /* below ARCH_USER_TOP; the shadows of the rest are struct context's */
#define ARCH_TABLE_ENTRIES 512u
#define TABLE_PARTS        2u /* tables of the hardware in one of ours, each hung into a root entry */
#define PART_BYTES         1024u

struct root {
    uint32_t hard[ROOT_ENTRIES];
    pte_t shadow[ROOT_USERS];
};

struct table {
    uint32_t hard[ARCH_TABLE_ENTRIES];
    pte_t shadow[ARCH_TABLE_ENTRIES];
};

_Static_assert(RIGHT_READ << 1 == PTE_R && RIGHT_WRITE << 1 == PTE_W && RIGHT_EXECUTE << 1 == PTE_X,
               "rights are permissions shifted by one");
_Static_assert(HARVEST_READ == PTE_R && HARVEST_WRITE == PTE_W && HARVEST_EXECUTE == PTE_X &&
                   HARVEST_PRESENT == 1 && HARVEST_A == PTE_A << 6 && HARVEST_D == PTE_D << 3,
               "harvest bits are the entry's, A and D moved");

/* ---- geometry ---- */

/* log2 of the bytes that one entry of a table of this level maps */
static inline unsigned pte_span(unsigned level)
{
    return level ? 20u : PAGE_BITS;
}

static inline bool pte_is_user(uintptr_t va)
{
    return va >> 20 < ROOT_USERS;
}

/* Entries of a table that belong to users. */
static inline unsigned pte_entries(unsigned level)
{
    return level ? ROOT_USERS : ARCH_TABLE_ENTRIES;
}

static inline unsigned pte_index(uintptr_t va, unsigned level)
{
    return level ? (unsigned)(va >> 20) : (unsigned)(va >> PAGE_BITS) & (ARCH_TABLE_ENTRIES - 1);
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
    return TABLE_PARTS;
}

static inline uintptr_t pte_hang_base(uintptr_t va, unsigned level)
{
    (void)level;
    return va & ~(uintptr_t)((TABLE_PARTS << 20) - 1);
}

static inline bool pte_permissions_exist(unsigned rights)
{
    return rights & RIGHT_READ; /* none are not enough */
}

/* ---- what an entry says ---- */

static inline bool pte_valid(pte_t e)
{
    return e != PTE_NONE;
}

static inline bool pte_is_table(pte_t e, unsigned level)
{
    (void)level;
    return e != PTE_NONE && !(e & PTE_R);
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

/* The byte of enum harvest_bit for a user's leaf, 0 for an entry that maps nothing. */
static inline uint8_t pte_harvest(pte_t e)
{
    return (uint8_t)(e & PTE_R ? (e & PTE_PERMISSIONS) | 1u | (e & PTE_A) << 6 | (e & PTE_D) << 3
                               : 0);
}

/* ---- where an entry is, and changes of it ---- */

struct place {
    uint32_t *hard;
    pte_t *shadow;
};

#define HARD_TABLE      0x00000005u /* not for fetches of the kernel's own */
#define HARD_TABLE_MASK 0x00000003u
#define HARD_SMALL      0x00000822u /* not global, users may read */
#define HARD_IS_SMALL   0x00000002u /* else one of 16 equal entries */
#define HARD_IS_SUPER   0x00040000u
#define HARD_MEMORY     0x0000004cu /* write-back, write-allocate */
#define HARD_DEVICE     0x00000004u
#define SMALL_FACTS     0x00000211u /* read-only, access flag, execute never */

extern const uint16_t place_small[32]; /* of memory, for PTE_FACTS, but for where it lies */

static inline struct place table_place(const void *table, unsigned level, unsigned index)
{
    const struct root *root = table;
    const struct table *leaves = table;

    return level
               ? (struct place){(uint32_t *)&root->hard[index], (pte_t *)&root->shadow[index]}
               : (struct place){(uint32_t *)&leaves->hard[index], (pte_t *)&leaves->shadow[index]};
}

static inline struct place place_next(struct place p)
{
    return (struct place){p.hard + 1, p.shadow + 1};
}

static inline pte_t place_load(struct place p)
{
    return *p.shadow;
}

/* The slot mapped there; 0: none. */
static inline ref_t place_slot(struct place p)
{
    return *p.shadow >> SLOT_BITS;
}

static inline void place_moved(struct place p, ref_t slot)
{
    *p.shadow = slot << SLOT_BITS | (*p.shadow & PTE_FACTS);
}

/* The table below; 0: none. */
static inline paddr_t place_table(struct place p, unsigned level)
{
    paddr_t table = *p.hard & ~(paddr_t)(PAGE_SIZE - 1);

    if (!level || (*p.hard & HARD_TABLE_MASK) != (HARD_TABLE & HARD_TABLE_MASK))
        return 0;
    if (!table)
        __builtin_unreachable(); /* no memory is there */
    return table;
}

/* The first entry from number i on that is not empty; pte_entries() if there is none. */
unsigned table_used(const void *table, unsigned level, unsigned i);

/* Neighbouring entries from this one on that are one leaf and change together. */
unsigned place_alike(struct place p, unsigned level);
/* Where a leaf's entry leads. */
paddr_t place_paddr(struct place p, unsigned level);
/* Leaves larger than a page; all of those that are alike. */
void place_leaf_large(struct place p, paddr_t pa, pte_t shadow, bool device, unsigned level,
                      unsigned log2_size);
void place_rewrite(struct place p, pte_t shadow, unsigned level);

/* Entry number n of those that a table is hung into. */
static inline void place_hang(struct place p, ref_t slot, paddr_t table, unsigned n)
{
    *p.shadow = slot << SLOT_BITS;
    *p.hard = (table + n * PART_BYTES) | HARD_TABLE;
}

static inline pte_t place_empty(struct place p)
{
    pte_t old = *p.shadow;

    *p.hard = 0;
    *p.shadow = PTE_NONE;
    return old;
}

/* An entry that mapped nothing is part of a user's leaf of a Frame of that size. */
static inline __attribute__((always_inline)) void place_leaf(struct place p, ref_t slot, paddr_t pa,
                                                             unsigned rights, bool accessed,
                                                             bool dirty, bool device,
                                                             unsigned level, unsigned log2_size)
{
    pte_t shadow =
        slot << SLOT_BITS | (pte_t)rights << 1 | (accessed ? PTE_A : 0) | (dirty ? PTE_D : 0);

    if (level || log2_size >= 16) {
        place_leaf_large(p, pa, shadow, device, level, log2_size);
        return;
    }
    *p.shadow = shadow;
    pa |= place_small[shadow & PTE_FACTS];
    *p.hard = device ? pa ^ HARD_MEMORY ^ HARD_DEVICE : pa;
}

/* A leaf's facts become others. */
static inline void place_write(struct place p, pte_t shadow, unsigned level)
{
    if (level || !(*p.hard & HARD_IS_SMALL)) {
        place_rewrite(p, shadow, level);
        return;
    }
    *p.shadow = shadow;
    *p.hard = (*p.hard & ~SMALL_FACTS) | (place_small[shadow & PTE_FACTS] & SMALL_FACTS);
}

/* Each returns the entry as it was. */
static inline pte_t place_set(struct place p, pte_t bits, unsigned level)
{
    pte_t old = *p.shadow;

    if (bits & ~old)
        place_write(p, old | bits, level);
    return old;
}

static inline pte_t place_clear(struct place p, pte_t bits, unsigned level)
{
    pte_t old = *p.shadow;

    if (bits & old)
        place_write(p, old & ~bits, level);
    return old;
}

/* The rights from now on. */
static inline void place_protect(struct place p, unsigned rights, unsigned level)
{
    pte_t old = *p.shadow, now = (old & ~PTE_PERMISSIONS) | (pte_t)rights << 1;

    if (now != old)
        place_write(p, now, level);
}

#endif
