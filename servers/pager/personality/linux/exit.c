/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exit.c - the end of a program, told to the process server, which buries us.
 */
#include "person.h"
#include "process.h"
#include "rt.h"

#include <stdio.h>

void person_exit(struct task *t, unsigned kind, unsigned code)
{
    struct process_exit_req q = {.kind = kind, .code = code};
    struct process_exit_reply r;
    struct passing pass = {0};
    enum err e;

    vm_finish(t);
    e = process_exit(t->process, &q, &r, &pass);
    die("the process server does not take our end: %s", err_text(e));
}

/* What a signal's number and code say, for the log. */
static const char *cause_of(const struct signal_fact *fact)
{
    static const struct {
        unsigned number;
        int code;
        const char *text;
    } causes[] = {
        {LINUX_SIGSEGV, LINUX_SEGV_MAPERR, "nothing is mapped"},
        {LINUX_SIGSEGV, LINUX_SEGV_ACCERR, "the mapping forbids it"},
        {LINUX_SIGBUS, LINUX_BUS_ADRERR, "past the end of the file"},
        {LINUX_SIGBUS, LINUX_BUS_OBJERR, "the disk could not read it"},
        {LINUX_SIGBUS, LINUX_BUS_ADRALN, "misaligned"},
        {LINUX_SIGILL, LINUX_ILL_ILLOPC, "no instruction"},
        {LINUX_SIGTRAP, LINUX_TRAP_BRKPT, "a breakpoint"},
    };

    for (unsigned i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
        if (causes[i].number == fact->number && causes[i].code == fact->code)
            return causes[i].text;
    return NULL;
}

void person_die(struct task *t, const struct signal_fact *fact, uint64_t ip)
{
    const struct person *p = t->person;
    const char *cause = cause_of(fact);
    char where[64] = "";

    if (cause)
        snprintf(where, sizeof(where), ": %s at 0x%llx", cause, (unsigned long long)fact->detail);
    else if (fact->number == LINUX_SIGKILL)
        snprintf(where, sizeof(where), ": no memory is left for it");
    log_line("pid %u (%s) dies of signal %u%s, ip 0x%llx", (unsigned)p->pid, p->name,
             (unsigned)fact->number, where, (unsigned long long)ip);
    person_exit(t, PROCESS_SIGNAL, fact->number);
}

result_t call_exit(struct trap *x)
{
    person_exit(x->task, PROCESS_EXITED, (unsigned)x->arg[0] & 0xff);
}
