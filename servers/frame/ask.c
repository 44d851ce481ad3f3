/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ask.c - ask, wait, take, tell.
 *
 * Memory that is wanted back (pressure.c says how much) is shared out by the balance policy and
 * asked for; so is what a bank has above its high limit, or needs below its max. After ROUND_NS
 * what has not come back is taken, if somebody keeps it, and if still more is wanted the next
 * round begins. What comes back counts wherever it comes from; there are no acknowledgements.
 * When more is wanted before a round ends, only that is shared out: who gave is not asked for what
 * another one owes, and who gives nothing gains no time.
 *
 * How long an answer takes depends on the machine. Who gave something in a round, or says that it
 * has turned to what was asked, is not taken from at its end, unless it still owes after LATE_MOST
 * of them. Who did neither in SILENT_MOST rounds in a row is deaf: as long as there is something to
 * be taken from it, that is not waited for, and others are not asked. Else they would give their
 * shares at once, and it a round later, in each round.
 *
 *   an allocation finds nothing      the client waits in a queue; a round begins
 *   pages came back                  those in the queue that could have some are told, and leave it
 *   one waits for kernel objects     rounds of compacting (compact.c) until there is memory for it
 *   a round brought nothing          whose program stands still has waited in vain; after PATIENCE
 *                                    of these in a row we are stuck, and tell level 2 (oom). While
 *                                    pages are on their way to a disk, after PATIENCE_WRITING
 *
 * No round runs without need: nothing is wanted, nobody waits, no deadline.
 *
 * A1  a client is in the queue exactly if it waits, and then it watches
 * A2  a target is at most what the bank has of class page and pool above its min
 */
#include "frames.h"
#include "rt.h"

#define ROUND_NS         2000000ull /* long enough for who is asked to answer by giving */
#define PATIENCE         4u         /* rounds */
#define PATIENCE_WRITING 1000u      /* two seconds: a disk is that slow, not dead */
#define ASKED_MAX        256u       /* sessions asked in one round: the others in the next */
#define LIMIT_STEP       16u        /* pages asked of a bank that needs some below its max */
#define TAKE_STEP        64u        /* pages taken in a row, before others are served */
#define SILENT_MOST      4u         /* rounds in a row without an answer, */
#define LATE_MOST        8u         /* and with one that is not enough */

void ask_begin(struct frames *f, const struct balance *policy)
{
    f->asking = (struct asking){.policy = policy, .first = CLIENT_NONE, .last = CLIENT_NONE};
    f->compacting.last = CHUNK_NONE;
    f->keeper = CLIENT_NONE;
}

uint64_t ask_deadline(const struct frames *f)
{
    return f->asking.deadline;
}

static void round_begin(struct frames *f)
{
    f->asking.deadline = now_ns() + ROUND_NS;
    f->asking.longer = false;
    f->asking.seen = f->status->gives + f->status->taken;
}

void ask_forget(struct frames *f, unsigned client)
{
    if (f->keeper == client) {
        f->keeper = CLIENT_NONE;
        f->room = 0;
    }
    f->clients.client[client].target = 0;
    queue_leave(f, client);
    queue_objects_end(f);
}

/* ---- asking ---- */

/* Pages of class page and pool of the session's bank, without the banks below, above its min. */
static uint32_t spare_of(const struct frames *f, const struct client *who)
{
    const struct bank *k = &f->banks.bank[who->bank];
    uint32_t has = k->used[FRAME_PAGE] + k->used[FRAME_POOL];
    uint32_t above = k->total > k->min ? k->total - k->min : 0;

    for (unsigned i = k->child; i != BANK_NONE; i = f->banks.bank[i].sibling)
        has -= f->banks.bank[i].used[FRAME_PAGE] + f->banks.bank[i].used[FRAME_POOL];
    return has < above ? has : above;
}

static void facts_of(const struct frames *f, unsigned client, struct balance_bank *b)
{
    const struct client *who = &f->clients.client[client];
    const struct bank *k = &f->banks.bank[who->bank];
    uint32_t above = k->total > k->low ? k->total - k->low : 0;
    struct frame_stall stall;

    *b = (struct balance_bank){.spare = spare_of(f, who), .level = who->level, .adjust = k->adjust};
    b->excess = b->spare < above ? b->spare : above;
    session_stall(f, client, &stall);
    b->stalls = stall.swapin + stall.refault + stall.memory - who->stalls;
}

/* What the bank's own limits ask of it. */
static uint32_t due_of(const struct frames *f, const struct client *who)
{
    const struct bank *k = &f->banks.bank[who->bank];
    uint32_t above = k->high != 0 && k->total > k->high ? k->total - k->high : 0;

    return who->waits == ERR_LIMIT && above < LIMIT_STEP ? LIMIT_STEP : above;
}

/* For so many pages, with those that it owes already. */
static void ask(struct frames *f, unsigned client, uint32_t pages)
{
    struct client *who = &f->clients.client[client];
    struct frame_stall stall;

    session_stall(f, client, &stall);
    who->stalls = stall.swapin + stall.refault + stall.memory;
    f->status->asked += pages > who->target ? pages - who->target : 0;
    who->target = pages;
    session_asked(f, client, pages, f->asking.deadline);
    if (pages > 0)
        session_signal(f, client);
}

static bool askable(const struct frames *f, const struct client *who)
{
    if (!who->live || who->bank == BANK_ROOT || !bank_live(&f->banks, who->bank))
        return false;
    /* who cannot be told is taken from all the same, if it may be */
    return (who->watching || who->level > LEVEL_SERVER) && (spare_of(f, who) > 0 || who->asked > 0);
}

static bool deaf(const struct frames *f, const struct client *who)
{
    return who->silent >= SILENT_MOST && who->level > LEVEL_SERVER && f->room > 0;
}

static bool answers(const struct frames *f, unsigned client)
{
    const struct client *who = &f->clients.client[client];
    struct frame_stall stall;

    if (who->gave)
        return true;
    session_stall(f, client, &stall);
    return who->asked > 0 && stall.heard == who->deadline;
}

/* The round is over. True: the client is taken from now. */
static bool overdue(struct frames *f, unsigned client)
{
    struct client *who = &f->clients.client[client];

    if (answers(f, client)) {
        who->silent = 0;
        return ++who->late > LATE_MOST;
    }
    who->silent += who->silent < SILENT_MOST;
    return true;
}

/* A new round: nobody owes anything. */
static void targets_end(struct frames *f)
{
    for (unsigned i = 0; i < f->clients.end; i++) {
        struct client *who = &f->clients.client[i];

        if (who->silent > 0 && answers(f, i)) /* behind what was taken from it */
            who->silent = 0;
        if (who->target == 0 || who->late > LATE_MOST)
            who->late = 0;
        who->gave = false;
        who->target = 0;
    }
}

static uint32_t owed(const struct frames *f)
{
    uint32_t pages = 0;

    for (unsigned i = 0; i < f->clients.end; i++)
        pages += f->clients.client[i].live ? f->clients.client[i].target : 0;
    return pages;
}

/* Pages that will be free without anybody being asked: taken and not collected yet, or, as servers
 * tell, on their way to a disk. Of a keeper that tells nothing, all that it has collected. */
static uint32_t under_way(const struct frames *f)
{
    uint32_t pages = f->clients.taken_count;

    for (unsigned i = 0; i < f->clients.end; i++) {
        const struct client *who = &f->clients.client[i];
        struct frame_stall stall;

        if (!who->live || who->level > LEVEL_SERVER)
            continue;
        session_stall(f, i, &stall);
        pages += i == f->keeper && !who->stall ? who->guests : stall.leaving;
    }
    return pages;
}

/* Of those that are deaf, or those that are not: `wanted` pages by the policy's shares, and what
 * their own limits ask of them. How many they owe more than before. */
static uint32_t ask_those(struct frames *f, bool of_the_deaf, uint32_t wanted)
{
    static struct balance_bank facts[ASKED_MAX];
    static uint32_t share[ASKED_MAX];
    static uint16_t asked[ASKED_MAX];
    uint32_t more = 0;
    unsigned n = 0;

    for (unsigned i = 0; i < f->clients.end && n < ASKED_MAX; i++) {
        const struct client *who = &f->clients.client[i];

        if (deaf(f, who) != of_the_deaf || !askable(f, who))
            continue;
        facts_of(f, i, &facts[n]);
        share[n] = 0;
        asked[n++] = (uint16_t)i;
    }
    if (wanted > 0 && n > 0)
        f->asking.policy->shares(facts, n, wanted, share);
    for (unsigned i = 0; i < n; i++) {
        const struct client *who = &f->clients.client[asked[i]];
        uint32_t due = due_of(f, who), had = who->target, want = had + share[i];

        if (want < due)
            want = due;
        if (want > facts[i].spare)
            want = facts[i].spare;
        if (want > had || want != who->asked)
            ask(f, asked[i], want);
        more += want > had ? want - had : 0;
    }
    return more;
}

/* Pages that are wanted back beyond those that come anyhow. */
static uint32_t missing(const struct frames *f)
{
    uint32_t coming = under_way(f), wanted = f->status->pressure;

    return wanted > coming ? wanted - coming : 0;
}

void ask_banks(struct frames *f)
{
    uint32_t had, wanted, owes;

    if (f->asking.deadline == 0) {
        targets_end(f);
        round_begin(f);
    }
    had = owed(f);
    wanted = missing(f);
    wanted = wanted > had ? wanted - had : 0;
    owes = ask_those(f, true, wanted);
    if (owes > 0)
        f->asking.deadline = now_ns();
    ask_those(f, false, wanted > owes ? wanted - owes : 0);
}

void ask_limits(struct frames *f, unsigned bank)
{
    const struct bank *k = &f->banks.bank[bank];

    if (k->high != 0 && k->total > k->high && f->asking.deadline == 0)
        ask_banks(f);
}

void ask_served(struct frames *f, unsigned client, unsigned what)
{
    const struct client *who = &f->clients.client[client];

    /* what it waits for beside it is not there yet */
    if (who->waits != 0 && (who->objects == ASK_FRAMES) == (what == ASK_FRAMES))
        queue_leave(f, client);
    if (what != ASK_FRAMES)
        queue_objects_end(f);
    ask_limits(f, who->bank);
}

void ask_returned(struct frames *f, struct client *who, uint32_t pages)
{
    uint32_t counts = pages < who->target ? pages : who->target;

    who->gave |= pages > 0;
    who->target -= counts;
    f->status->returned += counts;
}

enum err ask_refused(struct frames *f, unsigned client, unsigned bank, unsigned what, enum err e)
{
    struct client *who = &f->clients.client[client];

    f->status->refused++;
    /* who is refused at another's expense passes that on, and that other one comes back */
    if (who->watching && who->waits == 0 && bank_live(&f->banks, bank) &&
        (e == ERR_NO_MEMORY || bank == who->bank))
        queue_add(f, client, e);
    /* the last one counts: it was the least, or is what is needed now */
    who->objects = (uint8_t)what;
    if (e == ERR_NO_MEMORY)
        pressure_signal(f, client);
    if (f->asking.deadline == 0)
        ask_banks(f);
    return e;
}

/* ---- the end of a round ---- */

/* The pressure is gone: nothing is wanted but what the banks' own limits ask for. */
static void relax(struct frames *f)
{
    for (unsigned i = 0; i < f->clients.end && f->status->pressure == 0; i++) {
        struct client *who = &f->clients.client[i];
        uint32_t due = who->live && who->asked > 0 ? due_of(f, who) : who->asked;

        if (who->asked <= due)
            continue;
        who->target = who->target < due ? who->target : due;
        session_asked(f, i, due, f->asking.deadline);
    }
}

/* What is owed is taken as far as it is missing still: where a disk is late, who was asked could
 * not give, and the disk would only have more to write. True: it had to stop before that was taken.
 */
static bool take(struct frames *f)
{
    uint32_t left = TAKE_STEP, before = f->status->taken, wanted = missing(f);

    for (unsigned i = 0; i < f->clients.end && left > 0 && f->room > 0; i++) {
        struct client *who = &f->clients.client[i];
        uint32_t want = who->target, got;

        if (!who->live || want == 0 || who->level <= LEVEL_SERVER || !overdue(f, i))
            continue;
        if (want > wanted + due_of(f, who))
            want = wanted + due_of(f, who);
        if (want > left)
            want = left;
        if (want == 0)
            continue;
        got = take_oldest(f, i, want);
        wanted -= got < wanted ? got : wanted;
        who->target = got < want ? 0 : who->target - got; /* no more is to be had of it */
        who->silent = got == 0 ? 0 : who->silent;         /* and others have to give */
        left -= got;
        session_signal(f, i);
    }
    if (f->status->taken > before && f->keeper != CLIENT_NONE)
        session_signal(f, f->keeper);
    return left == 0 && f->room > 0;
}

/* Is a thread of a program held up by it? Those that show no stall page are believed. */
static bool stalled(const struct frames *f, unsigned client)
{
    struct frame_stall stall;

    if (f->clients.client[client].level <= LEVEL_SERVER)
        return false;
    session_stall(f, client, &stall);
    return !f->clients.client[client].stall || stall.parked > 0;
}

/* Has anybody in the queue waited in vain for too long? One that is at its own limit is helped by
 * its own bank only. */
static bool hopeless(struct frames *f, bool progress, bool objects)
{
    unsigned patience = under_way(f) > 0 ? PATIENCE_WRITING : PATIENCE;
    bool any = false;

    for (unsigned i = f->asking.first; i != CLIENT_NONE; i = f->clients.client[i].waits_next) {
        struct client *who = &f->clients.client[i];
        bool comes = who->objects == ASK_FRAMES ? progress : objects;
        bool moves = (comes && who->waits != ERR_LIMIT) || !stalled(f, i);

        who->hopeless = moves ? 0 : who->hopeless + 1;
        any |= who->hopeless >= patience;
    }
    return any;
}

static void tell_stuck(struct frames *f)
{
    f->status->stuck++;
    for (unsigned i = 0; i < f->clients.end; i++)
        if (f->clients.client[i].live && f->clients.client[i].level <= LEVEL_KEEPER)
            session_signal(f, i);
    for (unsigned i = f->asking.first; i != CLIENT_NONE; i = f->clients.client[i].waits_next)
        f->clients.client[i].hopeless = 0;
}

static bool wanted(const struct frames *f, bool progress)
{
    bool any = f->status->pressure > 0;

    for (unsigned i = 0; i < f->clients.end && !any; i++)
        any = f->clients.client[i].live && f->clients.client[i].target > 0;
    return f->asking.first != CLIENT_NONE || (progress && any);
}

/* Are we late ourselves? Then those who were asked had as little time: they get as much again. */
static bool longer(struct frames *f)
{
    uint64_t now = now_ns();

    if (f->asking.longer || now < f->asking.deadline + ROUND_NS / 4)
        return false;
    f->asking.longer = true;
    f->asking.deadline = now + ROUND_NS;
    return true;
}

void ask_late(struct frames *f)
{
    bool progress, objects;

    reclaim_limbo(f);
    if (longer(f))
        return;
    f->asking.deadline = 0;
    relax(f);
    if (take(f)) {
        f->asking.deadline = now_ns(); /* at once, behind those who call meanwhile */
        pressure_update(f);
        return;
    }
    objects = queue_objects_go_on(f);
    pressure_update(f);
    progress = f->status->gives + f->status->taken != f->asking.seen || f->status->dying > 0;
    if (hopeless(f, progress, objects))
        tell_stuck(f);
    if (f->asking.deadline == 0 && wanted(f, progress))
        ask_banks(f);
}
