/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * figures.h - all that is counted, as text: the report's statistics and /proc.
 */
#ifndef PROCESS_FIGURES_H
#define PROCESS_FIGURES_H

#include "memory.h"
#include "program.h"
#include "serve.h"

#define FIGURES_BYTES 2048u /* of the longest text */

struct figures {
    const struct programs *programs;
    const struct sources *sources;
    const struct server *server;
    struct statement memory;    /* when the last program ended */
    uint64_t first_instruction; /* instructions of the machine at the first program's first */
};

/* Lines `key value` of the report, in parts 0, 1, ...; false behind the last one. */
bool figures_part(const struct figures *f, unsigned part, char to[FIGURES_BYTES]);
/* Programs that run. */
unsigned figures_running(const struct figures *f);
/* A file of /proc; its length. */
size_t figures_text(const struct figures *f, enum process_text which, char *to, size_t room);

#endif
