/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output.c - writes to the disk, several in flight.
 *
 *   state       leaves on
 *   free        output_add -> open
 *   open        no neighbour, full, output_end -> in flight
 *   in flight   done -> free
 */
#include "output.h"

#include "cache.h"
#include "disk.h"
#include "job.h"
#include "list.h"

struct output {
    struct blk_request blk; /* first: the driver's address of it is ours */
    struct list link;       /* of the free ones */
    uint32_t bytes;
    struct page *page[BLK_PARTS];
};

static struct {
    struct output output[DISK_OUTPUTS];
    struct list free;
    struct output *open;
    unsigned flying;
    bool wrote; /* something since the last flush */
    enum err error;
} outputs;

void outputs_init(void)
{
    list_init(&outputs.free);
    for (unsigned i = 0; i < DISK_OUTPUTS; i++)
        list_push_back(&outputs.free, &outputs.output[i].link);
    outputs.open = NULL;
    outputs.flying = 0;
    outputs.wrote = false;
    outputs.error = ERR_OK;
}

static void end(struct output *o, enum err e)
{
    if (e != ERR_OK)
        outputs.error = ERR_IO;
    for (unsigned i = 0; e != ERR_OK && i < o->blk.parts; i++)
        if (o->page[i] != NULL)
            o->page[i]->error = ERR_IO;
    list_push_back(&outputs.free, &o->link);
}

static void done(struct blk_request *blk, enum err e)
{
    outputs.flying--;
    end((struct output *)blk, e);
    job_wake();
}

static void start(struct output *o, enum err (*how)(struct blk_request *))
{
    o->blk.done = done;
    outputs.wrote = true;
    if (how(&o->blk) != ERR_OK)
        end(o, ERR_IO); /* the disk is broken */
    else
        outputs.flying++;
}

static void close_open(void)
{
    struct output *o = outputs.open;

    outputs.open = NULL;
    if (o != NULL)
        start(o, disk_write);
}

static struct output *take(void)
{
    while (list_empty(&outputs.free))
        job_wait();
    return LIST_MEMBER(list_pop(&outputs.free), struct output, link);
}

static bool fits(const struct output *o, uint64_t sector, uint32_t bytes)
{
    return o != NULL && sector == o->blk.sector + o->bytes / BLK_SECTOR &&
           o->blk.parts < BLK_PARTS && o->bytes + bytes <= BLK_BYTES_MAX;
}

void output_add(uint64_t sector, uint64_t physical, uint32_t bytes, struct page *page)
{
    struct output *o;

    if (!fits(outputs.open, sector, bytes)) {
        close_open();
        o = take();
        o->blk.sector = sector;
        o->blk.parts = 0;
        o->bytes = 0;
        outputs.open = o;
    }
    o = outputs.open;
    o->page[o->blk.parts] = page;
    o->blk.part[o->blk.parts++] = (struct blk_part){physical, bytes};
    o->bytes += bytes;
}

enum err output_end(void)
{
    enum err e;

    close_open();
    while (outputs.flying > 0)
        job_wait();
    e = outputs.error;
    outputs.error = ERR_OK;
    return e;
}

enum err output_flush(void)
{
    enum err e = output_end();
    struct output *o;

    if (e != ERR_OK || !outputs.wrote || !disk_cached())
        return e;
    o = take();
    o->blk.sector = 0;
    o->blk.parts = 0;
    start(o, disk_flush);
    e = output_end();
    outputs.wrote = e != ERR_OK;
    return e;
}
