/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * thread.h - threads: registers, bindings, what they wait for; and the scheduler.
 *
 *   state            queued on                     leaves on
 *   THREAD_STOPPED   nothing                       start, resume
 *   THREAD_READY     its priority's queue, or runs block, stop
 *   THREAD_CALLING   the Endpoint's senders        receive, stop, deletion
 *   THREAD_SERVED    nothing; a Reply points at it reply, stop, deletion of the Reply
 *   THREAD_RECEIVING the Endpoint's receivers      call, bound notification, deadline, stop
 *   THREAD_WAITING   the Notification's waiters    signal, deadline, stop
 *   THREAD_BROKEN    nothing: a fault nobody took  resume, start
 *
 * T1  a thread is on at most one queue; READY exactly if it is current or on a ready queue
 * T2  reply != NULL exactly in THREAD_SERVED, and reply->caller points back
 * T3  timed exactly if it is on the timer wheel
 * T4  context, endpoint, serves and hears are of what is bound
 */
#ifndef KERNEL_THREAD_H
#define KERNEL_THREAD_H

#include "kernel.h"

struct reply;
struct endpoint;
struct notification;
struct space;
struct context;

enum thread_state {
    THREAD_STOPPED,
    THREAD_READY,
    THREAD_CALLING,
    THREAD_SERVED,
    THREAD_RECEIVING,
    THREAD_WAITING,
    THREAD_BROKEN,
};

/* What a caller waits to have answered. */
enum thread_trap { TRAP_CALL, TRAP_FAULT, TRAP_FOREIGN };

struct thread {
    struct registers registers; /* first: the port saves here */
    struct thread *next, *prev; /* on the one queue it is on */
    void *queue;                /* endpoint or notification it is queued on */
    uint8_t flags;              /* enum thread_flag; the port's entry code looks at it */
    uint8_t recv_count;         /* slots offered, from `recv` on */
    uint8_t state, trap;        /* enum thread_state, thread_trap */
    uint8_t base, priority;     /* own, and now (at least base; a caller's while serving it) */
    uint8_t ceiling; /* the highest priority it was ever given: what Threads it makes may have */
    uint8_t fault_access, fault_cause;
    cap_t recv;
    uint32_t sequence;  /* of its faults */
    uint32_t fault_ms;  /* deadline of its faults; 0 = none */
    uint64_t executed;  /* instructions */
    uint64_t deadline;  /* ns; of a wait, or of a fault */
    word_t fault_badge; /* of its faults and traps */
    word_t call_badge;  /* of the capability it called with, while it waits */
    struct thread *timer_next, **timer_prev;
    /* What is bound, for kernel/fast.c. If nothing: one where nobody can run, wait, or signal. */
    const struct context *context;
    struct endpoint *endpoint;
    struct reply *serves;
    const struct notification *hears;
    struct slot bind[BIND_COUNT];
    struct reply *reply; /* THREAD_SERVED: who holds its call */
    vaddr_t fault_address;
    word_t fault_code; /* FAULT_EXCEPTION: the machine's cause */
    struct fpu_state fpu;
};
_Static_assert(sizeof(struct thread) <= 1u << 10, "OBJECT_TABLE says 2^10 bytes");

static inline struct thread *thread_of(const struct slot *cap)
{
    return slot_object(cap);
}

/* ---- scheduler (sched.c) ---- */

void sched_enqueue(struct thread *t);  /* READY, at the tail of its priority */
void sched_remove(struct thread *t);   /* no longer READY: off its queue */
void sched_give_way(struct thread *t); /* it ran and is preempted: ahead of its peers */
void sched_set_priority(struct thread *t, unsigned priority);
/* Called last at every kernel exit: choose, account, enter the space. Idles if nobody is ready. */
void sched_switch(void);
void sched_yield(void);
/* It ran up to now (NULL: nobody did). Returns what it has executed. */
uint64_t sched_account(struct thread *t);
void sched_rearm(void);         /* a deadline was added */
void sched_disarm(void);        /* no alarm until the next exit sets one */
uint64_t executed_cycles(void); /* cycles not spent idle */

/* ---- system calls (syscall.c) ---- */

/* What remains of a call whose registers are saved: restart, answer, or neither; who runs next. */
void syscall_end(struct thread *t, unsigned err);

/* ---- threads (object/thread.c) ---- */

void thread_ready(struct thread *t); /* from any waiting state that has been left */
/* Take it off whatever it waits for; the state becomes STOPPED. */
void thread_cancel(struct thread *t);
/* The same, and the system call it was in will be answered `err` when it runs on. */
void thread_fail(struct thread *t, unsigned err);
/* Stopped by a fault nobody takes: BROKEN, its watcher is signalled, a line is logged. */
void thread_break(struct thread *t, const char *why);
struct slot *thread_binding(const struct thread *t, unsigned binding); /* NULL if empty */
/* Each of `bindings` (BINDING() of them) is a child of the next of `from` from now on, or empty if
 * that is NULL. That they may be derived was checked. */
void thread_bind(struct thread *t, unsigned bindings, struct slot *const *from);
void *thread_buffer(const struct thread *t); /* NULL if none */
void thread_destroy(struct thread *t);
/* A bound capability is being deleted: whatever waits by it stops waiting. */
void binding_removed(struct slot *s);

/* ---- timer wheel (timer.c) ---- */

uint64_t now(void);                                    /* ns; measuring runs: executed time */
void timer_reset(void);                                /* no deadline runs, time begins at 0 */
void timer_start(struct thread *t, uint64_t deadline); /* which has none that runs */
void timer_stop(struct thread *t);
uint64_t timer_next(void); /* earliest time at which something may be due */
void timer_expire(void);   /* time out what is due */
/* timed out: told to ipc.c by what the thread waits for */
void thread_timeout(struct thread *t);

#endif
