/* SPDX-License-Identifier: GPL-2.0-or-later */
/* balance.c - the balance policies there are, by name. */
#include "balance.h"

#include <stddef.h>
#include <string.h>

const struct balance *balance_named(const char *name)
{
    static const struct balance *const all[] = {&balance_proportional, &balance_priority,
                                                &balance_working_set};

    for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    return NULL;
}
