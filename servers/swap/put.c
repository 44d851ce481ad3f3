/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * put.c - frames out of a client's slots into the store.
 *
 * This is what a supervisor does when there is no memory left: nothing here allocates.
 *
 * A page that was taken by force is put by its slot like any other, and never refused: room was
 * told for it. If others have used that up meanwhile, it stays in memory until there is a place.
 */
#include "disk.h"
#include "orphan.h"
#include "rt.h"
#include "service.h"
#include "status.h"
#include "store.h"
#include "supply.h"

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Records for up to `count` frames to come. */
static struct frame *records(struct session *s, uint32_t count, unsigned *got)
{
    struct frame *first = frames_bare(count, got);

    if (first == NULL) {
        cache_bare(count);
        first = frames_bare(count, got);
    }
    if (first == NULL) {
        write_all();
        session_starve(s);
    }
    return first;
}

static void enter(struct session *s, struct frame *first, uint32_t handle, unsigned count)
{
    frames_came(first, count);
    for (unsigned i = 0; i < count; i++) {
        struct page *p = page_new();

        frame_fill(first + i, p, FRAME_DIRTY);
        handle_set(s, handle + i, p);
    }
    status->put += count;
}

static enum err put(struct session *s, const struct swap_put_req *q, struct swap_put_reply *r)
{
    uint32_t taken = supply_taken(), room = write_room() > taken ? write_room() : taken;
    uint32_t count = least(q->count, least(room, pages_unused()));
    struct frame *first;
    unsigned got;
    enum err e;

    if (count == 0)
        return ERR_NO_SPACE;
    count = handles_find(s, count, &r->handle);
    if (count == 0)
        return ERR_LIMIT;
    first = records(s, count, &got);
    if (first == NULL)
        return ERR_PENDING;
    e = supply_collect(s->bank, q->first, got, first->cap, &got);
    if (e != ERR_OK)
        return e;
    enter(s, first, r->handle, got);
    r->got = got;
    r->room = write_room();
    return ERR_OK;
}

/* Pages that were taken by force, and are here already: handles for the leading ones. */
static enum err claim(struct session *s, const struct swap_put_req *q, struct swap_put_reply *r)
{
    uint32_t count = 0;

    while (count < q->count && orphan_known(s->bank, q->first + count))
        count++;
    count = handles_find(s, count, &r->handle);
    if (count == 0)
        return ERR_LIMIT;
    for (uint32_t i = 0; i < count; i++)
        handle_set(s, r->handle + i, orphan_claim(s->bank, q->first + i));
    r->got = count;
    r->room = write_room();
    return ERR_OK;
}

enum err put_pages(struct session *s, const struct swap_put_req *q, struct swap_put_reply *r)
{
    enum err e;

    if (q->count < 1 || q->count > SWAP_PUT_MAX)
        return ERR_BAD_ARG;
    reclaim_begin();
    e = orphan_known(s->bank, q->first) ? claim(s, q, r) : put(s, q, r);
    write_continue();
    reclaim_end();
    return e;
}
