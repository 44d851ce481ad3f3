/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fatal.c - one line that says why the system cannot start, and the end.
 */
#include "loader.h"

#include <stdarg.h>

static void put_text(const char *text)
{
    while (*text)
        port_putc(*text++);
}

static void put_number(uint64_t value, unsigned base)
{
    char digits[24];
    unsigned at = sizeof(digits);

    digits[--at] = '\0';
    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    put_text(digits + at);
}

void fatal(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    put_text("quire: fatal: ");
    for (; *format; format++) {
        if (*format != '%') {
            port_putc(*format);
            continue;
        }
        switch (*++format) {
        case 's':
            put_text(va_arg(args, const char *));
            break;
        case 'u':
            put_number(va_arg(args, unsigned), 10);
            break;
        default: /* %lu, %lx */
            if (*++format == 'x')
                put_text("0x");
            put_number(va_arg(args, unsigned long), *format == 'x' ? 16 : 10);
        }
    }
    port_putc('\n');
    va_end(args);
    port_power_off();
}
