/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * program.c - see program.h.
 */
#include "program.h"

#include <stdio.h>
#include <string.h>

const char *programs_open(struct programs *p)
{
    char name[16];

    for (p->count = 0; p->count < TASKS; p->count++) {
        snprintf(name, sizeof(name), "program-%u", p->count);
        if (!start_property(name, NULL))
            break;
    }
    p->repeat = (unsigned)start_size("repeat", 1);
    if (p->repeat == 0 || p->repeat > RUNS_MAX)
        return "repeat is out of its range";
    p->next_pid = PID_FIRST;
    return template_open(&p->template);
}

static struct texts program_texts(unsigned program)
{
    struct texts t = {0};
    char name[16];

    snprintf(name, sizeof(name), "program-%u", program);
    t.at = start_property(name, &t.bytes);
    return t;
}

static bool program_start(struct programs *p, unsigned program, uint32_t disk_reads)
{
    struct texts argv = program_texts(program);
    struct task *t = p->task;
    enum err e;

    while (t < p->task + TASKS && t->state != TASK_FREE)
        t++;
    if (t == p->task + TASKS)
        return false;
    t->program = program;
    t->waits = false;
    t->begun = instructions();
    t->reads = disk_reads;
    e = supervisor_build(&p->template, &t->supervisor, p->next_pid, &argv);
    if (e != ERR_OK) {
        log_line("cannot run %s: %s", argv.at, err_text(e));
        return false;
    }
    t->state = TASK_RUNNING;
    log_line("pid %u runs %s", (unsigned)p->next_pid++, argv.at);
    return true;
}

bool programs_start(struct programs *p, uint32_t disk_reads)
{
    for (unsigned i = 1; i < p->count; i++)
        program_start(p, i, disk_reads);
    return program_start(p, 0, disk_reads);
}

struct task *task_find(struct programs *p, uint64_t pid)
{
    for (unsigned i = 0; i < TASKS; i++)
        if (p->task[i].state == TASK_RUNNING && p->task[i].supervisor.pid == pid)
            return &p->task[i];
    return NULL;
}

/* The fields of struct supervisor_status that sum up; its peaks do not. */
#define COUNTERS(X)                                                                                \
    X(instructions)                                                                                \
    X(fault_zero)                                                                                  \
    X(fault_file)                                                                                  \
    X(fault_cow)                                                                                   \
    X(fault_stack)                                                                                 \
    X(fault_swapin)                                                                                \
    X(fault_soft)                                                                                  \
    X(fault_refused)                                                                               \
    X(evicted_clean)                                                                               \
    X(evicted_dirty)                                                                               \
    X(evicted_anon)                                                                                \
    X(syscalls)

void status_add(struct supervisor_status *sum, const struct supervisor_status *s)
{
#define X(field) sum->field += s->field;
    COUNTERS(X)
#undef X
}

uint32_t status_faults(const struct supervisor_status *s)
{
    return s->fault_zero + s->fault_file + s->fault_cow + s->fault_stack + s->fault_swapin +
           s->fault_soft + s->fault_refused;
}

unsigned end_status(enum process_end kind, unsigned code)
{
    switch (kind) {
    case PROCESS_EXITED:
        return code & 0xff;
    case PROCESS_SIGNAL:
        return 128 + code;
    case PROCESS_NO_FILE:
        return 127;
    case PROCESS_NO_EXEC:
        return 126;
    default:
        return 125;
    }
}

void end_text(enum process_end kind, unsigned code, char to[32])
{
    static const char *const text[] = {"exited %u", "signal %u", "nofile", "noexec",
                                       "system the system failed it"};

    snprintf(to, 32, kind <= PROCESS_NO_EXEC ? text[kind] : text[PROCESS_SYSTEM], code);
}

static void run_record(struct programs *p, const struct task *t, enum process_end kind,
                       unsigned code, uint32_t disk_reads)
{
    const struct supervisor_status *s = supervisor_status(&t->supervisor);
    uint64_t now = instructions();

    p->run[p->runs++] = (struct run){.kind = kind,
                                     .code = code,
                                     .instructions = now - t->begun,
                                     .starved = s->starved != 0 ? now - s->starved : 0,
                                     .faults = status_faults(s),
                                     .reads = disk_reads - t->reads};
}

void task_ended(struct programs *p, const struct task *t, enum process_end kind, unsigned code,
                uint32_t disk_reads)
{
    struct texts argv = program_texts(t->program);
    char text[32];

    if (t->program == 0)
        run_record(p, t, kind, code, disk_reads);
    end_text(kind, code, text);
    log_line("pid %u (%s) %s", (unsigned)t->supervisor.pid, argv.at, text);
}

bool task_bury(struct programs *p, struct task *t, uint32_t disk_reads)
{
    status_add(&p->sum, supervisor_status(&t->supervisor));
    supervisor_bury(&t->supervisor);
    t->state = TASK_FREE;
    if (t->program != 0)
        return false;
    return p->runs == p->repeat || !program_start(p, 0, disk_reads);
}
