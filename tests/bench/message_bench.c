/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * message_bench.c - system calls, messages and signals: one figure a function.
 */
#include "bench.h"

#include "start.h"
#include "syscall.h"
#include "turn.h"

#define WARM 8u

static cap_t session, offered; /* of the server that is measured; the slots it offers */

static void null_call(void)
{
    uintptr_t word[MESSAGE_WORDS] = {0};
    uint64_t t0 = arch_instructions();

    for (unsigned i = 0; i < BENCH_ROUNDS; i++)
        arch_syscall(SYS_NOTHING, 0, 0, 0, 0, word);
    bench_report("call_null", arch_instructions() - t0, BENCH_ROUNDS,
                 "the cheapest system call; loop");
}

/* ---- calls ---- */

static void call(const char *name, uint32_t info, cap_t send, const char *includes)
{
    turn_calls(WARM, session, info, send);
    bench_report(name, turn_calls(BENCH_ROUNDS, session, info, send), BENCH_ROUNDS, includes);
}

static void serve(const struct peer *server, void (*run)(void *))
{
    session = bench_session(server, 7);
    bench_start(server, run);
    sys_yield();
}

/* Each capability goes into a slot of its own. */
static void collect(void *none)
{
    uintptr_t word[MESSAGE_WORDS] = {0};
    cap_t next = offered;

    (void)none;
    for (uintptr_t number = SYS_RECV;; number = SYS_REPLY_RECV)
        arch_syscall(number, 0, INFO_RECV(1), 0, next++, word);
}

static cap_t lent_to, held; /* where the server copies to, and the Reply that holds the call */

static void borrow(void *none)
{
    uintptr_t word[MESSAGE_WORDS] = {0};

    (void)none;
    for (uintptr_t number = SYS_RECV;; number = SYS_REPLY_RECV) {
        uintptr_t copy[MESSAGE_WORDS] = {0, 0, lent_to, 0, PAGE_SIZE};

        arch_syscall(number, 0, 0, 0, 0, word);
        arch_syscall(SYS_INVOKE, held, OP_REPLY_COPY, 0, 0, copy);
    }
}

static void calls(void)
{
    static uint8_t page[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
    struct peer server = bench_peer(bench_space(), 63);

    serve(&server, turn_echo);
    call("ipc_0w", 0, 0, "call + reply-and-receive, other space; loops on both sides");
    call("ipc_8w", 0, 0, "the same: all eight words always travel");

    offered = bench_slots(BENCH_ROUNDS + WARM + 1);
    server = bench_peer(bench_space(), 63);
    serve(&server, collect);
    call("ipc_cap", INFO_SEND(1) | INFO_RIGHTS(RIGHT_READ), bench_object(OBJ_FRAME, PAGE_BITS),
         "the same with one capability in, derived");

    lent_to = bench_object(OBJ_FRAME, PAGE_BITS);
    page[0] = 1;
    sys_buffer()->lease[0] = (struct lease){INIT_SPACE, RIGHT_READ, (uintptr_t)page, PAGE_SIZE};
    server = bench_peer(bench_space(), 63);
    held = server.reply;
    serve(&server, borrow);
    call("ipc_lease4k", INFO_LEASES(1), 0, "the same lending 4 KiB, which the server copies");
}

/* ---- signals ---- */

/* What sets a bit is a capability with a badge: waiting takes one kind, signalling the other. */
static cap_t ping, pong, ping_set, pong_set;

static void bounce(void *none)
{
    (void)none;
    for (;;) {
        sys_wait(ping, 0);
        sys_signal(pong_set);
    }
}

static void signals(void)
{
    struct peer other = bench_peer(bench_space(), 62); /* a turn is no end of a slice */
    uint64_t t0 = 0;

    ping = bench_object(OBJ_NOTIFICATION, 0);
    pong = bench_object(OBJ_NOTIFICATION, 0);
    ping_set = slots_alloc(1);
    pong_set = slots_alloc(1);
    bench_must(cap_derive(ping, ping_set, RIGHT_WRITE, 1), "derive");
    bench_must(cap_derive(pong, pong_set, RIGHT_WRITE, 1), "derive");
    bench_start(&other, bounce);
    for (unsigned i = 0; i < BENCH_ROUNDS + WARM; i++) {
        if (i == WARM)
            t0 = arch_instructions();
        sys_signal(ping_set);
        sys_wait(pong, 0);
    }
    bench_report("ntfn_pingpong", arch_instructions() - t0, BENCH_ROUNDS,
                 "two signals, two waits, two switches; stubs and loops");
}

int main(void)
{
    null_call();
    calls();
    signals();
    root_power_off(0);
}
