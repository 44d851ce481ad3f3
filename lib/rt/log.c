/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.c - lines on the debug console.
 *
 * A line is put together in one piece, so that servers' lines mix as little as the
 * kernel's 64 bytes a call allow; what is longer than LINE_MAX is cut.
 */
#include "rt.h"

#include <stdio.h>
#include <string.h>

#define LINE_BYTES 256

static const char *prefix = "";

void log_name(const char *name)
{
    prefix = name;
}

static void line_out(const char *name, const char *format, va_list args)
{
    char line[LINE_BYTES];
    int n = name[0] == '\0' ? 0 : snprintf(line, sizeof(line), "%s: ", name);
    int room = (int)sizeof(line) - 1 - n; /* one byte stays for the end of the line */
    int more = vsnprintf(line + n, (size_t)room, format, args);

    n += more < room ? more : room - 1;
    line[n++] = '\n';
    sys_log(line, (unsigned)n);
}

void log_line(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    line_out(prefix, format, args);
    va_end(args);
}

void log_plain(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    line_out("", format, args);
    va_end(args);
}

void die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    line_out(prefix, format, args);
    va_end(args);
    for (;;)
        __builtin_trap();
}
