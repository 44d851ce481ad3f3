/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk.c - the one page-table walker. Geometry and encoding come from the port's pte.h.
 */
#include "space.h"

struct walk walk_to(struct space *s, vaddr_t va, unsigned level)
{
    return walk_down(s, va, level);
}

/* The page's entry permits the access, as the hardware would decide. */
static bool entry_permits(pte_t e, unsigned level, unsigned access)
{
    return pte_valid(e) && !pte_is_table(e, level) && (pte_rights(e) & access) == access;
}

void *walk_user(struct space *s, vaddr_t va, unsigned access, size_t *left)
{
    struct walk w;
    size_t span, offset;
    pte_t e;

    if (va >= ARCH_USER_TOP)
        return NULL;
    w = walk_to(s, va, 0);
    e = *walk_entry(&w);
    if (!entry_permits(e, w.level, access) || (slot_at(*walk_shadow(&w))->head & HEAD_DEVICE))
        return NULL;
    pte_set_bits(walk_entry(&w), access & RIGHT_WRITE ? PTE_A | PTE_D : PTE_A);
    span = (size_t)1 << pte_span(w.level);
    offset = va & (span - 1);
    *left = span - offset;
    return window(pte_paddr(e) + offset);
}
