/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * home.c - the server's own memory, and how Untypeds become chunks.
 *
 * The server cannot ask itself for memory, so it takes its own from the largest Untyped before
 * cutting that up: records, tables of clients and banks (mapped, side.c) and CapTables for the
 * chunks' capabilities. Kernel objects come from *pieces* of that Untyped, not from itself:
 * Frames made of memory where objects lived are cleared by the kernel, and the rest of it is to
 * become Frames.
 *
 * At 24 MiB a chunk has 64 pages; from 128 MiB on 512. Its capabilities take 64 bytes a page
 * (1.6 %), the records and the map of slots 24 (0.6 %), whatever the size.
 *
 * Root slots      one for the small own table, one for the table of sessions, then CapTables of
 *                 chunks and pieces as they are made.
 * The own table   the stage, frames of the side tables and the status page, page tables, and
 *                 the run offered for capabilities that arrive.
 */
#include "home.h"

#include "rt.h"
#include "start.h"
#include "sys.h"

#define REGIONS       128u /* Untypeds in the start block */
#define ROOT_SLOTS    96u
#define TABLES_WANTED 32u /* of chunks' capabilities */
#define OWN_BITS      13u
#define PIECE_BITS    16u
#define SIDE_FRAMES   32u
#define PAGES_MIN     256u
#define ORDER_SMALL   6u /* chunks of a small machine */

struct region {
    cap_t untyped;
    bool high;
};

/* Slots not used yet. */
struct slots {
    cap_t next, end;
};

static struct {
    struct region region[REGIONS];
    unsigned regions, home;  /* home: the region that the own memory comes from */
    struct slots root;       /* of the root table: tables from its start, pieces from its end */
    struct slots own;        /* of the own table */
    struct slots full, rest; /* for full chunks, which leave no gap in a table, and smaller ones */
    struct slots tables;     /* root slots with CapTables for chunks, made and not used yet */
    unsigned table_bits;
    cap_t piece;    /* Untyped for own objects, perhaps full; CAP_NULL: none yet */
    uint64_t pages; /* all that init gave */
} home;

static unsigned log2_floor(uint64_t n)
{
    return 63u - (unsigned)__builtin_clzll(n);
}

static unsigned log2_ceil(uint64_t n)
{
    return n > 1 ? log2_floor(n - 1) + 1 : 0;
}

static struct cap_facts facts_of(cap_t cap)
{
    struct cap_facts facts;

    if (cap_inspect(cap, &facts) != ERR_OK || facts.type != OBJ_UNTYPED)
        facts = (struct cap_facts){.type = OBJ_NULL};
    return facts;
}

static void must(enum err e, const char *what)
{
    if (e != ERR_OK)
        die("%s: %s", what, err_text(e));
}

/* ---- own memory ---- */

static cap_t take_slots(struct slots *s, unsigned count)
{
    cap_t first = s->next;

    if (s->end - first < count)
        return CAP_NULL;
    s->next += count;
    return first;
}

cap_t home_slots(unsigned count)
{
    return take_slots(&home.own, count);
}

static void piece_make(unsigned bits)
{
    if (home.root.next == home.root.end)
        die("the root table is full");
    bits = bits > PIECE_BITS ? bits : PIECE_BITS;
    must(untyped_retype(home.region[home.home].untyped, OBJ_UNTYPED, bits, home.root.end - 1, 1,
                        NULL),
         "no memory for the server itself");
    home.piece = --home.root.end;
}

cap_t home_object(unsigned type, unsigned log2_size)
{
    cap_t slot = take_slots(type == OBJ_CAPTABLE ? &home.root : &home.own, 1);
    enum err e = ERR_NO_MEMORY;

    if (slot == CAP_NULL)
        die("the own tables are full");
    if (home.piece != CAP_NULL)
        e = untyped_retype(home.piece, type, log2_size, slot, 1, NULL);
    if (e == ERR_NO_MEMORY) {
        piece_make(log2_size);
        e = untyped_retype(home.piece, type, log2_size, slot, 1, NULL);
    }
    must(e, "no object for the server itself");
    return slot;
}

/* Mapped memory of at least so many bytes, zeroed. */
static void *side_memory(uint64_t bytes)
{
    unsigned bits = log2_ceil(bytes / SIDE_FRAMES + 1);
    unsigned count;
    cap_t first;

    bits = bits < PAGE_BITS ? PAGE_BITS : bits;
    count = (unsigned)((bytes + (1ull << bits) - 1) >> bits);
    first = home_slots(count);
    if (first == CAP_NULL)
        die("the own tables are full");
    must(untyped_retype(home.region[home.home].untyped, OBJ_FRAME, bits, first, count, NULL),
         "no memory for the tables");
    return side_map(first, count, bits);
}

/* ---- chunks ---- */

/* Slots for the capabilities of a chunk; CAP_NULL if all tables are used up. */
static cap_t chunk_slots(const struct frames *f, unsigned order)
{
    struct slots *s = order == f->buddy.order ? &home.full : &home.rest;
    cap_t slots = take_slots(s, 2u << order);

    if (slots == CAP_NULL) {
        cap_t table = take_slots(&home.tables, 1);

        if (table == CAP_NULL)
            return CAP_NULL;
        *s = (struct slots){CAP(table, 0), CAP(table, 0) + CAPTABLE_SLOTS(home.table_bits)};
        slots = take_slots(s, 2u << order);
    }
    return slots;
}

/* What is left of an Untyped, from `at` on; in bytes from its base. */
struct left {
    uint64_t at, end;
};

static struct left left_of(cap_t untyped)
{
    struct cap_facts facts = facts_of(untyped);
    uint64_t end = facts.type == OBJ_NULL ? 0 : 1ull << facts.log2_size;

    return (struct left){(end - facts.detail + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1), end};
}

/* The order of the largest aligned chunk there; `full` at most. */
static unsigned chunk_order(struct left left, unsigned full)
{
    unsigned order = (unsigned)__builtin_ctzll(left.at | left.end) - PAGE_BITS;

    return order < full ? order : full;
}

/* Into how many chunks all memory divides; what the own memory takes divides some once more. */
static uint32_t chunks_count(unsigned full)
{
    uint32_t n = 2 * ORDERS;

    for (unsigned i = 0; i < home.regions; i++)
        for (struct left l = left_of(home.region[i].untyped); l.at < l.end; n++)
            l.at += (uint64_t)PAGE_SIZE << chunk_order(l, full);
    return n;
}

/* What is left of the Untyped becomes chunks. */
static void carve(struct frames *f, const struct region *r)
{
    struct left l = left_of(r->untyped);

    while (l.at < l.end) {
        unsigned order = chunk_order(l, f->buddy.order);
        cap_t slots = chunk_slots(f, order);

        if (slots == CAP_NULL ||
            untyped_retype(r->untyped, OBJ_UNTYPED, PAGE_BITS + order, slots, 1, NULL) != ERR_OK)
            return;
        if (!buddy_add(&f->buddy, slots, order, r->high))
            return;
        l.at += (uint64_t)PAGE_SIZE << order;
    }
}

/* ---- start ---- */

static void regions_named(const char *name, bool high)
{
    const struct start *start = start_block();
    const struct start_cap *cap = (const struct start_cap *)(start + 1);

    for (unsigned i = 0; i < start->caps; i++) {
        if (strcmp(cap[i].name, name) != 0)
            continue;
        for (unsigned j = 0; j < cap[i].count && home.regions < REGIONS; j++)
            home.region[home.regions++] = (struct region){.untyped = cap[i].cap + j, .high = high};
    }
}

/* Counts the pages and chooses the largest region in the kernel's window. */
static void regions_measure(void)
{
    uint64_t largest = 0;

    for (unsigned i = 0; i < home.regions; i++) {
        uint64_t detail = facts_of(home.region[i].untyped).detail;

        home.pages += detail >> PAGE_BITS;
        if (!home.region[i].high && detail > largest) {
            largest = detail;
            home.home = i;
        }
    }
}

static unsigned clamp(uint64_t n, unsigned low, unsigned high)
{
    return n < low ? low : n > high ? high : (unsigned)n;
}

/* CapTables for the chunks: two slots a page, in some TABLES_WANTED tables. */
static void chunk_tables_make(uint32_t pages, unsigned order)
{
    unsigned wanted = log2_ceil(2ull * pages / TABLES_WANTED) + SLOT_BITS;
    unsigned bits = clamp(wanted, CAPTABLE_MIN_BITS, CAPTABLE_MAX_BITS);
    unsigned count;

    if (bits < SLOT_BITS + order + 1)
        bits = SLOT_BITS + order + 1;
    count = 2 * pages / CAPTABLE_SLOTS(bits) + 2; /* one for the rest, one begun by each kind */
    home.table_bits = bits;
    home.tables.next = home.root.next;
    for (unsigned i = 0; i < count; i++)
        home.tables.end = home_object(OBJ_CAPTABLE, bits) + 1;
}

/* One allocation for all records, cut by hand. */
static void records_make(struct frames *f, uint32_t pages, unsigned order)
{
    uint32_t chunks = chunks_count(order);
    uint32_t blocks = chunks << order;
    unsigned clients = clamp(1ull << log2_floor(pages / 32 + 1), 128, 2048);
    unsigned buckets = 1u << log2_ceil(pages / 2);
    uint64_t bytes = (uint64_t)blocks * sizeof(struct block) + chunks * sizeof(struct chunk) +
                     clients * (sizeof(struct client) + sizeof(struct bank)) +
                     buckets * sizeof(block_t);
    struct client *client = side_memory(bytes);
    struct bank *bank = (struct bank *)(client + clients);
    struct chunk *chunk = (struct chunk *)(bank + clients);
    struct block *block = (struct block *)(chunk + chunks);
    block_t *bucket = (block_t *)(block + blocks);

    buddy_init(&f->buddy, chunk, chunks, block, order);
    banks_init(&f->banks, bank, clients);
    clients_init(&f->clients, client, clients, bucket, buckets, &f->banks);
    f->sessions = CAP(home_object(OBJ_CAPTABLE, SLOT_BITS + 1 + log2_ceil(clients)), 0);
}

static void own_begin(struct frames *f)
{
    cap_t table;

    home.root.next = slots_alloc_root(ROOT_SLOTS);
    if (home.root.next == CAP_NULL)
        die("the root table is full");
    home.root.end = home.root.next + ROOT_SLOTS;
    table = home_object(OBJ_CAPTABLE, OWN_BITS);
    home.own = (struct slots){CAP(table, 0), CAP(table, 0) + CAPTABLE_SLOTS(OWN_BITS)};
    f->stage = home_slots(RUN_MAX);
    f->status_frame = home.own.next; /* the slot that side_memory takes next */
    f->status = side_memory(PAGE_SIZE);
}

void home_start(struct frames *f)
{
    unsigned order;

    memset(&home, 0, sizeof(home));
    regions_named("untyped", false);
    regions_named("untyped-high", true);
    regions_measure();
    if (home.pages < PAGES_MIN || home.pages > UINT32_MAX >> 1)
        die("%llu pages of memory are not what this server can manage",
            (unsigned long long)home.pages);
    own_begin(f);
    order = clamp(log2_floor(home.pages / 64 + 1), ORDER_SMALL, ORDER_MAX);
    records_make(f, (uint32_t)home.pages, order);
    chunk_tables_make((uint32_t)home.pages, order);
    for (unsigned i = 0; i < home.regions; i++)
        carve(f, &home.region[i]);
    f->status->total = (uint32_t)home.pages;
    f->status->own = f->status->total - f->buddy.pages;
    pressure_set_marks(f);
    pressure_update(f);
}
