/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deaths.c - banks that were killed for want of memory: our session page counts them. */
#include "deaths.h"

#include "frame.h"
#include "rt.h"
#include "start.h"

#define SHOWN 2u /* capabilities: the notification, the page */

static const volatile struct frame_session *session;
static uint32_t seen;

static enum err show(cap_t page, word_t bits)
{
    struct frame_watch_req q = {0};
    struct frame_watch_reply r;
    struct passing p = {.send = slots_alloc(SHOWN), .send_count = SHOWN, .mode = TRANSFER_MOVE};
    enum err e = p.send == CAP_NULL ? ERR_NO_MEMORY : ERR_OK;

    if (e == ERR_OK)
        e = cap_derive(SLOT_NOTIFICATION, p.send, RIGHT_WRITE | RIGHT_GRANT, bits);
    if (e == ERR_OK)
        e = cap_derive(page, p.send + 1, RIGHT_WRITE | RIGHT_GRANT, 0);
    if (e == ERR_OK)
        e = frame_watch(SLOT_MEMORY, &q, &r, &p);
    if (e == ERR_OK)
        slots_free(p.send, SHOWN);
    return e;
}

const char *deaths_watch(word_t bits)
{
    struct window w;
    enum err e = window_memory(&w, 1);

    if (e == ERR_OK)
        e = show(w.frame, bits);
    if (e != ERR_OK)
        return "the frame server cannot be watched";
    session = w.at;
    seen = session->ended;
    return NULL;
}

bool deaths_new(void)
{
    uint32_t ended = session->ended;
    bool any = ended != seen;

    seen = ended;
    return any;
}
