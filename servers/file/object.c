/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * object.c - the object protocol: a file's pages as capabilities, to be mapped.
 */
#include "object.h"

#include "change.h"
#include "dirty.h"
#include "lend.h"
#include "read.h"
#include "rt.h"
#include "service.h"
#include "write_back.h"

PROTOCOL_SERVER(object, object_OPS)

enum err service_object(struct call *c)
{
    return object_dispatch(c);
}

static enum err object_of(const struct call *c, uint32_t handle, struct session **s,
                          struct description **d)
{
    *s = session_of(c->badge);
    if (*s == NULL)
        return ERR_REFUSED;
    *d = handle_of(*s, handle);
    if (*d == NULL || !((*d)->flags & FILE_READ) || !node_is((*d)->node, NODE_REGULAR))
        return ERR_BAD_HANDLE;
    return ERR_OK;
}

/* The client comes back when something has been written, or cut off. */
static enum err later(struct session *s)
{
    if (dirty_full())
        write_back_kick();
    s->starved = true;
    return ERR_PENDING;
}

/* The pages are dirty from now on, as many as have a place on the disk: at least the first. */
static enum err soil(struct session *s, struct description *d, struct page **page, uint32_t *count)
{
    enum err e = ERR_OK;
    uint32_t i;

    for (i = 0; i < *count && e == ERR_OK; i++) {
        e = dirty_page(d->node, page[i]);
        if (e == ERR_OK)
            dirty_lent(page[i]);
    }
    if (e == ERR_PENDING && i == 1) {
        write_back_map(d->node, page[0]->index);
        return later(s);
    }
    if (i == 1 && e != ERR_OK)
        return e;
    *count = e == ERR_OK ? i : i - 1;
    d->node->is.mtime = d->node->is.ctime = change_now();
    dirty_facts(d->node);
    return ERR_OK;
}

static enum err object_on_get(struct call *c, const struct object_get_req *q,
                              struct object_get_reply *r)
{
    struct page *page[LEND_MAX];
    struct description *d;
    struct session *s;
    uint32_t pages, left, count = q->count, valid;
    bool hit;
    enum err e = object_of(c, q->handle, &s, &d);

    if (e != ERR_OK)
        return e;
    if (q->write && !(d->flags & FILE_WRITE))
        return ERR_BAD_HANDLE;
    if (q->write && change_read_only())
        return ERR_READ_ONLY;
    if (count == 0 || count > LEND_MAX)
        return ERR_BAD_ARG;
    pages = (uint32_t)((d->node->is.size + PAGE_SIZE - 1) >> PAGE_BITS);
    left = q->index < pages ? pages - q->index : 0;
    if (left == 0)
        return ERR_END;
    if (count > left)
        count = left;
    if (q->write)
        e = write_back_room(d->node);
    if (d->node->frozen || e == ERR_PENDING)
        return later(s);
    if (e != ERR_OK)
        return e;
    e = pages_bring(s, d, q->index, 1, count, page, &valid, &hit);
    if (e != ERR_OK)
        return e;
    cache_touch(page[0]);
    if (q->write)
        e = soil(s, d, page, &valid);
    if (e == ERR_OK)
        e = lend_pages(c, page, valid, q->write != 0);
    r->got = e == ERR_OK ? valid : 0;
    r->hit = hit;
    return e;
}

static enum err object_on_size(struct call *c, const struct object_size_req *q,
                               struct object_size_reply *r)
{
    struct description *d;
    struct session *s;
    enum err e = object_of(c, q->handle, &s, &d);

    if (e != ERR_OK)
        return e;
    r->low = (uint32_t)d->node->is.size;
    r->high = (uint32_t)(d->node->is.size >> 32);
    return ERR_OK;
}

static enum err object_on_sync(struct call *c, const struct object_sync_req *q,
                               struct object_sync_reply *r)
{
    struct description *d;
    struct session *s;
    enum err e = object_of(c, q->handle, &s, &d);

    (void)r;
    return e == ERR_OK ? changes_sync(s, q->handle, 0) : e;
}
