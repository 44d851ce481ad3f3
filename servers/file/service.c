/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * service.c - the file protocol: who may ask, and who answers.
 *
 * Sessions are made and ended by those whom init gave a capability; all else is asked in
 * a session, of what belongs to it.
 */
#include "service.h"

#include "rt.h"
#include "session.h"
#include "status.h"

#include "start.h"

PROTOCOL_SERVER(file, file_OPS)

enum err service_file(struct call *c)
{
    return file_dispatch(c);
}

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
    e = cap_inspect(file_server.offered, &facts);
    if (e != ERR_OK)
        return e;
    if (facts.type != OBJ_NOTIFICATION)
        return ERR_WRONG_TYPE;
    return facts.rights & RIGHT_WRITE ? ERR_OK : ERR_NO_RIGHT;
}

static enum err file_on_session(struct call *c, const struct file_session_req *q,
                                struct file_session_reply *r)
{
    struct session *s;
    enum err e;

    if (!maker(c))
        return ERR_REFUSED;
    e = notification_check(c, q->bit);
    if (e == ERR_OK)
        e = session_open((uint32_t)c->badge, file_server.offered, q->bit, q->bank, &s, &c->send);
    if (e != ERR_OK)
        return e;
    c->send_count = 1;
    c->rights = RIGHT_WRITE | RIGHT_GRANT;
    r->session = s->badge;
    return ERR_OK;
}

static enum err file_on_end(struct call *c, const struct file_end_req *q, struct file_end_reply *r)
{
    struct session *s = session_of(q->session);

    if (!maker(c))
        return ERR_REFUSED;
    if (s == NULL || s->maker != c->badge)
        return ERR_BAD_HANDLE;
    r->handles = session_close(s);
    sessions_tell_starved();
    return ERR_OK;
}

static enum err file_on_status(struct call *c, const struct file_status_req *q,
                               struct file_status_reply *r)
{
    (void)q, (void)r;
    c->send = status_frame;
    c->send_count = 1;
    c->rights = RIGHT_READ | RIGHT_GRANT;
    return ERR_OK;
}

static enum err file_on_open(struct call *c, const struct file_open_req *q,
                             struct file_open_reply *r)
{
    struct session *s = session_of(c->badge);

    return s == NULL ? ERR_REFUSED : names_open(s, q, r);
}

static enum err file_on_close(struct call *c, const struct file_close_req *q,
                              struct file_close_reply *r)
{
    struct session *s = session_of(c->badge);

    (void)r;
    return s == NULL ? ERR_REFUSED : handle_close(s, q->handle);
}

static enum err file_on_dup(struct call *c, const struct file_dup_req *q, struct file_dup_reply *r)
{
    struct session *s = session_of(c->badge);
    struct description *d = s == NULL ? NULL : handle_of(s, q->handle);

    if (d == NULL)
        return s == NULL ? ERR_REFUSED : ERR_BAD_HANDLE;
    return handle_share(s, d, &r->handle);
}

static enum err file_on_read(struct call *c, const struct file_read_req *q,
                             struct file_read_reply *r)
{
    struct session *s = session_of(c->badge);

    return s == NULL ? ERR_REFUSED : data_read(s, q, r);
}

static enum err file_on_seek(struct call *c, const struct file_seek_req *q,
                             struct file_seek_reply *r)
{
    struct session *s = session_of(c->badge);

    return s == NULL ? ERR_REFUSED : data_seek(s, q, r);
}

static enum err file_on_stat(struct call *c, const struct file_stat_req *q,
                             struct file_stat_reply *r)
{
    struct session *s = session_of(c->badge);

    (void)r;
    return s == NULL ? ERR_REFUSED : names_stat(s, q->handle);
}

static enum err file_on_list(struct call *c, const struct file_list_req *q,
                             struct file_list_reply *r)
{
    struct session *s = session_of(c->badge);

    return s == NULL ? ERR_REFUSED : names_list(s, q, r);
}

static enum err file_on_link(struct call *c, const struct file_link_req *q,
                             struct file_link_reply *r)
{
    struct session *s = session_of(c->badge);

    return s == NULL ? ERR_REFUSED : names_link(s, q, r);
}

static enum err file_on_write(struct call *c, const struct file_write_req *q,
                              struct file_write_reply *r)
{
    struct session *s = session_of(c->badge);

    return s == NULL ? ERR_REFUSED : data_write(s, q, r);
}

static enum err file_on_sync(struct call *c, const struct file_sync_req *q,
                             struct file_sync_reply *r)
{
    struct session *s = session_of(c->badge);

    (void)r;
    return s == NULL ? ERR_REFUSED : changes_sync(s, q->handle, q->flags);
}

static enum err file_on_volume(struct call *c, const struct file_volume_req *q,
                               struct file_volume_reply *r)
{
    (void)q;
    return session_of(c->badge) == NULL ? ERR_REFUSED : changes_volume(r);
}

/* Those that answer nothing but an error. */
#define ON_CHANGE(op)                                                                              \
    static enum err file_on_##op(struct call *c, const struct file_##op##_req *q,                  \
                                 struct file_##op##_reply *r)                                      \
    {                                                                                              \
        struct session *s = session_of(c->badge);                                                  \
                                                                                                   \
        (void)r;                                                                                   \
        return s == NULL ? ERR_REFUSED : changes_##op(s, q);                                       \
    }
ON_CHANGE(resize)
ON_CHANGE(remove)
ON_CHANGE(mkdir)
ON_CHANGE(rename)
ON_CHANGE(hardlink)
ON_CHANGE(symlink)
ON_CHANGE(change)
ON_CHANGE(times)
