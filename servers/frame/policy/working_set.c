/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * working_set.c - who waits for its pages keeps them.
 *
 * Idea: a bank that had to wait for pages lately has less than its working set (Denning 1968); one
 * that did not has more. A bank's weight is what it has, divided by one more than its stalls since
 * it was asked last. O(n) a round, at most n rounds, since what a bank has bounds its share.
 * Weak: stalls are the supervisors' own account, and who lies is spared.
 */
#include "balance.h"

#include <stdbool.h>

static uint64_t weight(const struct balance_bank *b, uint32_t share, bool low)
{
    uint32_t has = low ? b->spare : b->excess;

    return has > share ? ((uint64_t)has << 8) / ((uint64_t)b->stalls + 1) : 0;
}

/* One round: each gets its part, up to what it has; how much in all. */
static uint32_t round_of(const struct balance_bank *bank, unsigned n, uint32_t want, bool low,
                         uint32_t *share)
{
    uint32_t given = 0;
    uint64_t sum = 0;

    for (unsigned i = 0; i < n; i++)
        sum += weight(&bank[i], share[i], low);
    for (unsigned i = 0; i < n && sum > 0 && given < want; i++) {
        uint32_t has = low ? bank[i].spare : bank[i].excess;
        uint64_t w = weight(&bank[i], share[i], low);
        uint64_t mine = w == 0 ? 0 : w * want / sum + 1;

        if (mine > 0 && mine > has - share[i])
            mine = has - share[i];
        share[i] += (uint32_t)mine;
        given += (uint32_t)mine;
    }
    return given;
}

static void shares(const struct balance_bank *bank, unsigned n, uint32_t want, uint32_t *share)
{
    for (unsigned low = 0; low < 2; low++)
        for (unsigned i = 0; i < n && want > 0; i++) {
            uint32_t given = round_of(bank, n, want, low, share);

            if (given == 0)
                break;
            want = given < want ? want - given : 0;
        }
}

const struct balance balance_working_set = {.name = "working-set", .shares = shares};
