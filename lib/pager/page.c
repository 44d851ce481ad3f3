/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page.c - page records; see page.h.
 *
 * Chunks stand in one sorted array: a task touches few runs of memory, the last place found
 * is nearly always the next one asked for, and walking a range costs nothing for its holes,
 * however large.
 */
#include "page.h"

#include <stdbool.h>
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

/* p->last is the chunk afterwards; false: there is none. *place: where it stands. */
static bool chunk_find(struct pages *p, uintptr_t address, uint32_t *place)
{
    uintptr_t base = chunk_address(address);

    *place = place_search(p, base);
    if (*place == p->count || p->place[*place].address != base)
        return false;
    p->last = p->place[*place].chunk;
    p->last_address = base;
    return true;
}

struct page *page_search(struct pages *p, uintptr_t address)
{
    uint32_t place;

    return chunk_find(p, address, &place) ? &p->last->page[chunk_index(address)] : NULL;
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

struct page *page_create(struct pages *p, uintptr_t address)
{
    uintptr_t base = chunk_address(address);
    struct chunk *c;
    uint32_t i;

    if (p->count == p->room && !places_grow(p))
        return NULL;
    c = calloc(1, sizeof(*c));
    if (c == NULL)
        return NULL;
    for (unsigned k = 0; k < CHUNK_PAGES; k++)
        c->page[k].resident = PAGE_NOT_RESIDENT;
    i = place_search(p, base);
    memmove(&p->place[i + 1], &p->place[i], (p->count - i) * sizeof(*p->place));
    p->place[i] = (struct chunk_place){base, c};
    p->count++;
    p->last = c;
    p->last_address = base;
    return &c->page[chunk_index(address)];
}

void page_clear(struct pages *p, uintptr_t address)
{
    struct page *page = page_find(p, address);
    uint32_t place;

    if (page == NULL)
        return;
    page_set(p, address, PAGE_NONE, CAP_NULL);
    page->resident = PAGE_NOT_RESIDENT;
    page->handle = 0;
    if (p->last->used > 0 || !chunk_find(p, address, &place))
        return;
    free(p->last);
    p->last = NULL;
    p->count--;
    memmove(&p->place[place], &p->place[place + 1], (p->count - place) * sizeof(*p->place));
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
    p->last = NULL;
}

/* The first record in use of a chunk from `from` on; its end if there is none. */
static uintptr_t chunk_next(const struct chunk *c, uintptr_t base, uintptr_t from)
{
    unsigned k = from > base ? chunk_index(from) : 0;

    while (k < CHUNK_PAGES && c->page[k].state == PAGE_NONE)
        k++;
    return base + (uintptr_t)k * PAGE_SIZE;
}

uintptr_t page_next(struct pages *p, uintptr_t from, uintptr_t end)
{
    uintptr_t found;
    uint32_t i;

    /* whoever walks a range is nearly always inside the chunk found last */
    if (p->last != NULL && from - p->last_address < CHUNK_BYTES) {
        found = chunk_next(p->last, p->last_address, from);
        if (found - p->last_address < CHUNK_BYTES)
            return found < end ? found : end;
    }
    for (i = place_search(p, chunk_address(from)); i < p->count && p->place[i].address < end; i++) {
        found = chunk_next(p->place[i].chunk, p->place[i].address, from);
        if (found - p->place[i].address < CHUNK_BYTES)
            return found < end ? found : end;
    }
    return end;
}
