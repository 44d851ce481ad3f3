/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * service.c - the swap protocol: who may ask, and who answers.
 *
 * Sessions are made and ended, and devices taken in and out of use, by those whom init gave a
 * capability; all else is asked in a session, of what belongs to it.
 */
#include "service.h"

#include "desk.h"
#include "direct.h"
#include "disk.h"
#include "off.h"
#include "orphan.h"
#include "rt.h"
#include "status.h"
#include "store.h"

PROTOCOL_SERVER(swap, swap_OPS)

enum err service_swap(struct call *c)
{
    return swap_dispatch(c);
}

/* ---- makers ---- */

static bool maker(const struct call *c)
{
    return !(c->badge & SESSION_BADGE);
}

static enum err notification_check(const struct call *c, uint32_t bit)
{
    struct cap_facts facts;
    enum err e;

    if (c->caps != 1 || bit >= 32)
        return ERR_BAD_ARG;
    e = cap_inspect(swap_server.offered, &facts);
    if (e != ERR_OK)
        return e;
    if (facts.type != OBJ_NOTIFICATION)
        return ERR_WRONG_TYPE;
    return facts.rights & RIGHT_WRITE ? ERR_OK : ERR_NO_RIGHT;
}

static enum err open_session(struct call *c, const struct session_facts *facts, struct session **s)
{
    enum err e = notification_check(c, facts->bit);

    if (e == ERR_OK)
        e = session_open(facts, swap_server.offered, s, &c->send);
    if (e != ERR_OK)
        return e;
    c->send_count = 1;
    c->rights = RIGHT_WRITE | RIGHT_GRANT;
    return ERR_OK;
}

static enum err swap_on_session(struct call *c, const struct swap_session_req *q,
                                struct swap_session_reply *r)
{
    struct session_facts facts = {
        (uint32_t)c->badge, q->bit, q->bank, q->label, q->objects,
    };
    struct session *s;
    enum err e;

    if (!maker(c))
        return ERR_REFUSED;
    e = open_session(c, &facts, &s);
    if (e != ERR_OK)
        return e;
    r->session = s->badge;
    r->credits = WANTS;
    return ERR_OK;
}

/* A session that this caller made. */
static struct session *made_by(const struct call *c, uint32_t session)
{
    struct session *s = session_of(session);

    return s != NULL && s->maker == c->badge ? s : NULL;
}

static enum err swap_on_end(struct call *c, const struct swap_end_req *q, struct swap_end_reply *r)
{
    struct session *s = made_by(c, q->session);

    if (!maker(c))
        return ERR_REFUSED;
    if (s == NULL)
        return ERR_BAD_HANDLE;
    r->handles = session_close(s);
    sessions_starved();
    return ERR_OK;
}

static enum err swap_on_clone(struct call *c, const struct swap_clone_req *q,
                              struct swap_clone_reply *r)
{
    const struct session *from = made_by(c, q->from);
    struct session_facts facts;
    struct session *s;
    enum err e;

    if (!maker(c))
        return ERR_REFUSED;
    if (from == NULL)
        return ERR_BAD_HANDLE;
    facts = (struct session_facts){from->maker, q->bit, q->bank, q->label, from->object_limit};
    e = open_session(c, &facts, &s);
    if (e != ERR_OK)
        return e;
    e = session_copy(s, from);
    if (e != ERR_OK) {
        c->send_count = 0;
        session_close(s);
        return e;
    }
    r->session = s->badge;
    r->handles = s->handle.used;
    return ERR_OK;
}

static enum err swap_on_on(struct call *c, const struct swap_on_req *q, struct swap_on_reply *r)
{
    return maker(c) ? device_on(q, &r->pages) : ERR_REFUSED;
}

static enum err swap_on_off(struct call *c, const struct swap_off_req *q, struct swap_off_reply *r)
{
    struct session *s = made_by(c, q->session);
    enum err e;

    if (!maker(c))
        return ERR_REFUSED;
    if (s == NULL)
        return ERR_BAD_HANDLE;
    e = device_off(q->device, &r->left);
    if (e != ERR_OK || r->left == 0)
        return e;
    /* told when a request is done; if there is none, at once */
    session_starve(s);
    if (cache_count(FRAME_READING) + cache_count(FRAME_WRITING) == 0)
        session_due(s);
    return ERR_PENDING;
}

static enum err swap_on_status(struct call *c, const struct swap_status_req *q,
                               struct swap_status_reply *r)
{
    (void)q, (void)r;
    c->send = status_frame;
    c->send_count = 1;
    c->rights = RIGHT_READ | RIGHT_GRANT;
    return ERR_OK;
}

/* ---- pages ---- */

static enum err swap_on_put(struct call *c, const struct swap_put_req *q, struct swap_put_reply *r)
{
    struct session *s = session_of(c->badge);

    return s == NULL ? ERR_REFUSED : put_pages(s, q, r);
}

static enum err swap_on_get(struct call *c, const struct swap_get_req *q, struct swap_get_reply *r)
{
    struct session *s = session_of(c->badge);

    return s == NULL ? ERR_REFUSED : get_pages(s, c, q, r);
}

static enum err swap_on_forget(struct call *c, const struct swap_forget_req *q,
                               struct swap_forget_reply *r)
{
    struct session *s = session_of(c->badge);

    if (s == NULL)
        return ERR_REFUSED;
    if (q->count < 1 || q->count > SWAP_FORGET_MAX)
        return ERR_BAD_ARG;
    r->forgotten = orphans_forget(s->bank, q->first, q->count);
    return r->forgotten > 0 ? ERR_OK : ERR_BAD_HANDLE;
}

static enum err swap_on_desk(struct call *c, const struct swap_desk_req *q,
                             struct swap_desk_reply *r)
{
    struct session *s = session_of(c->badge);
    enum err e = s == NULL ? ERR_REFUSED : desk_open(s, &c->send);

    (void)q, (void)r;
    if (e != ERR_OK)
        return e;
    c->send_count = 1;
    c->rights = RIGHT_READ | RIGHT_WRITE | RIGHT_GRANT;
    return ERR_OK;
}

static enum err swap_on_fill(struct call *c, const struct swap_fill_req *q,
                             struct swap_fill_reply *r)
{
    struct session *s = session_of(c->badge);

    (void)r;
    return s == NULL ? ERR_REFUSED : direct_fill(s, q);
}

static enum err swap_on_save(struct call *c, const struct swap_save_req *q,
                             struct swap_save_reply *r)
{
    struct session *s = session_of(c->badge);

    return s == NULL ? ERR_REFUSED : direct_save(s, q, r);
}

static bool run_sound(uint32_t handle, uint32_t count)
{
    return count >= 1 && count <= SWAP_RUN_LIMIT && handle >= 1 &&
           handle <= SWAP_HANDLE_MAX - count + 1;
}

/* The leading handles of the run that name something whose count can grow. */
static uint32_t dup_count(const struct session *s, const struct swap_dup_req *q, enum err *why)
{
    uint32_t n;

    *why = ERR_BAD_HANDLE;
    for (n = 0; n < q->count; n++) {
        const struct page *p = handle_page(s, q->handle + n);

        if (p == NULL)
            break;
        if (p->count == PAGE_COUNT_MAX) {
            *why = ERR_LIMIT;
            break;
        }
    }
    return n;
}

static enum err swap_on_dup(struct call *c, const struct swap_dup_req *q, struct swap_dup_reply *r)
{
    struct session *s = session_of(c->badge);
    uint32_t count;
    enum err why;

    if (s == NULL)
        return ERR_REFUSED;
    if (!run_sound(q->handle, q->count))
        return ERR_BAD_ARG;
    count = dup_count(s, q, &why);
    if (count == 0)
        return why;
    count = handles_find(s, count, &r->handle);
    if (count == 0)
        return ERR_LIMIT;
    for (uint32_t i = 0; i < count; i++) {
        struct page *p = handle_page(s, q->handle + i);

        p->count++;
        handle_set(s, r->handle + i, p);
    }
    r->got = count;
    return ERR_OK;
}

static enum err swap_on_drop(struct call *c, const struct swap_drop_req *q,
                             struct swap_drop_reply *r)
{
    struct session *s = session_of(c->badge);

    if (s == NULL)
        return ERR_REFUSED;
    if (!run_sound(q->handle, q->count))
        return ERR_BAD_ARG;
    for (uint32_t i = 0; i < q->count; i++)
        if (handle_page(s, q->handle + i) != NULL) {
            handle_drop(s, q->handle + i);
            r->dropped++;
        }
    return r->dropped > 0 ? ERR_OK : ERR_BAD_HANDLE;
}

static enum err pin(struct session *s, uint32_t handle, struct page *p)
{
    struct frame *f = frame_of(p);
    enum err e;

    if (p->pins >= PAGE_PINS_MAX - 1)
        return ERR_LIMIT;
    if (f == NULL) {
        e = read_page(p, s);
        read_send();
        return e == ERR_OK || e == ERR_BUSY ? ERR_PENDING : e;
    }
    if (f->state == FRAME_READING || f->guest) {
        want_make(s, f);
        return ERR_PENDING;
    }
    want_drop(s, f);
    table_set(&s->handle, handle, p->number | ENTRY_MARK);
    p->pins++;
    return ERR_OK;
}

static enum err swap_on_pin(struct call *c, const struct swap_pin_req *q, struct swap_pin_reply *r)
{
    struct session *s = session_of(c->badge);
    struct page *p = s == NULL ? NULL : handle_page(s, q->handle);
    bool pinned;

    (void)r;
    if (p == NULL)
        return s == NULL ? ERR_REFUSED : ERR_BAD_HANDLE;
    if (q->pin > 1)
        return ERR_BAD_ARG;
    if (p->flags & PAGE_LOST)
        return ERR_IO;
    pinned = table_get(&s->handle, q->handle) & ENTRY_MARK;
    if (pinned == q->pin)
        return ERR_OK;
    if (q->pin)
        return pin(s, q->handle, p);
    table_set(&s->handle, q->handle, p->number);
    p->pins--;
    return ERR_OK;
}

static enum err swap_on_look(struct call *c, const struct swap_look_req *q,
                             struct swap_look_reply *r)
{
    const struct session *s = session_of(c->badge);
    const struct page *p = s == NULL ? NULL : handle_page(s, q->handle);
    const struct frame *f = p == NULL ? NULL : frame_of(p);

    if (p == NULL)
        return s == NULL ? ERR_REFUSED : ERR_BAD_HANDLE;
    r->count = p->count;
    r->state =
        (f != NULL && f->state != FRAME_READING && !f->guest ? SWAP_IN_MEMORY : 0) |
        (p->place != PLACE_NONE && (f == NULL || f->state != FRAME_WRITING) ? SWAP_ON_DISK : 0) |
        (p->flags & PAGE_LOST ? SWAP_LOST : 0) |
        (table_get(&s->handle, q->handle) & ENTRY_MARK ? SWAP_PINNED : 0);
    return ERR_OK;
}

static enum err swap_on_flush(struct call *c, const struct swap_flush_req *q,
                              struct swap_flush_reply *r)
{
    struct session *s = session_of(c->badge);

    (void)q, (void)r;
    if (s == NULL)
        return ERR_REFUSED;
    write_all();
    write_continue();
    if (write_idle())
        return ERR_OK;
    if (cache_count(FRAME_WRITING) == 0)
        return ERR_NO_SPACE;
    session_starve(s);
    return ERR_PENDING;
}

/* ---- objects ---- */

/* Its objects, with one that grows from `before`, stay within the session's limit. */
static bool pages_allowed(const struct session *s, uint32_t before, uint32_t pages)
{
    uint64_t all = pages;

    for (uint32_t i = 0; i < SESSION_OBJECTS; i++)
        all += s->object[i] == NULL ? 0 : s->object[i]->pages;
    return pages <= before || all - before <= s->object_limit;
}

static enum err swap_on_make(struct call *c, const struct swap_make_req *q,
                             struct swap_make_reply *r)
{
    struct session *s = session_of(c->badge);
    uint32_t i = 0;

    if (s == NULL)
        return ERR_REFUSED;
    if (q->pages > SWAP_HANDLE_MAX)
        return ERR_BAD_ARG;
    while (i < SESSION_OBJECTS && s->object[i] != NULL)
        i++;
    if (i == SESSION_OBJECTS || !pages_allowed(s, 0, q->pages))
        return ERR_LIMIT;
    s->object[i] = object_new(q->pages);
    if (s->object[i] == NULL)
        return ERR_NO_MEMORY;
    r->object = i + 1;
    return ERR_OK;
}

static enum err swap_on_resize(struct call *c, const struct swap_resize_req *q,
                               struct swap_resize_reply *r)
{
    struct session *s;
    struct object *o;
    enum err e = session_object(c->badge, q->object, &s, &o);

    (void)r;
    if (e != ERR_OK)
        return e;
    if (q->pages > SWAP_HANDLE_MAX)
        return ERR_BAD_ARG;
    if (!pages_allowed(s, o->pages, q->pages))
        return ERR_LIMIT;
    object_resize(o, q->pages);
    return ERR_OK;
}

static enum err swap_on_close(struct call *c, const struct swap_close_req *q,
                              struct swap_close_reply *r)
{
    struct session *s;
    struct object *o;
    enum err e = session_object(c->badge, q->object, &s, &o);

    (void)r;
    if (e != ERR_OK)
        return e;
    s->object[q->object - 1] = NULL;
    object_leave(o);
    return ERR_OK;
}
