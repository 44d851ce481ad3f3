/* SPDX-License-Identifier: GPL-2.0-or-later */
/* invent.c - see invent.h. */
#include "invent.h"

#include "judge.h"

#define ROOM 6u /* slots offered for capabilities, if any */

static uint64_t state;
static cap_t arena;

cap_t invent_arena(cap_t untyped)
{
    if (untyped)
        arena = untyped;
    return arena;
}

void invent_seed(uint64_t seed)
{
    state = seed * 0x9e3779b97f4a7c15u + 1;
}

static unsigned chance(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % n;
}

/* A table that a story has, by its slot in the root; 0 is the root. */
static unsigned some_table(void)
{
    for (unsigned i = 0; i < 4; i++) {
        cap_t at = STAGE_FREE + chance(STAGE_END - STAGE_FREE);
        const struct entry *e = judge_entry(at);

        if (e && e->type == OBJ_CAPTABLE)
            return at;
    }
    return 0;
}

static cap_t some_slot(void)
{
    unsigned table = chance(3) ? 0 : some_table();

    if (chance(100) == 0)
        return table ? CAP(table, 120 + chance(16)) : CAP(0, 500 + chance(100) + 12);
    return table ? CAP(table, chance(24)) : STAGE_FREE + chance(STAGE_END - STAGE_FREE);
}

static cap_t some_empty(void)
{
    cap_t at = some_slot();

    for (unsigned i = 0; i < 20 && judge_entry(at); i++)
        at = some_slot();
    return at;
}

/* Where ROOM empty slots begin, or at least one. */
static cap_t some_room(void)
{
    cap_t at = some_empty();

    for (unsigned tries = 0, n = 0; tries < 20 && n < ROOM; tries++) {
        at = some_empty();
        for (n = 0; n < ROOM && !judge_entry(at + n); n++)
            ;
    }
    return at;
}

/* A capability of that type, if chance finds one; OBJ_NULL: of any. */
static cap_t some(unsigned type)
{
    cap_t at = some_slot();

    if (type == OBJ_SPACE && chance(2))
        return STAGE_SPACE;
    for (unsigned i = 0; i < 60; i++, at = some_slot()) {
        const struct entry *e = judge_entry(at);

        if (e && (type == OBJ_NULL || e->type == type))
            break;
    }
    return at;
}

/* Where up to `most` neighbours begin that may travel, or at least one. */
static cap_t some_run(unsigned most, unsigned *count)
{
    cap_t at = some(OBJ_NULL);

    for (unsigned tries = 0; tries < 40; tries++, at = some(OBJ_FRAME)) {
        for (*count = 0; *count < most; ++*count) {
            const struct entry *e = judge_entry(at + *count);

            if (!e || !(e->rights & RIGHT_GRANT) || e->type == OBJ_UNTYPED)
                break;
        }
        if (*count > 1)
            break;
    }
    return at;
}

static uint64_t some_page(void)
{
    static const uint64_t base[] = {0x40000000, 0x40200000, 0x80000000};

    if (chance(200) == 0)
        return (1ul << 38) - 0x1000 + chance(2) * 0x1000;
    return base[chance(3)] + (chance(3) ? chance(6) * 0x1000 : 0);
}

static unsigned some_rights(void)
{
    return chance(3) ? 0xff : chance(256);
}

static unsigned some_count(void)
{
    return chance(40) == 0 ? chance(600) : chance(4) ? 1 : 1 + chance(8);
}

static void words(struct step *s, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    s->word[0] = a;
    s->word[1] = b;
    s->word[2] = c;
    s->word[3] = d;
}

static void invent_retype(struct step *s)
{
    static const uint8_t likely[] = {OBJ_FRAME,    OBJ_FRAME,     OBJ_FRAME, OBJ_UNTYPED,
                                     OBJ_CAPTABLE, OBJ_PAGETABLE, OBJ_SPACE, OBJ_ENDPOINT,
                                     OBJ_THREAD,   OBJ_PAGETABLE, OBJ_REPLY, OBJ_NOTIFICATION};
    unsigned type = chance(50) ? likely[chance(sizeof(likely))] : chance(OBJ_COUNT + 2);
    unsigned bits = 12 + (type == OBJ_FRAME || type == OBJ_CAPTABLE ? chance(3) : chance(6));

    if (type == OBJ_UNTYPED && chance(3) == 0)
        bits = 6 + chance(12);
    if (type == OBJ_CAPTABLE)
        bits = 12 + (chance(8) == 0);
    s->op = OP_UNTYPED_RETYPE;
    s->object = chance(3) ? arena : some(OBJ_UNTYPED);
    words(s, type, bits, some_empty(), type == OBJ_FRAME ? some_count() : 1 + chance(2));
}

static void invent_derive(struct step *s)
{
    bool part = chance(4) == 0;

    s->op = OP_CAP_DERIVE;
    s->object = some(part || chance(3) == 0 ? OBJ_FRAME : OBJ_NULL);
    words(s, some_empty(), some_rights(), chance(3) ? 0 : chance(100), part ? chance(4) : 0);
    if (chance(20) == 0) /* bits that are no rights */
        s->word[1] |= (uint64_t)chance(1u << 24) << 8;
    s->word[4] = part ? 12 + chance(2) : 0;
    s->word[5] = some_count();
}

static void invent_map(struct step *s)
{
    static const unsigned flags[] = {0,        0,           0,         MAP_COPY,
                                     MAP_COPY, MAP_REPLACE, MAP_CLEAR, MAP_COPY | MAP_REPLACE};
    unsigned rights = chance(3) ? 3 : chance(8);

    s->op = OP_SPACE_MAP;
    s->object = some(OBJ_SPACE);
    words(s, some(chance(3) ? OBJ_FRAME : OBJ_PAGETABLE),
          MAP_WHERE(some_page(), chance(3) ? 1 : 1 + chance(4), rights, flags[chance(8)]),
          some_empty(), chance(2));
    if (!(s->word[1] & MAP_COPY)) /* one item only */
        s->word[2] = s->word[3] = 0;
}

static void invent_space(struct step *s)
{
    s->object = some(OBJ_SPACE);
    words(s, some_page(), chance(20) ? 1 + chance(8) : chance(600), chance(3) ? 1 : chance(20), 0);
    switch (chance(4)) {
    case 0:
        s->op = OP_SPACE_UNMAP;
        break;
    case 1:
        s->op = OP_SPACE_PROTECT;
        break;
    case 2:
        s->op = OP_SPACE_HARVEST;
        s->word[2] = chance(4) << 6;
        break;
    default:
        s->kind = STEP_TOUCH;
        s->op = 1u << chance(3);
    }
}

/* One binding or some, mostly to what has the type; now and then more than there are words for. */
static void invent_bind(struct step *s)
{
    unsigned b = chance(BIND_COUNT + 1), n = 0;

    s->op = OP_THREAD_BIND;
    s->object = some(OBJ_THREAD);
    while (n < STORY_WORDS && b < BIND_COUNT) {
        s->word[0] |= BINDING(b);
        s->word[++n] = chance(4) ? some(chance(4) ? judge_binding_type(b) : OBJ_NULL) : 0;
        b += 1 + chance(6);
    }
    if (b == BIND_COUNT)
        s->word[0] |= chance(1u << (BIND_COUNT + 1));
}

static void invent_cap(struct step *s)
{
    switch (chance(7)) {
    case 0:
        s->op = OP_CAP_MOVE;
        s->object = some(OBJ_NULL);
        words(s, some_empty(), some_count(), 0, 0);
        break;
    case 1:
        s->op = chance(3) ? OP_FRAME_HOLD : OP_FRAME_RELEASE;
        s->object = chance(3) ? some(OBJ_FRAME) : some(OBJ_NULL);
        words(s, chance(9) ? 1 : some_count(), 0, 0, 0);
        break;
    case 2:
        s->op = OP_FRAME_RELEASE;
        s->object = some(OBJ_FRAME);
        words(s, some_count(), 0, 0, 0);
        break;
    case 3:
        s->op = OP_FRAME_HARVEST;
        s->object = some(OBJ_FRAME);
        words(s, 1, chance(4) << 6, 0, 0);
        break;
    case 4:
        invent_bind(s);
        break;
    case 5:
        s->op = OP_CAP_REVOKE;
        s->object = chance(150) ? some(OBJ_NULL) : arena;
        break;
    default:
        s->op = OP_CAP_DELETE;
        s->object = some(OBJ_NULL);
        words(s, some_count(), 0, 0, 0);
    }
}

/* An info word: mostly plain. */
static unsigned some_info(bool replies)
{
    unsigned info = INFO_RECV(chance(3) ? 0 : chance(9));

    if (chance(3) == 0)
        info |= INFO_SEND(chance(4)) | INFO_MODE(chance(3)) | INFO_RIGHTS(some_rights());
    if (replies && chance(2))
        info = (info & ~INFO_SEND(0x7f)) | INFO_MAPS;
    if (chance(3) == 0)
        info |= INFO_DEADLINE;
    if (chance(200) == 0)
        info ^= 1u << chance(19);
    return info & ~INFO_LEASES(3);
}

/* Words: endpoint or Reply, info, send run, receive run, two of the message; the operation has a
 * deadline in ms above the system call's number; odd objects try the fast path. */
static void invent_ipc(struct step *s)
{
    static const unsigned numbers[] = {SYS_CALL, SYS_RECV,   SYS_REPLY_RECV, SYS_REPLY,
                                       SYS_WAIT, SYS_SIGNAL, SYS_REPLY_RECV, SYS_CALL};
    unsigned number = numbers[chance(8)];
    bool replies = number == SYS_REPLY || number == SYS_REPLY_RECV;
    unsigned count;

    s->kind = STEP_IPC;
    s->object = chance(8);
    s->op = number | (1 + chance(6)) << 8;
    words(s, replies ? (chance(3) ? PLAYERS : chance(PLAYERS)) : chance(3) == 0,
          chance(2) ? 0 : some_info(replies), some(OBJ_NULL), some_empty());
    s->word[4] = chance(1000);
    if (chance(2)) {
        s->word[2] = some_run(2 + chance(8), &count);
        s->word[3] = some_room();
        s->word[1] =
            INFO_SEND(count) | INFO_RECV(ROOM) | INFO_MODE(chance(3)) | INFO_RIGHTS(some_rights());
    }
    if (s->word[1] & INFO_MAPS) {
        s->word[4] = some(chance(3) ? OBJ_FRAME : OBJ_PAGETABLE);
        s->word[5] = MAP_WHERE(some_page(), chance(3) ? 1 : 1 + chance(20),
                               chance(3) ? 3 : chance(8), chance(3) ? 0 : chance(8) << 9);
    }
}

/* Time passes, somebody faults, dies, or binds another Reply. */
static void invent_life(struct step *s)
{
    static const uint8_t deadly[] = {PLAYERS, PLAYERS, 2};

    switch (chance(8)) {
    case 0:
        s->kind = STEP_DIE;
        s->object = chance(3);
        s->op = chance(deadly[s->object]);
        break;
    case 1:
        s->kind = STEP_BIND;
        s->op = chance(PLAYERS);
        break;
    case 2:
    case 3:
        s->kind = STEP_TIME;
        s->word[0] = chance(3000000);
        break;
    default:
        s->kind = STEP_TOUCH;
        s->object = STAGE_SPACE;
        s->op = 1u << chance(3);
        s->word[0] = some_page();
    }
}

void invent(struct step *s, bool pending)
{
    unsigned what = chance(80);

    s->kind = STEP_INVOKE;
    if (pending && chance(10))
        s->kind = chance(3) ? STEP_GO_ON : STEP_YIELD;
    else if (what < 4)
        s->kind = STEP_YIELD;
    else if (what < 6) {
        s->kind = STEP_INTERRUPTS;
        s->word[0] = chance(4) ? 1 + chance(3) : 0;
    } else if (what < 16)
        invent_retype(s);
    else if (what < 26)
        invent_derive(s);
    else if (what < 38)
        invent_map(s);
    else if (what < 48)
        invent_space(s);
    else if (what < 58)
        invent_cap(s);
    else if (what < 61)
        invent_life(s);
    else
        invent_ipc(s);
}
