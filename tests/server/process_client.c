/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process_client.c - the process server asked by messages, on the real kernel.
 *
 * This is a supervisor as the process server builds it. Its program's name says what it does:
 * "tests" runs the tests; the others die, each in its own way, and only cost themselves.
 */
#include "client.h"
#include "file.h"
#include "hostile.h"
#include "process.h"
#include "start.h"

#include <string.h>

#define NOWHERE  0x10000000ul /* of the task: nothing is mapped there */
#define PROGRAMS 5u           /* that the manifest names; ours is built last */

static cap_t process;
static char text[8192];

/* ---- those that die ---- */

static const char *program(void)
{
    return start_property("argv", NULL);
}

static void end(unsigned kind, unsigned code)
{
    struct process_exit_req q = {.kind = kind, .code = code};
    struct process_exit_reply r;

    process_exit(start_cap("process", NULL), &q, &r, NULL);
}

/* The task's thread runs where nothing is, and its faults wait for us. */
static void task_run(void)
{
    thread_start(start_cap("task-thread", NULL), NOWHERE, NOWHERE, 0, 0);
}

static void crash(void)
{
    *(volatile int *)(uintptr_t)start_u32("no such property", 0) = 0;
}

TEST(supervisor, does_what_its_program_is_named_for)
{
    const char *name = program();

    if (strcmp(name, "die") == 0)
        crash();
    if (strcmp(name, "exit") == 0)
        end(PROCESS_EXITED, 3);
    if (strcmp(name, "die-with-task") == 0) {
        task_run();
        crash();
    }
    if (strcmp(name, "deaf") == 0)
        task_run();
    while (strcmp(name, "deaf") == 0)
        sys_wait(CAP_NULL, 0); /* never asks what its task wants */
}

/* ---- what it was given ---- */

TEST(supervisor, finds_its_properties_and_capabilities)
{
    struct cap_facts facts;
    uint32_t bytes;

    process = start_cap("process", NULL);
    CHECK_STR(program(), "tests");
    CHECK(start_property("argv", &bytes) != NULL);
    CHECK_EQ(bytes, sizeof("tests\0and\0words"));
    CHECK_STR(start_property("colour", NULL), "blue");
    CHECK_STR(start_property("environment", NULL), "A=1");
    CHECK(start_property("program-0", NULL) == NULL);
    CHECK_EQ(cap_inspect(start_cap("task-space", NULL), &facts), ERR_OK);
    CHECK_EQ(facts.type, OBJ_SPACE);
    CHECK_EQ(facts.rights, RIGHT_MAP | RIGHT_COPY);
    CHECK_EQ(cap_inspect(start_cap("task-thread", NULL), &facts), ERR_OK);
    CHECK_EQ(facts.type, OBJ_THREAD);
    CHECK_EQ(cap_inspect(start_cap("status", NULL), &facts), ERR_OK);
    CHECK_EQ(facts.type, OBJ_FRAME);
    CHECK_EQ(cap_inspect(start_cap("file", NULL), &facts), ERR_OK);
    CHECK_EQ(facts.type, OBJ_ENDPOINT);
    CHECK(!(facts.rights & RIGHT_READ));
    CHECK_EQ(cap_inspect(process, &facts), ERR_OK);
    CHECK_EQ(facts.rights, RIGHT_WRITE);
}

TEST(supervisor, has_nothing_of_devices_or_of_others)
{
    CHECK_EQ(start_cap("console", NULL), CAP_NULL);
    CHECK_EQ(start_cap("pager-image", NULL), CAP_NULL);
    CHECK_EQ(start_cap("frame", NULL), CAP_NULL);
}

TEST(supervisor, cannot_switch_the_machine_off)
{
    sys_power(POWER_OFF, 0); /* comes back */
}

TEST(supervisor, is_told_its_pid)
{
    struct process_started_req q = {0};
    struct process_started_reply r;

    CHECK_OK(process_started(process, &q, &r, NULL));
    CHECK_EQ(r.pid, start_u32("pid", 0));
}

/* ---- write ---- */

static enum err write_lending(const void *at, size_t lent, unsigned rights, unsigned stream,
                              size_t bytes, size_t offset, uint32_t *done)
{
    struct process_write_req q = {
        .stream = stream, .bytes = (uint32_t)bytes, .lease_offset = (uint32_t)offset};
    struct process_write_reply r;
    struct passing pass = {.leases = 1};
    enum err e;

    pass.lease[0] = (struct lease){
        .space = SLOT_SPACE, .rights = rights, .address = (uintptr_t)at, .bytes = lent};
    e = process_write(process, &q, &r, &pass);
    *done = r.done;
    return e;
}

TEST(write, takes_output_and_errors)
{
    uint32_t done;

    memset(text, 'x', sizeof(text));
    CHECK_OK(write_lending(text, 100, RIGHT_READ, PROCESS_STDOUT, 100, 0, &done));
    CHECK_EQ(done, 100);
    CHECK_OK(write_lending(text, 100, RIGHT_READ, PROCESS_STDERR, 10, 90, &done));
    CHECK_EQ(done, 10);
    CHECK_OK(write_lending(text, 100, RIGHT_READ, PROCESS_STDOUT, 0, 0, &done));
    CHECK_EQ(done, 0);
}

TEST(write, takes_as_much_as_there_are_buffers)
{
    uint32_t done = 0, sum = 0;

    for (unsigned i = 0; i < 100 && sum < 3 * sizeof(text); i++) {
        enum err e =
            write_lending(text, sizeof(text), RIGHT_READ, PROCESS_STDOUT, sizeof(text), 0, &done);

        CHECK(e == ERR_OK || e == ERR_PENDING);
        sum += done;
        if (e == ERR_PENDING) /* told when there is one */
            CHECK_EQ(sys_wait(CAP_NULL, 0).badge, 2);
    }
    CHECK(sum >= 3 * sizeof(text));
}

TEST(write, refuses_what_is_not_right)
{
    uint32_t done;

    CHECK_ERR(write_lending(text, 100, RIGHT_READ, PROCESS_STDIN, 10, 0, &done), ERR_BAD_ARG);
    CHECK_ERR(write_lending(text, 100, RIGHT_READ, 7, 10, 0, &done), ERR_BAD_ARG);
    CHECK_ERR(write_lending(text, 100, RIGHT_READ, PROCESS_STDOUT, 65537, 0, &done), ERR_BAD_ARG);
    CHECK(write_lending(text, 100, RIGHT_WRITE, PROCESS_STDOUT, 10, 0, &done) != ERR_OK);
    CHECK(write_lending(text, 100, RIGHT_READ, PROCESS_STDOUT, 10, 95, &done) != ERR_OK);
    CHECK(write_lending(text, 100, RIGHT_READ, PROCESS_STDOUT, 10, 0xffffffff, &done) != ERR_OK);
    CHECK_EQ(done, 0);
}

TEST(write, stops_at_a_page_that_is_absent)
{
    uintptr_t end = WINDOW_END - PAGE_SIZE; /* nothing there */
    uint32_t done;

    CHECK_ERR(write_lending((void *)end, 100, RIGHT_READ, PROCESS_STDOUT, 100, 0, &done),
              ERR_FAULT);
    CHECK_EQ(done, 0);
    CHECK_ERR(write_lending((void *)end, 100, RIGHT_READ, PROCESS_STDERR, 100, 0, &done),
              ERR_FAULT);
}

TEST(write, without_lent_memory_takes_nothing)
{
    struct process_write_req q = {.stream = PROCESS_STDOUT, .bytes = 10};
    struct process_write_reply r;

    CHECK(process_write(process, &q, &r, NULL) != ERR_OK);
    CHECK_EQ(r.done, 0);
}

/* ---- read, text, memory ---- */

TEST(read, tells_the_end_of_input)
{
    struct process_read_req q = {.stream = PROCESS_STDIN, .bytes = 10};
    struct process_read_reply r;

    CHECK_OK(process_read(process, &q, &r, NULL));
    CHECK_EQ(r.done, 0);
    q.stream = PROCESS_STDOUT;
    CHECK_ERR(process_read(process, &q, &r, NULL), ERR_BAD_ARG);
    q = (struct process_read_req){.bytes = 65537};
    CHECK_ERR(process_read(process, &q, &r, NULL), ERR_BAD_ARG);
}

static enum err text_of(unsigned which, size_t lent, size_t bytes, unsigned rights, uint32_t *got)
{
    struct process_text_req q = {.which = which, .bytes = (uint32_t)bytes};
    struct process_text_reply r;
    struct passing pass = {.leases = 1};
    enum err e;

    pass.lease[0] = (struct lease){
        .space = SLOT_SPACE, .rights = rights, .address = (uintptr_t)text, .bytes = lent};
    e = process_text(process, &q, &r, &pass);
    *got = r.bytes;
    return e;
}

TEST(text, is_cut_to_the_room_there_is)
{
    uint32_t got;

    memset(text, 0, sizeof(text));
    CHECK_OK(text_of(PROCESS_MEMINFO, sizeof(text), sizeof(text), RIGHT_WRITE, &got));
    CHECK_EQ(got, strlen(text));
    CHECK(strncmp(text, "MemTotal:", 9) == 0);
    memset(text, 0, sizeof(text));
    CHECK_OK(text_of(PROCESS_UPTIME, sizeof(text), 4, RIGHT_WRITE, &got));
    CHECK_EQ(got, 4);
    CHECK_EQ(strlen(text), 4);
    CHECK_ERR(text_of(PROCESS_TEXTS, sizeof(text), 10, RIGHT_WRITE, &got), ERR_BAD_ARG);
    CHECK(text_of(PROCESS_MEMINFO, sizeof(text), 10, RIGHT_READ, &got) != ERR_OK);
    CHECK(text_of(PROCESS_MEMINFO, 4, 10, RIGHT_WRITE, &got) != ERR_OK);
}

static struct process_memory_reply memory(void)
{
    struct process_memory_req q = {0};
    struct process_memory_reply r;

    CHECK_OK(process_memory(process, &q, &r, NULL));
    return r;
}

TEST(memory, is_told_in_pages)
{
    struct process_memory_reply r = memory();

    CHECK(r.total > 1000 && r.free > 100 && r.free < r.total);
}

/* ---- calls that are none ---- */

TEST(call, of_no_operation_is_refused)
{
    struct process_memory_req q = {0};
    struct process_memory_reply r;

    CHECK_ERR(protocol_call(process, PROTOCOL_OP(PROTOCOL_process, process_OP_COUNT), &q, sizeof(q),
                            &r, sizeof(r), NULL),
              ERR_BAD_OP);
    CHECK_ERR(
        protocol_call(process, PROTOCOL_OP(PROTOCOL_file, 0), &q, sizeof(q), &r, sizeof(r), NULL),
        ERR_BAD_OP);
    CHECK_ERR(protocol_call(process, ~0u, &q, sizeof(q), &r, sizeof(r), NULL), ERR_BAD_OP);
}

TEST(call, that_sends_a_capability_leaves_none_behind)
{
    struct process_memory_req q = {0};
    struct process_memory_reply r;
    struct passing pass = {.send = SLOT_NOTIFICATION, .send_count = 1, .rights = RIGHT_ALL};
    enum err e = process_memory(process, &q, &r, &pass);

    CHECK(e == ERR_OK || e == ERR_NOT_EMPTY || e == ERR_BAD_ARG);
    CHECK(memory().total > 0);
}

/* Its own end is no subject for chance. */
TEST(call, of_every_kind_is_answered_and_leaves_nothing_behind)
{
    uint32_t before;

    hostile_begin(start_cap("status", NULL), start_cap("file", NULL));
    hostile_everything(process, PROTOCOL_OP(PROTOCOL_process, process_OP_exit));
    before = memory().free;
    for (unsigned i = 0; i < 4; i++)
        hostile_everything(process, PROTOCOL_OP(PROTOCOL_process, process_OP_exit));
    hostile_deeply(process, PROTOCOL_process, process_OP_exit + 1, process_OP_COUNT, 2000);
    CHECK_EQ(memory().free, before);
}

TEST(exit, of_no_kind_is_refused_and_ends_nothing)
{
    end(PROCESS_SYSTEM + 1, 0);
    CHECK(memory().total > 0);
}

/* ---- deaths beside us ---- */

/* Others run meanwhile, also those less urgent than we are. */
static void sleep_ms(unsigned ms)
{
    sys_buffer()->deadline = now_ns() + ms * 1000000u;
    sys_wait(CAP_NULL, INFO_DEADLINE);
}

TEST(death, of_any_supervisor_costs_its_own_program_only)
{
    for (unsigned i = 0; i < 100 && memory().processes > 1; i++)
        sleep_ms(10);
    CHECK_EQ(memory().processes, 1);
}

TEST(death, ends_the_session_at_the_file_server)
{
    struct file_status_req q = {0};
    struct file_status_reply r;
    struct passing pass = {.recv = slots_alloc(1), .recv_count = 1};
    struct window w;

    CHECK_OK(file_status(start_cap("file", NULL), &q, &r, &pass));
    CHECK_OK(window_map(&w, pass.recv, 1, RIGHT_READ));
    CHECK_EQ(((struct file_status *)w.at)->hits, PROGRAMS - 1); /* the scripted server counts */
}
