/* SPDX-License-Identifier: GPL-2.0-or-later */
/* want.c - frames that a client was told to come back for. */
#include "want.h"

#include "session.h"

#include <stddef.h>

static uint32_t made;

static void unlink_want(struct want *w)
{
    struct want **link = &w->frame->wants;

    while (*link != w)
        link = &(*link)->next;
    *link = w->next;
    w->frame = NULL;
}

static struct want *find(const struct session *s, const struct frame *f)
{
    struct want *w = f->wants;

    while (w != NULL && w->session != s)
        w = w->next;
    return w;
}

static bool is_ready(const struct want *w)
{
    const struct frame *f = w->frame;

    return f->state != FRAME_READING && f->state != FRAME_WRITING && !f->guest;
}

/* An unused one; else that of the oldest that is ready. */
static struct want *unused(struct session *s)
{
    struct want *oldest = NULL;

    for (unsigned i = 0; i < WANTS; i++) {
        struct want *w = &s->want[i];

        if (w->frame == NULL)
            return w;
        if (is_ready(w) && (oldest == NULL || w->made - oldest->made > UINT32_MAX / 2))
            oldest = w;
    }
    if (oldest != NULL)
        unlink_want(oldest);
    return oldest;
}

bool want_make(struct session *s, struct frame *f)
{
    struct want *w = find(s, f);

    if (w != NULL)
        return true;
    w = unused(s);
    if (w == NULL) {
        session_starve(s);
        return false;
    }
    *w = (struct want){.next = f->wants, .session = s, .frame = f, .made = made};
    made++;
    f->wants = w;
    return true;
}

void want_drop(struct session *s, struct frame *f)
{
    struct want *w = find(s, f);

    if (w != NULL)
        unlink_want(w);
}

void wants_ready(struct frame *f, bool over)
{
    for (struct want *w = f->wants; w != NULL; w = w->next)
        session_due(w->session);
    while (over && f->wants != NULL)
        unlink_want(f->wants);
}

void wants_end(struct session *s)
{
    for (unsigned i = 0; i < WANTS; i++)
        if (s->want[i].frame != NULL)
            unlink_want(&s->want[i]);
}
