/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * figures.h - all that is counted, as text: the report's statistics and /proc.
 */
#ifndef PROCESS_FIGURES_H
#define PROCESS_FIGURES_H

#include "memory.h"
#include "program.h"
#include "serve.h"

#define FIGURES_BYTES 12288u

struct figures {
    const struct programs *programs;
    const struct sources *sources;
    const struct server *server;
    struct statement memory;    /* when the last program ended */
    uint64_t first_instruction; /* instructions of the machine at the first program's first */
};

/* Lines `key value`, the keys of interface.md's statistics. */
void figures_report(const struct figures *f, char to[FIGURES_BYTES]);
/* A file of /proc; its length. */
size_t figures_text(const struct figures *f, enum process_text which, char *to, size_t room);

#endif
