/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job.h - work that waits for the disk, one at a time on a fiber of its own.
 *
 * libext2fs waits in the middle of its work, and knows of no second user: so its work is
 * cut into jobs. A job that needs not wait is done when job_start returns.
 */
#ifndef FILE_JOB_H
#define FILE_JOB_H

#include "list.h"

#include <stdbool.h>

struct job {
    struct list link;
    void (*run)(struct job *job); /* on the fiber; the job may be freed in it */
};

/* false: no memory for the fiber. */
bool jobs_init(void);

/* Jobs run in the order in which they were started. */
void job_start(struct job *job);

/* On the fiber: waits for job_wake, which the loop calls when the disk has answered. */
void job_wait(void);
void job_wake(void);

/* Nothing runs or waits. */
bool jobs_idle(void);

#endif
