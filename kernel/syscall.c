/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * syscall.c - from a trap instruction to the call it asks for.
 */
#include "invoke_ops.h"
#include "ipc.h"
#include "irq.h"

static unsigned call_signal(struct thread *t)
{
    struct slot *s = cap_lookup(t, (cap_t)arch_arg(&t->registers, 0));

    if (!s)
        return ERR_NO_CAP;
    if (slot_type(s) != OBJ_NOTIFICATION)
        return ERR_WRONG_TYPE;
    if (!(slot_rights(s) & RIGHT_WRITE))
        return ERR_NO_RIGHT;
    notification_signal(notification_of(s), s->word[0]);
    return ERR_OK;
}

/* The device's waits are no part of a measuring run: its idle time is what the clock skipped. */
static unsigned call_counters(struct thread *t)
{
    uint64_t executed = executed_cycles(), idle = measuring() ? cpu.skipped : cpu.idle;
    uint64_t value[] = {
        [COUNTER_NOW] = now(),
        [COUNTER_CYCLES] = executed + idle,
        [COUNTER_IDLE] = idle,
        [COUNTER_THREAD] = sched_account(t),
    };
    unsigned per = sizeof(uint64_t) / sizeof(word_t);

    for (unsigned i = 0; i < 4; i++)
        for (unsigned j = 0; j < per; j++)
            arch_set_word(&t->registers, i * per + j, (word_t)(value[i] >> j * 32));
    return ERR_OK;
}

/* Text stands in the words, low byte first. */
static unsigned call_log(struct thread *t)
{
    const char *text = (const char *)arch_words(&t->registers);
    word_t bytes = arch_arg(&t->registers, 0);

    if (!(t->flags & THREAD_LOG))
        return ERR_NO_RIGHT;
    if (bytes > MESSAGE_WORDS * sizeof(word_t))
        return ERR_BAD_ARG;
    for (unsigned i = 0; i < bytes; i++)
        arch_putc(text[i]);
    return ERR_OK;
}

static unsigned call_tls(struct thread *t)
{
    arch_set_tls(&t->registers, arch_arg(&t->registers, 0));
    return ERR_OK;
}

static unsigned call_power(struct thread *t)
{
    word_t how = arch_arg(&t->registers, 0);

    if (!(t->flags & THREAD_POWER))
        return ERR_NO_RIGHT;
    if (how >= POWER_COUNT)
        return ERR_BAD_ARG;
    arch_power((enum power)how, (unsigned)arch_arg(&t->registers, 1));
}

/* The words stand in the registers: results and progress are where they belong at once. */
static unsigned call_invoke(struct thread *t)
{
    return invoke(t, (cap_t)arch_arg(&t->registers, 0), (unsigned)arch_arg(&t->registers, 1),
                  arch_words(&t->registers));
}

static unsigned call_receive(struct thread *t)
{
    return ipc_receive(t, (uint32_t)arch_arg(&t->registers, 1), (cap_t)arch_arg(&t->registers, 3));
}

static unsigned call_reply(struct thread *t)
{
    return ipc_reply(t, (uint32_t)arch_arg(&t->registers, 1));
}

static unsigned call_yield(struct thread *t)
{
    (void)t;
    sched_yield();
    return ERR_OK;
}

static unsigned call_nothing(struct thread *t)
{
    (void)t;
    return ERR_OK;
}

static unsigned (*const calls[SYS_COUNT])(struct thread *t) = {
    [SYS_CALL] = ipc_call,      [SYS_REPLY_RECV] = ipc_reply_receive, [SYS_RECV] = call_receive,
    [SYS_REPLY] = call_reply,   [SYS_SIGNAL] = call_signal,           [SYS_WAIT] = ipc_wait,
    [SYS_INVOKE] = call_invoke, [SYS_COUNTERS] = call_counters,       [SYS_LOG] = call_log,
    [SYS_YIELD] = call_yield,   [SYS_NOTHING] = call_nothing,         [SYS_TLS] = call_tls,
    [SYS_POWER] = call_power,
};

void syscall_end(struct thread *t, unsigned err)
{
    if (err == ERR_RESTART) {
        arch_restart(&t->registers);
        arch_poll();
        cpu.reschedule = true;
    } else if (err != ERR_BLOCKED && err != ERR_ANSWERED) {
        if (!cpu.reschedule) /* it goes on at once */
            return arch_resume_saved(err, 0, KIND_NONE, &t->registers);
        arch_answer(&t->registers, err, 0, KIND_NONE);
    }
    sched_switch();
}

void trap_syscall(void)
{
    struct thread *t = cpu.current;
    unsigned number;

    if (t->flags & THREAD_FOREIGN) {
        t->trap = TRAP_FOREIGN;
        ipc_fault(t, BIND_FAULT);
        return sched_switch();
    }
    number = arch_syscall_number(&t->registers);
    syscall_end(t, number < SYS_COUNT ? calls[number](t) : ERR_BAD_CALL);
}

void trap_irq(unsigned line)
{
    irq_raise(line);
}
