/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sigcall.c - the calls about signals. There is one program and one thread: whom else a
 * signal may be for is the process server's business, once there are others.
 */
#include "person.h"

#define SET_BYTES 8u
#define SS_KNOWN  (LINUX_SS_DISABLE | LINUX_SS_ONSTACK)

/* The page that handlers return through; mapped when the first one is set up. */
static result_t trampoline_map(struct trap *x)
{
    struct signals *s = &x->person->signals;
    struct vm_mapping m = {.bytes = PAGE_SIZE, .rights = VM_READ | VM_WRITE};
    uintptr_t at;
    size_t done;
    enum err e;

    if (s->trampoline)
        return 0;
    e = vm_map(x->task, &m, &at);
    if (e != ERR_OK)
        return result_of_vm(e);
    e = vm_copy_out(x->task, at, abi_trampoline, sizeof(abi_trampoline), &done);
    if (e == ERR_OK)
        e = vm_protect(x->task, at, PAGE_SIZE, VM_READ | VM_EXECUTE);
    if (e != ERR_OK) {
        vm_unmap(x->task, at, PAGE_SIZE);
        return result_of_vm(e);
    }
    s->trampoline = at;
    return 0;
}

result_t call_rt_sigaction(struct trap *x)
{
    struct signals *s = &x->person->signals;
    uint64_t number = x->arg[0];
    struct abi_action new = {0};
    struct abi_action *action;
    result_t fault = 0;

    if (x->arg[3] != SET_BYTES || !signal_valid(number))
        return FAIL(EINVAL);
    if (x->arg[1] && (number == LINUX_SIGKILL || number == LINUX_SIGSTOP))
        return FAIL(EINVAL);
    action = &s->action[number];
    if (x->arg[1])
        fault = user_read(x, &new, x->arg[1], sizeof(new));
    if (!fault && x->arg[1] && new.handler > LINUX_SIG_IGN)
        fault = trampoline_map(x);
    if (!fault && x->arg[2])
        fault = user_write(x, x->arg[2], action, sizeof(*action));
    if (!fault && x->arg[1]) {
        *action = new;
        action->mask = signal_maskable(new.mask);
    }
    return fault;
}

result_t call_rt_sigprocmask(struct trap *x)
{
    struct signals *s = &x->person->signals;
    uint64_t set = 0, old = s->blocked, next = old;
    result_t fault = 0;

    if (x->arg[3] != SET_BYTES)
        return FAIL(EINVAL);
    if (x->arg[1]) {
        fault = user_read(x, &set, x->arg[1], sizeof(set));
        if (fault)
            return fault;
        if (x->arg[0] == LINUX_SIG_BLOCK)
            next = old | set;
        else if (x->arg[0] == LINUX_SIG_UNBLOCK)
            next = old & ~set;
        else if (x->arg[0] == LINUX_SIG_SETMASK)
            next = set;
        else
            return FAIL(EINVAL);
    }
    if (x->arg[2])
        fault = user_write(x, x->arg[2], &old, sizeof(old));
    if (!fault)
        s->blocked = signal_maskable(next);
    return fault;
}

result_t call_rt_sigpending(struct trap *x)
{
    const struct signals *s = &x->person->signals;
    uint64_t set = s->pending & s->blocked;

    if (x->arg[1] > SET_BYTES)
        return FAIL(EINVAL);
    return user_write(x, x->arg[0], &set, x->arg[1]);
}

result_t wait_begin(struct trap *x, uint64_t set, uint64_t bytes)
{
    struct signals *s = &x->person->signals;
    uint64_t mask;
    result_t fault;

    if (bytes != SET_BYTES)
        return FAIL(EINVAL);
    if (s->suspended)
        return 0;
    fault = user_read(x, &mask, set, sizeof(mask));
    if (fault)
        return fault;
    s->before = s->blocked;
    s->blocked = signal_maskable(mask);
    s->suspended = true;
    return 0;
}

result_t wait_end(struct trap *x, result_t result)
{
    struct signals *s = &x->person->signals;

    if (!s->suspended)
        return result;
    if (result == RESULT_PARK)
        return signal_peek(s) != SIGNAL_NONE ? FAIL(EINTR) : RESULT_PARK;
    s->blocked = s->before;
    s->suspended = false;
    return result;
}

/* Waits for a signal that is not in the set. */
result_t call_rt_sigsuspend(struct trap *x)
{
    result_t fault = wait_begin(x, x->arg[0], x->arg[1]);

    return fault ? fault : wait_end(x, RESULT_PARK);
}

/* Takes a signal of the set, which is blocked, instead of having it delivered. */
result_t call_rt_sigtimedwait(struct trap *x)
{
    struct signals *s = &x->person->signals;
    struct abi_siginfo info = {0};
    uint64_t set;
    unsigned number;
    result_t fault = x->arg[3] != SET_BYTES ? FAIL(EINVAL) : 0;

    if (!fault)
        fault = user_read(x, &set, x->arg[0], sizeof(set));
    if (!fault && x->arg[2])
        fault = wake_after(x, x->arg[2], TIME_NANO);
    if (fault)
        return fault;
    number = signal_waiting(s, set, &info);
    if (number == 0) {
        if (signal_peek(s) != SIGNAL_NONE)
            return FAIL(EINTR);
        return wake_passed(x) ? FAIL(EAGAIN) : RESULT_PARK;
    }
    if (x->arg[1])
        fault = user_write(x, x->arg[1], &info, sizeof(info));
    if (fault)
        return fault;
    s->pending &= ~SIGNAL_BIT(number);
    return number;
}

static result_t signal_self(struct trap *x, uint64_t number, int32_t code)
{
    struct signal_fact fact = {.number = (uint32_t)number, .code = code, .detail = x->person->pid};

    if (number == 0)
        return 0;
    if (!signal_valid(number))
        return FAIL(EINVAL);
    signal_send(&x->person->signals, &fact);
    return 0;
}

/* Whom kill(2) may name here: the program itself, or its process group. */
result_t call_kill(struct trap *x)
{
    int64_t who = (int64_t)x->arg[0], own = x->person->pid;

    if (x->arg[1] != 0 && !signal_valid(x->arg[1]))
        return FAIL(EINVAL);
    if (who != own && who != 0 && who != -own)
        return FAIL(ESRCH);
    return signal_self(x, x->arg[1], LINUX_SI_USER);
}

static result_t signal_thread(struct trap *x, int64_t thread, uint64_t number)
{
    if (thread <= 0)
        return FAIL(EINVAL);
    if (thread != (int64_t)x->person->pid)
        return FAIL(ESRCH);
    return signal_self(x, number, LINUX_SI_TKILL);
}

result_t call_tkill(struct trap *x)
{
    return signal_thread(x, (int64_t)x->arg[0], x->arg[1]);
}

result_t call_tgkill(struct trap *x)
{
    if ((int64_t)x->arg[0] <= 0)
        return FAIL(EINVAL);
    if (x->arg[0] != x->person->pid)
        return FAIL(ESRCH);
    return signal_thread(x, (int64_t)x->arg[1], x->arg[2]);
}

result_t call_sigaltstack(struct trap *x)
{
    struct signals *s = &x->person->signals;
    struct abi_stack new, old = s->stack;
    uint64_t reg[REG_COUNT];
    result_t fault = 0;

    registers_read(x->task, reg);
    if (signal_on_stack(s, reg[REG_SP]))
        old.flags |= LINUX_SS_ONSTACK;
    if (x->arg[0]) {
        fault = user_read(x, &new, x->arg[0], sizeof(new));
        if (fault)
            return fault;
        if (old.flags & LINUX_SS_ONSTACK)
            return FAIL(EPERM);
        if (new.flags & ~SS_KNOWN)
            return FAIL(EINVAL);
        if (!(new.flags &LINUX_SS_DISABLE) && new.size < LINUX_MINSIGSTKSZ)
            return FAIL(ENOMEM);
        new.flags &= LINUX_SS_DISABLE;
    }
    if (x->arg[1])
        fault = user_write(x, x->arg[1], &old, sizeof(old));
    if (!fault && x->arg[0])
        s->stack = new;
    return fault;
}

/* sp is at a frame without its first `skip` bytes. */
static result_t sigreturn(struct trap *x, size_t skip)
{
    struct abi_frame frame;
    uint64_t reg[REG_COUNT];
    result_t fault;

    registers_read(x->task, reg);
    fault = user_read(x, (char *)&frame + skip, reg[REG_SP], sizeof(frame) - skip);
    if (fault == RESULT_PARK || fault == RESULT_KILL)
        return fault;
    if (fault)
        person_die(x->task,
                   &(struct signal_fact){
                       .number = LINUX_SIGSEGV, .code = LINUX_SEGV_MAPERR, .detail = reg[REG_SP]},
                   reg[REG_IP]);
    signal_leave(&x->person->signals, reg, &frame);
    registers_write(x->task, reg);
    return RESULT_AS_IS;
}

result_t call_rt_sigreturn(struct trap *x)
{
    return sigreturn(x, 0);
}

/* From a handler that was not told about its signal: abi_handler_enter. */
result_t call_sigreturn(struct trap *x)
{
    return sigreturn(x, offsetof(struct abi_frame, uc_flags));
}
