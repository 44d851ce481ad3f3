/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pager_kernel.c - the kernel around a supervisor under test; see pager_kernel.h.
 *
 * Slots stand in tables as in the kernel, root table first. A page frame of the bank is the
 * origin of what is derived from it; an object's page has its origin with the file server.
 */
#include "pager_kernel.h"

#include "rt.h"
#include "start.h"

#include <stdlib.h>

#define TABLES 256u
#define LEAVES (WORLD_TOP / LEAF_BYTES)

static struct {
    struct slot *slot;
    uint32_t count;
} table[TABLES];
static uint32_t tables;
static bool leaf[LEAVES], middle[2];
static uint64_t root_used[4];

struct slot *world_slot[ENTRIES];
uint8_t world_rights[ENTRIES], world_touched[ENTRIES];

/* ---- slots and the tree ---- */

struct slot *slot_of(cap_t cap)
{
    uint32_t t = CAP_TABLE(cap), i = CAP_SLOT(cap);

    CHECK(t < tables && i < table[t].count);
    return &table[t].slot[i];
}

static void unmap(struct slot *s)
{
    if (!s->mapped)
        return;
    world_slot[s->va / PAGE_SIZE] = NULL;
    s->mapped = false;
}

void slot_empty(struct slot *s)
{
    unmap(s);
    slot_revoke(s);
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

void slot_revoke(struct slot *s)
{
    for (uint32_t t = 0; s->children > 0 && t < tables; t++)
        for (uint32_t i = 0; i < table[t].count && s->children > 0; i++)
            if (table[t].slot[i].parent == s)
                slot_empty(&table[t].slot[i]);
}

void slot_derive(struct slot *from, struct slot *to, unsigned rights)
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
        memcpy(sys_buffer()->byte, s->frame->byte + word[0], word[1]);
    else
        memcpy(s->frame->byte + word[0], sys_buffer()->byte, word[1]);
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
    if (s->mapped ? s->va != va : world_slot[va / PAGE_SIZE] != NULL)
        return ERR_MAPPED;
    s->mapped = true;
    s->va = va;
    world_slot[va / PAGE_SIZE] = s;
    world_rights[va / PAGE_SIZE] = (uint8_t)rights;
    world_touched[va / PAGE_SIZE] = 0;
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

enum err map_items(word_t *w)
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
        CHECK_EQ(object, world.task.space);
        return map_items(word);
    }
    CHECK(op == OP_FRAME_READ || op == OP_FRAME_WRITE);
    return frame_bytes(object, op, word);
}

enum err space_map(cap_t space, cap_t first, uintptr_t va, unsigned count, unsigned rights,
                   unsigned flags, unsigned *level)
{
    (void)level;
    CHECK(space == world.task.space && count == 1 && rights == 0 && flags == 0);
    return map_table(slot_of(first), va);
}

static void range_check(cap_t space, uintptr_t va, unsigned pages)
{
    CHECK_EQ(space, world.task.space);
    CHECK(va % PAGE_SIZE == 0 && pages > 0 && va < WORLD_TOP);
    CHECK(pages <= (WORLD_TOP - va) / PAGE_SIZE);
}

enum err space_unmap(cap_t space, uintptr_t va, unsigned pages)
{
    range_check(space, va, pages);
    for (; pages > 0; pages--, va += PAGE_SIZE)
        if (world_slot[va / PAGE_SIZE] != NULL)
            unmap(world_slot[va / PAGE_SIZE]);
    return ERR_OK;
}

enum err space_protect(cap_t space, uintptr_t va, unsigned pages, unsigned rights)
{
    range_check(space, va, pages);
    CHECK(rights != 0);
    for (; pages > 0; pages--, va += PAGE_SIZE)
        if (world_slot[va / PAGE_SIZE] != NULL)
            world_rights[va / PAGE_SIZE] = (uint8_t)(rights & world_slot[va / PAGE_SIZE]->rights);
    return ERR_OK;
}

enum err space_harvest(cap_t space, uintptr_t va, unsigned pages, unsigned flags, uint8_t *out)
{
    range_check(space, va, pages);
    for (unsigned i = 0; i < pages; i++) {
        size_t n = va / PAGE_SIZE + i;

        out[i] = 0;
        if (world_slot[n] == NULL)
            continue;
        out[i] =
            (uint8_t)(HARVEST_PRESENT | world_rights[n] << 1 | (world_touched[n] ? HARVEST_A : 0));
        if (flags & HARVEST_A)
            world_touched[n] = 0;
    }
    return ERR_OK;
}

/* Copies as the user could; our own side is always there. */
enum err space_copy(cap_t to, uintptr_t to_va, cap_t from, uintptr_t from_va, size_t bytes,
                    size_t *done)
{
    bool out = to == world.task.space;
    unsigned need = out ? RIGHT_WRITE : RIGHT_READ;
    uintptr_t va = out ? to_va : from_va;
    uint8_t *own = (uint8_t *)(out ? from_va : to_va);

    CHECK(out ? from == SLOT_SPACE : to == SLOT_SPACE && from == world.task.space);
    for (*done = 0; *done < bytes; ++*done) {
        uintptr_t at = va + *done;

        if (at >= WORLD_TOP || !(world_entry(at) & need))
            return ERR_FAULT;
        world_touched[at / PAGE_SIZE] = 1;
        if (out)
            world_slot[at / PAGE_SIZE]->frame->byte[at % PAGE_SIZE] = own[*done];
        else
            own[*done] = world_slot[at / PAGE_SIZE]->frame->byte[at % PAGE_SIZE];
    }
    return ERR_OK;
}

word_t fault_cause(uintptr_t at, unsigned access)
{
    unsigned level = middle[at >> 30] ? 0 : 1;
    unsigned cause = world_entry(at) ? FAULT_PERMISSION : FAULT_NOT_PRESENT;

    if (!middle[at >> 30] || !leaf[at / LEAF_BYTES])
        cause = FAULT_NO_TABLE;
    return cause | access << 8 | level << 16;
}

/* ---- life ---- */

void kernel_begin(void)
{
    memset(leaf, 0, sizeof(leaf));
    memset(middle, 0, sizeof(middle));
    memset(root_used, 0, sizeof(root_used));
    memset(world_slot, 0, sizeof(world_slot)); /* a test that failed left them */
    table[0].count = 256;
    table[0].slot = calloc(256, sizeof(struct slot));
    tables = 1;
    root_used[0] = 0xffff; /* the well-known ones */
}

void kernel_end(void)
{
    for (uint32_t i = 0; i < tables; i++)
        free(table[i].slot);
    for (size_t i = 0; i < ENTRIES; i++)
        CHECK(world_slot[i] == NULL);
}
