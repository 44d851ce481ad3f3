/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault_bench.c - faults and what answers them, and the traps of foreign threads.
 *
 * One task faults its way through phases; a handler in another space answers each fault as the
 * phase says. The task counts, because only its own instructions and the answers' lie between.
 */
#include "bench.h"

#include "start.h"
#include "syscall.h"

#define VA   0x40000000ul
#define AREA (512 * (uintptr_t)PAGE_SIZE) /* a leaf table's worth for each phase */
#define WARM 8u

/* What the handler answers with, one item a fault. */
static const struct phase {
    const char *name, *includes;
    unsigned step; /* pages a fault */
    unsigned rights, flags;
} phases[] = {
    {"fault_map1", "fault, pager in another space, ready frame mapped, resumed", 1,
     RIGHT_READ | RIGHT_WRITE, 0},
    {"fault_map16_page", "the same, 16 in the reply, a page", 16, RIGHT_READ | RIGHT_WRITE, 0},
    {"fault_clear1", "one page, cleared on the way", 1, RIGHT_READ | RIGHT_WRITE, MAP_CLEAR},
    {"fault_copy1", "one page, derived from the same frame on the way (the zero page)", 1,
     RIGHT_READ, MAP_COPY},
};
#define PHASES (sizeof(phases) / sizeof(phases[0]))
#define PAGES  256u /* a phase, behind the warming ones */

static uint64_t spent[PHASES];
static cap_t idle;               /* what to wait for at the end */
static volatile unsigned now_in; /* index of the phase */

/* The next answer of each phase: map items but for the address. */
static struct answer_of {
    cap_t next, copy;
    unsigned step;
    uintptr_t where, same;
} answer_of[PHASES];

static void pager(void *none)
{
    uintptr_t word[MESSAGE_WORDS] = {0};
    uintptr_t number = SYS_RECV, info = 0;

    (void)none;
    for (;; number = SYS_REPLY_RECV, info = INFO_MAPS) {
        struct answer_of *a;

        arch_syscall(number, 0, info, 0, 0, word);
        a = &answer_of[now_in];
        word[0] = a->next;
        word[1] = (word[FAULT_ADDRESS] & ~(uintptr_t)(PAGE_SIZE - 1)) | a->where;
        word[2] = 0;
        if (a->same) {
            word[2] = a->copy++;
            word[3] = a->same;
            word[4] = 0;
        }
        a->next += a->step;
    }
}

static void answers(void)
{
    for (unsigned i = 0; i < PHASES; i++) {
        const struct phase *p = &phases[i];
        struct answer_of *a = &answer_of[i];

        a->where = MAP_WHERE(0, p->step, p->rights, p->flags);
        if (p->flags & MAP_COPY) {
            a->next = bench_frames(1);
            a->copy = bench_slots(PAGES + WARM);
            a->same = MAP_SAME;
        } else {
            a->next = bench_frames(PAGES + WARM * p->step);
            a->step = p->step;
        }
    }
}

/* Reads, or writes if the phase's pages may be written. */
static void walk(volatile uint8_t *p, unsigned pages, unsigned step, bool write)
{
    for (unsigned i = 0; i < pages; i += step) {
        if (write)
            p[i * PAGE_SIZE] = 1;
        else
            (void)p[i * PAGE_SIZE];
    }
}

static void touch(void *none)
{
    volatile uint8_t *p = (volatile uint8_t *)VA;
    uintptr_t word[MESSAGE_WORDS] = {0};

    (void)none;
    for (unsigned i = 0; i < PHASES; i++, p += AREA) {
        unsigned warm = WARM * phases[i].step;
        bool write = phases[i].rights & RIGHT_WRITE;

        now_in = i;
        walk(p, warm, phases[i].step, write);
        spent[i] = arch_instructions();
        walk(p + warm * PAGE_SIZE, PAGES, phases[i].step, write);
        spent[i] = arch_instructions() - spent[i];
    }
    for (;;)
        arch_syscall(SYS_WAIT, idle, 0, 0, 0, word);
}

static void faults(void)
{
    cap_t space = bench_space();
    struct peer handler = bench_peer(INIT_SPACE, 62), task = bench_peer(space, 50);

    answers();
    idle = task.notification;
    bench_tables(space, VA, PHASES * AREA);
    bench_must(thread_bind_all(task.thread,
                               (const cap_t[BIND_COUNT]){
                                   [BIND_FAULT] = handler.endpoint, [BIND_FAULT_SPACE] = space}),
               "bind");
    bench_start(&handler, pager);
    bench_start(&task, touch);
    bench_run_out(&handler);
    for (unsigned i = 0; i < PHASES; i++)
        bench_report(phases[i].name, spent[i], PAGES, phases[i].includes);
}

/* ---- foreign threads ---- */

static volatile uint64_t trapped;
static volatile bool trapping;

static void foreign(void *none)
{
    uintptr_t word[MESSAGE_WORDS] = {0};

    (void)none;
    for (unsigned i = 0; i < BENCH_ROUNDS + WARM; i++) {
        if (i == WARM)
            trapped = arch_instructions();
        arch_syscall(SYS_NOTHING, 0, 0, 0, 0, word);
    }
    trapped = arch_instructions() - trapped;
    trapping = false;
    for (;;)
        arch_syscall(SYS_NOTHING, 0, 0, 0, 0, word);
}

/* Does not answer when there is nothing left to measure. */
static void supervisor(void *none)
{
    uintptr_t word[MESSAGE_WORDS] = {0};

    (void)none;
    for (uintptr_t number = SYS_RECV; trapping; number = SYS_REPLY_RECV)
        arch_syscall(number, 0, 0, 0, 0, word);
    for (;;)
        arch_syscall(SYS_WAIT, idle, 0, 0, 0, word);
}

static void traps(void)
{
    struct peer over = bench_peer(INIT_SPACE, 62), under = bench_peer(bench_space(), 50);

    idle = under.notification;
    trapping = true;
    bench_must(thread_bind(under.thread, BIND_FAULT, over.endpoint), "bind");
    bench_must(thread_setup(under.thread, 50, THREAD_FOREIGN, 0, 0), "set up");
    bench_start(&over, supervisor);
    bench_start(&under, foreign);
    bench_run_out(&over);
    bench_report("foreign_trap", trapped, BENCH_ROUNDS,
                 "a foreign thread's trap, its supervisor in another space, resumed; loops");
}

/* ---- accessed and dirty bits ---- */

/* Where the processor sets the bits itself there is nothing but the write. */
static void soft_bits(void)
{
    volatile uint8_t *p = (volatile uint8_t *)VA;
    cap_t frames = bench_frames(64);
    uint64_t t0;

    bench_tables(INIT_SPACE, VA, PAGE_SIZE);
    bench_must(space_map(INIT_SPACE, frames, VA, 64, RIGHT_READ | RIGHT_WRITE, 0, NULL), "map");
    walk(p, 64, 1, true);
    bench_must(space_harvest(INIT_SPACE, VA, 64, HARVEST_A | HARVEST_D, sys_buffer()->byte),
               "harvest");
    t0 = arch_instructions();
    walk(p, 64, 1, true);
    bench_report("soft_ad_fault", arch_instructions() - t0, 64,
                 "a write where A and D were cleared; no fault where the processor sets them");
}

int main(void)
{
    faults();
    traps();
    soft_bits();
    root_power_off(0);
}
