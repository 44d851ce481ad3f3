/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * captable.c - CapTables: arrays of slots, and the two steps of a capability address.
 */
#include "captable.h"

/* The CapTable capability that the upper half names. */
static struct slot *table_slot(const struct thread *t, cap_t address)
{
    struct slot *root = (struct slot *)&t->bind[BIND_ROOT];
    unsigned i = CAP_TABLE(address);
    struct slot *table;

    if (slot_type(root) != OBJ_CAPTABLE)
        return NULL;
    if (i == 0)
        return root;
    if (i >> (slot_size(root) - SLOT_BITS))
        return NULL;
    table = (struct slot *)slot_object(root) + i;
    return slot_type(table) == OBJ_CAPTABLE ? table : NULL;
}

struct slot *cap_slot(const struct thread *t, cap_t address)
{
    struct slot *table = table_slot(t, address);
    unsigned i = CAP_SLOT(address);

    if (!table || i >> (slot_size(table) - SLOT_BITS) || address == CAP_NULL)
        return NULL;
    return (struct slot *)slot_object(table) + i;
}

struct slot *cap_lookup(const struct thread *t, cap_t address)
{
    struct slot *s = cap_slot(t, address);

    return s && !slot_empty(s) ? s : NULL;
}

unsigned run_find(const struct thread *t, cap_t address, unsigned count, struct run *run)
{
    struct slot *table = table_slot(t, address);

    if (!table || address == CAP_NULL ||
        CAP_SLOT(address) + count > CAPTABLE_SLOTS(slot_size(table)))
        return ERR_NO_CAP;
    run->table = table;
    run->first = (struct slot *)slot_object(table) + CAP_SLOT(address);
    run->count = count;
    return ERR_OK;
}

unsigned run_length(size_t count, size_t *done)
{
    if (count >= 1 && count <= 512 && *done <= count)
        return ERR_OK;
    *done = 0;
    return ERR_BAD_ARG;
}

unsigned run_begin(const struct thread *t, cap_t address, size_t count, size_t *done,
                   struct run *run)
{
    unsigned err = run_length(count, done);

    return err == ERR_OK ? run_find(t, address, (unsigned)count, run) : err;
}

unsigned run_room(const struct thread *t, cap_t address, unsigned count, struct run *run)
{
    unsigned err = run_find(t, address, count, run);

    return err == ERR_OK && tree_dying(run->table) ? ERR_DYING : err;
}
