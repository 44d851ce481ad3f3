/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * write_back.h - what is dirty goes to the disk: when it is old, when it is much, when asked.
 *
 * Pages first, by file and in ascending order, each given its place when it is written; then the
 * facts of files; then the transaction is committed. When it begins by itself is a policy.
 */
#ifndef FILE_WRITE_BACK_H
#define FILE_WRITE_BACK_H

#include "error.h"
#include "node.h"

#include <stddef.h>

/* When to write back: idea, source, cost and weakness stand with each (policy/write_times.c). */
struct write_times {
    const char *name;
    /* ns from the first dirty page of a clean cache until all is written; 0: never by itself */
    uint64_t (*delay)(void);
    /* is so much written now, of at most `full` pages? */
    bool (*much)(uint32_t dirty, uint32_t full);
};
const struct write_times *write_times_named(const char *name);
const char *write_times_names(void);

void write_back_init(const struct write_times *times);

/* Looked at after each event: begins what is due. The time (ns) of the next look; 0: none. */
uint64_t write_back_look(void);
/* Memory or blocks are wanted: writes all that is dirty, and commits it. Those who wait are told.
 */
void write_back_kick(void);
/* May the node have more dirty pages? ERR_PENDING: when some are written. If they cannot be, the
 * error is for the files whose pages they are, and the others go on. */
enum err write_back_room(const struct node *n);
/* The same for a file whose map has to be known: of the page `index`. */
void write_back_map(struct node *n, uint32_t index);

/* On the fiber. Pages of a file; its error, if there is one to be told, is told and forgotten. */
enum err write_back_file(struct node *n);
/* The file's facts; everything: pages, facts. */
enum err write_back_facts(struct node *n);
enum err write_back_all(void);

#endif
