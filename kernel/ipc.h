/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ipc.h - endpoints, Replies, notifications and the messages between threads.
 */
#ifndef KERNEL_IPC_H
#define KERNEL_IPC_H

#include "buffer.h"
#include "captable.h"
#include "thread.h"

/* object/endpoint.c. E1: senders and receivers are never both non-empty. */
struct endpoint {
    struct thread *senders, *senders_tail;
    struct thread *receivers, *receivers_tail;
};

/*
 * object/reply.c. FREE <-> ARMED (a receiver waits with it) -> HOLDS(caller) -> FREE;
 * HOLDS -> EXPIRED at a fault's deadline -> FREE.
 * R1  HOLDS exactly if caller != NULL, and caller->reply points back
 * R2  server != NULL exactly if that thread, which has it bound, is RECEIVING (then it is ARMED),
 * or the message it received is still arriving: an interrupt came between two of its capabilities
 */
struct reply {
    struct thread *caller, *server;
    uint32_t state; /* enum reply_state */
    uint16_t leases;
    uint16_t arrived; /* capabilities of a call, or of its answer, that is not complete */
    struct lease lease[LEASE_MAX]; /* as lent; the Space is looked up again at each copy */
};
_Static_assert(sizeof(struct reply) <= 128, "OBJECT_TABLE says 2^7 bytes");

/* object/notification.c. N1: waiters only while bits == 0. */
struct notification {
    word_t bits;
    struct thread *waiters, *waiters_tail;
    struct thread *bound; /* the thread that receives it like a message */
};

static inline struct endpoint *endpoint_of(const struct slot *cap)
{
    return slot_object(cap);
}

static inline struct reply *reply_of(const struct slot *cap)
{
    return slot_object(cap);
}

static inline struct notification *notification_of(const struct slot *cap)
{
    return slot_object(cap);
}

/* Queues of threads by their next and prev. */
void queue_add(struct thread **head, struct thread **tail, struct thread *t);
void queue_remove(struct thread **head, struct thread **tail, struct thread *t);

/* System calls (ipc.c); the current thread's. Results: enum err, ERR_BLOCKED, ERR_RESTART. */
unsigned ipc_call(struct thread *t);
unsigned ipc_receive(struct thread *t, uint32_t info, cap_t offered);
unsigned ipc_reply(struct thread *t, uint32_t info);
unsigned ipc_reply_receive(struct thread *t);
unsigned ipc_wait(struct thread *t);
/* Maps the items in the words of `t` for the caller that its reply is to resume. */
unsigned reply_maps(struct thread *t, struct thread *caller);

/* What a message brings beside its words. The checks change nothing; the others cannot fail. */
struct sending {
    struct run run;
    unsigned mode, rights;
};
unsigned send_check(struct thread *t, uint32_t info, cap_t address, struct sending *out);
/* Into the run that the receiver offered, as far as it goes, behind what arrived before. False: an
 * interrupt wants in between two of them; the arguments of `from` name those that are left. */
bool send_caps(struct thread *from, const struct sending *s, struct thread *to, struct reply *r);
/* The message of a call stops there: `to` asks for the rest when it runs. */
void message_pause(struct thread *to, struct reply *r, word_t badge);
unsigned lease_check(struct thread *t, uint32_t info);
/* The leases stand in the caller's buffer until the call is taken. */
void lease_store(struct reply *r, struct thread *caller, uint32_t info);

/* A fault or a foreign trap of `t` becomes a call to the endpoint bound at `binding`. */
void ipc_fault(struct thread *t, unsigned binding);

/* The other side of a waiting caller is gone: it is told, or its fault goes to the fallback. */
void caller_fail(struct thread *t, unsigned err);
/* Starts the deadline that the info word asks for. ERR_TIMEOUT if it has passed. */
unsigned ipc_deadline(struct thread *t, uint32_t info);

/* Before their object ends: wake one of those that wait. False: nobody does. */
bool endpoint_empty_step(struct endpoint *e);
bool notification_empty_step(struct notification *n);
void endpoint_cancel(struct thread *t); /* CALLING or RECEIVING: leave the queue */
/* It stops waiting, or gives up its Reply: that has no server any more. */
void reply_disarm(struct thread *server);
void reply_destroy(struct reply *r);
void reply_release(struct reply *r); /* the caller is gone or answered: FREE */
void notification_signal(struct notification *n, word_t bits);
void notification_cancel(struct thread *t);
bool notification_take(struct notification *n, struct thread *t);
void notification_wait(struct notification *n, struct thread *t); /* no bit is set */
unsigned reply_copy(struct thread *t, struct slot *reply, word_t *word);

#endif
