/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.c - where there is room in physical memory.
 *
 * There are a few dozen ranges and a handful of requests, so nothing is sorted: a candidate
 * moves up past whatever it overlaps until it overlaps nothing.
 */
#include "place.h"

#include <stddef.h>

#define PAGE_MASK ((uint64_t)PAGE_SIZE - 1)

bool range_inner(uint64_t base, uint64_t size, struct boot_range *range)
{
    uint64_t first = (base + PAGE_MASK) & ~PAGE_MASK;
    uint64_t end = (base + size) & ~PAGE_MASK;

    if (base + size < base || first < base || first >= end)
        return false;
    *range = (struct boot_range){.base = first, .size = end - first};
    return true;
}

bool range_outer(uint64_t base, uint64_t size, struct boot_range *range)
{
    uint64_t first = base & ~PAGE_MASK;
    uint64_t end = (base + size + PAGE_MASK) & ~PAGE_MASK;

    if (size == 0 || base + size < base || end < base)
        return false;
    *range = (struct boot_range){.base = first, .size = end - first};
    return true;
}

bool range_overlaps(const struct boot_range *a, const struct boot_range *b)
{
    return a->base < b->base + b->size && b->base < a->base + a->size;
}

static bool range_inside(const struct boot_range *inner, const struct boot_range *outer)
{
    return inner->base >= outer->base && inner->size <= outer->size &&
           inner->base - outer->base <= outer->size - inner->size;
}

bool place_avoid(struct place *p, const struct boot_range *range)
{
    if (p->taken_count == PLACE_TAKEN)
        return false;
    p->taken[p->taken_count++] = *range;
    return true;
}

/* What lies in the way of the range, NULL if nothing does. */
static const struct boot_range *place_obstacle(const struct place *p,
                                               const struct boot_range *range)
{
    for (uint32_t i = 0; i < p->taken_count; i++)
        if (range_overlaps(range, &p->taken[i]))
            return &p->taken[i];
    return NULL;
}

bool place_claim(struct place *p, const struct boot_range *range)
{
    bool memory = false;

    for (uint32_t i = 0; i < p->ram_count; i++)
        memory |= range_inside(range, &p->ram[i]);
    return memory && !place_obstacle(p, range) && place_avoid(p, range);
}

/* The lowest room in one piece of RAM. */
static bool place_in(const struct place *p, const struct boot_range *ram, uint64_t size,
                     struct boot_range *range)
{
    struct boot_range try = {.base = ram->base, .size = size};
    const struct boot_range *obstacle;

    while (range_inside(&try, ram)) {
        obstacle = place_obstacle(p, &try);
        if (!obstacle) {
            *range = try;
            return true;
        }
        try.base = obstacle->base + obstacle->size;
    }
    return false;
}

bool place_take(struct place *p, uint64_t size, struct boot_range *range)
{
    struct boot_range best, found;
    bool any = false;

    if (size == 0 || size & PAGE_MASK)
        return false;
    for (uint32_t i = 0; i < p->ram_count; i++) {
        if (!place_in(p, &p->ram[i], size, &found))
            continue;
        if (!any || found.base < best.base)
            best = found;
        any = true;
    }
    if (!any || !place_avoid(p, &best))
        return false;
    *range = best;
    return true;
}
