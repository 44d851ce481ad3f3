/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cut.c - files made shorter or longer, and files that end.
 *
 * While a file is cut its node is frozen: clients that read or write it are sent away, and told
 * when it is done. Pages on their way in are waited for; none are on their way out, as that, too,
 * is the fiber's work.
 */
#include "cut.h"

#include "cache.h"
#include "change.h"
#include "dirty.h"
#include "extent.h"
#include "fill.h"
#include "job.h"
#include "name.h"
#include "rt.h"
#include "session.h"
#include "volume.h"

static struct {
    struct job job;
    struct list nodes; /* that end */
    bool queued;
} ending;

static const char zeros[PAGE_SIZE];

static uint32_t pages_of(uint64_t bytes)
{
    return (uint32_t)((bytes + PAGE_SIZE - 1) >> PAGE_BITS);
}

static uint32_t blocks_of(uint64_t bytes)
{
    return (uint32_t)((bytes + (1u << volume_block_bits()) - 1) >> volume_block_bits());
}

/* ---- pages ---- */

static void page_end(struct node *n, struct page *p)
{
    while (p->state == PAGE_FILLING)
        job_wait();
    if (p->inode != n->inode || p->state != PAGE_VALID)
        return;
    dirty_forget(n, p);
    cache_kill(p);
}

/* Pages from `first` on, of those below `end`, are in memory no more. */
static void pages_end(struct node *n, uint32_t first, uint32_t end)
{
    if (end - first < pool_numbers()) {
        for (uint32_t i = first; i < end; i++) {
            struct page *p = cache_find(n->inode, i);

            if (p != NULL)
                page_end(n, p);
        }
        return;
    }
    for (uint32_t i = 0; i < pool_numbers(); i++) {
        struct page *p = pool_page(i);

        if (p->state >= PAGE_FILLING && p->inode == n->inode && p->index >= first)
            page_end(n, p);
    }
}

/* The page, read in if need be; NULL: it cannot be had. Its blocks are mapped first: a fill must
 * not wait for the fiber. */
static struct page *page_bring(struct node *n, uint32_t index, enum err *e)
{
    unsigned shift = PAGE_BITS - volume_block_bits();
    struct fill_span one = {index, 1};
    struct page *p;

    *e = ERR_OK;
    for (uint32_t b = index << shift; *e == ERR_OK && b < (index + 1) << shift; b++) {
        struct volume_run run;

        *e = volume_map(n->inode, b, &run);
        if (*e == ERR_OK && extent_find(n, b) == NULL)
            extent_enter(n, &run);
    }
    if (*e != ERR_OK)
        return NULL;
    fill_range(n, one, one);
    fills_continue();
    while ((p = cache_find(n->inode, index)) != NULL && p->state == PAGE_FILLING)
        job_wait();
    if (p == NULL || p->state != PAGE_VALID)
        *e = p == NULL ? ERR_IO : (enum err)p->error;
    return *e == ERR_OK ? p : NULL;
}

/* What is behind the new end in its page becomes zeros, on the disk too. */
static enum err tail_clear(struct node *n, uint64_t size)
{
    unsigned in = (unsigned)(size % PAGE_SIZE);
    struct page *p;
    enum err e;

    if (in == 0)
        return ERR_OK;
    p = page_bring(n, (uint32_t)(size >> PAGE_BITS), &e);
    if (p == NULL)
        return e;
    e = dirty_page(n, p);
    return e == ERR_OK ? frame_write(p->frame, in, zeros, PAGE_SIZE - in) : e;
}

void cut_grow(struct node *n, uint64_t size)
{
    unsigned in = (unsigned)(n->is.size % PAGE_SIZE);
    struct page *p = in == 0 ? NULL : cache_find(n->inode, (uint32_t)(n->is.size >> PAGE_BITS));

    if (p != NULL && p->state == PAGE_VALID && p->writable)
        frame_write(p->frame, in, zeros, PAGE_SIZE - in);
    n->is.size = size;
}

/* ---- files ---- */

static enum err blocks_cut(struct node *n, uint32_t first, uint32_t end)
{
    struct node_facts now;
    enum err e = ERR_OK;

    while (e == ERR_OK && end > first)
        e = change_cut(n->inode, first, end, &end);
    extents_drop(n);
    if (e == ERR_OK)
        e = volume_facts(n->inode, &now);
    if (e == ERR_OK)
        n->is.blocks512 = now.blocks512;
    return e;
}

static enum err shorten(struct node *n, uint64_t size)
{
    uint64_t old = n->is.size;
    enum err e = tail_clear(n, size);

    if (e != ERR_OK)
        return e;
    pages_end(n, pages_of(size), pages_of(old));
    n->is.size = size;
    dirty_facts(n);
    e = change_facts(n->inode, &n->is);
    return e == ERR_OK ? blocks_cut(n, blocks_of(size), blocks_of(old)) : e;
}

enum err cut_file(struct node *n, uint64_t size)
{
    enum err e = change_read_only() ? ERR_READ_ONLY : ERR_OK;

    if (e != ERR_OK)
        return e;
    n->frozen = true;
    n->is.mtime = n->is.ctime = change_now();
    if (size < n->is.size)
        e = shorten(n, size);
    else
        cut_grow(n, size);
    dirty_facts(n);
    n->frozen = false;
    sessions_tell_starved();
    return e;
}

/* ---- the end ---- */

static void end(struct node *n)
{
    enum err e;

    n->frozen = true;
    pages_end(n, 0, pages_of(n->is.size));
    dirty_facts_written(n);
    e = change_read_only() ? ERR_READ_ONLY : blocks_cut(n, 0, blocks_of(n->is.size));
    if (e == ERR_OK)
        change_free(n->inode); /* if not, it stays an orphan, which e2fsck knows to end */
    if (node_is(n, NODE_DIRECTORY))
        names_forget(n->inode);
    node_forget(n);
}

static void run(struct job *job)
{
    struct list *link;

    (void)job;
    while ((link = list_pop(&ending.nodes)) != NULL)
        end(LIST_MEMBER(link, struct node, idle));
    ending.queued = false;
    sessions_tell_starved();
}

void node_orphaned(struct node *n)
{
    list_push_back(&ending.nodes, &n->idle);
    if (ending.queued)
        return;
    ending.queued = true;
    ending.job.run = run;
    job_start(&ending.job);
}

void cut_init(void)
{
    list_init(&ending.nodes);
    ending.queued = false;
}
