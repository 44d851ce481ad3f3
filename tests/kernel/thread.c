/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * thread.c - threads: bindings, start and stop, registers, priorities, foreign ones.
 */
#include "peer.h"

#include "regs.h"
#include "start.h"
#include "syscall.h"

#define RW (RIGHT_READ | RIGHT_WRITE)

TEST(thread, does_not_start_without_a_space)
{
    cap_t thread = kit_object(OBJ_THREAD, 0);

    CHECK_ERR(thread_start(thread, SERVER_VA, 0, 0, 0), ERR_NO_CAP);
    CHECK_ERR(thread_resume(thread), ERR_NO_CAP);
}

TEST(thread, binds_what_has_the_type_and_the_rights)
{
    cap_t thread = kit_object(OBJ_THREAD, 0), frame = kit_frames(1);

    CHECK_ERR(thread_bind(thread, BIND_SPACE, frame), ERR_WRONG_TYPE);
    CHECK_ERR(thread_bind(thread, BIND_COUNT, frame), ERR_BAD_ARG);
    CHECK_ERR(thread_bind(thread, BIND_BUFFER, kit_derive(kit_frames(1), RIGHT_READ, 0)),
              ERR_NO_RIGHT);
    CHECK_ERR(thread_bind(thread, BIND_BUFFER, kit_object(OBJ_FRAME, 13)), ERR_BAD_ARG);
    CHECK_ERR(thread_bind(thread, BIND_BUFFER, kit_slots(1)), ERR_NO_CAP);
    CHECK_OK(thread_bind(thread, BIND_BUFFER, frame));
    CHECK(kit_facts(frame).flags & INSPECT_CHILDREN);
    CHECK_OK(thread_bind(thread, BIND_BUFFER, CAP_NULL));
    CHECK(!(kit_facts(frame).flags & INSPECT_CHILDREN));
}

TEST(thread, binds_several_or_none)
{
    cap_t thread = kit_object(OBJ_THREAD, 0), frame = kit_frames(1);
    cap_t endpoint = kit_object(OBJ_ENDPOINT, 0), reply = kit_object(OBJ_REPLY, 0);
    cap_t bound[BIND_COUNT] = {[BIND_SPACE] = SLOT_SPACE,
                               [BIND_FAULT] = endpoint,
                               [BIND_REPLY] = endpoint,
                               [BIND_BUFFER] = frame};

    CHECK_ERR(thread_bind_all(thread, bound), ERR_WRONG_TYPE);
    CHECK(!(kit_facts(endpoint).flags & INSPECT_CHILDREN));
    CHECK(!(kit_facts(frame).flags & INSPECT_CHILDREN));
    bound[BIND_REPLY] = reply;
    CHECK_OK(thread_bind_all(thread, bound));
    CHECK(kit_facts(endpoint).flags & INSPECT_CHILDREN);
    CHECK(kit_facts(reply).flags & INSPECT_CHILDREN);
    CHECK(kit_facts(frame).flags & INSPECT_CHILDREN);
    CHECK_OK(thread_start(thread, SERVER_VA, 0, 0, 0));
    CHECK_OK(thread_stop(thread));
}

TEST(thread, wants_the_right_to_control_or_look)
{
    cap_t thread = kit_object(OBJ_THREAD, 0);
    uint64_t executed;

    CHECK_ERR(thread_stop(kit_derive(thread, RIGHT_READ, 0)), ERR_NO_RIGHT);
    CHECK_ERR(thread_read(kit_derive(thread, RIGHT_WRITE, 0)), ERR_NO_RIGHT);
    CHECK_ERR(thread_times(kit_derive(thread, RIGHT_WRITE, 0), &executed), ERR_NO_RIGHT);
    CHECK_ERR(thread_stop(kit_frames(1)), ERR_WRONG_TYPE);
}

TEST(thread, priority_is_bounded_by_the_capability)
{
    cap_t thread = kit_object(OBJ_THREAD, 0), weak = kit_derive(thread, RW, 5);

    CHECK_OK(thread_setup(weak, 5, 0, 0, 0));
    CHECK_ERR(thread_setup(weak, 6, 0, 0, 0), ERR_BAD_ARG);
    CHECK_ERR(thread_setup(kit_derive(weak, RW, 9), 6, 0, 0, 0), ERR_BAD_ARG);
    CHECK_ERR(thread_setup(thread, 0, 0, 0, 0), ERR_BAD_ARG);
    CHECK_ERR(thread_setup(thread, 64, 0, 0, 0), ERR_BAD_ARG);
    CHECK_ERR(thread_setup(thread, 5, 1 << 6, 0, 0), ERR_BAD_ARG);
}

TEST(thread, registers_are_read_and_written_while_it_is_stopped)
{
    cap_t thread = kit_object(OBJ_THREAD, 0);
    uint64_t *reg = sys_buffer()->reg;

    CHECK_OK(thread_read(thread));
    for (unsigned i = 0; i < REG_COUNT; i++)
        CHECK_EQ(reg[i], 0);
    for (unsigned i = 0; i < REG_COUNT; i++)
        reg[i] = 1000 + 4 * i;
    CHECK_OK(thread_write(thread));
    memset(reg, 0, sizeof(sys_buffer()->reg));
    CHECK_OK(thread_read(thread));
    CHECK_EQ(reg[REG_IP], 1000 + 4 * REG_IP);
    CHECK_EQ(reg[REG_SP], 1000 + 4 * REG_SP);
    CHECK_EQ(reg[REG_ARG(5)], 1000 + 4 * REG_ARG(5));
}

TEST(thread, stopped_goes_on_where_it_was)
{
    cap_t wake = kit_object(OBJ_NOTIFICATION, 0);
    struct step script[] = {{.op = WAIT, .on = wake, .err = ERR_CANCELLED},
                            {.op = WAIT, .on = wake, .kind = KIND_NOTIFICATION, .badge = 1},
                            {.op = END}};
    struct peer *p = peer_run(NULL, script);

    CHECK_OK(thread_stop(p->thread));
    CHECK_OK(sys_signal(kit_derive(wake, RIGHT_WRITE, 1)));
    peer_waits(p, 0);
    CHECK_OK(thread_resume(p->thread));
    peer_ended(p);
    CHECK_OK(thread_stop(p->thread)); /* once more: nothing to do */
}

TEST(thread, running_one_cannot_be_started_again)
{
    cap_t wake = kit_object(OBJ_NOTIFICATION, 0);
    struct peer *p = peer_run(NULL, (struct step[]){{.op = WAIT, .on = wake}, {.op = END}});

    CHECK_ERR(thread_start(p->thread, SERVER_VA, 0, 0, 0), ERR_BUSY);
    CHECK_ERR(thread_resume(p->thread), ERR_BUSY);
    peer_waits(p, 0);
}

static void tls_set(void *arg)
{
    word_t word[MESSAGE_WORDS] = {0};

    CHECK_EQ(arch_syscall(SYS_TLS, (uintptr_t)arg, 0, 0, 0, word).status, ERR_OK);
}

TEST(thread, names_its_own_thread_pointer)
{
    static char somewhere[16];
    struct step script[] = {{.op = RUN, .run = tls_set, .arg = somewhere}, {.op = NEVER}};
    struct peer *p = peer_run(NULL, script);

    CHECK_OK(thread_stop(p->thread));
    CHECK_OK(thread_read(p->thread));
    CHECK_EQ(sys_buffer()->reg[REG_TLS], (uintptr_t)somewhere);
}

/* ---- who may switch the machine off ---- */

static void power_refused(void *arg)
{
    word_t word[MESSAGE_WORDS] = {0};

    (void)arg;
    CHECK_EQ(arch_syscall(SYS_POWER, POWER_OFF, 0, 0, 0, word).status, ERR_NO_RIGHT);
    CHECK_ERR(thread_setup(SLOT_THREAD, 10, THREAD_POWER, 0, 0), ERR_NO_RIGHT);
}

TEST(thread, cannot_switch_the_machine_off_or_let_another)
{
    peer_ended(peer_run(NULL, (struct step[]){{.op = RUN, .run = power_refused}, {.op = END}}));
}

TEST(thread, with_the_right_is_told_of_ends_that_do_not_exist)
{
    word_t word[MESSAGE_WORDS] = {0};

    CHECK_EQ(arch_syscall(SYS_POWER, POWER_COUNT, 0, 0, 0, word).status, ERR_BAD_ARG);
}

static volatile unsigned turns;

static void spin(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < 1000; i++)
        turns++;
}

TEST(thread, counts_what_it_executes)
{
    struct peer *p = peer_run(NULL, (struct step[]){{.op = RUN, .run = spin}, {.op = END}});
    uint64_t executed = 0;

    peer_ended(p);
    CHECK_OK(thread_times(p->thread, &executed));
    CHECK(executed > 1000 && executed < 1000000);
}

/* ---- foreign threads: their traps are messages ---- */

/* A thread whose only instruction of interest is the kit's own trap: sys_invoke with
 * arguments of ours, as a program of another system would make a call. On some machines that
 * names the call in a register that is a message word of ours. */
static word_t trap_words[MESSAGE_WORDS] = {SYS_INVOKE, SYS_INVOKE, SYS_INVOKE, SYS_INVOKE,
                                           SYS_INVOKE, SYS_INVOKE, SYS_INVOKE, SYS_INVOKE};
static struct trap_made {
    enum err err;
} made;

static void trap_make(void *arg)
{
    (void)arg;
    made.err = sys_invoke(0x1111, 0x2222, trap_words);
}

TEST(thread, traps_of_a_foreign_one_are_messages)
{
    struct peer *system = peer_make(NULL);
    struct peer *program = peer_make(&(struct peer_kind){.pager = system->endpoint, .badge = 3});
    struct step serving[] = {{.op = RECEIVE,
                              .kind = KIND_TRAP,
                              .badge = 3,
                              .expect = WORD(TRAP_NUMBER) | WORD(TRAP_ARG0) | WORD(TRAP_ARG0 + 1),
                              .want = {SYS_INVOKE, 0x1111, 0x2222}},
                             {.op = ANSWER, .word = {77}},
                             {.op = END}};
    struct step running[] = {{.op = RUN, .run = trap_make}, {.op = NEVER}};

    CHECK_OK(thread_setup(program->thread, PEER_PRIORITY, THREAD_FOREIGN, 0, 3));
    peer_start(system, serving);
    peer_start(program, running);
    peer_ended(system);
    CHECK_EQ(made.err, 77);
}

TEST(thread, foreign_one_is_resumed_as_its_registers_stand)
{
    struct peer *system = peer_make(NULL);
    struct peer *program = peer_make(&(struct peer_kind){.pager = system->endpoint, .badge = 3});
    struct step serving[] = {{.op = RECEIVE, .kind = KIND_TRAP, .badge = 3},
                             {.op = WAIT, .kind = KIND_NOTIFICATION, .badge = 1},
                             {.op = ANSWER, .info = INFO_AS_IS, .word = {77}},
                             {.op = END}};
    struct step running[] = {{.op = RUN, .run = trap_make}, {.op = NEVER}};

    CHECK_OK(thread_setup(program->thread, PEER_PRIORITY, THREAD_FOREIGN, 0, 3));
    peer_start(system, serving);
    peer_start(program, running);
    CHECK_OK(thread_read(program->thread));
    sys_buffer()->reg[REG_RESULT] = 55;
    CHECK_OK(thread_write(program->thread));
    CHECK_OK(sys_signal(kit_derive(system->notification, RIGHT_WRITE, 1)));
    peer_ended(system);
    CHECK_EQ(made.err, 55);
}

static void trap_twice(void *arg)
{
    trap_make(arg);
    if (made.err == 77)
        trap_make(arg);
}

TEST(thread, traps_are_answered_while_the_next_is_awaited)
{
    struct peer *system = peer_make(NULL);
    struct peer *program = peer_make(&(struct peer_kind){.pager = system->endpoint, .badge = 3});
    struct step serving[] = {{.op = RECEIVE, .kind = KIND_TRAP, .badge = 3},
                             {.op = ANSWER_RECEIVE, .kind = KIND_TRAP, .badge = 3, .word = {77}},
                             {.op = ANSWER, .word = {78}},
                             {.op = END}};
    struct step running[] = {{.op = RUN, .run = trap_twice}, {.op = NEVER}};

    CHECK_OK(thread_setup(program->thread, PEER_PRIORITY, THREAD_FOREIGN, 0, 3));
    peer_start(system, serving);
    peer_start(program, running);
    peer_ended(system);
    CHECK_EQ(made.err, 78);
}

TEST(thread, trap_of_a_foreign_one_waits_for_a_server_that_is_busy)
{
    struct peer *system = peer_make(NULL);
    struct peer *program = peer_make(&(struct peer_kind){.pager = system->endpoint, .badge = 3});
    struct step serving[] = {{.op = RECEIVE,
                              .kind = KIND_TRAP,
                              .badge = 3,
                              .expect = WORD(TRAP_NUMBER) | WORD(TRAP_ARG0) | WORD(TRAP_ARG0 + 1),
                              .want = {SYS_INVOKE, 0x1111, 0x2222}},
                             {.op = ANSWER, .word = {79}},
                             {.op = END}};
    struct step running[] = {{.op = RUN, .run = trap_make}, {.op = NEVER}};

    CHECK_OK(thread_setup(program->thread, PEER_PRIORITY, THREAD_FOREIGN, 0, 3));
    peer_start(program, running);
    peer_waits(program, 0);
    peer_start(system, serving);
    peer_ended(system);
    CHECK_EQ(made.err, 79);
}

TEST(thread, yields_to_others_as_important)
{
    static struct step running[] = {{.op = END}};
    struct peer *p = peer_make(&(struct peer_kind){.priority = KIT_PRIORITY});

    peer_start(p, running);
    peer_waits(p, 0);
    sys_yield();
    peer_ended(p);
}

/* ---- the debug console ---- */

static struct trap_result logged;

static void log_try(void *bytes)
{
    word_t w[MESSAGE_WORDS] = {0};

    logged = arch_syscall(SYS_LOG, *(word_t *)bytes, 0, 0, 0, w);
}

TEST(thread, writes_to_the_debug_console_if_it_may)
{
    static word_t none = 0, too_many = sizeof(word_t) * MESSAGE_WORDS + 1;
    struct step script[] = {{.op = RUN, .run = log_try, .arg = &none}, {.op = END}};
    struct peer *p = peer_make(NULL);

    log_try(&none);
    CHECK_EQ(logged.status, ERR_OK);
    log_try(&too_many);
    CHECK_EQ(logged.status, ERR_BAD_ARG);
    CHECK_OK(thread_setup(p->thread, PEER_PRIORITY, 0, 0, 0));
    peer_start(p, script);
    peer_ended(p);
    CHECK_EQ(logged.status, ERR_NO_RIGHT);
}
