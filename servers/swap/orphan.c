/* SPDX-License-Identifier: GPL-2.0-or-later */
/* orphan.c - pages that the frame server took by force, until their holders ask for them. */
#include "orphan.h"

#include "reserve.h"
#include "rt.h"
#include "session.h"
#include "status.h"
#include "store.h"

#include <string.h>

#define BUCKETS      512u
#define BATCH        32u
#define BLOCKS_LEAST 16u /* tables of slots are many and short */

struct orphan {
    struct supply_name name;
    struct page *page;   /* NULL: the record is not used */
    struct orphan *next; /* in its bucket, or of the unused ones */
};

static struct orphan record[ORPHANS], *bucket[BUCKETS], *unused;
static uint32_t made, count; /* records ever used; in use */
static uint32_t blocks;      /* of tables */

uint32_t orphan_blocks(void)
{
    return places_all() / TABLE_LEAF + BLOCKS_LEAST;
}

/* ---- in the table of slots of the bank's session ---- */

/* NULL: it has none. */
static struct table *slots_of(uint32_t bank)
{
    struct session *s = session_paying(bank);

    return s == NULL ? NULL : &s->taken;
}

/* Beyond the share of the reserve the blocks are for handles. */
static bool table_enter(uint32_t bank, cap_t slot, const struct page *p)
{
    struct table *t = slots_of(bank);
    uint32_t stock = reserve_stock();
    bool done;

    if (t == NULL || slot >= TABLE_SIZE || (!table_there(t, slot) && blocks + 2 > orphan_blocks()))
        return false;
    done = table_set(t, slot, p->number);
    blocks += stock - reserve_stock();
    return done;
}

static struct page *table_claim(uint32_t bank, cap_t slot)
{
    struct table *t = slots_of(bank);
    uint32_t number = t == NULL ? 0 : table_get(t, slot);

    if (number == 0)
        return NULL;
    blocks += reserve_stock();
    table_set(t, slot, 0);
    blocks -= reserve_stock();
    return page_at(number);
}

static void table_drop(uint32_t bank)
{
    struct table *t = slots_of(bank);

    if (t == NULL)
        return;
    for (uint32_t i = 0; t->used > 0 && (i = table_next(t, i)) < TABLE_SIZE; i++)
        page_unname(table_claim(bank, i), false);
    blocks += reserve_stock();
    table_end(t);
    blocks -= reserve_stock();
}

/* ---- in a record ---- */

static struct orphan **bucket_of(uint32_t bank, cap_t slot)
{
    return &bucket[(slot + bank * 0x9e3779b1u) % BUCKETS];
}

/* The link that leads to it; to NULL: there is none. */
static struct orphan **find(uint32_t bank, cap_t slot)
{
    struct orphan **link = bucket_of(bank, slot);

    while (*link != NULL && ((*link)->name.slot != slot || (*link)->name.bank != bank))
        link = &(*link)->next;
    return link;
}

static struct page *leave(struct orphan **link)
{
    struct orphan *o = *link;
    struct page *p = o->page;

    *link = o->next;
    o->page = NULL;
    o->next = unused;
    unused = o;
    count--;
    return p;
}

void orphans_init(void)
{
    memset(bucket, 0, sizeof(bucket));
    unused = NULL;
    made = count = blocks = 0;
}

bool orphan_known(uint32_t bank, cap_t slot)
{
    const struct table *t = slots_of(bank);

    return (t != NULL && table_get(t, slot) != 0) || (count > 0 && *find(bank, slot) != NULL);
}

struct page *orphan_claim(uint32_t bank, cap_t slot)
{
    struct page *p = table_claim(bank, slot);
    struct orphan **link;

    if (p != NULL || count == 0)
        return p;
    link = find(bank, slot);
    return *link == NULL ? NULL : leave(link);
}

uint32_t orphans_forget(uint32_t bank, cap_t first, uint32_t slots)
{
    uint32_t gone = 0;

    for (uint32_t i = 0; i < slots; i++) {
        struct page *p = orphan_claim(bank, first + i);

        if (p != NULL)
            page_unname(p, false);
        gone += p != NULL;
    }
    return gone;
}

void orphans_drop(uint32_t bank)
{
    table_drop(bank);
    for (uint32_t i = 0; i < made && count > 0; i++) {
        struct orphan *o = &record[i], **link = find(bank, o->name.slot);

        if (o->page != NULL && *link == o)
            page_unname(leave(link), false);
    }
}

/* Before: there is an unused record. */
static void enter(struct supply_name name, struct page *p)
{
    struct orphan **first = bucket_of(name.bank, name.slot), *o;

    orphans_forget(name.bank, name.slot, 1);
    if (table_enter(name.bank, name.slot, p))
        return;
    o = unused != NULL ? unused : &record[made++];
    if (o == unused)
        unused = o->next;
    *o = (struct orphan){.name = name, .page = p, .next = *first};
    *first = o;
    count++;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t room(void)
{
    return least(ORPHANS - count, least(write_room(), pages_unused()));
}

/* False: there is nothing (more) that can be collected now. */
static bool collect(void)
{
    uint32_t want = least(least(supply_taken(), BATCH), room());
    struct supply_name name[BATCH];
    struct frame *first;
    unsigned got;

    if (want == 0)
        return false;
    first = frames_bare(want, &got);
    if (first == NULL) {
        cache_bare(want);
        first = frames_bare(want, &got);
    }
    if (first == NULL)
        return false;
    got = supply_collect_taken(first->cap, got, name);
    frames_came(first, got);
    for (unsigned i = 0; i < got; i++) {
        struct page *p = page_new();

        frame_fill(first + i, p, FRAME_DIRTY);
        enter(name[i], p);
    }
    status->put += got;
    return got > 0;
}

static void collect_all(void)
{
    reclaim_begin();
    while (collect())
        ;
    write_all();
    reclaim_end();
}

void orphans_collect(void)
{
    uint32_t now, known;

    if (supply_taken() > 0)
        collect_all();
    now = room();
    known = supply_room_left();
    if (known > now || known < now / 2) /* not with each page */
        supply_room(now - now / 4);
}
