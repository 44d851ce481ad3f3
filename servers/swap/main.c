/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main.c - the swap server: the store of pages that have more than one holder or no frame, and
 * its disks.
 */
#include "deliver.h"
#include "disk.h"
#include "events.h"
#include "off.h"
#include "rt.h"
#include "service.h"
#include "start.h"
#include "status.h"
#include "store.h"
#include "supply.h"

#define FRAMES_LEAST 512u

struct swap_status *status;
cap_t status_frame;

struct server swap_server = {
    .call = event_call, .notified = event_notified, .refused = event_refused};

static void status_make(void)
{
    struct window w;

    if (window_memory(&w, 1) != ERR_OK)
        die("fatal: no memory for the status page");
    status = w.at;
    status_frame = w.frame;
}

/* All devices there are are in use from the start, the first with the highest priority. */
static void devices_on(void)
{
    for (unsigned i = 0; i < AREAS; i++) {
        struct swap_on_req q = {.device = i, .priority = AREAS - i};
        uint32_t pages;

        if (disk_places(i) == 0)
            continue;
        if (device_on(&q, &pages) != ERR_OK)
            die("fatal: too little memory for the tables of device %u", i);
        log_line("device %u, %u MiB", i, (unsigned)(pages >> 8));
    }
}

int main(void)
{
    static const struct io_user user = {read_done, write_done, sessions_starved};

    status_make();
    sessions_init();
    if (supply_init(BIT_PRESSURE) != ERR_OK)
        die("fatal: no session at the frame server");
    if (!cache_reserve(FRAMES_LEAST) || !deliver_init())
        die("fatal: too little memory");
    disks_open(BIT_DISKS, &user);
    devices_on();
    swap_server.offered = slots_alloc(1);
    swap_server.offered_count = 1;
    serve(&swap_server);
}
