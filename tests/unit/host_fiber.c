/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host_fiber.c - lib/rt's fibers on the host, by the C library's contexts. The sanitizer is
 * told of each change of stack.
 */
#include "rt.h"

#include <sanitizer/common_interface_defs.h>
#include <stdlib.h>
#include <ucontext.h>

#define HOST_STACK (256u << 10) /* the sanitizer's frames are large */

struct fiber {
    ucontext_t here, back;
    const void *back_stack;
    size_t back_bytes;
    char *stack;
    void (*run)(void *);
    void *arg;
    bool done;
    unsigned reclaim;
};

static struct fiber *running;

static void enter(struct fiber *f)
{
    unsigned outer = reclaim_swap(f->reclaim);
    void *fake;

    running = f;
    __sanitizer_start_switch_fiber(&fake, f->stack, HOST_STACK);
    swapcontext(&f->back, &f->here);
    __sanitizer_finish_switch_fiber(fake, NULL, NULL);
    running = NULL;
    f->reclaim = reclaim_swap(outer);
}

static void leave(struct fiber *f)
{
    void *fake;

    __sanitizer_start_switch_fiber(&fake, f->back_stack, f->back_bytes);
    swapcontext(&f->here, &f->back);
    __sanitizer_finish_switch_fiber(fake, &f->back_stack, &f->back_bytes);
}

static void begin(void)
{
    struct fiber *f = running;

    __sanitizer_finish_switch_fiber(NULL, &f->back_stack, &f->back_bytes);
    f->run(f->arg);
    f->done = true;
    leave(f);
}

struct fiber *fiber_start(void (*run)(void *), void *arg, size_t stack_bytes)
{
    struct fiber *f = calloc(1, sizeof(*f));

    (void)stack_bytes;
    f->stack = malloc(HOST_STACK);
    f->run = run;
    f->arg = arg;
    getcontext(&f->here);
    f->here.uc_stack.ss_sp = f->stack;
    f->here.uc_stack.ss_size = HOST_STACK;
    makecontext(&f->here, begin, 0);
    enter(f);
    return f;
}

void fiber_yield(void)
{
    leave(running);
}

void fiber_resume(struct fiber *f)
{
    if (!f->done)
        enter(f);
}
