/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page.c - page records; see page.h.
 *
 * Chunks stand in one sorted array: a task touches few runs of memory, the last place found
 * is nearly always the next one asked for, and walking a range costs nothing for its holes,
 * however large.
 */
#include "page.h"

#include <stdlib.h>
#include <string.h>

static uintptr_t chunk_address(uintptr_t address)
{
    return address & ~(uintptr_t)(CHUNK_BYTES - 1);
}

static unsigned chunk_index(uintptr_t address)
{
    return (unsigned)(address / PAGE_SIZE) % CHUNK_PAGES;
}

void pages_fini(struct pages *p)
{
    for (uint32_t i = 0; i < p->count; i++)
        free(p->place[i].chunk);
    free(p->place);
    memset(p, 0, sizeof(*p));
}

/* The first place at or behind `address` (of a chunk). */
static uint32_t place_search(const struct pages *p, uintptr_t address)
{
    uint32_t low = 0, high = p->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (p->place[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct chunk *chunk_find(struct pages *p, uintptr_t address)
{
    uintptr_t base = chunk_address(address);

    if (p->last >= p->count || p->place[p->last].address != base) {
        uint32_t i = place_search(p, base);

        if (i == p->count || p->place[i].address != base)
            return NULL;
        p->last = i;
    }
    return p->place[p->last].chunk;
}

struct page *page_find(struct pages *p, uintptr_t address)
{
    struct chunk *c = chunk_find(p, address);

    return c == NULL ? NULL : &c->page[chunk_index(address)];
}

static bool places_grow(struct pages *p)
{
    uint32_t room = p->room == 0 ? 16 : 2 * p->room;
    void *grown = realloc(p->place, room * sizeof(*p->place));

    if (grown == NULL)
        return false;
    p->place = grown;
    p->room = room;
    return true;
}

struct page *page_make(struct pages *p, uintptr_t address)
{
    struct page *found = page_find(p, address);
    struct chunk *c;
    uint32_t i;

    if (found != NULL)
        return found;
    if (p->count == p->room && !places_grow(p))
        return NULL;
    c = calloc(1, sizeof(*c));
    if (c == NULL)
        return NULL;
    for (unsigned k = 0; k < CHUNK_PAGES; k++)
        c->page[k].resident = PAGE_NOT_RESIDENT;
    i = place_search(p, chunk_address(address));
    memmove(&p->place[i + 1], &p->place[i], (p->count - i) * sizeof(*p->place));
    p->place[i] = (struct chunk_place){chunk_address(address), c};
    p->count++;
    p->last = i;
    return &c->page[chunk_index(address)];
}

static void chunk_trim(struct pages *p, uintptr_t address)
{
    struct chunk *c = chunk_find(p, address);

    if (c == NULL || c->used > 0)
        return;
    free(c);
    p->count--;
    memmove(&p->place[p->last], &p->place[p->last + 1], (p->count - p->last) * sizeof(*p->place));
}

void page_set(struct pages *p, uintptr_t address, enum page_state state, cap_t slot)
{
    struct chunk *c = chunk_find(p, address);
    struct page *page = &c->page[chunk_index(address)];

    c->used += (page->state == PAGE_NONE) - (state == PAGE_NONE);
    page->state = state;
    page->slot = slot;
}

void page_clear(struct pages *p, uintptr_t address)
{
    struct page *page = page_find(p, address);

    if (page == NULL)
        return;
    if (page->state != PAGE_NONE)
        page_set(p, address, PAGE_NONE, CAP_NULL);
    page->resident = PAGE_NOT_RESIDENT;
    chunk_trim(p, address);
}

void pages_trim(struct pages *p)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < p->count; i++)
        if (p->place[i].chunk->used > 0)
            p->place[kept++] = p->place[i];
        else
            free(p->place[i].chunk);
    p->count = kept;
}

uintptr_t page_next(struct pages *p, uintptr_t from, uintptr_t end)
{
    for (uint32_t i = place_search(p, chunk_address(from)); i < p->count; i++) {
        uintptr_t base = p->place[i].address;
        const struct chunk *c = p->place[i].chunk;

        if (base >= end)
            break;
        for (unsigned k = base < from ? chunk_index(from) : 0; k < CHUNK_PAGES; k++)
            if (c->page[k].state != PAGE_NONE) {
                uintptr_t at = base + (uintptr_t)k * PAGE_SIZE;

                return at < end ? at : end;
            }
    }
    return end;
}
