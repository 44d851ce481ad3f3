/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fast_first.c - linked with tests, it lets their calls and faults try the fast paths first. */
#include "machine.h"

static __attribute__((constructor)) void fast_first(void)
{
    machine_fast_first = true;
}
