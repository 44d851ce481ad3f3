/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ring.h - the indices of a first-in first-out queue in an array of the caller's,
 * whose length is a power of two; so it serves elements of any type.
 *
 *   i = ring_put(&r);  if (i != RING_NONE) array[i] = x;
 *   i = ring_take(&r); if (i != RING_NONE) x = array[i];
 *
 * I1  `in` and `out` count up for ever and wrap; in - out <= length
 */
#ifndef DS_RING_H
#define DS_RING_H

#include <stdint.h>

#define RING_NONE (~0u)

struct ring {
    uint32_t in, out; /* elements ever put and taken */
    uint32_t length;  /* of the array */
};

static inline void ring_init(struct ring *r, uint32_t length)
{
    r->in = 0;
    r->out = 0;
    r->length = length;
}

static inline uint32_t ring_used(const struct ring *r)
{
    return r->in - r->out;
}

static inline uint32_t ring_room(const struct ring *r)
{
    return r->length - ring_used(r);
}

/* Where to write the next element; RING_NONE if the ring is full. */
static inline uint32_t ring_put(struct ring *r)
{
    return ring_room(r) == 0 ? RING_NONE : r->in++ & (r->length - 1);
}

/* Where to read the oldest element, which leaves; RING_NONE if the ring is empty. */
static inline uint32_t ring_take(struct ring *r)
{
    return ring_used(r) == 0 ? RING_NONE : r->out++ & (r->length - 1);
}

/* Where the oldest element is; it stays. */
static inline uint32_t ring_peek(const struct ring *r)
{
    return ring_used(r) == 0 ? RING_NONE : r->out & (r->length - 1);
}

#endif
