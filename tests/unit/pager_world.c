/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pager_world.c - the world around a supervisor; see pager_world.h.
 *
 * Slots stand in tables as in the kernel, root table first. A page frame of the bank is the
 * origin of what is derived from it; an object's page has its origin with the file server.
 */
#include "pager_world.h"

#include "file.h"
#include "frame.h"
#include "object.h"
#include "rt.h"
#include "start.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define TABLES     256u
#define ENTRIES    (WORLD_TOP / PAGE_SIZE)
#define LEAF_BYTES (2u << 20)
#define LEAVES     (WORLD_TOP / LEAF_BYTES)
#define OBJECTS    4u

struct contents {
    uint8_t byte[PAGE_SIZE];
};

struct slot {
    unsigned type, rights;
    struct contents *frame;
    struct slot *parent;
    unsigned children;
    uintptr_t va;
    bool mapped, owner; /* owner: its end frees the frame */
};

static struct {
    struct slot *slot;
    uint32_t count;
} table[TABLES];
static uint32_t tables;
static struct slot *entry[ENTRIES];
static uint8_t entry_rights[ENTRIES], entry_accessed[ENTRIES];
static bool leaf[LEAVES], middle[2];
static struct slot cache[WORLD_PAGES];
static bool asked[WORLD_PAGES];
static uint64_t root_used[4];
static struct buffer buffer;
static struct supervisor_status status;
static struct task task;
static uint64_t clock_ns;
struct world world;

/* ---- slots and the tree ---- */

static struct slot *slot_of(cap_t cap)
{
    uint32_t t = CAP_TABLE(cap), i = CAP_SLOT(cap);

    CHECK(t < tables && i < table[t].count);
    return &table[t].slot[i];
}

static void unmap(struct slot *s)
{
    if (!s->mapped)
        return;
    entry[s->va / PAGE_SIZE] = NULL;
    s->mapped = false;
}

static void slot_empty(struct slot *s)
{
    unmap(s);
    for (uint32_t t = 0; s->children > 0 && t < tables; t++)
        for (uint32_t i = 0; i < table[t].count && s->children > 0; i++)
            if (table[t].slot[i].parent == s)
                slot_empty(&table[t].slot[i]);
    if (s->parent != NULL)
        s->parent->children--;
    if (s->type == OBJ_FRAME)
        world.slots--;
    if (s->owner) {
        free(s->frame);
        world.frames--;
    }
    memset(s, 0, sizeof(*s));
}

static void slot_derive(struct slot *from, struct slot *to, unsigned rights)
{
    *to = (struct slot){
        .type = OBJ_FRAME, .rights = from->rights & rights, .frame = from->frame, .parent = from};
    from->children++;
    world.slots++;
}

enum err cap_derive(cap_t from, cap_t to, uint32_t rights, word_t badge)
{
    (void)badge;
    if (slot_of(to)->type != OBJ_NULL)
        return ERR_NOT_EMPTY;
    slot_derive(slot_of(from), slot_of(to), rights);
    return ERR_OK;
}

enum err cap_delete(cap_t first, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        CHECK(!slot_of(first + i)->owner); /* frames go back to the frame server */
        if (slot_of(first + i)->type != OBJ_NULL)
            slot_empty(slot_of(first + i));
    }
    return ERR_OK;
}

enum err cap_inspect(cap_t cap, struct cap_facts *facts)
{
    *facts = (struct cap_facts){.type = slot_of(cap)->type};
    return ERR_OK;
}

/* ---- rt: root slots and objects ---- */

cap_t slots_alloc_root(unsigned count)
{
    CHECK_EQ(count, 1);
    for (unsigned i = 1; i < 256; i++)
        if (!(root_used[i / 64] >> i % 64 & 1)) {
            root_used[i / 64] |= (uint64_t)1 << i % 64;
            return i;
        }
    return CAP_NULL;
}

void slots_free(cap_t first, unsigned count)
{
    CHECK(first > 0 && first < 256 && count == 1);
    root_used[first / 64] &= ~((uint64_t)1 << first % 64);
}

static bool bank_charge(uint32_t pages)
{
    if (world.frames + world.objects + pages > world.frames_max)
        return false;
    world.objects += pages;
    return true;
}

cap_t object_make(unsigned type, unsigned log2_size)
{
    CHECK_EQ(type, OBJ_CAPTABLE);
    if (tables == TABLES || !bank_charge(1u << (log2_size - PAGE_BITS)))
        return CAP_NULL;
    table[tables].count = CAPTABLE_SLOTS(log2_size);
    table[tables].slot = calloc(table[tables].count, sizeof(struct slot));
    return tables++;
}

enum err memory_objects(cap_t slot, unsigned log2_size)
{
    CHECK_EQ(slot_of(slot)->type, OBJ_NULL);
    if (!bank_charge(1u << (log2_size - PAGE_BITS)))
        return ERR_NO_MEMORY;
    slot_of(slot)->type = OBJ_UNTYPED;
    return ERR_OK;
}

enum err untyped_retype(cap_t untyped, unsigned type, unsigned log2_size, cap_t to, unsigned count,
                        unsigned *done)
{
    CHECK_EQ(slot_of(untyped)->type, OBJ_UNTYPED);
    CHECK_EQ(type, OBJ_PAGETABLE);
    CHECK_EQ(log2_size, 0);
    (void)done;
    for (unsigned i = 0; i < count; i++) {
        CHECK_EQ(slot_of(to + i)->type, OBJ_NULL);
        slot_of(to + i)->type = OBJ_PAGETABLE;
    }
    return ERR_OK;
}

/* ---- frames ---- */

enum err frame_copy(cap_t to, cap_t from)
{
    struct slot *d = slot_of(to), *s = slot_of(from);

    if (d->type == OBJ_NULL || s->type == OBJ_NULL)
        return ERR_NO_CAP;
    CHECK(d->rights & RIGHT_WRITE && s->rights & RIGHT_READ);
    *d->frame = *s->frame;
    return ERR_OK;
}

static enum err frame_bytes(cap_t cap, unsigned op, const word_t *word)
{
    struct slot *s = slot_of(cap);

    if (s->type == OBJ_NULL)
        return ERR_NO_CAP;
    CHECK(word[1] <= BUFFER_BYTES && word[0] + word[1] <= PAGE_SIZE);
    if (op == OP_FRAME_READ)
        memcpy(buffer.byte, s->frame->byte + word[0], word[1]);
    else
        memcpy(s->frame->byte + word[0], buffer.byte, word[1]);
    return ERR_OK;
}

/* ---- the space ---- */

static enum err map_table(struct slot *s, uintptr_t va)
{
    CHECK_EQ(s->type, OBJ_PAGETABLE);
    CHECK(!s->mapped);
    s->mapped = true;
    s->va = va;
    if (!middle[va >> 30])
        middle[va >> 30] = true;
    else if (!leaf[va / LEAF_BYTES])
        leaf[va / LEAF_BYTES] = true;
    else
        return ERR_MAPPED;
    return ERR_OK;
}

static enum err map_frame(struct slot *s, uintptr_t va, unsigned rights, word_t *level)
{
    if (s->type == OBJ_NULL)
        return ERR_NO_CAP;
    CHECK_EQ(s->type, OBJ_FRAME);
    if ((s->rights & rights) != rights)
        return ERR_NO_RIGHT;
    *level = middle[va >> 30] ? 0 : 1;
    if (!middle[va >> 30] || !leaf[va / LEAF_BYTES])
        return ERR_NO_TABLE;
    if (s->mapped ? s->va != va : entry[va / PAGE_SIZE] != NULL)
        return ERR_MAPPED;
    s->mapped = true;
    s->va = va;
    entry[va / PAGE_SIZE] = s;
    entry_rights[va / PAGE_SIZE] = (uint8_t)rights;
    entry_accessed[va / PAGE_SIZE] = 0;
    return ERR_OK;
}

static enum err map_item(const word_t *w, word_t *level)
{
    uintptr_t va = MAP_VA(w[1]);
    unsigned count = MAP_COUNT(w[1]), rights = MAP_RIGHTS(w[1]);

    CHECK_EQ(MAP_FLAGS(w[1]) & ~MAP_COPY, 0);
    if (slot_of((cap_t)w[0])->type == OBJ_PAGETABLE)
        return map_table(slot_of((cap_t)w[0]), va);
    CHECK(rights != 0);
    for (unsigned i = 0; i < count; i++, va += PAGE_SIZE) {
        struct slot *s = slot_of((cap_t)w[0] + i);
        enum err e;

        if (MAP_FLAGS(w[1]) & MAP_COPY) {
            CHECK(w[3] == MAP_SAME);
            s = slot_of((cap_t)w[2] + i);
            CHECK_EQ(s->type, OBJ_NULL);
            slot_derive(slot_of((cap_t)w[0]), s, RIGHT_ALL);
        }
        e = map_frame(s, va, rights, level);
        if (e != ERR_OK && MAP_FLAGS(w[1]) & MAP_COPY)
            slot_empty(s);
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

static enum err map_items(word_t *w)
{
    word_t level = 0;
    enum err e = ERR_OK;
    unsigned i = 0, done = 0, pages = 0;

    while (i + 1 < MESSAGE_WORDS && w[i] != 0 && e == ERR_OK) {
        e = map_item(&w[i], &level);
        pages += MAP_COUNT(w[i + 1]);
        i += MAP_FLAGS(w[i + 1]) & MAP_COPY ? 4 : 2;
        done += e == ERR_OK;
    }
    CHECK(pages <= REPLY_PAGES + 2);
    w[0] = done;
    w[1] = level;
    return e;
}

enum err sys_invoke(cap_t object, unsigned op, word_t *word)
{
    if (op == OP_SPACE_MAP) {
        CHECK_EQ(object, task.space);
        return map_items(word);
    }
    CHECK(op == OP_FRAME_READ || op == OP_FRAME_WRITE);
    return frame_bytes(object, op, word);
}

enum err space_map(cap_t space, cap_t first, uintptr_t va, unsigned count, unsigned rights,
                   unsigned flags, unsigned *level)
{
    (void)level;
    CHECK(space == task.space && count == 1 && rights == 0 && flags == 0);
    return map_table(slot_of(first), va);
}

static void range_check(cap_t space, uintptr_t va, unsigned pages)
{
    CHECK_EQ(space, task.space);
    CHECK(va % PAGE_SIZE == 0 && pages > 0 && va < WORLD_TOP);
    CHECK(pages <= (WORLD_TOP - va) / PAGE_SIZE);
}

enum err space_unmap(cap_t space, uintptr_t va, unsigned pages)
{
    range_check(space, va, pages);
    for (; pages > 0; pages--, va += PAGE_SIZE)
        if (entry[va / PAGE_SIZE] != NULL)
            unmap(entry[va / PAGE_SIZE]);
    return ERR_OK;
}

enum err space_protect(cap_t space, uintptr_t va, unsigned pages, unsigned rights)
{
    range_check(space, va, pages);
    CHECK(rights != 0);
    for (; pages > 0; pages--, va += PAGE_SIZE)
        if (entry[va / PAGE_SIZE] != NULL)
            entry_rights[va / PAGE_SIZE] = (uint8_t)(rights & entry[va / PAGE_SIZE]->rights);
    return ERR_OK;
}

enum err space_harvest(cap_t space, uintptr_t va, unsigned pages, unsigned flags, uint8_t *out)
{
    range_check(space, va, pages);
    for (unsigned i = 0; i < pages; i++) {
        size_t n = va / PAGE_SIZE + i;

        out[i] = 0;
        if (entry[n] == NULL)
            continue;
        out[i] =
            (uint8_t)(HARVEST_PRESENT | entry_rights[n] << 1 | (entry_accessed[n] ? HARVEST_A : 0));
        if (flags & HARVEST_A)
            entry_accessed[n] = 0;
    }
    return ERR_OK;
}

/* Copies as the user could; our own side is always there. */
enum err space_copy(cap_t to, uintptr_t to_va, cap_t from, uintptr_t from_va, size_t bytes,
                    size_t *done)
{
    bool out = to == task.space;
    unsigned need = out ? RIGHT_WRITE : RIGHT_READ;
    uintptr_t va = out ? to_va : from_va;
    uint8_t *own = (uint8_t *)(out ? from_va : to_va);

    CHECK(out ? from == SLOT_SPACE : to == SLOT_SPACE && from == task.space);
    for (*done = 0; *done < bytes; ++*done) {
        uintptr_t at = va + *done;

        if (at >= WORLD_TOP || !(world_entry(at) & need))
            return ERR_FAULT;
        entry_accessed[at / PAGE_SIZE] = 1;
        if (out)
            entry[at / PAGE_SIZE]->frame->byte[at % PAGE_SIZE] = own[*done];
        else
            own[*done] = entry[at / PAGE_SIZE]->frame->byte[at % PAGE_SIZE];
    }
    return ERR_OK;
}

/* ---- servers ---- */

static enum err frame_server_alloc(const struct frame_alloc_req *q, struct frame_alloc_reply *r,
                                   const struct passing *p)
{
    CHECK(q->order == 0 && q->count >= 1 && q->count <= 64 && q->first == p->recv);
    CHECK_EQ(p->recv_count, q->count);
    CHECK_EQ(q->class, FRAME_PAGE | FRAME_CLEARED);
    world.allocs++;
    for (r->got = 0; r->got < q->count; r->got++) {
        struct slot *s = slot_of(q->first + r->got);

        CHECK_EQ(s->type, OBJ_NULL);
        if (world.frames + world.objects == world.frames_max)
            break;
        *s = (struct slot){.type = OBJ_FRAME, .rights = RIGHT_ALL & ~RIGHT_NOTRACK, .owner = true};
        s->frame = calloc(1, sizeof(*s->frame));
        world.frames++;
        world.slots++;
    }
    return r->got == 0 ? ERR_LIMIT : ERR_OK;
}

static enum err frame_server_give(const struct frame_give_req *q, struct frame_give_reply *r)
{
    CHECK(q->count >= 1 && q->count <= 64);
    world.gives++;
    for (r->taken = 0; r->taken < q->count; r->taken++) {
        CHECK(slot_of(q->first + r->taken)->owner);
        slot_empty(slot_of(q->first + r->taken));
    }
    return ERR_OK;
}

uint8_t world_byte(uint32_t index, uint32_t offset)
{
    if (index >= WORLD_PAGES || (index == WORLD_PAGES - 1 && offset >= WORLD_LAST))
        return 0;
    return (uint8_t)(index * 7 + offset * 31 + 1);
}

static void cache_fill(uint32_t index)
{
    struct slot *s = &cache[index];

    if (s->frame != NULL)
        return;
    s->type = OBJ_FRAME;
    s->rights = RIGHT_READ | RIGHT_EXECUTE;
    s->frame = malloc(sizeof(*s->frame));
    for (uint32_t i = 0; i < PAGE_SIZE; i++)
        s->frame->byte[i] = world_byte(index, i);
}

void world_take(uint32_t index)
{
    struct slot *s = &cache[index];

    if (s->frame == NULL)
        return;
    for (uint32_t t = 0; t < tables; t++)
        for (uint32_t i = 0; i < table[t].count; i++)
            if (table[t].slot[i].parent == s)
                slot_empty(&table[t].slot[i]);
    free(s->frame);
    *s = (struct slot){0};
}

static enum err file_server_get(const struct object_get_req *q, struct object_get_reply *r,
                                struct passing *p)
{
    CHECK(q->count >= 1 && q->count <= 64 && p->recv_count == q->count && q->write == 0);
    world.gets++;
    if (q->handle != WORLD_FILE)
        return ERR_BAD_HANDLE;
    if (q->index >= WORLD_PAGES)
        return ERR_END;
    if (world.disk_broken)
        return ERR_IO;
    if (world.disk_slow && !asked[q->index]) {
        asked[q->index] = true;
        return ERR_PENDING;
    }
    for (r->got = 0; r->got < q->count && q->index + r->got < WORLD_PAGES; r->got++) {
        struct slot *s = slot_of(p->recv + r->got);

        CHECK_EQ(s->type, OBJ_NULL);
        cache_fill(q->index + r->got);
        slot_derive(&cache[q->index + r->got], s, RIGHT_ALL);
    }
    p->received = (uint8_t)r->got;
    world.got += r->got;
    if (world.steal != 0 && world.gets % world.steal == 0)
        world_take(q->index + world.gets / world.steal % r->got);
    return ERR_OK;
}

enum err protocol_call(cap_t server, uint32_t op, const void *req, size_t req_bytes, void *reply,
                       size_t reply_bytes, struct passing *p)
{
    (void)req_bytes, (void)server;
    memset(reply, 0, reply_bytes);
    if (op == PROTOCOL_OP(PROTOCOL_frame, frame_OP_alloc))
        return frame_server_alloc(req, reply, p);
    if (op == PROTOCOL_OP(PROTOCOL_frame, frame_OP_give))
        return frame_server_give(req, reply);
    if (op == PROTOCOL_OP(PROTOCOL_object, object_OP_get))
        return file_server_get(req, reply, p);
    CHECK_EQ(op, PROTOCOL_OP(PROTOCOL_file, file_OP_close));
    world.closed++;
    return ERR_OK;
}

/* ---- the rest of the run-time ---- */

struct buffer *sys_buffer(void)
{
    return &buffer;
}

uint64_t now_ns(void)
{
    return clock_ns += 20000;
}

uint64_t instructions(void)
{
    return clock_ns;
}

void log_line(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(world.line, sizeof(world.line), format, args);
    va_end(args);
    if (world.logged != NULL)
        world.logged(world.line);
}

const char *err_text(enum err e)
{
    (void)e;
    return "";
}

struct answer sys_wait(cap_t notification, uint32_t info)
{
    (void)notification, (void)info;
    return (struct answer){.badge = task.file_bits};
}

/* ---- the task ---- */

unsigned world_entry(uintptr_t at)
{
    return entry[at / PAGE_SIZE] == NULL ? 0 : entry_rights[at / PAGE_SIZE];
}

unsigned world_mapped(void)
{
    unsigned n = 0;

    for (size_t i = 0; i < ENTRIES; i++)
        n += entry[i] != NULL;
    return n;
}

void world_clear_accessed(void)
{
    memset(entry_accessed, 0, sizeof(entry_accessed));
}

bool world_accessed(uintptr_t at)
{
    return entry[at / PAGE_SIZE] != NULL && entry_accessed[at / PAGE_SIZE];
}

static word_t cause_of(uintptr_t at, unsigned access)
{
    unsigned level = middle[at >> 30] ? 0 : 1;
    unsigned cause = world_entry(at) ? FAULT_PERMISSION : FAULT_NOT_PRESENT;

    if (!middle[at >> 30] || !leaf[at / LEAF_BYTES])
        cause = FAULT_NO_TABLE;
    return cause | access << 8 | level << 16;
}

/* One fault, until it is answered. 0, or 1 + the signal. */
static int fault(struct task *t, uintptr_t at, unsigned access)
{
    struct event e = {.kind = KIND_FAULT};
    struct vm_signal s;
    bool signalled;

    e.word[FAULT_CAUSE] = cause_of(at, access);
    e.word[FAULT_ADDRESS] = at;
    e.word[FAULT_IP] = 0x10000;
    for (unsigned tries = 0; vm_fault(t, &e, &s, &signalled) == EVENT_PARK; tries++)
        CHECK(tries < 4);
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
    entry_accessed[at / PAGE_SIZE] = 1;
    if (access & RIGHT_WRITE)
        entry[at / PAGE_SIZE]->frame->byte[at % PAGE_SIZE] = *byte;
    else
        *byte = entry[at / PAGE_SIZE]->frame->byte[at % PAGE_SIZE];
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

/* ---- life ---- */

struct vm_config world_config(void)
{
    return (struct vm_config){.top = WORLD_TOP, .memory = SLOT_MEMORY, .policy = "lru"};
}

struct task *world_begin(const struct vm_config *c)
{
    memset(&world, 0, sizeof(world));
    memset(&status, 0, sizeof(status));
    memset(leaf, 0, sizeof(leaf));
    memset(middle, 0, sizeof(middle));
    memset(asked, 0, sizeof(asked));
    memset(root_used, 0, sizeof(root_used));
    memset(entry, 0, sizeof(entry)); /* a test that failed left them */
    memset(cache, 0, sizeof(cache));
    world.frames_max = 100000;
    table[0].count = 256;
    table[0].slot = calloc(256, sizeof(struct slot));
    tables = 1;
    root_used[0] = 0xffff; /* the well-known ones */
    task = (struct task){.space = 20,
                         .thread = 21,
                         .file = 22,
                         .process = 23,
                         .file_bits = 1,
                         .process_bits = 2,
                         .status = &status};
    CHECK(vm_init(&task, c));
    task.vm->map_low = 0x20000000;
    return &task;
}

void world_end(struct task *t)
{
    struct vm *vm = t->vm;

    pages_drop(t, 0, vm->top);
    CHECK_EQ(vm->pages.count, 0);
    CHECK_EQ(status.resident, 0);
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
    for (uint32_t i = 0; i < WORLD_PAGES; i++)
        world_take(i);
    for (uint32_t i = 0; i < tables; i++)
        free(table[i].slot);
    for (size_t i = 0; i < ENTRIES; i++)
        CHECK(entry[i] == NULL);
}

/* What a record claims about its slot. */
static void audit_record(struct task *t, uintptr_t at, const struct page *p)
{
    const struct slot *s = p->state == PAGE_LOST ? NULL : slot_of(p->slot);

    CHECK(region_at(&t->vm->regions, at) != NULL);
    if (p->state == PAGE_PRIVATE)
        CHECK(s->owner);
    if (p->state == PAGE_ZERO)
        CHECK(s->parent == slot_of(t->vm->zero) && !(s->rights & RIGHT_WRITE));
    if (p->state == PAGE_OBJECT)
        CHECK(s->type == OBJ_NULL ||
              (s->parent >= cache && s->parent < cache + WORLD_PAGES && !s->owner));
    if (p->resident != PAGE_NOT_RESIDENT) {
        CHECK(p->state == PAGE_OBJECT || p->state == PAGE_LOST);
        CHECK(t->vm->ruled && t->vm->resident.page[p->resident].loaded);
        CHECK_EQ(t->vm->resident.page[p->resident].where, at);
    }
}

void world_audit(struct task *t)
{
    struct vm *vm = t->vm;
    uint32_t records = 0, counted = 0, residents = 0, used = 0;

    for (uintptr_t at = page_next(&vm->pages, 0, vm->top); at < vm->top;
         at = page_next(&vm->pages, at + PAGE_SIZE, vm->top)) {
        const struct page *p = page_find(&vm->pages, at);

        audit_record(t, at, p);
        records += p->state != PAGE_LOST;
        counted += p->state == PAGE_PRIVATE || p->state == PAGE_OBJECT;
        residents += p->resident != PAGE_NOT_RESIDENT;
    }
    CHECK_EQ(status.resident, counted);
    if (vm->ruled) {
        CHECK_EQ(vm->resident.count, residents + vm->ghosts);
        CHECK(vm->resident.count <= vm->resident.env.nframes);
    }
    for (uint32_t i = 0; i < vm->slots.tables; i++)
        used += vm->slots.table[i].used;
    CHECK_EQ(used, records + vm->pool.left + vm->tables.made + vm->slots.ones +
                       (vm->zero != CAP_NULL ? 2 : 0));
    for (size_t i = 0; i < ENTRIES; i++) {
        const struct region *r;
        const struct page *p;

        if (entry[i] == NULL)
            continue;
        r = region_at(&vm->regions, i * PAGE_SIZE);
        p = page_find(&vm->pages, i * PAGE_SIZE);
        CHECK(r != NULL && p != NULL && p->state != PAGE_NONE && p->state != PAGE_LOST);
        CHECK(slot_of(p->slot) == entry[i]);
        CHECK_EQ(entry_rights[i] & ~r->rights, 0);
    }
}
