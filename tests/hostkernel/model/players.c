/* SPDX-License-Identifier: GPL-2.0-or-later */
/* players.c - see players.h. */
#include "players.h"

#include "ipc.h"
#include "invent.h"
#include "judge_space.h"
#include "machine.h"

#include <string.h>

#define NOBODY PLAYERS
#define LATE   2000000ul /* by so much a deadline may be missed */

struct queue {
    unsigned count, player[PLAYERS];
};

static struct player {
    unsigned state, trap, base, priority;
    unsigned endpoint; /* CALLING: there it waits */
    unsigned reply;    /* bound; NOBODY: none */
    unsigned held;     /* SERVED: in that Reply */
    bool rest;         /* not all of a message has arrived: it is about to take the rest */
    unsigned arrived;  /* capabilities of it so far */
    uint64_t deadline;
    struct said said;
    unsigned cause, access;
    vaddr_t va;
    uint32_t sequence;
    bool fallback;
    bool answered, words; /* in this step, so: */
    unsigned err, kind;
    word_t badge, word[MESSAGE_WORDS];
} player[PLAYERS];

static struct {
    unsigned state, caller;
    unsigned server; /* who receives into it, or takes the rest of a message */
} reply[PLAYERS];
static struct queue senders[2], receivers[2], waiters;
static word_t bits;
static struct thread *const *threads;
static const struct entry *space;

/* ---- queues ---- */

static void push(struct queue *q, unsigned n)
{
    q->player[q->count++] = n;
}

static void drop(struct queue *q, unsigned n)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < q->count; i++) {
        if (q->player[i] != n)
            q->player[kept++] = q->player[i];
    }
    q->count = kept;
}

static unsigned home(unsigned n)
{
    return n < 2;
}

/* ---- states ---- */

static void reply_free(unsigned r)
{
    reply[r].state = REPLY_FREE;
    reply[r].caller = NOBODY;
}

/* The player serves with its bound Reply no longer. */
static void disarm(unsigned n)
{
    unsigned r = player[n].reply;

    if (r == NOBODY || reply[r].server != n)
        return;
    reply[r].server = NOBODY;
    if (reply[r].state == REPLY_ARMED)
        reply[r].state = REPLY_FREE;
}

void players_begin(struct thread *const thread[PLAYERS], const struct entry *in)
{
    threads = thread;
    space = in;
    senders[0].count = senders[1].count = receivers[0].count = receivers[1].count = 0;
    waiters.count = 0;
    bits = 0;
    for (unsigned n = 0; n < PLAYERS; n++) {
        player_born(n);
        reply_free(n);
        reply[n].server = NOBODY;
    }
}

bool player_faults_late(unsigned n)
{
    return n == 2;
}

static void answer(unsigned n, unsigned err, word_t badge, unsigned kind, const word_t *word)
{
    struct player *p = &player[n];

    p->answered = true;
    p->err = err;
    p->badge = badge;
    p->kind = kind;
    p->words = word; /* else they are nobody's business */
    if (word)
        memcpy(p->word, word, sizeof(p->word));
}

/* Out of whatever it waits for. */
static void cancel(unsigned n)
{
    struct player *p = &player[n];

    if (p->state == THREAD_CALLING)
        drop(&senders[p->endpoint], n);
    else if (p->state == THREAD_RECEIVING) {
        drop(&receivers[home(n)], n);
        disarm(n);
    } else if (p->state == THREAD_WAITING)
        drop(&waiters, n);
    else if (p->state == THREAD_SERVED)
        reply_free(p->held);
    p->state = THREAD_STOPPED;
    p->deadline = 0;
}

static void fail(unsigned n, unsigned err)
{
    cancel(n);
    player[n].state = THREAD_READY;
    answer(n, err, 0, KIND_NONE, NULL);
}

/* ---- capabilities ---- */

static unsigned caps_check(const struct said *s, struct found *run)
{
    unsigned count = INFO_GET_SEND(s->info), mode = INFO_GET_MODE(s->info);
    unsigned err;

    if (!count)
        return ERR_OK;
    if (count > RUN_MAX || mode > TRANSFER_GIVE)
        return ERR_BAD_ARG;
    err = found_run(s->send, count, run);
    for (unsigned i = 0; err == ERR_OK && i < count; i++) {
        const struct entry *e = book_at(run->first + i);

        if (!e)
            err = ERR_NO_CAP;
        else if (!(e->rights & RIGHT_GRANT))
            err = ERR_NO_RIGHT;
        else if (mode != TRANSFER_DERIVE && e->type == OBJ_UNTYPED)
            err = ERR_WRONG_TYPE;
    }
    return err;
}

/* What arrives of it, `most` or all, in the slots that were offered, behind `arrived`. */
static unsigned caps_send(const struct said *s, const struct said *to, unsigned arrived,
                          unsigned most)
{
    unsigned count = INFO_GET_SEND(s->info), offered = INFO_GET_RECV(to->info), i = 0;
    struct found from, run;

    offered = offered > arrived ? offered - arrived : 0;
    count = count < offered ? count : offered;
    if (!count || caps_check(s, &from) != ERR_OK ||
        found_run(to->recv + arrived, count, &run) != ERR_OK || found_writable(&run) != ERR_OK)
        return 0;
    while (i < count && i < most &&
           judge_transfer(from.first + i, run.first + i, INFO_GET_MODE(s->info),
                          INFO_GET_RIGHTS(s->info)))
        i++;
    return i;
}

/* ---- messages ---- */

static void fault_words(const struct player *p, word_t *word)
{
    unsigned level = judge_reached(space->obj, p->va), cause = p->cause;

    if (cause == FAULT_NOT_PRESENT && level)
        cause = FAULT_NO_TABLE;
    memset(word, 0, MESSAGE_WORDS * sizeof(*word));
    word[FAULT_CAUSE] = cause | p->access << 8 | (level ? level - 1 : 0) << 16;
    word[FAULT_ADDRESS] = p->va;
    word[FAULT_SEQUENCE] = p->sequence;
}

/* What `from` still sends to `to`, as far as the kernel came: only that knows when it was
 * interrupted. */
static void call_caps(unsigned from, unsigned to)
{
    struct player *f = &player[from], *t = &player[to];
    const struct reply *r = reply_of(machine_slot(STAGE_REPLY + t->reply));
    unsigned n;

    t->rest = r->server == threads[to] && r->state != REPLY_ARMED;
    n = caps_send(&f->said, &t->said, t->arrived, t->rest ? r->arrived - t->arrived : RUN_MAX);
    t->arrived += n;
    if (!t->rest)
        return;
    EXPECT(r->arrived == t->arrived, "%u arrived before the interrupt, not %u", r->arrived,
           t->arrived);
    f->said.info -= INFO_SEND(n);
    f->said.send += n;
}

static void deliver(unsigned from, unsigned to)
{
    struct player *f = &player[from], *t = &player[to];
    word_t word[MESSAGE_WORDS];
    unsigned kind = KIND_CALL;

    t->arrived = 0;
    t->rest = false;
    if (f->trap == TRAP_CALL) {
        memcpy(word, f->said.word, sizeof(word));
        call_caps(from, to);
        kind |= t->arrived << 8;
    } else {
        fault_words(f, word);
        kind = KIND_FAULT;
    }
    reply[t->reply].state = REPLY_HOLDS;
    reply[t->reply].caller = from;
    reply[t->reply].server = t->rest ? to : NOBODY;
    f->state = THREAD_SERVED;
    f->held = t->reply;
    if (t->priority < f->priority)
        t->priority = f->priority;
    answer(to, ERR_OK, f->said.badge, kind, word);
    t->answered = !t->rest;
}

bool player_has_rest(unsigned n)
{
    return player[n].rest;
}

/* The caller may have gone meanwhile, or another answered it. */
void player_takes_rest(unsigned n)
{
    struct player *p = &player[n];
    unsigned r = p->reply;

    p->rest = false;
    if (r == NOBODY || reply[r].server != n) {
        answer(n, ERR_NO_CAP, 0, KIND_NONE, NULL);
        return;
    }
    if (reply[r].caller != NOBODY)
        call_caps(reply[r].caller, n);
    if (p->rest)
        return;
    reply[r].server = NOBODY;
    p->kind = KIND_CALL | p->arrived << 8;
    p->answered = true;
}

static void rendezvous(unsigned from, unsigned endpoint)
{
    unsigned to;

    player[from].endpoint = endpoint;
    if (!receivers[endpoint].count) {
        player[from].state = THREAD_CALLING;
        push(&senders[endpoint], from);
        return;
    }
    to = receivers[endpoint].player[0];
    cancel(to);
    deliver(from, to);
    player[to].state = THREAD_READY;
}

static unsigned say_call(unsigned n)
{
    struct player *p = &player[n];
    struct found run;
    unsigned err = caps_check(&p->said, &run);

    if (err == ERR_OK && INFO_GET_RECV(p->said.info) > RUN_MAX)
        err = ERR_BAD_ARG;
    if (err != ERR_OK)
        return err;
    p->trap = TRAP_CALL;
    rendezvous(n, p->said.endpoint);
    return ERR_BLOCKED;
}

static unsigned take_bits(unsigned n)
{
    answer(n, ERR_OK, bits, KIND_NOTIFICATION, NULL);
    bits = 0;
    return ERR_ANSWERED;
}

/* 0: no deadline. */
static unsigned deadline_begin(struct player *p)
{
    if (!(p->said.info & INFO_DEADLINE))
        return ERR_OK;
    if (p->said.deadline <= now())
        return ERR_TIMEOUT;
    p->deadline = p->said.deadline;
    return ERR_OK;
}

static unsigned say_receive(unsigned n)
{
    struct player *p = &player[n];
    struct queue *q = &senders[home(n)];
    unsigned err;

    if (p->reply == NOBODY || reply[p->reply].state != REPLY_FREE)
        return ERR_NO_REPLY;
    if (INFO_GET_RECV(p->said.info) > RUN_MAX)
        return ERR_BAD_ARG;
    p->priority = p->base;
    if (n == 0 && bits)
        return take_bits(n);
    if (q->count) {
        unsigned from = q->player[0];

        drop(q, from);
        deliver(from, n);
        return ERR_ANSWERED;
    }
    err = deadline_begin(p);
    if (err != ERR_OK)
        return err;
    p->state = THREAD_RECEIVING;
    push(&receivers[home(n)], n);
    reply[p->reply].state = REPLY_ARMED;
    reply[p->reply].server = n;
    return ERR_BLOCKED;
}

static unsigned reply_to_call(const struct said *s, unsigned caller)
{
    struct found run;
    unsigned err = caps_check(s, &run);

    if (s->info & (INFO_MAPS | INFO_AS_IS))
        return ERR_BAD_ARG;
    if (err != ERR_OK)
        return err;
    reply[player[caller].held].server = NOBODY; /* who has not all of the call has lost it */
    answer(caller, ERR_OK, 0, caps_send(s, &player[caller].said, 0, RUN_MAX) << 8, s->word);
    return ERR_OK;
}

static unsigned reply_to_fault(struct said *s, const struct player *caller)
{
    unsigned items = 0, level = 0, err;

    if (INFO_GET_SEND(s->info))
        return ERR_BAD_ARG;
    if (!(s->info & INFO_MAPS))
        return ERR_OK;
    err = judge_reply_map(space, s->word, caller->va, caller->access, &items, &level);
    if (err != ERR_OK) {
        s->word[0] = items;
        s->word[1] = level;
    }
    return err;
}

static unsigned say_reply(unsigned n)
{
    struct said *s = &player[n].said;
    unsigned r = s->reply == NOBODY ? player[n].reply : s->reply, caller, err;

    if (r == NOBODY)
        return ERR_NO_REPLY;
    if (reply[r].state == REPLY_EXPIRED) {
        reply_free(r);
        return ERR_LATE;
    }
    if (reply[r].state != REPLY_HOLDS)
        return ERR_GONE;
    caller = reply[r].caller;
    err = player[caller].trap == TRAP_CALL ? reply_to_call(s, caller)
                                           : reply_to_fault(s, &player[caller]);
    if (err != ERR_OK)
        return err;
    cancel(caller);
    player[caller].state = THREAD_READY;
    return ERR_OK;
}

static unsigned say_signal(void)
{
    unsigned n = waiters.count ? waiters.player[0] : 0;

    bits |= PLAYER_SIGNAL;
    if (waiters.count || player[0].state == THREAD_RECEIVING) {
        cancel(n);
        take_bits(n);
        player[n].state = THREAD_READY;
    }
    return ERR_OK;
}

static unsigned say_wait(unsigned n)
{
    unsigned err;

    if (bits)
        return take_bits(n);
    err = deadline_begin(&player[n]);
    if (err != ERR_OK)
        return err;
    player[n].state = THREAD_WAITING;
    push(&waiters, n);
    return ERR_BLOCKED;
}

void player_call(unsigned n, const struct said *s)
{
    struct player *p = &player[n];
    unsigned err;

    p->said = *s;
    switch (s->number) {
    case SYS_CALL:
        err = say_call(n);
        break;
    case SYS_RECV:
        err = say_receive(n);
        break;
    case SYS_SIGNAL:
        err = say_signal();
        break;
    case SYS_WAIT:
        err = say_wait(n);
        break;
    default:
        err = say_reply(n);
        if (s->number == SYS_REPLY_RECV && (err == ERR_OK || err == ERR_GONE))
            err = say_receive(n);
    }
    if (err != ERR_BLOCKED && err != ERR_ANSWERED)
        answer(n, err, 0, KIND_NONE, p->said.word);
}

/* ---- faults, deadlines, deaths ---- */

void player_fault(unsigned n, vaddr_t va, unsigned access, bool mapped)
{
    struct player *p = &player[n];

    p->trap = TRAP_FAULT;
    p->cause = mapped ? FAULT_PERMISSION : FAULT_NOT_PRESENT;
    p->va = va;
    p->access = access;
    p->said.badge = n + 1;
    p->sequence++;
    rendezvous(n, 0);
    if (player_faults_late(n))
        p->deadline = now() + PLAYER_MS * 1000000ul;
}

/* The other side is gone. */
static void caller_fails(unsigned n, unsigned err)
{
    struct player *p = &player[n];

    if (p->trap == TRAP_CALL) {
        fail(n, err);
        return;
    }
    cancel(n);
    if (p->cause == FAULT_LATE || !p->fallback) {
        p->state = THREAD_BROKEN;
        return;
    }
    p->cause = FAULT_LATE;
    rendezvous(n, 1);
}

static void time_out(unsigned n)
{
    struct player *p = &player[n];

    if (p->state == THREAD_SERVED) {
        unsigned r = p->held;

        cancel(n);
        reply[r].state = REPLY_EXPIRED;
        caller_fails(n, ERR_LATE);
    } else if (p->state == THREAD_CALLING) {
        caller_fails(n, ERR_LATE);
    } else {
        fail(n, ERR_TIMEOUT);
    }
}

void player_stop(unsigned n)
{
    struct player *p = &player[n];
    bool waits =
        p->state == THREAD_RECEIVING || p->state == THREAD_WAITING ||
        ((p->state == THREAD_CALLING || p->state == THREAD_SERVED) && p->trap == TRAP_CALL);

    if (p->state != THREAD_BROKEN)
        cancel(n);
    p->state = THREAD_READY;
    if (waits)
        answer(n, ERR_CANCELLED, 0, KIND_NONE, NULL);
}

bool player_has_reply(unsigned n)
{
    return player[n].reply != NOBODY;
}

void player_bind_reply(unsigned n, unsigned r)
{
    disarm(n);
    player[n].reply = r;
}

void player_die(unsigned n)
{
    cancel(n);
    disarm(n);
}

void player_born(unsigned n)
{
    player[n] = (struct player){.state = THREAD_READY, .base = PLAYER_PRIORITY, .reply = n};
    player[n].priority = player[n].base;
    player[n].fallback = true;
}

void reply_die(unsigned r)
{
    for (unsigned n = 0; n < PLAYERS; n++) {
        if (player[n].reply != r)
            continue;
        if (player[n].state == THREAD_RECEIVING)
            fail(n, ERR_GONE);
        disarm(n);
        player[n].reply = NOBODY;
    }
    if (reply[r].caller != NOBODY)
        caller_fails(reply[r].caller, ERR_GONE);
    reply_free(r);
}

void endpoint_die(unsigned e)
{
    for (unsigned n = 0; n < PLAYERS; n++) {
        if (home(n) == e && player[n].state == THREAD_RECEIVING)
            fail(n, ERR_GONE);
        player[n].fallback = e != 1;
    }
    while (senders[e].count)
        caller_fails(senders[e].player[0], ERR_GONE);
}

void endpoint_born(void)
{
    for (unsigned n = 0; n < PLAYERS; n++)
        player[n].fallback = true;
}

/* ---- comparison ---- */

static void compare(unsigned n)
{
    const struct player *p = &player[n];
    const struct thread *t = threads[n];
    struct result r = machine_result(t);

    EXPECT(t->state == p->state, "player %u is in state %u, not %u", n, t->state, p->state);
    EXPECT(t->priority == p->priority, "player %u has priority %u, not %u", n, t->priority,
           p->priority);
    EXPECT(p->state != THREAD_READY || cpu.current->priority >= p->priority, "player %u should run",
           n);
    if (p->state == THREAD_SERVED)
        EXPECT(t->reply == reply_of(machine_slot(STAGE_REPLY + p->held)),
               "player %u is held by another Reply than %u", n, p->held);
    if (!p->answered)
        return;
    EXPECT(r.err == p->err && r.badge == p->badge && r.kind == p->kind,
           "player %u is told %u, badge %lx, kind %x; not %u, %lx, %x", n, r.err, r.badge, r.kind,
           p->err, p->badge, p->kind);
    for (unsigned i = 0; p->words && i < MESSAGE_WORDS; i++) {
        bool machines = KIND_OF(p->kind) == KIND_FAULT &&
                        (i == FAULT_IP || i == FAULT_SP || i == FAULT_ENTRY || i == FAULT_CODE);

        machines |= i == 1 && p->err == ERR_MAPPED; /* a level is told only of missing tables */

        EXPECT(machines || r.word[i] == p->word[i], "player %u: word %u is %lx, not %lx", n, i,
               r.word[i], p->word[i]);
    }
}

/* First those that were told so, then the faults: these may have found a receiver whose own
 * deadline had not been looked at. */
static void follow(uint64_t at, bool faults)
{
    for (unsigned n = 0; n < PLAYERS; n++) {
        struct player *p = &player[n];
        bool fault = p->state == THREAD_SERVED || p->state == THREAD_CALLING;
        bool told = fault ? threads[n]->deadline != p->deadline || !threads[n]->timer_prev
                          : threads[n]->state == THREAD_READY &&
                                machine_result(threads[n]).err == ERR_TIMEOUT;

        if (!p->deadline || fault != faults || p->deadline > at)
            continue;
        if (told)
            time_out(n);
    }
}

void players_follow(uint64_t at)
{
    follow(at, false);
    follow(at, true);
    for (unsigned n = 0; n < PLAYERS; n++) {
        EXPECT(!player[n].deadline || at < player[n].deadline + LATE,
               "player %u's deadline is missed", n);
        compare(n);
        player[n].answered = false;
    }
    for (unsigned r = 0; r < PLAYERS; r++) {
        const struct slot *s = machine_slot(STAGE_REPLY + r);

        EXPECT(slot_empty(s) || reply_of(s)->state == reply[r].state,
               "Reply %u is in state %u, not %u", r, reply_of(s)->state, reply[r].state);
    }
}
