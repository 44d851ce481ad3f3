/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hostile.c - requests by chance: words, capabilities, slots and lent memory. */
#include "hostile.h"

#include "start.h"

#include <string.h>

#define SENT    2u /* capabilities at most */
#define OFFERED RUN_MAX
#define ROUNDS  4u /* of each operation */

static char memory[16384]; /* lent */
static cap_t offered, sent;
static cap_t kind[3]; /* what is sent is derived from one of them */

/* ---- chance ---- */

static uint64_t state = 20;

static uint32_t chance(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 20) % below;
}

uint32_t answered[REMEMBERED];

static uint32_t some_number(void)
{
    switch (chance(12)) {
    case 0:
        return 0;
    case 1:
        return 1;
    case 2:
        return ~0u;
    case 3:
        return 1u << chance(32);
    case 4:
        return (1u << chance(32)) - 1;
    case 5:
        return chance(64);
    case 6:
        return (uint32_t)state;
    default:
        return answered[chance(REMEMBERED)];
    }
}

/* Names, such as there are and such as there are not. */
static void some_text(void)
{
    static const char *const words[] = {"/", "hello", "dir", "a", ".", "..", "loop", "//", "new"};

    for (unsigned i = 0; i < sizeof(memory) - 8;) {
        const char *word = words[chance(9)];

        memcpy(memory + i, word, strlen(word) + 1);
        i += strlen(word) + (chance(8) == 0);
    }
}

static struct lease some_lease(void)
{
    static const uintptr_t nowhere[] = {0, 1, 4095, ~(uintptr_t)0, (uintptr_t)1 << 30};
    struct lease l = {.space = SLOT_SPACE, .rights = RIGHT_READ | RIGHT_WRITE};

    l.address = chance(4) ? (uintptr_t)memory : nowhere[chance(5)];
    l.bytes = chance(4) ? sizeof(memory) : some_number();
    if (chance(4) == 0)
        l.rights = chance(4);
    return l;
}

/* ---- what is sent ---- */

static void offer_and_send(struct passing *p)
{
    p->recv = offered;
    p->recv_count = (uint8_t)(chance(2) ? chance(OFFERED + 1) : 0);
    if (chance(8) == 0) /* one of them is taken */
        cap_derive(kind[1], offered + chance(4), RIGHT_READ, 0);
    if (chance(3) != 0)
        return;
    p->send = sent;
    p->send_count = (uint8_t)(1 + chance(SENT));
    p->mode = chance(2) ? TRANSFER_MOVE : TRANSFER_DERIVE;
    p->rights = RIGHT_ALL;
    for (unsigned i = 0; i < p->send_count; i++)
        cap_derive(kind[chance(3)], sent + i, chance(4) ? RIGHT_ALL : chance(64), 0);
}

static void sweep(void)
{
    cap_delete(sent, SENT); /* empty slots are passed over */
    cap_delete(offered, OFFERED);
}

static void ask(cap_t session, uint32_t op)
{
    uint32_t words[PROTOCOL_BYTES / 4], reply[PROTOCOL_BYTES / 4];
    struct passing p = {0};

    words[0] = chance(2) ? answered[chance(REMEMBERED)] : some_number();
    for (unsigned i = 1; i < PROTOCOL_BYTES / 4; i++)
        words[i] = some_number();
    p.leases = (uint8_t)chance(3);
    for (unsigned i = 0; i < p.leases; i++)
        p.lease[i] = some_lease();
    offer_and_send(&p);
    for (unsigned again = 1 + (chance(8) == 0); again > 0; again--) {
        enum err e = protocol_call(session, op, words, sizeof(words), reply, sizeof(reply), &p);

        CHECK(e < ERR_COUNT);
        if (e == ERR_OK)
            answered[chance(REMEMBERED)] = reply[chance(2)];
    }
    sweep();
}

void hostile_begin(cap_t page, cap_t endpoint)
{
    kind[0] = SLOT_NOTIFICATION;
    kind[1] = page;
    kind[2] = endpoint;
    if (offered == CAP_NULL) {
        offered = slots_alloc(OFFERED);
        sent = slots_alloc(SENT);
    }
}

void hostile_everything(cap_t session, uint32_t spared)
{
    for (unsigned protocol = 0; protocol <= PROTOCOL_LIMIT; protocol++)
        for (unsigned op = 0; op <= PROTOCOL_OPS_MAX; op++)
            for (unsigned i = 0; i < ROUNDS && PROTOCOL_OP(protocol, op) != spared; i++)
                ask(session, PROTOCOL_OP(protocol, op));
}

void hostile_deeply(cap_t session, enum protocol_id protocol, unsigned first, unsigned end,
                    unsigned requests)
{
    for (unsigned i = 0; i < requests; i++) {
        if (i % 64 == 0)
            some_text();
        ask(session, PROTOCOL_OP(protocol, first + chance(end - first)));
    }
}
