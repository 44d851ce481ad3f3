/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store.c - a page's last name. */
#include "store.h"

static bool under_way(const struct frame *f)
{
    return f->state == FRAME_READING || f->state == FRAME_WRITING;
}

void page_unname(struct page *p, bool marked)
{
    struct frame *f = frame_of(p);

    p->count--;
    p->pins -= marked;
    if (p->count > 0 || (f != NULL && under_way(f)))
        return;
    if (f != NULL) {
        wants_ready(f, true);
        frame_empty(f);
    }
    page_uproot(p);
    page_end(p);
}
