/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - the report channel: frames `#TYPE LENGTH\n` and LENGTH bytes to the runner.
 */
#ifndef PROCESS_REPORT_H
#define PROCESS_REPORT_H

#include "console.h"

#define REPORT_HEADER 16u /* the longest: "#stat 4080\n" and room */
#define REPORT_BODY   (CONSOLE_BYTES - REPORT_HEADER)

/* Writes the header for a body of `bytes`; its length. */
size_t report_header(char to[REPORT_HEADER], const char *type, size_t bytes);
/* Sends text in frames of at most REPORT_BODY, each cut behind a line if there is one. Waits
 * for buffers: for the end of a run, when nobody else is left to be served. */
void report_text(struct console *c, const char *type, const char *text);
/* Waits until all has left. */
void report_flush(struct console *c);

/* What the runner says about the end of input: `#eof N\n`, bytes as they come. */
struct eof {
    char line[24];
    unsigned used;
    bool known;
    uint64_t bytes; /* of input, before its end */
};
void eof_take(struct eof *e, const char *from, size_t bytes);

#endif
