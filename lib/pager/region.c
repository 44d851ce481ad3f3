/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * region.c - the mappings of an address space; see region.h.
 *
 * One sorted array, since programs have tens of mappings and look at them far more often
 * than they change them. What can fail (memory, the limit) is reserved first; what comes
 * after cannot.
 */
#include "region.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 16u

void regions_init(struct regions *s, uint32_t limit,
                  void (*release)(struct regions *, struct object *))
{
    memset(s, 0, sizeof(*s));
    s->limit = limit;
    s->release = release;
}

void object_drop(struct regions *s, struct object *o)
{
    if (o != NULL && --o->regions == 0)
        s->release(s, o);
}

void regions_fini(struct regions *s)
{
    for (uint32_t i = 0; i < s->count; i++)
        object_drop(s, s->region[i].object);
    free(s->region);
    regions_init(s, s->limit, s->release);
}

/* Index of the first region that ends behind `address`. */
static uint32_t region_index_from(const struct regions *s, uintptr_t address)
{
    uint32_t low = 0, high = s->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (s->region[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct region *region_search(struct regions *s, uintptr_t address)
{
    struct region *r = region_from(s, address);

    if (r == NULL || r->start > address)
        return NULL;
    s->last = (uint32_t)(r - s->region);
    return r;
}

struct region *region_from(struct regions *s, uintptr_t address)
{
    uint32_t i = region_index_from(s, address);

    return i < s->count ? &s->region[i] : NULL;
}

struct region *region_after(struct regions *s, const struct region *r)
{
    uint32_t i = (uint32_t)(r - s->region) + 1;

    return i < s->count ? &s->region[i] : NULL;
}

bool regions_cover(struct regions *s, uintptr_t start, uintptr_t end)
{
    const struct region *r = region_from(s, start);

    while (r != NULL && r->start <= start) {
        if (r->end >= end)
            return true;
        start = r->end;
        r = region_after(s, r);
    }
    return false;
}

bool regions_reserve(struct regions *s, unsigned more)
{
    uint32_t room = s->room == 0 ? FIRST_ROOM : s->room;
    void *grown;

    if (s->count + more > s->limit)
        return false;
    while (room < s->count + more)
        room *= 2;
    if (room == s->room)
        return true;
    grown = realloc(s->region, room * sizeof(*s->region));
    if (grown == NULL)
        return false;
    s->region = grown;
    s->room = room;
    return true;
}

static void entry_insert(struct regions *s, uint32_t i, const struct region *r)
{
    memmove(&s->region[i + 1], &s->region[i], (s->count - i) * sizeof(*r));
    s->region[i] = *r;
    s->count++;
    s->pages += region_pages(r);
    if (r->object != NULL)
        r->object->regions++;
}

static void entry_remove(struct regions *s, uint32_t i)
{
    struct region r = s->region[i];

    s->count--;
    s->pages -= region_pages(&r);
    memmove(&s->region[i], &s->region[i + 1], (s->count - i) * sizeof(r));
    object_drop(s, r.object);
}

void regions_split(struct regions *s, uintptr_t address)
{
    uint32_t i = region_index_from(s, address);
    struct region upper;

    if (i == s->count || s->region[i].start >= address)
        return;
    upper = s->region[i];
    upper.index = region_index(&upper, address);
    upper.start = address;
    region_resize(s, &s->region[i], s->region[i].start, address);
    entry_insert(s, i + 1, &upper);
}

/* Is b, which begins where a ends, more of the same? */
static bool region_continues(const struct region *a, const struct region *b)
{
    if (a->end != b->start || a->object != b->object || a->area != b->area)
        return false;
    if (a->rights != b->rights || a->rights_max != b->rights_max || a->flags != b->flags)
        return false;
    if (a->tail != 0 || b->tail != 0)
        return false;
    return a->object == NULL || region_index(a, a->end) == b->index;
}

void regions_join(struct regions *s, uintptr_t start, uintptr_t end)
{
    uint32_t i = region_index_from(s, start == 0 ? 0 : start - 1);

    while (i + 1 < s->count && s->region[i].end <= end) {
        struct region *a = &s->region[i];

        if (region_continues(a, a + 1)) {
            uintptr_t joined = a[1].end;

            entry_remove(s, i + 1);
            region_resize(s, &s->region[i], s->region[i].start, joined);
        } else {
            i++;
        }
    }
}

void regions_add(struct regions *s, const struct region *r)
{
    entry_insert(s, region_index_from(s, r->start), r);
    regions_join(s, r->start, r->end);
}

void regions_cut(struct regions *s, uintptr_t start, uintptr_t end)
{
    uint32_t i;

    regions_split(s, start);
    regions_split(s, end);
    i = region_index_from(s, start);
    while (i < s->count && s->region[i].start < end)
        entry_remove(s, i);
}

void region_resize(struct regions *s, struct region *r, uintptr_t start, uintptr_t end)
{
    s->pages += (end - start) / PAGE_SIZE;
    s->pages -= region_pages(r);
    if (r->object != NULL)
        r->index -= (uint32_t)((r->start - start) / PAGE_SIZE);
    r->start = start;
    r->end = end;
}

uintptr_t regions_room(struct regions *s, size_t bytes, uintptr_t low, uintptr_t high, size_t gap)
{
    uint32_t i = region_index_from(s, low);

    if (bytes == 0 || low >= high || bytes > high - low)
        return 0;
    for (; i < s->count && low <= high - bytes; i++) {
        const struct region *r = &s->region[i];
        size_t keep = r->flags & REGION_GROWS ? gap : 0;

        if (r->start > low && r->start - low >= bytes && r->start - low - bytes >= keep)
            return low;
        if (r->end > low)
            low = r->end;
    }
    return low <= high - bytes ? low : 0;
}
