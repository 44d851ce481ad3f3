/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - the frame server: its memory, its clients, its loop. */
#include "home.h"
#include "rt.h"
#include "service.h"
#include "start.h"

#define OFFERED 8u /* slots for capabilities that arrive */

static struct frames frames;
static struct server server;

static void admit_clients(void)
{
    struct frame_client who;
    uint32_t bytes = 0;
    const uint8_t *at = start_property("clients", &bytes);

    for (uint32_t i = 0; i + sizeof(who) <= bytes; i += sizeof(who)) {
        enum err e;

        memcpy(&who, at + i, sizeof(who));
        e = tenancy_admit(&frames, &who);
        if (e != ERR_OK)
            die("client %u cannot be admitted: %s", (unsigned)who.badge, err_text(e));
    }
}

static const struct balance *balance_chosen(void)
{
    const char *name = start_property("balance", NULL);
    const struct balance *policy = balance_named(name != NULL ? name : "proportional");

    if (policy == NULL)
        die("there is no balance policy \"%s\"", name);
    return policy;
}

static void reserve_set(void)
{
    uint64_t pages = start_size("reserve", frames.status->min);

    if (pages > frames.status->free / 4)
        die("a reserve of %llu pages is too much", (unsigned long long)pages);
    pressure_set_marks(&frames, (uint32_t)pages);
}

int main(void)
{
    ask_begin(&frames, balance_chosen());
    home_start(&frames);
    reserve_set();
    admit_clients();
    server.offered = home_slots(OFFERED);
    server.offered_count = OFFERED;
    service_init(&server, &frames);
    log_line("%u pages to lend in %u chunks, %u for its own tables", (unsigned)frames.status->free,
             (unsigned)frames.buddy.chunks, (unsigned)frames.status->own);
    serve(&server);
}
