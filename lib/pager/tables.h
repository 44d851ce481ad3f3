/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tables.h - page tables for the task, made in batches and hung in by the answers to its
 * faults. They stay where they hang until the task ends.
 */
#ifndef PAGER_TABLES_H
#define PAGER_TABLES_H

#include "slots.h"

struct tables {
    struct slots *slots;
    cap_t next;
    unsigned left, batch;
    uint32_t made;
};

void tables_init(struct tables *t, struct slots *slots);
/* An unused PageTable; CAP_NULL: no memory. */
cap_t tables_take(struct tables *t);

#endif
