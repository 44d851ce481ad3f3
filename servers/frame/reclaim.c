/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reclaim.c - blocks that come back: the books first, then the capabilities.
 *
 * Revocation takes a block away wherever it went, so nobody is asked. Only a driver's hold is
 * respected: such a block goes to limbo, and is tried again.
 */
#include "frames.h"

/* Blocks on their way back, by what they are charged as. */
struct leaving {
    block_t block[RECLAIM_MAX];
    unsigned count;
    uint32_t pages[BANK_CLASSES];
};

static void leaving_begin(struct leaving *l)
{
    l->count = 0;
    memset(l->pages, 0, sizeof(l->pages));
}

static void leave(struct frames *f, struct leaving *l, block_t block)
{
    uint32_t pages = client_drop(&f->clients, &f->buddy, block);

    l->block[l->count++] = block;
    l->pages[block_of(&f->buddy, block)->class] += pages;
    if (block_chunk(&f->buddy, block)->use == CHUNK_OBJECTS)
        f->status->object_pages -= pages;
}

/* What a driver will not let go of yet is kept at the machine's expense. */
static void to_limbo(struct frames *f, block_t block)
{
    uint32_t pages = 1u << block_of(&f->buddy, block)->order;

    client_hold(&f->clients, &f->buddy, CLIENT_LIMBO, block, CAP_NULL, FRAME_LOCKED);
    bank_charge(&f->banks, BANK_ROOT, FRAME_LOCKED, pages);
    if (block_chunk(&f->buddy, block)->use == CHUNK_OBJECTS)
        f->status->object_pages += pages;
}

/* They are revoked, and free. Returns their pages. */
static uint32_t put(struct frames *f, unsigned client, const struct leaving *l)
{
    block_t held[RECLAIM_MAX];
    unsigned stay = buddy_put(&f->buddy, l->block, l->count, held);
    uint32_t pages = 0;

    for (unsigned class = 0; class < BANK_CLASSES; class ++) {
        pages += l->pages[class];
        if (l->pages[class] > 0)
            bank_release(&f->banks, f->clients.client[client].bank, class, l->pages[class]);
    }
    while (stay-- > 0)
        to_limbo(f, held[stay]);
    return pages;
}

uint32_t reclaim_slots(struct frames *f, unsigned client, cap_t first, unsigned count)
{
    struct leaving l;

    leaving_begin(&l);
    for (unsigned i = 0; i < count; i++) {
        block_t block = client_block(&f->clients, &f->buddy, client, first + i);

        if (block != BLOCK_NONE)
            leave(f, &l, block);
    }
    f->status->gives += put(f, client, &l);
    return l.count;
}

uint32_t reclaim_blocks(struct frames *f, unsigned client, unsigned most)
{
    const struct client *who = &f->clients.client[client];
    struct leaving l;

    leaving_begin(&l);
    while (l.count < most && l.count < RECLAIM_MAX && who->blocks != BLOCK_NONE)
        leave(f, &l, who->blocks);
    return put(f, client, &l);
}
