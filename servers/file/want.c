/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * want.c - pages that a client was told to come back for.
 */
#include "want.h"

#include "cache.h"
#include "fill.h"

struct want {
    struct list link; /* of its session's, the oldest first; or the free list */
    struct list all;  /* of all, the oldest first */
    struct session *session;
    uint32_t inode, first;
    uint32_t pinned;  /* W1 */
    uint32_t filling; /* W2 */
    bool armed;
};

static struct {
    struct want want[WANTS];
    struct list free, all;
    uint32_t pins;
} wants;

void wants_init(void)
{
    list_init(&wants.free);
    list_init(&wants.all);
    wants.pins = 0;
    for (unsigned i = 0; i < WANTS; i++) {
        list_init(&wants.want[i].all);
        list_push_back(&wants.free, &wants.want[i].link);
    }
}

static struct want *find(struct session *s, uint32_t inode, uint32_t first)
{
    struct list *link;

    LIST_EACH (link, &s->wants) {
        struct want *w = LIST_MEMBER(link, struct want, link);

        if (w->inode == inode && w->first == first)
            return w;
    }
    return NULL;
}

static void end(struct want *w)
{
    for (uint32_t i = 0; i < WANT_PAGES; i++)
        if (w->pinned >> i & 1) {
            cache_unpin(cache_find(w->inode, w->first + i));
            wants.pins--;
        }
    list_remove(&w->all);
    list_remove(&w->link);
    list_push_back(&wants.free, &w->link);
}

bool want_is(struct session *s, uint32_t inode, uint32_t first)
{
    return find(s, inode, first) != NULL;
}

void want_take(struct session *s, uint32_t inode, uint32_t first)
{
    struct want *w = find(s, inode, first);

    if (w != NULL)
        end(w);
}

void want_arm(struct session *s, uint32_t inode, uint32_t first)
{
    struct want *w = find(s, inode, first);

    if (w != NULL)
        w->armed = true;
}

bool want_break(void)
{
    struct list *link;

    LIST_EACH (link, &wants.all) {
        struct want *w = LIST_MEMBER(link, struct want, all);

        if (w->filling == 0 && w->armed) {
            session_tell(w->session); /* it comes back in vain, and waits anew */
            end(w);
            return true;
        }
    }
    return false;
}

static unsigned count_of(const struct session *s)
{
    const struct list *link;
    unsigned n = 0;

    LIST_EACH (link, &s->wants)
        n++;
    return n;
}

/* A want of the session: a free one, or its own oldest, or anybody's oldest. */
static struct want *make(struct session *s, uint32_t inode, uint32_t first)
{
    struct want *w;

    if (count_of(s) >= WANTS_OF)
        end(LIST_MEMBER(list_first(&s->wants), struct want, link));
    if (list_empty(&wants.free)) {
        w = LIST_MEMBER(list_first(&wants.all), struct want, all);
        session_tell(w->session);
        end(w);
    }
    w = LIST_MEMBER(list_pop(&wants.free), struct want, link);
    w->session = s;
    w->inode = inode;
    w->first = first;
    w->pinned = 0;
    w->filling = 0;
    w->armed = false;
    list_push_back(&s->wants, &w->link);
    list_push_back(&wants.all, &w->all);
    return w;
}

static void pin(struct want *w, uint32_t i)
{
    struct page *p = cache_find(w->inode, w->first + i);

    if (p == NULL || w->pinned >> i & 1)
        return;
    cache_pin(p);
    wants.pins++;
    w->pinned |= 1u << i;
    w->filling += p->state == PAGE_FILLING;
}

void want_promise(struct session *s, uint32_t inode, uint32_t first, uint32_t count)
{
    struct want *w = find(s, inode, first);

    if (w == NULL)
        w = make(s, inode, first);
    w->armed = false;
    pin(w, 0); /* the one that progress needs */
    for (uint32_t i = 1; i < count && wants.pins < pool_frames() / 2; i++)
        pin(w, i);
    while (wants.pins > pool_frames() / 2 && want_break())
        ;
}

void wants_end(struct session *s)
{
    while (!list_empty(&s->wants))
        end(LIST_MEMBER(list_first(&s->wants), struct want, link));
}

void fill_told(struct page *p)
{
    struct list *link;

    LIST_EACH (link, &wants.all) {
        struct want *w = LIST_MEMBER(link, struct want, all);
        uint32_t i = p->index - w->first;

        if (w->inode != p->inode || i >= WANT_PAGES || !(w->pinned >> i & 1))
            continue;
        if (--w->filling == 0 && w->armed)
            session_tell(w->session);
    }
}
