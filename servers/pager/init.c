/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * init.c - the VM of an empty address space.
 */
#include "file.h"
#include "rt.h"
#include "state.h"
#include "swap.h"

#include <stdlib.h>

#define AROUND 16u /* pages: what one reply can map */

static void object_close(const struct object *o)
{
    struct file_close_req file = {.handle = o->handle};
    struct file_close_reply file_closed;
    struct swap_close_req made = {.object = o->handle};
    struct swap_close_reply made_closed;

    if (o->anonymous)
        swap_close(o->server, &made, &made_closed, NULL);
    else
        file_close(o->server, &file, &file_closed, NULL);
}

/* The last one that named it is gone. */
static void object_release(struct regions *s, struct object *o)
{
    (void)s;
    object_close(o);
    free(o);
}

bool vm_init(struct task *t, const struct vm_config *c)
{
    struct vm *vm = calloc(1, sizeof(*vm));

    if (vm == NULL) {
        log_line("no memory to begin with");
        return false;
    }
    t->vm = vm;
    vm->memory = c->memory;
    vm->store = c->store;
    vm->top = c->top;
    vm->limit_space = VM_NO_LIMIT;
    vm->limit_stack = VM_STACK_LIMIT;
    vm->exact = c->exact;
    vm->trace = c->trace;
    vm->deaf = c->deaf;
    vm->around = c->exact ? 1 : c->around != 0 && c->around < AROUND ? c->around : AROUND;
    vm->window = (struct window_of_pages){{NO_PAGE, NO_PAGE}, {NO_PAGE, NO_PAGE}};
    pool_init(&vm->pool, c->memory, c->store, &vm->slots);
    drop_begin(&vm->dead, &vm->slots, c->memory, c->store);
    tables_init(&vm->tables, &vm->slots);
    regions_init(&vm->regions, VM_REGIONS_MAX, object_release);
    return evict_init(vm, c, t);
}
