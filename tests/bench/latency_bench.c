/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * latency_bench.c - how long an interrupt waits, whatever is asked of the kernel meanwhile.
 *
 * A sleeper above everybody wakes at each millisecond. Below it one long operation after another
 * is done, again and again, so that the millisecond ends at ever other places of it. What counts is
 * the latest wake: from the instant the clock was set to, up to the sleeper's next instruction.
 */
#include "bench.h"

#include "start.h"
#include "syscall.h"

#define VA      0x40000000ul
#define FIXED   (VA + (1ul << 29)) /* pages that stay mapped */
#define MS      1000000ull
#define SAMPLES 40u
#define PARTS   512u

#define LARGE         4u /* frames of as many entries of one table as a port has leaves for: 256 or 16 */
#define WIDE          (sizeof(uintptr_t) == 8)
#define LARGE_BITS    (WIDE ? 20u : 16u)
#define LARGE_ENTRIES (1u << (LARGE_BITS - PAGE_BITS))

#define NOTHING     (FIXED + (1ul << 28)) /* nothing is mapped from here on */
#define NOTHING_END (WIDE ? 1ull << 38 : 0x7f800000ull)

static cap_t block, other, parts, pool, room, frames, large;
static unsigned run = 64; /* frames in a message */
static struct peer server;

/* ---- the sleeper ---- */

static volatile uint64_t latest, offset; /* offset: instructions counted - ns passed */
static volatile unsigned wakes;
static cap_t never;
static struct buffer *alarm_page = (struct buffer *)(VA - PAGE_SIZE);

static void sleeper(void *none)
{
    (void)none;
    for (;;) {
        uintptr_t word[MESSAGE_WORDS] = {0};
        uint64_t due = (now_ns() / MS + 1) * MS, late;

        alarm_page->deadline = due - 1; /* rounded up to the millisecond */
        arch_syscall(SYS_WAIT, never, INFO_DEADLINE, 0, 0, word);
        late = arch_instructions() - offset - due;
        latest = late > latest ? late : latest;
        wakes++;
    }
}

static void sleeper_start(void)
{
    struct peer p = bench_peer(INIT_SPACE, 63);
    cap_t page = bench_object(OBJ_FRAME, PAGE_BITS);

    never = p.notification;
    bench_tables(INIT_SPACE, (uintptr_t)alarm_page, PAGE_SIZE);
    bench_tables(INIT_SPACE, VA, PAGE_SIZE);
    bench_must(frame_clear_run(page, 1), "clear");
    bench_must(thread_bind(p.thread, BIND_BUFFER, page), "bind");
    bench_must(
        space_map(INIT_SPACE, page, (uintptr_t)alarm_page, 1, RIGHT_READ | RIGHT_WRITE, 0, NULL),
        "map");
    offset = arch_instructions();
    offset -= now_ns();
    bench_start(&p, sleeper);
}

/* ---- operations ---- */

static void spin(void)
{
}

static void split_and_join(void)
{
    bench_must(cap_derive_parts(block, parts, RIGHT_ALL, 0, PAGE_BITS, PARTS, NULL), "split");
    bench_must(frame_hold(parts, PARTS), "hold");
    bench_must(frame_release(parts, PARTS), "release");
    bench_must(cap_move(parts, room, PARTS), "move");
    bench_must(cap_revoke(block), "join");
}

static void contents(void)
{
    bench_must(frame_clear_run(block, 1), "clear");
    bench_must(frame_copy(other, block), "copy");
}

static void pages(void)
{
    uint8_t bits[PARTS];

    bench_must(cap_derive_parts(block, parts, RIGHT_ALL, 0, PAGE_BITS, PARTS, NULL), "split");
    bench_must(space_map(INIT_SPACE, parts, VA, PARTS, RIGHT_READ | RIGHT_WRITE, 0, NULL), "map");
    bench_must(space_protect(INIT_SPACE, VA, PARTS, RIGHT_READ), "protect");
    bench_must(space_harvest(INIT_SPACE, VA, PARTS, HARVEST_A | HARVEST_D, bits), "harvest");
    bench_must(frame_harvest(block, 1, HARVEST_A | HARVEST_D, bits), "harvest");
    bench_must(space_unmap(INIT_SPACE, VA, PARTS), "unmap");
    bench_must(space_map(INIT_SPACE, parts, VA, PARTS, RIGHT_READ | RIGHT_WRITE, MAP_CLEAR, NULL),
               "map, cleared");
    bench_must(cap_revoke(block), "join");
}

/* A frame of many entries in the place of as many pages, and the other way round. */
static void replaced(void)
{
    cap_t small = parts, whole = room;

    bench_must(cap_derive_parts(block, whole, RIGHT_ALL, 0, LARGE_BITS, 1, NULL), "derive");
    bench_must(
        cap_derive_parts(block, small, RIGHT_ALL, LARGE_ENTRIES, PAGE_BITS, LARGE_ENTRIES, NULL),
        "split");
    bench_must(space_map(INIT_SPACE, small, VA, LARGE_ENTRIES, RIGHT_READ, 0, NULL), "map");
    bench_must(space_map(INIT_SPACE, whole, VA, 1, RIGHT_READ, MAP_REPLACE, NULL), "map");
    bench_must(space_map(INIT_SPACE, small, VA, LARGE_ENTRIES, RIGHT_READ, MAP_REPLACE, NULL),
               "map");
    bench_must(cap_revoke(block), "join");
}

/* Nothing but the two longest steps, so that every wake meets one of them. */
static void longest_steps(void)
{
    bench_must(space_map(INIT_SPACE, large, VA, 1, RIGHT_READ, 0, NULL), "map");
    bench_must(space_unmap(INIT_SPACE, VA, LARGE_ENTRIES), "unmap");
}

static void nothing_there(void)
{
    bench_must(space_unmap(INIT_SPACE, NOTHING, (unsigned)((NOTHING_END - NOTHING) / PAGE_SIZE)),
               "unmap");
}

/* Objects of all kinds, a chain of derivations, and their end. */
static void objects(void)
{
    bench_must(untyped_retype(pool, OBJ_CAPTABLE, 16, room, 1, NULL), "retype");
    bench_must(untyped_retype(pool, OBJ_THREAD, 0, room + 1, 100, NULL), "retype");
    bench_must(untyped_retype(pool, OBJ_SPACE, 0, room + 101, 2, NULL), "retype");
    bench_must(untyped_retype(pool, OBJ_FRAME, PAGE_BITS, room + 200, 1, NULL), "retype");
    for (unsigned i = 0; i < 50; i++)
        bench_must(cap_derive(room + 200 + i, room + 201 + i, RIGHT_ALL, 0), "derive");
    bench_must(cap_revoke(pool), "revoke");
}

static void bounce(void *none)
{
    uintptr_t word[MESSAGE_WORDS] = {0};
    uint32_t back = INFO_RECV(64) | INFO_MODE(TRANSFER_MOVE);
    struct trap_result r;

    (void)none;
    r = arch_syscall(SYS_RECV, 0, INFO_RECV(64), 0, room, word);
    for (;;)
        r = arch_syscall(SYS_REPLY_RECV, 0, back | INFO_SEND(KIND_CAPS(r.kind)), room, room, word);
}

/* Frames moved to another and back. */
static void given(void)
{
    uintptr_t word[MESSAGE_WORDS] = {0};
    uint32_t info = INFO_SEND(run) | INFO_RECV(run) | INFO_MODE(TRANSFER_MOVE);

    arch_syscall(SYS_CALL, server.endpoint, info, frames, frames, word);
}

static const struct {
    const char *name;
    void (*run)(void);
} operation[] = {
    {"runs derived, held, moved, revoked", split_and_join},
    {"2 MiB cleared and copied", contents},
    {"512 pages mapped, changed, harvested, unmapped", pages},
    {"a frame of small entries replaced", replaced},
    {"a frame of small entries mapped and unmapped", longest_steps},
    {"an empty space unmapped", nothing_there},
    {"objects made and deleted", objects},
};

static uint64_t load(const char *name, void (*operate)(void))
{
    unsigned from = wakes;

    latest = 0;
    while (wakes - from < SAMPLES)
        operate();
    log_line("woken after up to %lu: %s", (unsigned long)latest, name);
    return latest;
}

/* The same of `count` frames of 2^bits bytes, mapped. */
static uint64_t mapped(const char *name, cap_t first, unsigned count, unsigned bits)
{
    uint64_t one;

    frames = first;
    run = count;
    bench_must(space_map(INIT_SPACE, first, FIXED, count, RIGHT_READ, 0, NULL), "map");
    one = load(name, given);
    bench_must(space_unmap(INIT_SPACE, FIXED, count << (bits - PAGE_BITS)), "unmap");
    return one;
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* What a wake costs in a user's loop is not waiting. */
static void interrupts(void)
{
    uint64_t wake = load("a user's loop", spin), longest = 0, message;

    for (unsigned i = 0; i < sizeof(operation) / sizeof(operation[0]); i++)
        longest = later(longest, load(operation[i].name, operation[i].run));
    bench_report("irq_wake", wake, 1, "timer due to its thread's next instruction, in user code");
    bench_report("irq_off_steps", longest - wake, 1,
                 "how much later at most, in 280 wakes during seven loads of long operations");
    message = load("64 frames in a message", given);
    bench_report("irq_off_run64", message - wake, 1, "the same: messages with 64 frames");
    bench_tables(INIT_SPACE, FIXED, LARGE << LARGE_BITS);
    longest = later(longest, message);
    longest = later(longest, mapped("64 mapped frames in a message", frames, 64, PAGE_BITS));
    longest =
        later(longest, mapped("4 large mapped frames in a message", large, LARGE, LARGE_BITS));
    bench_report("irq_off_max", longest - wake, 1,
                 "the same: all of these, and messages with mapped frames, small and large");
}

int main(void)
{
    block = bench_object(OBJ_FRAME, 21);
    other = bench_object(OBJ_FRAME, 21);
    parts = bench_slots(PARTS);
    room = bench_slots(PARTS);
    pool = bench_object(OBJ_UNTYPED, 20);
    frames = bench_frames(64);
    large = bench_slots(LARGE);
    bench_must(root_retype(OBJ_FRAME, LARGE_BITS, large, LARGE), "large frames");
    server = bench_peer(bench_space(), 62);
    bench_start(&server, bounce);
    sleeper_start();
    bench_must(thread_setup(INIT_THREAD, 10, THREAD_LOG | THREAD_POWER, 0, 0), "give way");
    interrupts();
    root_power_off(0);
}
