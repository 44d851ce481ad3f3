/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identity.c - calls about who the program is, where it runs and what it may have. It is
 * the superuser, alone with its process group, on one processor.
 */
#include "person.h"
#include "process.h"

#define PR_SET_NAME  15u
#define PR_GET_NAME  16u
#define RANDOM_MAX   33554431u /* bytes that one getrandom gives */
#define RANDOM_FLAGS 7u        /* NONBLOCK, RANDOM, INSECURE */
#define UTS_FIELD    65u

enum { RLIMIT_STACK = 3, RLIMIT_NOFILE = 7, RLIMIT_AS = 9, RLIMITS = 16 };

result_t call_getpid(struct trap *x)
{
    return x->person->pid;
}

result_t call_gettid(struct trap *x)
{
    return x->person->pid;
}

result_t call_getppid(struct trap *x)
{
    (void)x;
    return 1; /* init's child, as far as a program can see */
}

result_t call_getpgid(struct trap *x)
{
    if (x->arg[0] != 0 && x->arg[0] != x->person->pid)
        return FAIL(ESRCH);
    return x->person->pid;
}

result_t call_set_tls(struct trap *x)
{
    uint64_t reg[REG_COUNT];

    registers_read(x->task, reg);
    reg[REG_TLS] = x->arg[0];
    registers_write(x->task, reg);
    return 0;
}

result_t call_root(struct trap *x)
{
    (void)x;
    return 0;
}

/* Of users or groups: which it is, was and may be again. */
result_t call_getresuid(struct trap *x)
{
    const uint32_t root = 0;
    size_t bytes = x->narrow ? sizeof(uint16_t) : sizeof(root);
    result_t fault = 0;

    for (unsigned i = 0; i < 3 && !fault; i++)
        fault = user_write(x, x->arg[i], &root, bytes);
    return fault;
}

result_t call_uname(struct trap *x)
{
    static const char fields[6][UTS_FIELD] = {"Linux",    "quire",     "6.1.0-quire",
                                              "#1 Quire", ABI_MACHINE, "(none)"};

    return user_write(x, x->arg[0], fields, sizeof(fields));
}

result_t call_sched_getaffinity(struct trap *x)
{
    const abi_word_t mask = 1;
    result_t fault;

    if (x->arg[1] < sizeof(mask) || x->arg[1] % sizeof(mask))
        return FAIL(EINVAL);
    if (x->arg[0] != 0 && x->arg[0] != x->person->pid)
        return FAIL(ESRCH);
    fault = user_write(x, x->arg[2], &mask, sizeof(mask));
    return fault ? fault : (result_t)sizeof(mask);
}

result_t call_sysinfo(struct trap *x)
{
    struct process_memory_req q = {0};
    struct process_memory_reply r = {0};
    struct passing pass = {0};
    struct {
        abi_int_t uptime;
        abi_word_t load[3], total, free, shared, buffer, swap_total, swap_free;
        uint16_t processes, pad;
        abi_word_t high_total, high_free;
        uint32_t unit[5 - 2 * sizeof(abi_word_t) / 4]; /* one word is used */
    } info = {0};
    enum err e = process_memory(x->task->process, &q, &r, &pass);

    if (e != ERR_OK)
        return result_of(e);
    info.uptime = r.uptime_seconds;
    info.total = (abi_word_t)r.total * PAGE_SIZE;
    info.free = (abi_word_t)r.free * PAGE_SIZE;
    info.buffer = 0;
    info.processes = (uint16_t)r.processes;
    info.unit[0] = 1;
    return user_write(x, x->arg[0], &info, sizeof(info));
}

result_t call_prctl(struct trap *x)
{
    struct person *p = x->person;
    char name[sizeof(p->name)] = "";
    size_t length;
    enum err e;

    if (x->arg[0] == PR_GET_NAME)
        return user_write(x, x->arg[1], p->name, sizeof(p->name));
    if (x->arg[0] != PR_SET_NAME)
        return FAIL(EINVAL);
    e = vm_copy_string(x->task, name, x->arg[1], sizeof(name), &length);
    if (e != ERR_OK && e != ERR_NAME_LONG)
        return result_of_vm(e);
    memcpy(p->name, name, sizeof(name) - 1);
    return 0;
}

result_t call_getrandom(struct trap *x)
{
    struct person *p = x->person;
    size_t bytes = x->arg[1] < RANDOM_MAX ? x->arg[1] : RANDOM_MAX;
    result_t fault;

    if (x->arg[2] & ~(uint64_t)RANDOM_FLAGS)
        return FAIL(EINVAL);
    for (size_t chunk; p->progress.done < bytes; p->progress.done += chunk) {
        chunk = bytes - p->progress.done;
        if (chunk > sizeof(p->scratch))
            chunk = sizeof(p->scratch);
        fault = user_ready(x, x->arg[0] + p->progress.done, chunk);
        if (fault)
            return fault;
        random_bytes(&p->random, p->scratch, chunk);
        fault = user_write(x, x->arg[0] + p->progress.done, p->scratch, chunk);
        if (fault)
            return fault;
    }
    return (result_t)bytes;
}

result_t call_wait4(struct trap *x)
{
    (void)x;
    return FAIL(ECHILD);
}

result_t call_socket(struct trap *x)
{
    (void)x;
    return FAIL(EAFNOSUPPORT);
}

/* ---- limits: kept for all, of effect for memory and the stack ---- */

static result_t limit_set(struct trap *x, uint64_t which, const uint64_t new[2])
{
    struct person *p = x->person;

    if (new[0] > new[1])
        return FAIL(EINVAL);
    if (which == RLIMIT_NOFILE && new[1] > FDS)
        return FAIL(EPERM);
    p->limit[which][0] = new[0];
    p->limit[which][1] = new[1];
    if (which == RLIMIT_AS)
        vm_set_limit(x->task, VM_LIMIT_SPACE, new[0]);
    if (which == RLIMIT_STACK)
        vm_set_limit(x->task, VM_LIMIT_STACK, new[0]);
    return 0;
}

result_t call_prlimit64(struct trap *x)
{
    struct person *p = x->person;
    uint64_t which = x->arg[1], new[2] = {0}, old[2];
    result_t fault = 0;

    if (x->arg[0] != 0 && x->arg[0] != p->pid)
        return FAIL(ESRCH);
    if (which >= RLIMITS)
        return FAIL(EINVAL);
    memcpy(old, p->limit[which], sizeof(old));
    if (x->arg[2])
        fault = user_read(x, new, x->arg[2], sizeof(new));
    if (!fault && x->arg[3])
        fault = user_ready(x, x->arg[3], sizeof(old));
    if (!fault && x->arg[2])
        fault = limit_set(x, which, new);
    if (!fault && x->arg[3])
        fault = user_write(x, x->arg[3], old, sizeof(old));
    return fault;
}

/* ---- the older calls, with limits of a word: its largest value is none ---- */

static abi_word_t limit_narrow(uint64_t limit)
{
    return limit < (abi_word_t)-1 ? (abi_word_t)limit : (abi_word_t)-1;
}

static uint64_t limit_widen(abi_word_t limit)
{
    return limit == (abi_word_t)-1 ? UINT64_MAX : limit;
}

result_t call_getrlimit(struct trap *x)
{
    struct person *p = x->person;
    abi_word_t limit[2];

    if (x->arg[0] >= RLIMITS)
        return FAIL(EINVAL);
    limit[0] = limit_narrow(p->limit[x->arg[0]][0]);
    limit[1] = limit_narrow(p->limit[x->arg[0]][1]);
    return user_write(x, x->arg[1], limit, sizeof(limit));
}

result_t call_setrlimit(struct trap *x)
{
    abi_word_t limit[2];
    uint64_t new[2];
    result_t fault;

    if (x->arg[0] >= RLIMITS)
        return FAIL(EINVAL);
    fault = user_read(x, limit, x->arg[1], sizeof(limit));
    if (fault)
        return fault;
    new[0] = limit_widen(limit[0]);
    new[1] = limit_widen(limit[1]);
    return limit_set(x, x->arg[0], new);
}
