/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vm_fuzz_test.c - random histories of a task's memory against a model that knows of each
 * page only what the program may see; the world's audit in between.
 */
#include "pager_world.h"

#include <stdlib.h>

#define BASE  0x20000000u
#define PAGES 300u
#define SPOT  1500u /* the byte of a page that is looked at */

/* What the program knows. */
struct model {
    bool mapped, own, locked; /* own: it was written (or zero), else the object's */
    bool file, shared;
    unsigned rights;
    uint32_t index;
    uint8_t value;
};

static struct model model[PAGES];
static uint32_t seed;
static bool short_of_memory, stored; /* stored: with a swap server of some kind */

static uint32_t chance(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)(seed >> 4) * n >> 28);
}

static uintptr_t address(unsigned page)
{
    return BASE + (uintptr_t)page * PAGE_SIZE;
}

static uint8_t expected(const struct model *m)
{
    if (m->own)
        return m->value;
    return m->file ? world_byte(m->index, SPOT) : 0;
}

static bool past_end(const struct model *m)
{
    return m->file && !m->own && m->index >= WORLD_PAGES;
}

static void run_of(unsigned *first, unsigned *count)
{
    *first = chance(PAGES);
    *count = 1 + chance(chance(4) == 0 ? 60 : 6);
    if (*count > PAGES - *first)
        *count = PAGES - *first;
}

static bool covered(unsigned first, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!model[first + i].mapped)
            return false;
    return true;
}

static void do_map(struct task *t)
{
    unsigned first, count;
    struct vm_mapping m = {.flags = VM_FIXED};
    struct model page = {.mapped = true};
    uintptr_t at;
    enum err e;

    run_of(&first, &count);
    page.file = chance(2);
    page.shared = chance(3) == 0;
    page.rights = chance(8) == 0 ? 0 : chance(3) == 0 ? VM_READ : RW;
    if (page.file && page.shared && page.rights == RW)
        page.rights = VM_READ;
    page.index = chance(WORLD_PAGES);
    m.address = address(first);
    m.bytes = count * PAGE_SIZE - chance(PAGE_SIZE);
    m.rights = page.rights;
    m.flags |= page.shared ? VM_SHARED : 0;
    m.handle = page.file ? WORLD_FILE : VM_ANONYMOUS;
    m.offset = page.file ? (uint64_t)page.index * PAGE_SIZE : 0;
    e = vm_map(t, &m, &at);
    if (e == ERR_NO_MEMORY && short_of_memory)
        return;
    CHECK_EQ(e, ERR_OK);
    CHECK_EQ(at, address(first));
    for (unsigned i = 0; i < count; i++, page.index++)
        model[first + i] = page;
}

static void do_unmap(struct task *t)
{
    unsigned first, count;

    run_of(&first, &count);
    CHECK_EQ(vm_unmap(t, address(first), count * PAGE_SIZE), ERR_OK);
    memset(&model[first], 0, count * sizeof(model[0]));
}

static void do_protect(struct task *t)
{
    unsigned first, count, rights = chance(4) == 0 ? 0 : chance(2) ? VM_READ : RW;
    enum err want = ERR_OK;

    run_of(&first, &count);
    for (unsigned i = 0; i < count; i++)
        if (rights == RW && model[first + i].file && model[first + i].shared)
            want = ERR_NO_ACCESS;
    if (!covered(first, count))
        want = ERR_NO_MEMORY;
    CHECK_EQ(vm_protect(t, address(first), count * PAGE_SIZE, rights), want);
    for (unsigned i = 0; want == ERR_OK && i < count; i++)
        model[first + i].rights = rights;
}

static void do_dont_need(struct task *t)
{
    unsigned first, count;
    enum err e;

    run_of(&first, &count);
    e = vm_advise(t, address(first), count * PAGE_SIZE, VM_DONTNEED);
    for (unsigned i = 0; i < count; i++) {
        if (model[first + i].locked) { /* what is before it was dropped */
            CHECK_EQ(e, ERR_BAD_ARG);
            return;
        }
        model[first + i].own = false;
    }
    CHECK_EQ(e, covered(first, count) ? ERR_OK : ERR_NO_MEMORY);
}

static void do_lock(struct task *t)
{
    unsigned first, count;
    bool lock = chance(2);
    enum err e;

    run_of(&first, &count);
    e = vm_lock(t, address(first), count * PAGE_SIZE, lock ? VM_LOCK_NOW : VM_UNLOCK);
    if (!covered(first, count)) {
        CHECK_EQ(e, ERR_NO_MEMORY);
        return;
    }
    for (unsigned i = 0; i < count; i++) /* also if a page could not be had */
        model[first + i].locked = lock;
}

/* One mapping may be moved: pages that are alike and belong together. */
static bool one_mapping(struct task *t, unsigned first, unsigned count)
{
    const struct region *r = region_at(&t->vm->regions, address(first));

    return r != NULL && r->end >= address(first + count);
}

static void do_remap(struct task *t)
{
    unsigned first, count, target, more = chance(3);
    struct model moved[PAGES];
    uintptr_t at;
    enum err e;

    run_of(&first, &count);
    target = chance(PAGES);
    if (!one_mapping(t, first, count) || target + count + more > PAGES ||
        (target < first + count && first < target + count + more))
        return;
    at = address(target);
    e = vm_remap(t, address(first), count * PAGE_SIZE, (count + more) * PAGE_SIZE, VM_FIXED, &at);
    if (e == ERR_NO_MEMORY && short_of_memory) {
        memset(&model[target], 0, (count + more) * sizeof(model[0]));
        return;
    }
    CHECK_EQ(e, ERR_OK);
    memcpy(moved, &model[first], count * sizeof(moved[0]));
    for (unsigned i = count; i < count + more; i++) {
        moved[i] = moved[count - 1];
        moved[i].own = false;
        moved[i].index = moved[count - 1].index + i - count + 1;
    }
    memset(&model[first], 0, count * sizeof(moved[0]));
    memcpy(&model[target], moved, (count + more) * sizeof(moved[0]));
}

static void do_access(struct task *t)
{
    unsigned page = chance(PAGES);
    struct model *m = &model[page];
    bool write = chance(2);
    uint8_t value = (uint8_t)chance(256);
    int want = 0, got;

    if (!m->mapped)
        want = 1 + VM_SIGNAL_NOTHING_THERE;
    else if (!(m->rights & (write ? VM_WRITE : VM_READ)))
        want = 1 + VM_SIGNAL_FORBIDDEN;
    else if (past_end(m))
        want = 1 + VM_SIGNAL_PAST_END;
    got = world_access(t, address(page) + SPOT, write ? VM_WRITE : VM_READ, &value);
    if (got == 1 + VM_SIGNAL_NO_MEMORY && short_of_memory)
        return;
    CHECK_EQ(got, want);
    if (got != 0)
        return;
    if (!write)
        CHECK_EQ(value, expected(m));
    m->own |= write;
    if (write)
        m->value = value;
}

static void do_copy(struct task *t)
{
    unsigned first, count;
    static uint8_t bytes[70 * PAGE_SIZE];
    size_t done, ready = 0;

    run_of(&first, &count);
    if (chance(2))
        vm_present(t, address(first), count * PAGE_SIZE, chance(2), &ready);
    CHECK(ready <= count * PAGE_SIZE);
    while (vm_copy_in(t, bytes, address(first), count * PAGE_SIZE, &done) == ERR_PENDING)
        world_told(t);
    for (unsigned i = 0; i < done / PAGE_SIZE; i++) {
        CHECK(model[first + i].rights & VM_READ);
        CHECK_EQ(bytes[i * PAGE_SIZE + SPOT], expected(&model[first + i]));
    }
    if (done < count * PAGE_SIZE && !short_of_memory) {
        const struct model *m = &model[first + done / PAGE_SIZE];

        CHECK(!m->mapped || !(m->rights & VM_READ) || past_end(m));
    }
}

/* What others do to its pages, and the policy. */
static void do_evict(struct task *t)
{
    static const uint32_t late[] = {0, 0, 2, 3};
    const struct page *p;

    t->vm->store_full = t->vm->store_late = false;
    world.store_late = late[chance(4)];
    world.store_pages = chance(6) == 0 ? 0 : 100000;
    world.save_broken = chance(6) == 0;
    t->vm->sparing = t->vm->desk != NULL && t->vm->save.count == 0 && chance(2) == 0;
    CHECK(evict_some(t, 1 + chance(RESIDENT_BATCH)) <= RESIDENT_BATCH);
    t->vm->sparing = false;
    if (chance(2))
        world_told(t);
    world.store_pages = 100000;
    p = page_find(&t->vm->pages, address(chance(PAGES)));
    if (p != NULL && p->state == PAGE_LENT)
        world_store_takes(p->handle);
    world.store_collects = chance(2) == 0;
    world_force(t, address(chance(PAGES)));
    world.store_greedy = chance(4) == 0 ? 3 : 0;
    if (chance(8) == 0)
        world_force_pool(t, chance(8));
    if (chance(4) == 0)
        world_force_spare(t, chance(8));
    if (chance(16) == 0)
        pool_return(&t->vm->pool);
    drop_end(&t->vm->dead);
}

static void step(struct task *t)
{
    switch (chance(24)) {
    case 0:
        do_map(t);
        break;
    case 1:
        do_unmap(t);
        break;
    case 2:
        do_protect(t);
        break;
    case 3:
        do_dont_need(t);
        break;
    case 4:
        do_lock(t);
        break;
    case 5:
        do_remap(t);
        break;
    case 6:
        do_copy(t);
        break;
    case 7:
        world_take(chance(WORLD_PAGES));
        break;
    case 8:
        if (t->vm->store != CAP_NULL)
            do_evict(t);
        break;
    default:
        do_access(t);
    }
}

static void history(const struct vm_config *c, uint32_t first_seed, uint32_t frames, uint32_t steal)
{
    struct task *t = world_begin(c);

    seed = first_seed;
    short_of_memory = frames != 0;
    memset(model, 0, sizeof(model));
    world.disk_slow = seed % 2;
    world.steal = steal;
    if (frames != 0)
        world.frames_max = frames;
    world.store_disk = stored && seed % 3 != 0;
    world.store_slow = stored && seed % 5 > 1;
    if (stored && seed % 2)
        world_desk(t);
    world.store_shares = stored ? seed % 7 : 0;
    world.scatter = seed % 11 > 5;
    for (unsigned i = 0; i < 6000; i++) {
        step(t);
        if (i % (stored ? 50 : 500) == 0)
            world_audit(t);
    }
    world_audit(t);
    world_end(t);
}

TEST(history, is_what_the_program_expects)
{
    for (uint32_t s = 1; s <= 12; s++) {
        struct vm_config c = world_config();

        history(&c, s, 0, 0);
    }
}

TEST(history, is_the_same_under_each_policy_and_limit)
{
    static const char *const policy[] = {"fifo", "clock", "lru"};

    for (uint32_t s = 1; s <= 12; s++) {
        struct vm_config c = world_config();

        c.policy = policy[s % 3];
        c.resident_pages = 4u << s % 5;
        history(&c, s * 1000, 0, s % 4 == 1 ? 5 : s % 4); /* taking each one never ends */
    }
}

TEST(history, is_the_same_in_exact_mode)
{
    static const char *const policy[] = {"fifo", "clock", "lru"};

    for (uint32_t s = 1; s <= 12; s++) {
        struct vm_config c = world_config();

        c.policy = policy[s % 3];
        c.resident_pages = s % 4 == 0 ? 0 : 4u << s % 5;
        c.exact = true;
        history(&c, s * 1001, 0, 0);
    }
}

TEST(history, loses_nothing_when_memory_runs_out)
{
    for (uint32_t s = 1; s <= 12; s++) {
        struct vm_config c = world_config();

        c.resident_pages = s % 2 ? 16 : 0;
        history(&c, s * 777, 30 + 10 * s, s % 3 == 1 ? 4 : s % 3);
    }
}

TEST(history, is_the_same_with_pages_at_the_store)
{
    static const char *const policy[] = {"fifo", "clock", "lru"};

    for (uint32_t s = 1; s <= 16; s++) {
        struct vm_config c = world_config();

        c.store = WORLD_STORE;
        c.policy = policy[s % 3];
        c.resident_pages = s % 2 ? 0 : 4u << s % 5;
        c.exact = s % 8 == 0;
        stored = true;
        history(&c, s * 313, 0, s % 4 == 1 ? 5 : 0);
    }
    stored = false;
}

TEST(history, is_the_same_in_little_memory_with_a_store)
{
    static const char *const policy[] = {"fifo", "clock", "lru"};

    for (uint32_t s = 1; s <= 12; s++) {
        struct vm_config c = world_config();

        c.store = WORLD_STORE;
        c.policy = policy[s % 3];
        stored = true;
        history(&c, s * 911, 60 + 5 * s, 0);
    }
    stored = false;
}
