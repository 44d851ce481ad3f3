/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * queue.c - those who were refused memory, in the order in which they came, until they are told
 * that there is some.
 */
#include "frames.h"

void queue_add(struct frames *f, unsigned client, enum err why)
{
    struct asking *a = &f->asking;
    struct client *who = &f->clients.client[client];

    who->waits = (uint8_t)why;
    who->hopeless = 0;
    who->waits_next = CLIENT_NONE;
    if (a->last != CLIENT_NONE)
        f->clients.client[a->last].waits_next = (uint16_t)client;
    else
        a->first = (uint16_t)client;
    a->last = (uint16_t)client;
    f->status->waiting++;
    session_waits(f, client);
}

/* The one behind `before` (CLIENT_NONE: the first) leaves. */
static void queue_remove(struct frames *f, unsigned before)
{
    struct asking *a = &f->asking;
    uint16_t *link = before == CLIENT_NONE ? &a->first : &f->clients.client[before].waits_next;
    struct client *who = &f->clients.client[*link];

    if (a->last == *link)
        a->last = (uint16_t)before;
    *link = who->waits_next;
    who->waits = 0;
    who->waits_next = CLIENT_NONE;
    f->status->waiting--;
}

void queue_leave(struct frames *f, unsigned client)
{
    unsigned before = CLIENT_NONE, at = f->asking.first;

    for (; at != CLIENT_NONE && at != client; at = f->clients.client[at].waits_next)
        before = at;
    if (at == client) {
        queue_remove(f, before);
        session_waits(f, client);
    }
}

static bool could_have(const struct frames *f, const struct client *who)
{
    if (who->objects != ASK_FRAMES && !buddy_has(&f->buddy, CHUNK_OBJECTS, who->objects - 1u))
        return false;
    return bank_room(&f->banks, who->bank, 1) > 0 && pressure_spare(f, who->level, 1) > 0;
}

void queue_wake(struct frames *f)
{
    unsigned before = CLIENT_NONE, at = f->asking.first;

    while (at != CLIENT_NONE) {
        unsigned next = f->clients.client[at].waits_next;

        if (could_have(f, &f->clients.client[at])) {
            queue_remove(f, before);
            session_waits(f, at);
            session_signal(f, at);
        } else {
            before = at;
        }
        at = next;
    }
}

/* ---- those in the queue that wait for kernel objects ---- */

/* The least that one of them would have: ASK_FRAMES: there is none. */
static unsigned objects_least(const struct frames *f)
{
    unsigned least = ASK_FRAMES;

    for (unsigned i = f->asking.first; i != CLIENT_NONE; i = f->clients.client[i].waits_next) {
        unsigned what = f->clients.client[i].objects;

        if (what != ASK_FRAMES && (least == ASK_FRAMES || what < least))
            least = what;
    }
    return least;
}

void queue_objects_end(struct frames *f)
{
    if (objects_least(f) == ASK_FRAMES)
        compact_end(f);
}

bool queue_objects_go_on(struct frames *f)
{
    unsigned least = objects_least(f);

    if (least != ASK_FRAMES && !buddy_has(&f->buddy, CHUNK_OBJECTS, least - 1))
        return compact_step(f, least - 1);
    queue_objects_end(f);
    return true;
}
