/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.c - what a session is told and tells: its bit, its session page, its stall page.
 *
 * The pages are the session's own memory, of which it has shown us a capability; they are written
 * and read through that, never mapped here. Who gave the page away, or never showed one, is told
 * less: every error is ignored.
 */
#include "frames.h"
#include "sys.h"

#include <stddef.h>

/* Four runs of slots, as many as there are clients: session, notification, page, stall page. */
static cap_t slot_of(const struct frames *f, unsigned client, unsigned which)
{
    return f->sessions + which * f->clients.count + client;
}

static enum err check(cap_t cap, unsigned type, unsigned right)
{
    struct cap_facts facts;

    if (cap_inspect(cap, &facts) != ERR_OK || facts.type != type)
        return ERR_WRONG_TYPE;
    return facts.rights & right ? ERR_OK : ERR_NO_RIGHT;
}

enum err session_watch(struct frames *f, unsigned client, cap_t first, unsigned count)
{
    static const struct {
        unsigned type, right;
    } want[] = {{OBJ_NOTIFICATION, RIGHT_WRITE}, {OBJ_FRAME, RIGHT_WRITE}, {OBJ_FRAME, RIGHT_READ}};
    struct client *who = &f->clients.client[client];
    enum err e = count <= SESSION_SHOWN ? ERR_OK : ERR_BAD_ARG;

    for (unsigned i = 0; e == ERR_OK && i < count; i++)
        e = check(first + i, want[i].type, want[i].right);
    if (e != ERR_OK)
        return e;
    for (unsigned i = 0; i < SESSION_SHOWN; i++)
        cap_delete(slot_of(f, client, 1 + i), 1);
    for (unsigned i = 0; i < count; i++)
        if (cap_move(first + i, slot_of(f, client, 1 + i), 1) != ERR_OK)
            return ERR_WRONG_TYPE;
    who->watching = count >= 1;
    who->page = count >= 2;
    who->stall = count >= 3;
    session_asked(f, client, who->target, 0);
    return ERR_OK;
}

void session_close(struct frames *f, unsigned client)
{
    for (unsigned i = 0; i <= SESSION_SHOWN; i++)
        cap_delete(slot_of(f, client, i), 1);
}

void session_signal(const struct frames *f, unsigned client)
{
    if (f->clients.client[client].watching)
        sys_signal(slot_of(f, client, 1)); /* gone with its maker? no matter */
}

static void tell(const struct frames *f, unsigned client, size_t at, const void *what, size_t bytes)
{
    if (f->clients.client[client].page)
        frame_write(slot_of(f, client, 2), (unsigned)at, what, (unsigned)bytes);
}

static void tell_number(const struct frames *f, unsigned client, size_t at, uint32_t number)
{
    tell(f, client, at, &number, sizeof(number));
}

void session_asked(struct frames *f, unsigned client, uint32_t target, uint64_t deadline)
{
    f->clients.client[client].asked = target;
    f->clients.client[client].deadline = deadline;
    tell(f, client, offsetof(struct frame_session, deadline), &deadline, sizeof(deadline));
    tell_number(f, client, offsetof(struct frame_session, target), target);
}

void session_waits(const struct frames *f, unsigned client)
{
    tell_number(f, client, offsetof(struct frame_session, waiting),
                f->clients.client[client].waits != 0);
}

void session_taken(struct frames *f, unsigned client, cap_t slot)
{
    struct client *who = &f->clients.client[client];
    uint32_t at = who->taken++ % FRAME_SLOTS_TOLD;

    tell_number(f, client, offsetof(struct frame_session, slot) + at * sizeof(slot), slot);
    tell_number(f, client, offsetof(struct frame_session, taken), who->taken);
}

void session_wanted(const struct frames *f, unsigned client, const cap_t *slot, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        tell_number(f, client, offsetof(struct frame_session, wanted) + i * sizeof(uint32_t),
                    slot[i]);
    tell_number(f, client, offsetof(struct frame_session, wanted_count), count);
}

void session_collected(const struct frames *f, unsigned client, const struct frame_name *name,
                       unsigned count)
{
    tell(f, client, offsetof(struct frame_session, collected), name, count * sizeof(*name));
}

void session_ended(struct frames *f, unsigned client, uint32_t bank)
{
    struct client *who = &f->clients.client[client];
    uint32_t at = who->ended++ % FRAME_ENDED_TOLD;

    tell_number(f, client, offsetof(struct frame_session, ended_bank) + at * sizeof(bank), bank);
    tell_number(f, client, offsetof(struct frame_session, ended), who->ended);
    session_signal(f, client);
}

void session_stall(const struct frames *f, unsigned client, struct frame_stall *to)
{
    *to = (struct frame_stall){.parked = 0};
    if (f->clients.client[client].stall)
        frame_read(slot_of(f, client, 3), 0, to, sizeof(*to));
}
