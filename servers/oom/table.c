/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table.c - what is said of a death. */
#include "table.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_MS 1000000u

static bool printable(const char *text)
{
    bool any = false;

    for (unsigned i = 0; i < sizeof(uint32_t) && text[i] != '\0'; i++) {
        if (text[i] < ' ' || text[i] > '~')
            return false;
        any = true;
    }
    return any;
}

void table_label(uint32_t label, char to[12])
{
    char text[sizeof(label)];

    memcpy(text, &label, sizeof(text));
    if (label > UINT16_MAX && printable(text))
        snprintf(to, 12, "%.4s", text);
    else
        snprintf(to, 12, "%u", (unsigned)label);
}

void table_head(char to[TABLE_LINE])
{
    snprintf(to, TABLE_LINE, "%6s %8s %8s %8s %8s %8s %8s %6s %9s %9s", "pid", "pages", "page",
             "pool", "locked", "fixed", "swapped", "adjust", "stall ms", "score");
}

void table_line(const struct ranked *r, char to[TABLE_LINE])
{
    const struct frame_bank_row *w = &r->row;
    char label[12];

    table_label(w->label, label);
    snprintf(to, TABLE_LINE, "%6s %8u %8u %8u %8u %8u %8u %6d %9llu %9llu", label,
             (unsigned)row_pages(w), (unsigned)w->used[FRAME_PAGE], (unsigned)w->used[FRAME_POOL],
             (unsigned)w->used[FRAME_LOCKED], (unsigned)w->used[FRAME_FIXED],
             (unsigned)w->stall.swapped, (int)w->adjust,
             (unsigned long long)(w->stall.some / NS_PER_MS), (unsigned long long)r->score);
}

void table_verdict(const struct rank *r, const struct frame_status *s, char to[TABLE_LINE])
{
    char label[12];

    table_label(rank_victim(r)->row.label, label);
    snprintf(
        to, TABLE_LINE,
        "pid %s is killed: %s, %u of %u pages are free, nothing comes back, and %u more can be "
        "kept; first of %u by %s",
        label, r->machine ? "the machine has no memory left" : "its bank is full",
        (unsigned)s->free, (unsigned)s->total, (unsigned)s->room, r->count, r->policy->name);
}
