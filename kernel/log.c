/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.c - the kernel's own lines on the debug console: %s %u %lx, no other.
 */
#include "trap.h"

#include <stdarg.h>

static void put_number(unsigned long value, unsigned base)
{
    unsigned digit = (unsigned)(value % base);

    if (value >= base)
        put_number(value / base, base);
    arch_putc((char)(digit < 10 ? '0' + digit : 'a' - 10 + digit));
}

static void put_string(const char *s)
{
    for (; *s; s++)
        arch_putc(*s);
}

static void put_formatted(const char *format, va_list args)
{
    for (; *format; format++) {
        if (*format != '%') {
            arch_putc(*format);
            continue;
        }
        switch (*++format) {
        case 's':
            put_string(va_arg(args, const char *));
            break;
        case 'u':
            put_number(va_arg(args, unsigned), 10);
            break;
        default:
            put_number(va_arg(args, unsigned long), 16);
            format++;
        }
    }
}

void kernel_log(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    put_formatted(format, args);
    va_end(args);
}

void panic(const char *format, ...)
{
    va_list args;

    put_string("PANIC: ");
    va_start(args, format);
    put_formatted(format, args);
    va_end(args);
    arch_putc('\n');
    arch_halt();
}
