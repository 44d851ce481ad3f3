/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reclaim.c - who gives memory back asks for none; see rt.h.
 */
#include "rt.h"

static unsigned depth;

void reclaim_begin(void)
{
    depth++;
}

void reclaim_end(void)
{
    depth--;
}

bool reclaim_runs(void)
{
    return depth > 0;
}

unsigned reclaim_swap(unsigned other)
{
    unsigned mine = depth;

    depth = other;
    return mine;
}

void reclaim_forbids(const char *what)
{
    if (depth > 0)
        die("fatal: %s, while memory is given back", what);
}
