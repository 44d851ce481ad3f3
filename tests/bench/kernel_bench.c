/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_bench.c - boot, capabilities, threads, maps: one figure a function.
 */
#include "bench.h"

#include "start.h"
#include "syscall.h"

#define VA 0x40000000ul

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

static cap_t offered; /* where the receiver wants capabilities */

static void take(void *none)
{
    uintptr_t word[MESSAGE_WORDS] = {0};

    (void)none;
    for (uintptr_t number = SYS_RECV;; number = SYS_REPLY_RECV, offered += 64)
        arch_syscall(number, 0, INFO_RECV(64), 0, offered, word);
}

/* The first time is not counted. */
static void give_run(void)
{
    uint32_t info = INFO_SEND(64) | INFO_MODE(TRANSFER_GIVE) | INFO_RIGHTS(RIGHT_READ);
    struct peer server = bench_peer(bench_space(), 63);
    cap_t session = bench_session(&server, 1);
    uint64_t t0 = 0;

    offered = bench_slots(192);
    bench_start(&server, take);
    sys_yield();
    for (unsigned i = 0; i < 2; i++) {
        uintptr_t word[MESSAGE_WORDS] = {0};
        cap_t run = bench_frames(64);

        t0 = arch_instructions();
        arch_syscall(SYS_CALL, session, info, run, 0, word);
        t0 = arch_instructions() - t0;
    }
    bench_report("cap_give64", t0, 64, "call with 64 frames given, and its answer, each");
}

/* ---- threads ---- */

static void thread_create(void)
{
    cap_t thread = slots_alloc(1), endpoint = bench_object(OBJ_ENDPOINT, 0);
    cap_t buffer = bench_object(OBJ_FRAME, PAGE_BITS), from = bench_object(OBJ_UNTYPED, 12);
    const cap_t bound[BIND_COUNT] = {[BIND_ROOT] = INIT_ROOT,
                                     [BIND_SPACE] = INIT_SPACE,
                                     [BIND_FAULT] = endpoint,
                                     [BIND_BUFFER] = buffer};
    uint64_t t0 = arch_instructions();

    bench_must(untyped_retype(from, OBJ_THREAD, 0, thread, 1, NULL), "retype");
    bench_must(thread_bind_all(thread, bound), "bind");
    bench_must(thread_setup(thread, 1, 0, 0, 0), "set up");
    bench_must(thread_start(thread, SERVER_VA, SERVER_VA, 0, 0), "start");
    bench_report("thread_create", arch_instructions() - t0, 1,
                 "retype, four bindings in one call, priority, start");
    bench_must(thread_stop(thread), "stop");
}

/* ---- maps ---- */

static uint64_t harvest_once(unsigned flags)
{
    uintptr_t word[MESSAGE_WORDS] = {VA, 64, flags};
    uint64_t t0 = arch_instructions();

    arch_syscall(SYS_INVOKE, INIT_SPACE, OP_SPACE_HARVEST, 0, 0, word);
    t0 = arch_instructions() - t0;
    bench_must(sys_buffer()->byte[63] & HARVEST_A ? ERR_OK : ERR_IO, "nothing is accessed");
    return t0;
}

static void harvest(void)
{
    for (unsigned i = 0; i < 64; i++)
        ((volatile uint8_t *)VA)[i * PAGE_SIZE] = 1;
    bench_report("harvest64_page", harvest_once(0), 64, "accessed and dirty bits of 64, a page");
    bench_report("harvest_clear64_page", harvest_once(HARVEST_A), 64,
                 "the same, a bit in each cleared and folded");
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
    bench_must(cap_derive_run(frames, copies, RIGHT_READ | RIGHT_WRITE, 64, NULL), "derive");
    bench_must(space_map(INIT_SPACE, copies, VA, 64, RIGHT_READ | RIGHT_WRITE, 0, NULL), "map");
    harvest();
}

int main(void)
{
    bench_report("boot_kernel", arch_instructions() - root_info()->entered, 1,
                 "kernel entry to init's main; 64 MiB");
    derive_run();
    split_join();
    give_run();
    thread_create();
    maps();
    root_power_off(0);
}
