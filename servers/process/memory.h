/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory.h - the memory statement: where every page of the machine is.
 *
 * Each part comes from whoever knows it, none is a remainder: init says what never
 * reached the frame server, its status page counts by class, the file server counts its
 * cache, and `free` is what the walk over the capabilities found. So that they sum to the
 * total proves something.
 *
 *   firmware, kernel   as init says
 *   servers            as init says, the frame server's tables, fixed frames but those of
 *   tables             kernel objects: capability tables, page tables, threads
 *   programs           all other frames, but those of
 *   cache              files' pages
 *   free               walked
 */
#ifndef PROCESS_MEMORY_H
#define PROCESS_MEMORY_H

#include "error.h"
#include "file.h"
#include "frame.h"
#include "swap.h"

#include <stdbool.h>
#include <stdint.h>

#define MEMORY_PARTS(X)                                                                            \
    X(firmware)                                                                                    \
    X(kernel)                                                                                      \
    X(servers)                                                                                     \
    X(tables)                                                                                      \
    X(programs)                                                                                    \
    X(cache)                                                                                       \
    X(free)

/* Pages. */
struct statement {
    uint32_t total;
#define X(part) uint32_t part;
    MEMORY_PARTS(X)
#undef X
};

/* What init says of the machine. */
struct machine {
    uint32_t total, firmware, kernel, servers;
};

/* The statement; false: the parts do not sum to the total, or a server's figures disagree. */
bool statement_make(struct statement *s, const struct machine *m, const struct frame_status *frame,
                    const struct frame_walk_reply *walk, const struct file_status *file);

/* The servers' status pages, mapped. */
struct sources {
    struct machine machine;
    const volatile struct frame_status *frame;
    const volatile struct file_status *file;
    const volatile struct swap_status *swap; /* NULL: the system has no such server */
};
/* NULL, or what is wrong, in words. */
const char *sources_open(struct sources *s);
/* Asks for a walk and makes the statement. */
bool sources_statement(const struct sources *s, struct statement *out);

#endif
