/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deliver.c - signals reach the program: faults become signals, handlers are entered.
 */
#include "person.h"
#include "rt.h"

void registers_read(const struct task *t, uint64_t reg[REG_COUNT])
{
    thread_read(t->thread);
    memcpy(reg, sys_buffer()->reg, REG_COUNT * sizeof(reg[0]));
}

void registers_write(const struct task *t, const uint64_t reg[REG_COUNT])
{
    memcpy(sys_buffer()->reg, reg, REG_COUNT * sizeof(reg[0]));
    thread_write(t->thread);
}

/* Makes the memory present that a frame below sp will need. ERR_FAULT: there is none. */
static enum err frame_ready(struct task *t, uint64_t sp)
{
    uint64_t at = abi_frame_place(sp);
    size_t ready = 0;

    for (size_t done = 0; done < sizeof(struct abi_frame); done += ready) {
        enum err e = vm_present(t, at + done, sizeof(struct abi_frame) - done, true, &ready);

        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

/* No room for a frame is a fault of its own, and nothing can catch that. */
_Noreturn static void die_without_frame(struct task *t, enum err e, uint64_t ip)
{
    log_line("pid %u: no memory on the stack for a signal's frame", (unsigned)t->person->pid);
    person_die(t, &(struct signal_fact){.number = e == ERR_LIMIT ? LINUX_SIGKILL : LINUX_SIGSEGV},
               ip);
}

/*
 * Enters one handler after the other until nothing is due; each begins where the one
 * before would have gone on. Memory is made present before a signal is taken off the
 * pending ones, so waiting loses nothing.
 */
bool person_deliver(struct task *t, uint64_t *reg, bool *entered)
{
    struct signals *s = &t->person->signals;

    for (;;) {
        struct signal_fact fact;
        struct abi_frame frame;
        enum signal_end end;
        uint64_t at;
        size_t done;
        enum err e = ERR_OK;

        if (signal_peek(s) == SIGNAL_HANDLER)
            e = frame_ready(t, signal_stack(s, reg[REG_SP]));
        if (e == ERR_PENDING)
            return true;
        end = signal_next(s, &fact);
        if (end == SIGNAL_NONE)
            return false;
        if (end == SIGNAL_FATAL)
            person_die(t, &fact, reg[REG_IP]);
        if (e != ERR_OK)
            die_without_frame(t, e, reg[REG_IP]);
        signal_enter(s, &fact, reg, &frame, &at);
        e = vm_copy_out(t, at, &frame, sizeof(frame), &done);
        if (e != ERR_OK)
            die_without_frame(t, e, reg[REG_IP]);
        *entered = true;
    }
}

/* X(kind, signal, code) */
#define FAULTS(X)                                                                                  \
    X(NOTHING_THERE, LINUX_SIGSEGV, LINUX_SEGV_MAPERR)                                             \
    X(FORBIDDEN, LINUX_SIGSEGV, LINUX_SEGV_ACCERR)                                                 \
    X(PAST_END, LINUX_SIGBUS, LINUX_BUS_ADRERR)                                                    \
    X(IO, LINUX_SIGBUS, LINUX_BUS_OBJERR)                                                          \
    X(MISALIGNED, LINUX_SIGBUS, LINUX_BUS_ADRALN)                                                  \
    X(EXCEPTION, LINUX_SIGILL, LINUX_ILL_ILLOPC)                                                   \
    X(NO_MEMORY, LINUX_SIGKILL, LINUX_SI_USER)

static struct signal_fact fact_of(const struct vm_signal *s, uint64_t code)
{
    static const struct signal_fact facts[] = {
#define X(kind, signal, why) [VM_SIGNAL_##kind] = {.number = signal, .code = why},
        FAULTS(X)
#undef X
    };
    struct signal_fact fact = facts[s->kind];

    fact.detail = s->address;
    if (s->kind != VM_SIGNAL_EXCEPTION)
        return fact;
    if (code == ABI_CAUSE_BREAKPOINT)
        fact = (struct signal_fact){.number = LINUX_SIGTRAP, .code = LINUX_TRAP_BRKPT};
    fact.detail = s->ip;
    return fact;
}

enum event_end person_signal(struct task *t, struct event *e, const struct vm_signal *s)
{
    struct signal_fact fact = fact_of(s, e->word[FAULT_CODE]);
    uint64_t reg[REG_COUNT];
    bool entered = false;

    if (fact.number == LINUX_SIGKILL)
        person_die(t, &fact, s->ip);
    signal_force(&t->person->signals, &fact);
    registers_read(t, reg);
    if (person_deliver(t, reg, &entered))
        return EVENT_PARK;
    registers_write(t, reg);
    e->info = INFO_AS_IS;
    return EVENT_ANSWER;
}
