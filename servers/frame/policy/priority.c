/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * priority.c - who matters least gives first, all that it has.
 *
 * Idea: strict ranks, as a real-time system wants them: a bank loses a page only when all that
 * matter less have none left above their low. The rank is the bank's adjustment, then its level:
 * programs before the servers that all use. O(n) a bank that gives. Weak: the last in rank
 * thrashes while others sleep.
 */
#include "balance.h"

#include <stdbool.h>

static bool matters_less(const struct balance_bank *a, const struct balance_bank *b)
{
    return a->adjust != b->adjust ? a->adjust > b->adjust : a->level > b->level;
}

static uint32_t left(const struct balance_bank *b, uint32_t share, bool low)
{
    uint32_t has = low ? b->spare : b->excess;

    return has > share ? has - share : 0;
}

/* The least of those that have something left; n: none. */
static unsigned next(const struct balance_bank *bank, unsigned n, const uint32_t *share, bool low)
{
    unsigned least = n;

    for (unsigned i = 0; i < n; i++)
        if (left(&bank[i], share[i], low) > 0 &&
            (least == n || matters_less(&bank[i], &bank[least])))
            least = i;
    return least;
}

static void shares(const struct balance_bank *bank, unsigned n, uint32_t want, uint32_t *share)
{
    for (unsigned low = 0; low < 2; low++)
        while (want > 0) {
            unsigned i = next(bank, n, share, low);
            uint32_t mine;

            if (i == n)
                break;
            mine = left(&bank[i], share[i], low);
            mine = mine < want ? mine : want;
            share[i] += mine;
            want -= mine;
        }
}

const struct balance balance_priority = {.name = "priority", .shares = shares};
