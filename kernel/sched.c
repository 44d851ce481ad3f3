/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sched.c - who runs next: the highest priority, in turns of a slice within it.
 *
 * The running thread is on no queue. Idle is tickless: the timer is armed for the next deadline,
 * and for the end of the slice only while another thread waits at the same priority.
 *
 * In a measuring run time is what was executed. While nothing runs the clock is moved on to the
 * next event at once (cpu.skipped), so a wait costs no time that depends on the host.
 */
#include "ipc.h"
#include "irq.h"
#include "space.h"

#define SLICE_NS 10000000ull

struct cpu cpu;
static uint64_t timer_armed; /* what arch_timer_set() was told last */

uint64_t executed_cycles(void)
{
    return arch_cycles() - cpu.idle;
}

uint64_t now(void)
{
    return measuring() ? executed_cycles() + cpu.skipped : arch_now();
}

/* The port is told of a new earliest event before the thread goes on. */
void sched_rearm(void)
{
    cpu.rearm = cpu.reschedule = true;
}

/* ---- ready queues ---- */

static void ready_mark(uint8_t priority)
{
    cpu.ready |= 1ull << priority;
    if (cpu.top < priority)
        cpu.top = priority;
}

static void ready_add(struct thread *t)
{
    queue_add(&cpu.head[t->priority], &cpu.tail[t->priority], t);
    ready_mark(t->priority);
}

static void ready_take(struct thread *t)
{
    queue_remove(&cpu.head[t->priority], &cpu.tail[t->priority], t);
    if (!cpu.head[t->priority]) {
        cpu.ready &= ~(1ull << t->priority);
        cpu.top = cpu.ready ? (uint8_t)bit_highest(cpu.ready) : 0;
    }
}

void sched_enqueue(struct thread *t)
{
    ready_add(t);
    if (!cpu.current || t->priority >= cpu.current->priority)
        cpu.reschedule = true;
}

void sched_give_way(struct thread *t)
{
    struct thread **head = &cpu.head[t->priority];

    t->prev = NULL;
    t->next = *head;
    if (*head)
        (*head)->prev = t;
    else
        cpu.tail[t->priority] = t;
    *head = t;
    ready_mark(t->priority);
}

void sched_remove(struct thread *t)
{
    if (t == cpu.current) {
        cpu.reschedule = true;
        return;
    }
    ready_take(t);
}

void sched_set_priority(struct thread *t, unsigned priority)
{
    bool queued = t->state == THREAD_READY && t != cpu.current;

    if (t->priority == priority)
        return;
    if (queued)
        sched_remove(t);
    t->priority = (uint8_t)priority;
    if (queued)
        sched_enqueue(t);
    if (t->state == THREAD_READY)
        cpu.reschedule = true;
}

void sched_yield(void)
{
    cpu.slice_end = 1; /* long past */
    cpu.reschedule = true;
}

/* ---- choosing ---- */

unsigned bit_highest(uint64_t word)
{
    unsigned n = 0;

    for (unsigned half = 32; half; half /= 2) {
        if (word >> half) {
            word >>= half;
            n += half;
        }
    }
    return n;
}

static struct thread *take_highest(void)
{
    struct thread *t = cpu.head[cpu.top];

    ready_take(t);
    return t;
}

uint64_t sched_account(struct thread *t)
{
    static uint64_t nobodys;
    uint64_t *sum = t ? &t->executed : &nobodys;

    arch_spent(&cpu.resumed_at, sum);
    return *sum;
}

/* Puts the running thread back if another is to run: ahead of its peers if it was preempted,
 * behind them if its slice is over. True: it stays. */
static bool current_stays(void)
{
    struct thread *t = cpu.current;
    bool over;

    if (!t || t->state != THREAD_READY)
        return false;
    if (cpu.top < t->priority)
        return true;
    over = cpu.slice_end && now() >= cpu.slice_end;
    if (!over && cpu.top == t->priority) /* who waits is its peer */
        return true;
    if (over)
        ready_add(t);
    else
        sched_give_way(t);
    return false;
}

static uint64_t next_event(void)
{
    uint64_t timer = timer_next(), due = irq_due();

    return timer < due ? timer : due;
}

/* Nothing is ready. Returns after something may have become so. */
static void idle(void)
{
    uint64_t event = next_event(), start = arch_cycles();

    if (measuring() && event != UINT64_MAX) {
        uint64_t at = now();

        cpu.skipped += event > at ? event - at : 0;
        cpu.due = true;
        return;
    }
    arch_timer_set(event);
    timer_armed = event;
    arch_idle();
    cpu.idle += arch_cycles() - start;
    arch_poll();
}

/* For the next deadline, and for the end of the slice if a peer waits for its turn. */
static void arm_timer(void)
{
    uint64_t at = next_event();

    cpu.rearm = false;
    if (cpu.head[cpu.current->priority]) {
        if (!cpu.slice_end)
            cpu.slice_end = now() + SLICE_NS;
        if (cpu.slice_end < at)
            at = cpu.slice_end;
    }
    if (at == timer_armed)
        return;
    timer_armed = at;
    arch_timer_set(at == UINT64_MAX ? at : at + (arch_now() - now()));
}

void sched_disarm(void)
{
    timer_armed = UINT64_MAX;
    arch_timer_set(UINT64_MAX);
    cpu.rearm = true;
}

/* The port has switched it off. */
void trap_timer(void)
{
    timer_armed = UINT64_MAX;
    cpu.due = cpu.rearm = cpu.reschedule = true;
}

static void fetch_due(void)
{
    cpu.due = false;
    timer_expire();
    irq_deliver_due();
}

static void run(struct thread *t)
{
    cpu.current = t;
    if (t->context->dying) {
        thread_break(t, "it has no address space");
        return;
    }
    space_enter(space_of(&t->bind[BIND_SPACE]));
    arch_fpu_allow(cpu.fpu == t);
}

static struct thread *choose(void)
{
    sched_account(cpu.current);
    cpu.current = NULL;
    while (!cpu.ready) {
        idle();
        if (cpu.due)
            fetch_due();
        sched_account(NULL);
    }
    cpu.slice_end = 0;
    return take_highest();
}

void sched_switch(void)
{
    if (!cpu.reschedule && cpu.current && cpu.current->state == THREAD_READY)
        return;
    do {
        if (cpu.due)
            fetch_due();
        run(current_stays() ? cpu.current : choose());
    } while (cpu.current->state != THREAD_READY);
    cpu.reschedule = false; /* whatever asked for it on the way was heard */
    if (cpu.rearm || cpu.head[cpu.current->priority])
        arm_timer();
}
