/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read.c - pages back from a disk. */
#include "disk.h"
#include "session.h"
#include "status.h"
#include "store.h"

static struct io *open;

void read_send(void)
{
    struct io *io = open;

    open = NULL;
    if (io != NULL)
        io_send(io);
}

static bool request_for(place_t place)
{
    if (open != NULL && io_fits(open, place))
        return true;
    read_send();
    return io_ready(place, false);
}

static void add(struct frame *f)
{
    if (open == NULL)
        open = io_take(f->page->place, false);
    io_add(open, f);
}

/* A frame for it, and the session's want; or neither. */
static enum err frame_for(struct page *p, struct session *s, struct frame **f)
{
    *f = s == NULL ? frame_take_spare() : frame_take();
    if (*f == NULL)
        return ERR_NO_MEMORY;
    frame_fill(*f, p, FRAME_READING);
    if (s == NULL || want_make(s, *f))
        return ERR_OK;
    frame_empty(*f);
    return ERR_BUSY;
}

enum err read_page(struct page *p, struct session *s)
{
    struct frame *f;
    enum err e;

    if (!request_for(p->place)) {
        if (s != NULL)
            session_starve(s);
        return ERR_BUSY;
    }
    e = frame_for(p, s, &f);
    if (e != ERR_OK)
        return e;
    f->ahead = s == NULL;
    status->read_ahead += s == NULL;
    add(f);
    return ERR_OK;
}

bool read_into(struct frame *f, struct page *p)
{
    if (!request_for(p->place))
        return false;
    frame_fill(f, p, FRAME_READING);
    add(f);
    return true;
}

/* Nobody has a name for it any more. */
static void forgotten(struct frame *f)
{
    struct page *p = f->page;

    wants_ready(f, true);
    frame_empty(f);
    p->count = 1;
    page_unname(p, false);
}

static void lost(struct frame *f)
{
    struct page *p = f->page;

    place_spoil(p->place);
    p->place = PLACE_NONE;
    p->flags |= PAGE_LOST;
    status->lost++;
    wants_ready(f, true);
    frame_empty(f);
}

/* A client's frame has its page. */
static void guest_leaves(struct frame *f)
{
    f->well = 1;
    wants_ready(f, true);
    frame_empty(f);
}

void read_done(struct frame *f, enum err e)
{
    struct page *p = f->page;

    if (p->count == 0) {
        forgotten(f);
        return;
    }
    if (e != ERR_OK) {
        lost(f);
        return;
    }
    status->in++;
    if (f->guest) {
        status->given++;
        guest_leaves(f);
        return;
    }
    frame_set(f, p->flags & PAGE_OBJECT ? FRAME_LIVE : FRAME_CLEAN);
    if (area_state(PLACE_AREA(p->place)) == AREA_LEAVING) {
        page_uproot(p);
        frame_set(f, FRAME_DIRTY);
    }
    wants_ready(f, false);
}
