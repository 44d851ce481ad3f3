/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * anon.c - anonymous objects.
 *
 * A page's record is had before it is made, so that there are always as many as places (P4).
 */
#include "anon.h"

#include "disk.h"
#include "session.h"
#include "status.h"
#include "store.h"

#include "sys.h"

#include <stdlib.h>

struct object *object_new(uint32_t pages)
{
    struct object *o = calloc(1, sizeof(*o));

    if (o == NULL)
        return NULL;
    o->pages = pages;
    o->sessions = 1;
    status->objects++;
    return o;
}

void object_join(struct object *o)
{
    o->sessions++;
}

void object_resize(struct object *o, uint32_t pages)
{
    o->pages = pages;
    for (uint32_t i = table_next(&o->page, pages); i < TABLE_SIZE;
         i = table_next(&o->page, i + 1)) {
        struct page *p = page_at(table_get(&o->page, i));

        table_set(&o->page, i, 0);
        page_unname(p, false);
    }
}

void object_leave(struct object *o)
{
    if (--o->sessions > 0)
        return;
    object_resize(o, 0);
    table_end(&o->page);
    free(o);
    status->objects--;
}

/* There is no frame. If some can be written out, or are on their way, the session is told when
 * that is done: nobody else may have anything to give back. */
static enum err frames_make(struct session *s)
{
    cache_evict(IO_PAGES);
    if (write_idle() && cache_count(FRAME_READING) == 0)
        return ERR_NO_MEMORY;
    write_all();
    session_starve(s);
    return ERR_PENDING;
}

static enum err page_make(struct session *s, struct object *o, uint32_t index, struct frame **f)
{
    struct page *p;

    if (!pages_reserve(places_free() + 1) || !table_prepare(&o->page, index, 1))
        return ERR_NO_MEMORY;
    *f = frame_take();
    if (*f == NULL)
        return frames_make(s);
    if (frame_clear_run((*f)->cap, 1) != ERR_OK) {
        frame_set(*f, FRAME_FREE);
        return ERR_NO_MEMORY;
    }
    p = page_new();
    p->flags = PAGE_OBJECT;
    table_set(&o->page, index, p->number);
    frame_fill(*f, p, FRAME_LIVE);
    return ERR_OK;
}

static enum err page_await(struct session *s, struct page *p)
{
    enum err e = read_page(p, s);

    read_send();
    if (e == ERR_NO_MEMORY)
        return frames_make(s);
    return e == ERR_OK || e == ERR_BUSY ? ERR_PENDING : e;
}

enum err object_page(struct session *s, struct object *o, uint32_t index, bool make,
                     struct frame **f)
{
    uint32_t number = table_get(&o->page, index);
    struct page *p;

    if (number == 0)
        return make ? page_make(s, o, index, f) : ERR_NOT_FOUND;
    p = page_at(number);
    *f = frame_of(p);
    if (p->flags & PAGE_LOST)
        return ERR_IO;
    if (*f == NULL)
        return make ? page_await(s, p) : ERR_NOT_FOUND;
    if ((*f)->state == FRAME_READING) {
        if (make)
            want_make(s, *f);
        return make ? ERR_PENDING : ERR_NOT_FOUND;
    }
    want_drop(s, *f);
    if ((*f)->state != FRAME_WRITING)
        frame_set(*f, FRAME_LIVE);
    return ERR_OK;
}
