/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * object.c - the object protocol: a file's pages as capabilities, to be mapped.
 */
#include "object.h"

#include "lend.h"
#include "read.h"
#include "rt.h"
#include "service.h"

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

static enum err object_on_get(struct call *c, const struct object_get_req *q,
                              struct object_get_reply *r)
{
    struct page *page[LEND_MAX];
    struct description *d;
    struct session *s;
    uint32_t pages, count = q->count, valid;
    bool hit;
    enum err e = object_of(c, q->handle, &s, &d);

    if (e != ERR_OK)
        return e;
    if (q->write)
        return ERR_READ_ONLY;
    if (count == 0 || count > LEND_MAX)
        return ERR_BAD_ARG;
    pages = (uint32_t)((d->node->is.size + PAGE_SIZE - 1) >> PAGE_BITS);
    if (q->index >= pages)
        return ERR_END;
    if (count > pages - q->index)
        count = pages - q->index;
    e = pages_bring(s, d, q->index, 1, count, page, &valid, &hit);
    if (e != ERR_OK)
        return e;
    cache_touch(page[0]);
    e = lend_pages(c, page, valid);
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

/* Nothing is written. */
static enum err object_on_sync(struct call *c, const struct object_sync_req *q,
                               struct object_sync_reply *r)
{
    struct description *d;
    struct session *s;

    (void)r;
    return object_of(c, q->handle, &s, &d);
}
