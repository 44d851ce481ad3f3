/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.c - the cache's page records and their frames.
 *
 * All chunks are equally large, so that a number is a chunk and a place in it by shift and
 * mask. Their size follows the machine's: at most CHUNKS of them name all its pages.
 */
#include "pool.h"

#include "bitmap.h"
#include "rt.h"
#include "supply.h"

#include <stdlib.h>

#define CHUNKS         32u
#define CHUNK_MIN_BITS 8u  /* pages: a CapTable of 8 KiB */
#define CHUNK_MAX_BITS 15u /* the largest Untyped that is to be had */
#define GIVE_BATCH     32u

struct chunk {
    struct page *page;
    uint64_t *framed; /* a bit a page: it has a frame */
    cap_t slots;      /* the first page's slot */
    uint32_t count;   /* frames in it */
};

static struct {
    struct chunk chunk[CHUNKS];
    uint32_t chunks, bits; /* log2 of the pages of one */
    uint32_t max, frames;
    struct page *free;
} pool;

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

bool pool_init(uint32_t pages_max)
{
    uint32_t bits = CHUNK_MIN_BITS;

    while (bits < CHUNK_MAX_BITS && pages_max > CHUNKS << bits)
        bits++;
    if (pages_max > CHUNKS << bits)
        pages_max = CHUNKS << bits;
    pool.chunks = 0;
    pool.bits = bits;
    pool.max = pages_max;
    pool.frames = 0;
    pool.free = NULL;
    return pages_max > 0;
}

struct page *pool_page(uint32_t number)
{
    return &pool.chunk[number >> pool.bits].page[number & ((1u << pool.bits) - 1)];
}

uint32_t pool_numbers(void)
{
    return pool.chunks << pool.bits;
}

uint32_t pool_frames(void)
{
    return pool.frames;
}

uint32_t pool_reach(void)
{
    uint32_t spare = supply_spare();

    return spare < pool.max - pool.frames ? pool.frames + spare : pool.max;
}

/* One more chunk of bare pages. */
static bool chunk_make(void)
{
    struct chunk *c = &pool.chunk[pool.chunks];
    uint32_t pages = 1u << pool.bits;
    cap_t table;

    if (pool.chunks == CHUNKS)
        return false;
    c->page = calloc(pages, sizeof(*c->page));
    c->framed = calloc(BITMAP_WORDS(pages), sizeof(*c->framed));
    table = c->page == NULL || c->framed == NULL ? CAP_NULL
                                                 : object_make(OBJ_CAPTABLE, pool.bits + SLOT_BITS);
    if (table == CAP_NULL) {
        free(c->page);
        free(c->framed);
        return false;
    }
    c->slots = CAP(table, 0);
    c->count = 0;
    for (uint32_t i = 0; i < pages; i++) {
        c->page[i].number = pool_numbers() + i;
        c->page[i].frame = c->slots + i;
    }
    pool.chunks++;
    return true;
}

/* The chunk with a bare page; NULL: every page has a frame, and no chunk can be added. */
static struct chunk *chunk_with_room(void)
{
    uint32_t pages = 1u << pool.bits;

    for (uint32_t i = pool.chunks; i-- > 0;)
        if (pool.chunk[i].count < pages)
            return &pool.chunk[i];
    return chunk_make() ? &pool.chunk[pool.chunks - 1] : NULL;
}

/* Asks for up to `want` frames, into a run of neighbouring bare pages. */
static void grow(uint32_t want)
{
    struct chunk *c = chunk_with_room();
    uint32_t pages = 1u << pool.bits, first, end;
    uint64_t physical[SUPPLY_BATCH];
    unsigned got;

    if (c == NULL)
        return;
    first = bitmap_find(c->framed, pages, 0, false);
    end = bitmap_find(c->framed, pages, first, true);
    if (end == BITMAP_NONE)
        end = pages;
    want = least(want, least(SUPPLY_BATCH, end - first));
    if (supply_take(c->slots + first, want, physical, &got) != ERR_OK)
        return;
    for (unsigned i = 0; i < got; i++) {
        bitmap_set(c->framed, first + i);
        c->page[first + i].physical = physical[i];
        pool_put(&c->page[first + i]);
    }
    c->count += got;
    pool.frames += got;
}

bool pool_reserve(uint32_t frames)
{
    while (pool.frames < frames) {
        uint32_t before = pool.frames;

        grow(frames - before);
        if (pool.frames == before)
            return false;
    }
    return true;
}

struct page *pool_take(bool may_grow)
{
    struct page *p;

    if (pool.free == NULL && may_grow) {
        uint32_t want = least(supply_spare(), pool.max - pool.frames);

        if (want > 0)
            grow(want);
    }
    p = pool.free;
    if (p != NULL)
        pool.free = p->next;
    return p;
}

void pool_put(struct page *p)
{
    p->state = PAGE_FREE;
    p->next = pool.free;
    pool.free = p;
}

/* Takes up to `count` pages off the free list, in ascending order of their numbers. */
static unsigned take_sorted(struct page **out, unsigned count)
{
    unsigned n = 0;

    while (n < count && pool.free != NULL) {
        struct page *p = pool_take(false);
        unsigned at = n++;

        for (; at > 0 && out[at - 1]->number > p->number; at--)
            out[at] = out[at - 1];
        out[at] = p;
    }
    return n;
}

static void give_run(struct page **page, unsigned count)
{
    struct chunk *c = &pool.chunk[page[0]->number >> pool.bits];

    supply_give(page[0]->frame, count);
    for (unsigned i = 0; i < count; i++) {
        page[i]->state = PAGE_BARE;
        bitmap_clear(c->framed, page[i]->number & ((1u << pool.bits) - 1));
    }
    c->count -= count;
    pool.frames -= count;
}

struct page *pool_at(cap_t slot)
{
    for (uint32_t i = 0; i < pool.chunks; i++) {
        const struct chunk *c = &pool.chunk[i];
        uint32_t n = slot - c->slots;

        if (slot >= c->slots && n < 1u << pool.bits)
            return bitmap_test(c->framed, n) ? &c->page[n] : NULL;
    }
    return NULL;
}

void pool_give_one(struct page *p)
{
    struct page **link = &pool.free;

    while (*link != p)
        link = &(*link)->next;
    *link = p->next;
    give_run(&p, 1);
}

unsigned pool_give(unsigned count)
{
    struct page *page[GIVE_BATCH];
    unsigned n, given = 0;

    while (given < count) {
        unsigned want = least(count - given, GIVE_BATCH);

        n = take_sorted(page, want);
        for (unsigned i = 0, end; i < n; i = end) {
            for (end = i + 1; end < n && page[end]->frame == page[end - 1]->frame + 1; end++)
                ;
            give_run(&page[i], end - i);
        }
        given += n;
        if (n < want)
            break;
    }
    return given;
}
