/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hypervisor.c - a machine whose loader is entered in hypervisor mode: that is left, and nothing
 * of what runs below goes there. The clock, the counters and floating point are as they always are.
 */
#include "peer.h"
#include "probe.h"

#include "root.h"
#include "start.h"

/* Where there is such a mode, firmware is below it and called by smc. */
TEST(hypervisor, was_the_mode_that_the_machine_began_in)
{
    CHECK(root_info()->flags & BOOT_SMC);
}

TEST(hypervisor, keeps_neither_the_clock_nor_the_counters)
{
    const uint64_t nap = 2000000;
    uint64_t before = now_ns(), executed = instructions();

    test_sleep(nap);
    CHECK(now_ns() - before >= nap && now_ns() - before < 2 * nap);
    executed = instructions() - executed;
    CHECK(executed > 100 && executed < nap / 2); /* of which the most is not executed */
}

TEST(hypervisor, keeps_no_floating_point)
{
    uint64_t out[33];

    probe_fpu_fill(0x42);
    probe_fpu_read(out);
    for (unsigned i = 0; i < 32; i++)
        CHECK_EQ(out[i], 0x42 + i);
}
