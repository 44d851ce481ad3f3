/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client.c - sessions, and who holds which block in which of its slots. */
#include "client.h"

void clients_init(struct clients *s, struct client *client, unsigned count, block_t *bucket,
                  unsigned buckets, struct banks *banks)
{
    *s = (struct clients){.client = client,
                          .bucket = bucket,
                          .count = count,
                          .buckets = buckets,
                          .unused = CLIENT_NONE};
    for (unsigned i = count; i-- > 0;) {
        client[i] = (struct client){.live = false, .next = s->unused};
        if (i > FRAME_BADGE_MAX)
            s->unused = (uint16_t)i;
    }
    for (unsigned i = 0; i < buckets; i++)
        bucket[i] = BLOCK_NONE;
    client_make(s, banks, CLIENT_LIMBO, BANK_ROOT, 0, 0);
}

unsigned client_make(struct clients *s, struct banks *banks, unsigned at, unsigned bank,
                     unsigned level, unsigned may)
{
    unsigned client = at == CLIENT_NONE ? s->unused : at;
    struct client *c;

    if (client >= s->count || s->client[client].live)
        return CLIENT_NONE;
    if (at == CLIENT_NONE)
        s->unused = s->client[client].next;
    c = &s->client[client];
    *c = (struct client){.blocks = BLOCK_NONE,
                         .generation = at == CLIENT_NONE ? c->generation + 1 : 0,
                         .bank = (uint16_t)bank,
                         .next = banks->bank[bank].clients,
                         .level = (uint8_t)level,
                         .may = (uint8_t)may,
                         .live = true};
    banks->bank[bank].clients = (uint16_t)client;
    return client;
}

void client_end(struct clients *s, struct banks *banks, unsigned client)
{
    uint16_t *link = &banks->bank[s->client[client].bank].clients;

    while (*link != client)
        link = &s->client[*link].next;
    *link = s->client[client].next;
    s->client[client].live = false;
    s->client[client].watching = false;
    s->client[client].next = s->unused;
    s->unused = (uint16_t)client;
}

uint64_t client_badge(const struct clients *s, unsigned client)
{
    return (uint32_t)(s->client[client].generation << CLIENT_BITS | client);
}

unsigned client_find(const struct clients *s, uint64_t badge)
{
    unsigned client = badge & (CLIENTS_MAX - 1);

    if (client == CLIENT_LIMBO || client >= s->count || !s->client[client].live)
        return CLIENT_NONE;
    return client_badge(s, client) == badge ? client : CLIENT_NONE;
}

/* Neighbouring slots fall into neighbouring buckets; tables and clients are spread. */
static block_t *bucket_of(const struct clients *s, unsigned client, cap_t slot)
{
    uint32_t key = CAP_SLOT(slot) + (CAP_TABLE(slot) + (client << 8)) * 0x9e3779b1u;

    return &s->bucket[key & (s->buckets - 1)];
}

block_t client_block(const struct clients *s, const struct buddy *b, unsigned client, cap_t slot)
{
    block_t block = *bucket_of(s, client, slot);

    while (block != BLOCK_NONE) {
        const struct block *r = block_of(b, block);

        if (r->slot == slot && r->client == client)
            break;
        block = r->chain;
    }
    return block;
}

static void map_enter(struct clients *s, struct buddy *b, block_t block)
{
    struct block *r = block_of(b, block);
    block_t *bucket = bucket_of(s, r->client, r->slot);

    r->chain = *bucket;
    *bucket = block;
}

static void map_remove(struct clients *s, struct buddy *b, block_t block)
{
    const struct block *r = block_of(b, block);
    block_t *link = bucket_of(s, r->client, r->slot);

    while (*link != block)
        link = &block_of(b, *link)->chain;
    *link = r->chain;
}

void client_hold(struct clients *s, struct buddy *b, unsigned client, block_t block, cap_t slot,
                 unsigned class)
{
    struct block *r = block_of(b, block);
    struct client *c = &s->client[client];

    r->state = BLOCK_USED;
    r->client = client;
    r->slot = slot;
    r->class = class;
    r->prev = BLOCK_NONE;
    r->next = c->blocks;
    if (c->blocks != BLOCK_NONE)
        block_of(b, c->blocks)->prev = block;
    c->blocks = block;
    if (client != CLIENT_LIMBO)
        map_enter(s, b, block);
}

unsigned client_drop(struct clients *s, struct buddy *b, block_t block)
{
    struct block *r = block_of(b, block);
    struct client *c = &s->client[r->client];

    if (r->client != CLIENT_LIMBO)
        map_remove(s, b, block);
    if (r->prev != BLOCK_NONE)
        block_of(b, r->prev)->next = r->next;
    else
        c->blocks = r->next;
    if (r->next != BLOCK_NONE)
        block_of(b, r->next)->prev = r->prev;
    r->state = BLOCK_LEAVING;
    return 1u << r->order;
}
