/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ahead.h - read-ahead: what to read beyond what is asked for.
 *
 * A reader that goes on where it left off is sequential: it gets a window of pages ahead,
 * twice as large each time up to a maximum. The next window is asked for when the reader
 * enters the last one, so that it need not wait for it. Anybody else gets what he asks for.
 * Depends on nothing but the accesses: the same in every run.
 */
#ifndef FILE_AHEAD_H
#define FILE_AHEAD_H

#include <stdbool.h>
#include <stdint.h>

#define AHEAD_FIRST 4u /* pages of the first window */
#define AHEAD_NEVER UINT32_MAX

struct ahead {
    uint32_t next;   /* a sequential reader goes on here, or in the page before */
    uint32_t window; /* pages of the last window; 0 = not sequential */
    uint32_t mark;   /* reading this page asks for the next window */
    uint32_t end;    /* pages below were asked for */
};

/* Reading a file from its beginning counts as going on. */
void ahead_init(struct ahead *a);

/*
 * Pages [first, first + count) are read, and all in memory: the whole of ahead_access unless
 * the reader has come to the mark (false; nothing has changed).
 */
static inline bool ahead_quiet(struct ahead *a, uint32_t first, uint32_t count)
{
    if (first != a->next && first + 1 != a->next) {
        a->window = 0;
        a->mark = AHEAD_NEVER;
    } else if (first + count > a->mark) {
        return false;
    }
    a->next = first + count;
    return true;
}

/*
 * Pages [first, first + count) are read; missing: not all of them are in memory. How many
 * pages behind them to read, too: 0..max.
 */
uint32_t ahead_access(struct ahead *a, uint32_t first, uint32_t count, bool missing, uint32_t max);

#endif
