/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * take.c - pages that change hands: taken by force, collected by the swap server, passed on.
 *
 * Revoking the block's own capability unmaps a page everywhere and leaves us the only one that
 * can reach it; what then happens to it is bookkeeping and, for who gets it, a derivation. Its
 * charge goes with it. No step here needs memory, a slot or an answer of anybody.
 */
#include "frames.h"
#include "rt.h"
#include "sys.h"

#define POOL_LOOK 128u /* newest blocks among which a pool is looked for: it is that young */

static enum err revoke(const struct frames *f, block_t block)
{
    enum err e = cap_revoke(block_cap(&f->buddy, block, 0));

    if (e != ERR_OK && e != ERR_HELD)
        die("take: a page could not be revoked: %s", err_text(e));
    return e;
}

/* Nobody has it any more; is there anything in it? */
static bool all_zero(const struct frames *f, block_t block)
{
    uint64_t part[BUFFER_BYTES / sizeof(uint64_t)];
    cap_t cap = block_cap(&f->buddy, block, 0);

    for (unsigned at = 0; at < PAGE_SIZE; at += sizeof(part)) {
        if (frame_read(cap, at, part, sizeof(part)) != ERR_OK)
            return false;
        for (unsigned i = 0; i < sizeof(part) / sizeof(part[0]); i++)
            if (part[i] != 0)
                return false;
    }
    return true;
}

/* ---- by force ---- */

bool take_page(struct frames *f, unsigned client, block_t block)
{
    const struct block *r = block_of(&f->buddy, block);

    if (!take_possible(f, block) || revoke(f, block) == ERR_HELD)
        return false;
    session_taken(f, client, r->slot);
    f->status->taken++;
    if (r->class == FRAME_POOL && all_zero(f, block)) {
        reclaim_block(f, block);
        return true;
    }
    client_lose(&f->clients, &f->buddy, block);
    f->room--;
    return true;
}

/* What was granted ahead, from the newest on. */
static uint32_t take_pool(struct frames *f, unsigned client, uint32_t want)
{
    block_t block = f->clients.client[client].list[CHUNK_FRAMES].newest, next;
    uint32_t got = 0;

    for (unsigned i = 0; i < POOL_LOOK && block != BLOCK_NONE && got < want && f->room > 0; i++) {
        next = block_of(&f->buddy, block)->next;
        if (block_of(&f->buddy, block)->class == FRAME_POOL)
            got += take_page(f, client, block);
        block = next;
    }
    return got;
}

uint32_t take_oldest(struct frames *f, unsigned client, uint32_t want)
{
    uint32_t got = take_pool(f, client, want);
    block_t block = f->clients.client[client].list[CHUNK_FRAMES].oldest, next;

    for (; block != BLOCK_NONE && got < want && f->room > 0; block = next) {
        next = block_of(&f->buddy, block)->prev;
        got += take_page(f, client, block);
    }
    return got;
}

/* ---- for the swap server ---- */

/* The page, which nobody has, becomes the client's. */
static void hand_over(struct frames *f, block_t block, unsigned client, cap_t slot)
{
    const struct block *r = block_of(&f->buddy, block);
    unsigned class = r->class;

    client_drop(&f->clients, &f->buddy, block);
    if (class != FRAME_PAGE) {
        bank_release(&f->banks, r->bank, class, 1);
        bank_charge(&f->banks, r->bank, FRAME_PAGE, 1);
    }
    client_hold(&f->clients, &f->buddy, client, block, slot, FRAME_PAGE, r->bank);
}

/* The client that a bank's session is; CLIENT_NONE. */
static unsigned tenant(const struct frames *f, uint32_t named)
{
    unsigned bank = bank_find(&f->banks, named, CLIENT_NONE);

    if (bank == BANK_NONE || !bank_live(&f->banks, bank))
        return CLIENT_NONE;
    return f->banks.bank[bank].clients;
}

enum err take_named(struct frames *f, unsigned client, const struct frame_collect_req *q,
                    struct call *c, uint32_t *got)
{
    unsigned from = tenant(f, q->bank);
    uint32_t given = 0; /* the others were taken by force before */
    struct pieces p;
    enum err e = ERR_OK;

    if (from == CLIENT_NONE || f->clients.client[from].level <= LEVEL_SERVER)
        return ERR_BAD_HANDLE; /* servers are never taken from */
    pieces_begin(&p);
    for (unsigned i = 0; e == ERR_OK && i < q->count; i++) {
        block_t block = client_block(&f->clients, &f->buddy, from, q->first + i);

        if (block == BLOCK_NONE || !take_possible(f, block))
            e = ERR_BAD_HANDLE;
        else if (block_of(&f->buddy, block)->state == BLOCK_USED)
            e = revoke(f, block);
        if (e != ERR_OK)
            break;
        given += block_of(&f->buddy, block)->state == BLOCK_USED;
        hand_over(f, block, client, q->to + i);
        pieces_add(&f->buddy, &p, (struct run){.first = block, .count = 1});
    }
    if (p.caps == 0)
        return e;
    ask_returned(f, &f->clients.client[from], given);
    lend_deliver(f, &p, 0, lend_rights(f, client), c);
    *got = p.caps;
    return ERR_OK;
}

enum err take_kept(struct frames *f, unsigned client, const struct frame_collect_req *q,
                   struct call *c, uint32_t *got)
{
    struct frame_name name[RUN_MAX];
    struct pieces p;

    if (!f->clients.client[client].page)
        return ERR_REFUSED;
    pieces_begin(&p);
    while (p.caps < q->count && f->clients.taken.oldest != BLOCK_NONE) {
        block_t block = f->clients.taken.oldest;
        const struct block *r = block_of(&f->buddy, block);
        unsigned bank = f->clients.client[r->client].bank;

        name[p.caps] = (struct frame_name){bank_handle(&f->banks, bank), r->slot};
        hand_over(f, block, client, q->to + p.caps);
        pieces_add(&f->buddy, &p, (struct run){.first = block, .count = 1});
    }
    *got = p.caps;
    if (p.caps == 0)
        return ERR_OK;
    session_collected(f, client, name, p.caps);
    lend_deliver(f, &p, 0, lend_rights(f, client), c);
    return ERR_OK;
}

enum err take_reach(const struct frames *f, unsigned client, const struct frame_reach_req *q,
                    struct call *c, uint32_t *got)
{
    unsigned from = tenant(f, q->bank);
    struct pieces p;

    if (from == CLIENT_NONE || f->clients.client[from].level <= LEVEL_SERVER)
        return ERR_BAD_HANDLE; /* servers read into their own */
    pieces_begin(&p);
    while (p.caps < q->count) {
        block_t block = client_block(&f->clients, &f->buddy, from, q->first + p.caps);

        if (block == BLOCK_NONE || !take_possible(f, block) ||
            block_of(&f->buddy, block)->state != BLOCK_USED)
            break;
        pieces_add(&f->buddy, &p, (struct run){.first = block, .count = 1});
    }
    if (p.caps == 0)
        return ERR_BAD_HANDLE;
    lend_deliver(f, &p, 0, lend_rights(f, client), c);
    *got = p.caps;
    return ERR_OK;
}

/* ---- and from a server to a bank ---- */

/* The leading blocks of the run that can be passed, and how many of them the bank does not pay
 * for yet. */
static unsigned passable(const struct frames *f, unsigned client, const struct frame_pass_req *q,
                         unsigned bank, uint32_t *dues)
{
    unsigned n;

    *dues = 0;
    for (n = 0; n < q->count; n++) {
        block_t block = client_block(&f->clients, &f->buddy, client, q->first + n);

        if (block == BLOCK_NONE || !take_possible(f, block) ||
            block_of(&f->buddy, block)->state != BLOCK_USED)
            break;
        *dues += block_of(&f->buddy, block)->bank != bank;
    }
    return n;
}

/* It is charged to the bank, and its session's, in that slot. */
static void pass_one(struct frames *f, block_t block, unsigned to, cap_t slot)
{
    const struct block *r = block_of(&f->buddy, block);
    unsigned bank = f->clients.client[to].bank;

    bank_release(&f->banks, r->bank, r->class, 1);
    bank_charge(&f->banks, bank, FRAME_PAGE, 1);
    client_drop(&f->clients, &f->buddy, block);
    client_hold(&f->clients, &f->buddy, to, block, slot, FRAME_PAGE, bank);
}

enum err take_pass(struct frames *f, unsigned client, const struct frame_pass_req *q,
                   struct call *c, uint32_t *passed)
{
    unsigned to = tenant(f, q->bank), bank, n;
    struct pieces p;
    uint32_t dues;
    enum err e;

    if (to == CLIENT_NONE || to == client)
        return ERR_BAD_HANDLE;
    bank = f->clients.client[to].bank;
    n = passable(f, client, q, bank, &dues);
    if (n == 0)
        return ERR_BAD_HANDLE;
    e = lend_slots_check(f, to, q->to, n);
    if (e != ERR_OK)
        return e;
    if (bank_room(&f->banks, bank, dues) < dues)
        return ERR_LIMIT;
    pieces_begin(&p);
    for (unsigned i = 0; i < n && e == ERR_OK; i++) {
        block_t block = client_block(&f->clients, &f->buddy, client, q->first + i);

        e = revoke(f, block);
        if (e != ERR_OK)
            break;
        pass_one(f, block, to, q->to + i);
        pieces_add(&f->buddy, &p, (struct run){.first = block, .count = 1});
    }
    if (p.caps == 0)
        return e;
    lend_deliver(f, &p, 0, lend_rights(f, to), c);
    *passed = p.caps;
    return ERR_OK;
}
