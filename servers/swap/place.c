/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place.c - where on which device a page may lie. */
#include "place.h"

#include "bitmap.h"
#include "reserve.h"

#include <stddef.h>
#include <stdlib.h>

static struct area {
    uint64_t *map;
    uint32_t places, free, bad, next;
    uint32_t priority;
    enum area_state state;
} areas[AREAS];

/* Of all areas that are open: asked for at every event. */
static uint32_t open_places, open_free;

/* Its places can be taken from now on, or no more. */
static void state_set(struct area *a, enum area_state state)
{
    if (a->state == AREA_OPEN) {
        open_places -= a->places;
        open_free -= a->free;
    }
    a->state = state;
    if (state == AREA_OPEN) {
        open_places += a->places;
        open_free += a->free;
    }
}

enum err area_open(unsigned area, uint32_t places, uint32_t priority)
{
    struct area *a = &areas[area];

    if (a->state == AREA_OPEN)
        return ERR_EXISTS;
    if (a->state == AREA_LEAVING) {
        state_set(a, AREA_OPEN);
        a->priority = priority;
        return ERR_OK;
    }
    if (places == 0 || places > 1u << PLACE_BITS)
        return ERR_BAD_ARG;
    a->map = memory_new(BITMAP_WORDS((size_t)places) * sizeof(uint64_t));
    if (a->map == NULL)
        return ERR_NO_MEMORY;
    a->places = a->free = places;
    a->bad = a->next = 0;
    a->priority = priority;
    state_set(a, AREA_OPEN);
    return ERR_OK;
}

void area_leave(unsigned area)
{
    if (areas[area].state == AREA_OPEN)
        state_set(&areas[area], AREA_LEAVING);
}

void area_close(unsigned area)
{
    state_set(&areas[area], AREA_NONE);
    free(areas[area].map);
    areas[area] = (struct area){.map = NULL, .state = AREA_NONE};
}

enum area_state area_state(unsigned area)
{
    return areas[area].state;
}

uint32_t area_taken(unsigned area)
{
    const struct area *a = &areas[area];

    return a->state == AREA_NONE ? 0 : a->places - a->free - a->bad;
}

uint32_t area_places(unsigned area)
{
    return areas[area].state == AREA_NONE ? 0 : areas[area].places;
}

static struct area *area_best(void)
{
    struct area *best = NULL;

    for (unsigned i = 0; i < AREAS; i++) {
        struct area *a = &areas[i];

        if (a->state == AREA_OPEN && a->free > 0 && (best == NULL || a->priority > best->priority))
            best = a;
    }
    return best;
}

/* From the first free place on, as long as they are free. */
static uint32_t run_length(const struct area *a, uint32_t first, uint32_t count)
{
    uint32_t most = a->places - first < count ? a->places - first : count;
    uint32_t end = bitmap_find(a->map, first + most, first, true);

    return end == BITMAP_NONE ? most : end - first;
}

place_t places_take(uint32_t count, uint32_t *got)
{
    struct area *a = area_best();
    uint32_t first = BITMAP_NONE;

    *got = 0;
    if (a == NULL)
        return PLACE_NONE;
    for (uint32_t want = count; want > 0 && first == BITMAP_NONE; want /= 2) {
        first = bitmap_find_run(a->map, a->places, a->next, want);
        if (first == BITMAP_NONE)
            first = bitmap_find_run(a->map, a->places, 0, want);
    }
    *got = run_length(a, first, count);
    bitmap_set_run(a->map, first, *got);
    a->free -= *got;
    open_free -= *got;
    a->next = first + *got;
    return (place_t)(a - areas) << PLACE_BITS | first;
}

unsigned places_area(void)
{
    const struct area *a = area_best();

    return a == NULL ? AREAS : (unsigned)(a - areas);
}

void place_put(place_t place)
{
    struct area *a = &areas[PLACE_AREA(place)];

    bitmap_clear(a->map, PLACE_INDEX(place));
    a->free++;
    open_free += a->state == AREA_OPEN;
}

void place_spoil(place_t place)
{
    areas[PLACE_AREA(place)].bad++;
}

uint32_t places_free(void)
{
    return open_free;
}

uint32_t places_all(void)
{
    return open_places;
}
