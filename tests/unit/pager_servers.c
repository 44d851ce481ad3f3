/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pager_servers.c - the servers below a supervisor under test: a bank of frames, an object
 * whose owner takes pages away; and what else of the run-time it calls.
 */
#include "file.h"
#include "frame.h"
#include "object.h"
#include "pager_kernel.h"
#include "rt.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static struct slot cache[WORLD_PAGES];        /* the object's pages in memory */
static struct contents *written[WORLD_PAGES]; /* in the store, where it differs from world_byte */
static bool dirty[WORLD_PAGES];
static bool asked[WORLD_PAGES];
static struct buffer buffer;
static uint64_t clock_ns;

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
    if (r->got == 0 && world.spare > 0) { /* others give some up, having been told */
        world.frames_max += world.spare;
        world.spare = 0;
        return ERR_NO_MEMORY;
    }
    return r->got == 0 ? ERR_LIMIT : ERR_OK;
}

static void give_one(cap_t slot, struct frame_give_reply *r)
{
    struct slot *s = slot_of(slot);

    CHECK(s->owner || world.task.vm->store != CAP_NULL);
    r->taken += s->owner || store_forgets(slot);
    if (s->owner)
        slot_empty(s);
}

static enum err frame_server_give(const struct frame_give_req *q, struct frame_give_reply *r)
{
    CHECK(q->count >= 1 && q->count <= 64);
    world.gives++;
    for (uint32_t i = 0; i < q->count; i++)
        give_one(q->first + i, r);
    for (unsigned i = 0; i < FRAME_GIVE_ALONE; i++)
        if (q->alone[i] != CAP_NULL)
            give_one(q->alone[i], r);
    return r->taken == 0 ? ERR_BAD_HANDLE : ERR_OK;
}

static enum err frame_server_reclass(const struct frame_reclass_req *q,
                                     struct frame_reclass_reply *r)
{
    CHECK(q->class == FRAME_LOCKED || q->class == FRAME_PAGE);
    for (uint32_t i = 0; i < q->count; i++)
        if (slot_of(q->first + i)->owner) {
            slot_of(q->first + i)->locked = q->class == FRAME_LOCKED;
            r->changed++;
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
    s->rights = RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE;
    s->frame = malloc(sizeof(*s->frame));
    for (uint32_t i = 0; i < PAGE_SIZE; i++)
        s->frame->byte[i] = written[index] ? written[index]->byte[i] : world_byte(index, i);
}

/* What was written to a page reaches the store. */
static void write_back(uint32_t index)
{
    if (!dirty[index])
        return;
    if (written[index] == NULL)
        written[index] = malloc(sizeof(*written[index]));
    *written[index] = *cache[index].frame;
    dirty[index] = false;
}

uint8_t world_stored(uint32_t index, uint32_t offset)
{
    return written[index] ? written[index]->byte[offset] : world_byte(index, offset);
}

void world_take(uint32_t index)
{
    struct slot *s = &cache[index];

    slot_revoke(s);
    write_back(index);
    free(s->frame);
    *s = (struct slot){0};
}

static enum err file_server_sync(const struct object_sync_req *q)
{
    CHECK(q->handle == WORLD_FILE && q->count > 0);
    world.syncs++;
    if (world.disk_broken)
        return ERR_IO;
    if (world.disk_slow && world.syncs % 2 == 1)
        return ERR_PENDING;
    for (uint32_t i = q->index; i < q->index + q->count && i < WORLD_PAGES; i++)
        write_back(i);
    return ERR_OK;
}

static enum err file_server_get(const struct object_get_req *q, struct object_get_reply *r,
                                struct passing *p)
{
    CHECK(q->count >= 1 && q->count <= 64 && p->recv_count == q->count && q->write <= 1);
    world.gets++;
    if (q->handle != WORLD_FILE)
        return ERR_BAD_HANDLE;
    if (q->index >= WORLD_PAGES)
        return ERR_END;
    if (world.disk_broken)
        return ERR_IO;
    if (q->write && world.disk_full)
        return ERR_NO_SPACE;
    if (world.disk_slow && !asked[q->index]) {
        asked[q->index] = true;
        return ERR_PENDING;
    }
    for (r->got = 0; r->got < q->count && q->index + r->got < WORLD_PAGES; r->got++) {
        struct slot *s = slot_of(p->recv + r->got);

        CHECK_EQ(s->type, OBJ_NULL);
        cache_fill(q->index + r->got);
        slot_derive(&cache[q->index + r->got], s,
                    q->write ? RIGHT_ALL : RIGHT_ALL & ~(unsigned)RIGHT_WRITE);
        dirty[q->index + r->got] |= q->write;
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
    if (op == PROTOCOL_OP(PROTOCOL_frame, frame_OP_reclass))
        return frame_server_reclass(req, reply);
    if (op >> 16 == PROTOCOL_swap)
        return store_call(op, req, reply, p);
    if (op == PROTOCOL_OP(PROTOCOL_object, object_OP_get))
        return file_server_get(req, reply, p);
    if (op == PROTOCOL_OP(PROTOCOL_object, object_OP_sync))
        return file_server_sync(req);
    CHECK_EQ(op, PROTOCOL_OP(PROTOCOL_file, file_OP_close));
    world.closed++;
    return ERR_OK;
}

/* ---- the rest of the run-time ---- */

cap_t slots_alloc(unsigned count)
{
    CHECK_EQ(count, 1);
    return slots_alloc_root(1);
}

struct buffer *sys_buffer(void)
{
    return &buffer;
}

uint64_t now_ns(void)
{
    return clock_ns += 20000;
}

void world_later(uint64_t ns)
{
    clock_ns += ns;
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

void die(const char *format, ...)
{
    unit_fail(__FILE__, __LINE__, "the supervisor died: %s", format);
}

const char *err_text(enum err e)
{
    (void)e;
    return "";
}

struct answer sys_wait(cap_t notification, uint32_t info)
{
    (void)notification, (void)info;
    return (struct answer){.badge = world.task.file_bits};
}

void servers_begin(void)
{
    memset(asked, 0, sizeof(asked));
    memset(cache, 0, sizeof(cache)); /* a test that failed left them */
    store_begin();
}

void servers_end(void)
{
    for (uint32_t i = 0; i < WORLD_PAGES; i++) {
        world_take(i);
        free(written[i]);
        written[i] = NULL;
    }
    store_end();
}

/* Is this a page of the object? */
bool servers_own(const struct slot *s)
{
    return s >= cache && s < cache + WORLD_PAGES;
}
