/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - the process server: handlers, and what a call or a fault means here.
 *
 * Calls come from supervisors, the badge being the pid. Faults come with the same badge:
 * a supervisor's own, and a task's whose supervisor did not answer in time. Either way the
 * task is killed, and nothing else.
 */
#include "deaths.h"
#include "figures.h"
#include "rest.h"
#include "stream.h"

#include <string.h>

int main(void);

#define CALL_BYTES  65536u
#define MEMORY_BIT  ((word_t)1 << 31) /* not one of the consoles' */
#define SIGNAL_KILL 9u

static struct programs programs;
static struct stream stream;
static struct sources sources;
static struct server server;
static struct figures figures = {.programs = &programs, .sources = &sources, .server = &server};

/* ---- the end of all ---- */

/* Says how it ended, then nothing more. */
_Noreturn static void system_off(const char *end)
{
    report_text(&stream.report, "end", end);
    report_flush(&stream.console);
    report_flush(&stream.report);
    sys_power(POWER_RESTART, 0); /* the runner has QEMU stop here */
    die("the machine is still on");
}

_Noreturn static void all_done(void)
{
    static char text[FIGURES_BYTES];
    const struct run *last = &programs.run[programs.runs - 1];
    char end[32];

    rest_disk();
    for (unsigned part = 0; figures_part(&figures, part, text); part++)
        report_text(&stream.report, "stat", text);
    end_text(last->kind, last->code, end);
    system_off(end);
}

/* The status is known before the memory is returned. The statement is made while the program's
 * memory is still there to be seen. */
static void ended(struct task *t, enum process_end kind, unsigned code)
{
    supervisor_stop(&t->supervisor);
    task_ended(&programs, t, kind, code, sources.file->disk_reads);
    if (supervisor_killed(&t->supervisor))
        supervisor_empty(&t->supervisor); /* or the statement would count it half */
    if (t->program == 0 && !sources_statement(&sources, &figures.memory))
        log_line("the memory statement does not add up: %u pages in all, %u free",
                 (unsigned)figures.memory.total, (unsigned)figures.memory.free);
    if (task_bury(&programs, t, sources.file->disk_reads))
        all_done();
}

/* ---- handlers ---- */

static struct task *who(const struct call *c)
{
    return task_find(&programs, c->badge);
}

static enum err process_on_exit(struct call *c, const struct process_exit_req *q,
                                struct process_exit_reply *r)
{
    (void)r;
    if (q->kind > PROCESS_SYSTEM)
        return ERR_BAD_ARG;
    ended(who(c), q->kind, q->code);
    return ERR_OK; /* to nobody: the caller is gone */
}

static enum err process_on_started(struct call *c, const struct process_started_req *q,
                                   struct process_started_reply *r)
{
    (void)q;
    if (!figures.first_instruction)
        figures.first_instruction = instructions();
    r->pid = (uint32_t)c->badge;
    return ERR_OK;
}

static enum err process_on_write(struct call *c, const struct process_write_req *q,
                                 struct process_write_reply *r)
{
    size_t done;
    enum err e;

    if (q->bytes > CALL_BYTES)
        return ERR_BAD_ARG;
    e = stream_write(&stream, &server, q->stream, q->lease_offset, q->bytes, &done);
    r->done = (uint32_t)done;
    who(c)->waits |= e == ERR_PENDING;
    return e;
}

static enum err process_on_read(struct call *c, const struct process_read_req *q,
                                struct process_read_reply *r)
{
    size_t done;
    enum err e;

    if (q->bytes > CALL_BYTES || q->stream != PROCESS_STDIN)
        return ERR_BAD_ARG;
    e = stream_read(&stream, &server, q->bytes, &done);
    r->done = (uint32_t)done;
    who(c)->waits |= e == ERR_PENDING;
    return e;
}

static enum err process_on_text(struct call *c, const struct process_text_req *q,
                                struct process_text_reply *r)
{
    static char text[FIGURES_BYTES];
    size_t length, done;
    enum err e;

    (void)c;
    if (q->which >= PROCESS_TEXTS)
        return ERR_BAD_ARG;
    length = figures_text(&figures, q->which, text, sizeof(text));
    if (length > q->bytes)
        length = q->bytes;
    e = call_write_lease(&server, 0, 0, text, length, &done);
    r->bytes = (uint32_t)done;
    return e;
}

static enum err process_on_memory(struct call *c, const struct process_memory_req *q,
                                  struct process_memory_reply *r)
{
    struct statement s;

    (void)c;
    (void)q;
    sources_statement(&sources, &s);
    *r = (struct process_memory_reply){.total = s.total,
                                       .free = s.free,
                                       .cached = s.cache,
                                       .uptime_seconds = (uint32_t)(now_ns() / 1000000000u),
                                       .processes = figures_running(&figures)};
    return ERR_OK;
}

PROTOCOL_SERVER(process, process_OPS)

/* ---- the loop ---- */

static void killed(struct task *t)
{
    log_line("pid %u: killed, since memory ran out", (unsigned)t->supervisor.pid);
    ended(t, PROCESS_SIGNAL, SIGNAL_KILL);
}

static void on_fault(const struct call *c, struct task *t)
{
    unsigned cause = FAULT_GET_CAUSE(c->word[FAULT_CAUSE]);

    if (supervisor_killed(&t->supervisor)) { /* and its handler is gone with it */
        killed(t);
        return;
    }
    if (cause == FAULT_LATE)
        log_line("pid %u: its supervisor does not answer", (unsigned)c->badge);
    else
        log_line("pid %u: its supervisor died at 0x%lx, address 0x%lx, cause %u",
                 (unsigned)c->badge, (unsigned long)c->word[FAULT_IP],
                 (unsigned long)c->word[FAULT_ADDRESS], cause);
    ended(t, PROCESS_SIGNAL, SIGNAL_KILL);
}

static enum err on_call(struct server *s, struct call *c)
{
    struct task *t = who(c);

    (void)s;
    if (!t)
        return ERR_REFUSED;
    if (c->kind == KIND_CALL)
        return process_dispatch(c);
    on_fault(c, t);
    return ERR_OK;
}

/* Those whose banks were killed are buried. */
static void on_memory(void)
{
    for (unsigned i = 0; i < TASKS; i++) {
        struct task *t = &programs.task[i];

        if (t->state != TASK_RUNNING || !supervisor_killed(&t->supervisor))
            continue;
        killed(t);
    }
}

/* A console has changed: those who wait for one look again. */
static void on_notified(struct server *s, word_t bits)
{
    (void)s;
    if (bits & MEMORY_BIT && deaths_new())
        on_memory();
    stream_interrupt(&stream, bits & ~MEMORY_BIT);
    for (unsigned i = 0; i < TASKS; i++) {
        struct task *t = &programs.task[i];

        if (t->state != TASK_RUNNING || !t->waits)
            continue;
        t->waits = false;
        supervisor_signal(&t->supervisor);
    }
}

static void open_or_die(const char *fault)
{
    if (fault)
        die("%s", fault);
}

int main(void)
{
    server = (struct server){.call = on_call, .notified = on_notified};
    open_or_die(stream_open(&stream));
    open_or_die(sources_open(&sources));
    open_or_die(programs_open(&programs));
    open_or_die(deaths_watch(MEMORY_BIT));
    if (programs.count == 0)
        system_off("system no program is named");
    if (!programs_start(&programs, sources.file->disk_reads))
        system_off("system too little memory to start the program");
    serve(&server);
}
