/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * thread.c - threads: bindings, start and stop, breaking down.
 */
#include "thread_ops.h"

#include "buffer.h"
#include "cap_ops.h"
#include "ipc.h"
#include "space.h"

struct slot *thread_binding(const struct thread *t, unsigned binding)
{
    struct slot *s = (struct slot *)&t->bind[binding];

    return slot_empty(s) ? NULL : s;
}

void *thread_buffer(const struct thread *t)
{
    struct slot *s = thread_binding(t, BIND_BUFFER);

    return s ? arch_view(slot_paddr(s), VIEW_BUFFER) : NULL;
}

/* ---- states ---- */

void thread_ready(struct thread *t)
{
    t->state = THREAD_READY;
    sched_enqueue(t);
}

void thread_cancel(struct thread *t)
{
    timer_stop(t);
    switch (t->state) {
    case THREAD_READY:
        sched_remove(t);
        break;
    case THREAD_CALLING:
    case THREAD_RECEIVING:
        endpoint_cancel(t);
        break;
    case THREAD_WAITING:
        notification_cancel(t);
        break;
    case THREAD_SERVED:
        reply_release(t->reply);
        break;
    default:
        break;
    }
    t->state = THREAD_STOPPED;
}

void thread_fail(struct thread *t, unsigned err)
{
    thread_cancel(t);
    arch_answer(&t->registers, err, 0, KIND_NONE);
    thread_ready(t);
}

void thread_break(struct thread *t, const char *why)
{
    struct slot *watch = thread_binding(t, BIND_WATCH);

    thread_cancel(t);
    t->state = THREAD_BROKEN;
    kernel_log("kernel: a thread stops: %s (ip %lx, address %lx)\n", why,
               (unsigned long)arch_ip(&t->registers), (unsigned long)t->fault_address);
    if (watch)
        notification_signal(notification_of(watch), watch->word[0]);
}

void thread_destroy(struct thread *t)
{
    thread_cancel(t);
    if (cpu.fpu == t)
        cpu.fpu = NULL;
    if (cpu.current == t)
        cpu.reschedule = true;
}

/* ---- bindings ---- */

static const struct {
    uint8_t type, rights;
} binding_rule[BIND_COUNT] = {
    [BIND_ROOT] = {OBJ_CAPTABLE, 0},
    [BIND_SPACE] = {OBJ_SPACE, 0},
    [BIND_FAULT] = {OBJ_ENDPOINT, RIGHT_WRITE},
    [BIND_FAULT_SPACE] = {OBJ_SPACE, RIGHT_MAP},
    [BIND_FALLBACK] = {OBJ_ENDPOINT, RIGHT_WRITE},
    [BIND_ENDPOINT] = {OBJ_ENDPOINT, RIGHT_READ},
    [BIND_REPLY] = {OBJ_REPLY, 0},
    [BIND_NOTIFICATION] = {OBJ_NOTIFICATION, RIGHT_READ},
    [BIND_BUFFER] = {OBJ_FRAME, RIGHT_READ | RIGHT_WRITE},
    [BIND_WATCH] = {OBJ_NOTIFICATION, RIGHT_WRITE},
};

/* Only these carry the thread's ref in word[1] while bound: whoever waits by one, or runs in one,
 * is to know when it goes. */
static bool names_thread(const struct slot *s)
{
    return 1u << slot_type(s) &
           (1u << OBJ_ENDPOINT | 1u << OBJ_REPLY | 1u << OBJ_NOTIFICATION | 1u << OBJ_SPACE);
}

/* Instead of what is not bound: where nobody runs, somebody always waits to be received, ... */
static struct context nowhere = {.dying = true};
static struct endpoint busy = {.senders = (struct thread *)&busy};
static struct reply unheld;
static struct notification silence;

/* Not in line: it is small, and wanted four times. */
static __attribute__((noinline)) void *bound(const struct thread *t, unsigned binding,
                                             const struct slot *gone, void *instead)
{
    const struct slot *s = &t->bind[binding];

    return slot_empty(s) || s == gone ? instead : slot_object(s);
}

/* `gone`: a binding that is about to be emptied. */
static void binding_cache(struct thread *t, const struct slot *gone)
{
    struct space *space = bound(t, BIND_SPACE, gone, NULL);

    t->context = space ? &space->context : &nowhere;
    t->endpoint = bound(t, BIND_ENDPOINT, gone, &busy);
    t->serves = bound(t, BIND_REPLY, gone, &unheld);
    t->hears = bound(t, BIND_NOTIFICATION, gone, &silence);
}

/* `from` NULL: the binding is emptied. */
static void binding_set(struct thread *t, unsigned binding, struct slot *from)
{
    struct slot *to = &t->bind[binding];

    if (!slot_empty(to)) {
        binding_removed(to);
        tree_remove(to); /* no address names it: nothing is derived from it */
    }
    if (!from)
        return;
    cap_derive_whole(from, to, RIGHT_ALL, 0);
    if (names_thread(to))
        to->word[1] = (ref_t)(window_paddr(t) >> SLOT_BITS);
    if (binding == BIND_NOTIFICATION)
        notification_of(to)->bound = t;
}

void thread_bind(struct thread *t, unsigned bindings, struct slot *const *from)
{
    for (unsigned b = 0; bindings >> b; b++) {
        if (bindings & BINDING(b))
            binding_set(t, b, *from++);
    }
    binding_cache(t, NULL);
    if (t == cpu.current)
        cpu.reschedule = true; /* its space may be another from now on */
}

void binding_removed(struct slot *s)
{
    struct thread *t;
    unsigned binding;

    if (!names_thread(s) || !s->word[1])
        return;
    t = window((paddr_t)s->word[1] << SLOT_BITS);
    binding = (unsigned)(s - t->bind);
    if (binding == BIND_REPLY)
        reply_disarm(t);
    binding_cache(t, s);
    cpu.reschedule |= t == cpu.current; /* it may run in that space no longer */
    if (binding == BIND_NOTIFICATION) {
        notification_of(s)->bound = NULL;
        if (t->state == THREAD_WAITING && t->queue == notification_of(s))
            thread_fail(t, ERR_GONE);
    }
    if ((binding == BIND_ENDPOINT || binding == BIND_REPLY) && t->state == THREAD_RECEIVING)
        thread_fail(t, ERR_GONE);
}

static unsigned bind_check(const struct thread *t, unsigned binding, const struct slot *from)
{
    unsigned rights = binding_rule[binding].rights;

    if (!from)
        return ERR_NO_CAP;
    if (slot_type(from) != binding_rule[binding].type)
        return ERR_WRONG_TYPE;
    if ((slot_rights(from) & rights) != rights)
        return ERR_NO_RIGHT;
    if (binding == BIND_BUFFER && (slot_size(from) != PAGE_BITS || (from->head & HEAD_DEVICE)))
        return ERR_BAD_ARG;
    if (binding == BIND_NOTIFICATION && notification_of(from)->bound &&
        notification_of(from)->bound != t)
        return ERR_BUSY;
    return cap_derive_check(from);
}

/* word: BINDING() of each, then a capability or 0 for each, in their order. */
static unsigned thread_do_bind(struct thread *me, struct thread *t, const word_t *word)
{
    struct slot *from[MESSAGE_WORDS];
    unsigned bindings = (unsigned)word[0], n = 0;
    unsigned err = word[0] >> BIND_COUNT ? ERR_BAD_ARG : ERR_OK;

    for (unsigned b = 0; err == ERR_OK && bindings >> b; b++) {
        cap_t address;

        if (!(bindings & BINDING(b)))
            continue;
        if (n == MESSAGE_WORDS - 1)
            return ERR_BAD_ARG;
        address = (cap_t)word[n + 1];
        from[n] = cap_lookup(me, address);
        if (address)
            err = bind_check(t, b, from[n]);
        n++;
    }
    if (err == ERR_OK)
        thread_bind(t, bindings, from);
    return err;
}

/* ---- start, stop, registers ---- */

static unsigned runnable(const struct thread *t)
{
    if (t->state != THREAD_STOPPED && t->state != THREAD_BROKEN)
        return ERR_BUSY;
    return thread_binding(t, BIND_SPACE) ? ERR_OK : ERR_NO_CAP;
}

static unsigned thread_do_start(struct thread *t, const word_t *word)
{
    unsigned err = runnable(t);

    if (err != ERR_OK)
        return err;
    arch_registers_init(&t->registers, word[0], word[1], word[2], word[3]);
    thread_ready(t);
    return ERR_OK;
}

static unsigned thread_do_resume(struct thread *t)
{
    unsigned err = runnable(t);

    if (err == ERR_OK)
        thread_ready(t);
    return err;
}

/* Its native call is answered CANCELLED when it is resumed. */
static unsigned thread_do_stop(struct thread *t)
{
    bool native = !(t->flags & THREAD_FOREIGN);
    bool waits =
        t->state == THREAD_RECEIVING || t->state == THREAD_WAITING ||
        ((t->state == THREAD_CALLING || t->state == THREAD_SERVED) && t->trap == TRAP_CALL);

    if (t->state == THREAD_BROKEN)
        return ERR_OK;
    thread_cancel(t);
    if (native && waits)
        arch_answer(&t->registers, ERR_CANCELLED, 0, KIND_NONE);
    return ERR_OK;
}

static void fpu_put_back(struct thread *t)
{
    if (cpu.fpu != t)
        return;
    arch_fpu_save(&t->fpu);
    cpu.fpu = NULL;
    if (t == cpu.current)
        arch_fpu_allow(false);
}

static unsigned thread_do_registers(struct thread *me, struct thread *t, bool write)
{
    struct buffer *buffer = thread_buffer(me);

    if (!buffer)
        return ERR_NO_BUFFER;
    if (t->state == THREAD_READY)
        return ERR_BUSY;
    fpu_put_back(t);
    if (write)
        arch_registers_write(&t->registers, &t->fpu, buffer->reg);
    else
        arch_registers_read(&t->registers, &t->fpu, buffer->reg);
    return ERR_OK;
}

/* word: priority, flags, fault deadline in ms, badge. */
static unsigned thread_do_setup(const struct thread *me, const struct slot *cap, struct thread *t,
                                const word_t *word)
{
    if (word[0] >= PRIORITIES || word[0] > cap->word[0] || word[0] == 0 ||
        (word[1] & ~(word_t)(THREAD_FOREIGN | THREAD_LOG | THREAD_POWER)) || word[2] > 3600000)
        return ERR_BAD_ARG;
    if (word[1] & ~(word_t)me->flags & THREAD_POWER)
        return ERR_NO_RIGHT;
    t->base = (uint8_t)word[0];
    if (t->ceiling < t->base)
        t->ceiling = t->base;
    sched_set_priority(t, word[0]);
    t->flags = (uint8_t)word[1];
    t->fault_ms = (uint32_t)word[2];
    t->fault_badge = (uint32_t)word[3];
    return ERR_OK;
}

static unsigned thread_do_times(struct thread *t, word_t *word)
{
    uint64_t executed = t == cpu.current ? sched_account(t) : t->executed;

    for (unsigned i = 0; i < sizeof(executed) / sizeof(word_t); i++)
        *word++ = (word_t)(executed >> i * 32);
    word[0] = t->state;
    word[1] = t->sequence;
    return ERR_OK;
}

unsigned thread_invoke(struct thread *me, struct slot *cap, unsigned op, word_t *word)
{
    struct thread *t = thread_of(cap);
    bool looks = op == OP_THREAD_READ || op == OP_THREAD_TIMES;

    if (slot_type(cap) != OBJ_THREAD)
        return ERR_WRONG_TYPE;
    if (!(slot_rights(cap) & (looks ? RIGHT_READ : RIGHT_WRITE)))
        return ERR_NO_RIGHT;
    if (!looks && op != OP_THREAD_STOP && tree_dying(cap))
        return ERR_DYING;
    switch (op) {
    case OP_THREAD_BIND:
        return thread_do_bind(me, t, word);
    case OP_THREAD_START:
        return thread_do_start(t, word);
    case OP_THREAD_STOP:
        return thread_do_stop(t);
    case OP_THREAD_RESUME:
        return thread_do_resume(t);
    case OP_THREAD_READ:
    case OP_THREAD_WRITE:
        return thread_do_registers(me, t, op == OP_THREAD_WRITE);
    case OP_THREAD_SETUP:
        return thread_do_setup(me, cap, t, word);
    default:
        return thread_do_times(t, word);
    }
}
