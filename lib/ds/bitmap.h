/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bitmap.h - numbered bits in an array that the caller supplies.
 *
 *   uint64_t used[BITMAP_WORDS(COUNT)];
 *
 * Callers keep bit numbers below the count; nothing is checked here.
 */
#ifndef DS_BITMAP_H
#define DS_BITMAP_H

#include <stdbool.h>
#include <stdint.h>

#define BITMAP_BITS     64u
#define BITMAP_WORDS(n) (((n) + BITMAP_BITS - 1) / BITMAP_BITS)
#define BITMAP_NONE     (~0u)

static inline bool bitmap_test(const uint64_t *map, unsigned bit)
{
    return map[bit / BITMAP_BITS] >> bit % BITMAP_BITS & 1;
}

static inline void bitmap_set(uint64_t *map, unsigned bit)
{
    map[bit / BITMAP_BITS] |= (uint64_t)1 << bit % BITMAP_BITS;
}

static inline void bitmap_clear(uint64_t *map, unsigned bit)
{
    map[bit / BITMAP_BITS] &= ~((uint64_t)1 << bit % BITMAP_BITS);
}

static inline void bitmap_set_run(uint64_t *map, unsigned first, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        bitmap_set(map, first + i);
}

static inline void bitmap_clear_run(uint64_t *map, unsigned first, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        bitmap_clear(map, first + i);
}

/* The first bit from `from` on, below `bits`, that is `value`; BITMAP_NONE if none is. */
static inline unsigned bitmap_find(const uint64_t *map, unsigned bits, unsigned from, bool value)
{
    while (from < bits) {
        uint64_t word = map[from / BITMAP_BITS];
        uint64_t left = (value ? word : ~word) >> from % BITMAP_BITS;

        if (left != 0) {
            from += (unsigned)__builtin_ctzll(left);
            return from < bits ? from : BITMAP_NONE;
        }
        from = (from / BITMAP_BITS + 1) * BITMAP_BITS;
    }
    return BITMAP_NONE;
}

/* The first of `count` (>= 1) neighbouring clear bits, first fit from `from` on. */
static inline unsigned bitmap_find_run(const uint64_t *map, unsigned bits, unsigned from,
                                       unsigned count)
{
    unsigned first = bitmap_find(map, bits, from, false);

    while (first != BITMAP_NONE && count <= bits - first) {
        unsigned end = bitmap_find(map, first + count, first, true);

        if (end == BITMAP_NONE)
            return first;
        first = bitmap_find(map, bits, end, false);
    }
    return BITMAP_NONE;
}

/* How many of the first `bits` are set. */
static inline unsigned bitmap_count(const uint64_t *map, unsigned bits)
{
    unsigned n = 0;

    for (unsigned i = 0; i < bits / BITMAP_BITS; i++)
        n += (unsigned)__builtin_popcountll(map[i]);
    if (bits % BITMAP_BITS != 0)
        n += (unsigned)__builtin_popcountll(map[bits / BITMAP_BITS] &
                                            (((uint64_t)1 << bits % BITMAP_BITS) - 1));
    return n;
}

#endif
