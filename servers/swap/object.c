/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * object.c - the object protocol: an anonymous object's pages as capabilities, to be mapped.
 */
#include "object.h"

#include "deliver.h"
#include "service.h"
#include "status.h"

PROTOCOL_SERVER(object, object_OPS)

enum err service_object(struct call *c)
{
    return object_dispatch(c);
}

static enum err object_on_get(struct call *c, const struct object_get_req *q,
                              struct object_get_reply *r)
{
    unsigned rights = RIGHT_READ | RIGHT_GRANT | (q->write ? RIGHT_WRITE : 0);
    struct frame *frame[DELIVER_MAX];
    struct session *s;
    struct object *o;
    uint32_t n;
    enum err e = session_object(c->badge, q->handle, &s, &o);

    if (e != ERR_OK)
        return e;
    if (q->count < 1 || q->count > DELIVER_MAX || q->write > 1)
        return ERR_BAD_ARG;
    if (q->index >= o->pages)
        return ERR_END;
    e = object_page(s, o, q->index, true, &frame[0]);
    if (e != ERR_OK)
        return e;
    for (n = 1; n < q->count && n < o->pages - q->index; n++)
        if (object_page(s, o, q->index + n, false, &frame[n]) != ERR_OK)
            break;
    status->lent += n;
    e = deliver_lent(c, frame, n, rights);
    r->got = e == ERR_OK ? n : 0;
    r->hit = 1;
    return e;
}

static enum err object_on_size(struct call *c, const struct object_size_req *q,
                               struct object_size_reply *r)
{
    struct session *s;
    struct object *o;
    enum err e = session_object(c->badge, q->handle, &s, &o);
    uint64_t bytes;

    if (e != ERR_OK)
        return e;
    bytes = (uint64_t)o->pages * PAGE_SIZE;
    r->low = (uint32_t)bytes;
    r->high = (uint32_t)(bytes >> 32);
    return ERR_OK;
}

/* An anonymous object has no other store than this one. */
static enum err object_on_sync(struct call *c, const struct object_sync_req *q,
                               struct object_sync_reply *r)
{
    struct session *s;
    struct object *o;

    (void)r;
    return session_object(c->badge, q->handle, &s, &o);
}
