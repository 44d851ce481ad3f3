/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream.h - programs' standard input, output and errors on the two consoles.
 *
 * Nobody waits here: a call that finds no buffer or no input is ERR_PENDING, and whoever
 * owns this is told by stream_interrupt when that has changed.
 */
#ifndef PROCESS_STREAM_H
#define PROCESS_STREAM_H

#include "process.h"
#include "report.h"
#include "serve.h"

struct stream {
    struct console console, report;
    struct eof eof;
    char input[CONSOLE_BYTES]; /* came from the console, was not read yet: */
    unsigned at, used;
    uint64_t taken; /* bytes that came from the console in all */
};

/* The bits of our notification that the two interrupts raise. */
enum { STREAM_CONSOLE = 1 << 0, STREAM_REPORT = 1 << 1 };

/* NULL, or what is wrong, in words. */
const char *stream_open(struct stream *s);
void stream_interrupt(struct stream *s, word_t bits);

/* Lease 0 of the call that `server` is serving has the bytes, from `offset` on. *done were
 * taken, with every error too. ERR_FAULT: the next page of the lease is absent. */
enum err stream_write(struct stream *s, struct server *server, enum process_stream which,
                      uint64_t offset, size_t bytes, size_t *done);
/* Lease 0 gets them; bytes 0 only asks. ERR_OK and 0: the end. */
enum err stream_read(struct stream *s, struct server *server, size_t bytes, size_t *done);

#endif
