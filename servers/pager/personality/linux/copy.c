/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * copy.c - between the program's memory and ours, and what is lent of either.
 */
#include "person.h"
#include "start.h"

result_t user_read(struct trap *x, void *to, uint64_t from, size_t bytes)
{
    size_t done;

    return result_of_vm(vm_copy_in(x->task, to, from, bytes, &done));
}

result_t user_write(struct trap *x, uint64_t to, const void *from, size_t bytes)
{
    size_t done;

    return result_of_vm(vm_copy_out(x->task, to, from, bytes, &done));
}

result_t user_ready(struct trap *x, uint64_t address, size_t bytes)
{
    size_t ready = 0;

    for (size_t done = 0; done < bytes; done += ready) {
        enum err e = vm_present(x->task, address + done, bytes - done, true, &ready);

        if (e != ERR_OK)
            return result_of_vm(e);
    }
    return 0;
}

result_t user_path(struct trap *x, uint64_t address, bool empty)
{
    struct person *p = x->person;
    size_t length = 0;
    enum err e = vm_copy_string(x->task, p->path, address, sizeof(p->path), &length);

    if (e != ERR_OK)
        return result_of_vm(e);
    return length == 0 && !empty ? FAIL(ENOENT) : 0;
}

static struct passing lend(cap_t space, uint64_t at, size_t bytes, unsigned rights)
{
    struct passing pass = {.leases = 1};

    pass.lease[0] = (struct lease){.space = space, .rights = rights, .address = at, .bytes = bytes};
    return pass;
}

struct passing lend_own(const void *at, size_t bytes, unsigned rights)
{
    return lend(SLOT_SPACE, (uintptr_t)at, bytes, rights);
}

struct passing lend_user(const struct trap *x, uint64_t at, size_t bytes, unsigned rights)
{
    return lend(x->task->space, at, bytes, rights);
}
