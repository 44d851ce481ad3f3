/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.c - numbers to pages of the store.
 *
 * Free runs are searched by next fit, leaf by leaf: a full leaf is passed by its count. Runs do
 * not cross leaves. So pages put one after the other have handles one after the other, and a
 * table that is used up to its end is searched once around.
 */
#include "table.h"

#include "reserve.h"

#include <stddef.h>

struct table_middle {
    uint32_t *leaf[TABLE_WIDTH];
    uint16_t used[TABLE_WIDTH];
};
_Static_assert(sizeof(struct table_middle) <= BLOCK_BYTES, "a middle is a block");
_Static_assert(TABLE_LEAF * sizeof(uint32_t) == BLOCK_BYTES, "a leaf is a block");

#define LEAVES (TABLE_WIDTH * TABLE_ROOT)

static uint32_t *leaf_of(const struct table *t, uint32_t leaf)
{
    const struct table_middle *m = t->middle[leaf / TABLE_WIDTH];

    return m == NULL ? NULL : m->leaf[leaf % TABLE_WIDTH];
}

static uint32_t leaf_used(const struct table *t, uint32_t leaf)
{
    const struct table_middle *m = t->middle[leaf / TABLE_WIDTH];

    return m == NULL ? 0 : m->used[leaf % TABLE_WIDTH];
}

uint32_t table_get(const struct table *t, uint32_t index)
{
    const uint32_t *leaf = index < TABLE_SIZE ? leaf_of(t, index / TABLE_LEAF) : NULL;

    return leaf == NULL ? 0 : leaf[index % TABLE_LEAF];
}

bool table_there(const struct table *t, uint32_t index)
{
    return index < TABLE_SIZE && leaf_of(t, index / TABLE_LEAF) != NULL;
}

static uint32_t *leaf_make(struct table *t, uint32_t leaf)
{
    struct table_middle **m = &t->middle[leaf / TABLE_WIDTH];
    uint32_t **l;

    if (*m == NULL)
        *m = block_take();
    if (*m == NULL)
        return NULL;
    l = &(*m)->leaf[leaf % TABLE_WIDTH];
    if (*l == NULL)
        *l = block_take();
    return *l;
}

static void leaf_drop(struct table *t, uint32_t leaf)
{
    uint32_t **l = &t->middle[leaf / TABLE_WIDTH]->leaf[leaf % TABLE_WIDTH];

    block_put(*l);
    *l = NULL;
}

bool table_prepare(struct table *t, uint32_t first, uint32_t count)
{
    for (uint32_t l = first / TABLE_LEAF; l <= (first + count - 1) / TABLE_LEAF; l++)
        if (leaf_make(t, l) == NULL)
            return false;
    return true;
}

bool table_set(struct table *t, uint32_t index, uint32_t entry)
{
    uint32_t *leaf = leaf_of(t, index / TABLE_LEAF), *e;
    uint16_t *used;

    if (leaf == NULL && entry == 0)
        return true;
    if (leaf == NULL)
        leaf = leaf_make(t, index / TABLE_LEAF);
    if (leaf == NULL)
        return false;
    e = &leaf[index % TABLE_LEAF];
    used = &t->middle[index / TABLE_LEAF / TABLE_WIDTH]->used[index / TABLE_LEAF % TABLE_WIDTH];
    if (*e == 0 && entry != 0) {
        t->used++;
        *used = (uint16_t)(*used + 1);
    } else if (*e != 0 && entry == 0) {
        t->used--;
        *used = (uint16_t)(*used - 1);
    }
    *e = entry;
    if (entry == 0 && *used == 0)
        leaf_drop(t, index / TABLE_LEAF);
    return true;
}

/* The first run in [from, end) of one leaf: the longest so far, ended at `count`. */
static uint32_t run_in_leaf(const uint32_t *leaf, uint32_t from, uint32_t end, uint32_t count,
                            uint32_t *first)
{
    uint32_t best = 0, run = 0;

    for (uint32_t i = from; i < end && best < count; i++) {
        run = leaf[i] == 0 ? run + 1 : 0;
        if (run > best) {
            best = run;
            *first = i + 1 - run;
        }
    }
    return best;
}

/* In the leaf that `from` lies in, from there on. */
static uint32_t run_at(const struct table *t, uint32_t from, uint32_t limit, uint32_t count,
                       uint32_t *first)
{
    uint32_t base = from - from % TABLE_LEAF, end = TABLE_LEAF, got;
    const uint32_t *leaf = leaf_of(t, from / TABLE_LEAF);

    if (limit - base < end)
        end = limit - base;
    if (leaf == NULL) {
        *first = from;
        return base + end - from < count ? base + end - from : count;
    }
    got = run_in_leaf(leaf, from - base, end, count, first);
    *first += base;
    return got;
}

uint32_t table_find_run(struct table *t, uint32_t count, uint32_t limit, uint32_t *first)
{
    uint32_t from = t->next < 1 || t->next >= limit ? 1 : t->next;
    uint32_t leaves = (limit + TABLE_LEAF - 1) / TABLE_LEAF, best = 0;

    for (uint32_t i = 0; i <= leaves && best < count; i++) {
        uint32_t at = from, got = 0;

        if (leaf_used(t, from / TABLE_LEAF) < TABLE_LEAF)
            got = run_at(t, from, limit, count, &at);
        if (got > best) {
            best = got;
            *first = at;
        }
        from = (from / TABLE_LEAF + 1) * TABLE_LEAF;
        if (from >= limit)
            from = 1;
    }
    if (best > 0)
        t->next = *first + best;
    return best;
}

uint32_t table_next(const struct table *t, uint32_t from)
{
    for (uint32_t l = from / TABLE_LEAF; l < LEAVES; l++, from = l * TABLE_LEAF) {
        const uint32_t *leaf = leaf_used(t, l) > 0 ? leaf_of(t, l) : NULL;

        for (uint32_t i = from % TABLE_LEAF; leaf != NULL && i < TABLE_LEAF; i++)
            if (leaf[i] != 0)
                return l * TABLE_LEAF + i;
        if (t->middle[l / TABLE_WIDTH] == NULL)
            l |= TABLE_WIDTH - 1;
    }
    return TABLE_SIZE;
}

void table_end(struct table *t)
{
    for (uint32_t m = 0; m < TABLE_ROOT; m++) {
        if (t->middle[m] == NULL)
            continue;
        for (uint32_t l = 0; l < TABLE_WIDTH; l++)
            if (t->middle[m]->leaf[l] != NULL)
                block_put(t->middle[m]->leaf[l]);
        block_put(t->middle[m]);
    }
    *t = (struct table){.used = 0};
}
