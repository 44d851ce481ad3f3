/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * balance.h - the seam of balance policies: which bank gives back how much.
 *
 * A policy is one file in policy/, chosen by the manifest's property `balance`. It sees figures,
 * calls nobody and allocates nothing. Every answer is checked: a bank is never asked for more
 * than its pages above its min, and the worst policy only asks the wrong ones.
 */
#ifndef FRAME_BALANCE_H
#define FRAME_BALANCE_H

#include <stdint.h>

/* A session that can be asked. Pages. */
struct balance_bank {
    uint32_t spare;  /* page and pool above its min: all that it can be asked for */
    uint32_t excess; /* of them above its low: others that have some should give before it */
    uint32_t level;  /* 1..6 */
    int32_t adjust;  /* -1000 .. 1000: the higher, the less it matters */
    uint32_t stalls; /* pages it had to wait for since it was asked last, by its own account */
};

struct balance {
    const char *name;
    /* share[i] of `want` pages for bank[i], i < n; all are 0 before. */
    void (*shares)(const struct balance_bank *bank, unsigned n, uint32_t want, uint32_t *share);
};

extern const struct balance balance_proportional, balance_priority, balance_working_set;

/* NULL: there is none of that name. */
const struct balance *balance_named(const char *name);

#endif
