/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vm_share_test.c - shared mappings that are written, msync; locked pages; advice.
 */
#include "pager_world.h"

#include "frame.h"

static uintptr_t shared(struct task *t, unsigned page, unsigned pages)
{
    return world_file(t, page, pages, RW, VM_SHARED | VM_MAY_WRITE);
}

static enum page_state state_of(struct task *t, uintptr_t at)
{
    const struct page *p = page_find(&t->vm->pages, at);

    return p == NULL ? PAGE_NONE : p->state;
}

/* ---- shared mappings ---- */

TEST(shared, writes_reach_the_object_and_all_that_map_it)
{
    struct task *t = task_begin();
    uintptr_t at = shared(t, 3, 4), again = world_file(t, 3, 4, VM_READ, VM_SHARED);

    CHECK_EQ(world_read(t, at + 7), world_byte(3, 7));
    CHECK_EQ(world_entry(at), RIGHT_READ);
    CHECK_EQ(world_read(t, again + 7), world_byte(3, 7));
    CHECK_EQ(world_write(t, at + 7, 99), 0);
    CHECK_EQ(state_of(t, at), PAGE_SHARED);
    CHECK_EQ(world_read(t, again + 7), 99);
    CHECK_EQ(world_read(t, at + 8), world_byte(3, 8));
    CHECK_EQ(world_stored(3, 7), world_byte(3, 7));
    CHECK_EQ(vm_sync(t, at, 4 * P, 0), ERR_OK);
    CHECK_EQ(world_stored(3, 7), 99);
    world_audit(t);
    world_end(t);
}

TEST(shared, may_be_written_only_if_the_object_is_open_for_that)
{
    struct task *t = task_begin();
    uintptr_t at = world_file(t, 0, 4, VM_READ, VM_SHARED), may;
    struct vm_mapping m = {.bytes = P, .rights = RW, .flags = VM_SHARED, .handle = WORLD_FILE};

    CHECK_EQ(vm_map(t, &m, &may), ERR_NO_ACCESS);
    CHECK_EQ(vm_protect(t, at, P, RW), ERR_NO_ACCESS);
    may = world_file(t, 0, 4, VM_READ, VM_SHARED | VM_MAY_WRITE);
    CHECK_EQ(world_write(t, may, 1), 1 + VM_SIGNAL_FORBIDDEN);
    CHECK_EQ(vm_protect(t, may, P, RW), ERR_OK);
    CHECK_EQ(world_write(t, may, 1), 0);
    CHECK_EQ(vm_protect(t, may, P, VM_READ), ERR_OK);
    CHECK_EQ(world_write(t, may, 2), 1 + VM_SIGNAL_FORBIDDEN);
    CHECK_EQ(world_read(t, may), 1);
    world_audit(t);
    world_end(t);
}

TEST(shared, page_survives_being_taken_by_its_owner)
{
    struct task *t = task_begin();
    uintptr_t at = shared(t, 0, 8);

    CHECK_EQ(world_write(t, at + 5 * P, 7), 0);
    world_take(5);
    CHECK_EQ(world_stored(5, 0), 7);
    CHECK_EQ(world_read(t, at + 5 * P), 7);
    CHECK_EQ(world_write(t, at + 5 * P, 8), 0);
    world_take(5);
    CHECK_EQ(world_write(t, at + 5 * P + 1, 9), 0);
    CHECK_EQ(world_read(t, at + 5 * P), 8);
    world_audit(t);
    world_end(t);
}

TEST(shared, gets_more_pages_at_once_for_whom_writes_them_in_order)
{
    struct task *t = task_begin();
    uintptr_t at = shared(t, 0, 128);

    CHECK_EQ(world_write(t, at + 40 * P, 1), 0);
    CHECK_EQ(world_write(t, at + 20 * P, 1), 0);
    CHECK_EQ(world.got, 2);
    world.gets = 0;
    for (unsigned i = 60; i < 124; i++)
        CHECK_EQ(world_write(t, at + i * P, (uint8_t)i), 0);
    CHECK(world.gets < 12);
    for (unsigned i = 60; i < 124; i++)
        CHECK_EQ(world_read(t, at + i * P), i);
    world_audit(t);
    world_end(t);
}

TEST(shared, is_a_bus_error_where_the_store_is_full_or_ends)
{
    struct task *t = task_begin();
    uintptr_t at = shared(t, WORLD_PAGES - 1, 2);

    world.disk_full = true;
    CHECK_EQ(world_write(t, at, 1), 1 + VM_SIGNAL_IO);
    CHECK_EQ(world_read(t, at), world_byte(WORLD_PAGES - 1, 0));
    world.disk_full = false;
    CHECK_EQ(world_write(t, at, 1), 0);
    CHECK_EQ(world_write(t, at + P, 1), 1 + VM_SIGNAL_PAST_END);
    world_audit(t);
    world_end(t);
}

TEST(shared, counts_under_a_limit_and_is_written_back_when_it_goes)
{
    struct vm_config c = world_config();
    struct task *t;
    uintptr_t at;

    c.resident_pages = 8;
    t = world_begin(&c);
    at = shared(t, 0, 100);
    for (unsigned i = 0; i < 100; i++)
        CHECK_EQ(world_write(t, at + i * P, (uint8_t)i), 0);
    CHECK_EQ(t->vm->resident.count, 8);
    for (unsigned i = 0; i < 100; i++)
        CHECK_EQ(world_read(t, at + i * P), i);
    world_audit(t);
    world_end(t);
}

TEST(sync, waits_tells_errors_and_refuses)
{
    struct task *t = task_begin();
    uintptr_t at = shared(t, 0, 4), own = world_anon(t, 2);

    world.disk_slow = true;
    while (world_write(t, at, 5) != 0)
        ;
    CHECK_EQ(vm_sync(t, at, P, 0), ERR_PENDING);
    CHECK_EQ(vm_sync(t, at, P, 0), ERR_OK);
    CHECK_EQ(world_stored(0, 0), 5);
    CHECK_EQ(vm_sync(t, at, P, VM_SYNC_LATER), ERR_OK);
    CHECK_EQ(vm_sync(t, own, 2 * P, 0), ERR_OK);
    CHECK_EQ(world.syncs, 2);
    world.disk_broken = true;
    CHECK_EQ(vm_sync(t, at, P, 0), ERR_IO);
    CHECK_EQ(vm_lock(t, own, P, VM_LOCK_NOW), ERR_OK);
    CHECK_EQ(vm_sync(t, own, P, VM_SYNC_FRESH), ERR_BUSY);
    CHECK_EQ(vm_sync(t, own, P, 0), ERR_OK);
    CHECK_EQ(vm_unmap(t, own + P, P), ERR_OK);
    CHECK_EQ(vm_sync(t, own, 2 * P, 0), ERR_NO_MEMORY);
    world_end(t);
}

/* ---- locked pages ---- */

TEST(lock, tells_the_frame_server_and_undoes_it)
{
    struct task *t = world_begin_stored(0, "lru");
    uintptr_t at = world_anon(t, 8), more;

    CHECK_EQ(world_write(t, at, 1), 0);
    CHECK_EQ(vm_lock(t, at, 4 * P, VM_LOCK_NOW), ERR_OK);
    for (unsigned i = 0; i < 4; i++)
        CHECK(world_locked(t, at + i * P));
    CHECK_EQ(world_write(t, at + 5 * P, 1), 0);
    CHECK(!world_locked(t, at + 5 * P));
    CHECK_EQ(vm_lock(t, at + 4 * P, 4 * P, VM_LOCK_LATER), ERR_OK);
    CHECK(world_locked(t, at + 5 * P));
    CHECK_EQ(world_entry(at + 6 * P), 0);
    CHECK_EQ(world_write(t, at + 6 * P, 1), 0);
    CHECK(world_locked(t, at + 6 * P));
    CHECK_EQ(vm_lock(t, at, 8 * P, VM_UNLOCK), ERR_OK);
    for (unsigned i = 0; i < 7; i++)
        CHECK(!world_locked(t, at + i * P));
    CHECK_EQ(vm_lock_all(t, VM_LOCK_KEEP, VM_LOCK_NOW), ERR_OK);
    more = world_anon(t, 2);
    CHECK(world_locked(t, more) && world_locked(t, more + P));
    CHECK(!world_locked(t, at));
    CHECK_EQ(vm_lock_all(t, VM_LOCK_NOW, VM_UNLOCK), ERR_OK);
    CHECK(world_locked(t, at + 7 * P));
    CHECK_EQ(vm_lock_all(t, VM_UNLOCK, VM_UNLOCK), ERR_OK);
    CHECK(!world_locked(t, more));
    world_audit(t);
    world_end(t);
}

TEST(lock, brings_in_what_is_out_and_waits_for_it)
{
    struct task *t = world_begin_stored(0, "lru");
    uintptr_t at = world_anon(t, 2);

    CHECK_EQ(world_write(t, at, 3), 0);
    CHECK_EQ(world_write(t, at + P, 4), 0);
    evict_range(t, at, at + 2 * P);
    world.store_slow = true;
    CHECK_EQ(vm_lock(t, at, 2 * P, VM_LOCK_NOW), ERR_PENDING);
    CHECK_EQ(vm_lock(t, at, 2 * P, VM_LOCK_NOW), ERR_OK);
    evict_range(t, at, at + 2 * P);
    CHECK(world_entry(at) != 0 && world_locked(t, at) && world_locked(t, at + P));
    world_end(t);
}

/* ---- advice ---- */

TEST(advice, pages_out_and_brings_in)
{
    struct task *t = world_begin_stored(0, "clock");
    uintptr_t at = world_anon(t, 40), file = world_file(t, 0, 4, RW, 0);
    uint8_t there[40];

    for (unsigned i = 0; i < 40; i++)
        CHECK_EQ(world_write(t, at + i * P, (uint8_t)(i + 1)), 0);
    CHECK_EQ(world_read(t, file), world_byte(0, 0));
    CHECK_EQ(world_write(t, file + P, 9), 0);
    CHECK_EQ(vm_advise(t, at, 40 * P, VM_PAGEOUT), ERR_OK);
    CHECK_EQ(vm_advise(t, file, 4 * P, VM_PAGEOUT), ERR_OK);
    CHECK_EQ(world_mapped(), 0);
    CHECK_EQ(world.stored, 41);
    world.store_slow = true;
    CHECK_EQ(vm_advise(t, at, 40 * P, VM_WILLNEED), ERR_OK);
    CHECK_EQ(vm_advise(t, at, 40 * P, VM_WILLNEED), ERR_OK);
    CHECK_EQ(vm_incore(t, at, 40, there), ERR_OK);
    CHECK(there[0] && there[39]);
    CHECK_EQ(world_read(t, file + P), 9);
    CHECK_EQ(world_read(t, file), world_byte(0, 0));
    for (unsigned i = 0; i < 40; i++)
        CHECK_EQ(world_read(t, at + i * P), i + 1);
    world_audit(t);
    world_end(t);
}

TEST(advice, will_need_makes_nothing_of_untouched_memory)
{
    struct task *t = task_begin();
    uintptr_t at = world_anon(t, 40);

    CHECK_EQ(vm_advise(t, at, 40 * P, VM_WILLNEED), ERR_OK);
    CHECK_EQ(world_mapped(), 0);
    world_end(t);
}

TEST(advice, forgets_that_a_page_was_referenced)
{
    struct task *t = task_begin();
    uintptr_t at = world_anon(t, 2);

    CHECK_EQ(world_write(t, at, 1), 0);
    CHECK_EQ(world_write(t, at + P, 1), 0);
    CHECK_EQ(vm_advise(t, at, P, VM_COLD), ERR_OK);
    CHECK(!world_accessed(at) && world_accessed(at + P));
    world_end(t);
}

TEST(advice, populates_or_says_why_not)
{
    struct task *t = task_begin();
    uintptr_t at = world_anon(t, 20), file = world_file(t, WORLD_PAGES - 1, 2, VM_READ, 0);

    CHECK_EQ(vm_advise(t, at, 20 * P, VM_POPULATE_WRITE), ERR_OK);
    for (unsigned i = 0; i < 20; i++)
        CHECK(world_entry(at + i * P) & RIGHT_WRITE);
    world.disk_slow = true;
    CHECK_EQ(vm_advise(t, file, P, VM_POPULATE_READ), ERR_PENDING);
    CHECK_EQ(vm_advise(t, file, P, VM_POPULATE_READ), ERR_OK);
    CHECK_EQ(vm_advise(t, file, P, VM_POPULATE_WRITE), ERR_BAD_ARG);
    CHECK_EQ(vm_advise(t, file, 2 * P, VM_POPULATE_READ), ERR_FAULT);
    world_end(t);
}

TEST(advice, refuses_what_is_locked_or_no_anonymous_memory)
{
    static const enum vm_advice each[] = {VM_DONTNEED, VM_FREE, VM_COLD, VM_PAGEOUT};
    struct task *t = task_begin();
    uintptr_t at = world_anon(t, 4), file = world_file(t, 0, 4, RW, 0);

    CHECK_EQ(vm_lock(t, at + P, P, VM_LOCK_NOW), ERR_OK);
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQ(vm_advise(t, at, 4 * P, each[i]), ERR_BAD_ARG);
        CHECK_EQ(vm_advise(t, at + 2 * P, 2 * P, each[i]), ERR_OK);
    }
    CHECK_EQ(vm_advise(t, file, P, VM_FREE), ERR_BAD_ARG);
    CHECK_EQ(world_write(t, at + 3 * P, 1), 0);
    CHECK_EQ(vm_unmap(t, at + 2 * P, P), ERR_OK);
    CHECK_EQ(vm_advise(t, at + 2 * P, 2 * P, VM_FREE), ERR_NO_MEMORY); /* but the rest was */
    CHECK_EQ(world_read(t, at + 3 * P), 0);
    world_end(t);
}
