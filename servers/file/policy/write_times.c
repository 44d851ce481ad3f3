/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * write_times.c - when what is dirty is written back by itself: the built-in policies.
 *
 *   periodic   a few seconds after the first change, or when a tenth of the cache is dirty
 *              (Unix's update daemon; Linux's defaults). Loses at most those seconds; weak
 *              against a file that is written anew all the time: it is written each time.
 *   lazy       only when a fifth of the cache is dirty, or when asked. Fewest writes; a crash
 *              loses all that nobody synced.
 *   eager      at once. Loses next to nothing; writes the most.
 */
#include "write_back.h"

#include <string.h>

#define SECOND 1000000000ull

static uint64_t periodic_delay(void)
{
    return 5 * SECOND;
}

static bool periodic_much(uint32_t dirty, uint32_t all)
{
    return dirty >= all / 10 && dirty > 0;
}

static uint64_t lazy_delay(void)
{
    return 0;
}

static bool lazy_much(uint32_t dirty, uint32_t all)
{
    return dirty >= all / 5 && dirty > 0;
}

static bool eager_much(uint32_t dirty, uint32_t all)
{
    (void)all;
    return dirty > 0;
}

static const struct write_times builtin[] = {
    {.name = "periodic", .delay = periodic_delay, .much = periodic_much},
    {.name = "lazy", .delay = lazy_delay, .much = lazy_much},
    {.name = "eager", .delay = periodic_delay, .much = eager_much},
};

const struct write_times *write_times_named(const char *name)
{
    for (unsigned i = 0; i < sizeof(builtin) / sizeof(builtin[0]); i++)
        if (strcmp(name, builtin[i].name) == 0)
            return &builtin[i];
    return NULL;
}

const char *write_times_names(void)
{
    return "periodic, lazy, eager";
}
