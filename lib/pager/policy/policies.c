/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policies.c - the policies that are linked in, by name. A new one is a file here, a line
 * in the list, and its declaration in replacement.h.
 */
#include "replacement.h"

#include <string.h>

#define POLICIES(X)                                                                                \
    X(fifo)                                                                                        \
    X(clock)                                                                                       \
    X(lru)

const struct replacement *policy_named(const char *name)
{
#define X(n) &policy_##n,
    static const struct replacement *const all[] = {POLICIES(X)};
#undef X

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    return NULL;
}

const char *policy_names(void)
{
#define X(n) ", " #n
    return &POLICIES(X)[2];
#undef X
}
