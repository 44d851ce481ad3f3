/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compact.c - one chunk is emptied, so that there is memory for kernel objects.
 *
 * Objects need a chunk of their own, and when memory has been used for a while there is a page of
 * somebody's in each. Then the one that is cheapest to empty is closed: none of its pages is handed
 * out, and those that are used leave.
 *
 *   a program's page    moves: it is taken by force (take.c), and its contents go to another page,
 *                       where they wait to be collected, or claimed by its holder
 *   a server's          is asked for, by its slot, in each round, if the server has shown a session
 *                       page (it gives back what stands there); servers are never taken from
 *   any other           is not moved; a chunk with one of these is not chosen
 *
 * This goes on in rounds as long as somebody waits for objects (ask.c). What has not helped for
 * STALE_MOST rounds is given up, for another chunk.
 */
#include "frames.h"
#include "rt.h"
#include "sys.h"

#define PRICE_MOVED 1u
#define PRICE_ASKED 4u /* it may have to be written to a disk first */
#define PRICE_NONE  UINT32_MAX
#define STALE_MOST  64u
#define MOVED_MOST  64u /* in a row, before others are served */

static bool of_program(const struct frames *f, const struct block *r)
{
    const struct client *who = &f->clients.client[r->client];

    return who->level > LEVEL_SERVER && bank_live(&f->banks, who->bank) &&
           bank_live(&f->banks, r->bank);
}

static bool movable(const struct frames *f, block_t block)
{
    const struct block *r = block_of(&f->buddy, block);

    if (r->state == BLOCK_USED)
        return take_possible(f, block) && f->room > 0 && of_program(f, r);
    return r->state == BLOCK_TAKEN && of_program(f, r);
}

/* It gives back what is asked for by its slot. */
static bool asked_by_slot(const struct client *who)
{
    return who->live && who->page && who->level <= LEVEL_TRUSTED;
}

static bool askable(const struct frames *f, block_t block)
{
    const struct block *r = block_of(&f->buddy, block);

    return r->state == BLOCK_USED && asked_by_slot(&f->clients.client[r->client]) &&
           take_possible(f, block);
}

static uint32_t block_price(const struct frames *f, block_t block)
{
    if (block_of(&f->buddy, block)->state == BLOCK_FREE)
        return 0;
    if (movable(f, block))
        return PRICE_MOVED;
    return askable(f, block) ? PRICE_ASKED : PRICE_NONE;
}

/* What it costs to empty the chunk, as if it were a full one; PRICE_NONE: that cannot be done. */
static uint32_t chunk_price(const struct frames *f, uint32_t chunk)
{
    block_t block = chunk_start(&f->buddy, chunk);
    block_t end = block + (1u << f->buddy.chunk[chunk].order);
    unsigned smaller = f->buddy.order - f->buddy.chunk[chunk].order;
    uint32_t sum = smaller; /* at the same price the larger one */

    for (; block < end; block += 1u << block_of(&f->buddy, block)->order) {
        uint32_t price = block_price(f, block);

        if (price == PRICE_NONE)
            return PRICE_NONE;
        sum += price;
    }
    return sum << smaller;
}

/* The cheapest but the one that was tried last; CHUNK_NONE. */
static uint32_t choose(const struct frames *f, unsigned order)
{
    uint32_t best = CHUNK_NONE, least = PRICE_NONE;

    for (uint32_t i = 0; i < f->buddy.chunks; i++) {
        const struct chunk *c = &f->buddy.chunk[i];
        uint32_t price;

        if (c->use != CHUNK_FRAMES || c->high || c->order < order || i == f->compacting.last)
            continue;
        price = chunk_price(f, i);
        if (price < least) {
            best = i;
            least = price;
        }
    }
    return best;
}

/* False: there is no page to move it to, or a driver holds it. */
static bool move(struct frames *f, block_t from)
{
    const struct block *r = block_of(&f->buddy, from);
    struct run to;
    block_t held;

    if (pressure_spare(f, LEVEL_TRUSTED, 1) == 0 ||
        (r->state == BLOCK_USED && !take_page(f, r->client, from)))
        return false;
    if (r->state != BLOCK_TAKEN) /* it was all zero */
        return true;
    to = buddy_take_run(&f->buddy, 1);
    if (to.count == 0)
        return false;
    if (frame_copy(block_cap(&f->buddy, to.first, 0), block_cap(&f->buddy, from, 0)) != ERR_OK)
        die("compact: a page could not be copied");
    client_move(&f->clients, &f->buddy, from, to.first);
    buddy_put(&f->buddy, &from, 1, &held);
    return true;
}

static void move_all(struct frames *f)
{
    block_t block = chunk_start(&f->buddy, f->buddy.closed), next;
    block_t end = block + (1u << block_chunk(&f->buddy, block)->order);

    for (unsigned moved = 0; block < end && moved < MOVED_MOST; block = next) {
        next = block + (1u << block_of(&f->buddy, block)->order);
        if (movable(f, block))
            moved += move(f, block);
    }
}

/* The server's slots in the closed chunk, if there is one, into its page. How many. */
static unsigned ask_server(struct frames *f, unsigned client)
{
    cap_t slot[RUN_MAX];
    unsigned n = 0;

    if (f->buddy.closed != CHUNK_NONE) {
        block_t block = chunk_start(&f->buddy, f->buddy.closed);
        block_t end = block + (1u << block_chunk(&f->buddy, block)->order);

        for (; block < end && n < RUN_MAX; block += 1u << block_of(&f->buddy, block)->order)
            if (block_of(&f->buddy, block)->client == client && askable(f, block))
                slot[n++] = block_of(&f->buddy, block)->slot;
    }
    session_wanted(f, client, slot, n);
    session_signal(f, client);
    return n;
}

static void ask_servers(struct frames *f)
{
    unsigned told = 0;

    for (unsigned i = 0; i < f->clients.end; i++)
        if (asked_by_slot(&f->clients.client[i]))
            told += ask_server(f, i);
    f->compacting.told = told > 0;
}

static uint32_t used_pages(const struct frames *f)
{
    uint32_t chunk = f->buddy.closed;

    return chunk == CHUNK_NONE
               ? 0
               : (1u << f->buddy.chunk[chunk].order) - f->buddy.free_pages[CHUNK_CLOSED];
}

bool compact_begin(struct frames *f, unsigned order)
{
    uint32_t chunk;

    if (f->buddy.closed != CHUNK_NONE)
        return false;
    magazine_empty(&f->magazine, &f->buddy);
    chunk = choose(f, order);
    f->compacting.last = CHUNK_NONE;
    if (chunk == CHUNK_NONE)
        return false;
    buddy_close(&f->buddy, chunk);
    f->status->compactions++;
    f->compacting.stale = 0;
    move_all(f);
    f->compacting.used = used_pages(f);
    ask_servers(f);
    return f->compacting.used == 0;
}

void compact_end(struct frames *f)
{
    if (f->buddy.closed == CHUNK_NONE && !f->compacting.told)
        return;
    buddy_open(&f->buddy);
    ask_servers(f);
}

bool compact_step(struct frames *f, unsigned order)
{
    uint32_t used;

    if (f->buddy.closed == CHUNK_NONE)
        return compact_begin(f, order);
    move_all(f);
    used = used_pages(f);
    if (used < f->compacting.used)
        f->compacting.stale = 0;
    else if (++f->compacting.stale > STALE_MOST) {
        f->compacting.last = f->buddy.closed;
        compact_end(f);
        return false;
    }
    f->compacting.used = used;
    ask_servers(f);
    return f->compacting.stale < STALE_MOST;
}
