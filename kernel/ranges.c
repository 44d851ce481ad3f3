/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ranges.c - boot: who uses which physical memory. Used once, before init runs.
 */
#include "ranges.h"

#include "cap.h"
#include "trap.h"

static uint64_t page_down(uint64_t a)
{
    return a & ~(uint64_t)(PAGE_SIZE - 1);
}

static uint64_t page_up(uint64_t a)
{
    return page_down(a + PAGE_SIZE - 1);
}

static void insert(struct ranges *r, uint64_t base, uint64_t end, unsigned kind)
{
    if (base >= end)
        return;
    if (r->count == RANGES_MAX)
        panic("boot: memory is in more than %u pieces", RANGES_MAX);
    r->range[r->count++] = (struct range){base, end, (uint8_t)kind};
}

void ranges_add(struct ranges *r, uint64_t base, uint64_t size, unsigned kind)
{
    insert(r, page_up(base), page_down(base + size), kind);
}

/* Cuts [base, end) out; what of it was there is entered anew as `kind`, or not (kind < 0). */
static void cut(struct ranges *r, uint64_t base, uint64_t end, int kind)
{
    unsigned count = r->count;

    for (unsigned i = 0; i < count; i++) {
        struct range was = r->range[i];
        uint64_t from = base > was.base ? base : was.base, to = end < was.end ? end : was.end;

        if (from >= to)
            continue;
        r->range[i].end = from; /* maybe empty now; such ranges are passed over */
        insert(r, to, was.end, was.kind);
        if (kind >= 0)
            insert(r, from, to, (unsigned)kind);
    }
}

void ranges_remove(struct ranges *r, uint64_t base, uint64_t size)
{
    if (size)
        cut(r, page_down(base), page_up(base + size), -1);
}

void ranges_mark(struct ranges *r, uint64_t base, uint64_t size, unsigned kind)
{
    if (size)
        cut(r, page_down(base), page_up(base + size), (int)kind);
}

uint64_t ranges_take(struct ranges *r, uint64_t bytes, uint64_t align)
{
    const struct range *best = NULL;
    uint64_t at;

    for (unsigned i = 0; i < r->count; i++) {
        const struct range *g = &r->range[i];

        at = (g->base + align - 1) & ~(align - 1);
        if (g->kind == UNTYPED_RAM && at < g->end && bytes <= g->end - at &&
            (!best || g->end - g->base < best->end - best->base))
            best = g;
    }
    if (!best)
        panic("boot: not enough memory: no %u KiB for the first objects", (unsigned)(bytes >> 10));
    at = (best->base + align - 1) & ~(align - 1);
    ranges_remove(r, at, bytes);
    return at;
}

bool ranges_overlap(const struct ranges *r, uint64_t base, uint64_t size)
{
    for (unsigned i = 0; i < r->count; i++) {
        if (base < r->range[i].end && r->range[i].base < base + size)
            return true;
    }
    return false;
}
