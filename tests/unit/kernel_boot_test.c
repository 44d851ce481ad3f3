/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's beginning on the host: what it hands out, and machines that it refuses. */
#include "captable.h"
#include "machine.h"
#include "ranges.h"
#include "unit.h"

#include <setjmp.h>

static jmp_buf refused;

static _Noreturn void kernel_is_lost(const char *why)
{
    (void)why;
    machine_failed = NULL;
    longjmp(refused, 1);
}

/* Does the kernel panic on the way? */
static bool panics(void (*run)(void))
{
    machine_failed = kernel_is_lost;
    if (setjmp(refused))
        return true;
    run();
    machine_failed = NULL;
    return false;
}

TEST(boot, hands_out_all_memory_that_is_not_in_use)
{
    const struct bootinfo *info;
    uint64_t bytes = 0;

    machine_boot(1024);
    info = machine_info();
    for (unsigned i = 0; i < info->untyped_count; i++)
        bytes += (uint64_t)1 << info->untyped[i].log2_size;

    CHECK_EQ(info->ram_bytes, 1024 * PAGE_SIZE);
    CHECK_EQ(bytes, info->ram_bytes - info->kernel_bytes - info->image_count * PAGE_SIZE);
}

TEST(boot, every_untyped_stands_where_it_is_said_to)
{
    const struct bootinfo *info;

    machine_boot(777);
    info = machine_info();

    CHECK(info->untyped_count > 0);
    for (unsigned i = 0; i < info->untyped_count; i++) {
        const struct bootinfo_untyped *u = &info->untyped[i];

        CHECK_EQ(slot_type(machine_slot(u->slot)), OBJ_UNTYPED);
        CHECK_EQ(slot_size(machine_slot(u->slot)), u->log2_size);
        CHECK_EQ(slot_paddr(machine_slot(u->slot)), u->base);
    }
}

static void boot_in_too_little(void)
{
    machine_boot(21);
}

TEST(boot, too_little_memory_is_a_panic)
{
    CHECK(panics(boot_in_too_little));
}

static void tear_to_pieces(void)
{
    static struct ranges r;

    r = (struct ranges){.count = 0};
    ranges_add(&r, 0, (uint64_t)4 * RANGES_MAX * PAGE_SIZE, UNTYPED_RAM);
    for (paddr_t i = 0; i < RANGES_MAX; i++)
        ranges_remove(&r, (4 * i + 1) * PAGE_SIZE, PAGE_SIZE);
}

TEST(boot, memory_in_more_pieces_than_can_be_kept_is_a_panic)
{
    CHECK(panics(tear_to_pieces));
}

TEST(boot, ranges_that_meet_are_told_from_those_that_touch)
{
    static struct ranges r;

    r = (struct ranges){.count = 0};
    ranges_add(&r, 0x10000, 0x4000, UNTYPED_RAM);

    CHECK(ranges_overlap(&r, 0x13000, 0x4000));
    CHECK(ranges_overlap(&r, 0xf000, 0x1001));
    CHECK(!ranges_overlap(&r, 0x14000, 0x1000));
    CHECK(!ranges_overlap(&r, 0xf000, 0x1000));
}
