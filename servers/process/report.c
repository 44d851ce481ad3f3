/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.c - see report.h.
 */
#include "report.h"

#include "sys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t report_header(char to[REPORT_HEADER], const char *type, size_t bytes)
{
    return (size_t)snprintf(to, REPORT_HEADER, "#%s %u\n", type, (unsigned)bytes);
}

static char *buffer_wait(struct console *c)
{
    char *to;

    while ((to = console_buffer(c)) == NULL) {
        console_idle(c); /* takes back what the device has sent */
        sys_yield();
    }
    return to;
}

/* Of a text longer than a frame: up to its last line that fits. */
static size_t piece_of(const char *text)
{
    const char *zero = memchr(text, '\0', REPORT_BODY);

    if (zero)
        return (size_t)(zero - text);
    for (size_t end = REPORT_BODY; end > 0; end--)
        if (text[end - 1] == '\n')
            return end;
    return REPORT_BODY;
}

void report_text(struct console *c, const char *type, const char *text)
{
    while (*text) {
        size_t bytes = piece_of(text);
        char *to = buffer_wait(c);
        size_t header = report_header(to, type, bytes);

        memcpy(to + header, text, bytes);
        console_send(c, header + bytes);
        text += bytes;
    }
}

void report_flush(struct console *c)
{
    while (!console_idle(c))
        sys_yield();
}

void eof_take(struct eof *e, const char *from, size_t bytes)
{
    static const char word[] = "#eof ";

    for (size_t i = 0; i < bytes && !e->known; i++) {
        if (from[i] != '\n') {
            if (e->used < sizeof(e->line) - 1)
                e->line[e->used++] = from[i];
            continue;
        }
        e->line[e->used] = '\0';
        e->used = 0;
        if (strncmp(e->line, word, sizeof(word) - 1) != 0)
            continue; /* from a runner that knows more than we do */
        e->bytes = strtoull(e->line + sizeof(word) - 1, NULL, 10);
        e->known = true;
    }
}
