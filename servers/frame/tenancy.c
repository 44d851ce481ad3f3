/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tenancy.c - banks with their sessions, from the first to the last.
 *
 * The session of a client that has a bank by frame.bank stands in the table of sessions and its
 * holder's is derived from it, so deleting it closes the session wherever it went. The sessions
 * of init's clients are init's, and never end.
 */
#include "frames.h"
#include "rt.h"
#include "start.h"
#include "sys.h"

#define SESSION_LEVEL 5u    /* whoever has a bank from a server is a supervisor, or less */
#define STEPS         2u    /* times RECLAIM_MAX blocks come back in one call */
#define SWEEP         8192u /* records of blocks looked at in one call */

enum err tenancy_admit(struct frames *f, const struct frame_client *who)
{
    unsigned bank;

    if (who->badge < 1 || who->badge > FRAME_BADGE_MAX || who->badge >= f->clients.count)
        return ERR_BAD_ARG;
    if (f->clients.client[who->badge].live)
        return ERR_EXISTS;
    bank = bank_make(&f->banks, BANK_ROOT, who->max_pages, who->label, CLIENT_LIMBO);
    if (bank == BANK_NONE)
        return ERR_LIMIT;
    client_make(&f->clients, &f->banks, who->badge, bank, who->level, who->may);
    return ERR_OK;
}

enum err tenancy_make(struct frames *f, unsigned maker, const struct frame_bank_req *q,
                      unsigned *bank, unsigned *client)
{
    unsigned parent = f->clients.client[maker].bank;
    enum err e;

    if (!bank_live(&f->banks, parent))
        return ERR_REFUSED;
    *bank = bank_make(&f->banks, parent, q->max_pages, q->label, maker);
    if (*bank == BANK_NONE)
        return ERR_LIMIT;
    *client = client_make(&f->clients, &f->banks, CLIENT_NONE, *bank, SESSION_LEVEL, 0);
    if (*client == CLIENT_NONE) {
        bank_end(&f->banks, *bank);
        return ERR_LIMIT;
    }
    e = cap_derive(SLOT_ENDPOINT, f->sessions + *client, RIGHT_WRITE | RIGHT_GRANT,
                   (word_t)client_badge(&f->clients, *client));
    if (e != ERR_OK)
        die("tenancy: a session could not be made: %s", err_text(e));
    return ERR_OK;
}

static void close_session(struct frames *f, unsigned client)
{
    ask_forget(f, client);
    session_close(f, client);
    client_end(&f->clients, &f->banks, client);
}

/* What others hold at the dying bank's expense is charged to the one above, so many records at a
 * time. True: there is nothing left. */
static bool charges_pass(struct frames *f, unsigned bank)
{
    struct bank *k = &f->banks.bank[bank];
    block_t end = f->buddy.chunks << f->buddy.order, stop = k->swept + SWEEP;

    for (; k->total > 0 && k->swept < end && k->swept < stop; k->swept++) {
        struct block *r = block_of(&f->buddy, k->swept);
        uint32_t pages = 1u << r->order;

        if ((r->state != BLOCK_USED && r->state != BLOCK_TAKEN) || r->bank != bank)
            continue;
        k->used[r->class] -= pages;
        k->total -= pages;
        client_charge(&f->clients, &f->buddy, k->swept, k->parent);
    }
    return k->total == 0;
}

/* Empties the bank and those below, which end. False: there is more to do. */
static bool bank_empty(struct frames *f, unsigned bank, uint32_t *pages)
{
    unsigned budget = STEPS;

    *pages = 0;
    for (;;) {
        unsigned low = bank_lowest(&f->banks, bank);
        unsigned client = f->banks.bank[low].clients;

        if (client == CLIENT_NONE && !charges_pass(f, low))
            return false;
        if (client == CLIENT_NONE && low == bank)
            return true;
        if (client == CLIENT_NONE)
            bank_end(&f->banks, low);
        else if (client_empty(&f->clients.client[client]))
            close_session(f, client);
        else if (budget-- == 0)
            return false;
        else
            *pages += reclaim_blocks(f, client, RECLAIM_MAX);
    }
}

bool tenancy_of_server(const struct frames *f, unsigned bank)
{
    const struct bank *k = &f->banks.bank[bank];

    for (unsigned i = k->clients; i != CLIENT_NONE; i = f->clients.client[i].next)
        if (f->clients.client[i].level <= LEVEL_SERVER)
            return true;
    for (unsigned i = k->child; i != BANK_NONE; i = f->banks.bank[i].sibling)
        if (tenancy_of_server(f, i))
            return true;
    return false;
}

static enum err bank_go_on(struct frames *f, unsigned bank, uint32_t *pages)
{
    struct bank *k = &f->banks.bank[bank];

    bank_condemn(&f->banks, bank);
    if (!bank_empty(f, bank, pages))
        return ERR_PENDING;
    f->status->dying -= k->killed && !k->empty;
    k->empty = true;
    return ERR_OK;
}

enum err tenancy_end(struct frames *f, unsigned bank, uint32_t *pages)
{
    enum err e = bank_go_on(f, bank, pages);

    if (e == ERR_OK)
        bank_end(&f->banks, bank);
    return e;
}

enum err tenancy_kill(struct frames *f, unsigned bank, uint32_t *pages)
{
    struct bank *k = &f->banks.bank[bank];

    if (k->killed)
        return bank_go_on(f, bank, pages);
    k->killed = true;
    f->status->killed++;
    f->status->dying++;
    bank_condemn(&f->banks, bank);
    session_ended(f, k->maker, bank_handle(&f->banks, bank));
    return ERR_PENDING; /* its maker stops its threads first */
}
