/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ipc.c - messages: call, receive, reply, and faults and foreign traps in the same shape.
 *
 * This is the readable statement of the semantics. A message is eight words, at most one run of
 * capabilities, and with a call at most two leases; it is moved when both sides are there, from
 * the sender's saved registers. A call blocks its thread in a Reply until that is used.
 */
#include "ipc.h"

#include "cap_ops.h"
#include "space.h"

/* ---- words ---- */

static word_t fault_entry(const struct thread *t, unsigned *level)
{
    struct slot *space = thread_binding(t, BIND_SPACE);

    *level = 0;
    if (!space || t->fault_address >= ARCH_USER_TOP)
        return 0;
    return space_entry_facts(space_of(space), t->fault_address, level);
}

static void fault_words(const struct thread *t, word_t *word)
{
    unsigned level, cause = t->fault_cause;
    word_t entry = fault_entry(t, &level);

    if (cause == FAULT_NOT_PRESENT && level)
        cause = FAULT_NO_TABLE;
    word[FAULT_CAUSE] =
        cause | (word_t)t->fault_access << 8 | (word_t)(level ? level - 1 : 0) << 16;
    word[FAULT_ADDRESS] = t->fault_address;
    word[FAULT_IP] = arch_ip(&t->registers);
    word[FAULT_SP] = arch_sp(&t->registers);
    word[FAULT_ENTRY] = entry;
    word[FAULT_SEQUENCE] = t->sequence;
    word[FAULT_CODE] = t->fault_code;
    word[7] = 0;
}

/* What the thread says, by how it trapped. */
static void message_load(const struct thread *t, word_t *word)
{
    switch (t->trap) {
    case TRAP_FAULT:
        fault_words(t, word);
        break;
    case TRAP_FOREIGN:
        arch_trap_words(&t->registers, word);
        break;
    default:
        for (unsigned i = 0; i < MESSAGE_WORDS; i++)
            word[i] = arch_word(&t->registers, i);
    }
}

static void message_store(struct thread *t, const word_t *word)
{
    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        arch_set_word(&t->registers, i, word[i]);
}

/* ---- capabilities ---- */

static unsigned send_find(struct thread *t, uint32_t info, cap_t address, struct sending *out)
{
    unsigned count = INFO_GET_SEND(info);

    out->run = (struct run){.count = 0};
    out->mode = INFO_GET_MODE(info);
    out->rights = INFO_GET_RIGHTS(info);
    if (!count)
        return ERR_OK;
    if (count > RUN_MAX || out->mode > TRANSFER_GIVE)
        return ERR_BAD_ARG;
    return run_find(t, address, count, &out->run);
}

/* May all of them travel? Asked again when a queued call is taken: then all travel, or none. */
unsigned send_check(struct thread *t, uint32_t info, cap_t address, struct sending *out)
{
    unsigned err = send_find(t, info, address, out);
    uint32_t grant = HEAD_RIGHTS(RIGHT_GRANT);

    for (unsigned i = 0; err == ERR_OK && i < out->run.count; i++) {
        const struct slot *s = out->run.first + i;

        if ((s->head & (HEAD_TYPE | grant)) == (OBJ_FRAME | grant))
            continue; /* as most are */
        if (slot_empty(s))
            err = ERR_NO_CAP;
        else if (!(slot_rights(s) & RIGHT_GRANT))
            err = ERR_NO_RIGHT;
        else if (out->mode != TRANSFER_DERIVE && slot_type(s) == OBJ_UNTYPED)
            err = ERR_WRONG_TYPE;
    }
    return err;
}

bool send_caps(struct thread *from, const struct sending *s, struct thread *to, struct reply *r)
{
    unsigned room = to->recv_count > r->arrived ? to->recv_count - r->arrived : 0, n;
    unsigned count = s->run.count < room ? s->run.count : room;
    bool again = false;
    struct run run;

    if (!count || run_room(to, to->recv + r->arrived, count, &run) != ERR_OK)
        return true;
    n = cap_transfer(s->run.first, &run, s->mode, s->rights, &again);
    r->arrived = (uint16_t)(r->arrived + n);
    if (again) {
        arch_set_arg(&from->registers, 1, arch_arg(&from->registers, 1) - INFO_SEND(n));
        arch_set_arg(&from->registers, 2, arch_arg(&from->registers, 2) + n);
    }
    return !again;
}

/* Slots that turn out not to exist when something is sent receive nothing. */
static unsigned offer_check(struct thread *t, uint32_t info, cap_t address)
{
    unsigned count = INFO_GET_RECV(info);

    if (count > RUN_MAX)
        return ERR_BAD_ARG;
    t->recv = address;
    t->recv_count = (uint8_t)count;
    return ERR_OK;
}

/* ---- call ---- */

unsigned lease_check(struct thread *t, uint32_t info)
{
    unsigned n = INFO_GET_LEASES(info);
    struct buffer *buffer = thread_buffer(t);

    if (!n)
        return ERR_OK;
    if (n > LEASE_MAX)
        return ERR_BAD_ARG;
    if (!buffer)
        return ERR_NO_BUFFER;
    for (unsigned i = 0; i < n; i++) {
        struct slot *s = cap_lookup(t, buffer->lease[i].space);

        if (!s)
            return ERR_NO_CAP;
        if (slot_type(s) == OBJ_REPLY)
            continue; /* lent on: looked through at each copy */
        if (slot_type(s) != OBJ_SPACE)
            return ERR_WRONG_TYPE;
        if (!(slot_rights(s) & RIGHT_COPY))
            return ERR_NO_RIGHT;
    }
    return ERR_OK;
}

/* Meanwhile the caller's registers may have been written by whoever controls it. */
void lease_store(struct reply *r, struct thread *caller, uint32_t info)
{
    struct buffer *buffer = thread_buffer(caller);
    unsigned n = INFO_GET_LEASES(info);

    r->leases = buffer && n <= LEASE_MAX ? n : 0;
    for (unsigned i = 0; i < r->leases; i++)
        r->lease[i] = buffer->lease[i];
}

static const uint8_t kind_of_trap[] = {
    [TRAP_CALL] = KIND_CALL, [TRAP_FAULT] = KIND_FAULT, [TRAP_FOREIGN] = KIND_TRAP};

/* What `from` still sends with its call, all of it or nothing. False: interrupted. */
static bool call_caps(struct thread *from, struct thread *to, struct reply *r)
{
    struct sending sending;

    return send_check(from, (uint32_t)arch_arg(&from->registers, 1),
                      (cap_t)arch_arg(&from->registers, 2), &sending) != ERR_OK ||
           send_caps(from, &sending, to, r);
}

/* `to` runs its trap again, with registers that are all zero: that is a call of CAP_NULL, which
 * leads to message_rest() (ipc_call). */
void message_pause(struct thread *to, struct reply *r, word_t badge)
{
    r->server = to;
    to->call_badge = badge;
    arch_answer(&to->registers, 0, 0, 0);
    arch_restart(&to->registers);
}

/* A caller that has gone meanwhile, as one that goes later, is no reason not to receive. */
static unsigned message_rest(struct thread *t, struct reply *r)
{
    if (r->caller && !call_caps(r->caller, t, r))
        return ERR_RESTART;
    arch_answer(&t->registers, ERR_OK, t->call_badge, KIND_CALL | (unsigned)r->arrived << 8);
    r->server = NULL;
    r->arrived = 0;
    return ERR_ANSWERED;
}

/* The message of `from` reaches `to`, whose Reply is free: the caller is held in it. */
static void deliver(struct thread *from, word_t badge, struct thread *to, struct reply *r)
{
    word_t word[MESSAGE_WORDS];
    uint32_t info = (uint32_t)arch_arg(&from->registers, 1);
    bool complete = true;

    message_load(from, word);
    r->leases = r->arrived = 0;
    if (from->trap == TRAP_CALL) {
        complete = call_caps(from, to, r);
        lease_store(r, from, info);
        (void)offer_check(from, info, (cap_t)arch_arg(&from->registers, 3));
    }
    r->caller = from;
    r->server = NULL;
    r->state = REPLY_HOLDS;
    from->reply = r;
    from->state = THREAD_SERVED;
    message_store(to, word);
    if (complete) {
        arch_answer(&to->registers, ERR_OK, badge,
                    kind_of_trap[from->trap] | (unsigned)r->arrived << 8);
        r->arrived = 0;
    } else {
        message_pause(to, r, badge);
    }
    if (from->priority > to->priority)
        sched_set_priority(to, from->priority);
}

/* `from` is off the ready queue. It is taken at once or waits its turn. */
static void rendezvous(struct thread *from, struct endpoint *e, word_t badge)
{
    struct thread *to = e->receivers;

    from->call_badge = badge;
    if (!to) {
        from->state = THREAD_CALLING;
        from->queue = e;
        queue_add(&e->senders, &e->senders_tail, from);
        return;
    }
    thread_cancel(to);
    deliver(from, badge, to, reply_of(thread_binding(to, BIND_REPLY)));
    thread_ready(to);
}

unsigned ipc_call(struct thread *t)
{
    uint32_t info = (uint32_t)arch_arg(&t->registers, 1);
    struct slot *s = cap_lookup(t, (cap_t)arch_arg(&t->registers, 0));
    struct sending sending;
    unsigned err;

    if (!s)
        return t->serves->server == t ? message_rest(t, t->serves) : ERR_NO_CAP;
    if (slot_type(s) != OBJ_ENDPOINT)
        return ERR_WRONG_TYPE;
    if (!(slot_rights(s) & RIGHT_WRITE))
        return ERR_NO_RIGHT;
    err = send_check(t, info, (cap_t)arch_arg(&t->registers, 2), &sending);
    if (err == ERR_OK)
        err = offer_check(t, info, (cap_t)arch_arg(&t->registers, 3));
    if (err == ERR_OK)
        err = lease_check(t, info);
    if (err != ERR_OK)
        return err;
    t->trap = TRAP_CALL;
    sched_remove(t);
    rendezvous(t, endpoint_of(s), s->word[0]);
    return ERR_BLOCKED;
}

/* ---- receive ---- */

unsigned ipc_receive(struct thread *t, uint32_t info, cap_t offered)
{
    struct slot *ep = thread_binding(t, BIND_ENDPOINT), *rs = thread_binding(t, BIND_REPLY);
    struct slot *bound = thread_binding(t, BIND_NOTIFICATION);
    struct endpoint *e;
    unsigned err;

    if (!ep)
        return ERR_NO_CAP;
    if (!rs || reply_of(rs)->state != REPLY_FREE)
        return ERR_NO_REPLY;
    err = offer_check(t, info, offered);
    if (err != ERR_OK)
        return err;
    sched_set_priority(t, t->base);
    if (bound && notification_take(notification_of(bound), t))
        return ERR_ANSWERED;
    e = endpoint_of(ep);
    if (e->senders) {
        struct thread *from = e->senders;

        queue_remove(&e->senders, &e->senders_tail, from);
        from->queue = NULL;
        deliver(from, from->call_badge, t, reply_of(rs));
        return ERR_ANSWERED;
    }
    err = ipc_deadline(t, info);
    if (err != ERR_OK)
        return err;
    sched_remove(t);
    t->state = THREAD_RECEIVING;
    t->queue = e;
    queue_add(&e->receivers, &e->receivers_tail, t);
    reply_of(rs)->state = REPLY_ARMED;
    reply_of(rs)->server = t;
    return ERR_BLOCKED;
}

/* ---- reply ---- */

/* Interrupted, it goes on behind what arrived already, whoever answers then. */
static unsigned answer_call(struct thread *t, uint32_t info, struct thread *caller)
{
    struct reply *r = caller->reply;
    word_t word[MESSAGE_WORDS];
    struct sending sending;
    unsigned err;

    if (info & (INFO_MAPS | INFO_AS_IS))
        return ERR_BAD_ARG;
    err = send_check(t, info, (cap_t)arch_arg(&t->registers, 2), &sending);
    if (err != ERR_OK)
        return err;
    if (r->server) { /* another than its receiver, which has not all of the call yet, answers it */
        r->server = NULL;
        r->arrived = 0;
    }
    if (!send_caps(t, &sending, caller, r))
        return ERR_RESTART;
    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        word[i] = arch_word(&t->registers, i);
    message_store(caller, word);
    arch_answer(&caller->registers, ERR_OK, 0, KIND_NONE | (unsigned)r->arrived << 8);
    return ERR_OK;
}

/* On an error word 0 tells how many items were mapped, word 1 the level missing. */
unsigned reply_maps(struct thread *t, struct thread *caller)
{
    struct slot *space = thread_binding(caller, BIND_FAULT_SPACE);
    word_t word[MESSAGE_WORDS];
    struct map_request m;
    unsigned err;

    if (!space)
        return ERR_NO_RIGHT;
    m.space = space_of(space);
    m.t = t;
    m.word = word;
    m.pages_max = REPLY_PAGES;
    m.pages = (unsigned)arch_arg(&t->registers, 2);
    m.fault = caller->fault_address;
    m.access = caller->trap == TRAP_FAULT ? caller->fault_access : 0;
    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        word[i] = arch_word(&t->registers, i);
    err = space_map(&m);
    if (err == ERR_RESTART) {
        arch_set_arg(&t->registers, 2, m.pages);
    } else if (err != ERR_OK) {
        arch_set_word(&t->registers, 0, m.done);
        arch_set_word(&t->registers, 1, m.level);
    }
    return err;
}

/* A fault or a foreign trap: maps, a result, or simply on. */
static unsigned answer_trap(struct thread *t, uint32_t info, struct thread *caller)
{
    if (INFO_GET_SEND(info))
        return ERR_BAD_ARG;
    if (info & INFO_MAPS)
        return reply_maps(t, caller);
    if (caller->trap == TRAP_FOREIGN && !(info & INFO_AS_IS))
        arch_trap_result(&caller->registers, arch_word(&t->registers, 0));
    return ERR_OK;
}

unsigned ipc_reply(struct thread *t, uint32_t info)
{
    cap_t address = (cap_t)arch_arg(&t->registers, 0);
    struct slot *s = address ? cap_lookup(t, address) : thread_binding(t, BIND_REPLY);
    struct thread *caller;
    unsigned err;

    if (!s)
        return address ? ERR_NO_CAP : ERR_NO_REPLY;
    if (slot_type(s) != OBJ_REPLY)
        return ERR_WRONG_TYPE;
    if (reply_of(s)->state == REPLY_EXPIRED) {
        reply_of(s)->state = REPLY_FREE;
        return ERR_LATE;
    }
    if (reply_of(s)->state != REPLY_HOLDS)
        return ERR_GONE;
    caller = reply_of(s)->caller;
    err = caller->trap == TRAP_CALL ? answer_call(t, info, caller) : answer_trap(t, info, caller);
    if (err != ERR_OK)
        return err;
    timer_stop(caller);
    reply_release(reply_of(s));
    thread_ready(caller);
    return ERR_OK;
}

/* A caller that has gone meanwhile is no reason not to receive. */
unsigned ipc_reply_receive(struct thread *t)
{
    uint32_t info = (uint32_t)arch_arg(&t->registers, 1);
    unsigned err = ipc_reply(t, info);

    if (err != ERR_OK && err != ERR_GONE)
        return err;
    return ipc_receive(t, info, (cap_t)arch_arg(&t->registers, 3));
}

/* ---- faults, deadlines, the death of the other side ---- */

void ipc_fault(struct thread *t, unsigned binding)
{
    struct slot *s = thread_binding(t, binding);

    if (!s && binding == BIND_FAULT) {
        binding = BIND_FALLBACK;
        s = thread_binding(t, binding);
    }
    timer_stop(t);
    if (!s) {
        thread_break(t, "nobody handles its fault");
        return;
    }
    if (t->state == THREAD_READY)
        sched_remove(t);
    rendezvous(t, endpoint_of(s), t->fault_badge);
    if (t->fault_ms && t->trap == TRAP_FAULT && binding == BIND_FAULT)
        timer_start(t, now() + t->fault_ms * 1000000ull);
}

/* The other side of `t`'s call is gone: an error for a call, the fallback for a fault. */
void caller_fail(struct thread *t, unsigned err)
{
    bool was_fallback = t->trap == TRAP_FAULT && t->fault_cause == FAULT_LATE;

    if (t->trap == TRAP_CALL) {
        thread_fail(t, err);
        return;
    }
    thread_cancel(t);
    if (was_fallback || !thread_binding(t, BIND_FALLBACK)) {
        thread_break(t, "its handler is gone");
        return;
    }
    t->fault_cause = FAULT_LATE;
    t->trap = TRAP_FAULT;
    ipc_fault(t, BIND_FALLBACK);
}

void thread_timeout(struct thread *t)
{
    if (t->state == THREAD_RECEIVING || t->state == THREAD_WAITING) {
        thread_fail(t, ERR_TIMEOUT);
        return;
    }
    if (t->state == THREAD_READY || t->trap != TRAP_FAULT || !t->fault_ms)
        return; /* it was for a receive that is over */
    if (t->state == THREAD_SERVED) {
        struct reply *r = t->reply;

        reply_release(r);
        t->state = THREAD_STOPPED;
        r->state = REPLY_EXPIRED;
    }
    caller_fail(t, ERR_LATE);
}
