/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mmu.c - see mmu.h. Sv39 by the port's pte.h; the tables are read as hardware reads them. */
#include "mmu.h"

#define KEPT 16u

struct translation {
    paddr_t root; /* 0: none */
    unsigned asid, level;
    vaddr_t base;
    pte_t entry;
};

static struct mmu {
    paddr_t root;
    unsigned asid, next;
    struct translation kept[KEPT];
    bool asid_shared;
} mmu;

void mmu_reset(void)
{
    mmu = (struct mmu){0};
}

/* ---- what the kernel asks of it ---- */

void machine_space_enter(uint64_t root, unsigned asid)
{
    for (unsigned i = 0; i < KEPT; i++) {
        if (mmu.kept[i].root && mmu.kept[i].asid == asid && mmu.kept[i].root != root)
            mmu.asid_shared = true;
    }
    mmu.root = root;
    mmu.asid = asid;
}

void arch_space_leave(paddr_t root)
{
    if (mmu.root == root)
        mmu.root = 0;
}

static bool covers(const struct translation *t, vaddr_t va)
{
    return t->root && pte_base(va, t->level) == t->base;
}

void arch_flush_page(unsigned asid, vaddr_t va)
{
    for (unsigned i = 0; i < KEPT; i++) {
        if (mmu.kept[i].asid == asid && covers(&mmu.kept[i], va))
            mmu.kept[i].root = 0;
    }
}

void arch_flush_space(unsigned asid)
{
    for (unsigned i = 0; i < KEPT; i++) {
        if (mmu.kept[i].asid == asid)
            mmu.kept[i].root = 0;
    }
}

void arch_flush_all(void)
{
    for (unsigned i = 0; i < KEPT; i++)
        mmu.kept[i].root = 0;
}

/* ---- accesses ---- */

static pte_t *entry_of(paddr_t root, vaddr_t va, unsigned *level)
{
    pte_t *table = window(root);

    for (*level = PTE_LEVELS - 1;; --*level) {
        pte_t *e = &table[pte_index(va, *level)];

        if (*level == 0 || !pte_is_table(*e, *level))
            return e;
        table = window(pte_paddr(*e));
    }
}

static bool permits(pte_t e, unsigned access)
{
    return pte_valid(e) && (e & PTE_U) && (pte_rights(e) & access) == access;
}

static pte_t bits_of(unsigned access)
{
    return access & RIGHT_WRITE ? PTE_A | PTE_D : PTE_A;
}

static const struct translation *keep(vaddr_t va, unsigned level, pte_t e)
{
    struct translation *t = &mmu.kept[mmu.next++ % KEPT];

    *t = (struct translation){mmu.root, mmu.asid, level, pte_base(va, level), e};
    return t;
}

static const struct translation *translate(vaddr_t va, unsigned access)
{
    pte_t want = bits_of(access), *e;
    unsigned level;

    for (unsigned i = 0; i < KEPT; i++) {
        const struct translation *t = &mmu.kept[i];

        if (t->asid == mmu.asid && covers(t, va) && permits(t->entry, access) &&
            (t->entry & want) == want)
            return t;
    }
    if (!mmu.root)
        return NULL;
    e = entry_of(mmu.root, va, &level);
    if (!permits(*e, access))
        return NULL;
    if ((*e & want) != want) {
        if (mmu_variant == MMU_SVADE)
            return NULL;
        pte_set_bits(e, want);
    }
    arch_flush_page(mmu.asid, va); /* the new translation takes the old one's place */
    return keep(va, level, *e);
}

void *mmu_access(vaddr_t va, unsigned access)
{
    const struct translation *t = va < ARCH_USER_TOP ? translate(va, access) : NULL;

    return t ? window(pte_paddr(t->entry) + (va - t->base)) : NULL;
}

void mmu_age(void)
{
    for (unsigned i = 0; i < KEPT; i++) {
        struct translation *t = &mmu.kept[i];
        unsigned level;

        if (t->root && !pte_accessed(*entry_of(t->root, t->base, &level)))
            t->root = 0;
    }
}

const char *mmu_audit(void)
{
    if (mmu.asid_shared)
        return "M3: an ASID names two spaces";
    for (unsigned i = 0; i < KEPT; i++) {
        const struct translation *t = &mmu.kept[i];
        unsigned level;
        pte_t e;

        if (!t->root)
            continue;
        e = *entry_of(t->root, t->base, &level);
        if (!pte_valid(e) || level != t->level || pte_paddr(e) != pte_paddr(t->entry) ||
            (pte_rights(t->entry) & ~pte_rights(e)))
            return "M1: a stale translation is used";
        if (pte_dirty(t->entry) && !pte_dirty(e))
            return "M2: writes would go unseen";
    }
    return NULL;
}
