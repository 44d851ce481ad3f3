/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux_like.c - memory used, swapped or not, plus what the adjustment says.
 *
 * Idea: Linux's oom_badness() since 2.6.36. A bank's points are its frames, its kernel objects
 * among them, and its pages in the swap store; an adjustment of n adds n thousandths of the
 * machine's memory. Weak: what is swapped is the supervisors' own account.
 */
#include "policy.h"

static uint64_t score(const struct frame_bank_row *row, uint32_t total)
{
    int64_t points = (int64_t)row_pages(row) + row->stall.swapped;

    points += (int64_t)row->adjust * total / 1000;
    return points > 0 ? (uint64_t)points : 1; /* somebody has to */
}

const struct oom_policy oom_linux_like = {.name = "linux-like", .score = score};
