/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loop.c - the loop of a pager; see loop.h.
 *
 * L1  the Reply named by l->reply is bound to our thread, and free at each receive
 * L2  each parked event has a Reply of its own that holds its thread; but where one thread is
 *     served that is the bound one, and until it is free we wait for bits, and receive nothing
 *
 * This is lib/rt's serve() with less on the way: a pager has no callers but its task.
 */
#include "loop.h"

#include "rt.h"
#include "start.h"

#include <stdlib.h>

/* The thread goes on where it stands; it will come back with the same wish. */
static void answer_refused(struct loop *l, cap_t reply, enum err e)
{
    static const word_t nothing[MESSAGE_WORDS];

    l->refusals++;
    l->ops->refused(l, e);
    if (e != ERR_GONE && e != ERR_LATE)
        sys_reply(reply, INFO_MAPS | INFO_AS_IS, CAP_NULL, nothing);
}

/* Room for one more. */
static bool park_room(struct loop *l)
{
    void *grown;

    if (l->parked_count < l->parked_room)
        return true;
    grown = realloc(l->parked, (l->parked_room + 4) * sizeof(*l->parked));
    if (grown == NULL)
        return false;
    l->parked = grown;
    l->parked_room += 4;
    return true;
}

/* Another Reply is bound instead of the one that the event keeps. */
static bool park_reply(struct loop *l, cap_t *kept)
{
    if (l->spare == CAP_NULL)
        l->spare = object_make(OBJ_REPLY, 0);
    if (l->spare == CAP_NULL || thread_bind(l->thread, BIND_REPLY, l->spare) != ERR_OK)
        return false;
    *kept = l->reply;
    l->reply = l->spare;
    l->spare = CAP_NULL;
    return true;
}

/* false: no memory to keep it; then it is answered with nothing and comes back. */
static bool event_park(struct loop *l, const struct event *e)
{
    cap_t kept = CAP_NULL;

    if (!park_room(l) || (!l->alone && !park_reply(l, &kept)))
        return false;
    l->parked[l->parked_count++] = (struct parked){kept, *e};
    l->parks++;
    return true;
}

static void reply_free(struct loop *l, cap_t reply)
{
    if (reply == CAP_NULL)
        return;
    if (l->spare == CAP_NULL)
        l->spare = reply;
    else if (cap_delete(reply, 1) == ERR_OK)
        slots_free(reply, 1);
}

static void parked_answer(struct loop *l, struct parked *p)
{
    enum err e = sys_reply(p->reply, p->event.info, CAP_NULL, p->event.word);

    if (e != ERR_OK)
        answer_refused(l, p->reply, e);
    reply_free(l, p->reply);
}

/* Gives each parked event to the handler again; those that it answers leave. The last one of them
 * is answered by the receive that follows. */
static void parked_retry(struct loop *l)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < l->parked_count; i++) {
        struct parked p = l->parked[i];

        p.event.again = true;
        if (l->ops->handle(l, &p.event) == EVENT_PARK) {
            l->parked[kept++] = p;
            continue;
        }
        if (l->answers)
            parked_answer(l, &l->last);
        l->last = p;
        l->answers = true;
    }
    l->parked_count = kept;
}

/* Nothing is to be answered. */
static struct answer plain_receive(struct loop *l, struct event *e)
{
    uint32_t until = sys_until(*l->deadline);

    return l->alone && l->parked_count > 0 ? sys_wait(CAP_NULL, until)
                                           : sys_recv(until, CAP_NULL, e->word);
}

static struct answer loop_receive(struct loop *l, struct event *e)
{
    struct parked p;
    struct answer a;

    if (!l->answers)
        return plain_receive(l, e);
    p = l->last;
    l->answers = false;
    memcpy(e->word, p.event.word, sizeof(e->word));
    a = sys_reply_recv(p.reply, p.event.info | sys_until(*l->deadline), CAP_NULL, CAP_NULL,
                       e->word);
    if (a.err != ERR_OK && a.err != ERR_TIMEOUT) { /* as in loop_run */
        answer_refused(l, p.reply, a.err);
        a = plain_receive(l, e);
    }
    reply_free(l, p.reply);
    return a;
}

/* After a receive that answered `a`. EVENT_ANSWER: e is to be answered. */
static enum event_end loop_dispatch(struct loop *l, struct answer a, struct event *e)
{
    if (a.err == ERR_TIMEOUT) {
        *l->deadline = 0;
        l->ops->late(l);
        parked_retry(l);
        return EVENT_PARK;
    }
    if (a.err != ERR_OK)
        die("cannot receive: %s", err_text(a.err));
    e->kind = KIND_OF(a.kind);
    e->badge = a.badge;
    e->again = e->stalled = false;
    e->info = 0;
    if (e->kind == KIND_NOTIFICATION) {
        l->ops->notified(l, a.badge);
        parked_retry(l);
        return EVENT_PARK;
    }
    if (e->kind == KIND_CALL) { /* nobody holds our endpoint but the task's threads */
        e->word[0] = ERR_BAD_OP;
        return EVENT_ANSWER;
    }
    if (e->kind == KIND_FAULT)
        l->faults++;
    else
        l->traps++;
    if (l->ops->handle(l, e) == EVENT_ANSWER)
        return EVENT_ANSWER;
    if (event_park(l, e))
        return EVENT_PARK;
    memset(e->word, 0, sizeof(e->word));
    e->info = INFO_MAPS | INFO_AS_IS;
    return EVENT_ANSWER;
}

void loop_run(struct loop *l)
{
    struct event e;
    struct answer a;

    if (l->thread == CAP_NULL)
        l->thread = SLOT_THREAD;
    if (l->reply == CAP_NULL)
        l->reply = SLOT_REPLY;
    a = loop_receive(l, &e);
    for (;;) {
        if (loop_dispatch(l, a, &e) == EVENT_PARK) {
            a = loop_receive(l, &e);
            continue;
        }
        a = sys_reply_recv(CAP_NULL, e.info | sys_until(*l->deadline), CAP_NULL, CAP_NULL, e.word);
        /* A deadline can only have passed behind the answer; all else stopped before it. */
        if (a.err != ERR_OK && a.err != ERR_TIMEOUT) {
            answer_refused(l, CAP_NULL, a.err);
            a = loop_receive(l, &e);
        }
    }
}
