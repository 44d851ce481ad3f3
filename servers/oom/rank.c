/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rank.c - who may be chosen, and who is first. */
#include "rank.h"

#include <stddef.h>

void rank_begin(struct rank *r, const struct oom_policy *policy, uint32_t total)
{
    *r = (struct rank){.policy = policy, .total = total};
}

void rank_look(struct rank *r, const struct frame_bank_row *row)
{
    if (row->waits != 0 && row->waits != ERR_LIMIT && row->level >= RANK_LEVEL)
        r->machine = true;
    if (row->max == 0 || row_pages(row) < row->max)
        return;
    if (r->limits < RANK_LIMITS)
        r->limit[r->limits++] = row->bank;
    else
        r->machine = true;
}

static bool full(const struct rank *r, uint32_t bank)
{
    for (unsigned i = 0; i < r->limits; i++)
        if (r->limit[i] == bank)
            return true;
    return false;
}

static bool choosable(const struct rank *r, const struct frame_bank_row *row)
{
    if (row->level < RANK_LEVEL || row->dying || row->adjust <= RANK_NEVER)
        return false;
    return r->machine || full(r, row->bank) || full(r, row->parent);
}

void rank_add(struct rank *r, const struct frame_bank_row *row)
{
    struct ranked new = {.row = *row};
    unsigned at = r->count < RANK_SHOWN ? r->count : RANK_SHOWN;

    if (!choosable(r, row))
        return;
    new.score = r->policy->score(row, r->total);
    if (new.score == 0)
        return;
    r->count++;
    /* of equals the one shown later is before: names of banks grow with their age */
    for (; at > 0 && r->first[at - 1].score <= new.score; at--)
        if (at < RANK_SHOWN)
            r->first[at] = r->first[at - 1];
    if (at < RANK_SHOWN)
        r->first[at] = new;
}

const struct ranked *rank_victim(const struct rank *r)
{
    return r->count > 0 ? &r->first[0] : NULL;
}
