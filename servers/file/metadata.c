/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metadata.c - the disk's metadata in memory: what libext2fs reads through.
 *
 * Few, and each use copies a whole block anyway: they are searched one by one, and the
 * one least recently used is read over.
 */
#include "metadata.h"

#include "disk.h"
#include "job.h"
#include "rt.h"

#include <stdlib.h>
#include <string.h>

#define NOTHING (~(uint64_t)0)

struct held {
    uint64_t page; /* of the disk, or NOTHING */
    uint64_t used; /* when: counts uses */
    char *at;
    uint64_t physical;
};

static struct {
    struct held *held;
    unsigned count;
    uint64_t uses;
    struct blk_request request;
    bool done;
    enum err result;
    struct ext2_source source;
} metadata;

static bool memory_take(unsigned count)
{
    for (unsigned i = 0; i < count; i += DMA_PAGES) {
        unsigned pages = count - i < DMA_PAGES ? count - i : DMA_PAGES;
        struct dma dma;

        if (dma_take(&dma, pages) != ERR_OK)
            return false;
        for (unsigned k = 0; k < pages; k++)
            metadata.held[i + k] = (struct held){
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

static enum err get(uint64_t page, struct held **found)
{
    struct held *oldest = &metadata.held[0];

    for (unsigned i = 0; i < metadata.count; i++) {
        struct held *b = &metadata.held[i];

        if (b->page == page) {
            b->used = ++metadata.uses;
            *found = b;
            return ERR_OK;
        }
        if (b->used < oldest->used)
            oldest = b;
    }
    oldest->used = ++metadata.uses;
    *found = oldest;
    return load(oldest, page);
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
        enum err e = get(offset / PAGE_SIZE, &b);

        if (e != ERR_OK)
            return e;
        memcpy(at, b->at + in, n);
        at += n;
        offset += n;
        bytes -= n;
    }
    return ERR_OK;
}

bool metadata_init(unsigned count)
{
    metadata.held = calloc(count, sizeof(*metadata.held));
    metadata.count = count;
    metadata.uses = 0;
    metadata.source = (struct ext2_source){.bytes = disk_bytes(), .read = source_read};
    return metadata.held != NULL && count > 0 && memory_take(count);
}

struct ext2_source *metadata_source(void)
{
    return &metadata.source;
}
