/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fast.c - the common cases without the detour. Each function checks everything first; behind the
 * line "from here on" nothing can fail, and the result is what ipc.c would have done.
 *
 * Common means: no capabilities sent, nothing lent, no deadline, a receiver that waits (or a caller
 * that is still there), nobody more important ready, the other side's ASID of this generation.
 */
#include "fast.h"

#include "ipc.h"
#include "space.h"

#define NOTHING    ((struct fast){NULL, 0})
#define INFO_OFFER INFO_RECV(0x7f)

/* ---- what both directions need ---- */

static inline struct slot *fast_slot(const struct thread *t, cap_t address)
{
    const struct slot *table = &t->bind[BIND_ROOT];
    unsigned i = CAP_TABLE(address);

    if (slot_type(table) != OBJ_CAPTABLE)
        return NULL;
    if (i) {
        if (i >= CAPTABLE_SLOTS(slot_size(table)))
            return NULL;
        table = (struct slot *)slot_object(table) + i;
        if (slot_type(table) != OBJ_CAPTABLE)
            return NULL;
    }
    i = CAP_SLOT(address);
    return i < CAPTABLE_SLOTS(slot_size(table)) ? (struct slot *)slot_object(table) + i : NULL;
}

/* Can it run at once? NULL: its space needs the slow path (a dying one has no ASID). */
static inline struct space *fast_space(const struct thread *t)
{
    const struct slot *s = &t->bind[BIND_SPACE];
    struct space *space = space_of(s);

    return !slot_empty(s) && space->asid >> 16 == cpu.asid_generation ? space : NULL;
}

static __attribute__((noinline)) struct fast fast_fpu(struct thread *to, word_t detail)
{
    arch_fpu_allow(cpu.fpu == to);
    return (struct fast){to, detail};
}

/* Last of all, so that the common case calls nothing and has nothing to save. */
static inline struct fast fast_switch(struct thread *from, struct thread *to, struct space *space,
                                      word_t detail)
{
    uint64_t at = arch_cycles() - cpu.idle;

    from->executed += at - cpu.resumed_at;
    cpu.resumed_at = at;
    cpu.current = to;
    arch_space_enter(window_paddr(&space->root), space->asid & 0xffff);
    if (cpu.fpu == to || cpu.fpu == from)
        return fast_fpu(to, detail);
    return (struct fast){to, detail};
}

/* The first receiver of an endpoint, if it can be handed a message now. */
static inline struct thread *fast_receiver(const struct endpoint *e)
{
    struct thread *to = e->receivers;

    return to && !to->timer_prev ? to : NULL;
}

/* `from` is held in the receiver's Reply; the receiver is off its queue. */
static inline void fast_hold(struct endpoint *e, struct thread *from, struct thread *to,
                             unsigned trap)
{
    struct reply *r = reply_of(&to->bind[BIND_REPLY]);

    e->receivers = to->next;
    if (to->next)
        to->next->prev = NULL;
    else
        e->receivers_tail = NULL;
    to->next = NULL;
    to->queue = NULL;
    to->state = THREAD_READY;
    if (to->priority < from->priority)
        to->priority = from->priority;
    r->caller = from;
    r->server = NULL;
    r->leases = 0;
    r->state = REPLY_HOLDS;
    from->reply = r;
    from->trap = (uint8_t)trap;
    from->state = THREAD_SERVED;
}

/* ---- call ---- */

struct fast fast_call(word_t address, word_t info, word_t recv, struct thread *me)
{
    const struct slot *s = fast_slot(me, (cap_t)address);
    struct endpoint *e;
    struct space *space;
    struct thread *to;

    if (!s || (s->head & (HEAD_TYPE | HEAD_RIGHTS(RIGHT_WRITE))) !=
                  (OBJ_ENDPOINT | HEAD_RIGHTS(RIGHT_WRITE)))
        return NOTHING;
    e = endpoint_of(s);
    to = fast_receiver(e);
    if ((info & ~(word_t)INFO_OFFER) || INFO_GET_RECV(info) > RUN_MAX || !to || cpu.reschedule)
        return NOTHING;
    space = fast_space(to);
    if (!space)
        return NOTHING;
    /* from here on nothing fails */
    me->recv = (cap_t)recv;
    me->recv_count = (uint8_t)INFO_GET_RECV(info);
    fast_hold(e, me, to, TRAP_CALL);
    return fast_switch(me, to, space, s->word[0]);
}

/* ---- reply and receive ---- */

/* May this 4 KiB frame be mapped with these rights; not mapped yet? */
static inline bool fast_mappable(const struct slot *s, unsigned rights)
{
    uint32_t mask = HEAD_TYPE | HEAD_SIZE(0x3f) | HEAD_RIGHTS(rights) | HEAD_MAPPED;

    return (s->head & mask) == (OBJ_FRAME | HEAD_SIZE(PAGE_BITS) | HEAD_RIGHTS(rights));
}

static inline void fast_enter(struct slot *s, const struct walk *w, ref_t tag, vaddr_t va,
                              unsigned rights, unsigned access)
{
    bool all = slot_rights(s) & RIGHT_NOTRACK;

    s->word[0] = tag;
    s->word[1] = (uint32_t)(va >> PAGE_BITS);
    s->head |= HEAD_MAPPED;
    *walk_shadow(w) = slot_ref(s);
    *walk_entry(w) = pte_leaf((paddr_t)s->obj << PAGE_BITS, rights, all || access,
                              all || (access & rights & RIGHT_WRITE), 0);
}

/* Neighbouring frames into empty entries of one leaf table. */
static bool fast_map_run(struct thread *me, const struct thread *caller, struct walk w,
                         word_t first, word_t where)
{
    ref_t tag = space_tag(space_of(&caller->bind[BIND_FAULT_SPACE]));
    unsigned count = MAP_COUNT(where), rights = MAP_RIGHTS(where);
    vaddr_t va = MAP_VA(where);
    struct run run;

    if (count > REPLY_PAGES || w.index + count > ARCH_TABLE_ENTRIES ||
        run_find(me, (cap_t)first, count, &run) != ERR_OK)
        return false;
    for (unsigned i = 0; i < count; i++) {
        if (!fast_mappable(run.first + i, rights) || w.table->shadow[w.index + i])
            return false;
    }
    /* from here on nothing fails */
    for (unsigned i = 0; i < count; i++, va += PAGE_SIZE, w.index++)
        fast_enter(run.first + i, &w, tag, va, rights,
                   va == (caller->fault_address & ~(vaddr_t)(PAGE_SIZE - 1)) ? caller->fault_access
                                                                             : 0);
    return true;
}

/* The common answer to a fault: 4 KiB frames, not executable, where nothing is mapped. */
static inline bool fast_map(struct thread *me, struct thread *caller, word_t first, word_t where)
{
    const struct slot *target = &caller->bind[BIND_FAULT_SPACE];
    struct space *space = space_of(target);
    unsigned rights = MAP_RIGHTS(where);
    vaddr_t va = MAP_VA(where);
    struct walk w;
    struct slot *s;

    if (slot_empty(target) || space->dying || MAP_FLAGS(where) || !rights ||
        (rights & RIGHT_EXECUTE) || !pte_permissions_exist(rights) || va >= ARCH_USER_TOP)
        return false;
    w = walk_down(space, va, 0);
    if (w.level)
        return false;
    if (MAP_COUNT(where) > 1)
        return fast_map_run(me, caller, w, first, where);
    s = fast_slot(me, (cap_t)first);
    if (!s || !fast_mappable(s, rights) || *walk_shadow(&w))
        return false;
    fast_enter(s, &w, space_tag(space), va, rights,
               (va ^ caller->fault_address) >> PAGE_BITS ? 0 : caller->fault_access);
    return true;
}

/* The server waits with its Reply armed, the caller runs. */
static inline struct fast fast_finish(struct thread *me, struct thread *caller, word_t info,
                                      word_t recv, word_t detail)
{
    struct endpoint *e = endpoint_of(&me->bind[BIND_ENDPOINT]);
    struct reply *r = reply_of(&me->bind[BIND_REPLY]);

    me->recv = (cap_t)recv;
    me->recv_count = (uint8_t)INFO_GET_RECV(info);
    me->state = THREAD_RECEIVING;
    me->queue = e;
    me->priority = me->base;
    e->receivers = e->receivers_tail = me;
    r->caller = NULL;
    r->leases = 0;
    r->server = me;
    r->state = REPLY_ARMED;
    caller->reply = NULL;
    caller->state = THREAD_READY;
    return fast_switch(me, caller, space_of(&caller->bind[BIND_SPACE]), detail);
}

/* Answers to faults and traps; the checks of fast_reply_receive hold. */
static __attribute__((noinline)) struct fast fast_reply_map(struct thread *me, word_t info,
                                                            word_t recv, struct thread *caller,
                                                            word_t w0, word_t w1, word_t w2)
{
    if (caller->trap != TRAP_FAULT || !w0 || w2 || !fast_map(me, caller, w0, w1))
        return NOTHING;
    return fast_finish(me, caller, info, recv, 1);
}

static __attribute__((noinline)) struct fast
fast_reply_trap(struct thread *me, word_t info, word_t recv, struct thread *caller, word_t w0)
{
    if (caller->trap == TRAP_FOREIGN && !(info & INFO_AS_IS))
        arch_trap_result(&caller->registers, w0);
    return fast_finish(me, caller, info, recv, 1);
}

struct fast fast_reply_receive(word_t reply, word_t info, word_t recv, struct thread *me, word_t w0,
                               word_t w1, word_t w2)
{
    const struct slot *rs = &me->bind[BIND_REPLY], *es = &me->bind[BIND_ENDPOINT];
    const struct slot *ns = &me->bind[BIND_NOTIFICATION];
    const struct endpoint *e = endpoint_of(es);
    const struct reply *r = reply_of(rs);
    struct thread *caller;

    if (reply || slot_empty(rs) || slot_empty(es) || r->state != REPLY_HOLDS || cpu.reschedule ||
        (info & ~(word_t)(INFO_OFFER | INFO_MAPS | INFO_AS_IS)) || INFO_GET_RECV(info) > RUN_MAX)
        return NOTHING;
    caller = r->caller;
    if (!fast_space(caller) || caller->timer_prev || e->senders || e->receivers ||
        (!slot_empty(ns) && notification_of(ns)->bits) || cpu.ready >> caller->priority >> 1)
        return NOTHING;
    if (caller->trap == TRAP_CALL)
        return info & (INFO_MAPS | INFO_AS_IS) ? NOTHING : fast_finish(me, caller, info, recv, 0);
    if (info & INFO_MAPS)
        return fast_reply_map(me, info, recv, caller, w0, w1, w2);
    return fast_reply_trap(me, info, recv, caller, w0);
}

/* ---- faults and foreign traps ---- */

static inline struct fast fast_deliver(struct thread *me, unsigned trap)
{
    const struct slot *s = &me->bind[BIND_FAULT];
    struct endpoint *e = endpoint_of(s);
    struct space *space;
    struct thread *to;

    if (slot_empty(s) || cpu.reschedule || me->fault_ms)
        return NOTHING;
    to = fast_receiver(e);
    if (!to)
        return NOTHING;
    space = fast_space(to);
    if (!space)
        return NOTHING;
    /* from here on nothing fails */
    fast_hold(e, me, to, trap);
    return fast_switch(me, to, space, me->fault_badge);
}

struct fast fast_fault(vaddr_t address, unsigned access, struct thread *me)
{
    const struct slot *s = &me->bind[BIND_SPACE];
    struct fast f;
    struct walk w;
    pte_t e;

    if (address >= ARCH_USER_TOP || slot_empty(s))
        return NOTHING;
    w = walk_down(space_of(s), address, 0);
    e = *walk_entry(&w);
    if (pte_valid(e))
        return NOTHING; /* permission or spurious */
    f = fast_deliver(me, TRAP_FAULT);
    if (!f.next)
        return f;
    me->fault_cause = FAULT_NOT_PRESENT;
    me->fault_address = address;
    me->fault_access = (uint8_t)access;
    me->fault_code = 0;
    me->sequence++;
    arch_set_word(&f.next->registers, FAULT_CAUSE,
                  (w.level ? FAULT_NO_TABLE | (word_t)(w.level - 1) << 16 : FAULT_NOT_PRESENT) |
                      (word_t)access << 8);
    arch_set_word(&f.next->registers, FAULT_ADDRESS, address);
    arch_set_word(&f.next->registers, FAULT_IP, arch_ip(&me->registers));
    arch_set_word(&f.next->registers, FAULT_SP, arch_sp(&me->registers));
    arch_set_word(&f.next->registers, FAULT_ENTRY, 0);
    arch_set_word(&f.next->registers, FAULT_SEQUENCE, me->sequence);
    arch_set_word(&f.next->registers, FAULT_CODE, 0);
    arch_set_word(&f.next->registers, 7, 0);
    return f;
}

/* The port takes the handler's words from the saved registers of `me`. */
struct fast fast_trap(struct thread *me)
{
    return fast_deliver(me, TRAP_FOREIGN);
}
