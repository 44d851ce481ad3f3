/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pager_store.c - the swap server below a supervisor under test, and the frame server's taking
 * by force: what was taken from a slot is found by the slot's name.
 */
#include "pager_kernel.h"
#include "swap.h"

#include <stdlib.h>

#define HANDLES 4096u
#define TAKEN   64u

/* A handle; `twins` others of the same contents are somebody else's. */
static struct stored {
    bool used, on_disk, asked;
    unsigned twins;
    struct contents *contents;
    struct slot origin; /* of what is lent */
} stored[HANDLES];

static struct {
    cap_t slot;
    bool collected; /* by the swap server: the frame server knows nothing of it */
    struct contents *contents;
} taken[TAKEN];
static unsigned taken_count;

/* Orders that are under way. */
static struct way {
    uint32_t number, count, dropped; /* dropped: a bit each */
    bool save;
    struct swap_order order[SWAP_ORDERS_MAX];
} ways[SWAP_UNDER_WAY];
static unsigned way_count;
static struct swap_desk desk;

/* ---- on the desk ---- */

static void ways_forget(uint32_t handle)
{
    for (unsigned k = 0; k < way_count; k++)
        for (unsigned i = 0; i < ways[k].count; i++)
            if (ways[k].order[i].handle == handle)
                ways[k].dropped |= 1u << i;
}

static bool under_way(uint32_t handle)
{
    for (unsigned k = 0; k < way_count; k++)
        for (unsigned i = 0; i < ways[k].count; i++)
            if (ways[k].order[i].handle == handle && !(ways[k].dropped >> i & 1))
                return true;
    return false;
}

static bool is_zero(const struct contents *c)
{
    for (unsigned i = 0; i < PAGE_SIZE; i++)
        if (c->byte[i] != 0)
            return false;
    return true;
}

/* The frame of a slot leaves it, wherever it is mapped; its contents are the caller's. */
static struct contents *frame_leaves(struct slot *s)
{
    struct contents *c = malloc(sizeof(*c));

    CHECK(s->owner);
    *c = *s->frame;
    slot_empty(s);
    return c;
}

bool world_locked(struct task *t, uintptr_t at)
{
    const struct page *p = page_find(&t->vm->pages, at);

    return p != NULL && state_in(p->state, PAGES_OWN) && slot_of(p->slot)->locked;
}

static void taken_enter(cap_t slot, struct contents *c)
{
    CHECK(taken_count < TAKEN);
    taken[taken_count].slot = slot;
    taken[taken_count].collected = world.store_collects;
    taken[taken_count++].contents = c;
}

void world_force(struct task *t, uintptr_t at)
{
    const struct page *p = page_find(&t->vm->pages, at);
    struct contents *c;

    if (p == NULL || !state_in(p->state, PAGES_OWN) || slot_of(p->slot)->type == OBJ_NULL ||
        slot_of(p->slot)->locked)
        return;
    c = frame_leaves(slot_of(p->slot));
    if (is_zero(c))
        free(c);
    else
        taken_enter(p->slot, c);
}

static void force_slot(cap_t slot)
{
    if (slot_of(slot)->type != OBJ_NULL)
        taken_enter(slot, frame_leaves(slot_of(slot)));
}

void world_force_pool(struct task *t, unsigned which)
{
    if (which < t->vm->pool.left)
        force_slot(t->vm->pool.next + which);
}

void world_force_spare(struct task *t, unsigned which)
{
    if (which < t->vm->spares)
        force_slot(t->vm->spare[which]);
}

static unsigned taken_find(cap_t slot)
{
    unsigned i = 0;

    while (i < taken_count && taken[i].slot != slot)
        i++;
    return i;
}

/* What was taken from there; NULL: nothing. */
static struct contents *taken_from(cap_t slot)
{
    unsigned i = taken_find(slot);
    struct contents *c;

    if (i == taken_count)
        return NULL;
    CHECK_EQ(slot_of(slot)->type, OBJ_NULL); /* else it would be taken for what is there now */
    c = taken[i].contents;
    taken[i] = taken[--taken_count];
    return c;
}

static bool taken_end(cap_t slot)
{
    struct contents *c = taken_from(slot);

    free(c);
    return c != NULL;
}

bool store_forgets(cap_t slot)
{
    unsigned i = taken_find(slot);

    return i < taken_count && !taken[i].collected && taken_end(slot);
}

static enum err forget(const struct swap_forget_req *q, struct swap_forget_reply *r)
{
    CHECK(q->count >= 1 && q->count <= SWAP_FORGET_MAX);
    for (uint32_t i = 0; i < q->count; i++)
        r->forgotten += taken_end(q->first + i);
    return r->forgotten > 0 ? ERR_OK : ERR_BAD_HANDLE;
}

/* A run of handles, the first that fits; spread out if the test wants it. */
static uint32_t handles_find(unsigned want, unsigned *got)
{
    uint32_t from = 1 + (world.scatter ? world.puts * 7 % (HANDLES / 2) : 0);

    for (uint32_t h = from; h < HANDLES; h++) {
        for (*got = 0; *got < want && h + *got < HANDLES && !stored[h + *got].used;)
            ++*got;
        if (*got > 0)
            return h;
    }
    return 0;
}

static enum err put(const struct swap_put_req *q, struct swap_put_reply *r)
{
    unsigned room;
    bool forced;

    CHECK(q->count >= 1 && q->count <= SWAP_PUT_MAX);
    world.puts++;
    forced = slot_of(q->first)->type == OBJ_NULL;
    if (!forced && world.stored >= world.store_pages)
        return ERR_NO_SPACE;
    if (!forced && world.store_late != 0 && world.puts % world.store_late == 0)
        return ERR_PENDING;
    r->handle = handles_find(q->count, &room);
    CHECK(r->handle != 0);
    for (r->got = 0; r->got < room; r->got++) {
        struct stored *s = &stored[r->handle + r->got];
        struct slot *from = slot_of(q->first + r->got);
        struct contents *c;

        if (r->got > 0 && world.stored >= world.store_pages)
            break;
        c = taken_from(q->first + r->got);
        if (c == NULL && from->type == OBJ_NULL)
            break;
        if (c == NULL)
            c = frame_leaves(from);
        *s = (struct stored){.used = true, .on_disk = world.store_disk, .contents = c};
        s->twins = world.store_shares != 0 && ++world.shares % world.store_shares == 0;
        world.stored++;
    }
    return r->got == 0 ? ERR_BAD_HANDLE : ERR_OK;
}

static void stored_end(struct stored *s)
{
    slot_revoke(&s->origin);
    free(s->contents);
    *s = (struct stored){0};
    world.stored--;
}

/* How it comes, if it is asked for so. */
static unsigned given(const struct stored *s, uint32_t how)
{
    if (how == SWAP_READ || (how == SWAP_OWN && s->twins > 0))
        return SWAP_LENT;
    return how == SWAP_OWN && s->on_disk ? SWAP_KEPT : SWAP_GIVEN;
}

static void deliver(struct stored *s, struct slot *to, unsigned how)
{
    CHECK_EQ(to->type, OBJ_NULL);
    if (how == SWAP_LENT) {
        s->origin.type = OBJ_FRAME;
        s->origin.rights = RIGHT_READ | RIGHT_EXECUTE;
        s->origin.frame = s->contents;
        slot_derive(&s->origin, to, RIGHT_ALL);
        return;
    }
    *to = (struct slot){.type = OBJ_FRAME, .rights = RIGHT_ALL & ~RIGHT_NOTRACK, .owner = true};
    to->frame = malloc(sizeof(*to->frame));
    *to->frame = *s->contents;
    world.frames++;
    world.slots++;
    if (how == SWAP_GIVEN)
        stored_end(s);
}

/* What has just come is taken by force, before its capability has. */
static void comes_and_goes(cap_t first, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (world.store_greedy != 0 && ++world.given % world.store_greedy == 0)
            taken_enter(first + i, frame_leaves(slot_of(first + i)));
}

static enum err get(const struct swap_get_req *q, struct swap_get_reply *r, const struct passing *p)
{
    struct stored *first = &stored[q->handle];

    CHECK(q->count >= 1 && q->count <= SWAP_GET_MAX && q->slot == p->recv);
    CHECK_EQ(p->recv_count, q->count);
    CHECK(q->handle < HANDLES && first->used); /* a supervisor knows what it has */
    for (unsigned i = 0; i < 3 && q->ahead[i] != 0; i++)
        for (unsigned k = 0; k < SWAP_AHEAD_COUNT(q->ahead[i]); k++) {
            CHECK(stored[SWAP_AHEAD_FIRST(q->ahead[i]) + k].used);
            stored[SWAP_AHEAD_FIRST(q->ahead[i]) + k].asked = true;
        }
    if (under_way(q->handle))
        return ERR_PENDING;
    if (world.store_broken)
        return ERR_IO;
    if (world.store_slow && !first->asked) {
        for (unsigned i = 0; i < q->count; i++)
            stored[q->handle + i].asked = true;
        return ERR_PENDING;
    }
    r->given = given(first, q->how);
    if (r->given != SWAP_LENT && world.frames + world.objects >= world.frames_max)
        return ERR_NO_MEMORY;
    for (r->got = 0; r->got < q->count; r->got++) {
        struct stored *s = &stored[q->handle + r->got];

        CHECK(s->used);
        if (under_way(q->handle + r->got) || given(s, q->how) != r->given ||
            (r->given != SWAP_LENT && world.frames + world.objects >= world.frames_max))
            break;
        deliver(s, slot_of(q->slot + r->got), r->given);
    }
    if (r->given != SWAP_LENT)
        comes_and_goes(q->slot, r->got);
    return ERR_OK;
}

/* ---- on the desk, again ---- */

static enum err way_begin(const struct swap_fill_req *q, struct way **w)
{
    CHECK(q->count >= 1 && q->count <= SWAP_ORDERS_MAX);
    if (way_count == SWAP_UNDER_WAY)
        return ERR_LIMIT;
    *w = &ways[way_count];
    **w = (struct way){.number = q->number};
    return ERR_OK;
}

/* A frame of the task's own that it does not use. */
static struct slot *idle(cap_t cap)
{
    struct slot *s = slot_of(cap);

    CHECK((s->owner || s->type == OBJ_NULL) && !s->mapped);
    return s;
}

static enum err fill(const struct swap_fill_req *q)
{
    const struct stored *first = &stored[desk.order[0].handle];
    struct way *w;
    enum err e = way_begin(q, &w);

    world.fills++;
    if (e != ERR_OK)
        return e;
    CHECK(first->used);
    if (!first->on_disk || first->twins > 0 || world.store_broken ||
        under_way(desk.order[0].handle))
        return ERR_EXISTS;
    if (idle(desk.order[0].slot)->type == OBJ_NULL)
        return ERR_NOT_FOUND;
    w->count = q->count;
    memcpy(w->order, desk.order, q->count * sizeof(desk.order[0]));
    way_count++;
    return ERR_OK;
}

static enum err save(const struct swap_save_req *q, struct swap_save_reply *r)
{
    struct swap_fill_req f = {q->count, q->number};
    struct way *w;
    enum err e = way_begin(&f, &w);
    unsigned room;

    world.saves++;
    if (e != ERR_OK)
        return e;
    if (world.stored >= world.store_pages)
        return ERR_NO_SPACE;
    r->handle = handles_find(q->count, &room);
    for (; r->got < room && world.stored < world.store_pages; r->got++) {
        if (idle(desk.order[r->got].slot)->type == OBJ_NULL)
            break;
        w->order[r->got] = (struct swap_order){r->handle + r->got, desk.order[r->got].slot};
        stored[r->handle + r->got] = (struct stored){.used = true};
        stored[r->handle + r->got].contents = calloc(1, sizeof(struct contents));
        world.stored++;
    }
    if (r->got == 0)
        return ERR_NOT_FOUND;
    w->save = true;
    w->count = r->got;
    way_count++;
    return ERR_OK;
}

/* What becomes of one page; false: the frame has not got it, or is all that has. */
static bool way_done(const struct way *w, unsigned i)
{
    struct stored *s = &stored[w->order[i].handle];
    struct slot *at = idle(w->order[i].slot);

    if (w->dropped >> i & 1)
        return w->save;
    if (at->type == OBJ_NULL || !s->used || (w->save && world.save_broken))
        return false;
    if (!w->save && (!s->on_disk || s->twins > 0))
        return false;
    if (w->save) {
        *s->contents = *at->frame;
        s->on_disk = true;
        return true;
    }
    *at->frame = *s->contents;
    world.filled++;
    return true;
}

void world_told(struct task *t)
{
    while (way_count > 0) {
        struct way w = ways[0];
        struct swap_done *d = &desk.done[desk.told % SWAP_TOLD];

        way_count--;
        memmove(ways, ways + 1, way_count * sizeof(w));
        *d = (struct swap_done){.number = w.number};
        for (unsigned i = 0; i < w.count; i++)
            d->pages |= (uint32_t)way_done(&w, i) << i;
        desk.told++;
        store_ready(t);
    }
}

void world_desk(struct task *t)
{
    t->vm->desk = &desk;
}

static enum err drop(const struct swap_drop_req *q, struct swap_drop_reply *r)
{
    CHECK(q->count >= 1 && q->count <= SWAP_RUN_LIMIT);
    world.drops++;
    for (uint32_t h = q->handle; h < q->handle + q->count; h++) {
        CHECK(h < HANDLES && stored[h].used);
        ways_forget(h);
        stored_end(&stored[h]);
        r->dropped++;
    }
    return ERR_OK;
}

/* The server takes back what it lent. */
void world_store_takes(uint32_t handle)
{
    slot_revoke(&stored[handle % HANDLES].origin);
}

enum err store_call(uint32_t op, const void *req, void *reply, struct passing *p)
{
    CHECK(world.task.vm->store != CAP_NULL);
    if (op == PROTOCOL_OP(PROTOCOL_swap, swap_OP_put))
        return put(req, reply);
    if (op == PROTOCOL_OP(PROTOCOL_swap, swap_OP_get))
        return get(req, reply, p);
    if (op == PROTOCOL_OP(PROTOCOL_swap, swap_OP_forget))
        return forget(req, reply);
    if (op == PROTOCOL_OP(PROTOCOL_swap, swap_OP_fill))
        return fill(req);
    if (op == PROTOCOL_OP(PROTOCOL_swap, swap_OP_save))
        return save(req, reply);
    CHECK_EQ(op, PROTOCOL_OP(PROTOCOL_swap, swap_OP_drop));
    return drop(req, reply);
}

bool store_owns(const struct slot *s)
{
    const char *from = (const char *)stored, *at = (const char *)s;

    return at >= from && at < from + sizeof(stored);
}

void store_begin(void)
{
    memset(stored, 0, sizeof(stored));
    taken_count = way_count = 0;
    desk = (struct swap_desk){.told = 0};
}

void store_end(void)
{
    CHECK_EQ(world.stored, 0);
    CHECK_EQ(taken_count, 0);
}
