/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - the file server: names, descriptions, the page cache and its disk.
 */
#include "boot.h"
#include "cache.h"
#include "change.h"
#include "cut.h"
#include "dirty.h"
#include "disk.h"
#include "evict.h"
#include "extent.h"
#include "fill.h"
#include "job.h"
#include "lend.h"
#include "metadata.h"
#include "moment.h"
#include "name.h"
#include "output.h"
#include "read.h"
#include "rt.h"
#include "service.h"
#include "session.h"
#include "start.h"
#include "status.h"
#include "supply.h"
#include "want.h"
#include "write_back.h"

#include <stdlib.h>
#include <string.h>

enum bit { BIT_DISK = 1 << 0, BIT_PRESSURE = 1 << 1 };

#define MIN_BYTES      (256u << 10) /* of the cache: what it never gives back */
#define AHEAD_BYTES    (256u << 10)
#define METADATA_BYTES (128u << 10)
#define HEAP_BYTES     (32u << 10) /* kept for libext2fs in a write-back */

struct file_status *status;
cap_t status_frame;

/* What an event has begun, or made possible, goes on. */
static void settle(struct server *server)
{
    fills_continue();
    server->deadline = write_back_look();
    fills_continue();
    disk_kick();
}

/* Capabilities that nobody took from the offered slot are not wanted. */
static void offered_empty(const struct call *c)
{
    if (c->caps > 0)
        cap_delete(file_server.offered, file_server.offered_count);
}

static enum err on_call(struct server *server, struct call *c)
{
    uint32_t op = (uint32_t)c->word[0], number = op & 0xffffu;
    enum err e = ERR_BAD_OP;

    moment_begin();
    if (op >> 16 == PROTOCOL_file && number < file_OP_COUNT) {
        status->messages[number]++;
        e = service_file(c);
    } else if (op >> 16 == PROTOCOL_object && number < object_OP_COUNT) {
        status->object_messages[number]++;
        e = service_object(c);
    }
    offered_empty(c);
    settle(server);
    return e;
}

/* Those that the frame server names. It names them again until they have come. */
static bool give_wanted(void)
{
    cap_t slot[RUN_MAX];
    unsigned n = supply_wanted(slot, RUN_MAX);
    bool all = true;

    for (unsigned i = 0; i < n; i++)
        all &= cache_leave(slot[i]);
    return all;
}

/* What can go at once does, else what is dirty is written. */
static void give_back(void)
{
    bool all;

    reclaim_begin();
    all = give_wanted();
    all &= cache_shrink(supply_pressure()) > 0;
    if (!all && dirty_first() != NULL)
        write_back_kick();
    reclaim_end();
}

static void on_notified(struct server *server, word_t bits)
{
    moment_begin();
    if (bits & BIT_DISK) {
        disk_interrupt();
        job_wake();
        sessions_tell_starved();
    }
    if (bits & BIT_PRESSURE)
        give_back();
    settle(server);
    if (supply_spare() > 0) /* a write-back ends with the disk's interrupt */
        heap_fill();
}

static void on_late(struct server *server)
{
    moment_begin();
    settle(server);
}

struct server file_server = {.call = on_call, .notified = on_notified, .late = on_late};

static void status_make(void)
{
    struct window w;

    if (window_memory(&w, 1) != ERR_OK)
        die("fatal: no memory for the status page");
    status = w.at;
    status_frame = w.frame;
}

static void cache_make(void)
{
    const char *name = start_property("policy", NULL);
    const struct replacement *policy = evict_policy(name == NULL ? "lru" : name);
    uint64_t max = start_size("cache", 0) / PAGE_SIZE;
    enum err e;

    if (policy == NULL)
        die("fatal: unknown policy \"%s\"; there are: %s", name, evict_policies());
    e = supply_init(BIT_PRESSURE);
    if (e != ERR_OK && e != ERR_NO_MEMORY)
        die("fatal: no session at the frame server: %s", err_text(e));
    if (e != ERR_OK ||
        !cache_init(MIN_BYTES / PAGE_SIZE, max > UINT32_MAX ? 0 : (uint32_t)max, policy))
        die("fatal: too little memory for the page cache");
    read_init((uint32_t)(start_size("read-ahead", AHEAD_BYTES) / PAGE_SIZE));
}

/* Seconds since 1970 at boot: a pair of cells. */
static uint64_t epoch(void)
{
    uint32_t bytes;
    const uint8_t *at = start_property("epoch", &bytes);
    uint64_t seconds = 0;

    for (unsigned i = 0; at != NULL && bytes == 8 && i < bytes; i++)
        seconds = seconds << 8 | at[i];
    return seconds;
}

static void writing_make(void)
{
    const char *name = start_property("write-back", NULL);
    const struct write_times *times = write_times_named(name == NULL ? "periodic" : name);

    if (times == NULL)
        die("fatal: unknown write-back \"%s\"; there are: %s", name, write_times_names());
    outputs_init();
    dirty_init();
    cut_init();
    write_back_init(times);
    change_epoch(epoch());
}

/* Mounting is the first job. */
static struct {
    struct job job;
    bool done, writable;
    enum err result;
    char why[96];
} mounting;

static void mount_job(struct job *job)
{
    (void)job;
    mounting.result = volume_open(metadata_source(), mounting.why, sizeof(mounting.why));
    if (mounting.result == ERR_OK)
        mounting.writable = change_open(mounting.why, sizeof(mounting.why));
    mounting.done = true;
}

static void mount(void)
{
    mounting.job.run = mount_job;
    job_start(&mounting.job);
    while (!mounting.done) {
        struct answer a;

        disk_kick();
        a = sys_wait(CAP_NULL, 0);
        if (a.err == ERR_OK)
            on_notified(&file_server, a.badge);
    }
    if (mounting.result == ERR_IO) {
        log_line("%s: every file on it is an error", mounting.why);
        return;
    }
    if (mounting.result != ERR_OK)
        die("fatal: %s", mounting.why);
    log_line("%s, %u MiB", volume_name(), (unsigned)(disk_bytes() >> 20));
    if (!mounting.writable)
        log_line("read only: %s",
                 mounting.why[0] != '\0' ? mounting.why : "as its superblock says");
}

/* The library's last resort, where its own numbers contradict each other. */
void abort(void)
{
    die("fatal: libext2fs found its own state damaged");
}

int main(void)
{
    status_make();
    disk_open(BIT_DISK);
    cache_make();
    nodes_init();
    extents_init();
    names_init();
    fills_init();
    wants_init();
    sessions_init();
    writing_make();
    if (!jobs_init() || !lend_init() || !metadata_init(METADATA_BYTES / PAGE_SIZE) ||
        !heap_keep(HEAP_BYTES))
        die("fatal: too little memory");
    file_server.offered = slots_alloc(1);
    file_server.offered_count = 1;
    mount();
    serve(&file_server);
}
