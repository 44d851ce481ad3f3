/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rank.h - who may be chosen, and who is first. Rows are shown one by one, twice: the first time
 * tells what is short, the second ranks.
 */
#ifndef OOM_RANK_H
#define OOM_RANK_H

#include "policy.h"

#include <stdbool.h>

#define RANK_LIMITS 32u /* limits that somebody waits at; beyond, everybody is ranked */
#define RANK_SHOWN  16u /* of the first, for the table */
#define RANK_NEVER  (-1000)
#define RANK_LEVEL  5 /* banks of sessions at this level and above are programs' */

struct ranked {
    struct frame_bank_row row;
    uint64_t score;
};

struct rank {
    const struct oom_policy *policy;
    uint32_t total;              /* pages of the machine */
    bool machine;                /* somebody waits for the machine's memory */
    uint32_t limit[RANK_LIMITS]; /* else: banks that are full */
    unsigned limits;
    struct ranked first[RANK_SHOWN]; /* highest score first */
    unsigned count;                  /* ranked, in all */
};

void rank_begin(struct rank *r, const struct oom_policy *policy, uint32_t total);
void rank_look(struct rank *r, const struct frame_bank_row *row);
void rank_add(struct rank *r, const struct frame_bank_row *row);
/* NULL: nobody may be chosen. */
const struct ranked *rank_victim(const struct rank *r);

#endif
