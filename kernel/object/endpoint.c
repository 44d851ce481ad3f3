/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * endpoint.c - rendezvous of callers and receivers.
 *
 *   state        queue holds   leaves on
 *   idle         nobody        call, receive
 *   senders      callers       receive, cancel
 *   receivers    servers       call, signal of a bound notification, deadline, cancel
 *
 * E1  never both callers and receivers wait
 */
#include "ipc.h"

void queue_add(struct thread **head, struct thread **tail, struct thread *t)
{
    t->next = NULL;
    t->prev = *tail;
    if (*tail)
        (*tail)->next = t;
    else
        *head = t;
    *tail = t;
}

void queue_remove(struct thread **head, struct thread **tail, struct thread *t)
{
    if (t->prev)
        t->prev->next = t->next;
    else
        *head = t->next;
    if (t->next)
        t->next->prev = t->prev;
    else
        *tail = t->prev;
    t->next = t->prev = NULL;
}

void endpoint_cancel(struct thread *t)
{
    struct endpoint *e = t->queue;

    if (t->state == THREAD_CALLING) {
        queue_remove(&e->senders, &e->senders_tail, t);
    } else {
        queue_remove(&e->receivers, &e->receivers_tail, t);
        reply_disarm(t);
    }
    t->queue = NULL;
}

/* Callers are told; a faulting thread goes to its fallback handler. */
bool endpoint_empty_step(struct endpoint *e)
{
    if (e->senders)
        caller_fail(e->senders, ERR_GONE);
    else if (e->receivers)
        thread_fail(e->receivers, ERR_GONE);
    else
        return false;
    return true;
}
