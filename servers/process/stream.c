/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream.c - see stream.h. Output is copied once, from the program's memory into the
 * page that the device reads. Input is held here until a program has taken it, since a
 * copy into a program's memory may stop anywhere.
 */
#include "stream.h"

#include "rt.h"
#include "start.h"

#include <stdio.h>
#include <string.h>

static enum err device_open(struct console *c, const char *name, unsigned bit)
{
    const struct start_cap *facts;
    char irq_name[20];
    struct window regs;
    struct dma dma;
    cap_t cap = start_cap(name, &facts), irq;
    enum err e;

    snprintf(irq_name, sizeof(irq_name), "%s-irq", name);
    irq = start_cap(irq_name, NULL);
    if (cap == CAP_NULL || irq == CAP_NULL)
        return ERR_NO_CAP;
    e = window_map(&regs, cap, 1, RIGHT_READ | RIGHT_WRITE);
    if (e == ERR_OK)
        e = dma_take(&dma, CONSOLE_PAGES);
    if (e == ERR_OK)
        e = irq_bind(irq, SLOT_NOTIFICATION, bit);
    return e == ERR_OK ? console_open(c, (char *)regs.at + facts->value, &dma, irq) : e;
}

const char *stream_open(struct stream *s)
{
    uint64_t known = start_size("stdin-bytes", UINT64_MAX);

    memset(s, 0, sizeof(*s));
    if (known != UINT64_MAX)
        s->eof = (struct eof){.known = true, .bytes = known};
    if (device_open(&s->console, "console", STREAM_CONSOLE) != ERR_OK)
        return "the console does not answer";
    if (device_open(&s->report, "report", STREAM_REPORT) != ERR_OK)
        return "the report channel does not answer";
    return NULL;
}

void stream_interrupt(struct stream *s, word_t bits)
{
    char text[64];
    size_t bytes;

    if (bits & STREAM_CONSOLE)
        console_interrupt(&s->console);
    if (!(bits & STREAM_REPORT))
        return;
    console_interrupt(&s->report);
    while ((bytes = console_read(&s->report, text, sizeof(text))) > 0)
        eof_take(&s->eof, text, bytes);
}

/* ---- output ---- */

static enum err write_output(struct stream *s, struct server *server, uint64_t offset, size_t bytes,
                             size_t *done)
{
    enum err e = ERR_OK;

    for (*done = 0; *done < bytes && e == ERR_OK;) {
        char *to = console_buffer(&s->console);
        size_t chunk = bytes - *done < CONSOLE_BYTES ? bytes - *done : CONSOLE_BYTES, got = 0;

        if (!to)
            return ERR_PENDING;
        e = call_read_lease(server, 0, offset + *done, to, chunk, &got);
        if (got > 0)
            console_send(&s->console, got);
        *done += got;
    }
    return e;
}

/* The header has to stand before bytes whose number is known only after them. */
static enum err write_error(struct stream *s, struct server *server, uint64_t offset, size_t bytes,
                            size_t *done)
{
    enum err e = ERR_OK;

    for (*done = 0; *done < bytes && e == ERR_OK;) {
        char *to = console_buffer(&s->report), header[REPORT_HEADER];
        size_t chunk = bytes - *done < REPORT_BODY ? bytes - *done : REPORT_BODY, got = 0, length;

        if (!to)
            return ERR_PENDING;
        e = call_read_lease(server, 0, offset + *done, to + REPORT_HEADER, chunk, &got);
        if (got > 0) {
            length = report_header(header, "err", got);
            memmove(to + length, to + REPORT_HEADER, got);
            memcpy(to, header, length);
            console_send(&s->report, length + got);
        }
        *done += got;
    }
    return e;
}

enum err stream_write(struct stream *s, struct server *server, enum process_stream which,
                      uint64_t offset, size_t bytes, size_t *done)
{
    if (which == PROCESS_STDOUT)
        return write_output(s, server, offset, bytes, done);
    if (which == PROCESS_STDERR)
        return write_error(s, server, offset, bytes, done);
    return ERR_BAD_ARG;
}

/* ---- input ---- */

/* Fills the own buffer, if it is empty. False: there is nothing, and no end either. */
static bool input_there(struct stream *s, bool *end)
{
    size_t bytes;

    *end = false;
    if (s->at < s->used)
        return true;
    bytes = console_read(&s->console, s->input, sizeof(s->input));
    s->at = 0;
    s->used = (unsigned)bytes;
    s->taken += bytes;
    *end = bytes == 0 && s->eof.known && s->taken >= s->eof.bytes;
    return bytes > 0;
}

enum err stream_read(struct stream *s, struct server *server, size_t bytes, size_t *done)
{
    bool end;
    enum err e;

    *done = 0;
    if (!input_there(s, &end))
        return end ? ERR_OK : ERR_PENDING;
    if (bytes > s->used - s->at)
        bytes = s->used - s->at;
    if (bytes == 0)
        return ERR_OK;
    e = call_write_lease(server, 0, 0, s->input + s->at, bytes, done);
    s->at += (unsigned)*done;
    return e;
}
