/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy.h - the seam of policies for who dies.
 *
 * A policy is one file in policy/, chosen by the manifest's property `policy`. It sees a row of
 * the table of banks and answers a score; the highest dies, of equals the youngest. 0: rather
 * nobody. Who may not be chosen at all it is not asked about.
 */
#ifndef OOM_POLICY_H
#define OOM_POLICY_H

#include "frame.h"

#include <stdint.h>

struct oom_policy {
    const char *name;
    uint64_t (*score)(const struct frame_bank_row *row, uint32_t total); /* pages of the machine */
};

extern const struct oom_policy oom_largest, oom_linux_like;

/* NULL: there is none of that name. */
const struct oom_policy *oom_policy_named(const char *name);

static inline uint32_t row_pages(const struct frame_bank_row *row)
{
    return row->used[FRAME_FIXED] + row->used[FRAME_LOCKED] + row->used[FRAME_PAGE] +
           row->used[FRAME_POOL];
}

#endif
