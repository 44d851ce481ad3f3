/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * copy_bench.c - a pager of one's own that answers a fault with a copy, as userfaultfd's COPY does.
 *
 * A task faults its way through pages. Its pager, in another space, takes frames from its pool,
 * copies into them what its source has for these pages, and has them mapped by the answer. The
 * pool is filled from an Untyped, POOL frames at a time, and that is counted, too.
 */
#include "bench.h"

#include "start.h"
#include "syscall.h"

#define VA      0x40000000ul
#define AREA    (512 * (uintptr_t)PAGE_SIZE) /* a leaf table's worth for each phase */
#define POOL    64u
#define SOURCES 16u /* page n has what is in page n % SOURCES of the source */
#define WARM    32u
#define PAGES   256u /* a phase, behind the warming ones */

static const struct phase {
    const char *name, *includes;
    unsigned step; /* pages a fault */
} phases[] = {
    {"custom_pager_copy",
     "fault, pager in another space, 4 KiB copied to a frame of its pool, mapped, resumed; its "
     "refill included",
     1},
    {"custom_pager_copy16_page", "the same, 16 a fault, a page", 16},
};
#define PHASES (sizeof(phases) / sizeof(phases[0]))

static struct {
    cap_t untyped, next;
    unsigned left;
} pool;
static cap_t source, idle;
static volatile unsigned now_in; /* index of the phase */
static uint64_t spent[PHASES];
static volatile unsigned wrong; /* pages that have another page's contents */

static cap_t pool_take(unsigned count)
{
    if (pool.left == 0) {
        bench_must(untyped_retype(pool.untyped, OBJ_FRAME, PAGE_BITS, pool.next, POOL, NULL),
                   "frames for the pool");
        pool.left = POOL;
    }
    pool.left -= count;
    pool.next += count;
    return pool.next - count;
}

static void pager(void *none)
{
    uintptr_t word[MESSAGE_WORDS] = {0};
    uintptr_t number = SYS_RECV, info = 0;

    (void)none;
    for (;; number = SYS_REPLY_RECV, info = INFO_MAPS) {
        unsigned step;
        uintptr_t page;
        cap_t first;

        arch_syscall(number, 0, info, 0, 0, word);
        step = phases[now_in].step;
        page = word[FAULT_ADDRESS] / PAGE_SIZE;
        first = pool_take(step);
        for (unsigned i = 0; i < step; i++)
            bench_must(frame_copy(first + i, source + (page + i) % SOURCES), "copy");
        word[0] = first;
        word[1] = MAP_WHERE(page * PAGE_SIZE, step, RIGHT_READ | RIGHT_WRITE, 0);
        word[2] = 0;
    }
}

static void touch(void *none)
{
    volatile uint32_t *at = (volatile uint32_t *)VA;
    const unsigned page = PAGE_SIZE / sizeof(*at);
    uintptr_t word[MESSAGE_WORDS] = {0};

    (void)none;
    for (unsigned n = 0; n < PHASES; n++, at += AREA / sizeof(*at)) {
        unsigned step = phases[n].step;

        now_in = n;
        for (unsigned i = 0; i < WARM; i += step)
            (void)at[i * page];
        spent[n] = arch_instructions();
        for (unsigned i = WARM; i < WARM + PAGES; i += step)
            (void)at[i * page];
        spent[n] = arch_instructions() - spent[n];
        for (unsigned i = 0; i < WARM + PAGES; i++)
            wrong += at[i * page] != i % SOURCES || at[(i + 1) * page - 1] != ~(i % SOURCES);
    }
    for (;;)
        arch_syscall(SYS_WAIT, idle, 0, 0, 0, word);
}

/* Pages that begin with their number and end with its complement. */
static cap_t source_make(void)
{
    cap_t first = bench_frames(SOURCES);

    bench_must(frame_clear_run(first, SOURCES), "clear");
    for (uint32_t i = 0; i < SOURCES; i++) {
        uint32_t other = ~i;

        bench_must(frame_write(first + i, 0, &i, sizeof(i)), "write");
        bench_must(frame_write(first + i, PAGE_SIZE - sizeof(other), &other, sizeof(other)),
                   "write");
    }
    return first;
}

int main(void)
{
    cap_t space = bench_space();
    struct peer handler = bench_peer(INIT_SPACE, 62), task = bench_peer(space, 50);

    pool.untyped = bench_object(OBJ_UNTYPED, 22);
    pool.next = bench_slots(PHASES * (WARM + PAGES) + POOL);
    source = source_make();
    idle = task.notification;
    bench_tables(space, VA, PHASES * AREA);
    bench_must(thread_bind_all(task.thread,
                               (const cap_t[BIND_COUNT]){
                                   [BIND_FAULT] = handler.endpoint, [BIND_FAULT_SPACE] = space}),
               "bind");
    bench_start(&handler, pager);
    bench_start(&task, touch);
    bench_run_out(&handler);
    bench_must(wrong == 0 ? ERR_OK : ERR_IO, "what was copied");
    for (unsigned i = 0; i < PHASES; i++)
        bench_report(phases[i].name, spent[i], PAGES, phases[i].includes);
    root_power_off(0);
}
