/* SPDX-License-Identifier: GPL-2.0-or-later */
/* events.c - what the server is told, and what is done after each. */
#include "events.h"

#include "disk.h"
#include "orphan.h"
#include "reach.h"
#include "reserve.h"
#include "rt.h"
#include "service.h"
#include "status.h"
#include "store.h"
#include "supply.h"

/* What an event has begun, or made possible, goes on. */
static void settle(void)
{
    orphans_collect();
    write_continue();
    disks_kick();
    sessions_tell();
    cache_trim();
    if (supply_spare() > SUPPLY_BATCH) { /* else it would be refused, and told of that, and ... */
        reserve_fill();
        reach_grow();
    }
    status->slots = places_all();
    status->slots_free = places_free();
    status->pages = pages_used();
}

enum err event_call(struct server *server, struct call *c)
{
    uint32_t op = (uint32_t)c->word[0], number = op & 0xffffu;
    enum err e = ERR_BAD_OP;

    (void)server;
    if (op >> 16 == PROTOCOL_swap && number < swap_OP_COUNT) {
        status->messages[number]++;
        e = service_swap(c);
    } else if (op >> 16 == PROTOCOL_object && number < object_OP_COUNT) {
        status->object_messages[number]++;
        e = service_object(c);
    }
    /* capabilities that nobody took from the offered slot are not wanted */
    if (c->caps > 0)
        cap_delete(swap_server.offered, swap_server.offered_count);
    settle();
    return e;
}

bool event_refused(struct server *server, struct call *c, enum err e, unsigned done)
{
    (void)server, (void)done;
    return e == ERR_NO_CAP && c->kind == KIND_CALL && c->mode == TRANSFER_MOVE;
}

/* Those that the frame server names. It names them again until they have come. */
static void give_wanted(void)
{
    cap_t slot[RUN_MAX];
    unsigned n = supply_wanted(slot, RUN_MAX);
    bool all = true;

    for (unsigned i = 0; i < n; i++)
        all &= cache_leave(slot[i]);
    if (!all)
        write_all();
}

void event_notified(struct server *server, word_t bits)
{
    (void)server;
    disks_interrupt(bits);
    if (bits & BIT_PRESSURE) {
        reclaim_begin();
        give_wanted();
        cache_evict(supply_pressure());
        reclaim_end();
    }
    settle();
}
