/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pager_world.c - a task and its supervisor in their world; see pager_world.h.
 */
#include "pager_kernel.h"
#include "start.h"

#include <stdlib.h>

struct world world;

/* ---- the task ---- */

unsigned world_entry(uintptr_t at)
{
    return world_slot[at / PAGE_SIZE] == NULL ? 0 : world_rights[at / PAGE_SIZE];
}

unsigned world_mapped(void)
{
    unsigned n = 0;

    for (size_t i = 0; i < ENTRIES; i++)
        n += world_slot[i] != NULL;
    return n;
}

void world_clear_accessed(void)
{
    memset(world_touched, 0, sizeof(world_touched));
}

bool world_accessed(uintptr_t at)
{
    return world_slot[at / PAGE_SIZE] != NULL && world_touched[at / PAGE_SIZE];
}

/* One fault, until it is answered. 0, or 1 + the signal. */
static int fault(struct task *t, uintptr_t at, unsigned access)
{
    struct event e = {.kind = KIND_FAULT};
    struct vm_signal s;
    bool signalled;

    e.word[FAULT_CAUSE] = fault_cause(at, access);
    e.word[FAULT_ADDRESS] = at;
    e.word[FAULT_IP] = 0x10000;
    for (unsigned tries = 0; vm_fault(t, &e, &s, &signalled) == EVENT_PARK; tries++) {
        CHECK(tries < 8);
        world_told(t);
    }
    if (signalled) {
        CHECK_EQ(s.address, at);
        return 1 + (int)s.kind;
    }
    CHECK_EQ(e.info, INFO_MAPS);
    world.replies++;
    if (map_items(e.word) != ERR_OK)
        vm_refused(t, ERR_NO_CAP);
    return 0;
}

int world_access(struct task *t, uintptr_t at, unsigned access, uint8_t *byte)
{
    for (unsigned tries = 0; !(world_entry(at) & access); tries++) {
        int signal = fault(t, at, access);

        CHECK(tries < 200);
        if (signal != 0)
            return signal;
    }
    world_touched[at / PAGE_SIZE] = 1;
    if (access & RIGHT_WRITE)
        world_slot[at / PAGE_SIZE]->frame->byte[at % PAGE_SIZE] = *byte;
    else
        *byte = world_slot[at / PAGE_SIZE]->frame->byte[at % PAGE_SIZE];
    return 0;
}

int world_read(struct task *t, uintptr_t at)
{
    uint8_t byte;
    int signal = world_access(t, at, RIGHT_READ, &byte);

    return signal != 0 ? -signal : byte;
}

int world_write(struct task *t, uintptr_t at, uint8_t value)
{
    return world_access(t, at, RIGHT_WRITE, &value);
}

int world_execute(struct task *t, uintptr_t at)
{
    uint8_t byte;

    return world_access(t, at, RIGHT_EXECUTE, &byte);
}

uintptr_t world_anon(struct task *t, unsigned pages)
{
    struct vm_mapping m = {.bytes = pages * P, .rights = RW};
    uintptr_t at;

    CHECK_EQ(vm_map(t, &m, &at), ERR_OK);
    return at;
}

uintptr_t world_file(struct task *t, unsigned page, unsigned pages, unsigned rights, unsigned flags)
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

/* ---- life ---- */

struct vm_config world_config(void)
{
    return (struct vm_config){.top = WORLD_TOP, .memory = SLOT_MEMORY, .policy = "lru"};
}

struct task *world_begin_stored(uint32_t resident_pages, const char *policy)
{
    struct vm_config c = world_config();

    c.store = WORLD_STORE;
    c.resident_pages = resident_pages;
    c.policy = policy;
    return world_begin(&c);
}

struct task *world_begin(const struct vm_config *c)
{
    memset(&world, 0, sizeof(world));
    kernel_begin();
    servers_begin();
    world.frames_max = 100000;
    world.store_pages = 100000;
    world.task = (struct task){.space = 20,
                               .thread = 21,
                               .file = 22,
                               .process = 23,
                               .file_bits = 1,
                               .process_bits = 2,
                               .status = &world.status};
    CHECK(vm_init(&world.task, c));
    world.task.vm->map_low = 0x20000000;
    return &world.task;
}

void world_end(struct task *t)
{
    struct vm *vm = t->vm;

    pages_drop(t, 0, vm->top);
    world_told(t);
    spares_return(vm);
    drop_end(&vm->dead);
    CHECK_EQ(vm->pages.count, 0);
    CHECK_EQ(t->status->resident, 0);
    regions_fini(&vm->regions);
    pages_fini(&vm->pages);
    if (vm->zero != CAP_NULL)
        slot_empty(slot_of(vm->zero)->parent);
    if (vm->pool.left > 0)
        CHECK(pool_return(&vm->pool) > 0);
    CHECK_EQ(world.frames, 0);
    CHECK_EQ(world.slots, 0);
    if (vm->ruled) {
        CHECK_EQ(vm->resident.count, vm->ghosts);
        resident_fini(&vm->resident);
    }
    for (uint32_t i = 0; i < vm->slots.tables; i++)
        free(vm->slots.table[i].map);
    free(vm);
    servers_end();
    kernel_end();
}

/* What a record claims about its slot. */
static void audit_record(struct task *t, uintptr_t at, const struct page *p)
{
    const struct slot *s = p->slot == CAP_NULL ? NULL : slot_of(p->slot);

    CHECK(region_at(&t->vm->regions, at) != NULL);
    CHECK_EQ(s == NULL, p->state == PAGE_LOST || p->state == PAGE_OUT);
    if (p->state != PAGE_LOST)
        CHECK_EQ(p->handle != 0,
                 state_in(p->state, 1u << PAGE_KEPT | 1u << PAGE_LENT | 1u << PAGE_OUT));
    if (state_in(p->state, PAGES_OWN))
        CHECK(s->owner || (s->type == OBJ_NULL && t->vm->store != CAP_NULL));
    if (p->state == PAGE_LENT)
        CHECK(s->type == OBJ_NULL || (store_owns(s->parent) && !s->owner));
    if (p->state == PAGE_ZERO)
        CHECK(s->parent == slot_of(t->vm->zero) && !(s->rights & RIGHT_WRITE));
    if (p->state == PAGE_OBJECT)
        CHECK(!(s->rights & RIGHT_WRITE));
    if (state_in(p->state, PAGES_OBJECT))
        CHECK(s->type == OBJ_NULL || (servers_own(s->parent) && !s->owner));
    if (p->resident != PAGE_NOT_RESIDENT) {
        CHECK(page_ruled(t->vm, p->state) || p->state == PAGE_LOST);
        CHECK(t->vm->ruled && resident_page(&t->vm->resident, p->resident)->loaded);
        CHECK_EQ(set_address(&t->vm->resident, p->resident), at);
    }
}

void world_audit(struct task *t)
{
    struct vm *vm = t->vm;
    uint32_t records = 0, counted = 0, residents = 0, used = 0, away = vm->spares + vm->save.count;

    for (uintptr_t at = page_next(&vm->pages, 0, vm->top); at < vm->top;
         at = page_next(&vm->pages, at + PAGE_SIZE, vm->top)) {
        const struct page *p = page_find(&vm->pages, at);

        audit_record(t, at, p);
        records += p->slot != CAP_NULL;
        counted += state_counts(p->state);
        residents += p->resident != PAGE_NOT_RESIDENT;
    }
    CHECK_EQ(world.status.resident, counted);
    if (vm->ruled) {
        CHECK_EQ(vm->resident.count, residents + vm->ghosts);
        CHECK(vm->resident.count <= vm->resident.env.nframes);
    }
    for (uint32_t i = 0; i < vm->slots.tables; i++)
        used += vm->slots.table[i].used;
    for (unsigned i = 0; i < FILLS; i++)
        away += vm->fill[i].count;
    CHECK_EQ(used, records + away + vm->pool.left + vm->tables.made + vm->slots.ones +
                       (vm->zero != CAP_NULL ? 2 : 0));
    for (size_t i = 0; i < ENTRIES; i++) {
        const struct region *r;
        const struct page *p;

        if (world_slot[i] == NULL)
            continue;
        r = region_at(&vm->regions, i * PAGE_SIZE);
        p = page_find(&vm->pages, i * PAGE_SIZE);
        CHECK(r != NULL && p != NULL && p->slot != CAP_NULL);
        CHECK(slot_of(p->slot) == world_slot[i]);
        CHECK_EQ(world_rights[i] & ~r->rights, 0);
    }
}
