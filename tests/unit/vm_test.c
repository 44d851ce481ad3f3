/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vm_test.c - the memory of a task as its program sees it, over a strict world.
 */
#include "pager_world.h"
#include "replay.h"

#include <stdio.h>

#define RW (VM_READ | VM_WRITE)
#define P  PAGE_SIZE

static struct task *task_begin(void)
{
    struct vm_config c = world_config();

    return world_begin(&c);
}

static struct task *task_limited(const char *policy, uint32_t pages, bool exact)
{
    struct vm_config c = world_config();

    c.policy = policy;
    c.resident_pages = pages;
    c.exact = c.trace = exact;
    return world_begin(&c);
}

static uintptr_t anon(struct task *t, unsigned pages)
{
    struct vm_mapping m = {.bytes = pages * P, .rights = RW};
    uintptr_t at;

    CHECK_EQ(vm_map(t, &m, &at), ERR_OK);
    return at;
}

static uintptr_t file(struct task *t, unsigned page, unsigned pages, unsigned rights,
                      unsigned flags)
{
    struct vm_mapping m = {.bytes = pages * P,
                           .rights = rights,
                           .flags = flags,
                           .handle = WORLD_FILE,
                           .offset = (uint64_t)page * P};
    uintptr_t at;

    CHECK_EQ(vm_map(t, &m, &at), ERR_OK);
    return at;
}

static int gone(enum vm_signal_kind kind)
{
    return -1 - (int)kind;
}

/* ---- anonymous memory ---- */

TEST(anonymous, reads_as_zero_from_one_shared_page_until_written)
{
    struct task *t = task_begin();
    uintptr_t at = anon(t, 4);

    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(world_read(t, at + i * P + i), 0);
    CHECK_EQ(t->status->fault_zero, 4);
    CHECK_EQ(t->status->resident, 0);
    CHECK_EQ(world_entry(at), RIGHT_READ);
    CHECK_EQ(world_write(t, at + P, 9), 0);
    CHECK_EQ(world_read(t, at + P), 9);
    CHECK_EQ(world_read(t, at), 0);
    CHECK_EQ(t->status->fault_cow, 1);
    CHECK_EQ(t->status->resident, 1);
    world_audit(t);
    world_end(t);
}

TEST(anonymous, takes_no_message_a_page)
{
    struct task *t = task_begin();
    uintptr_t at = anon(t, 1024);

    for (unsigned i = 0; i < 1024; i++)
        CHECK_EQ(world_write(t, at + i * P, 1), 0);
    CHECK_EQ(world.replies, 1024);
    CHECK(world.allocs <= 4 + 1024 / POOL_MAX);
    CHECK_EQ(t->status->fault_zero, 1024);
    world_end(t);
}

TEST(anonymous, gives_frames_back_in_runs)
{
    struct task *t = task_begin();
    uintptr_t at = anon(t, 256);

    for (unsigned i = 0; i < 256; i++)
        CHECK_EQ(world_write(t, at + i * P, 1), 0);
    CHECK_EQ(vm_unmap(t, at, 256 * P), ERR_OK);
    CHECK(world.gives <= 8);
    CHECK_EQ(world_read(t, at), gone(VM_SIGNAL_NOTHING_THERE));
    world_audit(t);
    world_end(t);
}

TEST(anonymous, dies_when_the_bank_is_exhausted_and_loses_nothing)
{
    struct task *t = task_begin();
    uintptr_t at = anon(t, 500);
    unsigned i = 0;

    world.frames_max = 100;
    while (world_write(t, at + i * P, 1) == 0)
        i++;
    CHECK(i > 50 && i < 100);
    CHECK_EQ(world_read(t, at), 1);
    CHECK_EQ(world_write(t, at + i * P, 1), 1 + VM_SIGNAL_NO_MEMORY);
    CHECK_EQ(vm_unmap(t, at, 10 * P), ERR_OK);
    CHECK_EQ(world_write(t, at + i * P, 1), 0);
    world_audit(t);
    world_end(t);
}

TEST(anonymous, stays_what_it_was_through_rights_and_back)
{
    struct task *t = task_begin();
    uintptr_t at = anon(t, 4);

    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(world_write(t, at + i * P, (uint8_t)(i + 1)), 0);
    CHECK_EQ(vm_protect(t, at + P, P, VM_READ), ERR_OK);
    CHECK_EQ(world_read(t, at + P), 2);
    CHECK_EQ(world_write(t, at + P + 5, 0), 1 + VM_SIGNAL_FORBIDDEN);
    CHECK_EQ(world_write(t, at + 2 * P, 7), 0);
    CHECK_EQ(vm_protect(t, at + P, P, 0), ERR_OK);
    CHECK_EQ(world_read(t, at + P), gone(VM_SIGNAL_FORBIDDEN));
    world_audit(t);
    CHECK_EQ(vm_protect(t, at + P, P, RW), ERR_OK);
    CHECK_EQ(world_read(t, at + P), 2);
    CHECK_EQ(t->vm->regions.count, 1);
    world_end(t);
}

TEST(anonymous, is_new_after_dont_need)
{
    struct task *t = task_begin();
    uintptr_t at = anon(t, 4);

    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(world_write(t, at + i * P, 1), 0);
    CHECK_EQ(vm_advise(t, at, 2 * P, VM_DONTNEED), ERR_OK);
    CHECK_EQ(world_read(t, at), 0);
    CHECK_EQ(world_read(t, at + P), 0);
    CHECK_EQ(world_read(t, at + 2 * P), 1);
    world_end(t);
}

/* ---- calls on ranges ---- */

TEST(mapping, refuses_what_is_malformed)
{
    struct task *t = task_begin();
    struct vm_mapping m = {.bytes = P, .rights = RW};
    uintptr_t at;

    m.bytes = 0;
    CHECK_EQ(vm_map(t, &m, &at), ERR_BAD_ARG);
    m.bytes = SIZE_MAX;
    CHECK_EQ(vm_map(t, &m, &at), ERR_NO_MEMORY);
    m.bytes = SIZE_MAX - P;
    CHECK_EQ(vm_map(t, &m, &at), ERR_NO_MEMORY);
    m.bytes = WORLD_TOP;
    CHECK_EQ(vm_map(t, &m, &at), ERR_NO_MEMORY);
    m = (struct vm_mapping){.bytes = P, .rights = RW, .flags = VM_FIXED, .address = 0x20001};
    CHECK_EQ(vm_map(t, &m, &at), ERR_BAD_ARG);
    m.address = 0;
    CHECK_EQ(vm_map(t, &m, &at), ERR_NO_ACCESS);
    m.address = WORLD_TOP;
    CHECK_EQ(vm_map(t, &m, &at), ERR_NO_MEMORY);
    m.address = WORLD_TOP - P;
    m.bytes = 2 * P;
    CHECK_EQ(vm_map(t, &m, &at), ERR_NO_MEMORY);
    m.address = ~(uintptr_t)0 & ~(uintptr_t)(P - 1);
    CHECK_EQ(vm_map(t, &m, &at), ERR_NO_MEMORY);
    m = (struct vm_mapping){.bytes = P, .handle = WORLD_FILE, .offset = 100, .rights = VM_READ};
    CHECK_EQ(vm_map(t, &m, &at), ERR_BAD_ARG);
    m.offset = (uint64_t)UINT32_MAX * P;
    CHECK_EQ(vm_map(t, &m, &at), ERR_BAD_ARG);
    m.offset = ~(uint64_t)0 & ~(uint64_t)(P - 1);
    CHECK_EQ(vm_map(t, &m, &at), ERR_BAD_ARG);
    m = (struct vm_mapping){.bytes = P, .handle = WORLD_FILE, .rights = RW, .flags = VM_SHARED};
    CHECK_EQ(vm_map(t, &m, &at), ERR_NO_ACCESS);
    CHECK_EQ(t->vm->regions.count, 0);
    CHECK_EQ(world.closed, 0);
    world_end(t);
}

TEST(mapping, refuses_hostile_ranges_everywhere)
{
    static const struct {
        uintptr_t address;
        size_t bytes;
    } row[] = {{1, P},
               {WORLD_TOP, P},
               {WORLD_TOP - P, 2 * P},
               {0x20000, SIZE_MAX},
               {0x20000, SIZE_MAX - 0x20000 + 1},
               {~(uintptr_t)0 - P + 1, P}};
    struct task *t = task_begin();
    uintptr_t at;
    uint8_t byte[4];

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        CHECK_EQ(vm_unmap(t, row[i].address, row[i].bytes), ERR_BAD_ARG);
        CHECK(vm_protect(t, row[i].address, row[i].bytes, VM_READ) != ERR_OK);
        CHECK(vm_advise(t, row[i].address, row[i].bytes, VM_DONTNEED) != ERR_OK);
        CHECK(vm_lock(t, row[i].address, row[i].bytes, true) != ERR_OK);
        CHECK(vm_sync(t, row[i].address, row[i].bytes) != ERR_OK);
        CHECK(vm_incore(t, row[i].address, row[i].bytes / P, byte) != ERR_OK);
        at = 0;
        CHECK(vm_remap(t, row[i].address, row[i].bytes, P, VM_REMAP_MOVE, &at) != ERR_OK);
        CHECK(vm_remap(t, 0x20000, P, row[i].bytes, VM_REMAP_MOVE, &at) != ERR_OK);
        at = row[i].address;
        CHECK(vm_remap(t, 0x20000, P, row[i].bytes, VM_FIXED, &at) != ERR_OK);
    }
    CHECK_EQ(vm_unmap(t, 0x20000, 0), ERR_BAD_ARG);
    CHECK_EQ(vm_unmap(t, 0x20000, P), ERR_OK);
    CHECK_EQ(vm_protect(t, 0x20000, P, VM_READ), ERR_NO_MEMORY);
    world_end(t);
}

TEST(mapping, goes_where_it_is_told_and_replaces_what_is_there)
{
    struct task *t = task_begin();
    uintptr_t at = anon(t, 4), got;
    struct vm_mapping m = {.address = at + P, .bytes = P, .rights = RW, .flags = VM_FIXED};

    CHECK_EQ(world_write(t, at + P, 1), 0);
    CHECK_EQ(world_write(t, at + 2 * P, 2), 0);
    m.flags |= VM_NOREPLACE;
    CHECK_EQ(vm_map(t, &m, &got), ERR_EXISTS);
    CHECK_EQ(world_read(t, at + P), 1);
    m.flags = VM_FIXED;
    CHECK_EQ(vm_map(t, &m, &got), ERR_OK);
    CHECK_EQ(got, at + P);
    CHECK_EQ(world_read(t, at + P), 0);
    CHECK_EQ(world_read(t, at + 2 * P), 2);
    CHECK_EQ(t->vm->regions.count, 1);
    m = (struct vm_mapping){.address = at + 100, .bytes = P, .rights = RW};
    CHECK_EQ(vm_map(t, &m, &got), ERR_OK);
    CHECK(got >= at + 4 * P);
    m.address = 0x1000000 + 5;
    CHECK_EQ(vm_map(t, &m, &got), ERR_OK);
    CHECK_EQ(got, 0x1000000);
    world_end(t);
}

TEST(mapping, splits_and_joins_as_ranges_change)
{
    struct task *t = task_begin();
    uintptr_t at = anon(t, 9);

    CHECK_EQ(vm_protect(t, at + 3 * P, 3 * P, VM_READ), ERR_OK);
    CHECK_EQ(t->vm->regions.count, 3);
    CHECK_EQ(vm_unmap(t, at + 4 * P, P), ERR_OK);
    CHECK_EQ(t->vm->regions.count, 4);
    CHECK_EQ(vm_protect(t, at + 3 * P, 3 * P, RW), ERR_NO_MEMORY);
    CHECK_EQ(vm_protect(t, at + 3 * P, P, RW), ERR_OK);
    CHECK_EQ(vm_protect(t, at + 5 * P, P, RW), ERR_OK);
    CHECK_EQ(t->vm->regions.count, 2);
    CHECK_EQ(t->vm->regions.pages, 8);
    CHECK_EQ(vm_unmap(t, at - 5 * P, 100 * P), ERR_OK);
    CHECK_EQ(t->vm->regions.count, 0);
    world_end(t);
}

TEST(mapping, keeps_to_the_limit_of_the_address_space)
{
    struct task *t = task_begin();
    struct vm_mapping m = {.bytes = 65 * P, .rights = RW};
    uintptr_t at;

    vm_set_limit(t, VM_LIMIT_SPACE, 64 * P);
    CHECK_EQ(vm_map(t, &m, &at), ERR_NO_MEMORY);
    m.bytes = 64 * P;
    CHECK_EQ(vm_map(t, &m, &at), ERR_OK);
    m.flags = VM_FIXED;
    m.address = at;
    CHECK_EQ(vm_map(t, &m, &at), ERR_OK);
    m.address = at + P;
    CHECK_EQ(vm_map(t, &m, &at), ERR_NO_MEMORY);
    world_end(t);
}

TEST(mapping, knows_what_is_in_memory)
{
    struct task *t = task_begin();
    uintptr_t at = anon(t, 4);
    uint8_t in[4];

    CHECK_EQ(world_write(t, at + 3 * P, 1), 0);
    CHECK_EQ(vm_incore(t, at, 4, in), ERR_OK);
    CHECK_EQ(in[0] + in[1] + in[2], 0);
    CHECK_EQ(in[3], 1);
    CHECK_EQ(vm_incore(t, at, 5, in), ERR_NO_MEMORY);
    CHECK_EQ(vm_lock(t, at, 2 * P, true), ERR_OK);
    CHECK_EQ(vm_incore(t, at, 4, in), ERR_OK);
    CHECK_EQ(in[0] + in[1], 2);
    CHECK_EQ(vm_advise(t, at, 4 * P, VM_DONTNEED), ERR_BAD_ARG);
    CHECK_EQ(vm_lock(t, at, 2 * P, false), ERR_OK);
    CHECK_EQ(vm_advise(t, at, 4 * P, VM_DONTNEED), ERR_OK);
    world_end(t);
}

/* ---- break ---- */

TEST(break_, grows_and_shrinks_and_is_zero_again)
{
    struct task *t = task_begin();
    uintptr_t start = 0x100000;

    t->vm->heap = t->vm->heap_end = start;
    CHECK_EQ(vm_brk(t, 0), start);
    CHECK_EQ(vm_brk(t, start + 10), start + 10);
    CHECK_EQ(world_write(t, start + 9, 5), 0);
    CHECK_EQ(vm_brk(t, start + 8 * P), start + 8 * P);
    CHECK_EQ(world_write(t, start + 8 * P - 1, 6), 0);
    CHECK_EQ(world_read(t, start + 9), 5);
    CHECK_EQ(vm_brk(t, start + P), start + P);
    CHECK_EQ(world_read(t, start + P), gone(VM_SIGNAL_NOTHING_THERE));
    CHECK_EQ(vm_brk(t, start + 8 * P), start + 8 * P);
    CHECK_EQ(world_read(t, start + 8 * P - 1), 0);
    CHECK_EQ(vm_brk(t, start - 1), start + 8 * P);
    CHECK_EQ(vm_brk(t, ~(uintptr_t)0), start + 8 * P);
    CHECK_EQ(vm_brk(t, start), start);
    CHECK_EQ(t->vm->regions.count, 0);
    world_end(t);
}

TEST(break_, stops_below_another_mapping)
{
    struct task *t = task_begin();
    struct vm_mapping m = {.address = 0x110000, .bytes = P, .rights = RW, .flags = VM_FIXED};
    uintptr_t at;

    t->vm->heap = t->vm->heap_end = 0x100000;
    CHECK_EQ(vm_map(t, &m, &at), ERR_OK);
    CHECK_EQ(vm_brk(t, 0x110000), 0x110000);
    CHECK_EQ(vm_brk(t, 0x110001), 0x110000);
    world_end(t);
}

/* ---- remap ---- */

TEST(remap, grows_in_place_when_there_is_room)
{
    struct task *t = task_begin();
    uintptr_t at = anon(t, 2), to = 0;

    CHECK_EQ(world_write(t, at + P, 3), 0);
    CHECK_EQ(vm_remap(t, at, 2 * P, 6 * P, 0, &to), ERR_OK);
    CHECK_EQ(to, at);
    CHECK_EQ(world_read(t, at + P), 3);
    CHECK_EQ(world_read(t, at + 5 * P), 0);
    CHECK_EQ(vm_remap(t, at, 6 * P, P, 0, &to), ERR_OK);
    CHECK_EQ(world_read(t, at + P), gone(VM_SIGNAL_NOTHING_THERE));
    world_end(t);
}

TEST(remap, moves_pages_without_copying)
{
    struct task *t = task_begin();
    uintptr_t at = anon(t, 4), wall = anon(t, 1), to = 0;
    uint32_t frames;

    CHECK_EQ(wall, at + 4 * P);
    CHECK_EQ(vm_protect(t, wall, P, VM_READ), ERR_OK);
    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(world_write(t, at + i * P, (uint8_t)(10 + i)), 0);
    frames = world.frames;
    CHECK_EQ(vm_remap(t, at, 4 * P, 64 * P, 0, &to), ERR_NO_MEMORY);
    CHECK_EQ(vm_remap(t, at, 4 * P, 64 * P, VM_REMAP_MOVE, &to), ERR_OK);
    CHECK(to > wall);
    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(world_read(t, to + i * P), 10 + i);
    CHECK_EQ(world.frames, frames);
    CHECK_EQ(t->status->fault_soft, 1);
    CHECK_EQ(world_read(t, to + 63 * P), 0);
    CHECK_EQ(world_read(t, at), gone(VM_SIGNAL_NOTHING_THERE));
    world_audit(t);
    world_end(t);
}

TEST(remap, moves_a_part_of_a_file_to_a_fixed_place)
{
    struct task *t = task_begin();
    uintptr_t at = file(t, 4, 8, RW, 0), to = 0x30000000;

    CHECK_EQ(world_write(t, at + 3 * P, 99), 0);
    CHECK_EQ(world_read(t, at + 2 * P), world_byte(6, 0));
    CHECK_EQ(vm_remap(t, at + 2 * P, 2 * P, 3 * P, VM_FIXED, &to), ERR_OK);
    CHECK_EQ(to, 0x30000000);
    CHECK_EQ(world_read(t, to), world_byte(6, 0));
    CHECK_EQ(world_read(t, to + P), 99);
    CHECK_EQ(world_read(t, to + 2 * P), world_byte(8, 0));
    CHECK_EQ(world_read(t, at + 4 * P), world_byte(8, 0));
    CHECK_EQ(world_read(t, at + 2 * P), gone(VM_SIGNAL_NOTHING_THERE));
    to = 0x30001000;
    CHECK_EQ(vm_remap(t, 0x30000000, 3 * P, P, VM_FIXED, &to), ERR_BAD_ARG);
    world_audit(t);
    world_end(t);
}

/* ---- objects ---- */

TEST(file, comes_with_its_neighbours_in_one_call)
{
    struct task *t = task_begin();
    uintptr_t at = file(t, 0, 64, VM_READ, VM_SHARED);

    CHECK_EQ(world_read(t, at), world_byte(0, 0));
    CHECK_EQ(world.gets, 1);
    CHECK_EQ(world_mapped(), 16);
    CHECK_EQ(world_read(t, at + 15 * P + 3), world_byte(15, 3));
    CHECK_EQ(world.gets, 1);
    CHECK_EQ(world_read(t, at + 40 * P), world_byte(40, 0));
    CHECK_EQ(world_read(t, at + 30 * P), world_byte(30, 0));
    CHECK_EQ(world.gets, 3);
    CHECK_EQ(world.got, 16 + 16 + 10); /* up to what is mapped */
    CHECK_EQ(t->status->fault_file, 3);
    CHECK_EQ(world_write(t, at, 1), 1 + VM_SIGNAL_FORBIDDEN);
    CHECK_EQ(vm_protect(t, at, P, RW), ERR_NO_ACCESS);
    world_audit(t);
    world_end(t);
    CHECK_EQ(world.closed, 1);
}

TEST(file, is_fetched_alone_where_access_is_random)
{
    struct task *t = task_begin();
    uintptr_t at = file(t, 0, 64, VM_READ, 0);

    CHECK_EQ(vm_advise(t, at, 64 * P, VM_RANDOM), ERR_OK);
    CHECK_EQ(world_read(t, at), world_byte(0, 0));
    CHECK_EQ(world_mapped(), 1);
    CHECK_EQ(vm_advise(t, at, 64 * P, VM_NORMAL), ERR_OK);
    CHECK_EQ(world_read(t, at + P), world_byte(1, 0));
    CHECK_EQ(world_mapped(), 17);
    CHECK_EQ(t->vm->regions.count, 1);
    world_end(t);
}

TEST(file, ends_with_a_bus_error_and_zeros_in_its_last_page)
{
    struct task *t = task_begin();
    uintptr_t at = file(t, WORLD_PAGES - 2, 4, VM_READ, 0);

    CHECK_EQ(world_read(t, at + P + WORLD_LAST - 1), world_byte(WORLD_PAGES - 1, WORLD_LAST - 1));
    CHECK_EQ(world_read(t, at + P + WORLD_LAST), 0);
    CHECK_EQ(world_read(t, at + 2 * P), gone(VM_SIGNAL_PAST_END));
    world.disk_broken = true;
    CHECK_EQ(world_read(t, at), gone(VM_SIGNAL_IO));
    world_end(t);
}

TEST(file, waits_for_pages_that_are_on_their_way)
{
    struct task *t = task_begin();
    uintptr_t at = file(t, 0, 64, VM_READ, 0);

    world.disk_slow = true;
    CHECK_EQ(world_read(t, at + 5 * P), world_byte(5, 0));
    CHECK_EQ(world.gets, 2);
    CHECK_EQ(t->status->fault_file, 1);
    world_audit(t);
    world_end(t);
}

TEST(file, is_copied_when_a_private_mapping_is_written)
{
    struct task *t = task_begin();
    uintptr_t at = file(t, 10, 4, RW, 0);
    uintptr_t again = file(t, 10, 4, VM_READ, 0);

    CHECK_EQ(world_read(t, at), world_byte(10, 0)); /* then written: its page is replaced */
    CHECK_EQ(world_write(t, at + 5, 200), 0);
    CHECK_EQ(world_read(t, at + 5), 200);
    CHECK_EQ(world_read(t, at + 6), world_byte(10, 6));
    CHECK_EQ(world_read(t, again + 5), world_byte(10, 5));
    CHECK_EQ(vm_unmap(t, at + 3 * P, P), ERR_OK);
    CHECK_EQ(world_write(t, at + 2 * P, 201), 0);
    CHECK_EQ(world_read(t, at + 2 * P + 1), world_byte(12, 1));
    CHECK_EQ(t->status->fault_cow, 2);
    CHECK_EQ(vm_advise(t, at, P, VM_DONTNEED), ERR_OK);
    CHECK_EQ(world_read(t, at + 5), world_byte(10, 5));
    world_audit(t);
    world_end(t);
}

TEST(file, comes_back_after_its_owner_took_it)
{
    struct task *t = task_begin();
    uintptr_t at = file(t, 0, 16, RW, 0);

    CHECK_EQ(world_read(t, at + 3 * P), world_byte(3, 0));
    world_take(3);
    CHECK_EQ(world_entry(at + 3 * P), 0);
    CHECK_EQ(world_read(t, at + 3 * P), world_byte(3, 0));
    world_take(4);
    CHECK_EQ(world_write(t, at + 4 * P, 1), 0);
    CHECK_EQ(world_read(t, at + 4 * P + 1), world_byte(4, 1));
    world_take(4);
    CHECK_EQ(world_read(t, at + 4 * P), 1);
    world_audit(t);
    world_end(t);
}

TEST(file, survives_pages_taken_between_fetching_and_mapping)
{
    struct task *t = task_begin();
    uintptr_t at = file(t, 0, WORLD_PAGES, RW, 0);

    world.steal = 2;
    for (unsigned i = 0; i < WORLD_PAGES; i += 3)
        CHECK_EQ(world_read(t, at + i * P), world_byte(i, 0));
    for (unsigned i = 1; i < WORLD_PAGES; i += 5) {
        CHECK_EQ(world_write(t, at + i * P, 77), 0);
        CHECK_EQ(world_read(t, at + i * P), 77);
    }
    world_audit(t);
    world_end(t);
}

/* ---- stack ---- */

TEST(stack, grows_by_faults_up_to_its_limit_and_gap)
{
    struct task *t = task_begin();
    uintptr_t top = 0x20000000, at;
    struct vm_mapping m = {
        .address = top - 4 * P, .bytes = 4 * P, .rights = RW, .flags = VM_FIXED | VM_GROWSDOWN};

    CHECK_EQ(vm_map(t, &m, &at), ERR_OK);
    vm_set_limit(t, VM_LIMIT_STACK, 512 * P);
    CHECK_EQ(world_write(t, top - 100 * P, 1), 0);
    CHECK_EQ(world_write(t, top - 512 * P, 1), 0);
    CHECK_EQ(world_write(t, top - 512 * P - 1, 1), 1 + VM_SIGNAL_NOTHING_THERE);
    CHECK_EQ(t->status->fault_stack, 2);
    vm_set_limit(t, VM_LIMIT_STACK, 4096 * P);
    m = (struct vm_mapping){.address = top - 1000 * P, .bytes = P, .rights = RW, .flags = VM_FIXED};
    CHECK_EQ(vm_map(t, &m, &at), ERR_OK);
    CHECK_EQ(world_write(t, top - (999 - 256) * P, 1), 0);
    CHECK_EQ(world_write(t, top - (999 - 255) * P, 1), 1 + VM_SIGNAL_NOTHING_THERE);
    world_end(t);
}

/* ---- the task's memory from outside ---- */

TEST(copying, makes_pages_present_and_stops_where_the_program_could_not)
{
    struct task *t = task_begin();
    uintptr_t at = anon(t, 3);
    uint8_t data[2 * P + 100];
    size_t done, length;
    char text[64];

    memset(data, 5, sizeof(data));
    CHECK_EQ(vm_copy_out(t, at + 50, data, sizeof(data), &done), ERR_OK);
    CHECK_EQ(done, sizeof(data));
    CHECK_EQ(world_read(t, at + 50), 5);
    CHECK_EQ(world_read(t, at + 49), 0);
    CHECK_EQ(vm_copy_out(t, at + 2 * P, data, 2 * P, &done), ERR_FAULT);
    CHECK_EQ(done, P);
    CHECK_EQ(vm_copy_in(t, data, at + 3 * P - 4, 8, &done), ERR_FAULT);
    CHECK_EQ(done, 4);
    CHECK_EQ(vm_copy_in(t, data, WORLD_TOP - 4, 8, &done), ERR_FAULT);
    CHECK_EQ(vm_copy_in(t, data, ~(uintptr_t)0 - 3, 8, &done), ERR_FAULT);
    CHECK_EQ(vm_copy_out(t, at + P - 3, "hello", 6, &done), ERR_OK);
    CHECK_EQ(vm_copy_string(t, text, at + P - 3, sizeof(text), &length), ERR_OK);
    CHECK_STR(text, "hello");
    CHECK_EQ(length, 5);
    CHECK_EQ(vm_copy_string(t, text, at + P - 3, 5, &length), ERR_NAME_LONG);
    CHECK_EQ(vm_copy_out(t, at + 3 * P - 2, "xy", 2, &done), ERR_OK);
    CHECK_EQ(vm_copy_string(t, text, at + 3 * P - 2, sizeof(text), &length), ERR_FAULT);
    world_audit(t);
    world_end(t);
}

TEST(copying, tells_when_a_page_is_on_its_way)
{
    struct task *t = task_begin();
    uintptr_t at = file(t, 0, 4, VM_READ, 0);
    uint8_t data[10];
    size_t done;

    world.disk_slow = true;
    CHECK_EQ(vm_copy_in(t, data, at, 10, &done), ERR_PENDING);
    CHECK_EQ(vm_copy_in(t, data, at, 10, &done), ERR_OK);
    CHECK_EQ(data[9], world_byte(0, 9));
    world_end(t);
}

TEST(copying, prepares_many_pages_to_be_lent)
{
    struct task *t = task_begin();
    uintptr_t at = anon(t, 40);
    size_t ready;

    CHECK_EQ(world_write(t, at + 7 * P, 1), 0);
    CHECK_EQ(world_read(t, at + 9 * P), 0);
    CHECK_EQ(vm_present(t, at + 100, 20 * P, true, &ready), ERR_OK);
    CHECK_EQ(ready, 20 * P);
    for (unsigned i = 0; i <= 20; i++)
        CHECK(world_entry(at + i * P) & RIGHT_WRITE);
    CHECK_EQ(vm_present(t, at + 39 * P, 2 * P, true, &ready), ERR_OK);
    CHECK_EQ(ready, P);
    CHECK_EQ(vm_present(t, at + 40 * P, P, true, &ready), ERR_FAULT);
    CHECK_EQ(vm_present(t, at, 0, true, &ready), ERR_OK);
    CHECK_EQ(vm_present(t, at, SIZE_MAX, true, &ready), ERR_FAULT);
    world_audit(t);
    world_end(t);
}

/* ---- exec ---- */

TEST(exec, lays_out_segments_stack_and_heap)
{
    struct task *t = task_begin();
    struct vm_segment segment[] = {
        {0x10000, 0, 5 * P + 10, 5 * P + 10, VM_READ | VM_EXECUTE},
        {0x17234, 6 * P + 0x234, P, 3 * P, RW},
    };
    struct vm_image image = {.handle = WORLD_FILE, .segment = segment, .segments = 2};
    struct vm_numbers n;

    anon(t, 3);
    CHECK_EQ(vm_exec(t, &image), ERR_OK);
    CHECK_EQ(world_execute(t, 0x10000 + 5 * P), 0);
    CHECK_EQ(world_read(t, 0x10000 + 5 * P + 100), world_byte(5, 100));
    CHECK_EQ(world_read(t, 0x17234), world_byte(6, 0x234));
    CHECK_EQ(world_read(t, 0x18233), world_byte(7, 0x233));
    CHECK_EQ(world_read(t, 0x18234), 0);
    CHECK_EQ(world_read(t, 0x18fff), 0);
    CHECK_EQ(world_write(t, 0x19000, 3), 0);
    CHECK_EQ(world_write(t, 0x10000, 3), 1 + VM_SIGNAL_FORBIDDEN);
    CHECK_EQ(world_write(t, image.stack - 8, 1), 0);
    CHECK_EQ(vm_brk(t, 0), 0x1b000);
    CHECK_EQ(vm_brk(t, 0x1c000), 0x1c000);
    CHECK_EQ(world_write(t, 0x1bfff, 1), 0);
    vm_numbers(t, &n);
    CHECK_EQ(n.text, 6);
    CHECK_EQ(n.stack, 32);
    world_audit(t);
    world_end(t);
    CHECK_EQ(world.closed, 1);
}

TEST(exec, refuses_hostile_segments)
{
    static const struct vm_segment bad[] = {
        {0x10001, 0, P, P, VM_READ},               /* address and offset disagree */
        {0x1000, 0, P, P, VM_READ},                /* too low */
        {WORLD_TOP, 0, P, P, VM_READ},             /* a kernel's address */
        {~(uintptr_t)0 - P + 1, 0, P, P, VM_READ}, /* wraps */
        {WORLD_TOP - P, 0, 2 * P, 2 * P, VM_READ}, /* reaches out */
        {0x10000, 0, 2 * P, P, VM_READ},           /* more in the file than in memory */
        {0x10000, 0, 0, 0, VM_READ},               /* nothing */
        {0x10000, ~(uint64_t)0 - P + 1, 2 * P, 2 * P, VM_READ}, /* offset wraps */
        {0x10000, 0, P, SIZE_MAX, VM_READ},
        {0x10000, 0, P, 0x7fff0000, VM_READ}, /* leaves no room for a stack */
        {0x20000, 0, P, P, VM_READ},          /* overlaps the good one */
        {0x1f000, 0, P + 1, P + 1, VM_READ},
    };
    struct task *t = task_begin();
    uintptr_t at = anon(t, 1);

    CHECK_EQ(world_write(t, at, 1), 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct vm_segment segment[] = {{0x20000, 0, P, P, VM_READ}, bad[i]};
        struct vm_image image = {.handle = WORLD_FILE, .segment = segment, .segments = 2};

        CHECK_EQ(vm_exec(t, &image), ERR_NOT_EXEC);
    }
    CHECK_EQ(world_read(t, at), 1);
    world_end(t);
}

TEST(exec, closes_a_file_of_which_nothing_is_mapped)
{
    struct task *t = task_begin();
    struct vm_segment segment = {0x10000, 0, 0, P, RW};
    struct vm_image image = {.handle = WORLD_FILE, .segment = &segment, .segments = 1};

    CHECK_EQ(vm_exec(t, &image), ERR_OK);
    CHECK_EQ(world.closed, 1);
    CHECK_EQ(world_read(t, 0x10000), 0);
    world_end(t);
}

TEST(exec, moves_the_stack_out_of_the_way_of_a_program_linked_high)
{
    struct task *t = task_begin();
    struct vm_segment segment = {0x1ff00000, 0, P, 2 << 20, VM_READ | VM_WRITE};
    struct vm_image image = {.handle = WORLD_FILE, .segment = &segment, .segments = 1};

    CHECK_EQ(vm_exec(t, &image), ERR_OK);
    CHECK(image.stack > 0x20100000);
    CHECK_EQ(world_write(t, image.stack - 1, 1), 0);
    CHECK(anon(t, 1) > image.stack);
    world_end(t);
}

/* ---- replacement ---- */

TEST(eviction, keeps_the_set_within_its_limit)
{
    static const char *const policy[] = {"fifo", "clock", "lru"};

    for (unsigned k = 0; k < 3; k++) {
        struct task *t = task_limited(policy[k], 32, false);
        uintptr_t at = file(t, 0, WORLD_PAGES, RW, 0), own = anon(t, 20);

        for (unsigned i = 0; i < 20; i++)
            CHECK_EQ(world_write(t, own + i * P, (uint8_t)i), 0);
        for (unsigned round = 0; round < 3; round++)
            for (unsigned i = 0; i < WORLD_PAGES; i++) {
                CHECK_EQ(world_read(t, at + i * P), world_byte(i, 0));
                CHECK(t->vm->resident.count <= 32);
            }
        CHECK(t->status->evicted_clean > 500);
        CHECK_EQ(t->vm->resident.fallbacks, 0);
        for (unsigned i = 0; i < 20; i++)
            CHECK_EQ(world_read(t, own + i * P), i);
        world_audit(t);
        world_end(t);
    }
}

TEST(eviction, spares_locked_and_modified_pages)
{
    struct task *t = task_limited("fifo", 8, false);
    uintptr_t at = file(t, 0, WORLD_PAGES, RW, 0);

    CHECK_EQ(vm_lock(t, at, 4 * P, true), ERR_OK); /* private and writable: copies */
    CHECK_EQ(t->vm->resident.count, 0);
    CHECK_EQ(vm_protect(t, at + 10 * P, 4 * P, VM_READ), ERR_OK);
    CHECK_EQ(vm_lock(t, at + 10 * P, 4 * P, true), ERR_OK);
    for (unsigned i = 20; i < 60; i++)
        CHECK_EQ(world_read(t, at + i * P), world_byte(i, 0));
    for (unsigned i = 10; i < 14; i++)
        CHECK(world_entry(at + i * P) != 0);
    CHECK(t->vm->resident.refused > 0);
    CHECK_EQ(t->vm->resident.fallbacks, 0);
    world_audit(t);
    world_end(t);
}

TEST(eviction, prefers_what_was_not_referenced_in_sampled_mode)
{
    static const char *const policy[] = {"clock", "lru"};

    for (unsigned k = 0; k < 2; k++) {
        struct task *t = task_limited(policy[k], 64, false);
        uintptr_t at = file(t, 0, WORLD_PAGES, VM_READ, 0);
        unsigned hot = 0;

        CHECK_EQ(vm_advise(t, at, WORLD_PAGES * P, VM_RANDOM), ERR_OK);
        for (unsigned i = 0; i < WORLD_PAGES; i++) {
            for (unsigned h = 0; h < 8; h++)
                CHECK_EQ(world_read(t, at + h * P), world_byte(h, 0));
            CHECK_EQ(world_read(t, at + i * P), world_byte(i, 0));
        }
        for (unsigned h = 0; h < 8; h++)
            hot += world_entry(at + h * P) != 0;
        CHECK_EQ(hot, 8);
        CHECK(t->status->fault_file < WORLD_PAGES + 16);
        world_end(t);
    }
}

TEST(eviction, goes_on_when_pages_are_taken_by_their_owner_too)
{
    struct task *t = task_limited("lru", 32, false);
    uintptr_t at = file(t, 0, WORLD_PAGES, RW, 0);

    world.steal = 3;
    for (unsigned i = 0; i < 3000; i++) {
        unsigned page = i * 37 % WORLD_PAGES;

        if (i % 11 == 0)
            world_take(page);
        CHECK_EQ(world_read(t, at + page * P), world_byte(page, 0));
    }
    world_audit(t);
    world_end(t);
}

/* ---- exact mode ---- */

static struct trace exported;

/* "trace AREA:PAGE AREA:PAGE ..." */
static void trace_logged(const char *line)
{
    unsigned area, page;

    if (strncmp(line, "trace", 5) != 0)
        return;
    for (line += 5; sscanf(line, " %x:%x", &area, &page) == 2; line += strcspn(line, " ")) {
        CHECK_EQ(area, 1);
        line = strchr(line, ':');
        trace_add(&exported, page);
    }
}

/* Reads pages of a file and writes a stack in between. */
static void exact_run(struct task *t, uintptr_t at, const uint32_t *page, unsigned n)
{
    uintptr_t own = anon(t, 3);

    world.logged = trace_logged;
    exported = (struct trace){0};
    for (unsigned i = 0; i < n; i++) {
        CHECK_EQ(world_read(t, at + page[i] * P + i % 9), world_byte(page[i], i % 9));
        CHECK_EQ(world_write(t, own + i % 3 * P, 1), 0);
        CHECK(world_mapped() <= 4);
    }
    vm_finish(t);
}

/* Is `whole` the exported string but for references to a page that was still mapped? */
static void check_exported(const uint32_t *whole, unsigned n)
{
    unsigned k = 0;

    for (unsigned i = 0; i < n; i++)
        if (k < exported.length && exported.page[k] == whole[i])
            k++;
        else
            CHECK_EQ(whole[i], whole[i - 1]);
    CHECK_EQ(k, exported.length);
}

TEST(exact_mode, faults_as_often_as_a_simulator_on_the_string_that_it_exports)
{
    static const struct replacement *const policy[] = {&policy_fifo, &policy_clock, &policy_lru};
    static uint32_t page[4000];
    uint32_t x = 7;

    for (unsigned i = 0; i < 4000; i++) {
        x = x * 1664525u + 1013904223u;
        page[i] = (x >> 9) % 60;
        if (x >> 31)
            page[i] = page[i] * page[i] / 60;
    }
    for (unsigned k = 0; k < 3; k++)
        for (uint32_t frames = 4; frames <= 64; frames *= 2) {
            struct task *t = task_limited(policy[k]->name, frames, true);

            exact_run(t, file(t, 0, WORLD_PAGES, VM_READ, 0), page, 4000);
            check_exported(page, 4000);
            CHECK_EQ(t->status->fault_file, replay(policy[k], frames, &exported));
            CHECK_EQ(t->vm->resident.bad_slots + t->vm->resident.fallbacks, 0);
            free(exported.page);
            world_audit(t);
            world_end(t);
        }
}

TEST(exact_mode, exports_the_string_without_a_limit_too)
{
    static const uint32_t page[] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4};
    struct task *t = task_limited("lru", 0, true);

    exact_run(t, file(t, 0, WORLD_PAGES, VM_READ, 0), page, 20);
    check_exported(page, 20);
    CHECK_EQ(t->status->fault_file, 9);
    free(exported.page);
    world_end(t);
}

TEST(exact_mode, counts_ghosts_as_a_simulator_would)
{
    struct task *t = task_limited("fifo", 4, true);
    uintptr_t at = file(t, 0, 20, RW, 0);

    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(world_read(t, at + i * P), world_byte(i, 0));
    CHECK_EQ(world_write(t, at + P, 1), 0); /* page 1 leaves the set, its place is kept */
    CHECK_EQ(t->vm->ghosts, 1);
    CHECK_EQ(world_read(t, at + 5 * P), world_byte(5, 0)); /* evicts 0 */
    CHECK_EQ(t->vm->ghosts, 1);
    CHECK_EQ(world_read(t, at + 6 * P), world_byte(6, 0)); /* "evicts" 1 */
    CHECK_EQ(t->vm->ghosts, 0);
    CHECK_EQ(t->status->evicted_clean, 1);
    CHECK_EQ(world_read(t, at + 2 * P), world_byte(2, 0));
    CHECK_EQ(t->status->fault_file, 6);
    world_audit(t);
    world_end(t);
}

TEST(exact_mode, lets_an_instruction_through_that_needs_four_pages)
{
    struct task *t = task_limited("lru", 4, true);
    uintptr_t at = file(t, 0, 20, VM_READ | VM_EXECUTE, 0);
    unsigned faults = 0;

    /* code on pages 0 and 1, data on 2 and 3, until all four are there at once */
    while (!(world_entry(at) && world_entry(at + P) && world_entry(at + 2 * P) &&
             world_entry(at + 3 * P))) {
        CHECK(faults++ < 8);
        CHECK_EQ(world_execute(t, at), 0);
        CHECK_EQ(world_execute(t, at + P), 0);
        CHECK_EQ(world_read(t, at + 2 * P), world_byte(2, 0));
        CHECK_EQ(world_read(t, at + 3 * P), world_byte(3, 0));
    }
    world_end(t);
}
