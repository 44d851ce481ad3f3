/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * program.h - the programs of this boot: what is to run, what runs, how it ended.
 *
 *   state          leaves on
 *   TASK_FREE      start
 *   TASK_RUNNING   exit told by its supervisor; the supervisor's death
 *
 * program-0 runs `repeat` times, one after the other; the others once, beside it. With
 * program-0's last end the machine's work is done.
 */
#ifndef PROCESS_PROGRAM_H
#define PROCESS_PROGRAM_H

#include "supervisor.h"

#define TASKS     12u /* at a time */
#define RUNS_MAX  256u
#define PID_FIRST 2u /* 1 is init */

enum task_state { TASK_FREE, TASK_RUNNING };

struct task {
    enum task_state state;
    unsigned program;
    struct supervisor supervisor;
    bool waits;     /* for the console */
    uint64_t begun; /* instructions of the machine at its start */
    uint32_t reads; /* of the disk, then */
};

/* How one run of program-0 went. */
struct run {
    uint32_t kind, code; /* enum process_end */
    uint64_t instructions;
    uint64_t
        starved; /* of them, those after the touch that found no memory; 0: it did not end so */
    uint32_t faults, reads;
};

struct programs {
    struct template template;
    struct task task[TASKS];
    unsigned count;  /* of programs */
    unsigned runs;   /* of program-0 that have ended */
    unsigned repeat; /* so many there will be */
    uint32_t next_pid;
    struct run run[RUNS_MAX];
    struct supervisor_status sum; /* of all supervisors that ended */
};

/* NULL, or what is wrong, in words. */
const char *programs_open(struct programs *p);
/* Starts them; false: program-0 could not be (logged). */
bool programs_start(struct programs *p, uint32_t disk_reads);
struct task *task_find(struct programs *p, uint64_t pid);
/* A task has ended so: told and recorded, while what it had is still there. */
void task_ended(struct programs *p, const struct task *t, enum process_end kind, unsigned code,
                uint32_t disk_reads);
/* Returns what it had; the program's next run begins. True: all is done. */
bool task_bury(struct programs *p, struct task *t, uint32_t disk_reads);

/* The status of a run as a shell shows it. */
unsigned end_status(enum process_end kind, unsigned code);
/* The last frame's text: "exited 3", ... */
void end_text(enum process_end kind, unsigned code, char to[32]);
void status_add(struct supervisor_status *sum, const struct supervisor_status *s);
uint32_t status_faults(const struct supervisor_status *s);

#endif
