/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reach.c - capabilities of clients' frames.
 *
 * They are known in groups of neighbouring slots of a client: as they come from its pool, and as
 * the frame server can send them in one answer. A group may be in WAYS places; where all are
 * taken it takes that of another, none of whose frames is held.
 */
#include "reach.h"

#include "reserve.h"
#include "rt.h"
#include "supply.h"

#include <stdlib.h>

#define GROUP      16u
#define WAYS       4u
#define TABLE_BITS 9u /* slots of a CapTable: 16 KiB */
#define TABLE      (1u << TABLE_BITS)
#define TABLES     32u
#define NO_GROUP   UINT32_MAX

_Static_assert(TABLES *TABLE <= UINT16_MAX + 1u, "a frame's number has 16 bits");

struct group {
    uint32_t bank;        /* 0: nobody's any more */
    cap_t base;           /* the first one's slot there */
    cap_t own;            /* and here */
    uint16_t known, held; /* a bit each */
    uint32_t page[GROUP]; /* numbers of the physical pages */
};

static struct {
    struct group *group[TABLES];
    uint32_t tables;
    uint32_t turn; /* whose place is taken next */
    uint32_t most; /* tables that may be of use */
    bool wanted;   /* a group has lost its place */
} reach;

static bool table_add(void)
{
    uint32_t n = reach.tables;
    cap_t table;

    if (n == TABLES)
        return false;
    reach.group[n] = memory_new(TABLE / GROUP * sizeof(struct group));
    if (reach.group[n] == NULL)
        return false;
    table = object_make(OBJ_CAPTABLE, TABLE_BITS + SLOT_BITS);
    if (table == CAP_NULL) {
        free(reach.group[n]);
        return false;
    }
    for (uint32_t i = 0; i < TABLE / GROUP; i++)
        reach.group[n][i].own = CAP(table, 0) + i * GROUP;
    reach.tables++;
    return true;
}

bool reach_open(uint32_t frames)
{
    reach.most = (frames + TABLE - 1) / TABLE;
    return reach.tables > 0 || table_add();
}

void reach_grow(void)
{
    if (!reach.wanted || reach.tables >= reach.most)
        return;
    reach.wanted = false;
    table_add();
}

static struct group *group_at(uint32_t n)
{
    return &reach.group[n / (TABLE / GROUP)][n % (TABLE / GROUP)];
}

/* What is known of it is not any more; nothing of it is held. */
static void forget(struct group *g)
{
    if (g->known != 0)
        cap_delete(g->own, GROUP);
    g->known = 0;
    g->bank = 0;
}

/* Its number; NO_GROUP: all places where it may be are held. */
static uint32_t group_of(uint32_t bank, cap_t base)
{
    uint32_t sets = reach.tables * (TABLE / GROUP / WAYS);
    uint32_t first = sets == 0 ? 0 : (base / GROUP + bank * 7) % sets * WAYS;
    struct group *g;

    for (uint32_t i = 0; i < WAYS && sets > 0; i++) {
        g = group_at(first + i);
        if (g->bank == bank && g->base == base)
            return first + i;
    }
    for (uint32_t i = 0; i < WAYS && sets > 0; i++) {
        uint32_t n = first + reach.turn++ % WAYS;

        g = group_at(n);
        if (g->held != 0)
            continue;
        reach.wanted |= g->known != 0 && g->bank != 0;
        forget(g);
        g->bank = bank;
        g->base = base;
        return n;
    }
    return NO_GROUP;
}

/* The frame in the i-th slot, and with it those behind that are not known. */
static bool fetch(struct group *g, unsigned i)
{
    uint64_t physical[GROUP];
    unsigned n = 0, got = 0;

    while (i + n < GROUP && !(g->known >> (i + n) & 1))
        n++;
    if (supply_reach(g->bank, g->base + i, n, g->own + i, &got) != ERR_OK || got == 0)
        return false;
    if (frame_phys(g->own + i, got, physical) != ERR_OK) { /* taken away again */
        cap_delete(g->own + i, got);
        return false;
    }
    g->known |= (uint16_t)(((1u << got) - 1) << i);
    for (n = 0; n < got; n++)
        g->page[i + n] = (uint32_t)(physical[n] >> PAGE_BITS);
    return true;
}

/* What is known may be gone by now; the client may have another one there. */
static bool hold(struct group *g, unsigned i)
{
    if (g->known >> i & 1) {
        if (frame_hold(g->own + i, 1) == ERR_OK)
            return true;
        cap_delete(g->own + i, 1);
        g->known &= (uint16_t) ~(1u << i);
    }
    return fetch(g, i) && frame_hold(g->own + i, 1) == ERR_OK;
}

enum err reach_hold(uint32_t bank, cap_t slot, struct reached *r)
{
    unsigned i = slot % GROUP;
    uint32_t n = group_of(bank, slot - i);
    struct group *g = n == NO_GROUP ? NULL : group_at(n);

    if (g == NULL || g->held >> i & 1)
        return ERR_LIMIT;
    if (!hold(g, i))
        return ERR_NOT_FOUND;
    g->held |= (uint16_t)(1u << i);
    *r = (struct reached){.cap = g->own + i,
                          .number = (uint16_t)(n * GROUP + i),
                          .physical = (uint64_t)g->page[i] << PAGE_BITS};
    return ERR_OK;
}

void reach_release(const struct reached *r)
{
    frame_release(r->cap, 1);
    group_at(r->number / GROUP)->held &= (uint16_t) ~(1u << r->number % GROUP);
}

void reach_forget(uint32_t bank)
{
    for (uint32_t n = 0; n < reach.tables * (TABLE / GROUP); n++) {
        struct group *g = group_at(n);

        if (g->bank == bank && g->held == 0)
            forget(g);
        else if (g->bank == bank)
            g->bank = 0;
    }
}
