/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * get.c - pages back to a client: lent, given, kept, copied, or read first.
 */
#include "deliver.h"
#include "service.h"
#include "status.h"
#include "store.h"

#define LENT_RIGHTS (RIGHT_READ | RIGHT_EXECUTE | RIGHT_GRANT)

enum way { WAY_LEND, WAY_GIVE, WAY_KEEP, WAY_COPY, WAY_WAIT };

/* How a page that is in memory comes. */
static enum way way_of(const struct page *p, uint32_t how)
{
    const struct frame *f = frame_of(p);

    if (f->state == FRAME_READING || f->guest)
        return WAY_WAIT;
    if (how == SWAP_READ || (how == SWAP_OWN && p->count > 1))
        return WAY_LEND;
    if (p->count > 1)
        return WAY_COPY;
    if (f->state == FRAME_WRITING)
        return WAY_WAIT;
    return how == SWAP_OWN && f->state == FRAME_CLEAN ? WAY_KEEP : WAY_GIVE;
}

/* ---- reading ---- */

/* What else is named is read with it. */
static void read_ahead(struct session *s, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct page *p = handle_page(s, first + i);

        if (p == NULL || p->frame != 0 || p->place == PLACE_NONE)
            continue;
        if (read_page(p, NULL) != ERR_OK)
            break;
    }
}

static enum err read_first(struct session *s, struct page *p, const struct swap_get_req *q)
{
    enum err e = read_page(p, s);

    if (e == ERR_OK) {
        status->misses++;
        read_ahead(s, q->handle + 1, q->count - 1);
        for (unsigned i = 0; i < 3; i++)
            if (SWAP_AHEAD_FIRST(q->ahead[i]) != 0)
                read_ahead(s, SWAP_AHEAD_FIRST(q->ahead[i]), SWAP_AHEAD_COUNT(q->ahead[i]));
    }
    read_send();
    return e == ERR_OK || e == ERR_BUSY ? ERR_PENDING : e;
}

static enum err wait_for(struct session *s, struct frame *f)
{
    if (f->wants == NULL)
        status->misses++;
    want_make(s, f);
    return ERR_PENDING;
}

/* ---- delivering ---- */

/* The leading pages of the run that are in memory and come the same way. */
static uint32_t gather(const struct session *s, const struct swap_get_req *q, enum way way,
                       struct frame **frame)
{
    uint32_t n;

    for (n = 0; n < q->count; n++) {
        const struct page *p = handle_page(s, q->handle + n);

        if (p == NULL || p->frame == 0 || way_of(p, q->how) != way)
            break;
        frame[n] = frame_of(p);
    }
    return n;
}

static enum err lend(struct session *s, struct call *c, struct frame **frame, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        want_drop(s, frame[i]);
    status->lent += count;
    return deliver_lent(c, frame, count, LENT_RIGHTS);
}

static enum err own(struct session *s, struct call *c, const struct swap_get_req *q,
                    struct frame **frame, uint32_t *count, bool keep)
{
    enum err e;

    for (uint32_t i = 0; i < *count; i++)
        want_drop(s, frame[i]);
    e = deliver_own(c, frame, *count, s->bank, q->slot, count);
    if (e != ERR_OK)
        return e;
    for (uint32_t i = 0; i < *count && !keep; i++)
        handle_drop(s, q->handle + i);
    status->given += *count;
    return ERR_OK;
}

/* A copy of one page; the page stays where it is meanwhile. */
static enum err copy(struct session *s, struct call *c, const struct swap_get_req *q)
{
    struct page *p = handle_page(s, q->handle);
    struct frame *f;
    uint32_t count = 1;
    enum err e;

    p->pins++;
    f = frame_take();
    p->pins--;
    if (f == NULL)
        return ERR_NO_MEMORY;
    e = frame_copy(f->cap, frame_of(p)->cap);
    if (e == ERR_OK)
        e = deliver_own(c, &f, 1, s->bank, q->slot, &count);
    if (e != ERR_OK) {
        frame_set(f, FRAME_FREE);
        return e;
    }
    handle_drop(s, q->handle);
    status->given++;
    status->copied++;
    return ERR_OK;
}

static enum err deliver(struct session *s, struct call *c, const struct swap_get_req *q,
                        enum way way, struct swap_get_reply *r)
{
    struct frame *frame[SWAP_GET_MAX];
    uint32_t count = gather(s, q, way, frame);
    enum err e;

    r->given = way == WAY_LEND ? SWAP_LENT : way == WAY_KEEP ? SWAP_KEPT : SWAP_GIVEN;
    if (way == WAY_LEND)
        e = lend(s, c, frame, count);
    else if (way == WAY_COPY)
        e = copy(s, c, q), count = 1;
    else
        e = own(s, c, q, frame, &count, way == WAY_KEEP);
    r->got = e == ERR_OK ? count : 0;
    return e;
}

enum err get_pages(struct session *s, struct call *c, const struct swap_get_req *q,
                   struct swap_get_reply *r)
{
    struct page *p = handle_page(s, q->handle);
    struct frame *f;
    enum way way;

    if (q->count < 1 || q->count > SWAP_GET_MAX || q->how > SWAP_OWN)
        return ERR_BAD_ARG;
    if (p == NULL)
        return ERR_BAD_HANDLE;
    if (p->flags & PAGE_LOST)
        return ERR_IO;
    f = frame_of(p);
    if (f == NULL)
        return read_first(s, p, q);
    way = way_of(p, q->how);
    if (way == WAY_WAIT)
        return wait_for(s, f);
    r->hit = f->wants == NULL;
    status->hits += r->hit;
    return deliver(s, c, q, way, r);
}
