/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * times.c - a machine on which each instruction counts as 1,024, so that counters of 32 bits begin
 * anew within moments: what is told of them does not.
 */
#include "peer.h"

#define PAST_32_BITS ((1ull << 32) + (1ull << 30))

static uint64_t own_time(void)
{
    uint64_t counter[4];

    sys_counters(counter);
    return counter[COUNTER_THREAD];
}

static void work(void *arg)
{
    (void)arg;
    while (own_time() < PAST_32_BITS) {
        for (volatile unsigned turn = 0; turn < 10000; turn++)
            continue;
    }
}

TEST(times, of_a_thread_go_on_beyond_32_bits)
{
    struct peer *p = peer_run(NULL, (struct step[]){{.op = RUN, .run = work}, {.op = END}});
    uint64_t executed = 0;

    peer_ended(p);
    CHECK_OK(thread_times(p->thread, &executed));
    CHECK(executed >= PAST_32_BITS && executed < PAST_32_BITS + (1ull << 30));
}
