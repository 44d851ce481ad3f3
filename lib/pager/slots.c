/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slots.c - slots for a task's pages; see slots.h.
 */
#include "slots.h"

#include "bitmap.h"
#include "rt.h"

#include <stdlib.h>

#define TABLE_BITS_MIN CAPTABLE_MIN_BITS
#define ONES           16u
#define TABLE_BITS_MAX 20u /* the largest Untyped that the frame server hands out */

/* Next fit: pages that come one after the other get neighbouring slots. */
static cap_t table_take(struct slot_table *t, unsigned count)
{
    unsigned at;

    if (t->count - t->used < count)
        return CAP_NULL;
    at = bitmap_find_run(t->map, t->count, t->hint, count);
    if (at == BITMAP_NONE)
        at = bitmap_find_run(t->map, t->count, 0, count);
    if (at == BITMAP_NONE)
        return CAP_NULL;
    bitmap_set_run(t->map, at, count);
    t->used += count;
    t->hint = at + count;
    return t->first + at;
}

static bool table_make(struct slot_table *t, unsigned bits)
{
    uint32_t count = CAPTABLE_SLOTS(bits);
    cap_t made;

    t->map = calloc(BITMAP_WORDS(count), sizeof(uint64_t));
    if (t->map == NULL)
        return false;
    made = object_make(OBJ_CAPTABLE, bits);
    if (made == CAP_NULL) {
        free(t->map);
        return false;
    }
    t->first = CAP(made, 0);
    t->count = count;
    t->used = 0;
    t->hint = 0;
    return true;
}

/* One table more, as large as all others together if there is so much memory. */
static bool slots_grow(struct slots *s)
{
    unsigned bits = TABLE_BITS_MIN + (s->tables == 0 ? 0 : s->tables - 1);

    if (s->tables == SLOT_TABLES)
        return false;
    if (bits > TABLE_BITS_MAX)
        bits = TABLE_BITS_MAX;
    for (; bits >= TABLE_BITS_MIN; bits--)
        if (table_make(&s->table[s->tables], bits)) {
            s->current = s->tables++;
            return true;
        }
    return false;
}

static cap_t slots_find(struct slots *s, unsigned count)
{
    for (uint32_t i = 0; i < s->tables; i++) {
        uint32_t n = (s->current + i) % s->tables;
        cap_t first = table_take(&s->table[n], count);

        if (first != CAP_NULL) {
            s->current = n;
            return first;
        }
    }
    return CAP_NULL;
}

cap_t slots_take(struct slots *s, unsigned want, unsigned *got)
{
    cap_t first = slots_find(s, want);

    if (first == CAP_NULL && slots_grow(s))
        first = slots_find(s, want);
    while (first == CAP_NULL && want > 1) {
        want /= 2;
        first = slots_find(s, want);
    }
    *got = first == CAP_NULL ? 0 : want;
    return first;
}

cap_t slots_refill(struct slots *s)
{
    s->one = slots_take(s, ONES, &s->ones);
    return s->ones == 0 ? CAP_NULL : slots_take_one(s);
}

void slots_return(struct slots *s, cap_t first, unsigned count)
{
    for (uint32_t i = 0; i < s->tables; i++) {
        struct slot_table *t = &s->table[i];

        if (first >= t->first && first - t->first < t->count) {
            bitmap_clear_run(t->map, first - t->first, count);
            t->used -= count;
            return;
        }
    }
}
