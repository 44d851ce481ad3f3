/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proportional.c - everybody gives in proportion to what it has.
 *
 * Idea: the larger a bank, the more of it is idle, on average (as cgroup reclaim does it: scan by
 * size). First from what is above the banks' low, then from what is above their min. O(n).
 * Weak where a large bank is busy and a small one sleeps.
 */
#include "balance.h"

static uint32_t part(const struct balance_bank *b, int low)
{
    return low ? b->spare - b->excess : b->excess;
}

/* Rounded up, so that many small banks give enough together. */
static uint32_t share_out(const struct balance_bank *bank, unsigned n, uint32_t want, int low,
                          uint32_t *share)
{
    uint64_t sum = 0;
    uint32_t given = 0;

    for (unsigned i = 0; i < n; i++)
        sum += part(&bank[i], low);
    if (sum == 0)
        return 0;
    if (want > sum)
        want = (uint32_t)sum;
    for (unsigned i = 0; i < n; i++) {
        uint32_t mine = (uint32_t)(((uint64_t)part(&bank[i], low) * want + sum - 1) / sum);

        share[i] += mine;
        given += mine;
    }
    return given;
}

static void shares(const struct balance_bank *bank, unsigned n, uint32_t want, uint32_t *share)
{
    uint32_t given = share_out(bank, n, want, 0, share);

    if (given < want)
        share_out(bank, n, want - given, 1, share);
}

const struct balance balance_proportional = {.name = "proportional", .shares = shares};
