/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fill.c - reading pages in: from runs of pages to requests of the disk.
 *
 * F1  a page's `parts` is the number of requests' parts that write to it, and one more while
 *     not all of its blocks were asked for
 * F2  a page becomes VALID or FAILED when its parts come to 0
 */
#include "fill.h"

#include "extent.h"
#include "job.h"
#include "request.h"
#include "rt.h"
#include "status.h"

#include <string.h>

struct fill {
    struct job job;     /* first: the job's address is the fill's */
    struct list link;   /* of the free fills, or of those that wait for a request */
    struct node *node;  /* held */
    uint32_t next, end; /* pages that are not asked for */
    uint32_t block;     /* of page `next`: the first not asked for */
};

enum progress { FILL_DONE, FILL_MAPS, FILL_WAITS };

static struct {
    struct fill fill[FILLS];
    struct list free, waiting;
} fills;

void fills_init(void)
{
    list_init(&fills.free);
    list_init(&fills.waiting);
    for (unsigned i = 0; i < FILLS; i++)
        list_push_back(&fills.free, &fills.fill[i].link);
    requests_init();
}

static unsigned blocks_shift(void)
{
    return PAGE_BITS - volume_block_bits(); /* log2 of the blocks of a page */
}

/* Blocks of the file in its page `index`. */
static uint32_t page_blocks(const struct node *n, uint32_t index)
{
    uint64_t blocks = (n->is.size + (1u << volume_block_bits()) - 1) >> volume_block_bits();
    uint64_t first = (uint64_t)index << blocks_shift();
    uint64_t left = blocks > first ? blocks - first : 0;
    uint32_t all = 1u << blocks_shift();

    return left < all ? (uint32_t)left : all;
}

/* All its blocks are known; *holes: some have no place on the disk, or the file ends. */
static bool page_mapped(struct node *n, uint32_t index, uint32_t *missing, bool *holes)
{
    uint32_t first = index << blocks_shift(), count = page_blocks(n, index);

    *holes = count < 1u << blocks_shift();
    for (uint32_t b = first; b < first + count; b++) {
        const struct volume_run *run = extent_find(n, b);

        *missing = b;
        if (run == NULL)
            return false;
        *holes |= run->physical == 0;
    }
    return true;
}

/* Asks for the page's blocks from f->block on. false: no request was free. */
static bool page_ask(struct fill *f, struct page *p)
{
    uint32_t first = f->next << blocks_shift(), count = page_blocks(f->node, f->next);
    unsigned bits = volume_block_bits();

    for (; f->block < count; f->block++) {
        const struct volume_run *run = extent_find(f->node, first + f->block);
        uint64_t physical = run->physical + (first + f->block - run->first);

        if (run->physical != 0 &&
            !request_add(p, physical << (bits - 9), f->block << bits, 1u << bits))
            return false;
    }
    return true;
}

/* The next page of the fill; what hinders it. */
static enum progress page_step(struct fill *f)
{
    struct page *p = cache_find(f->node->inode, f->next);
    uint32_t missing;
    bool holes;

    if (!page_mapped(f->node, f->next, &missing, &holes))
        return FILL_MAPS;
    if (f->block == 0 && holes)
        frame_clear_run(p->frame, 1);
    if (!page_ask(f, p))
        return FILL_WAITS;
    request_page_end(p);
    f->next++;
    f->block = 0;
    return FILL_DONE;
}

static void fill_free(struct fill *f)
{
    node_drop(f->node);
    list_push_back(&fills.free, &f->link);
}

/* Goes as far as it can without waiting. */
static enum progress fill_step(struct fill *f)
{
    enum progress how = FILL_DONE;

    while (how == FILL_DONE && f->next < f->end)
        how = page_step(f);
    request_close();
    return how;
}

/* The map cannot be read: all that is left of the fill fails. */
static void fill_fail(struct fill *f, enum err e)
{
    for (; f->next < f->end; f->next++) {
        struct page *p = cache_find(f->node->inode, f->next);

        p->error = (uint8_t)e;
        request_page_end(p);
    }
    fill_free(f);
}

static void fill_go(struct fill *f)
{
    switch (fill_step(f)) {
    case FILL_DONE:
        fill_free(f);
        break;
    case FILL_MAPS:
        job_start(&f->job);
        break;
    case FILL_WAITS:
        list_push_back(&fills.waiting, &f->link);
        break;
    }
}

/* On the fiber: maps the next page as far as it is not, and goes on. */
static void fill_job(struct job *job)
{
    struct fill *f = (struct fill *)job;
    struct volume_run run;
    uint32_t missing;
    bool holes;

    while (!page_mapped(f->node, f->next, &missing, &holes)) {
        enum err e = volume_map(f->node->inode, missing, &run);

        if (e != ERR_OK) {
            fill_fail(f, e);
            return;
        }
        extent_enter(f->node, &run);
    }
    fill_go(f);
}

void fills_continue(void)
{
    while (!list_empty(&fills.waiting) && request_free())
        fill_go(LIST_MEMBER(list_pop(&fills.waiting), struct fill, link));
}

static uint32_t file_pages(const struct node *n)
{
    return (uint32_t)((n->is.size + PAGE_SIZE - 1) >> PAGE_BITS);
}

/* Enters pages from `first` on that are not there, up to `end`; where it stopped. */
static uint32_t enter_run(struct node *n, uint32_t first, uint32_t end,
                          const struct fill_span *asked)
{
    uint32_t i = first;

    for (; i < end && i - first < FILL_MAX && cache_find(n->inode, i) == NULL; i++) {
        struct page *p = cache_enter(n->inode, i);

        if (p == NULL)
            break;
        p->parts = 1; /* F1 */
        p->ahead = i - asked->first >= asked->count;
        p->fresh = !p->ahead;
        if (i + 1 == file_pages(n))
            p->tail = (uint16_t)(n->is.size % PAGE_SIZE);
        status->read_ahead += p->ahead;
    }
    return i;
}

void fill_range(struct node *n, struct fill_span all, struct fill_span asked)
{
    uint32_t pages = file_pages(n), first = all.first;
    uint32_t end = pages - first < all.count ? pages : first + all.count, stop;

    while (first < end) {
        struct list *link;
        struct fill *f;

        if (cache_find(n->inode, first) != NULL) {
            first++;
            continue;
        }
        link = list_pop(&fills.free);
        if (link == NULL)
            return;
        f = LIST_MEMBER(link, struct fill, link);
        stop = enter_run(n, first, end, &asked);
        *f = (struct fill){.job.run = fill_job, .node = node_share(n), .next = first, .end = stop};
        if (stop == first) {
            fill_free(f);
            return;
        }
        first = stop;
        list_push_back(&fills.waiting, &f->link);
    }
}
