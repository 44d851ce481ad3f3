/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * write_back.c - what is dirty goes to the disk.
 *
 * One job does it at a time, on the fiber. It takes a batch of a file's dirty pages, gives the
 * blocks that have none a place, run by run, writes all, and waits for them: so a transaction
 * never names a block whose data is still under way.
 */
#include "write_back.h"

#include "cache.h"
#include "change.h"
#include "dirty.h"
#include "extent.h"
#include "job.h"
#include "moment.h"
#include "output.h"
#include "rt.h"
#include "session.h"
#include "status.h"

#include <string.h>

#define BATCH 64u

static struct {
    struct job job;
    const struct write_times *times;
    bool queued;
    bool failed;      /* last time, some page could not be written */
    bool stuck;       /* and so too much stayed dirty */
    uint64_t due;     /* ns; 0 = nothing is dirty */
    struct node *map; /* held: its map is wanted */
    uint32_t map_index;
} write_back;

/* ---- a file's pages ---- */

static unsigned shift(void)
{
    return PAGE_BITS - volume_block_bits();
}

/* Blocks of the file, up to its end. */
static uint32_t file_blocks(const struct node *n)
{
    return (uint32_t)((n->is.size + (1u << volume_block_bits()) - 1) >> volume_block_bits());
}

/* What is known of the block's place; asks the disk if need be. */
static enum err run_of(struct node *n, uint32_t block, struct volume_run *run)
{
    const struct volume_run *known = extent_find(n, block);
    enum err e;

    if (known != NULL) {
        *run = *known;
        return ERR_OK;
    }
    e = volume_map(n->inode, block, run);
    if (e == ERR_OK)
        extent_enter(n, run);
    return e;
}

/* Blocks from `block` on that lie in these pages, one behind the other, and have no place. */
static uint32_t homeless(struct node *n, struct page **page, unsigned count, uint32_t block)
{
    uint32_t end = file_blocks(n), at = block;
    struct volume_run run;

    for (unsigned i = 0; i < count && page[i]->index == page[0]->index + i; i++)
        for (; at >> shift() == page[i]->index && at < end; at++)
            if (run_of(n, at, &run) != ERR_OK || run.physical != 0)
                return at - block;
    return at - block;
}

/* The block's place; if it has none, one for it and those that follow. */
static enum err place(struct node *n, struct page **page, unsigned count, uint32_t block,
                      struct volume_run *run)
{
    enum err e = run_of(n, block, run);

    if (e != ERR_OK || run->physical != 0)
        return e;
    e = change_place(n->inode, block, homeless(n, page, count, block), run);
    if (e == ERR_NO_SPACE && change_waiting()) {
        e = change_commit();
        if (e == ERR_OK)
            e = change_place(n->inode, block, 1, run);
    }
    if (e != ERR_OK)
        return e;
    extents_drop(n); /* the hole that is known is smaller now */
    extent_enter(n, run);
    return ERR_OK;
}

/* Behind the end of the file a page is zeros, whatever was written there through a mapping. */
static void tail_clear(const struct node *n, const struct page *p)
{
    static const char zeros[PAGE_SIZE];
    uint64_t start = (uint64_t)p->index << PAGE_BITS;
    uint64_t bytes = n->is.size > start ? n->is.size - start : 0;

    if (bytes < PAGE_SIZE)
        frame_write(p->frame, (unsigned)bytes, zeros, PAGE_SIZE - (unsigned)bytes);
}

/* The first of these pages onto the disk. */
static enum err page_out(struct node *n, struct page **page, unsigned count)
{
    struct page *p = page[0];
    uint32_t block = p->index << shift(), end = block + (1u << shift());
    unsigned bits = volume_block_bits();
    enum err e = ERR_OK;

    if (end > file_blocks(n))
        end = file_blocks(n);
    tail_clear(n, p);
    for (uint32_t b = block; e == ERR_OK && b < end; b++) {
        struct volume_run run;

        e = place(n, page, count, b, &run);
        if (e == ERR_OK)
            output_add((run.physical + (b - run.first)) << (bits - 9),
                       p->physical + ((b - block) << bits), 1u << bits, p);
    }
    if (e == ERR_OK)
        dirty_placed(p);
    return e;
}

static enum err batch_out(struct node *n, struct page **page, unsigned count)
{
    enum err first = ERR_OK;

    for (unsigned i = 0; i < count; i++) {
        enum err e = page_out(n, page + i, count - i);

        if (e != ERR_OK)
            page[i]->error = (uint8_t)e;
    }
    output_end(); /* each page knows its own error */
    for (unsigned i = 0; i < count; i++) {
        if (first == ERR_OK)
            first = (enum err)page[i]->error;
        dirty_written(n, page[i]);
    }
    return first;
}

/* All pages that are dirty now: those that become so meanwhile come next time. */
static enum err pages_out(struct node *n)
{
    uint32_t left = n->dirty_pages;
    struct page *page[BATCH];
    enum err first = ERR_OK;

    while (left > 0) {
        unsigned count = dirty_take(n, page, left < BATCH ? left : BATCH);
        enum err e;

        if (count == 0)
            break;
        left -= count;
        e = batch_out(n, page, count);
        if (first == ERR_OK)
            first = e;
    }
    return first;
}

enum err write_back_facts(struct node *n)
{
    enum err e = n->facts_dirty ? change_facts(n->inode, &n->is) : ERR_OK;

    if (e == ERR_OK)
        dirty_facts_written(n);
    return e;
}

enum err write_back_file(struct node *n)
{
    enum err e;

    node_share(n);
    dirty_look(n);
    e = pages_out(n);
    if (e == ERR_OK)
        e = (enum err)n->error;
    n->error = ERR_OK;
    node_drop(n);
    return e;
}

enum err write_back_all(void)
{
    enum err first = ERR_OK;

    dirty_look(NULL);
    for (unsigned left = dirty_nodes(); left > 0 && dirty_first() != NULL; left--) {
        struct node *n = node_share(dirty_first());
        enum err e;

        dirty_later(n);
        e = pages_out(n);
        if (e == ERR_OK)
            e = write_back_facts(n);
        if (first == ERR_OK)
            first = e;
        node_drop(n);
    }
    return first;
}

/* ---- by itself ---- */

static void map_wanted(void)
{
    struct node *n = write_back.map;
    struct volume_run run;

    write_back.map = NULL;
    for (uint32_t i = 0; n != NULL && i < 1u << shift(); i++)
        run_of(n, (write_back.map_index << shift()) + i, &run);
    if (n != NULL)
        node_drop(n);
}

static void run(struct job *job)
{
    (void)job;
    map_wanted();
    reclaim_begin();
    write_back.due = 0;
    if (!change_read_only()) {
        write_back.failed = write_back_all() != ERR_OK;
        write_back.stuck = write_back.failed && dirty_full();
        change_commit(); /* a page that cannot be written keeps nothing else from the disk */
    }
    reclaim_end();
    write_back.queued = false;
    sessions_tell_starved();
}

void write_back_kick(void)
{
    if (write_back.queued)
        return;
    write_back.queued = true;
    write_back.job.run = run;
    job_start(&write_back.job);
}

enum err write_back_room(const struct node *n)
{
    if (!dirty_full())
        return ERR_OK;
    return write_back.stuck ? (enum err)n->error : ERR_PENDING;
}

void write_back_map(struct node *n, uint32_t index)
{
    if (write_back.map == NULL) {
        write_back.map = node_share(n);
        write_back.map_index = index;
    }
    write_back_kick();
}

void write_back_init(const struct write_times *times)
{
    memset(&write_back, 0, sizeof(write_back));
    write_back.times = times;
}

uint64_t write_back_look(void)
{
    uint64_t delay, now;

    if (write_back.queued || (dirty_first() == NULL && !change_dirty())) {
        return write_back.due;
    }
    if (change_read_only())
        return 0;
    delay = write_back.times->delay();
    now = moment();
    if (write_back.due == 0)
        write_back.due = delay == 0 ? 0 : now + delay;
    if ((write_back.due != 0 && now >= write_back.due) ||
        (!write_back.failed && write_back.times->much(status->dirty_pages, pool_reach())))
        write_back_kick();
    return write_back.due;
}
