/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exact.c - exact mode: every change of page is a fault.
 *
 * Of the task only two pages of code and two of data are mapped at any time (one of each would
 * never get past an access that crosses pages). All others keep their records; touching one
 * is a soft fault, answered without I/O, and it takes the place of the older of the two. The
 * faults on pages of the resident set are the reference string: the policy is told each of
 * them in order, and with pager.trace they are written to the log, AREA:PAGE in hex.
 *
 * With n frames the set's loads equal the faults of a textbook simulator with n frames on that
 * string. For that a page which leaves otherwise than by the policy (unmapped, or copied for a
 * write) stays in the set as a ghost until the policy names it, as a simulator would have it.
 */
#include "rt.h"
#include "state.h"

#include <stdio.h>

#define TRACED (sizeof(((struct vm *)0)->traced) / sizeof(((struct vm *)0)->traced[0]))

void exact_enter(struct task *t, uintptr_t page, unsigned access)
{
    struct window_of_pages *w = &t->vm->window;
    uintptr_t *mine = access & RIGHT_EXECUTE ? w->code : w->data;
    const uintptr_t *other = access & RIGHT_EXECUTE ? w->data : w->code;
    uintptr_t older = mine[0];

    if (page == mine[1])
        return;
    if (page != older && older != NO_PAGE && older != other[0] && older != other[1])
        space_unmap(t->space, older, 1);
    mine[0] = mine[1];
    mine[1] = page;
}

void exact_flush(struct vm *vm)
{
    char line[sizeof("trace") + TRACED * sizeof(" ffffffff:ffffffff")] = "trace";
    int used = 5;

    if (vm->traced_count == 0)
        return;
    for (unsigned i = 0; i < vm->traced_count; i++)
        used += sprintf(line + used, " %x:%x", (unsigned)vm->traced[i].area,
                        (unsigned)vm->traced[i].index);
    log_line("%s", line);
    vm->traced_count = 0;
}

void exact_trace(struct vm *vm, struct pol_key key)
{
    if (!vm->trace)
        return;
    vm->traced[vm->traced_count].area = key.area;
    vm->traced[vm->traced_count].index = (uint32_t)key.page;
    if (++vm->traced_count == TRACED)
        exact_flush(vm);
}

void exact_reference(struct vm *vm, uintptr_t at)
{
    const struct page *p = page_find(&vm->pages, at);
    pol_slot slot = p->resident;

    if (slot == PAGE_NOT_RESIDENT && (vm->limited || !state_in(p->state, PAGES_OBJECT)))
        return;
    exact_trace(vm, page_key(vm, at));
    if (slot != PAGE_NOT_RESIDENT)
        resident_touch(&vm->resident, &slot, 1);
}
