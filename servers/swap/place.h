/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.h - where on which device a page may lie: slot maps, sized when a device is taken into
 * use.
 *
 *   state       takes pages   leaves on
 *   AREA_NONE   no            area_open -> OPEN
 *   AREA_OPEN   yes           area_leave -> LEAVING
 *   AREA_LEAVING no           area_open -> OPEN; area_close, once it is empty -> NONE
 *
 * A run of neighbouring places is a cluster: one request. Runs are searched by next fit, so that
 * what is put together lies together. A place that the device cannot write stays taken for good
 * (bad).
 *
 * S1  free is the number of clear bits of the map below `places`
 */
#ifndef SWAP_PLACE_H
#define SWAP_PLACE_H

#include "error.h"

#include <stdbool.h>
#include <stdint.h>

#define AREAS      4u
#define PLACE_BITS 28u /* of a place in its area */
#define PLACE_NONE UINT32_MAX

typedef uint32_t place_t;

#define PLACE_AREA(p)  ((p) >> PLACE_BITS)
#define PLACE_INDEX(p) ((p) & ((1u << PLACE_BITS) - 1))

enum area_state { AREA_NONE, AREA_OPEN, AREA_LEAVING };

/* `places` of them, all free. ERR_EXISTS: it is open; ERR_NO_MEMORY; ERR_BAD_ARG: too many, or
 * none. One that was leaving is open as it is. */
enum err area_open(unsigned area, uint32_t places, uint32_t priority);
void area_leave(unsigned area);
/* Before: nothing lies there (area_taken is 0). */
void area_close(unsigned area);
enum area_state area_state(unsigned area);
/* Places that pages lie at: neither free nor bad. */
uint32_t area_taken(unsigned area);
uint32_t area_places(unsigned area);

/* Up to `count` (>= 1) neighbouring places of the open area of the highest priority that has
 * any; *got of them from the place answered on. PLACE_NONE: there is none. */
place_t places_take(uint32_t count, uint32_t *got);
/* The area that places_take would take from; AREAS: none. */
unsigned places_area(void);
void place_put(place_t place);
void place_spoil(place_t place);

/* Of all open areas. */
uint32_t places_free(void);
uint32_t places_all(void);

#endif
