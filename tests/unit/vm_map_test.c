/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vm_map_test.c - mappings as a program asks for them: made, removed, changed, moved; exec.
 */
#include "pager_world.h"

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
        CHECK(vm_lock(t, row[i].address, row[i].bytes, VM_LOCK_NOW) != ERR_OK);
        CHECK(vm_sync(t, row[i].address, row[i].bytes, 0) != ERR_OK);
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
    uintptr_t at = world_anon(t, 4), got;
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
    uintptr_t at = world_anon(t, 9);

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
    uintptr_t at = world_anon(t, 4);
    uint8_t in[4];

    CHECK_EQ(world_write(t, at + 3 * P, 1), 0);
    CHECK_EQ(vm_incore(t, at, 4, in), ERR_OK);
    CHECK_EQ(in[0] + in[1] + in[2], 0);
    CHECK_EQ(in[3], 1);
    CHECK_EQ(vm_incore(t, at, 5, in), ERR_NO_MEMORY);
    CHECK_EQ(vm_lock(t, at, 2 * P, VM_LOCK_NOW), ERR_OK);
    CHECK_EQ(vm_incore(t, at, 4, in), ERR_OK);
    CHECK_EQ(in[0] + in[1], 2);
    CHECK_EQ(vm_advise(t, at, 4 * P, VM_DONTNEED), ERR_BAD_ARG);
    CHECK_EQ(vm_lock(t, at, 2 * P, VM_UNLOCK), ERR_OK);
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
    uintptr_t at = world_anon(t, 2), to = 0;

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
    uintptr_t at = world_anon(t, 4), wall = world_anon(t, 1), to = 0;
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
    uintptr_t at = world_file(t, 4, 8, RW, 0), to = 0x30000000;

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

/* ---- exec ---- */

TEST(exec, lays_out_segments_stack_and_heap)
{
    struct task *t = task_begin();
    struct vm_segment segment[] = {
        {0, 0x10000, 5 * P + 10, 5 * P + 10, VM_READ | VM_EXECUTE},
        {6 * P + 0x234, 0x17234, P, 3 * P, RW},
    };
    struct vm_image image = {.handle = WORLD_FILE, .segment = segment, .segments = 2};
    struct vm_numbers n;

    world_anon(t, 3);
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

/* What the machine refuses although the page is there. */
TEST(fault, of_the_bus_and_of_alignment_are_told_apart)
{
    static const struct {
        unsigned cause;
        enum vm_signal_kind kind;
    } told[] = {{FAULT_BUS, VM_SIGNAL_IO},
                {FAULT_MISALIGNED, VM_SIGNAL_MISALIGNED},
                {FAULT_EXCEPTION, VM_SIGNAL_EXCEPTION}};
    struct task *t = task_begin();
    uintptr_t at = world_anon(t, 1);

    CHECK_EQ(world_write(t, at, 1), 0);
    for (unsigned i = 0; i < 3; i++) {
        struct event e = {.kind = KIND_FAULT};
        struct vm_signal s;
        bool signalled = false;

        e.word[FAULT_CAUSE] = told[i].cause | RIGHT_READ << 8;
        e.word[FAULT_ADDRESS] = at + 1;
        vm_fault(t, &e, &s, &signalled);
        CHECK(signalled);
        CHECK_EQ(s.kind, told[i].kind);
        CHECK_EQ(s.address, at + 1);
    }
    world_end(t);
}

TEST(exec, refuses_hostile_segments)
{
    static const struct vm_segment bad[] = {
        {0, 0x10001, P, P, VM_READ},               /* address and offset disagree */
        {0, 0x1000, P, P, VM_READ},                /* too low */
        {0, WORLD_TOP, P, P, VM_READ},             /* a kernel's address */
        {0, ~(uintptr_t)0 - P + 1, P, P, VM_READ}, /* wraps */
        {0, WORLD_TOP - P, 2 * P, 2 * P, VM_READ}, /* reaches out */
        {0, 0x10000, 2 * P, P, VM_READ},           /* more in the file than in memory */
        {0, 0x10000, 0, 0, VM_READ},               /* nothing */
        {~(uint64_t)0 - P + 1, 0x10000, 2 * P, 2 * P, VM_READ}, /* offset wraps */
        {0, 0x10000, P, SIZE_MAX, VM_READ},
        {0, 0x10000, P, 0x7fff0000, VM_READ}, /* leaves no room for a stack */
        {0, 0x20000, P, P, VM_READ},          /* overlaps the good one */
        {0, 0x1f000, P + 1, P + 1, VM_READ},
    };
    struct task *t = task_begin();
    uintptr_t at = world_anon(t, 1);

    CHECK_EQ(world_write(t, at, 1), 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct vm_segment segment[] = {{0, 0x20000, P, P, VM_READ}, bad[i]};
        struct vm_image image = {.handle = WORLD_FILE, .segment = segment, .segments = 2};

        CHECK_EQ(vm_exec(t, &image), ERR_NOT_EXEC);
    }
    CHECK_EQ(world_read(t, at), 1);
    world_end(t);
}

TEST(exec, closes_a_file_of_which_nothing_is_mapped)
{
    struct task *t = task_begin();
    struct vm_segment segment = {0, 0x10000, 0, P, RW};
    struct vm_image image = {.handle = WORLD_FILE, .segment = &segment, .segments = 1};

    CHECK_EQ(vm_exec(t, &image), ERR_OK);
    CHECK_EQ(world.closed, 1);
    CHECK_EQ(world_read(t, 0x10000), 0);
    world_end(t);
}

TEST(exec, moves_the_stack_out_of_the_way_of_a_program_linked_high)
{
    struct task *t = task_begin();
    struct vm_segment segment = {0, 0x1ff00000, P, 2 << 20, VM_READ | VM_WRITE};
    struct vm_image image = {.handle = WORLD_FILE, .segment = &segment, .segments = 1};

    CHECK_EQ(vm_exec(t, &image), ERR_OK);
    CHECK(image.stack > 0x20100000);
    CHECK_EQ(world_write(t, image.stack - 1, 1), 0);
    CHECK(world_anon(t, 1) > image.stack);
    world_end(t);
}
