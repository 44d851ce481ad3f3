/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lend.c - capabilities of cached pages for a client.
 *
 * Pages whose slots are neighbours are sent as they lie: the kernel derives the client's
 * capabilities. Others are derived into a staging run first, and that is moved. Either
 * way they are children of the cache's own: evicting a page takes it from everybody.
 */
#include "lend.h"

#include "rt.h"

#define LENT_RIGHTS (RIGHT_READ | RIGHT_EXECUTE | RIGHT_GRANT)

static cap_t staging; /* LEND_MAX empty slots */

bool lend_init(void)
{
    staging = slots_alloc(LEND_MAX);
    return staging != CAP_NULL;
}

static bool neighbours(struct page **page, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        if (page[i]->frame != page[0]->frame + i)
            return false;
    return true;
}

/* An answer that the kernel refused has left its capabilities in the staging run. */
static enum err derive(const struct page *p, cap_t to, uint32_t rights)
{
    enum err e = cap_derive(p->frame, to, rights, 0);

    if (e == ERR_NOT_EMPTY && cap_delete(to, 1) == ERR_OK)
        e = cap_derive(p->frame, to, rights, 0);
    return e;
}

enum err lend_pages(struct call *c, struct page **page, uint32_t count, bool writable)
{
    uint32_t rights = LENT_RIGHTS | (writable ? RIGHT_WRITE : 0);

    for (uint32_t i = 0; i < count; i++)
        page[i]->lent = 1;
    c->send = page[0]->frame;
    c->send_count = (uint8_t)count;
    c->mode = TRANSFER_DERIVE;
    c->rights = (uint8_t)rights;
    if (neighbours(page, count))
        return ERR_OK;
    c->send = staging;
    c->mode = TRANSFER_MOVE;
    for (uint32_t i = 0; i < count; i++) {
        enum err e = derive(page[i], staging + i, rights);

        if (e != ERR_OK) {
            c->send_count = 0;
            return e;
        }
    }
    return ERR_OK;
}
