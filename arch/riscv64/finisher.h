/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * finisher.h - the device that powers the machine off with a status ("sifive,test0" and its
 * successor), found in the loader's list of devices.
 */
#ifndef ARCH_FINISHER_H
#define ARCH_FINISHER_H

#include "boot.h"

#include <stdbool.h>
#include <string.h>

#define FINISHER_FAIL   0x3333u
#define FINISHER_STATUS 125u /* "the system failed", as tools/quire reports it */

/* NULL if the machine has none. */
static inline const struct boot_device *finisher_find(const struct boot *boot)
{
    static const char name[] = "sifive,test"; /* and a digit */

    for (uint32_t i = 0; i < boot->device_count; i++)
        if (memcmp(boot->device[i].compatible, name, sizeof(name) - 1) == 0)
            return &boot->device[i];
    return NULL;
}

static inline void finisher_fail(volatile uint32_t *finisher)
{
    *finisher = FINISHER_STATUS << 16 | FINISHER_FAIL;
}

#endif
