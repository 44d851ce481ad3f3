/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deletion_bench.c - what a fault costs while 100,000 capabilities are being deleted.
 *
 * A task sleeps to the next millisecond, faults, and sleeps again; its pager, in another space,
 * maps a frame, or derives what it maps, which has to look whether its parent is being revoked.
 * Below both a thread revokes the children of a capability, again and again. The sleeper's wake
 * breaks the revocation off, so each fault that counts finds it unfinished.
 */
#include "bench.h"

#include "start.h"
#include "syscall.h"

#define VA      0x40000000ul
#define MS      1000000ull
#define SAMPLES 40u
#define WARM    4u
#define TABLES  2u
#define ROOM    50000u /* children in each table */
#define RUN     500u   /* derived by one call */

static cap_t parent, child[TABLES];
static cap_t ready, zero,
    copy; /* the next frame to answer with, or what is derived, and where to */
static cap_t never;
static volatile bool counting, deletes, deleting, derives;
static volatile unsigned taken;
static volatile uint64_t longest;

static void pager(void *none)
{
    uintptr_t word[MESSAGE_WORDS] = {0};
    uintptr_t number = SYS_RECV, info = 0;

    (void)none;
    for (;; number = SYS_REPLY_RECV, info = INFO_MAPS) {
        uintptr_t page;

        arch_syscall(number, 0, info, 0, 0, word);
        page = word[FAULT_ADDRESS] & ~(uintptr_t)(PAGE_SIZE - 1);
        word[0] = derives ? zero : ready++;
        word[1] = MAP_WHERE(page, 1, RIGHT_READ | RIGHT_WRITE, derives ? MAP_COPY : 0);
        word[2] = derives ? copy++ : 0;
        word[3] = MAP_SAME;
        word[4] = 0;
    }
}

static void sleep_to_next_ms(void)
{
    uintptr_t word[MESSAGE_WORDS] = {0};

    sys_buffer()->deadline = (now_ns() / MS + 1) * MS - 1; /* rounded up to the millisecond */
    arch_syscall(SYS_WAIT, never, INFO_DEADLINE, 0, 0, word);
}

static void sleeper(void *none)
{
    volatile uint8_t *page = (volatile uint8_t *)VA;

    (void)none;
    for (;;) {
        uint64_t spent;

        sleep_to_next_ms();
        if (!counting || deletes != deleting)
            continue;
        spent = arch_instructions();
        *page = 1;
        spent = arch_instructions() - spent;
        page += PAGE_SIZE;
        if (taken >= WARM && spent > longest)
            longest = spent;
        counting = ++taken < WARM + SAMPLES;
    }
}

static void delete_all(void)
{
    for (unsigned i = 0; i < TABLES; i++) {
        for (unsigned at = 0; at < ROOM; at += RUN)
            bench_must(cap_derive_parts(parent, child[i] + at, RIGHT_ALL, 0, PAGE_BITS, RUN, NULL),
                       "derive");
    }
    deleting = true;
    bench_must(cap_revoke(parent), "revoke");
    deleting = false;
}

static uint64_t longest_fault(bool answer_derives, bool while_deleting)
{
    longest = 0;
    taken = 0;
    derives = answer_derives;
    deletes = while_deleting;
    counting = true;
    while (counting) {
        if (deletes)
            delete_all();
    }
    return longest;
}

int main(void)
{
    cap_t space = bench_space();
    struct peer handler = bench_peer(bench_space(), 62), task = bench_peer(space, 50);

    parent = bench_object(OBJ_FRAME, PAGE_BITS + 9);
    for (unsigned i = 0; i < TABLES; i++)
        child[i] = bench_slots(ROOM);
    ready = bench_frames(2 * (WARM + SAMPLES));
    zero = bench_frames(1);
    copy = bench_slots(2 * (WARM + SAMPLES));
    never = task.notification;
    bench_tables(space, VA, 4 * (WARM + SAMPLES) * (size_t)PAGE_SIZE);
    bench_must(thread_bind_all(task.thread,
                               (const cap_t[BIND_COUNT]){
                                   [BIND_FAULT] = handler.endpoint, [BIND_FAULT_SPACE] = space}),
               "bind");
    bench_must(thread_setup(INIT_THREAD, 10, THREAD_LOG | THREAD_POWER, 0, 0), "give way");
    bench_start(&handler, pager);
    bench_start(&task, sleeper);
    bench_report("fault_idle", longest_fault(false, false), 1,
                 "a fault after a sleep, its pager in another space, at most; of 40");
    bench_report("fault_deleting", longest_fault(false, true), 1,
                 "the same while another thread deletes 100,000 capabilities");
    bench_report("fault_copy_idle", longest_fault(true, false), 1,
                 "a fault answered with a derived page, at most; of 40");
    bench_report("fault_copy_deleting", longest_fault(true, true), 1,
                 "the same while another thread deletes 100,000 capabilities");
    root_power_off(0);
}
