/* SPDX-License-Identifier: GPL-2.0-or-later */
/* moment.c - when an event happens. */
#include "moment.h"

#include "rt.h"

static enum { ANEW, UNREAD, READ } state;
static uint64_t at;

void moment_begin(void)
{
    state = UNREAD;
}

uint64_t moment(void)
{
    if (state == READ)
        return at;
    if (state == UNREAD)
        state = READ;
    at = now_ns();
    return at;
}
