/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * home.c - the server's own memory: it cannot ask itself.
 *
 * It is taken from the largest Untyped before that is cut up (region.c): records, tables of
 * clients and banks (mapped, side.c) and CapTables for the chunks' capabilities. Kernel objects
 * come from *pieces* of that Untyped, not from itself: Frames made of memory where objects lived
 * are cleared by the kernel, and the rest of it is to become Frames.
 *
 * At 24 MiB a chunk has 64 pages; from 128 MiB on 512. Its capabilities take 64 bytes a page
 * (1.6 %), the records and the map of slots 28 (0.7 %), whatever the size.
 *
 * Root slots      one for the small own table, one for the table of sessions, then CapTables of
 *                 chunks and pieces as they are made.
 * The own table   the stage, frames of the side tables and the status page, page tables, and
 *                 the run offered for capabilities that arrive.
 */
#include "home.h"

#include "region.h"
#include "rt.h"
#include "start.h"
#include "sys.h"

#define ROOT_SLOTS    96u
#define TABLES_WANTED 32u /* of chunks' capabilities */
#define OWN_BITS      13u
#define PIECE_BITS    16u
#define SIDE_FRAMES   32u
#define PAGES_MIN     256u
#define ORDER_SMALL   6u /* chunks of a small machine */

/* Slots not used yet. */
struct slots {
    cap_t next, end;
};

static struct {
    cap_t source;            /* Untyped that the own memory comes from */
    struct slots root;       /* of the root table: tables from its start, pieces from its end */
    struct slots own;        /* of the own table */
    struct slots full, rest; /* for full chunks, which leave no gap in a table, and smaller ones */
    struct slots tables;     /* root slots with CapTables for chunks, made and not used yet */
    unsigned table_bits;
    cap_t piece; /* Untyped for own objects, perhaps full; CAP_NULL: none yet */
} home;

static unsigned log2_floor(uint64_t n)
{
    return 63u - (unsigned)__builtin_clzll(n);
}

static unsigned log2_ceil(uint64_t n)
{
    return n > 1 ? log2_floor(n - 1) + 1 : 0;
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
    must(untyped_retype(home.source, OBJ_UNTYPED, bits, home.root.end - 1, 1, NULL),
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
    must(untyped_retype(home.source, OBJ_FRAME, bits, first, count, NULL),
         "no memory for the tables");
    return side_map(first, count, bits);
}

/* ---- chunks ---- */

cap_t home_chunk_slots(unsigned order, unsigned full)
{
    struct slots *s = order == full ? &home.full : &home.rest;
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

/* ---- start ---- */

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
    /* what the own memory takes divides some once more */
    uint32_t chunks = regions_chunks(order) + 2 * ORDERS;
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
    f->sessions = CAP(home_object(OBJ_CAPTABLE, SLOT_BITS + log2_ceil(clients * SESSION_RUNS)), 0);
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
    uint64_t pages = regions_find();
    unsigned order = clamp(log2_floor(pages / 64 + 1), ORDER_SMALL, ORDER_MAX);

    if (pages < PAGES_MIN || pages > UINT32_MAX >> 1)
        die("%llu pages of memory are not what this server can manage", (unsigned long long)pages);
    memset(&home, 0, sizeof(home));
    home.source = regions_largest();
    own_begin(f);
    records_make(f, (uint32_t)pages, order);
    chunk_tables_make((uint32_t)pages, order);
    regions_carve(f);
    f->status->total = (uint32_t)pages;
    f->status->own = f->status->total - f->buddy.pages;
    pressure_set_marks(f, f->status->total / RESERVE_SHARE);
    pressure_update(f);
}
