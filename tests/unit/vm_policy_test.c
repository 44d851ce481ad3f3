/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vm_policy_test.c - a resident limit and its policies; exact mode against simulators.
 */
#include "pager_world.h"
#include "replay.h"

#include <stdio.h>

static struct task *task_limited(const char *policy, uint32_t pages, bool exact)
{
    struct vm_config c = world_config();

    c.policy = policy;
    c.resident_pages = pages;
    c.exact = c.trace = exact;
    return world_begin(&c);
}

/* ---- replacement ---- */

TEST(eviction, keeps_the_set_within_its_limit)
{
    static const char *const policy[] = {"fifo", "clock", "lru"};

    for (unsigned k = 0; k < 3; k++) {
        struct task *t = task_limited(policy[k], 32, false);
        uintptr_t at = world_file(t, 0, WORLD_PAGES, RW, 0), own = world_anon(t, 20);

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
    uintptr_t at = world_file(t, 0, WORLD_PAGES, RW, 0);

    CHECK_EQ(vm_lock(t, at, 4 * P, VM_LOCK_NOW), ERR_OK); /* private and writable: copies */
    CHECK_EQ(t->vm->resident.count, 0);
    CHECK_EQ(vm_protect(t, at + 10 * P, 4 * P, VM_READ), ERR_OK);
    CHECK_EQ(vm_lock(t, at + 10 * P, 4 * P, VM_LOCK_NOW), ERR_OK);
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
        uintptr_t at = world_file(t, 0, WORLD_PAGES, VM_READ, 0);
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
    uintptr_t at = world_file(t, 0, WORLD_PAGES, RW, 0);

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
    uintptr_t own = world_anon(t, 3);

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

            exact_run(t, world_file(t, 0, WORLD_PAGES, VM_READ, 0), page, 4000);
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

    exact_run(t, world_file(t, 0, WORLD_PAGES, VM_READ, 0), page, 20);
    check_exported(page, 20);
    CHECK_EQ(t->status->fault_file, 9);
    free(exported.page);
    world_end(t);
}

TEST(exact_mode, counts_ghosts_as_a_simulator_would)
{
    struct task *t = task_limited("fifo", 4, true);
    uintptr_t at = world_file(t, 0, 20, RW, 0);

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
    uintptr_t at = world_file(t, 0, 20, VM_READ | VM_EXECUTE, 0);
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
