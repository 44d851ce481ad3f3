/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process_file.c - a scripted file server for the tests of the process server: it makes and
 * ends sessions, shows a status page, and refuses all else.
 */
#include "file.h"
#include "rt.h"
#include "serve.h"
#include "start.h"

int main(void);

static cap_t session_cap;
static struct window status;
static uint32_t sessions;

static enum err give(struct call *c, cap_t cap, unsigned rights)
{
    c->send = cap;
    c->send_count = 1;
    c->rights = (uint8_t)rights;
    return ERR_OK;
}

static enum err on_call(struct server *s, struct call *c)
{
    unsigned arrived = c->caps;
    enum err e = ERR_REFUSED;

    switch ((uint32_t)c->word[0]) {
    case PROTOCOL_OP(PROTOCOL_file, file_OP_session):
        c->word[1] = ++sessions;
        e = give(c, session_cap, RIGHT_WRITE | RIGHT_GRANT);
        break;
    case PROTOCOL_OP(PROTOCOL_file, file_OP_status):
        e = give(c, status.frame, RIGHT_READ);
        break;
    case PROTOCOL_OP(PROTOCOL_file, file_OP_end):
        ((struct file_status *)status.at)->hits++; /* so that a test can see it */
        e = ERR_OK;
        break;
    }
    if (arrived > 0)
        cap_delete(s->offered, arrived);
    return e;
}

static void on_notified(struct server *s, word_t bits)
{
    (void)s, (void)bits;
}

int main(void)
{
    static struct server server = {.call = on_call, .notified = on_notified};

    session_cap = slots_alloc(1);
    server.offered = slots_alloc(1);
    server.offered_count = 1;
    if (cap_derive(SLOT_ENDPOINT, session_cap, RIGHT_WRITE | RIGHT_GRANT, 7) != ERR_OK ||
        window_memory(&status, 1) != ERR_OK)
        die("the scripted file server cannot begin");
    serve(&server);
}
