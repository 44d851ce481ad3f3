/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vm_page_test.c - pages as a program sees them: anonymous, of files, of the stack, copied for
 * others.
 */
#include "pager_world.h"

/* ---- anonymous memory ---- */

TEST(anonymous, reads_as_zero_from_one_shared_page_until_written)
{
    struct task *t = task_begin();
    uintptr_t at = world_anon(t, 4);

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
    uintptr_t at = world_anon(t, 1024);

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
    uintptr_t at = world_anon(t, 256);

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
    uintptr_t at = world_anon(t, 500);
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

TEST(anonymous, does_not_die_of_the_first_refusal)
{
    struct task *t = task_begin();
    uintptr_t at = world_anon(t, 300);

    world.frames_max = 150;
    world.spare = 200;
    for (unsigned i = 0; i < 300; i++)
        CHECK_EQ(world_write(t, at + i * P, 1), 0);
    CHECK_EQ(t->vm->pool.refused, 1);
    world_end(t);
}

TEST(anonymous, gives_its_pool_back_and_begins_small_again)
{
    struct task *t = task_begin();
    uintptr_t at = world_anon(t, 300);
    uint32_t left;

    CHECK_EQ(world_write(t, at, 1), 0);
    left = t->status->pool;
    CHECK(left > 0);
    CHECK_EQ(pool_return(&t->vm->pool), left);
    CHECK_EQ(world.frames, 1);
    CHECK_EQ(pool_return(&t->vm->pool), 0);
    CHECK_EQ(world_write(t, at + P, 1), 0);
    CHECK(world.frames <= 1 + 2 * POOL_MIN);
    world_audit(t);
    world_end(t);
}

TEST(anonymous, stays_what_it_was_through_rights_and_back)
{
    struct task *t = task_begin();
    uintptr_t at = world_anon(t, 4);

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
    uintptr_t at = world_anon(t, 4);

    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(world_write(t, at + i * P, 1), 0);
    CHECK_EQ(vm_advise(t, at, 2 * P, VM_DONTNEED), ERR_OK);
    CHECK_EQ(world_read(t, at), 0);
    CHECK_EQ(world_read(t, at + P), 0);
    CHECK_EQ(world_read(t, at + 2 * P), 1);
    world_end(t);
}

/* ---- objects ---- */

TEST(file, comes_with_its_neighbours_in_one_call)
{
    struct task *t = task_begin();
    uintptr_t at = world_file(t, 0, 64, VM_READ, VM_SHARED);

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
    uintptr_t at = world_file(t, 0, 64, VM_READ, 0);

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
    uintptr_t at = world_file(t, WORLD_PAGES - 2, 4, VM_READ, 0);

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
    uintptr_t at = world_file(t, 0, 64, VM_READ, 0);

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
    uintptr_t at = world_file(t, 10, 4, RW, 0);
    uintptr_t again = world_file(t, 10, 4, VM_READ, 0);

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
    uintptr_t at = world_file(t, 0, 16, RW, 0);

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
    uintptr_t at = world_file(t, 0, WORLD_PAGES, RW, 0);

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
    uintptr_t at = world_anon(t, 3);
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
    uintptr_t at = world_file(t, 0, 4, VM_READ, 0);
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
    uintptr_t at = world_anon(t, 40);
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
