/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * job.c - work that waits for the disk, one at a time on a fiber of its own.
 *
 *   state        leaves on
 *   JOBS_IDLE    job_start -> RUNS
 *   JOBS_RUNS    job_wait -> WAITS; no job left -> IDLE
 *   JOBS_WAITS   job_wake -> RUNS
 */
#include "job.h"

#include "rt.h"

#define STACK_BYTES 16384u

enum jobs_state { JOBS_IDLE, JOBS_RUNS, JOBS_WAITS };

static struct {
    struct list queue;
    struct fiber *fiber;
    enum jobs_state state;
} jobs;

static void leave(enum jobs_state state)
{
    jobs.state = state;
    fiber_yield();
    jobs.state = JOBS_RUNS;
}

static void run(void *arg)
{
    (void)arg;
    for (;;) {
        struct list *first = list_pop(&jobs.queue);
        struct job *job = LIST_MEMBER(first, struct job, link);

        if (first == NULL)
            leave(JOBS_IDLE);
        else
            job->run(job);
    }
}

bool jobs_init(void)
{
    list_init(&jobs.queue);
    jobs.fiber = fiber_start(run, NULL, STACK_BYTES);
    return jobs.fiber != NULL;
}

void job_start(struct job *job)
{
    list_push_back(&jobs.queue, &job->link);
    if (jobs.state == JOBS_IDLE)
        fiber_resume(jobs.fiber);
}

void job_wait(void)
{
    leave(JOBS_WAITS);
}

void job_wake(void)
{
    if (jobs.state == JOBS_WAITS)
        fiber_resume(jobs.fiber);
}

bool jobs_idle(void)
{
    return jobs.state == JOBS_IDLE;
}
