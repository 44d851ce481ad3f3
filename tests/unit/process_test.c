/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process_test.c - the process server's thinking parts: the report's frames, input and its
 * end, exit statuses, the memory statement, which program runs when, and all figures' text.
 * Consoles, supervisors and the frame server are scripted.
 */
#include "unit.h"

#include "figures.h"
#include "stream.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- scripted consoles: what was sent, what may be read ---- */

static struct {
    char buffer[CONSOLE_BYTES];
    char sent[65536];
    size_t sent_bytes;
    unsigned sends, rooms; /* buffers that are free */
    const char *input;
} fake[2]; /* the console, the report */

static struct stream streams;

static unsigned which(const struct console *c)
{
    return c == &streams.report;
}

void *console_buffer(struct console *c)
{
    return fake[which(c)].rooms ? fake[which(c)].buffer : NULL;
}

void console_send(struct console *c, size_t bytes)
{
    unsigned n = which(c);

    CHECK(bytes >= 1 && bytes <= CONSOLE_BYTES && fake[n].rooms > 0);
    CHECK(fake[n].sent_bytes + bytes < sizeof(fake[n].sent));
    memcpy(fake[n].sent + fake[n].sent_bytes, fake[n].buffer, bytes);
    fake[n].sent_bytes += bytes;
    fake[n].sent[fake[n].sent_bytes] = '\0';
    fake[n].sends++;
    fake[n].rooms--;
}

bool console_idle(struct console *c)
{
    fake[which(c)].rooms = 1; /* the device has finished one */
    return true;
}

size_t console_read(struct console *c, void *to, size_t max)
{
    const char *from = fake[which(c)].input;
    size_t bytes = from ? strlen(from) : 0;

    if (bytes > max)
        bytes = max;
    if (bytes)
        memcpy(to, from, bytes);
    fake[which(c)].input = from ? from + bytes : NULL;
    return bytes;
}

void console_interrupt(struct console *c)
{
    (void)c;
}

enum err console_open(struct console *c, volatile void *regs, const struct dma *dma, cap_t irq)
{
    (void)c, (void)regs, (void)dma, (void)irq;
    return ERR_OK;
}

/* ---- a scripted lease: the caller's memory, up to where it is absent ---- */

static char lent[65536];
static size_t lent_until;

static enum err lease(size_t offset, size_t bytes, size_t *done)
{
    *done = offset + bytes <= lent_until ? bytes : offset < lent_until ? lent_until - offset : 0;
    return *done == bytes ? ERR_OK : ERR_FAULT;
}

enum err call_read_lease(struct server *s, unsigned number, uint64_t offset, void *to, size_t bytes,
                         size_t *done)
{
    enum err e = lease(offset, bytes, done);

    (void)s, (void)number;
    memcpy(to, lent + offset, *done);
    return e;
}

enum err call_write_lease(struct server *s, unsigned number, uint64_t offset, const void *from,
                          size_t bytes, size_t *done)
{
    enum err e = lease(offset, bytes, done);

    (void)s, (void)number;
    memcpy(lent + offset, from, *done);
    return e;
}

/* ---- scripted supervisors and properties ---- */

static struct {
    unsigned built, buried;
    unsigned refuse; /* the nth building fails; 0 = none */
    char order[64];  /* of what was done: b program's first letter, x */
} supervisors;
static struct supervisor_status status_page[TASKS];
static unsigned repeat;

enum err supervisor_build(const struct template *t, struct supervisor *s, uint32_t pid,
                          const struct texts *argv)
{
    size_t at = strlen(supervisors.order);

    (void)t;
    if (++supervisors.built == supervisors.refuse)
        return ERR_NO_MEMORY;
    *s = (struct supervisor){.pid = pid};
    s->status.at = &status_page[pid % TASKS];
    memset(s->status.at, 0, sizeof(status_page[0]));
    supervisors.order[at] = argv->at[0];
    return ERR_OK;
}

void supervisor_bury(struct supervisor *s)
{
    supervisors.buried++;
    supervisors.order[strlen(supervisors.order)] = 'x';
    s->pid = 0;
}

const char *template_open(struct template *t)
{
    (void)t;
    return NULL;
}

const void *start_property(const char *name, uint32_t *bytes)
{
    static const char first[] = "first\0arg", second[] = "second";
    const char *found = strcmp(name, "program-0") == 0   ? first
                        : strcmp(name, "program-1") == 0 ? second
                                                         : NULL;

    if (bytes && found)
        *bytes = (uint32_t)strlen(found) + 1;
    return found;
}

uint64_t start_size(const char *name, uint64_t otherwise)
{
    return strcmp(name, "repeat") == 0 ? repeat : otherwise;
}

uint32_t start_u32(const char *name, uint32_t otherwise)
{
    (void)name;
    return otherwise;
}

static char logged[4096];

void log_line(const char *format, ...)
{
    size_t used = strlen(logged);
    va_list list;

    va_start(list, format);
    vsnprintf(logged + used, sizeof(logged) - used, format, list);
    va_end(list);
}

const char *err_text(enum err e)
{
    return e == ERR_NO_MEMORY ? "no memory" : "other";
}

uint64_t instructions(void)
{
    static uint64_t count;

    return count += 1000;
}

uint64_t now_ns(void)
{
    return 12345678901;
}

void sys_counters(uint64_t out[4])
{
    out[COUNTER_NOW] = now_ns();
    out[COUNTER_CYCLES] = 5000;
    out[COUNTER_IDLE] = 2000;
    out[COUNTER_THREAD] = 1;
}

void sys_yield(void)
{
}

/* What stream_open needs, which no test here calls. */
cap_t start_cap(const char *name, const struct start_cap **facts)
{
    (void)name, (void)facts;
    return CAP_NULL;
}

const struct start *start_block(void)
{
    static const struct start block;

    return &block;
}

enum err window_map(struct window *w, cap_t frame, unsigned pages, unsigned rights)
{
    (void)w, (void)frame, (void)pages, (void)rights;
    return ERR_NO_MEMORY;
}

enum err dma_take(struct dma *d, unsigned pages)
{
    (void)d, (void)pages;
    return ERR_NO_MEMORY;
}

enum err irq_bind(cap_t irq, cap_t notification, word_t bits)
{
    (void)irq, (void)notification, (void)bits;
    return ERR_OK;
}

cap_t slots_alloc(unsigned count)
{
    (void)count;
    return CAP_NULL;
}

/* ---- scripted frame server: only the walk is asked ---- */

static struct frame_walk_reply walked;

enum err protocol_call(cap_t server, uint32_t op, const void *req, size_t req_bytes, void *reply,
                       size_t reply_bytes, struct passing *p)
{
    (void)server, (void)req, (void)req_bytes, (void)p;
    CHECK_EQ(op, PROTOCOL_OP(PROTOCOL_frame, frame_OP_walk));
    memcpy(reply, &walked, reply_bytes);
    return ERR_OK;
}

static void begin(void)
{
    memset(fake, 0, sizeof(fake));
    memset(&streams, 0, sizeof(streams));
    memset(&supervisors, 0, sizeof(supervisors));
    memset(logged, 0, sizeof(logged));
    fake[0].rooms = fake[1].rooms = 4;
    lent_until = sizeof(lent);
    repeat = 1;
}

/* ---- the report ---- */

TEST(report, frames_a_text_and_cuts_it_behind_lines)
{
    static char text[10001];
    char header[32];
    size_t at = 0, total = 0;

    begin();
    for (unsigned i = 0; i < 10000; i++)
        text[i] = i % 50 == 49 ? '\n' : 'a';
    report_text(&streams.report, "stat", text);

    CHECK_EQ(fake[1].sends, 3);
    while (at < fake[1].sent_bytes) {
        unsigned bytes;

        CHECK_EQ(sscanf(fake[1].sent + at, "#stat %u\n", &bytes), 1);
        snprintf(header, sizeof(header), "#stat %u\n", bytes);
        at += strlen(header) + bytes;
        total += bytes;
        CHECK(fake[1].sent[at - 1] == '\n');
    }
    CHECK_EQ(at, fake[1].sent_bytes);
    CHECK_EQ(total, 10000);
}

TEST(report, frames_a_text_without_lines_too)
{
    static char text[5000];

    begin();
    memset(text, 'x', sizeof(text) - 1);
    report_text(&streams.report, "end", text);
    CHECK_EQ(fake[1].sends, 2);
    begin();
    report_text(&streams.report, "end", "");
    CHECK_EQ(fake[1].sends, 0);
}

TEST(report, learns_the_end_of_input_however_it_is_cut)
{
    static const char text[] = "#new 5\n#eof 1234\n#eof 9\n";

    for (size_t cut = 0; cut < sizeof(text) - 1; cut++) {
        struct eof e = {0};

        eof_take(&e, text, cut);
        eof_take(&e, text + cut, sizeof(text) - 1 - cut);
        CHECK(e.known);
        CHECK_EQ(e.bytes, 1234);
    }
}

TEST(report, ignores_lines_longer_than_any_it_knows)
{
    struct eof e = {0};

    for (unsigned i = 0; i < 1000; i++)
        eof_take(&e, "0123456789", 10);
    eof_take(&e, "\n#eof 0\n", 8);
    CHECK(e.known);
    CHECK_EQ(e.bytes, 0);
}

/* ---- output and input ---- */

TEST(stream, sends_output_page_by_page)
{
    size_t done;

    begin();
    for (size_t i = 0; i < 10000; i++)
        lent[i] = (char)i;
    CHECK_EQ(stream_write(&streams, NULL, PROCESS_STDOUT, 0, 10000, &done), ERR_OK);
    CHECK_EQ(done, 10000);
    CHECK(memcmp(fake[0].sent, lent, 10000) == 0);
    CHECK_EQ(fake[0].sends, 3);
}

TEST(stream, stops_when_the_device_has_all_buffers)
{
    size_t done;

    begin();
    fake[0].rooms = 2;
    CHECK_EQ(stream_write(&streams, NULL, PROCESS_STDOUT, 0, 10000, &done), ERR_PENDING);
    CHECK_EQ(done, 8192);
    CHECK_EQ(stream_write(&streams, NULL, PROCESS_STDOUT, 8192, 1808, &done), ERR_PENDING);
    CHECK_EQ(done, 0);
}

TEST(stream, sends_what_it_got_before_an_absent_page)
{
    size_t done;

    begin();
    lent_until = 5000;
    CHECK_EQ(stream_write(&streams, NULL, PROCESS_STDOUT, 100, 10000, &done), ERR_FAULT);
    CHECK_EQ(done, 4900);
    CHECK_EQ(fake[0].sent_bytes, 4900);
    begin();
    lent_until = 0;
    CHECK_EQ(stream_write(&streams, NULL, PROCESS_STDERR, 0, 10, &done), ERR_FAULT);
    CHECK_EQ(fake[1].sends, 0);
}

TEST(stream, frames_errors_with_their_true_length)
{
    size_t done;

    begin();
    memcpy(lent, "oops\n", 5);
    CHECK_EQ(stream_write(&streams, NULL, PROCESS_STDERR, 0, 5, &done), ERR_OK);
    CHECK_STR(fake[1].sent, "#err 5\noops\n");
    begin();
    memset(lent, 'e', 9000);
    lent_until = 4500;
    CHECK_EQ(stream_write(&streams, NULL, PROCESS_STDERR, 0, 9000, &done), ERR_FAULT);
    CHECK_EQ(done, 4500);
    CHECK(strncmp(fake[1].sent, "#err 4080\n", 10) == 0);
    CHECK(strncmp(fake[1].sent + 4090, "#err 420\n", 9) == 0);
    CHECK_EQ(stream_write(&streams, NULL, PROCESS_STDIN, 0, 1, &done), ERR_BAD_ARG);
}

TEST(stream, loses_no_input_to_a_page_that_is_absent)
{
    size_t done;

    begin();
    CHECK_EQ(stream_read(&streams, NULL, 100, &done), ERR_PENDING);
    fake[0].input = "hello world";
    CHECK_EQ(stream_read(&streams, NULL, 0, &done), ERR_OK); /* is there any? */
    lent_until = 4;
    CHECK_EQ(stream_read(&streams, NULL, 100, &done), ERR_FAULT);
    CHECK_EQ(done, 4);
    lent_until = 100;
    CHECK_EQ(stream_read(&streams, NULL, 3, &done), ERR_OK);
    CHECK(memcmp(lent, "o w", 3) == 0);
    CHECK_EQ(stream_read(&streams, NULL, 100, &done), ERR_OK);
    CHECK_EQ(done, 4);
    CHECK_EQ(stream_read(&streams, NULL, 100, &done), ERR_PENDING);
}

TEST(stream, ends_input_only_when_all_of_it_was_read)
{
    size_t done;

    begin();
    fake[1].input = "#eof 5\n";
    stream_interrupt(&streams, STREAM_REPORT);
    CHECK_EQ(stream_read(&streams, NULL, 100, &done), ERR_PENDING); /* it is still on its way */
    fake[0].input = "12345";
    CHECK_EQ(stream_read(&streams, NULL, 100, &done), ERR_OK);
    CHECK_EQ(done, 5);
    CHECK_EQ(stream_read(&streams, NULL, 100, &done), ERR_OK);
    CHECK_EQ(done, 0);
}

/* ---- programs ---- */

static struct programs programs;

static void programs_begin(void)
{
    memset(&programs, 0, sizeof(programs));
    CHECK(programs_open(&programs) == NULL);
}

static bool task_end(struct programs *p, struct task *t, enum process_end kind, unsigned code,
                     uint32_t disk_reads)
{
    task_ended(p, t, kind, code, disk_reads);
    return task_bury(p, t, disk_reads);
}

TEST(program, runs_beside_others_and_again)
{
    struct task *first;

    begin();
    repeat = 3;
    programs_begin();
    CHECK_EQ(programs.count, 2);
    CHECK(programs_start(&programs, 0));
    CHECK_STR(supervisors.order, "sf");

    for (unsigned run = 0; run < 3; run++) {
        first = task_find(&programs, PID_FIRST + 1 + run);
        CHECK(first != NULL && first->program == 0);
        CHECK_EQ(task_end(&programs, first, PROCESS_EXITED, run, 10 * (run + 1)), run == 2);
    }
    CHECK_STR(supervisors.order, "sfxfxfx");
    CHECK_EQ(programs.runs, 3);
    CHECK_EQ(programs.run[2].code, 2);
    CHECK_EQ(programs.run[1].reads, 10);
}

TEST(program, that_runs_beside_ends_without_ending_all)
{
    begin();
    programs_begin();
    programs_start(&programs, 0);
    CHECK(!task_end(&programs, task_find(&programs, PID_FIRST), PROCESS_SIGNAL, 11, 0));
    CHECK_EQ(programs.runs, 0);
    CHECK(task_find(&programs, PID_FIRST) == NULL);
    CHECK(task_find(&programs, 0) == NULL && task_find(&programs, 999) == NULL);
}

TEST(program, that_cannot_be_built_is_named)
{
    begin();
    supervisors.refuse = 2;
    programs_begin();
    CHECK(!programs_start(&programs, 0));
    CHECK(strstr(logged, "cannot run first: no memory") != NULL);

    begin();
    repeat = 2;
    supervisors.refuse = 3;
    programs_begin();
    CHECK(programs_start(&programs, 0));
    CHECK(task_end(&programs, task_find(&programs, PID_FIRST + 1), PROCESS_EXITED, 0, 0));
    repeat = 0;
    CHECK(programs_open(&programs) != NULL);
    repeat = RUNS_MAX + 1;
    CHECK(programs_open(&programs) != NULL);
}

TEST(program, sums_what_its_supervisors_counted)
{
    begin();
    repeat = 2;
    programs_begin();
    programs_start(&programs, 0);
    for (unsigned run = 0; run < 2; run++) {
        struct task *t = task_find(&programs, PID_FIRST + 1 + run);
        struct supervisor_status *s = t->supervisor.status.at;

        s->fault_zero = 5;
        s->fault_soft = run;
        s->evicted_clean = 7;
        s->starved = run;
        task_end(&programs, t, PROCESS_EXITED, 0, 0);
    }
    CHECK_EQ(programs.sum.fault_zero, 10);
    CHECK_EQ(programs.sum.fault_soft, 1);
    CHECK_EQ(programs.sum.evicted_clean, 14);
    CHECK_EQ(programs.run[1].faults, 6);
    CHECK_EQ(programs.run[0].starved, 0);
    CHECK(programs.run[1].starved > 0);
}

TEST(end, has_the_status_a_shell_shows)
{
    char text[32];

    CHECK_EQ(end_status(PROCESS_EXITED, 3), 3);
    CHECK_EQ(end_status(PROCESS_EXITED, 0x1ff), 255);
    CHECK_EQ(end_status(PROCESS_SIGNAL, 11), 139);
    CHECK_EQ(end_status(PROCESS_NO_FILE, 0), 127);
    CHECK_EQ(end_status(PROCESS_NO_EXEC, 0), 126);
    CHECK_EQ(end_status(PROCESS_SYSTEM, 0), 125);
    end_text(PROCESS_EXITED, 3, text);
    CHECK_STR(text, "exited 3");
    end_text(PROCESS_SIGNAL, 9, text);
    CHECK_STR(text, "signal 9");
    end_text(PROCESS_NO_EXEC, 0, text);
    CHECK_STR(text, "noexec");
    end_text(PROCESS_SYSTEM, 0, text);
    CHECK(strncmp(text, "system ", 7) == 0);
}

/* ---- memory ---- */

static const struct machine machine = {
    .total = 1000, .firmware = 100, .kernel = 40, .servers = 60}; /* 800 for the frame server */

static struct frame_status frame_page(void)
{
    return (struct frame_status){.total = 800,
                                 .own = 20,
                                 .free = 500,
                                 .fixed = 80,
                                 .object_pages = 30,
                                 .locked = 10,
                                 .page = 180,
                                 .pool = 10};
}

TEST(statement, adds_up_to_the_page)
{
    const struct frame_status frame = frame_page();
    const struct frame_walk_reply walk = {.free_pages = 500};
    const struct file_status file = {.cache_pages = 150};
    struct statement s;

    CHECK(statement_make(&s, &machine, &frame, &walk, &file));
    CHECK_EQ(s.servers, 60 + 20 + 50);
    CHECK_EQ(s.tables, 30);
    CHECK_EQ(s.programs, 50);
    CHECK_EQ(s.cache, 150);
    CHECK_EQ(s.firmware + s.kernel + s.servers + s.tables + s.programs + s.cache + s.free, 1000);
}

TEST(statement, does_not_when_a_figure_is_wrong)
{
    struct frame_walk_reply walk = {.free_pages = 499};
    struct frame_status frame = frame_page();
    struct file_status file = {.cache_pages = 150};
    struct statement s;

    CHECK(!statement_make(&s, &machine, &frame, &walk, &file)); /* a page is lost */
    walk = (struct frame_walk_reply){.free_pages = 500, .bad = 1};
    CHECK(!statement_make(&s, &machine, &frame, &walk, &file));
    walk.bad = 0;
    file.cache_pages = 201; /* more than there are */
    CHECK(!statement_make(&s, &machine, &frame, &walk, &file));
    file.cache_pages = 150;
    frame.fixed++; /* a page is counted twice */
    CHECK(!statement_make(&s, &machine, &frame, &walk, &file));
}

/* ---- figures ---- */

static struct frame_status frame_figures;
static struct file_status file_figures;
static struct server server;

static struct figures figures_begin(void)
{
    static struct sources sources;

    begin();
    programs_begin();
    frame_figures = frame_page();
    frame_figures.messages[0] = 3;
    frame_figures.messages[PROTOCOL_OPS_MAX - 1] = 4;
    file_figures = (struct file_status){
        .cache_pages = 150, .hits = 8, .misses = 9, .disk_reads = 77, .object_messages[1] = 5};
    walked = (struct frame_walk_reply){.free_pages = 500};
    server.messages[PROTOCOL_process][2] = 6;
    sources = (struct sources){machine, &frame_figures, &file_figures, NULL};
    return (struct figures){.programs = &programs, .sources = &sources, .server = &server};
}

/* Every line is `key value`; the value of a key, or -1. */
static long value_of(const char *text, const char *key)
{
    long value = -1;

    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        char name[64];
        long number = 0;

        CHECK(sscanf(line, "%63s %ld", name, &number) >= 1);
        if (strcmp(name, key) == 0)
            value = number;
    }
    return value;
}

TEST(figures, are_all_in_the_report)
{
    static char text[FIGURES_BYTES];
    struct figures f = figures_begin();

    sources_statement(f.sources, &f.memory);
    f.first_instruction = 4711;
    programs_start(&programs, 0);
    task_end(&programs, task_find(&programs, PID_FIRST + 1), PROCESS_SIGNAL, 11, 5);
    CHECK(figures_part(&f, 0, text));

    CHECK_EQ(value_of(text, "exit.code"), 139);
    CHECK_EQ(value_of(text, "instructions.total"), 3000);
    CHECK_EQ(value_of(text, "instructions.idle"), 2000);
    CHECK_EQ(value_of(text, "instructions.boot_to_program"), 4711);
    CHECK_EQ(value_of(text, "memory.total"), 1000);
    CHECK_EQ(value_of(text, "memory.free"), 500);
    CHECK_EQ(value_of(text, "faults.zero"), 0);
    CHECK_EQ(value_of(text, "evictions.anon"), 0);
    CHECK_EQ(value_of(text, "cache.hits"), 8);
    CHECK_EQ(value_of(text, "disk.reads"), 77);
    CHECK_EQ(value_of(text, "messages.frame"), 7);
    CHECK_EQ(value_of(text, "messages.object"), 5);
    CHECK_EQ(value_of(text, "messages.process"), 6);

    CHECK(figures_part(&f, 1, text));
    CHECK_EQ(value_of(text, "runs.0.exit"), 139);
    CHECK_EQ(value_of(text, "runs.0.disk"), 5);
    CHECK_EQ(value_of(text, "runs.0.starved"), 0);
    CHECK(!figures_part(&f, 2, text));
}

TEST(figures, of_any_size_fit_in_their_room)
{
    static char text[FIGURES_BYTES];
    struct figures f = figures_begin();

    programs.runs = RUNS_MAX;
    for (unsigned i = 0; i < RUNS_MAX; i++)
        programs.run[i] =
            (struct run){PROCESS_SIGNAL, 64, UINT64_MAX, UINT64_MAX, UINT32_MAX, UINT32_MAX};
    memset(&frame_figures, 0xff, sizeof(frame_figures));
    memset(&file_figures, 0xff, sizeof(file_figures));
    memset(&programs.sum, 0xff, sizeof(programs.sum));
    memset(&f.memory, 0xff, sizeof(f.memory));
    for (unsigned part = 0; figures_part(&f, part, text); part++)
        CHECK(strlen(text) < FIGURES_BYTES - 200);
}

TEST(figures, are_told_as_files_of_proc)
{
    struct figures f = figures_begin();
    char text[1024];

    size_t length = figures_text(&f, PROCESS_MEMINFO, text, sizeof(text));

    CHECK_EQ(length, strlen(text));
    CHECK(strstr(text, "MemTotal:           4000 kB\n") != NULL);
    CHECK(strstr(text, "MemFree:            2000 kB\n") != NULL);
    CHECK(strstr(text, "Cached:              600 kB\n") != NULL);
    figures_text(&f, PROCESS_UPTIME, text, sizeof(text));
    CHECK_STR(text, "12.34 0.00\n");
    figures_text(&f, PROCESS_STAT, text, sizeof(text));
    CHECK(strncmp(text, "cpu  ", 5) == 0 && strstr(text, "\ncpu0 ") != NULL);
    figures_text(&f, PROCESS_LOADAVG, text, sizeof(text));
    CHECK_STR(text, "0.00 0.00 0.00 0/0 1\n");
    figures_text(&f, PROCESS_SCHEDSTAT, text, sizeof(text));
    CHECK(strncmp(text, "version 15\ntimestamp 1234\ncpu0 0 0 0 0 0 0 ", 43) == 0);
    CHECK_EQ(strtoull(text + 43, NULL, 10) + 1000, instructions());
    CHECK_EQ(figures_text(&f, PROCESS_MOUNTS, text, 10), 9); /* cut off, not overrun */
}
