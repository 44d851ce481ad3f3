/* SPDX-License-Identifier: GPL-2.0-or-later */
/* direct.c - pages between a disk and frames that stay their client's. */
#include "direct.h"

#include "desk.h"
#include "reach.h"
#include "rt.h"
#include "status.h"
#include "store.h"

#define ERRANDS (GUESTS / SWAP_ORDERS_MAX)

static struct errand {
    struct session *session; /* NULL: it has ended */
    uint32_t number;
    uint32_t pages; /* a bit each: done, and well */
    uint32_t left;
    bool save;
} errands[ERRANDS];

static struct errand *errand_of(const struct frame *f)
{
    return &errands[guest_number(f) / SWAP_ORDERS_MAX];
}

static struct frame *frame_at(const struct errand *t, unsigned i)
{
    return guest((uint32_t)(t - errands) * SWAP_ORDERS_MAX + i);
}

/* NULL: the session has its share, or all are used. */
static struct errand *unused(const struct session *s)
{
    struct errand *found = NULL;
    unsigned its = 0;

    for (unsigned i = 0; i < ERRANDS; i++) {
        its += errands[i].left > 0 && errands[i].session == s;
        if (errands[i].left == 0)
            found = &errands[i];
    }
    return its < SWAP_UNDER_WAY ? found : NULL;
}

static enum err begin(struct session *s, uint32_t count, uint32_t number, struct errand **t)
{
    if (s->desk == NULL)
        return ERR_REFUSED;
    if (count < 1 || count > SWAP_ORDERS_MAX)
        return ERR_BAD_ARG;
    *t = unused(s);
    if (*t == NULL)
        return ERR_LIMIT;
    **t = (struct errand){.session = s, .number = number};
    return ERR_OK;
}

/* Its record is that of the client's frame in a slot, which is held. */
static enum err guest_comes(struct frame *f, uint32_t bank, cap_t slot)
{
    struct reached r;
    enum err e = reach_hold(bank, slot, &r);

    if (e != ERR_OK)
        return e;
    f->cap = r.cap;
    f->physical = r.physical;
    f->reached = r.number;
    return ERR_OK;
}

static void guest_goes(const struct frame *f)
{
    reach_release(&(struct reached){.cap = f->cap, .number = f->reached});
}

static void told(struct errand *t)
{
    if (t->session == NULL)
        return;
    desk_tell(t->session, t->number, t->pages);
    session_due(t->session);
}

/* ---- fill ---- */

/* What is on disk only, and nobody else's, comes into a frame of its client's. */
static enum err fillable(const struct page *p)
{
    if (p == NULL)
        return ERR_BAD_HANDLE;
    return p->frame == 0 && p->place != PLACE_NONE && p->count == 1 && !(p->flags & PAGE_LOST)
               ? ERR_OK
               : ERR_EXISTS;
}

static enum err fill_one(struct errand *t, unsigned i, const struct swap_order *o)
{
    struct page *p = handle_page(t->session, o->handle);
    struct frame *f = frame_at(t, i);
    enum err e = fillable(p);

    if (e == ERR_OK)
        e = guest_comes(f, t->session->bank, o->slot);
    if (e != ERR_OK)
        return e;
    if (!read_into(f, p)) {
        guest_goes(f);
        return ERR_LIMIT;
    }
    t->left++;
    return ERR_OK;
}

/* The others that lie below the place of the first, or (not below) those that do not: what are
 * neighbours on the disk comes one after the other, and travels in one request. */
static void fill_others(struct errand *t, const struct swap_order *o, uint32_t count, bool below,
                        place_t first)
{
    for (unsigned i = 1; i < count; i++) {
        const struct page *p = handle_page(t->session, o[i].handle);

        if (p != NULL && (p->place < first) == below && fill_one(t, i, &o[i]) == ERR_OK)
            status->read_ahead++;
    }
}

enum err direct_fill(struct session *s, const struct swap_fill_req *q)
{
    struct swap_order order[SWAP_ORDERS_MAX];
    struct errand *t;
    place_t first;
    enum err e = begin(s, q->count, q->number, &t);

    if (e != ERR_OK)
        return e;
    desk_orders(s, order, q->count);
    e = fillable(handle_page(s, order[0].handle));
    if (e != ERR_OK)
        return e;
    first = handle_page(s, order[0].handle)->place;
    t->left = 1; /* a broken device is done with its frames at once */
    fill_others(t, order, q->count, true, first);
    e = fill_one(t, 0, order);
    fill_others(t, order, q->count, false, first);
    read_send();
    t->left--;
    if (t->left > 0)
        e = ERR_OK;
    else if (e == ERR_OK)
        told(t);
    status->misses += e == ERR_OK;
    return e;
}

/* ---- save ---- */

/* The leading frames that there are records, places and handles for. */
static enum err save_room(struct session *s, uint32_t *count, uint32_t *handle)
{
    uint32_t room = write_room() < pages_unused() ? write_room() : pages_unused();

    if (*count > room)
        *count = room;
    if (*count == 0)
        return ERR_NO_SPACE;
    *count = handles_find(s, *count, handle);
    return *count == 0 ? ERR_LIMIT : ERR_OK;
}

static enum err save_all(struct session *s, struct errand *t, uint32_t count,
                         struct swap_save_reply *r)
{
    struct swap_order order[SWAP_ORDERS_MAX];
    enum err e = save_room(s, &count, &r->handle);

    desk_orders(s, order, count);
    t->save = true;
    for (unsigned i = 0; e == ERR_OK && i < count; i++) {
        struct frame *f = frame_at(t, i);
        struct page *p;

        e = guest_comes(f, s->bank, order[i].slot);
        if (e != ERR_OK)
            break;
        p = page_new();
        frame_fill(f, p, FRAME_DIRTY);
        handle_set(s, r->handle + i, p);
        t->left++;
    }
    r->got = t->left;
    return t->left > 0 ? ERR_OK : e;
}

enum err direct_save(struct session *s, const struct swap_save_req *q, struct swap_save_reply *r)
{
    struct errand *t;
    enum err e = begin(s, q->count, q->number, &t);

    if (e != ERR_OK)
        return e;
    reclaim_begin();
    e = save_all(s, t, q->count, r);
    status->put += r->got;
    write_all(); /* its client waits for it */
    write_continue();
    reclaim_end();
    return e;
}

/* ---- done, over ---- */

void direct_left(struct frame *f)
{
    struct errand *t = errand_of(f);
    uint32_t i = guest_number(f) % SWAP_ORDERS_MAX;

    guest_goes(f);
    t->pages |= (uint32_t)(t->save ? f->well || f->forgotten : f->well && !f->forgotten) << i;
    t->left--;
    if (t->left == 0)
        told(t);
}

void direct_forget(struct frame *f, const struct session *s)
{
    if (f->guest && errand_of(f)->session == s)
        f->forgotten = 1;
}

void directs_end(const struct session *s)
{
    for (unsigned i = 0; i < ERRANDS; i++)
        if (errands[i].session == s)
            errands[i].session = NULL;
}
