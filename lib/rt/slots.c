/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slots.c - which slots of the own tables are empty.
 *
 * Table 0 is the server's part of its root table. Its upper half is kept for what
 * can stand nowhere else: CapTables, which are added when the others are full.
 *
 * I1  a clear bit is an empty slot
 * I2  every table but the first is a CapTable in a root slot whose bit is set
 */
#include "bitmap.h"
#include "rt.h"
#include "start.h"

#define TABLES     32u
#define TABLE_BITS 13u
#define SLOTS_MAX  512u

struct table {
    cap_t first;
    unsigned count;
    uint64_t used[BITMAP_WORDS(SLOTS_MAX)];
};

static struct table table[TABLES];
static unsigned tables;

void slots_init(cap_t first, unsigned count)
{
    table[0] = (struct table){.first = first, .count = count};
    tables = 1;
}

static cap_t take(struct table *t, unsigned from, unsigned below, unsigned count)
{
    unsigned slot = bitmap_find_run(t->used, below, from, count);

    if (slot == BITMAP_NONE)
        return CAP_NULL;
    bitmap_set_run(t->used, slot, count);
    return t->first + slot;
}

cap_t slots_alloc_root(unsigned count)
{
    return take(&table[0], table[0].count / 2, table[0].count, count);
}

/* One more table; false if there is no memory or no place for it. */
static bool tables_grow(void)
{
    cap_t made;

    if (tables == TABLES)
        return false;
    made = object_make(OBJ_CAPTABLE, TABLE_BITS);
    if (made == CAP_NULL)
        return false;
    table[tables] = (struct table){.first = CAP(made, 0), .count = CAPTABLE_SLOTS(TABLE_BITS)};
    tables++;
    return true;
}

cap_t slots_alloc(unsigned count)
{
    cap_t slot = take(&table[0], 0, table[0].count / 2, count);

    for (unsigned i = 1; slot == CAP_NULL && i < tables; i++)
        slot = take(&table[i], 0, table[i].count, count);
    if (slot == CAP_NULL && count <= CAPTABLE_SLOTS(TABLE_BITS) && tables_grow())
        slot = take(&table[tables - 1], 0, table[tables - 1].count, count);
    return slot;
}

void slots_free(cap_t first, unsigned count)
{
    for (unsigned i = 0; i < tables; i++)
        if (first >= table[i].first && first - table[i].first < table[i].count) {
            bitmap_clear_run(table[i].used, first - table[i].first, count);
            return;
        }
}
