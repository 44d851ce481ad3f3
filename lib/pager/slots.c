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
#define LOOKS          8u /* at runs of a table: what was taken at random lies in many */
#define FREE_SHARE     8u
#define TABLE_BITS_MAX 20u /* the largest Untyped that the frame server hands out */

/* A run of empty slots, as the search for one goes on. */
struct found {
    uint32_t table, at;
    unsigned length; /* 0: none yet */
};

/* Looks at up to LOOKS runs of one table, and at no more than `want` of each. Next fit: pages that
 * come one after the other get neighbouring slots. */
static void table_look(const struct slots *s, uint32_t table, unsigned want, unsigned enough,
                       struct found *f)
{
    const struct slot_table *t = &s->table[table];
    unsigned from = t->hint, rounds = 0;

    for (unsigned looks = 0; looks < LOOKS && f->length < enough && rounds < 2; looks++) {
        unsigned at = bitmap_find(t->map, t->count, from, false), most, end;

        if (at == BITMAP_NONE) {
            from = 0;
            rounds++;
            continue;
        }
        most = t->count - at < want ? t->count - at : want;
        end = bitmap_find(t->map, at + most, at, true);
        from = end == BITMAP_NONE ? at + most : end;
        if (from - at > f->length)
            *f = (struct found){table, at, from - at};
    }
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

/* The first run of so many, or the longest that was seen. */
static struct found slots_find(const struct slots *s, unsigned want, unsigned enough)
{
    struct found f = {.length = 0};

    for (uint32_t i = 0; i < s->tables && f.length < enough; i++) {
        uint32_t n = (s->current + i) % s->tables;

        if (s->table[n].used < s->table[n].count)
            table_look(s, n, want, enough, &f);
    }
    return f;
}

/* Nearly all are used, and what is left is in pieces because of that. */
static bool slots_short(const struct slots *s)
{
    uint32_t count = 0, used = 0;

    for (uint32_t i = 0; i < s->tables; i++) {
        count += s->table[i].count;
        used += s->table[i].used;
    }
    return count - used < count / FREE_SHARE;
}

static cap_t found_take(struct slots *s, const struct found *f, unsigned count)
{
    struct slot_table *t = &s->table[f->table];

    bitmap_set_run(t->map, f->at, count);
    t->used += count;
    t->hint = f->at + count;
    s->current = f->table;
    return t->first + f->at;
}

/* Up to `want`, of a run that has `enough` if there is one. */
static cap_t run_take(struct slots *s, unsigned want, unsigned enough, unsigned *got)
{
    struct found f;

    reclaim_forbids("slots are taken");
    f = slots_find(s, want, enough);
    if (f.length < enough && (f.length == 0 || slots_short(s)) && slots_grow(s))
        f = slots_find(s, want, enough);
    *got = f.length;
    return *got == 0 ? CAP_NULL : found_take(s, &f, *got);
}

cap_t slots_take(struct slots *s, unsigned want, unsigned *got)
{
    return run_take(s, want, want, got);
}

cap_t slots_refill(struct slots *s)
{
    s->one = run_take(s, ONES, 1, &s->ones);
    return s->ones == 0 ? CAP_NULL : slots_take_one(s);
}

void slots_return(struct slots *s, cap_t first, unsigned count)
{
    /* What was taken one by one, and was for nothing, is taken so again. */
    if (s->ones > 0 && first + count == s->one) {
        s->one = first;
        s->ones += count;
        return;
    }
    for (uint32_t i = 0; i < s->tables; i++) {
        struct slot_table *t = &s->table[i];

        if (first >= t->first && first - t->first < t->count) {
            bitmap_clear_run(t->map, first - t->first, count);
            t->used -= count;
            return;
        }
    }
}
