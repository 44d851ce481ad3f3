/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deliver.c - capabilities of frames for a client.
 *
 * Frames whose slots are neighbours are lent as they lie: the kernel derives the client's
 * capabilities. Others are derived into a staging run first, and that is moved. What leaves for
 * good passes through the staging run always.
 */
#include "deliver.h"

#include "rt.h"
#include "supply.h"

#define STAGING (4 * DELIVER_MAX)

static cap_t
    staging; /* STAGING slots; from the first `staged`, what was not delivered may be left */
static uint32_t staged;

bool deliver_init(void)
{
    staging = slots_alloc(STAGING);
    staged = 0;
    return staging != CAP_NULL;
}

/* Empty slots for `count` capabilities. What did not arrive earlier is not wanted. */
static cap_t staging_take(uint32_t count)
{
    if (staged + count > STAGING) {
        cap_delete(staging, staged);
        staged = 0;
    }
    staged += count;
    return staging + staged - count;
}

static uint32_t run_length(struct frame **frame, uint32_t count)
{
    uint32_t n = 1;

    while (n < count && frame[n]->cap == frame[0]->cap + n)
        n++;
    return n;
}

enum err deliver_lent(struct call *c, struct frame **frame, uint32_t count, unsigned rights)
{
    for (uint32_t i = 0; i < count; i++)
        frame[i]->lent = 1;
    c->send = frame[0]->cap;
    c->send_count = (uint8_t)count;
    c->mode = TRANSFER_DERIVE;
    c->rights = (uint8_t)rights;
    if (run_length(frame, count) == count)
        return ERR_OK;
    c->send = staging_take(count);
    c->mode = TRANSFER_MOVE;
    for (uint32_t i = 0; i < count; i++) {
        enum err e = cap_derive(frame[i]->cap, c->send + i, rights, 0);

        if (e != ERR_OK) {
            c->send_count = 0;
            return e;
        }
    }
    return ERR_OK;
}

enum err deliver_own(struct call *c, struct frame **frame, uint32_t count, uint32_t bank, cap_t to,
                     uint32_t *passed)
{
    cap_t out = staging_take(count);
    enum err e = ERR_OK;

    *passed = 0;
    while (*passed < count && e == ERR_OK) {
        uint32_t n = run_length(frame + *passed, count - *passed);

        e = supply_pass(frame[*passed]->cap, n, bank, to + *passed, out + *passed);
        for (uint32_t i = 0; i < n && e == ERR_OK; i++)
            frame_gone(frame[*passed + i]);
        *passed += e == ERR_OK ? n : 0;
    }
    c->send = out;
    c->send_count = (uint8_t)*passed;
    c->mode = TRANSFER_MOVE;
    return *passed > 0 ? ERR_OK : e;
}
