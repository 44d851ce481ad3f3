/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory_test.c - lib/string against the host's C library, for every small size and
 * every pair of alignments, between guard bytes.
 */
#include "memory.h"
#include "unit.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define ROOM  256
#define SIZES 160

struct pair {
    unsigned char ours[ROOM], theirs[ROOM];
};

static struct pair pair_of_noise(unsigned seed)
{
    struct pair p;

    for (unsigned i = 0; i < ROOM; i++) {
        seed = seed * 1664525u + 1013904223u;
        p.ours[i] = p.theirs[i] = (unsigned char)(seed >> 24);
    }
    return p;
}

static bool pair_same(const struct pair *p)
{
    return memcmp(p->ours, p->theirs, ROOM) == 0;
}

TEST(memory, copies_every_size_at_every_alignment)
{
    struct pair from = pair_of_noise(1);

    for (size_t bytes = 0; bytes < SIZES; bytes++) {
        for (unsigned at = 0; at < 64; at++) {
            struct pair to = pair_of_noise(2);

            memory_copy(to.ours + at % 8, from.ours + at / 8, bytes);
            memcpy(to.theirs + at % 8, from.ours + at / 8, bytes);
            CHECK(pair_same(&to));
        }
    }
}

TEST(memory, reads_nothing_outside_the_range)
{
    for (size_t bytes = 1; bytes < SIZES; bytes++) {
        unsigned char *exact = malloc(bytes); /* the sanitizer guards its ends */
        unsigned char to[SIZES + 8];

        memset(exact, 1, bytes);
        for (unsigned at = 0; at < 8; at++)
            memory_copy(to + at, exact, bytes);
        CHECK_EQ(memory_compare(exact, to + 7, bytes), 0);
        free(exact);
    }
}

TEST(memory, moves_between_ranges_that_overlap)
{
    for (size_t bytes = 0; bytes < 96; bytes++) {
        for (unsigned from = 0; from < 72; from += 1) {
            struct pair p = pair_of_noise(3);

            memory_move(p.ours + 36, p.ours + from, bytes);
            memmove(p.theirs + 36, p.theirs + from, bytes);
            CHECK(pair_same(&p));
        }
    }
}

TEST(memory, fills_every_size_at_every_alignment)
{
    for (size_t bytes = 0; bytes < SIZES; bytes++) {
        for (unsigned at = 0; at < 8; at++) {
            struct pair p = pair_of_noise(4);

            memory_fill(p.ours + at, 0xa5, bytes);
            memset(p.theirs + at, 0xa5, bytes);
            CHECK(pair_same(&p));
        }
    }
}

TEST(memory, compares_as_the_first_difference_says)
{
    for (size_t bytes = 1; bytes < 64; bytes++) {
        for (size_t at = 0; at < bytes; at++) {
            struct pair p = pair_of_noise(5);

            CHECK_EQ(memory_compare(p.ours, p.theirs, bytes), 0);
            p.ours[at] = 0x80;
            p.theirs[at] = 0x7f;
            CHECK_EQ(memory_compare(p.ours, p.theirs, bytes), 1);
            CHECK_EQ(memory_compare(p.theirs, p.ours, bytes), -1);
            CHECK_EQ(memory_compare(p.theirs + 1, p.ours + 1, at ? at - 1 : 0), 0);
        }
    }
}
