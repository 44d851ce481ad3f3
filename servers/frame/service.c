/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * service.c - the frame protocol's handlers: who asks, may it, and is the question sound.
 *
 * Capabilities that arrive where none belong are deleted, so the offered run is empty at each
 * receive.
 */
#include "service.h"

#define ADJUST_MAX 1000
#define ROWS_MAX   32u

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
    r->taken = reclaim_slots(frames, who(c), q);
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

    if (level_of(maker) > LEVEL_SERVER)
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
    if (k->killed)
        return ERR_DYING;
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
    if (level_of(who(c)) > LEVEL_SERVER)
        return ERR_REFUSED;
    walk_memory(frames, r);
    return ERR_OK;
}

static enum err frame_on_watch(struct call *c, const struct frame_watch_req *q,
                               struct frame_watch_reply *r)
{
    (void)q;
    (void)r;
    return session_watch(frames, who(c), server->offered, c->caps);
}

/* Is a <= b, as far as both are set? */
static bool ordered(uint32_t a, uint32_t b)
{
    return a == 0 || b == 0 || a <= b;
}

static enum err frame_on_limits(struct call *c, const struct frame_limits_req *q,
                                struct frame_limits_reply *r)
{
    unsigned bank = bank_find(&frames->banks, q->bank, who(c));
    struct bank *k;

    (void)r;
    if (bank == BANK_NONE || !bank_live(&frames->banks, bank))
        return ERR_BAD_HANDLE;
    if (!ordered(q->min, q->low) || !ordered(q->min, q->high) || !ordered(q->min, q->max) ||
        !ordered(q->low, q->high) || !ordered(q->low, q->max) || !ordered(q->high, q->max) ||
        q->adjust < -ADJUST_MAX || q->adjust > ADJUST_MAX)
        return ERR_BAD_ARG;
    k = &frames->banks.bank[bank];
    k->max = q->max;
    k->high = q->high;
    k->low = q->low;
    k->min = q->min;
    k->adjust = q->adjust;
    if (q->label != 0)
        k->label = q->label;
    ask_limits(frames, bank);
    return ERR_OK;
}

static enum err frame_on_collect(struct call *c, const struct frame_collect_req *q,
                                 struct frame_collect_reply *r)
{
    unsigned client = who(c);
    enum err e;

    if (level_of(client) > LEVEL_KEEPER)
        return ERR_REFUSED;
    if (q->count < 1 || q->count > RUN_MAX || (q->bank != 0 && !run_sound(q->first, q->count)))
        return ERR_BAD_ARG;
    e = lend_slots_check(frames, client, q->to, q->count);
    if (e == ERR_OK)
        e = q->bank != 0 ? take_named(frames, client, q, c, &r->got)
                         : take_kept(frames, client, q, c, &r->got);
    r->left = frames->clients.taken_count;
    return e;
}

static enum err frame_on_pass(struct call *c, const struct frame_pass_req *q,
                              struct frame_pass_reply *r)
{
    unsigned client = who(c);

    if (level_of(client) > LEVEL_TRUSTED)
        return ERR_REFUSED;
    if (!run_sound(q->first, q->count))
        return ERR_BAD_ARG;
    return take_pass(frames, client, q, c, &r->passed);
}

static enum err frame_on_reach(struct call *c, const struct frame_reach_req *q,
                               struct frame_reach_reply *r)
{
    unsigned client = who(c);

    if (level_of(client) > LEVEL_KEEPER)
        return ERR_REFUSED;
    if (!run_sound(q->first, q->count))
        return ERR_BAD_ARG;
    return take_reach(frames, client, q, c, &r->got);
}

static enum err frame_on_room(struct call *c, const struct frame_room_req *q,
                              struct frame_room_reply *r)
{
    unsigned client = who(c);
    uint32_t left = frames->clients.taken_count;

    if (level_of(client) > LEVEL_KEEPER)
        return ERR_REFUSED;
    frames->keeper = (uint16_t)client;
    frames->room = q->pages > left ? q->pages - left : 0;
    r->left = left;
    return ERR_OK;
}

static enum err frame_on_kill(struct call *c, const struct frame_kill_req *q,
                              struct frame_kill_reply *r)
{
    unsigned bank = bank_find(&frames->banks, q->bank, CLIENT_NONE);

    if (level_of(who(c)) > LEVEL_KEEPER)
        return ERR_REFUSED;
    if (bank == BANK_NONE)
        return ERR_BAD_HANDLE;
    if (tenancy_of_server(frames, bank))
        return ERR_REFUSED;
    return tenancy_kill(frames, bank, &r->pages);
}

static enum err frame_on_banks(struct call *c, const struct frame_banks_req *q,
                               struct frame_banks_reply *r)
{
    static struct frame_bank_row row[ROWS_MAX];
    size_t done;
    enum err e;

    if (level_of(who(c)) > LEVEL_SERVER)
        return ERR_REFUSED;
    if (q->count < 1 || q->count > ROWS_MAX)
        return ERR_BAD_ARG;
    r->rows = table_rows(frames, q->from, row, q->count, &r->next);
    e = call_write_lease(server, 0, 0, row, r->rows * sizeof(row[0]), &done);
    if (e != ERR_OK)
        *r = (struct frame_banks_reply){0};
    return e;
}

PROTOCOL_SERVER(frame, frame_OPS)

static enum err serve_call(struct server *s, struct call *c)
{
    uint32_t op = (uint32_t)c->word[0];
    enum err e;

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
    s->deadline = ask_deadline(frames);
    return e;
}

static void on_late(struct server *s)
{
    ask_late(frames);
    s->deadline = ask_deadline(frames);
}

void service_init(struct server *s, struct frames *f)
{
    frames = f;
    server = s;
    s->call = serve_call;
    s->late = on_late;
}
