/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page.c - the store's pages: records in chunks that are never given back.
 *
 * Number n stands in chunk n / CHUNK; number 0 is never used. A record is in use exactly if its
 * number is not 0.
 */
#include "page.h"

#include "reserve.h"

#include <stddef.h>

#define CHUNK  1024u
#define CHUNKS 16384u

static struct {
    struct page **chunk;
    uint32_t chunks, used;
    uint32_t unused; /* number of the first; 0: none */
} pages;

static struct page *record(uint32_t number)
{
    return &pages.chunk[number / CHUNK][number % CHUNK];
}

static bool chunk_make(void)
{
    struct page *made;

    if (pages.chunk == NULL)
        pages.chunk = memory_new(CHUNKS * sizeof(struct page *));
    if (pages.chunk == NULL || pages.chunks == CHUNKS)
        return false;
    made = memory_new(CHUNK * sizeof(struct page));
    if (made == NULL)
        return false;
    pages.chunk[pages.chunks] = made;
    for (uint32_t i = CHUNK; i-- > (pages.chunks == 0 ? 1 : 0);) {
        made[i].place = pages.unused;
        pages.unused = pages.chunks * CHUNK + i;
    }
    pages.chunks++;
    return true;
}

uint32_t pages_unused(void)
{
    return pages.chunks == 0 ? 0 : pages.chunks * CHUNK - 1 - pages.used;
}

uint32_t pages_used(void)
{
    return pages.used;
}

bool pages_reserve(uint32_t count)
{
    while (pages_unused() < count)
        if (!chunk_make())
            return false;
    return true;
}

struct page *page_new(void)
{
    uint32_t number = pages.unused;
    struct page *p;

    if (number == 0)
        return NULL;
    p = record(number);
    pages.unused = p->place;
    pages.used++;
    *p = (struct page){.place = PLACE_NONE, .count = 1, .number = number};
    return p;
}

void page_end(struct page *p)
{
    uint32_t number = p->number;

    *p = (struct page){.place = pages.unused};
    pages.unused = number;
    pages.used--;
}

void page_uproot(struct page *p)
{
    if (p->place != PLACE_NONE)
        place_put(p->place);
    p->place = PLACE_NONE;
}

struct page *page_at(uint32_t number)
{
    return record(number);
}

struct page *page_next(uint32_t from)
{
    for (; from < pages.chunks * CHUNK; from++)
        if (record(from)->number != 0)
            return record(from);
    return NULL;
}
