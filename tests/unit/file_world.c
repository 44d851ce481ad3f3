/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_world.c - a file server on the host.
 */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "file_world.h"

#include "cache.h"
#include "disk.h"
#include "dma.h"
#include "evict.h"
#include "extent.h"
#include "fill.h"
#include "job.h"
#include "lend.h"
#include "metadata.h"
#include "name.h"
#include "read.h"
#include "rt.h"
#include "service.h"
#include "supply.h"
#include "volume.h"
#include "want.h"

#include <stdio.h>
#include <stdlib.h>

#define TABLES      40u
#define TABLE_SLOTS 32768u
#define FREE_SLOTS  8192u

struct world world;
struct session *world_session;
struct server file_server;
static struct file_status status_page;
struct file_status *status = &status_page;
cap_t status_frame = 1;

/* The server's tables live as long as it does: nothing is freed between two worlds. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

/* ---- capabilities ---- */

struct slot {
    char *frame;      /* a page's memory, or NULL */
    uint8_t taken;    /* something else is in it */
    uint8_t children; /* derived from it, while it is a frame */
};
static struct slot *table[TABLES];
static unsigned tables, slots_used;

static struct slot *slot_of(cap_t cap)
{
    CHECK(CAP_TABLE(cap) < TABLES && table[CAP_TABLE(cap)] != NULL);
    return &table[CAP_TABLE(cap)][CAP_SLOT(cap)];
}

cap_t slots_alloc(unsigned count)
{
    slots_used += count;
    return slots_used < FREE_SLOTS ? CAP(0, slots_used - count) : CAP_NULL;
}

void slots_free(cap_t first, unsigned count)
{
    (void)first, (void)count;
}

cap_t object_make(unsigned type, unsigned log2_size)
{
    CHECK_EQ(type, OBJ_CAPTABLE);
    CHECK(log2_size >= CAPTABLE_MIN_BITS);
    if (++tables == TABLES)
        return CAP_NULL;
    table[tables] = calloc(TABLE_SLOTS, sizeof(struct slot));
    return tables;
}

enum err cap_derive(cap_t from, cap_t to, uint32_t rights, word_t badge)
{
    struct slot *source = slot_of(from);

    (void)rights, (void)badge;
    if (slot_of(to)->taken || slot_of(to)->frame != NULL)
        return ERR_NOT_EMPTY;
    slot_of(to)->taken = 1;
    source->children++;
    return ERR_OK;
}

enum err cap_move(cap_t from, cap_t to, unsigned count)
{
    CHECK_EQ(count, 1);
    slot_of(to)->taken = 1;
    slot_of(from)->taken = 0;
    return ERR_OK;
}

enum err cap_delete(cap_t first, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        slot_of(first + i)->taken = 0;
    return ERR_OK;
}

enum err cap_revoke(cap_t cap)
{
    CHECK(slot_of(cap)->frame != NULL);
    slot_of(cap)->children = 0;
    world.revokes++;
    return ERR_OK;
}

enum err cap_inspect(cap_t cap, struct cap_facts *facts)
{
    (void)cap;
    *facts = (struct cap_facts){.type = OBJ_NOTIFICATION, .rights = RIGHT_ALL};
    return ERR_OK;
}

enum err sys_signal(cap_t cap)
{
    CHECK(slot_of(cap)->taken);
    world.signals++;
    return ERR_OK;
}

/* ---- frames ---- */

static char *frame_of(cap_t cap)
{
    CHECK(slot_of(cap)->frame != NULL);
    return slot_of(cap)->frame;
}

enum err frame_clear_run(cap_t first, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        memset(frame_of(first + i), 0, PAGE_SIZE);
    return ERR_OK;
}

enum err frame_write(cap_t frame, unsigned offset, const void *from, unsigned bytes)
{
    CHECK(offset + bytes <= PAGE_SIZE);
    memcpy(frame_of(frame) + offset, from, bytes);
    return ERR_OK;
}

enum err frame_harvest(cap_t first, unsigned count, unsigned flags, uint8_t *out)
{
    (void)flags;
    CHECK_EQ(count, 1);
    CHECK(frame_of(first) != NULL);
    *out = world.accessed;
    world.accessed = 0;
    return ERR_OK;
}

/* Never zeros: whoever forgets to clear is found out. */
static char *page_new(void)
{
    char *page = aligned_alloc(PAGE_SIZE, PAGE_SIZE);

    memset(page, 0xa5, PAGE_SIZE);
    return page;
}

uint32_t supply_total(void)
{
    return 100000;
}

uint32_t supply_spare(void)
{
    return world.frames_left;
}

enum err supply_take(cap_t first, unsigned count, uint64_t *physical, unsigned *got)
{
    *got = count < world.frames_left ? count : world.frames_left;
    world.frames_left -= *got;
    for (unsigned i = 0; i < *got; i++) {
        struct slot *s = slot_of(first + i);

        CHECK(s->frame == NULL);
        s->frame = page_new();
        physical[i] = (uint64_t)(uintptr_t)s->frame;
    }
    return *got > 0 ? ERR_OK : ERR_NO_MEMORY;
}

void supply_give(cap_t first, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct slot *s = slot_of(first + i);

        CHECK(s->frame != NULL && s->children == 0);
        free(s->frame);
        s->frame = NULL;
    }
    world.frames_given += count;
    world.frames_left += count;
}

enum err dma_take(struct dma *d, unsigned pages)
{
    *d = (struct dma){.at = aligned_alloc(PAGE_SIZE, pages * PAGE_SIZE), .pages = pages};
    for (unsigned i = 0; i < pages; i++)
        d->physical[i] = (uint64_t)(uintptr_t)(d->at + i * PAGE_SIZE);
    return ERR_OK;
}

/* ---- lent memory ---- */

static enum err lend(uint64_t offset, char *own, size_t bytes, bool out, size_t *done)
{
    size_t room = offset < world.lent_bytes ? world.lent_bytes - offset : 0;

    *done = bytes < room ? bytes : room;
    if (out)
        memcpy(world.lent + offset, own, *done);
    else
        memcpy(own, world.lent + offset, *done);
    world.copies++;
    return *done == bytes ? ERR_OK : ERR_FAULT;
}

enum err reply_copy_frame(cap_t reply, unsigned lease, bool to_lease, uint64_t offset, cap_t frame,
                          unsigned frame_offset, size_t bytes, size_t *done)
{
    (void)reply, (void)lease;
    CHECK(to_lease && frame_offset + bytes <= PAGE_SIZE);
    return lend(offset, frame_of(frame) + frame_offset, bytes, true, done);
}

enum err call_read_lease(struct server *s, unsigned lease, uint64_t offset, void *to, size_t bytes,
                         size_t *done)
{
    (void)s, (void)lease;
    return lend(offset, to, bytes, false, done);
}

enum err call_write_lease(struct server *s, unsigned lease, uint64_t offset, const void *from,
                          size_t bytes, size_t *done)
{
    (void)s, (void)lease;
    return lend(offset, (char *)(uintptr_t)from, bytes, true, done);
}

/* ---- log and time ---- */

void log_line(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(world.line, sizeof(world.line), format, args);
    va_end(args);
}

uint64_t instructions(void)
{
    return 0;
}

const char *err_text(enum err e)
{
    static char text[16];

    snprintf(text, sizeof(text), "error %d", (int)e);
    return text;
}

/* ---- the disk ---- */

static struct blk_request *asked[BLK_DEPTH];

uint64_t disk_bytes(void)
{
    return world.image_bytes;
}

enum err disk_read(struct blk_request *r)
{
    uint64_t bytes = 0;

    for (unsigned i = 0; i < r->parts; i++)
        bytes += r->part[i].bytes;
    CHECK(r->parts >= 1 && r->parts <= BLK_PARTS && bytes > 0 && bytes <= BLK_BYTES_MAX);
    CHECK(bytes % BLK_SECTOR == 0);
    CHECK(r->sector * BLK_SECTOR + bytes <= world.image_bytes);
    CHECK(world.in_flight < BLK_DEPTH);
    asked[world.in_flight++] = r;
    return ERR_OK;
}

bool world_disk_one(void)
{
    struct blk_request *r = asked[0];
    const char *from;
    uint64_t end;

    if (world.in_flight == 0)
        return false;
    world.in_flight--;
    memmove(asked, asked + 1, world.in_flight * sizeof(asked[0]));
    world.requests++;
    from = world.image + r->sector * BLK_SECTOR;
    end = r->sector;
    for (unsigned i = 0; i < r->parts; from += r->part[i].bytes, i++) {
        memcpy((void *)(uintptr_t)r->part[i].physical, from, r->part[i].bytes);
        end += r->part[i].bytes / BLK_SECTOR;
    }
    r->done(r, world.bad_sector >= r->sector && world.bad_sector < end && world.bad_sector != 0
                   ? ERR_IO
                   : ERR_OK);
    sessions_tell_starved();
    fills_continue();
    return true;
}

void world_disk_all(void)
{
    while (world_disk_one())
        ;
}

/* ---- an image ---- */

static void host_write(const char *folder, const char *name, const void *data, size_t bytes)
{
    char path[256];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "w");
    CHECK(f != NULL && fwrite(data, 1, bytes, f) == bytes);
    fclose(f);
}

/* /hello, /big, /dir/0.../dir/99, /dir/deep/er/file, /link, /far (a long link), /loop, /holes */
static void files_write(const char *folder)
{
    static uint32_t word[WORLD_BIG / 4];
    char command[1024], name[32];

    for (uint32_t i = 0; i < WORLD_BIG / 4; i++)
        word[i] = i;
    host_write(folder, "hello", "hello, quire\n", 13);
    host_write(folder, "big", word, sizeof(word));
    snprintf(command, sizeof(command),
             "cd %s && mkdir -p dir/deep/er && echo far >dir/deep/er/file && ln -s hello link && "
             "ln -s loop loop && ln -s ../dir dir/self && "
             "ln -s ./././././././././././././././././././././././././dir/deep/er/file far && "
             "truncate -s 300K holes && echo end >>holes",
             folder);
    CHECK_EQ(system(command), 0);
    for (unsigned i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "dir/%u", i);
        host_write(folder, name, &i, sizeof(i));
    }
}

static void image_read(const char *path)
{
    FILE *f = fopen(path, "r");

    CHECK(f != NULL && fseek(f, 0, SEEK_END) == 0);
    free(world.image);
    world.image_bytes = (uint64_t)ftell(f);
    rewind(f);
    world.image = malloc(world.image_bytes);
    CHECK(fread(world.image, 1, world.image_bytes, f) == world.image_bytes);
    fclose(f);
}

void world_image(const char *options)
{
    char folder[] = "/tmp/quire-file-XXXXXX", command[512], path[64];

    CHECK(mkdtemp(folder) != NULL);
    files_write(folder);
    snprintf(path, sizeof(path), "%s.img", folder);
    snprintf(command, sizeof(command),
             "PATH=$PATH:/usr/sbin:/sbin mke2fs -q -F %s -d %s %s 8M >/dev/null 2>&1", options,
             folder, path);
    CHECK_EQ(system(command), 0);
    image_read(path);
    snprintf(command, sizeof(command), "rm -r %s %s", folder, path);
    CHECK_EQ(system(command), 0);
}

/* ---- the server ---- */

static struct {
    struct job job;
    bool done;
    enum err result;
} mounting;

static void mount_job(struct job *job)
{
    (void)job;
    mounting.result = volume_open(metadata_source(), world.line, sizeof(world.line));
    mounting.done = true;
}

static void tables_reset(void)
{
    for (unsigned i = 0; i < TABLES; i++) {
        free(table[i]);
        table[i] = NULL;
    }
    table[0] = calloc(FREE_SLOTS, sizeof(struct slot));
    tables = 0;
    slots_used = 64;
}

static void session_begin(void)
{
    cap_t notification = slots_alloc(1), endpoint;

    slot_of(notification)->taken = 1;
    CHECK_EQ(session_open(1, notification, 3, 0, &world_session, &endpoint), ERR_OK);
}

enum err world_start(uint32_t pages, const char *policy)
{
    tables_reset();
    memset(&status_page, 0, sizeof(status_page));
    world.bad_sector = 0;
    world.in_flight = 0;
    world.frames_left = 100000;
    world.lent_bytes = sizeof(world.lent);
    CHECK(cache_init(pages < 64 ? pages : 64, pages, evict_policy(policy)));
    read_init(64);
    nodes_init();
    extents_init();
    names_init();
    fills_init();
    wants_init();
    sessions_init();
    CHECK(jobs_init() && lend_init() && metadata_init(32));
    mounting.job.run = mount_job;
    mounting.done = false;
    job_start(&mounting.job);
    world_disk_all();
    CHECK(mounting.done);
    if (mounting.result == ERR_OK)
        session_begin();
    world.requests = 0;
    world.signals = 0;
    return mounting.result;
}

enum err world_call(uint32_t op, const void *q, size_t q_bytes, void *r, size_t r_bytes)
{
    struct call c = {.badge = world_session->badge, .kind = KIND_CALL, .rights = RIGHT_ALL};
    enum err e;

    c.word[0] = op;
    memcpy(&c.word[1], q, q_bytes);
    e = op >> 16 == PROTOCOL_file ? service_file(&c) : service_object(&c);
    memcpy(r, &c.word[1], r_bytes);
    world.sent = c.send_count;
    if (c.mode == TRANSFER_MOVE && c.send_count > 0) /* the kernel would have moved them */
        cap_delete(c.send, c.send_count);
    fills_continue();
    return e;
}

enum err world_try_open(const char *path, uint32_t flags, uint32_t *handle)
{
    struct file_open_req q = {.flags = flags, .path_bytes = (uint32_t)strlen(path)};
    struct file_open_reply r;
    enum err e;

    for (;;) {
        strcpy(world.lent, path);
        e = WORLD(file, open, q, r);
        *handle = r.handle;
        if (e != ERR_PENDING || world.in_flight == 0)
            return e;
        world_disk_all();
    }
}

uint32_t world_open(const char *path, uint32_t flags)
{
    uint32_t handle;

    CHECK_EQ(world_try_open(path, flags, &handle), ERR_OK);
    return handle;
}

enum err world_read_once(uint32_t handle, uint64_t at, uint32_t bytes, uint32_t *done)
{
    struct file_read_req q = {.handle = handle,
                              .flags = FILE_AT_OFFSET,
                              .bytes = bytes,
                              .offset_low = (uint32_t)at,
                              .offset_high = (uint32_t)(at >> 32)};
    struct file_read_reply r;
    enum err e = WORLD(file, read, q, r);

    *done = r.done;
    return e;
}

enum err world_read(uint32_t handle, uint64_t at, uint32_t bytes, uint32_t *done)
{
    enum err e;

    while ((e = world_read_once(handle, at, bytes, done)) == ERR_PENDING && world.in_flight > 0)
        world_disk_all();
    return e;
}

void world_audit(void)
{
    CHECK_EQ(cache_audit(), 0);
    CHECK(jobs_idle() || world.in_flight > 0);
}
