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

#define SESSION_LEVEL 5u /* whoever has a bank from a server is a supervisor, or less */
#define STEPS         2u /* times RECLAIM_MAX blocks come back in one call */

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
    cap_delete(f->sessions + client, 1);
    cap_delete(f->sessions + f->clients.count + client, 1);
    client_end(&f->clients, &f->banks, client);
}

enum err tenancy_end(struct frames *f, unsigned bank, uint32_t *pages)
{
    unsigned budget = STEPS;

    *pages = 0;
    bank_kill(&f->banks, bank);
    for (;;) {
        unsigned low = bank_lowest(&f->banks, bank);
        unsigned client = f->banks.bank[low].clients;

        if (client == CLIENT_NONE) {
            bank_end(&f->banks, low);
            if (low == bank)
                return ERR_OK;
        } else if (f->clients.client[client].blocks == BLOCK_NONE) {
            close_session(f, client);
        } else if (budget-- == 0) {
            return ERR_PENDING;
        } else {
            *pages += reclaim_blocks(f, client, RECLAIM_MAX);
        }
    }
}
