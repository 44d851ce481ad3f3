/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * finisher.h - the device that powers the machine off with a status ("sifive,test0" and its
 * successor), found in the loader's list of devices.
 */
#ifndef ARCH_FINISHER_H
#define ARCH_FINISHER_H

#include "boot.h"

#include <stdbool.h>

#define FINISHER_PASS   0x5555u
#define FINISHER_FAIL   0x3333u
#define FINISHER_RESET  0x7777u
#define FINISHER_STATUS 125u /* "the system failed", as tools/quire reports it */

/* By itself: the kernel compares nothing else. */
static inline bool finisher_is(const struct boot_device *device)
{
    const char *name = "sifive,test", *c = device->compatible; /* and a digit */

    while (*name && *name == *c)
        name++, c++;
    return !*name;
}

/* NULL if the machine has none. */
static inline const struct boot_device *finisher_find(const struct boot *b)
{
    for (uint32_t i = 0; i < b->device_count; i++)
        if (finisher_is(&b->device[i]))
            return &b->device[i];
    return NULL;
}

/* 0: all is well. */
static inline void finisher_off(volatile uint32_t *finisher, unsigned status)
{
    *finisher = status == 0 ? FINISHER_PASS : status << 16 | FINISHER_FAIL;
}

/* Asks for a restart: QEMU ends at once at the other two, but given -no-reboot it stops the
 * machine here and still answers its monitor (what did the disks do?). */
static inline void finisher_restart(volatile uint32_t *finisher)
{
    *finisher = FINISHER_RESET;
}

static inline void finisher_fail(volatile uint32_t *finisher)
{
    *finisher = FINISHER_STATUS << 16 | FINISHER_FAIL;
}

#endif
