/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * desk.c - the pages that sessions and we share.
 *
 * A desk whose session has ended serves another one: windows are for good.
 */
#include "desk.h"

#include "rt.h"

#include <stdlib.h>

struct desk {
    volatile struct swap_desk *at;
    cap_t frame;
    uint32_t told;     /* the client may have written over the one that it sees */
    struct desk *next; /* without a session */
};

static struct desk *unused;

static struct desk *desk_new(void)
{
    struct desk *d = unused;
    struct window w;

    if (d != NULL) {
        unused = d->next;
        return d;
    }
    d = calloc(1, sizeof(*d));
    if (d == NULL)
        return NULL;
    if (window_memory(&w, 1) != ERR_OK) {
        free(d);
        return NULL;
    }
    d->at = w.at;
    d->frame = w.frame;
    return d;
}

enum err desk_open(struct session *s, cap_t *frame)
{
    if (s->desk == NULL)
        s->desk = desk_new();
    if (s->desk == NULL)
        return ERR_NO_MEMORY;
    *frame = s->desk->frame;
    return ERR_OK;
}

void desk_close(struct session *s)
{
    struct desk *d = s->desk;

    if (d == NULL)
        return;
    cap_revoke(d->frame);
    frame_clear_run(d->frame, 1);
    d->told = 0;
    d->next = unused;
    unused = d;
    s->desk = NULL;
}

void desk_orders(const struct session *s, struct swap_order *order, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        order[i].handle = s->desk->at->order[i].handle;
        order[i].slot = s->desk->at->order[i].slot;
    }
}

void desk_tell(struct session *s, uint32_t number, uint32_t pages)
{
    struct desk *d = s->desk;
    volatile struct swap_done *done = &d->at->done[d->told % SWAP_TOLD];

    done->number = number;
    done->pages = pages;
    d->at->told = ++d->told;
}
