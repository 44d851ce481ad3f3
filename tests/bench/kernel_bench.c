/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_bench.c - boot, capabilities, maps: one figure a function.
 */
#include "bench.h"

#include "start.h"

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

int main(void)
{
    bench_report("boot_kernel", arch_instructions() - root_info()->entered, 1,
                 "kernel entry to init's main; 64 MiB");
    derive_run();
    split_join();
    maps();
    root_power_off(0);
}
