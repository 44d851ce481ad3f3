/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * notification.c - words of bits: set by signals, taken whole by whoever waits.
 *
 * N1  threads wait only while no bit is set
 */
#include "ipc.h"

static void take(struct notification *n, struct thread *t)
{
    arch_answer(&t->registers, ERR_OK, n->bits, KIND_NOTIFICATION);
    n->bits = 0;
}

void notification_signal(struct notification *n, word_t bits)
{
    struct thread *t = n->waiters ? n->waiters : n->bound;

    n->bits |= bits;
    if (!t || !n->bits)
        return;
    if (t->state == THREAD_WAITING && t->queue == n)
        thread_cancel(t);
    else if (t == n->bound && t->state == THREAD_RECEIVING)
        thread_cancel(t);
    else
        return;
    take(n, t);
    thread_ready(t);
}

void notification_cancel(struct thread *t)
{
    struct notification *n = t->queue;

    queue_remove(&n->waiters, &n->waiters_tail, t);
    t->queue = NULL;
}

bool notification_empty_step(struct notification *n)
{
    if (!n->waiters)
        return false;
    thread_fail(n->waiters, ERR_GONE);
    return true;
}

/* Bits that are set already are taken at once. */
bool notification_take(struct notification *n, struct thread *t)
{
    if (!n->bits)
        return false;
    take(n, t);
    return true;
}

void notification_wait(struct notification *n, struct thread *t)
{
    cpu.reschedule = true; /* it runs: it is on no queue */
    t->state = THREAD_WAITING;
    t->queue = n;
    queue_add(&n->waiters, &n->waiters_tail, t);
}

unsigned ipc_deadline(struct thread *t, uint32_t info)
{
    const struct buffer *buffer = thread_buffer(t);

    timer_stop(t);
    if (!(info & INFO_DEADLINE))
        return ERR_OK;
    if (!buffer)
        return ERR_NO_BUFFER;
    if (buffer->deadline <= now())
        return ERR_TIMEOUT;
    timer_start(t, buffer->deadline);
    return ERR_OK;
}

/* arg0: the Notification, or 0 for the bound one; arg1: info. */
unsigned ipc_wait(struct thread *t)
{
    cap_t address = (cap_t)arch_arg(&t->registers, 0);
    struct slot *s = address ? cap_lookup(t, address) : thread_binding(t, BIND_NOTIFICATION);
    struct notification *n;
    unsigned err;

    if (!s)
        return ERR_NO_CAP;
    if (slot_type(s) != OBJ_NOTIFICATION)
        return ERR_WRONG_TYPE;
    if (!(slot_rights(s) & RIGHT_READ))
        return ERR_NO_RIGHT;
    n = notification_of(s);
    if (notification_take(n, t))
        return ERR_ANSWERED;
    err = ipc_deadline(t, (uint32_t)arch_arg(&t->registers, 1));
    if (err != ERR_OK)
        return err;
    notification_wait(n, t);
    return ERR_BLOCKED;
}
