/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reclaim.c - blocks that come back: the books first, then the capabilities.
 *
 * Revocation takes a block away wherever it went, so nobody is asked. Only a driver's hold is
 * respected: such a block goes to limbo, at the machine's expense, and is tried again, each
 * time later: a driver that never lets go costs a look a second.
 */
#include "frames.h"
#include "rt.h"

#define LIMBO_BATCH 8u
#define LIMBO_FIRST 1000000ull /* ns until a block is tried again; then twice as long, up to */
#define LIMBO_LAST  1000000000ull

/* Blocks on their way back, and what `bank` pays for some of them yet, by class. */
struct leaving {
    block_t block[RECLAIM_MAX];
    unsigned count;
    unsigned bank;
    uint32_t pages[BANK_CLASSES];
    uint32_t all; /* pages of all */
};

static void leaving_begin(struct leaving *l)
{
    l->count = l->all = 0;
    l->bank = BANK_NONE;
    memset(l->pages, 0, sizeof(l->pages));
}

/* The bank pays no more for what has gathered. Not part of leave(), which is called a page. */
static __attribute__((noinline)) void settle(struct frames *f, struct leaving *l, unsigned next)
{
    for (unsigned class = 0; class < BANK_CLASSES && l->bank != BANK_NONE; class ++) {
        if (l->pages[class] > 0)
            bank_release(&f->banks, l->bank, class, l->pages[class]);
        l->pages[class] = 0;
    }
    l->bank = next;
}

static void leave(struct frames *f, struct leaving *l, block_t block)
{
    const struct block *r = block_of(&f->buddy, block);
    uint32_t pages = client_drop(&f->clients, &f->buddy, block);

    if (r->bank != l->bank)
        settle(f, l, r->bank);
    l->block[l->count++] = block;
    l->pages[r->class] += pages;
    l->all += pages;
    if (block_chunk(&f->buddy, block)->use == CHUNK_OBJECTS)
        f->status->object_pages -= pages;
}

static void to_limbo(struct frames *f, block_t block)
{
    uint32_t pages = 1u << block_of(&f->buddy, block)->order;

    client_hold(&f->clients, &f->buddy, CLIENT_LIMBO, block, CAP_NULL, FRAME_LOCKED, BANK_ROOT);
    bank_charge(&f->banks, BANK_ROOT, FRAME_LOCKED, pages);
    if (block_chunk(&f->buddy, block)->use == CHUNK_OBJECTS)
        f->status->object_pages += pages;
}

/* They are revoked, and free, but for those that are held. How many of these. */
static unsigned put(struct frames *f, struct leaving *l)
{
    block_t held[RECLAIM_MAX];
    unsigned stay;

    settle(f, l, BANK_NONE);
    stay = buddy_put(&f->buddy, l->block, l->count, held);
    for (unsigned i = 0; i < stay; i++)
        to_limbo(f, held[i]);
    if (stay > 0 && f->limbo_pause == 0) {
        f->limbo_pause = LIMBO_FIRST;
        f->limbo_due = now_ns() + LIMBO_FIRST;
    }
    return stay;
}

void reclaim_limbo(struct frames *f)
{
    const struct client *limbo = &f->clients.client[CLIENT_LIMBO];
    struct leaving l;
    uint64_t now;

    if (f->limbo_pause == 0 || (now = now_ns()) < f->limbo_due)
        return;
    leaving_begin(&l); /* the oldest; those that stay are the newest then */
    for (unsigned use = 0; use < CHUNK_USES; use++)
        while (l.count < LIMBO_BATCH * (use + 1) && limbo->list[use].oldest != BLOCK_NONE)
            leave(f, &l, limbo->list[use].oldest);
    if (put(f, &l) < l.count)
        f->limbo_pause = LIMBO_FIRST / 2;
    f->limbo_pause = f->limbo_pause < LIMBO_LAST / 2 ? 2 * f->limbo_pause : LIMBO_LAST;
    f->limbo_due = now + f->limbo_pause;
    if (client_empty(limbo))
        f->limbo_pause = 0;
}

static void leave_slot(struct frames *f, struct leaving *l, unsigned client, cap_t slot)
{
    block_t block = client_block(&f->clients, &f->buddy, client, slot);

    /* a slot that was named before has lost its block */
    if (block != BLOCK_NONE)
        leave(f, l, block);
}

uint32_t reclaim_slots(struct frames *f, unsigned client, const struct frame_give_req *q)
{
    struct leaving l;

    leaving_begin(&l);
    for (unsigned i = 0; i < q->count; i++)
        leave_slot(f, &l, client, q->first + i);
    for (unsigned i = 0; i < FRAME_GIVE_ALONE; i++)
        if (q->alone[i] != CAP_NULL)
            leave_slot(f, &l, client, q->alone[i]);
    put(f, &l);
    ask_returned(f, &f->clients.client[client], l.all);
    f->status->gives += l.all;
    return l.count;
}

void reclaim_block(struct frames *f, block_t block)
{
    struct leaving l;

    leaving_begin(&l);
    leave(f, &l, block);
    put(f, &l);
}

/* Those of the client's that were taken by force, among the others of that kind. */
static void leave_taken(struct frames *f, struct leaving *l, unsigned client)
{
    block_t block = f->clients.taken.newest, next;

    for (; block != BLOCK_NONE && f->clients.client[client].kept > 0 && l->count < RECLAIM_MAX;
         block = next) {
        next = block_of(&f->buddy, block)->next;
        if (block_of(&f->buddy, block)->client == client)
            leave(f, l, block);
    }
}

uint32_t reclaim_blocks(struct frames *f, unsigned client, unsigned most)
{
    const struct client *who = &f->clients.client[client];
    struct leaving l;

    leaving_begin(&l);
    while (l.count < most && who->list[CHUNK_OBJECTS].oldest != BLOCK_NONE)
        leave(f, &l, who->list[CHUNK_OBJECTS].oldest);
    if (l.count == 0) /* never beside objects: they go first */
        while (l.count < most && who->list[CHUNK_FRAMES].newest != BLOCK_NONE)
            leave(f, &l, who->list[CHUNK_FRAMES].newest);
    if (l.count < most && who->kept > 0)
        leave_taken(f, &l, client);
    put(f, &l);
    return l.all;
}
