/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * service.c - the frame protocol's handlers: who asks, may it, and is the question sound.
 *
 * Capabilities that arrive where none belong are deleted, so the offered run is empty at each
 * receive.
 */
#include "service.h"

#define MAKER_LEVEL 4u /* the highest that may make banks and walk the memory */

static struct frames *frames;
static struct server *server;

static unsigned who(const struct call *c)
{
    return client_find(&frames->clients, c->badge);
}

static unsigned level_of(unsigned client)
{
    return frames->clients.client[client].level;
}

static enum err frame_on_alloc(struct call *c, const struct frame_alloc_req *q,
                               struct frame_alloc_reply *r)
{
    return lend_frames(frames, who(c), q, c, &r->got);
}

static enum err frame_on_objects(struct call *c, const struct frame_objects_req *q,
                                 struct frame_objects_reply *r)
{
    (void)r;
    return lend_objects(frames, who(c), q, c);
}

/* A run of 1..64 slots of one table. */
static bool run_sound(cap_t first, uint32_t count)
{
    return count >= 1 && count <= RUN_MAX && CAP_SLOT(first) + count <= 0x10000u;
}

static enum err frame_on_give(struct call *c, const struct frame_give_req *q,
                              struct frame_give_reply *r)
{
    if (!run_sound(q->first, q->count))
        return ERR_BAD_ARG;
    r->taken = reclaim_slots(frames, who(c), q->first, q->count);
    return r->taken > 0 ? ERR_OK : ERR_BAD_HANDLE;
}

static enum err frame_on_reclass(struct call *c, const struct frame_reclass_req *q,
                                 struct frame_reclass_reply *r)
{
    if (!run_sound(q->first, q->count) || q->class >= BANK_CLASSES)
        return ERR_BAD_ARG;
    r->changed = lend_reclass(frames, who(c), q->first, q->count, q->class);
    return r->changed > 0 ? ERR_OK : ERR_BAD_HANDLE;
}

static enum err frame_on_bank(struct call *c, const struct frame_bank_req *q,
                              struct frame_bank_reply *r)
{
    unsigned maker = who(c), bank, client;
    enum err e;

    if (level_of(maker) > MAKER_LEVEL)
        return ERR_REFUSED;
    e = tenancy_make(frames, maker, q, &bank, &client);
    if (e != ERR_OK)
        return e;
    r->bank = bank_handle(&frames->banks, bank);
    c->send = frames->sessions + client;
    c->send_count = 1;
    c->mode = TRANSFER_DERIVE;
    c->rights = RIGHT_ALL;
    return ERR_OK;
}

static enum err frame_on_destroy(struct call *c, const struct frame_destroy_req *q,
                                 struct frame_destroy_reply *r)
{
    unsigned bank = bank_find(&frames->banks, q->bank, who(c));

    if (bank == BANK_NONE)
        return ERR_BAD_HANDLE;
    return tenancy_end(frames, bank, &r->pages);
}

static enum err frame_on_usage(struct call *c, const struct frame_usage_req *q,
                               struct frame_usage_reply *r)
{
    unsigned client = who(c);
    unsigned bank = q->bank == 0 ? frames->clients.client[client].bank
                                 : bank_find(&frames->banks, q->bank, client);
    const struct bank *k;

    if (bank == BANK_NONE)
        return ERR_BAD_HANDLE;
    k = &frames->banks.bank[bank];
    *r = (struct frame_usage_reply){.used = k->total,
                                    .peak = k->peak,
                                    .max_pages = k->max,
                                    .fixed = k->used[FRAME_FIXED],
                                    .locked = k->used[FRAME_LOCKED],
                                    .page = k->used[FRAME_PAGE]};
    return ERR_OK;
}

static enum err frame_on_status(struct call *c, const struct frame_status_req *q,
                                struct frame_status_reply *r)
{
    (void)q;
    (void)r;
    c->send = frames->status_frame;
    c->send_count = 1;
    c->mode = TRANSFER_DERIVE;
    c->rights = RIGHT_READ | RIGHT_GRANT;
    return ERR_OK;
}

static enum err frame_on_walk(struct call *c, const struct frame_walk_req *q,
                              struct frame_walk_reply *r)
{
    (void)q;
    if (level_of(who(c)) > MAKER_LEVEL)
        return ERR_REFUSED;
    walk_memory(frames, r);
    return ERR_OK;
}

static enum err frame_on_watch(struct call *c, const struct frame_watch_req *q,
                               struct frame_watch_reply *r)
{
    unsigned client = who(c);
    cap_t slot = frames->sessions + frames->clients.count + client;
    struct cap_facts facts;

    (void)q;
    (void)r;
    if (c->caps > 1)
        return ERR_BAD_ARG;
    if (c->caps == 1 &&
        (cap_inspect(server->offered, &facts) != ERR_OK || facts.type != OBJ_NOTIFICATION))
        return ERR_WRONG_TYPE;
    if (c->caps == 1 && !(facts.rights & RIGHT_WRITE))
        return ERR_NO_RIGHT;
    cap_delete(slot, 1);
    frames->clients.client[client].watching =
        c->caps == 1 && cap_move(server->offered, slot, 1) == ERR_OK;
    return ERR_OK;
}

/* Nobody is asked or taken from yet: these come with it. */
#define LATER(op)                                                                                  \
    static enum err frame_on_##op(struct call *c, const struct frame_##op##_req *q,                \
                                  struct frame_##op##_reply *r)                                    \
    {                                                                                              \
        (void)c;                                                                                   \
        (void)q;                                                                                   \
        (void)r;                                                                                   \
        return ERR_REFUSED;                                                                        \
    }
LATER(limits)
LATER(collect)
LATER(pass)
LATER(room)
LATER(kill)
LATER(banks)

PROTOCOL_SERVER(frame, frame_OPS)

static enum err serve_call(struct server *s, struct call *c)
{
    uint32_t op = (uint32_t)c->word[0];
    enum err e;

    (void)s;
    if (c->kind != KIND_CALL || who(c) == CLIENT_NONE)
        e = ERR_REFUSED;
    else if (c->caps > 0 && op != PROTOCOL_OP(PROTOCOL_frame, frame_OP_watch))
        e = ERR_BAD_ARG;
    else
        e = frame_dispatch(c);
    if (c->caps > 0)
        cap_delete(server->offered, c->caps);
    if (op < PROTOCOL_OP(PROTOCOL_frame, frame_OP_COUNT) && op >= PROTOCOL_OP(PROTOCOL_frame, 0))
        frames->status->messages[op & 0xffffu]++;
    pressure_update(frames);
    return e;
}

void service_init(struct server *s, struct frames *f)
{
    frames = f;
    server = s;
    s->call = serve_call;
}
