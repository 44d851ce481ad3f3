/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_world.c - a file server on the host.
 */
#define _DEFAULT_SOURCE /* mkdtemp */
#include "file_world.h"

#include "cache.h"
#include "change.h"
#include "cut.h"
#include "dirty.h"
#include "disk.h"
#include "dma.h"
#include "evict.h"
#include "extent.h"
#include "fill.h"
#include "job.h"
#include "lend.h"
#include "metadata.h"
#include "name.h"
#include "output.h"
#include "read.h"
#include "rt.h"
#include "service.h"
#include "supply.h"
#include "volume.h"
#include "want.h"
#include "write_back.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

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
    CHECK_EQ(count, 1);
    CHECK(frame_of(first) != NULL);
    *out = flags & HARVEST_A ? world.accessed : world.dirtied;
    if (flags & HARVEST_A)
        world.accessed = 0;
    else
        world.dirtied = 0;
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
    CHECK(frame_offset + bytes <= PAGE_SIZE);
    return lend(offset, frame_of(frame) + frame_offset, bytes, to_lease, done);
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

void die(const char *format, ...)
{
    unit_fail(__FILE__, __LINE__, "the server died: %s", format);
}

uint64_t instructions(void)
{
    return 0;
}

uint64_t now_ns(void)
{
    return world.now;
}

const char *err_text(enum err e)
{
    static char text[16];

    snprintf(text, sizeof(text), "error %d", (int)e);
    return text;
}

/* ---- the disk ---- */

enum asked_how { ASKED_READ, ASKED_WRITE, ASKED_FLUSH };
static struct {
    struct blk_request *request;
    enum asked_how how;
} asked[BLK_DEPTH];

uint64_t disk_bytes(void)
{
    return world.image_bytes;
}

bool disk_cached(void)
{
    return !world.no_flush;
}

static enum err ask(struct blk_request *r, enum asked_how how)
{
    uint64_t bytes = 0;

    for (unsigned i = 0; i < r->parts; i++)
        bytes += r->part[i].bytes;
    if (how == ASKED_FLUSH)
        CHECK_EQ(r->parts, 0);
    else
        CHECK(r->parts >= 1 && r->parts <= BLK_PARTS && bytes > 0 && bytes <= BLK_BYTES_MAX);
    CHECK(bytes % BLK_SECTOR == 0);
    CHECK(r->sector * BLK_SECTOR + bytes <= world.image_bytes);
    CHECK(world.in_flight < BLK_DEPTH);
    asked[world.in_flight].request = r;
    asked[world.in_flight++].how = how;
    return ERR_OK;
}

enum err disk_read(struct blk_request *r)
{
    return ask(r, ASKED_READ);
}

enum err disk_write(struct blk_request *r)
{
    return ask(r, ASKED_WRITE);
}

enum err disk_flush(struct blk_request *r)
{
    return ask(r, ASKED_FLUSH);
}

/* Bytes between the image and a request's memory; the first sector behind. */
static uint64_t move(struct blk_request *r, enum asked_how how)
{
    char *at = world.image + r->sector * BLK_SECTOR;

    for (unsigned i = 0; i < r->parts; at += r->part[i].bytes, i++) {
        char *memory = (char *)(uintptr_t)r->part[i].physical;

        if (how == ASKED_READ)
            memcpy(memory, at, r->part[i].bytes);
        else
            memcpy(at, memory, r->part[i].bytes);
    }
    return r->sector +
           (uint64_t)(at - world.image - (int64_t)(r->sector * BLK_SECTOR)) / BLK_SECTOR;
}

static bool fails(const struct blk_request *r, uint64_t end, enum asked_how how)
{
    return world.bad_sector != 0 && world.bad_sector + world.bad_sectors >= r->sector &&
           world.bad_sector < end && (how == ASKED_READ || world.bad_writes);
}

bool world_disk_one(void)
{
    struct blk_request *r = asked[0].request;
    enum asked_how how = asked[0].how;
    uint64_t end;

    if (world.in_flight == 0)
        return false;
    world.in_flight--;
    memmove(asked, asked + 1, world.in_flight * sizeof(asked[0]));
    world.requests++;
    end = move(r, how);
    if (world.written != NULL && how != ASKED_READ)
        world.written(r->sector, world.image + r->sector * BLK_SECTOR,
                      (end - r->sector) * BLK_SECTOR);
    r->done(r, fails(r, end, how) ? ERR_IO : ERR_OK);
    job_wake();
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
             "PATH=$PATH:/usr/sbin:/sbin mke2fs -q -F %s -d %s %s 12M >/dev/null 2>&1", options,
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
    char why[96];

    (void)job;
    mounting.result = volume_open(metadata_source(), world.line, sizeof(world.line));
    if (mounting.result == ERR_OK)
        change_open(why, sizeof(why));
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
    world.bad_sectors = 0;
    world.bad_writes = false;
    world.no_flush = false;
    world.written = NULL;
    world.dirtied = 0;
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
    outputs_init();
    dirty_init();
    cut_init();
    write_back_init(write_times_named("lazy"));
    change_epoch(1700000000);
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

/* The call again and again, until it is answered. */
#define UNTIL_DONE(e, call)                                                                        \
    do                                                                                             \
        (e) = (call);                                                                              \
    while ((e) == ERR_PENDING && (world.in_flight > 0 ? (world_disk_all(), true) : false))

enum err world_write(uint32_t handle, uint64_t at, const void *data, uint32_t bytes, uint32_t *done)
{
    enum err e = ERR_OK;

    CHECK(bytes <= sizeof(world.lent));
    memcpy(world.lent, data, bytes);
    for (*done = 0; *done < bytes;) {
        struct file_write_req q = {.handle = handle,
                                   .flags = FILE_AT_OFFSET,
                                   .bytes = bytes - *done,
                                   .offset_low = (uint32_t)(at + *done),
                                   .offset_high = (uint32_t)((at + *done) >> 32),
                                   .lease_offset = *done};
        struct file_write_reply r;

        e = WORLD(file, write, q, r);
        *done += r.done;
        if (e == ERR_PENDING && world.in_flight > 0)
            world_disk_all();
        else if (e != ERR_OK)
            return e;
    }
    return e;
}

enum err world_resize(uint32_t handle, uint64_t size)
{
    struct file_resize_req q = {handle, (uint32_t)size, (uint32_t)(size >> 32)};
    struct file_resize_reply r;
    enum err e;

    UNTIL_DONE(e, WORLD(file, resize, q, r));
    return e;
}

enum err world_sync(uint32_t handle, uint32_t flags)
{
    struct file_sync_req q = {handle, flags};
    struct file_sync_reply r;
    enum err e;

    UNTIL_DONE(e, WORLD(file, sync, q, r));
    return e;
}

static uint32_t say(const char *path, uint32_t at)
{
    strcpy(world.lent + at, path);
    return (uint32_t)strlen(path);
}

enum err world_mkdir(const char *path)
{
    struct file_mkdir_req q = {.mode = 0755, .path_bytes = say(path, 0)};
    struct file_mkdir_reply r;
    enum err e;

    UNTIL_DONE(e, WORLD(file, mkdir, q, r));
    return e;
}

enum err world_remove(const char *path, uint32_t flags)
{
    struct file_remove_req q = {.flags = flags, .path_bytes = say(path, 0)};
    struct file_remove_reply r;
    enum err e;

    UNTIL_DONE(e, WORLD(file, remove, q, r));
    return e;
}

enum err world_rename(const char *from, const char *to)
{
    struct file_rename_req q = {.path_bytes = say(from, 0)};
    struct file_rename_reply r;
    enum err e;

    q.to_bytes = say(to, q.path_bytes);
    UNTIL_DONE(e, WORLD(file, rename, q, r));
    return e;
}

enum err world_hardlink(const char *from, const char *to)
{
    struct file_hardlink_req q = {.path_bytes = say(from, 0)};
    struct file_hardlink_reply r;
    enum err e;

    q.to_bytes = say(to, q.path_bytes);
    UNTIL_DONE(e, WORLD(file, hardlink, q, r));
    return e;
}

enum err world_symlink(const char *target, const char *path)
{
    struct file_symlink_req q = {.target_bytes = say(target, 0)};
    struct file_symlink_reply r;
    enum err e;

    q.path_bytes = say(path, q.target_bytes);
    UNTIL_DONE(e, WORLD(file, symlink, q, r));
    return e;
}

void world_close(uint32_t handle)
{
    struct file_close_req q = {handle};
    struct file_close_reply r;

    CHECK_EQ(WORLD(file, close, q, r), ERR_OK);
    world_disk_all();
}

int world_fsck(const char *options, char *image, uint64_t bytes)
{
    char path[] = "/tmp/quire-fsck-XXXXXX", command[256];
    int file = mkstemp(path), ended;

    CHECK(file >= 0 && write(file, image, bytes) == (ssize_t)bytes);
    snprintf(command, sizeof(command), "PATH=$PATH:/usr/sbin:/sbin e2fsck %s %s >%s.out 2>&1",
             options, path, path);
    ended = system(command);
    CHECK(pread(file, image, bytes, 0) == (ssize_t)bytes);
    close(file);
    if (WEXITSTATUS(ended) > 2) {
        snprintf(command, sizeof(command), "cat %s.out >&2", path);
        CHECK_EQ(system(command), 0);
    }
    snprintf(command, sizeof(command), "rm %s %s.out", path, path);
    CHECK_EQ(system(command), 0);
    return WEXITSTATUS(ended);
}

void world_clean(void)
{
    CHECK_EQ(world_sync(0, FILE_SYNC_REST), ERR_OK);
    world_audit();
    CHECK_EQ(world_fsck("-fn", world.image, world.image_bytes), 0);
}

void world_audit(void)
{
    CHECK_EQ(cache_audit(), 0);
    CHECK_EQ(dirty_audit(), 0);
    CHECK(jobs_idle() || world.in_flight > 0);
}
