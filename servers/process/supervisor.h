/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * supervisor.h - one supervisor and its task, as the process server builds and buries them.
 *
 * All that it consists of is charged to a bank of its own and lies below that bank's
 * frames and Untyped, so destroying the bank ends everything at once. Two CapTables stand
 * in our root table while it lives: `table` is the supervisor's own, and `parts` holds the
 * origins of its objects, the frames of its image and its page tables.
 */
#ifndef PROCESS_SUPERVISOR_H
#define PROCESS_SUPERVISOR_H

#include "elf.h"
#include "process.h"
#include "rt.h"
#include "start.h"

/* The pager's image and what the manifest says of all supervisors. */
struct template
{
    struct elf elf;
    const char *image; /* mapped here, to be copied from */
    cap_t frames;      /* the same, page by page, to be derived from */
    unsigned pages;
    uint32_t priority, task_priority;
    uint32_t max_pages;   /* of a bank; 0 = no limit */
    uint32_t deadline_ms; /* of a task's faults; 0 = none */
};

struct supervisor {
    uint32_t pid;
    uint32_t bank, session; /* at the frame server, at the file server */
    uint32_t store;         /* session at the swap server; 0: none */
    cap_t memory;           /* session of its bank */
    cap_t untyped, table, parts;
    unsigned parts_used;  /* slots of `parts` */
    unsigned named;       /* next slot of `table` for a named capability */
    struct window status; /* ours; struct supervisor_status, derived for it */
};

/* Strings one behind the other, each with its \0. */
struct texts {
    const char *at;
    uint32_t bytes;
};

/* NULL, or what is wrong, in words. */
const char *template_open(struct template *t);

/* ERR_NO_MEMORY, ERR_LIMIT, ...: nothing is left of it then. It runs when this returns. */
enum err supervisor_build(const struct template *t, struct supervisor *s, uint32_t pid,
                          const struct texts *argv);
/* Stops it and its task: they do nothing more. */
void supervisor_stop(const struct supervisor *s);
/* Stops it, gives everything back. */
void supervisor_bury(struct supervisor *s);
/* Has its bank been killed? It is to be stopped and buried. */
bool supervisor_killed(const struct supervisor *s);
/* Gives back what its bank has; it is stopped already. */
void supervisor_empty(struct supervisor *s);
/* Raises the bit by which it learns that the console has changed. */
void supervisor_signal(const struct supervisor *s);
/* Instructions that the task and its supervisor executed. */
uint64_t supervisor_instructions(const struct supervisor *s);

static inline const struct supervisor_status *supervisor_status(const struct supervisor *s)
{
    return s->status.at;
}

#endif
