/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * copy.c - the task's memory as others use it: copied from and to by us, lent to servers.
 *
 * The kernel copies, and stops at the first page that the program itself could not access so.
 * Such a page takes the way of a fault and the copy goes on behind it: the fault path alone
 * knows what a page is.
 */
#include "rt.h"
#include "start.h"
#include "state.h"

#include <string.h>

#define STALE_MAX 3u /* pages taken by their owner between being fetched and mapped */

static enum err tables_apply(struct task *t, uintptr_t page)
{
    cap_t table;
    enum err e = table_get(t, &table);

    return e != ERR_OK ? e : space_map(t->space, table, page, 1, 0, 0, NULL);
}

/* The answer to a wish, applied by a call. */
static enum err wish_apply(struct task *t, const struct want *w)
{
    word_t word[MESSAGE_WORDS] = {0};
    struct maps m = {.word = word};
    enum vm_signal_kind why;
    enum err e = fault_answer(t, w, &m, &why);

    while (e == ERR_OK) {
        e = maps_apply(&m, t->space);
        if (e != ERR_NO_TABLE)
            break;
        e = tables_apply(t, w->page);
    }
    return e;
}

/* Answers a wish although owners may take their pages meanwhile. */
static enum err wish_answer(struct task *t, const struct want *w)
{
    enum err e = wish_apply(t, w);

    for (unsigned i = 0; e == ERR_NO_CAP && i < STALE_MAX; i++) {
        vm_refused(t, e);
        e = wish_apply(t, w);
    }
    return e == ERR_OK || e == ERR_PENDING || e == ERR_LIMIT ? e : ERR_FAULT;
}

/* How many of the pages from the first on are there with these rights? */
static unsigned pages_ready(struct task *t, uintptr_t at, unsigned pages, unsigned access)
{
    uint8_t bits[CHUNK_PAGES];
    unsigned need = HARVEST_PRESENT | (access & RIGHT_WRITE ? HARVEST_WRITE : HARVEST_READ);
    unsigned n = 0;

    if (space_harvest(t->space, at, pages, 0, bits) != ERR_OK)
        return 0;
    while (n < pages && (bits[n] & need) == need)
        n++;
    return n;
}

/* Could making more pages present push out the one that was made present just now? */
static bool crowded(struct vm *vm, uintptr_t page)
{
    const struct region *r = region_at(&vm->regions, page);

    return vm->exact || (vm->limited && r != NULL && (r->object != NULL || vm->store != CAP_NULL));
}

enum err vm_present(struct task *t, uintptr_t address, size_t bytes, bool write, size_t *ready)
{
    struct vm *vm = t->vm;
    struct want w = {.page = page_down(address), .access = write ? RIGHT_WRITE : RIGHT_READ};
    uintptr_t end;

    *ready = 0;
    if (bytes == 0 || address >= vm->top || bytes > vm->top - address)
        return bytes == 0 ? ERR_OK : ERR_FAULT;
    end = page_up(address + bytes);
    while (w.page < end) {
        size_t left = (end - w.page) / PAGE_SIZE;
        unsigned pages = left < CHUNK_PAGES ? (unsigned)left : CHUNK_PAGES;
        unsigned n = pages_ready(t, w.page, pages, w.access);

        if (n == 0) {
            enum err e;

            w.pages = vm->exact ? 1 : pages;
            e = wish_answer(t, &w);
            if (e != ERR_OK)
                return *ready > 0 ? ERR_OK : e;
            n = 1;
        }
        w.page += n * PAGE_SIZE;
        *ready = w.page >= end ? bytes : w.page - address;
        if (crowded(vm, w.page - PAGE_SIZE))
            break;
    }
    return ERR_OK;
}

/* One direction or the other; `own` is our memory. */
static enum err copy(struct task *t, uintptr_t user, uintptr_t own, size_t bytes, bool out,
                     size_t *done)
{
    *done = 0;
    if (user >= t->vm->top || bytes > t->vm->top - user)
        return ERR_FAULT;
    while (*done < bytes) {
        size_t some = 0, ready;
        enum err e =
            out ? space_copy(t->space, user + *done, SLOT_SPACE, own + *done, bytes - *done, &some)
                : space_copy(SLOT_SPACE, own + *done, t->space, user + *done, bytes - *done, &some);

        *done += some;
        if (e == ERR_FAULT)
            e = vm_present(t, user + *done, bytes - *done, out, &ready);
        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

enum err vm_copy_in(struct task *t, void *to, uintptr_t from, size_t bytes, size_t *done)
{
    return copy(t, from, (uintptr_t)to, bytes, false, done);
}

enum err vm_copy_out(struct task *t, uintptr_t to, const void *from, size_t bytes, size_t *done)
{
    return copy(t, to, (uintptr_t)from, bytes, true, done);
}

enum err vm_copy_string(struct task *t, char *to, uintptr_t from, size_t room, size_t *length)
{
    *length = 0;
    while (*length < room) {
        size_t some = PAGE_SIZE - (from + *length) % PAGE_SIZE, done;
        const char *end;
        enum err e;

        if (some > room - *length)
            some = room - *length;
        e = vm_copy_in(t, to + *length, from + *length, some, &done);
        if (e != ERR_OK)
            return e;
        end = memchr(to + *length, '\0', some);
        if (end != NULL) {
            *length = (size_t)(end - to);
            return ERR_OK;
        }
        *length += some;
    }
    return ERR_NAME_LONG;
}

void vm_wait(struct task *t)
{
    word_t seen = 0;

    while (!(seen & t->file_bits))
        seen |= sys_wait(CAP_NULL, 0).badge;
}
