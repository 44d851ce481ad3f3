/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ahead.c - read-ahead: what to read beyond what is asked for.
 */
#include "ahead.h"

void ahead_init(struct ahead *a)
{
    *a = (struct ahead){.mark = AHEAD_NEVER};
}

uint32_t ahead_access(struct ahead *a, uint32_t first, uint32_t count, bool missing, uint32_t max)
{
    bool sequential = first == a->next || first + 1 == a->next;
    uint32_t end = first + count, from;

    a->next = end;
    if (!sequential) {
        a->window = 0;
        a->mark = AHEAD_NEVER;
        a->end = end;
        return 0;
    }
    if (!missing && end <= a->mark)
        return 0;
    a->window = a->window == 0 ? AHEAD_FIRST : 2 * a->window;
    if (a->window < count)
        a->window = count;
    if (a->window > max)
        a->window = max;
    from = a->end > end ? a->end : end;
    a->mark = from;
    a->end = from + a->window;
    return a->end - end;
}
