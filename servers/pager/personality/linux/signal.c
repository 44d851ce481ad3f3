/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signal.c - see signal.h. Pure: it knows neither threads nor memory.
 */
#include "signal.h"

#define UNBLOCKABLE (SIGNAL_BIT(LINUX_SIGKILL) | SIGNAL_BIT(LINUX_SIGSTOP))
/* Signals whose default is to do nothing; stopping has no meaning without a terminal. */
#define HARMLESS                                                                                   \
    (SIGNAL_BIT(LINUX_SIGCHLD) | SIGNAL_BIT(LINUX_SIGCONT) | SIGNAL_BIT(LINUX_SIGURG) |            \
     SIGNAL_BIT(LINUX_SIGWINCH) | SIGNAL_BIT(LINUX_SIGSTOP) | SIGNAL_BIT(LINUX_SIGTSTP) |          \
     SIGNAL_BIT(LINUX_SIGTTIN) | SIGNAL_BIT(LINUX_SIGTTOU))
/* Those of faults come before all others, as they are about this instruction. */
#define SYNCHRONOUS                                                                                \
    (SIGNAL_BIT(LINUX_SIGSEGV) | SIGNAL_BIT(LINUX_SIGBUS) | SIGNAL_BIT(LINUX_SIGILL) |             \
     SIGNAL_BIT(LINUX_SIGTRAP) | SIGNAL_BIT(LINUX_SIGFPE))

void signal_init(struct signals *s)
{
    memset(s, 0, sizeof(*s));
    s->stack.flags = LINUX_SS_DISABLE;
}

uint64_t signal_maskable(uint64_t set)
{
    return set & ~UNBLOCKABLE;
}

static bool signal_ignored(const struct signals *s, unsigned number)
{
    uint64_t handler = s->action[number].handler;

    return handler == LINUX_SIG_IGN || (handler == LINUX_SIG_DFL && SIGNAL_BIT(number) & HARMLESS);
}

void signal_send(struct signals *s, const struct signal_fact *fact)
{
    unsigned number = fact->number;
    uint64_t bit = SIGNAL_BIT(number);

    if (signal_ignored(s, number) && !(s->blocked & bit))
        return;
    if (s->pending & bit)
        return;
    s->pending |= bit;
    s->fact[number] = *fact;
}

void signal_force(struct signals *s, const struct signal_fact *fact)
{
    unsigned number = fact->number;
    uint64_t bit = SIGNAL_BIT(number);

    if (s->blocked & bit || s->action[number].handler == LINUX_SIG_IGN) {
        s->blocked &= ~bit;
        s->action[number].handler = LINUX_SIG_DFL;
    }
    s->pending |= bit;
    s->fact[number] = *fact;
}

/* The first of a set that is not ignored; 0 if none is. */
static unsigned signal_first(const struct signals *s, uint64_t set)
{
    for (; set; set &= set - 1) {
        unsigned number = (unsigned)__builtin_ctzll(set) + 1;

        if (!signal_ignored(s, number))
            return number;
    }
    return 0;
}

/* The number of the next one that does something; 0 if none is due. */
static unsigned signal_due(const struct signals *s)
{
    uint64_t due = s->pending & ~s->blocked;
    unsigned number = signal_first(s, due & SYNCHRONOUS);

    return number ? number : signal_first(s, due & ~SYNCHRONOUS);
}

static enum signal_end signal_means(const struct signals *s, unsigned number)
{
    if (number == 0)
        return SIGNAL_NONE;
    return s->action[number].handler == LINUX_SIG_DFL ? SIGNAL_FATAL : SIGNAL_HANDLER;
}

enum signal_end signal_peek(const struct signals *s)
{
    return signal_means(s, signal_due(s));
}

enum signal_end signal_next(struct signals *s, struct signal_fact *fact)
{
    unsigned number = signal_due(s);

    if (number == 0) {
        s->pending &= s->blocked; /* what was ignored while it waited is gone */
        return SIGNAL_NONE;
    }
    s->pending &= ~SIGNAL_BIT(number);
    *fact = s->fact[number];
    return signal_means(s, number);
}

bool signal_on_stack(const struct signals *s, uint64_t sp)
{
    return !(s->stack.flags & LINUX_SS_DISABLE) && sp > s->stack.sp &&
           sp - s->stack.sp <= s->stack.size;
}

static uint64_t stack_of(const struct signals *s, const struct abi_action *action, uint64_t sp)
{
    if (action->flags & LINUX_SA_ONSTACK && !(s->stack.flags & LINUX_SS_DISABLE) &&
        !signal_on_stack(s, sp))
        return s->stack.sp + s->stack.size;
    return sp;
}

uint64_t signal_stack(const struct signals *s, uint64_t sp)
{
    return stack_of(s, &s->action[signal_due(s)], sp);
}

static void signal_describe(const struct signal_fact *fact, struct abi_siginfo *info)
{
    info->signo = (int32_t)fact->number;
    info->code = fact->code;
    if (fact->code <= LINUX_SI_USER)
        info->from.pid = (int32_t)fact->detail;
    else
        info->address = fact->detail;
}

unsigned signal_waiting(const struct signals *s, uint64_t set, struct abi_siginfo *info)
{
    uint64_t waiting = s->pending & signal_maskable(set);
    unsigned number = waiting ? (unsigned)__builtin_ctzll(waiting) + 1 : 0;

    if (number > 0)
        signal_describe(&s->fact[number], info);
    return number;
}

void signal_enter(struct signals *s, const struct signal_fact *fact, uint64_t *reg,
                  struct abi_frame *frame, uint64_t *at)
{
    unsigned number = fact->number;
    struct abi_action *action = &s->action[number];

    memset(frame, 0, sizeof(*frame));
    abi_frame_save(frame, reg);
    signal_describe(fact, &frame->info);
    frame->stack = s->stack;
    frame->mask = s->suspended ? s->before : s->blocked;
    s->suspended = false;

    *at = abi_frame_place(stack_of(s, action, reg[REG_SP]));
    abi_handler_enter(reg, action, number, *at, s->trampoline);

    s->blocked |= signal_maskable(action->mask);
    if (!(action->flags & LINUX_SA_NODEFER))
        s->blocked |= SIGNAL_BIT(number);
    if (action->flags & LINUX_SA_RESETHAND)
        action->handler = LINUX_SIG_DFL;
}

void signal_leave(struct signals *s, uint64_t *reg, const struct abi_frame *frame)
{
    abi_frame_restore(frame, reg);
    s->blocked = signal_maskable(frame->mask);
    s->stack = frame->stack;
    s->stack.flags &= LINUX_SS_DISABLE;
}
