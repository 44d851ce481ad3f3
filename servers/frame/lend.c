/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lend.c - blocks into a client's slots.
 *
 * An answer carries one run of neighbouring slots. Pages taken together mostly are neighbours:
 * then the client's capabilities are derived straight from the blocks'. Else they are derived
 * into the stage first and moved from there, which keeps them children of the blocks'.
 * Either way a client has a child, and the block's own capability never leaves the server.
 * The kernel delivers into the slots that are offered and empty, and tells the caller how many
 * those were, not us: what did not arrive is charged all the same, and given back by its name.
 */
#include "frames.h"
#include "protocol.h"
#include "rt.h"
#include "sys.h"

#define FRAME_RIGHTS     (RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE | RIGHT_GRANT)
#define OBJECTS_BITS_MAX 20u

void pieces_add(const struct buddy *b, struct pieces *p, struct run run)
{
    struct run *last = p->runs > 0 ? &p->run[p->runs - 1] : NULL;

    p->caps += run.count;
    if (last != NULL && last->first + last->count == run.first &&
        block_chunk(b, last->first) == block_chunk(b, run.first))
        last->count += run.count;
    else
        p->run[p->runs++] = run;
}

static void take_pages(struct frames *f, unsigned count, bool cleared, struct pieces *p)
{
    while (p->caps < count) {
        unsigned want = count - p->caps;
        struct run run = cleared ? magazine_take(&f->magazine, &f->buddy, want)
                                 : buddy_take_run(&f->buddy, want);

        if (run.count == 0 && f->magazine.run.count > 0) {
            magazine_empty(&f->magazine, &f->buddy); /* clean pages will do as well */
            continue;
        }
        if (run.count == 0)
            break;
        pieces_add(&f->buddy, p, run);
    }
}

/* One block. It may be the magazine's pages that keep it from being whole. */
static void take_block(struct frames *f, enum chunk_use use, unsigned order, bool cleared,
                       struct pieces *p)
{
    block_t block = buddy_take(&f->buddy, use, order);

    if (block == BLOCK_NONE && f->magazine.run.count > 0) {
        magazine_empty(&f->magazine, &f->buddy);
        block = buddy_take(&f->buddy, use, order);
    }
    if (block == BLOCK_NONE)
        return;
    if (cleared && frame_clear_run(block_cap(&f->buddy, block, order), 1) != ERR_OK)
        die("lend: a block could not be cleared");
    pieces_add(&f->buddy, p, (struct run){.first = block, .count = 1});
}

static enum err stage(const struct frames *f, const struct pieces *p, unsigned rights)
{
    unsigned staged = 0;

    for (unsigned i = 0; i < p->runs; i++) {
        enum err e = cap_derive_run(block_cap(&f->buddy, p->run[i].first, 0), f->stage + staged,
                                    rights, p->run[i].count, NULL);

        if (e != ERR_OK)
            return e;
        staged += p->run[i].count;
    }
    return ERR_OK;
}

void lend_deliver(const struct frames *f, const struct pieces *p, unsigned order, unsigned rights,
                  struct call *c)
{
    enum err e;

    c->rights = (uint8_t)rights;
    c->send_count = (uint8_t)p->caps;
    if (p->runs == 1) {
        c->send = block_cap(&f->buddy, p->run[0].first, order);
        c->mode = TRANSFER_DERIVE;
        return;
    }
    c->send = f->stage;
    c->mode = TRANSFER_MOVE;
    e = stage(f, p, rights);
    if (e == ERR_NOT_EMPTY) {
        /* left there: an earlier caller's slots were occupied, or fewer than it asked for */
        cap_delete(f->stage, RUN_MAX);
        e = stage(f, p, rights);
    }
    if (e != ERR_OK)
        die("lend: capabilities could not be staged: %s", err_text(e));
}

/* Whose blocks will stand where, and who pays. */
struct place {
    unsigned client, bank;
    cap_t slot;
    unsigned what; /* ASK_FRAMES, ASK_OBJECTS */
};

/* The pieces, blocks of `order`, become the client's. */
static void hold(struct frames *f, const struct place *to, const struct pieces *p, unsigned order,
                 unsigned class)
{
    cap_t slot = to->slot;

    bank_charge(&f->banks, to->bank, class, p->caps << order);
    for (unsigned i = 0; i < p->runs; i++)
        for (unsigned j = 0; j < p->run[i].count; j++)
            client_hold(&f->clients, &f->buddy, to->client, p->run[i].first + j, slot++, class,
                        to->bank);
}

enum err lend_slots_check(const struct frames *f, unsigned client, cap_t first, unsigned count)
{
    if (first == CAP_NULL || CAP_SLOT(first) + count > 0x10000u)
        return ERR_BAD_ARG;
    for (unsigned i = 0; i < count; i++)
        if (client_block(&f->clients, &f->buddy, client, first + i) != BLOCK_NONE)
            return ERR_NOT_EMPTY;
    return ERR_OK;
}

/* How many blocks of 2^order pages the client may have now, up to `count`. */
static enum err allowance(struct frames *f, const struct place *to, unsigned order, uint32_t *count)
{
    const struct client *who = &f->clients.client[to->client];
    uint32_t room = bank_room(&f->banks, to->bank, *count << order) >> order;

    if (room == 0)
        return ask_refused(f, to->client, to->bank, to->what, ERR_LIMIT);
    *count = pressure_spare(f, who->level, room << order) >> order;
    return *count > 0 ? ERR_OK : ask_refused(f, to->client, to->bank, to->what, ERR_NO_MEMORY);
}

static enum err request_check(const struct frame_alloc_req *q)
{
    unsigned class = q->class & ~FRAME_CLEARED;

    if (q->order > ORDER_MAX || q->count < 1 || q->count > RUN_MAX || class >= BANK_CLASSES)
        return ERR_BAD_ARG;
    return q->order > 0 && q->count > 1 ? ERR_BAD_ARG : ERR_OK;
}

/* The checks that both kinds share; *count becomes what there is room for. */
static enum err admit(struct frames *f, const struct place *to, unsigned order, uint32_t *count)
{
    enum err e = lend_slots_check(f, to->client, to->slot, *count);

    if (e != ERR_OK)
        return e;
    reclaim_limbo(f);
    return allowance(f, to, order, count);
}

/* The bank that pays: the client's own, or the one that a trusted client names. */
static enum err payer(const struct frames *f, const struct client *who, uint32_t named,
                      unsigned *bank)
{
    *bank = who->bank;
    if (named == 0)
        return ERR_OK;
    if (who->level > LEVEL_TRUSTED)
        return ERR_REFUSED;
    *bank = bank_find(&f->banks, named, CLIENT_NONE);
    return *bank != BANK_NONE && bank_live(&f->banks, *bank) ? ERR_OK : ERR_BAD_HANDLE;
}

unsigned lend_rights(const struct frames *f, unsigned client)
{
    return FRAME_RIGHTS | (f->clients.client[client].may & FRAME_MAY_DMA ? RIGHT_DMA : 0);
}

enum err lend_frames(struct frames *f, unsigned client, const struct frame_alloc_req *q,
                     struct call *c, uint32_t *got)
{
    const struct client *who = &f->clients.client[client];
    struct place to = {.client = client, .slot = q->first};
    bool cleared = (q->class & FRAME_CLEARED) || !(who->may & FRAME_MAY_DIRTY);
    uint32_t count = q->count;
    struct pieces p;
    enum err e = request_check(q);

    if (e == ERR_OK)
        e = payer(f, who, q->bank, &to.bank);
    if (e == ERR_OK)
        e = admit(f, &to, q->order, &count);
    if (e != ERR_OK)
        return e;
    pieces_begin(&p);
    if (q->order == 0)
        take_pages(f, count, cleared, &p);
    else
        take_block(f, CHUNK_FRAMES, q->order, cleared, &p);
    if (p.caps == 0)
        return ask_refused(f, client, to.bank, ASK_FRAMES, ERR_NO_MEMORY);
    hold(f, &to, &p, q->order, q->class & ~FRAME_CLEARED);
    lend_deliver(f, &p, q->order, lend_rights(f, client), c);
    f->status->allocs += p.caps << q->order;
    ask_served(f, client, ASK_FRAMES);
    *got = p.caps;
    return ERR_OK;
}

enum err lend_objects(struct frames *f, unsigned client, const struct frame_objects_req *q,
                      struct call *c)
{
    unsigned order = q->log2_size - PAGE_BITS;
    struct place to = {client, f->clients.client[client].bank, q->slot, ASK_OBJECTS(order)};
    uint32_t count = 1;
    struct pieces p;
    enum err e;

    if (q->log2_size < PAGE_BITS || q->log2_size > OBJECTS_BITS_MAX)
        return ERR_BAD_ARG;
    e = admit(f, &to, order, &count);
    if (e != ERR_OK)
        return e;
    pieces_begin(&p);
    take_block(f, CHUNK_OBJECTS, order, false, &p);
    if (p.caps == 0 && compact_begin(f, order))
        take_block(f, CHUNK_OBJECTS, order, false, &p);
    if (p.caps == 0)
        return ask_refused(f, client, to.bank, to.what, ERR_NO_MEMORY);
    hold(f, &to, &p, order, FRAME_FIXED);
    lend_deliver(f, &p, order, RIGHT_ALL, c);
    f->status->object_pages += 1u << order;
    f->status->allocs += 1u << order;
    ask_served(f, client, to.what);
    return ERR_OK;
}

uint32_t lend_reclass(struct frames *f, unsigned client, cap_t first, unsigned count,
                      unsigned class)
{
    uint32_t changed = 0;

    for (unsigned i = 0; i < count; i++) {
        block_t block = client_block(&f->clients, &f->buddy, client, first + i);
        struct block *r;

        if (block == BLOCK_NONE || block_chunk(&f->buddy, block)->use != CHUNK_FRAMES)
            continue;
        r = block_of(&f->buddy, block);
        if (r->state != BLOCK_USED)
            continue;
        bank_release(&f->banks, r->bank, r->class, 1u << r->order);
        bank_charge(&f->banks, r->bank, class, 1u << r->order);
        r->class = class;
        changed++;
    }
    return changed;
}
