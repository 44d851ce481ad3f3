/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fiber.c - stacks that take turns within the one thread.
 *
 *   state          leaves on
 *   FIBER_FREE     fiber_start
 *   FIBER_RUNS     yield -> WAITS; end of its function -> DONE
 *   FIBER_WAITS    fiber_resume -> RUNS
 *   FIBER_DONE     fiber_done() -> FREE
 *
 * A stack stays with its struct for the next fiber that needs no more.
 */
#include "fiber.h"

#include "rt.h"

#include <stdlib.h>

enum fiber_state { FIBER_FREE, FIBER_RUNS, FIBER_WAITS, FIBER_DONE };

struct fiber {
    enum fiber_state state;
    unsigned reclaim;    /* its mark (rt.h), while it waits */
    void *saved;         /* where it goes on */
    void *resumer;       /* where its starter or resumer goes on */
    struct fiber *outer; /* what ran there */
    void (*run)(void *);
    void *arg;
    char *stack;
    size_t stack_bytes;
};

static struct fiber fiber[FIBERS];
static struct fiber *running;

struct fiber *fiber_self(void)
{
    return running;
}

static void enter(struct fiber *f)
{
    unsigned outer = reclaim_swap(f->reclaim);

    f->outer = running;
    f->state = FIBER_RUNS;
    running = f;
    arch_fiber_switch(&f->resumer, f->saved);
    running = f->outer;
    f->reclaim = reclaim_swap(outer);
}

static void leave(struct fiber *f, enum fiber_state state)
{
    f->state = state;
    arch_fiber_switch(&f->saved, f->resumer);
}

static void fiber_main(void *self)
{
    struct fiber *f = self;

    f->run(f->arg);
    leave(f, FIBER_DONE);
    die("a fiber that is done was resumed");
}

/* A free one, if possible with a stack that is large enough. */
static struct fiber *fiber_choose(size_t stack_bytes)
{
    struct fiber *found = NULL;

    for (unsigned i = 0; i < FIBERS; i++) {
        if (fiber[i].state != FIBER_FREE)
            continue;
        if (found == NULL || fiber[i].stack_bytes >= stack_bytes)
            found = &fiber[i];
    }
    return found;
}

struct fiber *fiber_start(void (*run)(void *), void *arg, size_t stack_bytes)
{
    struct fiber *f = fiber_choose(stack_bytes);

    if (f == NULL)
        return NULL;
    if (f->stack_bytes < stack_bytes) {
        char *stack = malloc(stack_bytes);

        if (stack == NULL)
            return NULL;
        free(f->stack);
        f->stack = stack;
        f->stack_bytes = stack_bytes;
    }
    f->run = run;
    f->arg = arg;
    f->saved = arch_fiber_frame(f->stack + f->stack_bytes, fiber_main, f);
    enter(f);
    return f;
}

void fiber_yield(void)
{
    leave(running, FIBER_WAITS);
}

void fiber_resume(struct fiber *f)
{
    if (f->state == FIBER_WAITS)
        enter(f);
}

bool fiber_done(struct fiber *f)
{
    if (f->state != FIBER_DONE)
        return false;
    f->state = FIBER_FREE;
    return true;
}
