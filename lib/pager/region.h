/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * region.h - the mappings of an address space: sorted runs of pages that are alike.
 *
 * R1  regions are sorted, not empty, page-aligned, and do not overlap
 * R2  no two that touch could be one (regions_join was run where something changed)
 * R3  an object counts the regions that name it; with the last one it is released
 *
 * Addresses are checked by the caller; nothing here wraps for addresses below the top of
 * user space, which is far from the type's end.
 */
#ifndef PAGER_REGION_H
#define PAGER_REGION_H

#include "cap.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A memory object that regions map. */
struct object {
    cap_t server;     /* endpoint that speaks the object protocol */
    uint32_t handle;  /* in that session */
    uint32_t regions; /* that name it */
    bool anonymous;   /* made in that session, and closed there */
};

enum region_flag {
    REGION_SHARED = 1 << 0,
    REGION_GROWS = 1 << 1,  /* downwards: a stack */
    REGION_HEAP = 1 << 2,   /* the break */
    REGION_LOCKED = 1 << 3, /* its pages stay */
    REGION_RANDOM = 1 << 4, /* no fault-around */
    REGION_SEQUENTIAL = 1 << 5,
};

struct region {
    uintptr_t start, end;
    struct object *object; /* NULL: anonymous */
    uint32_t index;        /* page of the object at `start` */
    uint32_t area;         /* numbers the mapping that it is a part of; 0 if anonymous */
    uint8_t rights;        /* what the program may do; enum right */
    uint8_t rights_max;    /* what it may ever be allowed to */
    uint8_t flags;
    uint16_t tail; /* a one-page region: bytes of the object in it, then zeros; 0 = all */
};

struct regions {
    struct region *region;
    uint32_t count, room, limit;
    uint32_t last; /* found last */
    size_t pages;  /* sum of all */
    void (*release)(struct regions *, struct object *);
};

void regions_init(struct regions *s, uint32_t limit,
                  void (*release)(struct regions *, struct object *));
void regions_fini(struct regions *s);

/* The first region that ends behind `address`; NULL. */
struct region *region_from(struct regions *s, uintptr_t address);
/* One that named it does so no more: a region, or whoever set `regions` to begin with. */
void object_drop(struct regions *s, struct object *o);

/* The region that holds `address`; NULL: none does. */
struct region *region_search(struct regions *s, uintptr_t address);
static inline struct region *region_at(struct regions *s, uintptr_t address)
{
    struct region *r = &s->region[s->last];

    if (s->last < s->count && r->start <= address && address < r->end)
        return r;
    return region_search(s, address);
}
/* The one behind r; NULL. */
struct region *region_after(struct regions *s, const struct region *r);
/* Does one region after the other cover [start, end)? */
bool regions_cover(struct regions *s, uintptr_t start, uintptr_t end);

/* Room for `more` entries, so that the calls below cannot fail. false: limit or memory. */
bool regions_reserve(struct regions *s, unsigned more);

/* Needs 1 reserved. The range is free. */
void regions_add(struct regions *s, const struct region *r);
/* Needs 1 reserved. A region that crosses `address` becomes two. */
void regions_split(struct regions *s, uintptr_t address);
/* Joins what can be one, of the regions that touch [start, end]. */
void regions_join(struct regions *s, uintptr_t start, uintptr_t end);
/* Needs 2 reserved. Removes [start, end), splitting what crosses its ends. */
void regions_cut(struct regions *s, uintptr_t start, uintptr_t end);
/* Moves a region's own end; what lies there is free. */
void region_resize(struct regions *s, struct region *r, uintptr_t start, uintptr_t end);

/* The lowest free range of `bytes` in [low, high), as many bytes away from any region that
 * grows down as `gap` says; 0: none. */
uintptr_t regions_room(struct regions *s, size_t bytes, uintptr_t low, uintptr_t high, size_t gap);

static inline size_t region_pages(const struct region *r)
{
    return (r->end - r->start) / PAGE_SIZE;
}

/* The object's page at an address in it. */
static inline uint32_t region_index(const struct region *r, uintptr_t address)
{
    return r->index + (uint32_t)((address - r->start) / PAGE_SIZE);
}

#endif
