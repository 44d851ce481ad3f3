/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dirty.c - pages and facts of files that are newer than the disk.
 */
#include "dirty.h"

#include "change.h"
#include "extent.h"
#include "rt.h"
#include "status.h"

#define NOBODY     UINT32_MAX
#define TABLES_MAX 4u /* blocks of tables that a page far from others may need */
#define SLACK      8u /* blocks for tables of a fragmented file, beyond what pages promise */
#define PART_FULL  4u /* of the cache's pages: dirty at most */

static struct {
    struct list nodes; /* N3: the longest dirty first */
    bool writable;     /* some page is lent so */
    uint32_t writing;  /* pages on their way */
} dirty;

void dirty_init(void)
{
    list_init(&dirty.nodes);
    dirty.writable = false;
    dirty.writing = 0;
}

/* ---- nodes ---- */

static void soil(struct node *n)
{
    if (n->facts_dirty || n->dirty_pages > 0)
        return;
    node_share(n);
    list_push_back(&dirty.nodes, &n->soiled);
}

static void cleansed(struct node *n)
{
    if (n->facts_dirty || n->dirty_pages > 0)
        return;
    list_remove(&n->soiled);
    node_drop(n);
}

void dirty_facts(struct node *n)
{
    soil(n);
    n->facts_dirty = true;
}

void dirty_facts_written(struct node *n)
{
    if (!n->facts_dirty)
        return;
    n->facts_dirty = false;
    cleansed(n);
}

struct node *dirty_first(void)
{
    struct list *first = list_first(&dirty.nodes);

    return first == NULL ? NULL : LIST_MEMBER(first, struct node, soiled);
}

void dirty_later(struct node *n)
{
    list_remove(&n->soiled);
    list_push_back(&dirty.nodes, &n->soiled);
}

unsigned dirty_nodes(void)
{
    const struct list *link;
    unsigned count = 0;

    LIST_EACH (link, &dirty.nodes)
        count++;
    return count;
}

bool dirty_full(void)
{
    return status->dirty_pages + dirty.writing >= pool_reach() / PART_FULL;
}

/* ---- a place on the disk ---- */

/* Blocks of the page that have none, as far as is known; *unknown: some may have. */
static unsigned missing(struct node *n, uint32_t index, bool *unknown)
{
    unsigned shift = PAGE_BITS - volume_block_bits(), count = 0;

    for (uint32_t b = index << shift; b < (index + 1) << shift; b++) {
        const struct volume_run *run = extent_find(n, b);

        *unknown |= run == NULL;
        count += run == NULL || run->physical == 0;
    }
    return count;
}

/* The page before it has what tables it needs, or promised them. */
static bool follows(const struct node *n, uint32_t index)
{
    const struct page *p = index == 0 ? NULL : cache_find(n->inode, index - 1);
    uint32_t per_table = 1u << (volume_block_bits() - 2);
    uint32_t block = index << (PAGE_BITS - volume_block_bits());

    return p != NULL && p->promised > 0 && (block - EXT2_NDIR_BLOCKS) % per_table != 0;
}

static enum err reserve(struct node *n, struct page *p)
{
    bool unknown = false;
    unsigned blocks = missing(n, p->index, &unknown);

    if (blocks == 0 || p->promised > 0)
        return ERR_OK;
    if (!follows(n, p->index))
        blocks += TABLES_MAX;
    if (change_blocks_free() > blocks + SLACK && change_reserve(blocks)) {
        p->promised = (uint8_t)blocks;
        return ERR_OK;
    }
    return unknown || status->dirty_pages > 0 || change_waiting() ? ERR_PENDING : ERR_NO_SPACE;
}

void dirty_placed(struct page *p)
{
    change_release(p->promised);
    p->promised = 0;
}

/* ---- pages ---- */

static void enqueue(struct node *n, struct page *p)
{
    soil(n);
    p->dirty_next = NOBODY;
    if (n->dirty_pages++ == 0)
        n->dirty_first = p->number;
    else
        pool_page(n->dirty_last)->dirty_next = p->number;
    n->dirty_last = p->number;
    p->dirty = 1;
    status->dirty_pages++;
}

enum err dirty_page(struct node *n, struct page *p)
{
    enum err e = p->dirty ? ERR_OK : reserve(n, p);

    if (e == ERR_OK && !p->dirty)
        enqueue(n, p);
    return e;
}

bool dirty_found(struct page *p)
{
    struct node *n;
    uint8_t bits;

    if (frame_harvest(p->frame, 1, HARVEST_D, &bits) != ERR_OK)
        bits = HARVEST_D;
    if (!p->lent)
        p->writable = 0;
    if (!(bits & HARVEST_D))
        return false;
    n = node_hold(p->inode);
    if (n == NULL)
        return false;
    if (!p->dirty)
        enqueue(n, p);
    node_drop(n);
    return true;
}

void dirty_look(struct node *n)
{
    bool more = false;

    if (!dirty.writable)
        return;
    for (uint32_t i = 0; i < pool_numbers(); i++) {
        struct page *p = pool_page(i);

        if (p->state != PAGE_VALID || !p->writable)
            continue;
        more = true;
        if (!p->dirty && (n == NULL || p->inode == n->inode))
            dirty_found(p);
    }
    dirty.writable = more;
}

void dirty_lent(struct page *p)
{
    p->writable = 1;
    dirty.writable = true;
}

void dirty_unlend(struct node *n)
{
    for (uint32_t i = 0; dirty.writable && i < pool_numbers(); i++) {
        struct page *p = pool_page(i);

        if (p->state != PAGE_VALID || !p->writable || p->inode != n->inode)
            continue;
        if (cap_revoke(p->frame) == ERR_OK)
            p->lent = 0;
        dirty_found(p);
    }
}

/* From the queue: the page whose number `*at` is. */
static struct page *dequeue(struct node *n, uint32_t *at, uint32_t before)
{
    struct page *p = pool_page(*at);

    *at = p->dirty_next;
    if (n->dirty_last == p->number)
        n->dirty_last = before;
    p->dirty = 0;
    n->dirty_pages--;
    status->dirty_pages--;
    return p;
}

unsigned dirty_take(struct node *n, struct page **page, unsigned room)
{
    unsigned count = 0;

    while (count < room && n->dirty_pages > 0) {
        struct page *p;
        unsigned at = count++;
        uint8_t bits;

        p = dequeue(n, &n->dirty_first, NOBODY);
        p->writing = 1;
        dirty.writing++;
        if (p->writable)
            frame_harvest(p->frame, 1, HARVEST_D, &bits);
        for (; at > 0 && page[at - 1]->index > p->index; at--)
            page[at] = page[at - 1];
        page[at] = p;
    }
    if (count > 0)
        cleansed(n);
    return count;
}

void dirty_written(struct node *n, struct page *p)
{
    enum err e = (enum err)p->error;

    p->writing = 0;
    dirty.writing--;
    p->error = ERR_OK;
    if (e == ERR_OK) {
        status->written_pages++;
        return;
    }
    n->error = (uint8_t)e;
    status->errors++;
    if (!p->dirty)
        enqueue(n, p);
}

void dirty_forget(struct node *n, struct page *p)
{
    uint32_t *at = &n->dirty_first, before = NOBODY;

    if (p->dirty) {
        while (*at != p->number) {
            before = *at;
            at = &pool_page(*at)->dirty_next;
        }
        dequeue(n, at, before);
        cleansed(n);
    }
    dirty_placed(p);
    p->writable = 0;
}

unsigned dirty_audit(void)
{
    uint32_t pages = 0, cursor = 0;
    struct node *n;

    while ((n = node_next(&cursor)) != NULL) {
        uint32_t at = n->dirty_first;

        for (uint32_t i = 0; i < n->dirty_pages; i++, at = pool_page(at)->dirty_next)
            if (!pool_page(at)->dirty || pool_page(at)->inode != n->inode)
                return 1;
        pages += n->dirty_pages;
        if ((n->facts_dirty || n->dirty_pages > 0) == list_empty(&n->soiled))
            return 2;
    }
    return pages == status->dirty_pages ? 0 : 3;
}
