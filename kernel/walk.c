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
    const struct slot *there;
    struct place at;

    if (!pte_is_user(va))
        return NULL;
    w = walk_to(s, va, 0);
    at = walk_place(&w);
    if (!entry_permits(place_load(at), w.level, access))
        return NULL;
    there = slot_at(place_slot(at));
    if (there->head & HEAD_DEVICE)
        return NULL;
    place_set(at, access & RIGHT_WRITE ? PTE_A | PTE_D : PTE_A, w.level);
    *left = PAGE_SIZE - (va & (PAGE_SIZE - 1));
    return arch_view(slot_paddr(there) + (va - slot_va(there)),
                     access & RIGHT_WRITE ? VIEW_TO : VIEW_FROM);
}
