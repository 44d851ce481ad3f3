/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tables.c - page tables for the task; see tables.h.
 */
#include "tables.h"

#include "cpu.h"
#include "rt.h"

#define BATCH_FIRST 4u /* what the smallest program needs: a middle table, three leaf tables */
#define BATCH_MAX   32u

void tables_init(struct tables *t, struct slots *slots)
{
    *t = (struct tables){.slots = slots, .batch = BATCH_FIRST};
}

static unsigned log2_of(unsigned n)
{
    unsigned bits = 0;

    while (1u << bits < n)
        bits++;
    return bits;
}

/* `count` tables out of one Untyped. */
static bool tables_make(struct tables *t, unsigned count)
{
    cap_t untyped = slots_alloc_root(1);
    unsigned got;
    cap_t first;

    if (untyped == CAP_NULL)
        return false;
    first = slots_take(t->slots, count, &got);
    if (got > 0 && memory_objects(untyped, ARCH_PAGETABLE_BITS + log2_of(count)) == ERR_OK) {
        if (untyped_retype(untyped, OBJ_PAGETABLE, 0, first, got, NULL) == ERR_OK) {
            t->next = first;
            t->left = got;
            t->made += got;
            return true;
        }
        cap_delete(untyped, 1);
    }
    if (got > 0)
        slots_return(t->slots, first, got);
    slots_free(untyped, 1);
    return false;
}

cap_t tables_take(struct tables *t)
{
    if (t->left == 0) {
        unsigned count = t->batch;

        while (count > 0 && !tables_make(t, count))
            count /= 2;
        if (count == 0)
            return CAP_NULL;
        t->batch = count < BATCH_MAX ? 2 * count : BATCH_MAX;
    }
    t->left--;
    return t->next++;
}
