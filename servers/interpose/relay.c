/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay.c - passes a call on and its answer back.
 *
 * Capabilities are moved through, so that they stand where they would without the
 * interposer. An Untyped cannot move: the client gets a child, and the slot stays taken; so
 * the runs that answers arrive in are not reused, but walk through tables.
 */
#include "relay.h"

#include "rt.h"
#include "start.h"

#define RUN        RUN_MAX
#define TABLE_BITS 15u
#define TARGETS    64u /* sessions: the first is the one init gave */

static cap_t in;           /* run offered with each receive */
static cap_t out, out_end; /* slots not used yet */
static unsigned arrived;   /* in the last answer, at `out`, perhaps not all taken */
static cap_t target[TARGETS];
static unsigned targets;

static void out_grow(void)
{
    cap_t table = object_make(OBJ_CAPTABLE, TABLE_BITS);

    if (table == CAP_NULL)
        die("no memory for capabilities on their way");
    out = CAP(table, 0);
    out_end = out + CAPTABLE_SLOTS(TABLE_BITS);
}

void relay_begin(struct server *s)
{
    in = slots_alloc(RUN);
    s->offered = in;
    s->offered_count = RUN;
    target[targets++] = start_cap("target", NULL);
    if (in == CAP_NULL || target[0] == CAP_NULL)
        die("nobody to stand before");
    out_grow();
}

static bool any_untyped(cap_t first, unsigned count)
{
    struct cap_facts f;

    for (unsigned i = 0; i < count; i++)
        if (cap_inspect(first + i, &f) == ERR_OK && f.type == OBJ_UNTYPED)
            return true;
    return false;
}

/* What the client lent is lent on, through the Reply that holds its call. */
static unsigned lend_on(const struct server *s)
{
    word_t word[MESSAGE_WORDS] = {0};
    unsigned leases = 0;

    if (sys_invoke(s->reply, OP_REPLY_STATE, word) != ERR_OK)
        return 0;
    for (unsigned i = 0; i < LEASE_MAX && word[1 + i] != 0; i++)
        sys_buffer()->lease[leases++] =
            (struct lease){.space = s->reply,
                           .rights = RIGHT_READ | RIGHT_WRITE | LEASE_NUMBER(i),
                           .bytes = word[1 + i]};
    return leases;
}

/* The client's slots may have been fewer than what arrived; an Untyped's slot is taken. */
static void out_clean(void)
{
    if (any_untyped(out, arrived))
        out += arrived;
    else if (arrived > 0)
        cap_delete(out, arrived);
    arrived = 0;
    if (out_end - out < RUN)
        out_grow();
}

/* The session at `slot` is kept; one of the interposer's own takes its place. */
static void session_wrap(cap_t slot)
{
    cap_t kept = slots_alloc(1);

    if (targets == TARGETS || kept == CAP_NULL)
        die("too many sessions");
    if (cap_move(slot, kept, 1) != ERR_OK)
        return;
    target[targets++] = kept;
    cap_derive(SLOT_ENDPOINT, slot, RIGHT_WRITE | RIGHT_GRANT, targets);
}

static void sessions_wrap(void)
{
    struct cap_facts f;

    for (unsigned i = 0; i < arrived; i++)
        if (cap_inspect(out + i, &f) == ERR_OK && f.type == OBJ_ENDPOINT)
            session_wrap(out + i);
}

void relay(struct server *s, struct call *c, unsigned times)
{
    word_t word[MESSAGE_WORDS];
    struct answer a = {.err = ERR_BAD_HANDLE};

    if (c->badge == 0 || c->badge > targets) {
        c->word[0] = ERR_BAD_HANDLE;
        return;
    }
    for (; times > 0; times--) {
        bool keep = times > 1 || any_untyped(in, c->caps);
        uint32_t info = INFO_SEND(c->caps) | INFO_RECV(RUN) | INFO_RIGHTS(RIGHT_ALL) |
                        INFO_MODE(keep ? TRANSFER_DERIVE : TRANSFER_MOVE);

        out_clean();
        memcpy(word, c->word, sizeof(word));
        a = sys_call(target[c->badge - 1], info | INFO_LEASES(lend_on(s)), in, out, word);
        arrived = KIND_CAPS(a.kind);
    }
    if (a.err != ERR_OK)
        word[0] = a.err;
    memcpy(c->word, word, sizeof(word));
    cap_delete(in, RUN); /* what the target's slots did not take */
    sessions_wrap();
    c->send = out;
    c->send_count = (uint8_t)arrived;
    c->mode = any_untyped(out, arrived) ? TRANSFER_DERIVE : TRANSFER_MOVE;
}
