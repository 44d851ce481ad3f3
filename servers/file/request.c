/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * request.c - requests of the disk for pages.
 *
 *   state             leaves on
 *   free              request_add -> open
 *   open              request_close, a block that is no neighbour -> in flight
 *   in flight         done -> free; failed, with several parts -> by parts
 *   by parts          the last part is done -> free
 */
#include "request.h"

#include "disk.h"
#include "fill.h"
#include "list.h"
#include "rt.h"

struct part {
    struct page *page;
    uint64_t sector;
    uint32_t offset, bytes;
};

struct request {
    struct blk_request blk; /* first: the driver's address of it is ours */
    struct list link;       /* of the free ones */
    unsigned parts;
    unsigned next; /* by parts: the one behind that in flight; else 0 */
    uint32_t bytes;
    struct part part[BLK_PARTS];
};

static struct {
    struct request request[DISK_REQUESTS];
    struct list free;
    struct request *open;
} requests;

void requests_init(void)
{
    list_init(&requests.free);
    for (unsigned i = 0; i < DISK_REQUESTS; i++)
        list_push_back(&requests.free, &requests.request[i].link);
    requests.open = NULL;
}

bool request_free(void)
{
    return !list_empty(&requests.free);
}

/* Zeros behind the file's end: a mapping shows the whole page. */
static enum err clear_tail(const struct page *p)
{
    static const char zeros[PAGE_SIZE];

    return p->tail == 0 ? ERR_OK : frame_write(p->frame, p->tail, zeros, PAGE_SIZE - p->tail);
}

void request_page_end(struct page *p)
{
    bool wanted = p->pins > 0; /* if not, a failed page is gone at once */

    if (--p->parts > 0)
        return;
    if (p->error == ERR_OK)
        p->error = (uint8_t)clear_tail(p);
    cache_filled(p, (enum err)p->error);
    if (wanted)
        fill_told(p);
}

static void part_end(struct part *part, enum err e)
{
    if (e != ERR_OK)
        part->page->error = (uint8_t)e;
    request_page_end(part->page);
}

/* Parts from `first` on end so, and the request with them. */
static void rest_end(struct request *r, unsigned first, enum err e)
{
    for (unsigned i = first; i < r->parts; i++)
        part_end(&r->part[i], e);
    list_push_back(&requests.free, &r->link);
}

static void done(struct blk_request *blk, enum err e);

/* Sends parts [first, end). A disk that takes none is broken: all the rest fails. */
static void send(struct request *r, unsigned first, unsigned end)
{
    r->blk.sector = r->part[first].sector;
    r->blk.parts = end - first;
    r->blk.done = done;
    for (unsigned i = first; i < end; i++) {
        struct part *p = &r->part[i];

        r->blk.part[i - first] = (struct blk_part){p->page->physical + p->offset, p->bytes};
    }
    if (disk_read(&r->blk) != ERR_OK)
        rest_end(r, first, ERR_IO);
}

static void send_next(struct request *r)
{
    r->next++;
    send(r, r->next - 1, r->next);
}

static void done(struct blk_request *blk, enum err e)
{
    struct request *r = (struct request *)blk;

    if (r->next == 0 && (e == ERR_OK || r->parts == 1)) {
        rest_end(r, 0, e);
        return;
    }
    if (r->next > 0)
        part_end(&r->part[r->next - 1], e);
    if (r->next < r->parts)
        send_next(r);
    else
        list_push_back(&requests.free, &r->link);
}

void request_close(void)
{
    struct request *r = requests.open;

    requests.open = NULL;
    if (r != NULL)
        send(r, 0, r->parts);
}

/* The open request takes these sectors behind its own. */
static bool fits(const struct request *r, uint64_t sector, uint32_t bytes)
{
    return r != NULL && sector == r->part[0].sector + r->bytes / BLK_SECTOR &&
           r->parts < BLK_PARTS && r->bytes + bytes <= BLK_BYTES_MAX;
}

static bool open_request(void)
{
    struct list *link;

    request_close();
    link = list_pop(&requests.free);
    if (link == NULL)
        return false;
    requests.open = LIST_MEMBER(link, struct request, link);
    requests.open->parts = 0;
    requests.open->next = 0;
    requests.open->bytes = 0;
    return true;
}

bool request_add(struct page *p, uint64_t sector, uint32_t offset, uint32_t bytes)
{
    struct request *r;
    struct part *last;

    if (!fits(requests.open, sector, bytes) && !open_request())
        return false;
    r = requests.open;
    last = r->parts > 0 ? &r->part[r->parts - 1] : NULL;
    if (last != NULL && last->page == p && last->offset + last->bytes == offset) {
        last->bytes += bytes;
    } else {
        r->part[r->parts++] =
            (struct part){.page = p, .sector = sector, .offset = offset, .bytes = bytes};
        p->parts++;
    }
    r->bytes += bytes;
    return true;
}
