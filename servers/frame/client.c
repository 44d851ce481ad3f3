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
                          .taken = BLOCK_LIST_EMPTY,
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
    *c = (struct client){.list = {BLOCK_LIST_EMPTY, BLOCK_LIST_EMPTY},
                         .generation = at == CLIENT_NONE ? c->generation + 1 : 0,
                         .bank = (uint16_t)bank,
                         .next = banks->bank[bank].clients,
                         .waits_next = CLIENT_NONE,
                         .level = (uint8_t)level,
                         .may = (uint8_t)may,
                         .live = true};
    banks->bank[bank].clients = (uint16_t)client;
    if (client >= s->end)
        s->end = client + 1;
    return client;
}

void client_end(struct clients *s, struct banks *banks, unsigned client)
{
    uint16_t *link = &banks->bank[s->client[client].bank].clients;

    while (*link != client)
        link = &s->client[*link].next;
    *link = s->client[client].next;
    s->client[client].live = false;
    s->client[client].next = s->unused;
    s->unused = (uint16_t)client;
    while (s->end > 0 && !s->client[s->end - 1].live)
        s->end--;
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

/* ---- lists ---- */

static void list_add(struct buddy *b, struct block_list *l, block_t block)
{
    struct block *r = block_of(b, block);

    r->next = l->newest;
    r->prev = BLOCK_NONE;
    if (l->newest != BLOCK_NONE)
        block_of(b, l->newest)->prev = block;
    else
        l->oldest = block;
    l->newest = block;
}

static void list_remove(struct buddy *b, struct block_list *l, block_t block)
{
    const struct block *r = block_of(b, block);

    if (r->prev != BLOCK_NONE)
        block_of(b, r->prev)->next = r->next;
    else
        l->newest = r->next;
    if (r->next != BLOCK_NONE)
        block_of(b, r->next)->prev = r->prev;
    else
        l->oldest = r->prev;
}

static struct block_list *list_of(struct clients *s, const struct buddy *b, block_t block)
{
    const struct block *r = block_of(b, block);

    if (r->state == BLOCK_TAKEN)
        return &s->taken;
    return &s->client[r->client].list[block_chunk(b, block)->use];
}

static void guest(struct clients *s, const struct block *r, bool comes)
{
    struct client *who = &s->client[r->client];
    uint32_t pages = 1u << r->order;

    if (r->bank != who->bank)
        who->guests += comes ? pages : -pages;
}

void client_charge(struct clients *s, struct buddy *b, block_t block, unsigned bank)
{
    struct block *r = block_of(b, block);

    guest(s, r, false);
    r->bank = (uint16_t)bank;
    guest(s, r, true);
}

void client_hold(struct clients *s, struct buddy *b, unsigned client, block_t block, cap_t slot,
                 unsigned class, unsigned bank)
{
    struct block *r = block_of(b, block);

    r->state = BLOCK_USED;
    r->client = (uint16_t)client;
    r->bank = (uint16_t)bank;
    r->slot = slot;
    r->class = class;
    guest(s, r, true);
    list_add(b, list_of(s, b, block), block);
    if (client != CLIENT_LIMBO)
        map_enter(s, b, block);
}

void client_lose(struct clients *s, struct buddy *b, block_t block)
{
    struct block *r = block_of(b, block);

    list_remove(b, list_of(s, b, block), block);
    r->state = BLOCK_TAKEN;
    list_add(b, &s->taken, block);
    s->taken_count++;
    s->client[r->client].kept++;
}

unsigned client_drop(struct clients *s, struct buddy *b, block_t block)
{
    struct block *r = block_of(b, block);

    if (r->client != CLIENT_LIMBO)
        map_remove(s, b, block);
    list_remove(b, list_of(s, b, block), block);
    guest(s, r, false);
    if (r->state == BLOCK_TAKEN) {
        s->taken_count--;
        s->client[r->client].kept--;
    }
    r->state = BLOCK_LEAVING;
    return 1u << r->order;
}

void client_move(struct clients *s, struct buddy *b, block_t from, block_t to)
{
    const struct block was = *block_of(b, from);

    client_drop(s, b, from);
    client_hold(s, b, was.client, to, was.slot, was.class, was.bank);
    client_lose(s, b, to);
}

bool client_empty(const struct client *c)
{
    return c->kept == 0 && c->list[CHUNK_FRAMES].newest == BLOCK_NONE &&
           c->list[CHUNK_OBJECTS].newest == BLOCK_NONE;
}
