/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metadata.c - the disk's metadata in memory: what libext2fs reads and writes through.
 *
 * Few, and each use copies a whole block anyway: they are searched one by one, and the
 * one least recently used is read over. If all are dirty there is one more: a transaction is
 * ended before it is large, but not in the middle of an operation.
 */
#include "metadata.h"

#include "disk.h"
#include "job.h"
#include "rt.h"

#include <string.h>

#define NOTHING   (~(uint64_t)0)
#define PAGES_MAX 512u

struct held {
    uint64_t page; /* of the disk, or NOTHING */
    uint64_t used; /* when: counts uses */
    char *at;
    uint64_t physical;
    uint8_t dirty; /* a bit a block of the file system */
    uint8_t stale; /* a bit a block: the disk's is not this one any more */
};

static struct {
    struct held held[PAGES_MAX];
    unsigned count, dirty, block_bits;
    uint64_t uses;
    struct blk_request request;
    bool done;
    enum err result;
    struct ext2_source source;
} metadata;

static bool memory_take(unsigned count)
{
    unsigned end = metadata.count + count;

    if (end > PAGES_MAX)
        return false;
    while (metadata.count < end) {
        unsigned left = end - metadata.count, pages = left < DMA_PAGES ? left : DMA_PAGES;
        struct dma dma;

        if (dma_take(&dma, pages) != ERR_OK)
            return false;
        for (unsigned k = 0; k < pages; k++)
            metadata.held[metadata.count++] = (struct held){
                .page = NOTHING,
                .at = dma.at + k * PAGE_SIZE,
                .physical = dma.physical[k],
            };
    }
    return true;
}

static void read_done(struct blk_request *r, enum err e)
{
    (void)r;
    metadata.result = e;
    metadata.done = true;
    job_wake();
}

/* The page of the disk into memory; waits. */
static enum err load(struct held *b, uint64_t page)
{
    uint64_t left = disk_bytes() - page * PAGE_SIZE;
    enum err e;

    metadata.request = (struct blk_request){
        .sector = page * (PAGE_SIZE / BLK_SECTOR),
        .parts = 1,
        .part = {{b->physical, left < PAGE_SIZE ? (uint32_t)left : PAGE_SIZE}},
        .done = read_done,
    };
    b->page = NOTHING;
    metadata.done = false;
    e = disk_read(&metadata.request);
    while (e == ERR_OK && !metadata.done)
        job_wait();
    if (e == ERR_OK)
        e = metadata.result;
    if (e != ERR_OK)
        return ERR_IO;
    b->page = page;
    return ERR_OK;
}

static struct held *find(uint64_t page)
{
    for (unsigned i = 0; i < metadata.count; i++)
        if (metadata.held[i].page == page)
            return &metadata.held[i];
    return NULL;
}

/* The one least recently used that can be read over, or a new one. */
static struct held *oldest(void)
{
    struct held *old = NULL;

    for (unsigned i = 0; i < metadata.count; i++) {
        struct held *b = &metadata.held[i];

        if (b->dirty == 0 && (old == NULL || b->used < old->used))
            old = b;
    }
    if (old == NULL && memory_take(1))
        old = &metadata.held[metadata.count - 1];
    return old;
}

/* The page, read from the disk if it is not here; `whole`: it will be overwritten. */
static enum err get(uint64_t page, bool whole, struct held **found)
{
    struct held *b = find(page);
    bool here = b != NULL;

    if (!here)
        b = oldest();
    if (b == NULL)
        return ERR_NO_MEMORY;
    b->used = ++metadata.uses;
    *found = b;
    if (here)
        return ERR_OK;
    b->page = whole ? page : NOTHING;
    b->stale = 0;
    return whole ? ERR_OK : load(b, page);
}

/* The range was checked (lib/ext2fs/source.c). */
static enum err source_read(struct ext2_source *s, uint64_t offset, void *to, uint64_t bytes)
{
    char *at = to;

    (void)s;
    while (bytes > 0) {
        uint64_t in = offset % PAGE_SIZE;
        uint64_t n = bytes < PAGE_SIZE - in ? bytes : PAGE_SIZE - in;
        struct held *b;
        enum err e = get(offset / PAGE_SIZE, false, &b);

        if (e != ERR_OK)
            return e;
        memcpy(at, b->at + in, n);
        at += n;
        offset += n;
        bytes -= n;
    }
    return ERR_OK;
}

/* A bit for each block that these bytes of a page lie in. */
static uint8_t blocks_of(unsigned in, unsigned bytes)
{
    unsigned first = in >> metadata.block_bits, last = (in + bytes - 1) >> metadata.block_bits;

    return (uint8_t)((2u << last) - (1u << first));
}

static void soil(struct held *b, uint8_t blocks)
{
    metadata.dirty += (unsigned)__builtin_popcount(blocks & ~b->dirty);
    b->dirty |= blocks;
    b->stale &= (uint8_t)~blocks;
}

/* What is written as it stood changes nothing. */
static enum err source_write(struct ext2_source *s, uint64_t offset, const void *from,
                             uint64_t bytes)
{
    const char *at = from;

    (void)s;
    while (bytes > 0) {
        uint64_t in = offset % PAGE_SIZE;
        uint64_t n = bytes < PAGE_SIZE - in ? bytes : PAGE_SIZE - in;
        bool fresh = n == PAGE_SIZE && find(offset / PAGE_SIZE) == NULL;
        uint8_t blocks = blocks_of((unsigned)in, (unsigned)n);
        struct held *b;
        enum err e = get(offset / PAGE_SIZE, fresh, &b);

        if (e != ERR_OK)
            return e;
        if (fresh || (b->stale & blocks) || memcmp(b->at + in, at, n) != 0) {
            memcpy(b->at + in, at, n);
            soil(b, blocks);
        }
        at += n;
        offset += n;
        bytes -= n;
    }
    return ERR_OK;
}

bool metadata_init(unsigned count)
{
    metadata.count = 0;
    metadata.dirty = 0;
    metadata.uses = 0;
    metadata.source = (struct ext2_source){.bytes = disk_bytes(), .read = source_read};
    return count > 0 && memory_take(count);
}

struct ext2_source *metadata_source(void)
{
    return &metadata.source;
}

void metadata_writable(unsigned block_bits)
{
    metadata.block_bits = block_bits;
    metadata.source.write = source_write;
}

unsigned metadata_dirty(void)
{
    return metadata.dirty;
}

bool metadata_next(unsigned *cursor, struct metadata_block *b)
{
    unsigned per_page = PAGE_SIZE >> metadata.block_bits;

    for (; *cursor < metadata.count * per_page; ++*cursor) {
        const struct held *h = &metadata.held[*cursor / per_page];
        unsigned i = *cursor % per_page;

        if (!(h->dirty >> i & 1))
            continue;
        ++*cursor;
        *b = (struct metadata_block){
            .block = h->page * per_page + i,
            .at = h->at + (i << metadata.block_bits),
            .physical = h->physical + (i << metadata.block_bits),
        };
        return true;
    }
    return false;
}

void metadata_forget(uint64_t block, unsigned count)
{
    unsigned per_page = PAGE_SIZE >> metadata.block_bits;

    for (unsigned i = 0; i < metadata.count; i++) {
        struct held *h = &metadata.held[i];

        for (unsigned k = 0; h->page != NOTHING && k < per_page; k++)
            if (h->page * per_page + k - block < count)
                h->stale |= (uint8_t)(1u << k);
    }
}

void metadata_clean(bool forgotten)
{
    for (unsigned i = 0; i < metadata.count; i++) {
        struct held *h = &metadata.held[i];

        if (forgotten && h->dirty != 0)
            h->page = NOTHING;
        h->dirty = 0;
    }
    metadata.dirty = 0;
}
