/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux_parts_test.c - the personality's pure parts: descriptors, paths, the first stack,
 * signals and their frames, random numbers.
 */
#include "unit.h"

#include "person.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- fd ---- */

static struct fds table;

static int open_one(void)
{
    const struct description d = {.kind = DESC_FILE, .handle = 9};

    return fd_open(&table, &d, false);
}

TEST(fd, gives_the_lowest_free_descriptor)
{
    struct description last;

    memset(&table, 0, sizeof(table));
    CHECK_EQ(open_one(), 0);
    CHECK_EQ(open_one(), 1);
    CHECK_EQ(open_one(), 2);

    CHECK(fd_close(&table, 1, &last));

    CHECK_EQ(last.handle, 9);
    CHECK(fd_get(&table, 1) == NULL);
    CHECK_EQ(open_one(), 1);
}

TEST(fd, shares_one_description_between_duplicates)
{
    struct description last;
    int fd;

    memset(&table, 0, sizeof(table));
    fd = open_one();
    CHECK_EQ(fd_dup(&table, (unsigned)fd, 10, true), 10);
    fd_dup_to(&table, 10, 200, false);

    CHECK(fd_get(&table, 10) == fd_get(&table, 0));
    CHECK(table.fd[10].close_on_exec && !table.fd[200].close_on_exec);
    CHECK(!fd_close(&table, 0, &last));
    CHECK(!fd_close(&table, 10, &last));
    CHECK(fd_close(&table, 200, &last));
}

TEST(fd, refuses_when_either_table_is_full)
{
    memset(&table, 0, sizeof(table));
    for (int i = 0; i < DESCRIPTIONS; i++)
        CHECK_EQ(open_one(), i);
    CHECK_EQ(open_one(), FD_NO_DESCRIPTION);
    for (int i = DESCRIPTIONS; i < FDS; i++)
        CHECK_EQ(fd_dup(&table, 0, 0, false), i);
    CHECK_EQ(fd_dup(&table, 0, 0, false), FD_NONE);
    CHECK_EQ(open_one(), FD_NONE);
    CHECK(fd_get(&table, FDS) == NULL && fd_get(&table, ~0ull) == NULL);
}

/* ---- path ---- */

static const char *joined(const char *base, const char *path)
{
    static char to[FILE_PATH_MAX + 1];

    return path_join(to, sizeof(to), base, path) ? to : "too long";
}

TEST(path, becomes_absolute_without_dots)
{
    CHECK_STR(joined("/", "a"), "/a");
    CHECK_STR(joined("/usr/lib", "../bin/./x"), "/usr/bin/x");
    CHECK_STR(joined("/usr", "/etc//passwd/"), "/etc/passwd");
    CHECK_STR(joined("/a/b", "../../../.."), "/");
    CHECK_STR(joined("/a", ""), "/a");
    CHECK_STR(joined("/", "..x/...y"), "/..x/...y");
}

TEST(path, is_refused_when_it_does_not_fit)
{
    static char path[2 * FILE_PATH_MAX];

    memset(path, 'a', FILE_PATH_MAX);
    CHECK_STR(joined("/", path), "too long");
    path[FILE_PATH_MAX - 1] = '\0';
    CHECK_EQ(strlen(joined("/", path)), FILE_PATH_MAX);
    for (unsigned i = 0; i + 3 < sizeof(path); i += 3)
        memcpy(path + i, "a/b", 4);
    CHECK_STR(joined("/", path), "too long");
}

/* ---- stack ---- */

#define TOP 0x20000u
static uint8_t stack[TOP];

static enum err put(void *limit, uint64_t va, const void *from, size_t bytes)
{
    if (limit && va < *(uint64_t *)limit)
        return ERR_FAULT;
    CHECK(va + bytes <= TOP);
    memcpy(stack + va, from, bytes);
    return ERR_OK;
}

static uint64_t word_at(uint64_t va)
{
    uint64_t word;

    memcpy(&word, stack + va, sizeof(word));
    return word;
}

TEST(stack, holds_arguments_environment_and_auxiliary_vector)
{
    struct stack_plan plan = {.top = TOP,
                              .word = 8,
                              .argv = {"prog\0-x\0", 8},
                              .envp = {"A=1\0", 4},
                              .random = "0123456789abcde"};
    uint64_t sp;

    stack_auxiliary(&plan, LINUX_AT_PAGESZ, 4096);
    CHECK_EQ(stack_write(&plan, put, NULL, &sp), ERR_OK);

    CHECK_EQ(sp % 16, 0);
    CHECK_EQ(word_at(sp), 2);
    CHECK_STR((char *)stack + word_at(sp + 8), "prog");
    CHECK_STR((char *)stack + word_at(sp + 16), "-x");
    CHECK_EQ(word_at(sp + 24), 0);
    CHECK_STR((char *)stack + word_at(sp + 32), "A=1");
    CHECK_EQ(word_at(sp + 40), 0);
    CHECK_EQ(word_at(sp + 48), LINUX_AT_PAGESZ);
    CHECK_EQ(word_at(sp + 56), 4096);
    CHECK_EQ(word_at(sp + 64), LINUX_AT_RANDOM);
    CHECK_STR((char *)stack + word_at(sp + 72), "0123456789abcde");
    CHECK_EQ(word_at(sp + 80), LINUX_AT_EXECFN);
    CHECK_EQ(word_at(sp + 88), word_at(sp + 8));
    CHECK_EQ(word_at(sp + 96), LINUX_AT_NULL);
}

TEST(stack, takes_a_thousand_arguments_through_its_small_buffer)
{
    static char many[4000];
    struct stack_plan plan = {.top = TOP, .word = 8, .argv = {many, sizeof(many)}};
    uint64_t sp;

    for (unsigned i = 0; i < 1000; i++)
        snprintf(many + 4 * i, 4, "%03u", i);
    CHECK_EQ(stack_write(&plan, put, NULL, &sp), ERR_OK);

    CHECK_EQ(word_at(sp), 1000);
    for (uint64_t i = 0; i < 1000; i++)
        CHECK_EQ(atoi((char *)stack + word_at(sp + 8 + 8 * i)), (int)i);
    CHECK_EQ(word_at(sp + 8 + 8000), 0);
}

TEST(stack, writes_words_of_four_bytes_for_small_machines)
{
    struct stack_plan plan = {.top = TOP, .word = 4, .argv = {"a\0", 2}};
    uint64_t sp;

    CHECK_EQ(stack_write(&plan, put, NULL, &sp), ERR_OK);

    CHECK_EQ(word_at(sp) & 0xffffffff, 1);
    CHECK_EQ(word_at(sp) >> 32, TOP - 16 - 2);
}

TEST(stack, reports_memory_that_cannot_be_written)
{
    struct stack_plan plan = {.top = TOP, .word = 8, .argv = {"a\0", 2}};
    uint64_t sp, limit = TOP - 32;

    CHECK_EQ(stack_write(&plan, put, &limit, &sp), ERR_FAULT);
}

/* ---- signals ---- */

static struct signals s;

static struct signal_fact sent(unsigned number)
{
    return (struct signal_fact){.number = number, .code = LINUX_SI_USER, .detail = 5};
}

static enum signal_end send_and_take(unsigned number)
{
    struct signal_fact fact = sent(number);

    signal_send(&s, &fact);
    return signal_next(&s, &fact);
}

static void handle(unsigned number, uint64_t flags, uint64_t mask)
{
    s.action[number] = (struct abi_action){.handler = 0x4000, .flags = flags, .mask = mask};
}

TEST(signal, does_by_default_what_its_number_says)
{
    signal_init(&s);
    CHECK_EQ(send_and_take(LINUX_SIGTERM), SIGNAL_FATAL);
    CHECK_EQ(send_and_take(LINUX_SIGKILL), SIGNAL_FATAL);
    CHECK_EQ(send_and_take(LINUX_SIGCHLD), SIGNAL_NONE);
    CHECK_EQ(send_and_take(LINUX_SIGWINCH), SIGNAL_NONE);
    s.action[LINUX_SIGTERM].handler = LINUX_SIG_IGN;
    CHECK_EQ(send_and_take(LINUX_SIGTERM), SIGNAL_NONE);
    handle(LINUX_SIGTERM, 0, 0);
    CHECK_EQ(send_and_take(LINUX_SIGTERM), SIGNAL_HANDLER);
}

TEST(signal, waits_while_blocked_and_arrives_once)
{
    struct signal_fact fact;

    signal_init(&s);
    handle(LINUX_SIGUSR1, 0, 0);
    s.blocked = SIGNAL_BIT(LINUX_SIGUSR1);
    CHECK_EQ(send_and_take(LINUX_SIGUSR1), SIGNAL_NONE);
    CHECK_EQ(send_and_take(LINUX_SIGUSR1), SIGNAL_NONE);
    s.blocked = 0;
    CHECK_EQ(signal_next(&s, &fact), SIGNAL_HANDLER);
    CHECK_EQ(fact.number, LINUX_SIGUSR1);
    CHECK_EQ(signal_next(&s, &fact), SIGNAL_NONE);
}

TEST(signal, of_a_fault_comes_first_and_cannot_be_blocked_or_ignored)
{
    struct signal_fact fact = sent(LINUX_SIGHUP), fault = {LINUX_SIGSEGV, LINUX_SEGV_MAPERR, 0x10};

    signal_init(&s);
    handle(LINUX_SIGHUP, 0, 0);
    handle(LINUX_SIGSEGV, 0, 0);
    signal_send(&s, &fact);
    signal_force(&s, &fault);
    CHECK_EQ(signal_next(&s, &fact), SIGNAL_HANDLER);
    CHECK_EQ(fact.number, LINUX_SIGSEGV);
    CHECK_EQ(fact.detail, 0x10);

    s.blocked = SIGNAL_BIT(LINUX_SIGSEGV);
    signal_force(&s, &fault);
    CHECK_EQ(signal_next(&s, &fact), SIGNAL_FATAL);
    s.action[LINUX_SIGSEGV].handler = LINUX_SIG_IGN;
    signal_force(&s, &fault);
    CHECK_EQ(signal_next(&s, &fact), SIGNAL_FATAL);
}

TEST(signal, that_is_ignored_meanwhile_is_forgotten)
{
    struct signal_fact fact = sent(LINUX_SIGSEGV);

    signal_init(&s);
    s.blocked = ~0ull;
    signal_send(&s, &fact);
    s.action[LINUX_SIGSEGV].handler = LINUX_SIG_IGN;
    s.blocked = 0;
    CHECK_EQ(signal_peek(&s), SIGNAL_NONE);
    CHECK_EQ(signal_next(&s, &fact), SIGNAL_NONE);
    CHECK_EQ(s.pending, 0);
}

TEST(signal, never_blocks_kill_and_stop)
{
    CHECK_EQ(signal_maskable(~0ull) & SIGNAL_BIT(LINUX_SIGKILL), 0);
    CHECK_EQ(signal_maskable(~0ull) & SIGNAL_BIT(LINUX_SIGSTOP), 0);
    CHECK_EQ(signal_maskable(SIGNAL_BIT(1)), 1);
}

TEST(frame, keeps_all_registers_from_handler_to_return)
{
    struct signal_fact fact = {LINUX_SIGSEGV, LINUX_SEGV_ACCERR, 0xdeadbeef};
    uint64_t reg[REG_COUNT], before[REG_COUNT], at;
    struct abi_frame frame;

    for (unsigned i = 0; i < REG_COUNT; i++)
        reg[i] = 0x1111 * (i + 1);
    reg[REG_FCSR] = 7;
    memcpy(before, reg, sizeof(reg));
    signal_init(&s);
    s.trampoline = 0x7000;
    s.blocked = SIGNAL_BIT(LINUX_SIGHUP);
    handle(LINUX_SIGSEGV, LINUX_SA_SIGINFO, SIGNAL_BIT(LINUX_SIGUSR1));

    signal_enter(&s, &fact, reg, &frame, &at);

    CHECK_EQ(reg[REG_IP], 0x4000);
    CHECK_EQ(reg[REG_SP], at);
    CHECK_EQ(at % 16, 0);
    CHECK(at + sizeof(frame) <= before[REG_SP]);
    CHECK_EQ(reg[REG_RETURN], 0x7000);
    CHECK_EQ(reg[REG_ARG(0)], LINUX_SIGSEGV);
    CHECK_EQ(reg[REG_ARG(1)], at);
    CHECK_EQ(reg[REG_ARG(2)], at + 128);
    CHECK_EQ(frame.info.signo, LINUX_SIGSEGV);
    CHECK_EQ(frame.info.code, LINUX_SEGV_ACCERR);
    CHECK_EQ(frame.info.address, 0xdeadbeef);
    CHECK_EQ(frame.mask, SIGNAL_BIT(LINUX_SIGHUP));
    CHECK_EQ(s.blocked,
             SIGNAL_BIT(LINUX_SIGHUP) | SIGNAL_BIT(LINUX_SIGUSR1) | SIGNAL_BIT(LINUX_SIGSEGV));

    memset(reg, 0, sizeof(reg));
    signal_leave(&s, reg, &frame);

    CHECK(memcmp(reg, before, sizeof(reg)) == 0);
    CHECK_EQ(s.blocked, SIGNAL_BIT(LINUX_SIGHUP));
}

TEST(frame, goes_to_the_other_stack_once_if_the_handler_wants_it)
{
    struct signal_fact fact = sent(LINUX_SIGUSR1);
    uint64_t reg[REG_COUNT] = {0}, at;
    struct abi_frame frame;

    signal_init(&s);
    s.stack = (struct abi_stack){.sp = 0x50000, .size = 0x4000};
    reg[REG_SP] = 0x90000;
    handle(LINUX_SIGUSR1, LINUX_SA_ONSTACK, 0);
    signal_send(&s, &fact);
    CHECK_EQ(signal_stack(&s, reg[REG_SP]), 0x54000);
    signal_enter(&s, &fact, reg, &frame, &at);
    CHECK(at >= 0x50000 && at + sizeof(frame) <= 0x54000);

    signal_enter(&s, &fact, reg, &frame, &at);
    CHECK(at + sizeof(frame) <= reg[REG_SP] + sizeof(frame) && at < 0x54000 - sizeof(frame));
}

TEST(frame, honours_nodefer_and_resethand)
{
    struct signal_fact fact = sent(LINUX_SIGUSR1);
    uint64_t reg[REG_COUNT] = {[REG_SP] = 0x90000}, at;
    struct abi_frame frame;

    signal_init(&s);
    handle(LINUX_SIGUSR1, LINUX_SA_NODEFER | LINUX_SA_RESETHAND, 0);
    signal_enter(&s, &fact, reg, &frame, &at);
    CHECK_EQ(s.blocked, 0);
    CHECK_EQ(s.action[LINUX_SIGUSR1].handler, LINUX_SIG_DFL);
}

/* ---- random ---- */

TEST(random, is_chacha20)
{
    /* Block 0 of key 0, nonce 0: the published test vector's first bytes. */
    static const uint8_t want[] = {0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90,
                                   0x40, 0x5d, 0x6a, 0xe5, 0x53, 0x86, 0xbd, 0x28};
    struct random r = {0};
    uint8_t got[16];

    random_bytes(&r, got, sizeof(got));
    CHECK(memcmp(got, want, sizeof(want)) == 0);
}

TEST(random, depends_on_every_byte_of_the_seed)
{
    uint8_t seed[40] = {0}, first[8], other[8];
    struct random r = {0};

    random_seed(&r, seed, sizeof(seed));
    random_bytes(&r, first, sizeof(first));
    for (unsigned i = 0; i < sizeof(seed); i++) {
        memset(&r, 0, sizeof(r));
        seed[i] = 1;
        random_seed(&r, seed, sizeof(seed));
        random_bytes(&r, other, sizeof(other));
        seed[i] = 0;
        CHECK(memcmp(first, other, sizeof(first)) != 0);
    }
}
