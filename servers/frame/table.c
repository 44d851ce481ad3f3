/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table.c - the table of banks: what is known of each, for who ranks them. */
#include "frames.h"

static void row_fill(const struct frames *f, unsigned bank, struct frame_bank_row *row)
{
    const struct bank *k = &f->banks.bank[bank];

    *row = (struct frame_bank_row){
        .bank = bank_handle(&f->banks, bank),
        .parent = k->parent == BANK_ROOT ? 0 : bank_handle(&f->banks, k->parent),
        .label = k->label,
        .used = {k->used[0], k->used[1], k->used[2], k->used[3]},
        .peak = k->peak,
        .max = k->max,
        .high = k->high,
        .low = k->low,
        .min = k->min,
        .adjust = k->adjust,
        .dying = !bank_live(&f->banks, bank),
    };
    if (k->clients != CLIENT_NONE) {
        const struct client *who = &f->clients.client[k->clients];

        row->level = who->level;
        row->target = who->target;
        row->taken = who->taken;
        row->waits = who->waits;
        session_stall(f, k->clients, &row->stall);
    }
}

unsigned table_rows(const struct frames *f, uint32_t from, struct frame_bank_row *row,
                    unsigned count, uint32_t *next)
{
    unsigned rows = 0, bank = from > BANK_ROOT ? from : BANK_ROOT + 1;

    for (; bank < f->banks.count && rows < count; bank++)
        if (f->banks.bank[bank].state != BANK_FREE)
            row_fill(f, bank, &row[rows++]);
    while (bank < f->banks.count && f->banks.bank[bank].state == BANK_FREE)
        bank++;
    *next = bank < f->banks.count ? bank : 0;
    return rows;
}
