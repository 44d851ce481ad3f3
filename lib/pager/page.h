/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page.h - page records: what a pager knows of each page that it has something for.
 *
 * A record is twelve bytes: the slot of the page's capability, its state, the page's number in
 * a resident set, and its handle at the swap server. Records live in chunks of 64 neighbouring
 * pages, which exist while one of theirs is in use; the chunks stand in order of address.
 *
 * P1  a chunk's `used` counts its records that are not PAGE_NONE; it is > 0 between calls
 * P2  chunks are sorted by address and none appears twice
 */
#ifndef PAGER_PAGE_H
#define PAGER_PAGE_H

#include "cap.h"

#include <stddef.h>
#include <stdint.h>

#define CHUNK_PAGES 64u
/* A run of maps never leaves a chunk, and so never leaves a leaf table. */
#define CHUNK_BYTES (CHUNK_PAGES * PAGE_SIZE)

enum page_state {
    PAGE_NONE,    /* nothing yet, or not any more */
    PAGE_PRIVATE, /* a frame of our own */
    PAGE_KEPT,    /* the same, unchanged since it was got back by its handle; mapped read-only */
    PAGE_ZERO,    /* derived from the zero page, read-only */
    PAGE_OBJECT,  /* an object's page, read-only; its owner may take it at any time */
    PAGE_SHARED,  /* the same, got to be written */
    PAGE_LENT,    /* the swap server's, by its handle, read-only; it may take it at any time */
    PAGE_LOST,    /* was one of these, and its owner took it: in the resident set, without a slot */
    PAGE_OUT,     /* its contents are at the swap server, by its handle */
};

#define PAGE_NOT_RESIDENT 0xffffffu /* in no resident set */

struct page {
    cap_t slot; /* CAP_NULL: none */
    uint32_t state : 8;
    uint32_t resident : 24; /* pol_slot, or PAGE_NOT_RESIDENT */
    uint32_t handle;        /* at the swap server; 0: none */
};
_Static_assert(sizeof(struct page) <= 16, "page records stay small");

struct chunk {
    uint32_t used;
    struct page page[CHUNK_PAGES];
};

struct pages {
    struct chunk_place {
        uintptr_t address; /* of its first page */
        struct chunk *chunk;
    } * place;
    uint32_t count, room;
    /* found last; NULL: none */
    struct chunk *last;
    uintptr_t last_address;
};

void pages_fini(struct pages *p);

/* Beyond the chunk found last. */
struct page *page_search(struct pages *p, uintptr_t address);
struct page *page_create(struct pages *p, uintptr_t address);

/* The record of the page at `address`: NULL or PAGE_NONE if nothing is known of it. Valid
 * until the next call of page_make or page_clear. */
static inline struct page *page_find(struct pages *p, uintptr_t address)
{
    uintptr_t inside = address - p->last_address;

    if (p->last == NULL || inside >= CHUNK_BYTES)
        return page_search(p, address);
    return &p->last->page[inside / PAGE_SIZE];
}

/* The same, made if there was none; NULL: no memory. page_set, page_clear or pages_trim must
 * follow. */
static inline struct page *page_make(struct pages *p, uintptr_t address)
{
    struct page *page = page_find(p, address);

    return page != NULL ? page : page_create(p, address);
}

/* Makes it what it is from now on, but for its handle and its place in a resident set; it was
 * found or made before. */
static inline void page_set(struct pages *p, uintptr_t address, enum page_state state, cap_t slot)
{
    struct page *page = page_find(p, address);

    p->last->used += (uint32_t)(page->state == PAGE_NONE) - (uint32_t)(state == PAGE_NONE);
    page->state = state;
    page->slot = slot;
}

/* Forgets it; frees the chunk with its last record. */
void page_clear(struct pages *p, uintptr_t address);
/* Frees chunks that page_make made, or page_set left, without a record in use. */
void pages_trim(struct pages *p);
/* The first address >= from and < end with a record in use; `end` if there is none. */
uintptr_t page_next(struct pages *p, uintptr_t from, uintptr_t end);

#endif
