/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * largest.c - the bank with the most pages dies.
 *
 * Idea: one death is to help for long, so take what frees most memory now. Pages that are in the
 * swap store do not count: their frames are free already. Adjustments do not matter, but -1000.
 * Weak: the largest may be the one that the machine is for.
 */
#include "policy.h"

static uint64_t score(const struct frame_bank_row *row, uint32_t total)
{
    (void)total;
    return row_pages(row);
}

const struct oom_policy oom_largest = {.name = "largest", .score = score};
