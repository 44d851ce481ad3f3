/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fast.c - the common cases without the detour. Each function checks everything first; behind the
 * line "from here on" nothing can fail, and the result is what ipc.c or notification.c would have.
 *
 * The way out is a jump, so that the words are back in their registers: tools/check/jumps sees to
 * it that the compiler has made it one.
 *
 * Common means: no capabilities sent, nothing lent, no new deadline, a receiver that waits (or a
 * caller that is still there), nobody more important ready, the other side's ASID of this
 * generation.
 */
#include "fast.h"

#include "ipc.h"
#include "space.h"

#define INFO_OFFER INFO_RECV(RUN_MAX - 1)
#define RARELY(x)  __builtin_expect(!!(x), 0)

/* ---- what both directions need ---- */

/* What an address names; if nothing, the root's slot, which has no type that is asked for. */
static inline struct slot *fast_slot(const struct thread *t, cap_t address)
{
    struct slot *root = (struct slot *)&t->bind[BIND_ROOT], *table = root;
    unsigned i = CAP_TABLE(address);

    if (slot_type(table) != OBJ_CAPTABLE)
        return root;
    if (!RARELY(i == 0)) {
        if (RARELY(i >> (slot_size(table) - SLOT_BITS)))
            return root;
        table = (struct slot *)slot_object(table) + i;
        if (slot_type(table) != OBJ_CAPTABLE)
            return root;
    }
    i = CAP_SLOT(address);
    return RARELY(i >> (slot_size(table) - SLOT_BITS)) ? root
                                                       : (struct slot *)slot_object(table) + i;
}

/* Can it run at once? Else its space needs the slow path (a dying one has no ASID). */
static inline bool fast_runs(const struct thread *t)
{
    return t->context->generation == cpu.asid_generation;
}

/* True: arch_fpu_allow(cpu.fpu == to) is still to be called. */
static inline bool fast_switch(struct thread *from, struct thread *to)
{
    const struct context *there = to->context;

    arch_spent(&cpu.resumed_at, &from->executed);
    cpu.current = to;
    arch_space_enter(there->handle, there->asid);
    return RARELY(cpu.fpu == to) || RARELY(cpu.fpu == from);
}

/* Ways out by way of the FPU: in functions of their own, so that others have nothing to save. */
static __attribute__((noinline)) void fpu_words(unsigned status, word_t badge, unsigned kind,
                                                struct registers *to)
{
    arch_fpu_allow(cpu.fpu == cpu.current);
    arch_resume_words(status, badge, kind, to);
}

static __attribute__((noinline)) void fpu_fault(unsigned status, word_t badge, unsigned kind,
                                                struct registers *to, word_t cause, vaddr_t address,
                                                word_t sequence)
{
    arch_fpu_allow(cpu.fpu == cpu.current);
    arch_resume_fault(status, badge, kind, to, cause, address, sequence);
}

static __attribute__((noinline)) void fpu_resume(void)
{
    arch_fpu_allow(cpu.fpu == cpu.current);
    arch_resume();
}

/* The first receiver of an endpoint, if it can be handed a message now. */
static inline struct thread *fast_receiver(const struct endpoint *e)
{
    struct thread *to = e->receivers;

    return to && fast_runs(to) ? to : NULL;
}

/* `from` is held in the receiver's Reply; the receiver is off its queue. */
static inline void fast_hold(struct endpoint *e, struct thread *from, struct thread *to,
                             unsigned trap)
{
    struct reply *r = to->serves;

    e->receivers = to->next;
    if (RARELY(to->next)) {
        to->next->prev = NULL;
        to->next = NULL;
    } else {
        e->receivers_tail = NULL;
    }
    to->queue = NULL;
    to->state = THREAD_READY;
    if (to->priority < from->priority)
        to->priority = from->priority;
    r->caller = from;
    r->server = NULL;
    r->leases = r->arrived = 0;
    r->state = REPLY_HOLDS;
    from->reply = r;
    from->trap = (uint8_t)trap;
    from->state = THREAD_SERVED;
}

/* ---- call ---- */

#define INFO_RARE (INFO_DEADLINE | INFO_MAPS | INFO_AS_IS)

/* With capabilities or leases, which are checked and moved as ipc.c says. `s` is the Endpoint's.
 * No more arguments than fast_call() has, or it could not jump here. */
static __attribute__((noinline)) void fast_call_rich(word_t address, word_t info,
                                                     const struct slot *s, word_t recv)
{
    struct thread *me = cpu.current;
    word_t send = arch_arg(&me->registers, 2);
    struct endpoint *e = endpoint_of(s);
    struct thread *to = e->receivers; /* fast_receiver() has seen it */
    word_t badge = s->word[0];        /* the capability may be what is moved */
    static struct sending sending;    /* a local's address would make the way out a call */
    struct reply *r = to->serves;
    unsigned kind;

    if ((info & INFO_RARE) || INFO_GET_RECV(info) > RUN_MAX ||
        send_check(me, (uint32_t)info, (cap_t)send, &sending) != ERR_OK ||
        (INFO_GET_LEASES(info) && lease_check(me, (uint32_t)info) != ERR_OK))
        return arch_slow_call(address, info, send, recv, SYS_CALL);
    /* from here on nothing fails */
    me->recv = (cap_t)recv;
    me->recv_count = (uint8_t)INFO_GET_RECV(info);
    fast_hold(e, me, to, TRAP_CALL);
    if (INFO_GET_LEASES(info))
        lease_store(r, me, (uint32_t)info);
    arch_set_arg(&me->registers, 1, info);
    kind = KIND_CALL;
    if (RARELY(!send_caps(me, &sending, to, r))) {
        message_pause(to, r, badge);
        badge = kind = 0;
    } else {
        kind |= (unsigned)r->arrived << 8;
        r->arrived = 0;
    }
    if (fast_switch(me, to))
        arch_fpu_allow(cpu.fpu == to);
    arch_resume_words(ERR_OK, badge, kind, &to->registers);
}

void fast_call(word_t address, word_t info, struct thread *me, word_t recv)
{
    const struct slot *s = fast_slot(me, (cap_t)address);
    struct endpoint *e;
    struct thread *to;

    if ((s->head & (HEAD_TYPE | HEAD_RIGHTS(RIGHT_WRITE))) !=
        (OBJ_ENDPOINT | HEAD_RIGHTS(RIGHT_WRITE)))
        return arch_slow_call(address, info, arch_arg(&me->registers, 2), recv, SYS_CALL);
    e = endpoint_of(s);
    to = fast_receiver(e);
    if (!to)
        return arch_slow_call(address, info, arch_arg(&me->registers, 2), recv, SYS_CALL);
    if (info & ~(word_t)INFO_OFFER)
        return fast_call_rich(address, info, s, recv);
    /* from here on nothing fails */
    me->recv = (cap_t)recv;
    me->recv_count = (uint8_t)(info >> 7);
    fast_hold(e, me, to, TRAP_CALL);
    if (RARELY(fast_switch(me, to)))
        return fpu_words(ERR_OK, s->word[0], KIND_CALL, &to->registers);
    arch_resume_words(ERR_OK, s->word[0], KIND_CALL, &to->registers);
}

/* ---- reply and receive ---- */

/* Whom the bound Reply holds, if it can run on and nobody waits to be received. */
static inline struct thread *fast_caller(const struct thread *me)
{
    const struct endpoint *e = me->endpoint;
    struct thread *caller = me->serves->caller;

    if (!caller || !fast_runs(caller) || RARELY(caller->timer_prev && caller->trap == TRAP_FAULT) ||
        e->senders || e->receivers || me->hears->bits || cpu.top > caller->priority)
        return NULL;
    return caller;
}

/* What else than an offer an answer's info may say: nothing, or that the timer of the last receive
 * runs on. */
static inline bool fast_info(const struct thread *me, word_t rest)
{
    return !RARELY(rest | (word_t)me->timer_prev) ||
           (me->timer_prev && rest == (INFO_DEADLINE | INFO_SAME_TIME));
}

/* The server waits with its Reply armed, the caller runs. */
static inline bool fast_finish(struct thread *me, struct thread *caller, word_t info, word_t recv)
{
    struct endpoint *e = me->endpoint;
    struct reply *r = me->serves;

    me->recv = (cap_t)recv;
    me->recv_count = (uint8_t)INFO_GET_RECV(info);
    me->state = THREAD_RECEIVING;
    me->queue = e;
    me->priority = me->base;
    e->receivers = e->receivers_tail = me;
    r->caller = NULL;
    r->leases = r->arrived = 0;
    r->server = me;
    r->state = REPLY_ARMED;
    caller->reply = NULL;
    caller->state = THREAD_READY;
    return fast_switch(me, caller);
}

/* For callers that are resumed with all registers. */
static __attribute__((noinline)) void fast_finish_trap(struct thread *me, struct thread *caller,
                                                       word_t info, word_t recv)
{
    if (RARELY(fast_finish(me, caller, info, recv)))
        return fpu_resume();
    arch_resume();
}

void fast_reply(struct thread *me, word_t info, word_t send, word_t recv)
{
    struct thread *caller = fast_caller(me);

    if (!caller || !fast_info(me, info & ~(word_t)INFO_OFFER) || RARELY(me->serves->arrived))
        return arch_slow_call(0, info, send, recv, SYS_REPLY_RECV);
    if (caller->trap != TRAP_CALL) {
        if (caller->trap == TRAP_FOREIGN)
            arch_trap_result(&caller->registers, arch_word(&me->registers, 0));
        return fast_finish_trap(me, caller, info, recv);
    }
    if (RARELY(fast_finish(me, caller, info, recv)))
        return fpu_words(ERR_OK, 0, KIND_NONE, &caller->registers);
    arch_resume_words(ERR_OK, 0, KIND_NONE, &caller->registers);
}

/* ---- maps ---- */

/* One page of 4 KiB where nothing is mapped, the most common answer to a fault. `mapped` is the
 * slot, with MAP_CLEAR still to be cleared. False: nothing was done. */
static inline bool fast_map(const struct thread *me, const struct thread *caller, word_t where,
                            const struct slot **mapped)
{
    const struct slot *target = &caller->bind[BIND_FAULT_SPACE];
    struct slot *s = fast_slot(me, (cap_t)arch_word(&me->registers, 0));
    unsigned rights = MAP_RIGHTS(where);
    vaddr_t va = MAP_VA(where);
    struct walk w;

    if (slot_empty(target) || space_of(target)->context.dying || !pte_permissions_exist(rights) ||
        !pte_is_user(va) || arch_word(&me->registers, 2))
        return false;
    if ((s->head & (HEAD_TYPE | HEAD_SIZE(0x3f) | HEAD_RIGHTS(rights) | HEAD_MAPPED)) !=
        (OBJ_FRAME | HEAD_SIZE(PAGE_BITS) | HEAD_RIGHTS(rights)))
        return false;
    if (RARELY(where & MAP_CLEAR) &&
        (s->head & (HEAD_DEVICE | HEAD_RIGHTS(RIGHT_WRITE))) != HEAD_RIGHTS(RIGHT_WRITE))
        return false;
    w = walk_down(space_of(target), va, 0);
    if (w.level || place_slot(walk_place(&w)))
        return false;
    /* from here on nothing fails */
    page_enter(s, walk_place(&w), target->obj, va, rights,
               (va ^ caller->fault_address) >> PAGE_BITS ? 0 : caller->fault_access);
    *mapped = s;
    return true;
}

static inline void fast_maps_end(struct thread *me, struct thread *caller)
{
    fast_finish_trap(me, caller, arch_arg(&me->registers, 1), arch_arg(&me->registers, 3));
}

static __attribute__((noinline)) void fast_clear(struct thread *me, struct thread *caller,
                                                 const struct slot *s)
{
    arch_clear(arch_view(slot_paddr(s), VIEW_TO), PAGE_SIZE);
    fast_maps_end(me, caller);
}

/* What is no item for fast_map() is mapped as ipc.c says; what is around is quick all the same. */
static __attribute__((noinline)) void fast_items(struct thread *me, struct thread *caller)
{
    unsigned err = reply_maps(me, caller);

    if (err == ERR_OK)
        return fast_maps_end(me, caller);
    syscall_end(me, err);
    arch_resume();
}

void fast_reply_maps(struct thread *me)
{
    struct thread *caller = fast_caller(me);
    const struct slot *s;

    if (!caller || caller->trap != TRAP_FAULT ||
        !fast_info(me, arch_arg(&me->registers, 1) & ~(word_t)(INFO_OFFER | INFO_MAPS)))
        return arch_slow_trap();
    if (arch_word(&me->registers, 1) & MAP_WHERE(0, 64, RIGHT_EXECUTE, MAP_COPY | MAP_REPLACE))
        return fast_items(me, caller);
    if (!fast_map(me, caller, arch_word(&me->registers, 1), &s))
        return fast_items(me, caller);
    if (RARELY(arch_word(&me->registers, 1) & MAP_CLEAR))
        return fast_clear(me, caller, s);
    fast_maps_end(me, caller);
}

/* ---- faults and foreign traps ---- */

/* The handler that waits, if `me` can be handed to it. */
static inline struct thread *fast_handler(const struct thread *me)
{
    const struct slot *s = &me->bind[BIND_FAULT];

    return slot_empty(s) || me->fault_ms ? NULL : fast_receiver(endpoint_of(s));
}

void fast_fault(vaddr_t address, unsigned access, struct thread *me)
{
    struct thread *to = fast_handler(me);
    struct walk w;
    word_t cause;

    if (!to || !pte_is_user(address))
        return arch_slow_fault();
    w = walk_down(space_of(&me->bind[BIND_SPACE]), address, 0); /* it runs there */
    if (pte_valid(place_load(walk_place(&w))))                  /* permission or spurious */
        return arch_slow_fault();
    /* from here on nothing fails */
    me->fault_cause = FAULT_NOT_PRESENT;
    me->fault_address = address;
    me->fault_access = (uint8_t)access;
    me->fault_code = 0;
    me->sequence++;
    cause = access << 8 | (w.level ? FAULT_NO_TABLE | (w.level - 1) << 16 : FAULT_NOT_PRESENT);
    fast_hold(endpoint_of(&me->bind[BIND_FAULT]), me, to, TRAP_FAULT);
    if (RARELY(fast_switch(me, to)))
        return fpu_fault(ERR_OK, me->fault_badge, KIND_FAULT, &to->registers, cause, address,
                         me->sequence);
    arch_resume_fault(ERR_OK, me->fault_badge, KIND_FAULT, &to->registers, cause, address,
                      me->sequence);
}

void fast_trap(struct thread *me)
{
    struct thread *to = fast_handler(me);

    if (!to)
        return arch_slow_trap();
    /* from here on nothing fails */
    fast_hold(endpoint_of(&me->bind[BIND_FAULT]), me, to, TRAP_FOREIGN);
    if (RARELY(fast_switch(me, to)))
        arch_fpu_allow(cpu.fpu == to);
    arch_resume_trap(ERR_OK, me->fault_badge, KIND_TRAP, &to->registers);
}

/* ---- signals and waits ---- */

/* A waiter that is more important than who signals is so than all that are ready, too. */
static inline bool fast_wakes(const struct thread *to, const struct thread *me)
{
    return to->priority > me->priority && fast_runs(to) && !cpu.slice_end;
}

static __attribute__((noinline)) void fast_wake(struct notification *n, struct thread *me,
                                                struct thread *to, word_t bits)
{
    queue_remove(&n->waiters, &n->waiters_tail, to);
    to->queue = NULL;
    to->state = THREAD_READY;
    arch_answer(&me->registers, ERR_OK, 0, KIND_NONE);
    sched_give_way(me);
    if (fast_switch(me, to))
        arch_fpu_allow(cpu.fpu == to);
    arch_resume_saved(ERR_OK, bits, KIND_NOTIFICATION, &to->registers);
}

/* Who is next is the scheduler's choice; all else of the wait is short. */
static __attribute__((noinline)) void fast_wait(struct notification *n, struct thread *me)
{
    if (me->timer_prev || (arch_arg(&me->registers, 1) & INFO_DEADLINE))
        return arch_slow_trap();
    notification_wait(n, me);
    sched_switch();
    arch_resume();
}

/* A waiter that is to wait on for its turn, and one that may receive the signal like a message,
 * are left to notification.c. */
void fast_notification(struct thread *me)
{
    bool signal = arch_syscall_number(&me->registers) == SYS_SIGNAL;
    const struct slot *s = fast_slot(me, (cap_t)arch_arg(&me->registers, 0));
    uint32_t want = OBJ_NOTIFICATION | HEAD_RIGHTS(signal ? RIGHT_WRITE : RIGHT_READ);
    struct notification *n;
    struct thread *to;
    word_t bits;

    if ((s->head & (HEAD_TYPE | want)) != want)
        return arch_slow_trap();
    n = notification_of(s);
    bits = n->bits;
    if (!signal) {
        if (!bits)
            return fast_wait(n, me);
        n->bits = 0;
        return arch_resume_saved(ERR_OK, bits, KIND_NOTIFICATION, &me->registers);
    }
    to = n->waiters;
    if (to && fast_wakes(to, me) && s->word[0])
        return fast_wake(n, me, to, s->word[0]);
    if (to || (n->bound && n->bound->queue))
        return arch_slow_trap();
    n->bits = bits | s->word[0];
    arch_resume_saved(ERR_OK, 0, KIND_NONE, &me->registers);
}
