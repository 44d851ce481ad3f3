/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fatal.c - one line, and the end of the machine.
 */
#include "fatal.h"

#include "root.h"

#include <stdio.h>

#define STATUS_SYSTEM 125u /* "the system failed": what tools/quire exits with */

void fatal(const char *format, ...)
{
    char text[224];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    log_plain("quire: fatal: %s", text);
    root_power_off(STATUS_SYSTEM);
}
