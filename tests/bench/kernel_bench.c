/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_bench.c - messages, capabilities, faults, maps: one figure a function.
 */
#include "bench.h"

#include "start.h"
#include "syscall.h"

#define ROUNDS 256u
#define VA     0x40000000ul

static volatile uint64_t began[2], ended[2];

/* ---- messages ---- */

static void echo(void *none)
{
    uintptr_t word[MESSAGE_WORDS] = {0};

    (void)none;
    arch_syscall(SYS_RECV, 0, 0, 0, 0, word);
    for (;;)
        arch_syscall(SYS_REPLY_RECV, 0, 0, 0, 0, word);
}

static void bench_ipc(const char *name, cap_t session, const char *includes)
{
    uintptr_t word[MESSAGE_WORDS] = {1, 2, 3, 4, 5, 6, 7, 8};
    uint64_t total = 0;

    for (unsigned i = 0; i < ROUNDS + 8; i++) {
        uint64_t t0 = arch_instructions();

        arch_syscall(SYS_CALL, session, 0, 0, 0, word);
        if (i >= 8)
            total += arch_instructions() - t0 - 1;
    }
    bench_report(name, total, ROUNDS, includes);
}

static void messages(void)
{
    struct peer server = bench_peer(bench_space(), 63);
    cap_t session = bench_session(&server, 7);

    bench_start(&server, echo);
    sys_yield();
    bench_ipc("ipc_0w", session, "call + reply-and-receive, other space; caller's stub");
    bench_ipc("ipc_8w", session, "the same; all eight words always travel");
}

static void null_call(void)
{
    uintptr_t word[MESSAGE_WORDS] = {0};
    uint64_t t0 = arch_instructions();

    for (unsigned i = 0; i < ROUNDS; i++)
        arch_syscall(SYS_NOTHING, 0, 0, 0, 0, word);
    bench_report("call_null", arch_instructions() - t0, ROUNDS, "the cheapest system call; loop");
}

/* ---- capabilities ---- */

static void derive_run(void)
{
    cap_t from = bench_frames(64), to = bench_slots(64);
    uint64_t t0 = arch_instructions();

    bench_must(cap_derive_run(from, to, RIGHT_READ, 64, NULL), "derive");
    bench_report("cap_derive64", arch_instructions() - t0, 64, "one call for 64, each");
}

static void split_join(void)
{
    cap_t block = bench_object(OBJ_FRAME, 21), parts = bench_slots(512);
    uint64_t t0 = arch_instructions(), t1;

    bench_must(cap_derive_parts(block, parts, RIGHT_ALL, 0, PAGE_BITS, 512, NULL), "split");
    t1 = arch_instructions();
    bench_must(cap_revoke(block), "join");
    bench_report("block_split512", t1 - t0, 512, "2 MiB into 4 KiB parts, each");
    bench_report("block_join512", arch_instructions() - t1, 512, "and back by revoking, each");
}

static void maps(void)
{
    cap_t frames = bench_frames(64), copies = bench_slots(64), owner = frames;
    uint64_t t[6];

    bench_tables(INIT_SPACE, VA, PAGE_SIZE);
    t[0] = arch_instructions();
    bench_must(space_map(INIT_SPACE, frames, VA, 64, RIGHT_READ | RIGHT_WRITE, 0, NULL), "map");
    t[1] = arch_instructions();
    bench_must(space_protect(INIT_SPACE, VA, 64, RIGHT_READ), "protect");
    t[2] = arch_instructions();
    bench_must(space_unmap(INIT_SPACE, VA, 64), "unmap");
    t[3] = arch_instructions();
    bench_report("map64_page", t[1] - t[0], 64, "one call for 64, a page");
    bench_report("protect64_page", t[2] - t[1], 64, "one call for 64, a page; one flush");
    bench_report("unmap64_page", t[3] - t[2], 64, "one call for 64, a page; one flush");
    for (unsigned i = 0; i < 64; i++)
        bench_must(cap_derive(owner, copies + i, RIGHT_READ, 0), "derive");
    bench_must(space_map(INIT_SPACE, copies, VA, 64, RIGHT_READ, 0, NULL), "map");
    t[4] = arch_instructions();
    bench_must(cap_revoke(owner), "revoke");
    bench_report("revoke_copy", arch_instructions() - t[4], 64, "a mapped copy, in one call");
}

/* ---- faults ---- */

static cap_t ready, idle;      /* frames to map; what to wait for at the end */
static volatile unsigned step; /* pages a fault */

static void pager(void *none)
{
    uintptr_t word[MESSAGE_WORDS] = {0};
    cap_t next = ready;

    (void)none;
    arch_syscall(SYS_RECV, 0, 0, 0, 0, word);
    for (;;) {
        uintptr_t va = word[FAULT_ADDRESS] & ~(uintptr_t)(PAGE_SIZE - 1);

        word[0] = next;
        word[1] = MAP_WHERE(va, step, RIGHT_READ | RIGHT_WRITE, 0);
        word[2] = 0;
        next += step;
        arch_syscall(SYS_REPLY_RECV, 0, INFO_MAPS, 0, 0, word);
    }
}

static void touch(void *none)
{
    volatile uint8_t *p = (volatile uint8_t *)VA;
    uintptr_t word[MESSAGE_WORDS] = {0};

    (void)none;
    for (unsigned i = 0; i < 8; i++)
        p[i * PAGE_SIZE] = 1;
    began[0] = arch_instructions();
    for (unsigned i = 8; i < 8 + ROUNDS; i++)
        p[i * PAGE_SIZE] = 1;
    ended[0] = arch_instructions();
    step = 16;
    p += 512 * PAGE_SIZE;
    began[1] = arch_instructions();
    for (unsigned i = 0; i < 16; i++)
        p[i * 16 * PAGE_SIZE] = 1;
    ended[1] = arch_instructions();
    for (;;)
        arch_syscall(SYS_WAIT, idle, 0, 0, 0, word);
}

static void faults(void)
{
    cap_t space = bench_space();
    struct peer handler = bench_peer(INIT_SPACE, 62), task = bench_peer(space, 50);

    ready = bench_frames(8 + ROUNDS + 256);
    step = 1;
    idle = task.notification;
    bench_tables(space, VA, (size_t)1 << 22);
    bench_must(thread_bind(task.thread, BIND_FAULT, handler.endpoint), "bind");
    bench_must(thread_bind(task.thread, BIND_FAULT_SPACE, space), "bind");
    bench_start(&handler, pager);
    bench_start(&task, touch);
    bench_must(sys_wait(handler.notification, INFO_DEADLINE).err == ERR_TIMEOUT ? ERR_OK : ERR_IO,
               "wait");
    bench_report("fault_map1", ended[0] - began[0], ROUNDS,
                 "fault, pager in another space, ready frame mapped, resumed");
    bench_report("fault_map16_page", ended[1] - began[1], 256, "the same, 16 in the reply, a page");
}

int main(void)
{
    bench_report("boot_kernel", arch_instructions() - root_info()->entered, 1,
                 "kernel entry to init's main; 64 MiB");
    null_call();
    messages();
    derive_run();
    split_join();
    maps();
    sys_buffer()->deadline = now_ns() + 100000000;
    faults();
    root_power_off(0);
}
