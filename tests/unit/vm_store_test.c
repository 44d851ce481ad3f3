/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vm_store_test.c - private pages that go to the swap server and come back: every state of a
 * record, every answer of the server, and what happens when there is no memory at all.
 */
#include "frame.h"
#include "pager_world.h"

static struct task *task_stored(void)
{
    return world_begin_stored(0, "lru");
}

/* All of `pages` written, each with its own value. */
static uintptr_t written(struct task *t, unsigned pages)
{
    uintptr_t at = world_anon(t, pages);

    for (unsigned i = 0; i < pages; i++)
        CHECK_EQ(world_write(t, at + i * P, (uint8_t)(i + 1)), 0);
    return at;
}

static enum page_state state_of(struct task *t, uintptr_t at)
{
    const struct page *p = page_find(&t->vm->pages, at);

    return p == NULL ? PAGE_NONE : p->state;
}

static unsigned evict(struct task *t, unsigned pages)
{
    t->vm->store_full = t->vm->store_late = false;
    return evict_some(t, pages);
}

TEST(store, takes_pages_in_runs_and_gives_them_back_in_runs)
{
    struct task *t = task_stored();
    uintptr_t at = written(t, 64);

    CHECK_EQ(evict(t, 32), 32);
    CHECK_EQ(world.stored, 32);
    CHECK(world.puts <= 4);
    CHECK_EQ(t->status->evicted_anon, 32);
    for (unsigned i = 0; i < 32; i++)
        CHECK_EQ(state_of(t, at + i * P), PAGE_OUT);
    CHECK_EQ(t->vm->resident.count, 32);
    world_audit(t);
    for (unsigned i = 0; i < 64; i++)
        CHECK_EQ(world_read(t, at + i * P), i + 1);
    CHECK(t->status->fault_swapin < 10);
    CHECK_EQ(world.stored, 0);
    world_audit(t);
    world_end(t);
}

TEST(store, page_got_to_be_read_stays_known_and_goes_again_for_nothing)
{
    struct task *t = task_stored();
    uintptr_t at = written(t, 3);
    uint32_t puts;

    world.store_disk = true;
    CHECK_EQ(evict(t, 3), 3);
    puts = world.puts;
    CHECK_EQ(world_read(t, at + P), 2);
    CHECK_EQ(state_of(t, at + P), PAGE_KEPT);
    CHECK_EQ(world_entry(at + P), RIGHT_READ);
    CHECK_EQ(evict(t, 1), 1);
    CHECK_EQ(state_of(t, at + P), PAGE_OUT);
    CHECK_EQ(t->status->evicted_clean, 1);
    CHECK_EQ(world.puts, puts);
    CHECK_EQ(world_read(t, at + P), 2);
    CHECK_EQ(world_write(t, at + P, 77), 0);
    CHECK_EQ(state_of(t, at + P), PAGE_PRIVATE);
    CHECK_EQ(page_find(&t->vm->pages, at + P)->handle, 0);
    CHECK_EQ(evict(t, 1), 1);
    CHECK_EQ(world.puts, puts + 1);
    CHECK_EQ(world_read(t, at + P), 77);
    CHECK_EQ(world_read(t, at), 1);
    world_audit(t);
    world_end(t);
}

TEST(store, page_got_to_be_written_is_the_frame_itself)
{
    struct task *t = task_stored();
    uintptr_t at = written(t, 3);

    world.store_disk = true;
    CHECK_EQ(evict(t, 3), 3);
    CHECK_EQ(world_write(t, at + 2 * P, 9), 0);
    CHECK_EQ(state_of(t, at + 2 * P), PAGE_PRIVATE);
    CHECK_EQ(world.stored, 2);
    CHECK_EQ(world_read(t, at + 2 * P), 9);
    CHECK_EQ(world_read(t, at + 2 * P + 1), 0);
    world_end(t);
}

TEST(store, lends_what_others_have_too_and_copies_it_for_a_write)
{
    struct task *t = task_stored();
    uintptr_t at = written(t, 2);
    uint32_t handle;

    world.store_shares = 1;
    CHECK_EQ(evict(t, 2), 2);
    CHECK_EQ(world_read(t, at), 1);
    CHECK_EQ(state_of(t, at), PAGE_LENT);
    CHECK_EQ(world_entry(at), RIGHT_READ);
    world_audit(t);
    handle = page_find(&t->vm->pages, at)->handle;
    world_store_takes(handle); /* it is its own */
    CHECK_EQ(world_entry(at), 0);
    CHECK_EQ(world_read(t, at), 1);
    CHECK_EQ(world_write(t, at, 200), 0);
    CHECK_EQ(state_of(t, at), PAGE_PRIVATE);
    CHECK_EQ(world_read(t, at), 200);
    CHECK_EQ(world.stored, 1);
    CHECK_EQ(world_read(t, at + P), 2);
    CHECK_EQ(evict(t, 2), 2); /* one is put, one is only let go */
    CHECK_EQ(world.stored, 2);
    CHECK_EQ(world_read(t, at + P), 2);
    world_audit(t);
    world_end(t);
}

TEST(store, makes_a_fault_wait_for_the_disk)
{
    struct task *t = task_stored();
    uintptr_t at = written(t, 2);
    uint8_t byte;
    size_t done;

    world.store_slow = true;
    CHECK_EQ(evict(t, 2), 2);
    CHECK_EQ(vm_copy_in(t, &byte, at, 1, &done), ERR_PENDING);
    CHECK_EQ(vm_copy_in(t, &byte, at, 1, &done), ERR_OK);
    CHECK_EQ(byte, 1);
    CHECK_EQ(world_read(t, at + P), 2);
    world_end(t);
}

TEST(store, error_is_a_bus_error_of_that_page_alone)
{
    struct task *t = task_stored();
    uintptr_t at = written(t, 2);

    CHECK_EQ(evict(t, 1), 1);
    world.store_broken = true;
    CHECK_EQ(world_read(t, at), gone(VM_SIGNAL_IO));
    CHECK_EQ(world_write(t, at, 1), 1 + VM_SIGNAL_IO);
    CHECK_EQ(world_read(t, at + P), 2);
    CHECK_EQ(state_of(t, at), PAGE_OUT);
    world_audit(t);
    CHECK_EQ(vm_unmap(t, at, P), ERR_OK); /* its handle is dropped with it */
    CHECK_EQ(world.stored, 0);
    world_end(t);
}

TEST(store, that_is_full_costs_clean_pages_first_and_loses_nothing)
{
    struct task *t = task_stored();
    uintptr_t at = written(t, 8);

    world.store_disk = true;
    CHECK_EQ(evict(t, 4), 4);
    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(world_read(t, at + i * P), i + 1); /* now the youngest, and clean */
    world.store_pages = 0;
    CHECK_EQ(evict(t, 8), 4);
    CHECK(t->vm->store_full);
    for (unsigned i = 0; i < 8; i++)
        CHECK_EQ(state_of(t, at + i * P), i < 4 ? PAGE_OUT : PAGE_PRIVATE);
    CHECK_EQ(evict(t, 8), 0);
    for (unsigned i = 0; i < 8; i++)
        CHECK_EQ(world_read(t, at + i * P), i + 1);
    world_audit(t);
    world_end(t);
}

TEST(store, that_is_late_is_owed)
{
    struct task *t = task_stored();

    written(t, 8);
    world.store_late = 1;
    CHECK_EQ(memory_make(t), ERR_PENDING);
    CHECK(t->vm->store_late);
    CHECK(t->vm->owed > 0);
    CHECK_EQ(world.stored, 0);
    world.store_late = 0;
    store_ready(t);
    CHECK_EQ(world.stored, 8);
    CHECK_EQ(t->vm->owed, 0);
    world_end(t);
}

TEST(store, keeps_what_is_unmapped_moved_or_not_needed_in_order)
{
    struct task *t = task_stored();
    uintptr_t at = written(t, 16), to = at + 0x1000000;

    CHECK_EQ(evict(t, 16), 16);
    CHECK_EQ(vm_unmap(t, at, 4 * P), ERR_OK);
    CHECK_EQ(world.stored, 12);
    CHECK(world.drops <= 2);
    CHECK_EQ(vm_advise(t, at + 4 * P, 4 * P, VM_DONTNEED), ERR_OK);
    CHECK_EQ(world.stored, 8);
    CHECK_EQ(world_read(t, at + 4 * P), 0);
    CHECK_EQ(vm_remap(t, at + 8 * P, 8 * P, 8 * P, VM_FIXED, &to), ERR_OK);
    for (unsigned i = 8; i < 16; i++)
        CHECK_EQ(world_read(t, to + (i - 8) * P), i + 1);
    world_audit(t);
    world_end(t);
}

TEST(store, spares_locked_pages)
{
    struct task *t = task_stored();
    uintptr_t at = written(t, 8);

    CHECK_EQ(evict(t, 4), 4);
    CHECK_EQ(vm_lock(t, at, 6 * P, VM_LOCK_NOW), ERR_OK);
    for (unsigned i = 0; i < 6; i++)
        CHECK(world_entry(at + i * P) & RIGHT_WRITE);
    CHECK_EQ(evict(t, 8), 2);
    for (unsigned i = 0; i < 6; i++)
        CHECK_EQ(state_of(t, at + i * P), PAGE_PRIVATE);
    world_audit(t);
    world_end(t);
}

TEST(store, reads_ahead_for_whom_goes_through_memory_only)
{
    struct task *t = task_stored();
    uintptr_t at = written(t, 64);
    uint32_t faults;

    world_desk(t);
    world.store_disk = true;
    CHECK_EQ(evict(t, 32), 32);
    CHECK_EQ(evict(t, 32), 32);
    CHECK_EQ(world_read(t, at + 40 * P), 41);
    CHECK_EQ(world_read(t, at + 10 * P), 11);
    CHECK_EQ(world_read(t, at + 50 * P), 51);
    CHECK_EQ(world_mapped(), 3);
    faults = t->status->fault_swapin;
    for (unsigned i = 0; i < 64; i++)
        CHECK_EQ(world_read(t, at + i * P), i + 1);
    CHECK(t->status->fault_swapin - faults < 20);
    world_end(t);
}

TEST(store, reads_scattered_handles_ahead_too)
{
    struct task *t = task_stored();
    uintptr_t at = written(t, 32);

    world.scatter = true;
    world_desk(t);
    world.store_disk = true;
    for (unsigned i = 0; i < 16; i++)
        CHECK_EQ(evict(t, 2), 2);
    CHECK_EQ(vm_advise(t, at, 32 * P, VM_SEQUENTIAL), ERR_OK);
    for (unsigned i = 0; i < 32; i++)
        CHECK_EQ(world_read(t, at + i * P), i + 1);
    CHECK_EQ(world.filled, 32);
    CHECK(world.fills <= 4);
    world_audit(t);
    world_end(t);
}

/* ---- forced taking ---- */

TEST(taken_page, is_found_at_the_store_by_its_slot)
{
    struct task *t = task_stored();
    uintptr_t at = written(t, 4);

    world_force(t, at + P);
    CHECK_EQ(world_entry(at + P), 0);
    CHECK_EQ(world_read(t, at + P), 2);
    CHECK_EQ(world_read(t, at), 1);
    world_audit(t);
    world_end(t);
}

TEST(taken_page, is_zero_if_nobody_has_it)
{
    struct task *t = task_stored();
    uintptr_t at = world_anon(t, 4);

    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(world_write(t, at + i * P, 0), 0);
    world_force(t, at + P);
    CHECK_EQ(world_read(t, at + P), 0);
    CHECK_EQ(world_write(t, at + P, 5), 0);
    world_force(t, at + 2 * P);
    CHECK_EQ(evict(t, 8), 4);
    CHECK_EQ(world_read(t, at + 2 * P), 0);
    CHECK_EQ(world_read(t, at + P), 5);
    world_audit(t);
    world_end(t);
}

TEST(taken_page, that_was_kept_has_one_handle_in_the_end)
{
    struct task *t = task_stored();
    uintptr_t at = written(t, 1);

    world.store_disk = true;
    CHECK_EQ(evict(t, 1), 1);
    CHECK_EQ(world_read(t, at), 1);
    world_force(t, at);
    CHECK_EQ(world_read(t, at), 1);
    drop_end(&t->vm->dead);
    CHECK_EQ(world.stored, 1);
    world_audit(t);
    world_end(t);
}

TEST(taken_page, that_is_unmapped_is_forgotten_by_all)
{
    struct task *t = task_stored();
    uintptr_t at = written(t, 8);

    for (unsigned i = 0; i < 8; i += 2)
        world_force(t, at + i * P);
    CHECK_EQ(vm_unmap(t, at, 4 * P), ERR_OK);
    CHECK_EQ(vm_advise(t, at + 4 * P, P, VM_DONTNEED), ERR_OK);
    world_audit(t);
    CHECK_EQ(world_read(t, at + 6 * P), 7);
    world_end(t);
}

/* All that the task has goes, so many pages; the twenty written ones come back as they were. */
static void out_and_back(struct task *t, uintptr_t at, unsigned pages)
{
    CHECK_EQ(evict(t, pages), pages);
    for (unsigned i = 0; i < 20; i++)
        CHECK_EQ(world_read(t, at + i * P), i + 1);
    world_audit(t);
    world_end(t);
}

TEST(taken_page, may_be_one_that_was_about_to_come_back)
{
    struct task *t = task_stored();
    uintptr_t at = written(t, 20);

    world.store_collects = true;
    world.store_greedy = 3;
    out_and_back(t, at, 20);
}

/* Each page in a slot that was another one's, from whom the store had it by force. */
TEST(taken_page, leaves_no_trace_at_the_store_when_its_slot_is_used_again)
{
    struct task *t = task_stored();
    uintptr_t at;

    world.store_collects = true;
    at = written(t, 8);
    for (unsigned i = 0; i < 8; i += 2)
        world_force(t, at + i * P);
    CHECK_EQ(vm_unmap(t, at, 8 * P), ERR_OK);
    at = written(t, 20);
    out_and_back(t, at, 20);
}

TEST(taken_page, may_be_one_of_the_pool_that_is_given_back)
{
    struct task *t = task_stored();
    uintptr_t at;

    world.store_collects = true;
    CHECK_EQ(world_write(t, world_anon(t, 1), 1), 0);
    for (unsigned i = 0; i < 8; i += 2)
        world_force_pool(t, i);
    CHECK(pool_return(&t->vm->pool) > 8);
    at = written(t, 20);
    out_and_back(t, at, 21);
}

/* ---- under a limit, and without memory ---- */

TEST(limit, covers_private_pages_when_they_can_go)
{
    static const char *const policy[] = {"fifo", "clock", "lru"};

    for (unsigned k = 0; k < 6; k++) {
        struct task *t = world_begin_stored(16, policy[k % 3]);
        uintptr_t at = written(t, 100);

        world.store_disk = k >= 3;
        for (unsigned round = 0; round < 3; round++)
            for (unsigned i = 0; i < 100; i++) {
                CHECK_EQ(world_read(t, at + i * P), (uint8_t)(i + 1 + (i < round)));
                if (round < 2 && i == round)
                    CHECK_EQ(world_write(t, at + i * P, (uint8_t)(i + 2)), 0);
                CHECK(t->vm->resident.count <= 16);
            }
        CHECK_EQ(t->vm->resident.fallbacks, 0);
        CHECK_EQ(t->vm->beyond, 0);
        world_audit(t);
        world_end(t);
    }
}

TEST(limit, waits_for_a_store_that_is_late)
{
    struct task *t = world_begin_stored(8, "fifo");
    uintptr_t at;

    world.store_late = 2;
    at = written(t, 50);
    for (unsigned i = 0; i < 50; i++)
        CHECK_EQ(world_read(t, at + i * P), i + 1);
    CHECK_EQ(t->vm->beyond, 0);
    world_end(t);
}

TEST(memory, three_times_as_much_as_there_is)
{
    static const char *const policy[] = {"fifo", "clock", "lru"};

    for (unsigned k = 0; k < 6; k++) {
        struct task *t = world_begin_stored(0, policy[k % 3]);
        uintptr_t at;
        uint32_t x = 1;

        world.frames_max = 100;
        world.store_disk = k >= 3;
        world.store_slow = k % 2;
        at = written(t, 250);
        for (unsigned i = 0; i < 5000; i++) {
            unsigned page;

            x = x * 1664525u + 1013904223u;
            page = (x >> 8) % 250;
            CHECK_EQ(world_read(t, at + page * P), (uint8_t)(page + 1));
            if (x >> 31)
                CHECK_EQ(world_write(t, at + page * P, (uint8_t)(page + 1)), 0);
        }
        CHECK(world.frames + world.objects <= 100);
        world_audit(t);
        world_end(t);
    }
}

TEST(memory, that_is_full_with_a_full_store_ends_the_task)
{
    struct task *t = task_stored();
    uintptr_t at = world_anon(t, 500);
    unsigned i = 0;

    world.frames_max = 100;
    world.store_pages = 50;
    while (world_write(t, at + i * P, (uint8_t)(i + 1)) == 0)
        i++;
    CHECK(i > 100 && i < 150);
    CHECK_EQ(world_write(t, at + i * P, 1), 1 + VM_SIGNAL_NO_MEMORY);
    world_audit(t);
    world_end(t);
}

/* ---- what is told ---- */

TEST(stall, counts_threads_that_wait_for_memory_and_for_how_long)
{
    struct task *t = task_stored();
    struct frame_stall stalls = {0};
    struct event file = {0}, page = {0}, more = {0};

    t->threads = 2;
    t->vm->stalls = &stalls;
    stall_account(t, &file, EVENT_PARK); /* for the disk */
    CHECK_EQ(stalls.parked, 0);
    t->vm->stall = STALL_SWAPIN;
    stall_account(t, &page, EVENT_PARK);
    CHECK(page.stalled && stalls.since != 0);
    stall_account(t, &page, EVENT_PARK); /* tried again, in vain */
    CHECK_EQ(stalls.parked, 1);
    CHECK_EQ(stalls.full, 0);
    t->vm->stall = STALL_MEMORY;
    stall_account(t, &more, EVENT_PARK);
    CHECK_EQ(stalls.parked, 2);
    stall_account(t, &page, EVENT_ANSWER);
    CHECK(!page.stalled);
    CHECK(stalls.full > 0 && stalls.some > stalls.full);
    stall_account(t, &more, EVENT_ANSWER);
    CHECK_EQ(stalls.parked, 0);
    CHECK_EQ(stalls.since, 0);
    CHECK_EQ(stalls.swapin, 1);
    CHECK_EQ(stalls.memory, 1);
    t->vm->stalls = NULL;
    world_end(t);
}

TEST(stall, tells_how_many_pages_are_out)
{
    struct task *t = task_stored();
    struct frame_stall stalls = {0};
    uintptr_t at;

    t->vm->stalls = &stalls;
    at = written(t, 10);
    CHECK_EQ(evict(t, 10), 10);
    CHECK_EQ(stalls.swapped, 10);
    CHECK_EQ(world_read(t, at), 1);
    CHECK_EQ(stalls.swapped, 9);
    CHECK_EQ(vm_unmap(t, at, 5 * P), ERR_OK);
    CHECK_EQ(stalls.swapped, 5);
    t->vm->stalls = NULL;
    world_end(t);
}

TEST(pressure, gives_the_pool_then_what_the_policy_names)
{
    struct task *t = task_stored();
    struct frame_session told = {0};
    uint32_t frames;

    t->vm->told = &told;
    written(t, 100);
    frames = world.frames;
    memory_wanted(t); /* a bit without a wish: the pool goes */
    CHECK_EQ(world.frames, 100);
    CHECK_EQ(world.stored, 0);
    told.target = 40;
    memory_wanted(t);
    CHECK_EQ(world.stored, 40);
    CHECK_EQ(world.frames, 60);
    CHECK(frames > 100);
    world_end(t);
}

TEST(pressure, gives_up_when_nobody_helps_for_long)
{
    struct task *t = task_stored();
    struct frame_session told = {.waiting = 1};
    unsigned waits = 0;

    t->vm->told = &told;
    world.store_pages = 0;
    written(t, 10);
    while (memory_make(t) == ERR_PENDING) {
        CHECK(t->deadline != 0);
        t->deadline = 0;
        world_later(500000000);
        CHECK(++waits < 20);
    }
    CHECK(waits > 5);
    CHECK_EQ(memory_make(t), ERR_LIMIT);
    world_end(t);
}

TEST(pressure, forgets_an_earlier_shortage_that_has_passed)
{
    struct task *t = task_stored();
    struct frame_session told = {.waiting = 1};
    uintptr_t at;

    t->vm->told = &told;
    world.store_pages = 0;
    at = written(t, 10);
    CHECK_EQ(memory_make(t), ERR_PENDING);
    CHECK_EQ(vm_unmap(t, at, P), ERR_OK);
    CHECK_EQ(world_anon(t, 1), at);
    pool_return(&t->vm->pool);
    CHECK_EQ(world_write(t, at, 1), 0); /* somebody gave some back */
    world_later(6000000000);
    CHECK_EQ(memory_make(t), ERR_PENDING);
    world_end(t);
}

TEST(pressure, does_not_reach_a_deaf_supervisor_but_through_its_slots)
{
    struct vm_config c = world_config();
    struct frame_session told = {.target = 20, .waiting = 1};
    struct task *t;
    uintptr_t at;

    c.store = WORLD_STORE;
    c.deaf = true;
    t = world_begin(&c);
    world.store_pages = 1000;
    t->vm->told = &told;
    at = written(t, 40);
    memory_wanted(t);
    CHECK_EQ(world.stored, 0);
    CHECK_EQ(memory_make(t), ERR_PENDING); /* nor does it make room for itself */
    CHECK_EQ(world.stored, 0);
    for (unsigned i = 0; i < 20; i++)
        world_force(t, at + i * P);
    for (unsigned i = 0; i < 40; i++)
        CHECK_EQ(world_read(t, at + i * P), i + 1);
    world_audit(t);
    world_end(t);
}

/* ---- exact mode ---- */

TEST(exact_mode, rules_private_pages_too)
{
    struct vm_config c = world_config();
    struct task *t;
    uintptr_t at;

    c.store = WORLD_STORE;
    c.resident_pages = 8;
    c.exact = true;
    t = world_begin(&c);
    at = written(t, 20);
    CHECK_EQ(t->vm->resident.count, 8);
    CHECK_EQ(t->vm->resident.loads, 20);
    for (unsigned i = 0; i < 20; i++) /* a loop longer than the set: lru always misses */
        CHECK_EQ(world_read(t, at + i * P), i + 1);
    CHECK_EQ(t->vm->resident.loads, 40);
    CHECK_EQ(t->status->fault_swapin, 20);
    world_audit(t);
    world_end(t);
}
