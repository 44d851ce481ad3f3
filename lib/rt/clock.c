/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clock.c - the kernel's counters as one number each.
 */
#include "rt.h"

uint64_t now_ns(void)
{
    uint64_t counter[4];

    sys_counters(counter);
    return counter[COUNTER_NOW];
}

uint64_t instructions(void)
{
    uint64_t counter[4];

    sys_counters(counter);
    return counter[COUNTER_CYCLES] - counter[COUNTER_IDLE];
}
