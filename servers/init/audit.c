/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * audit.c - who holds capabilities of devices: Irqs, and Frames and Untypeds of registers.
 *
 * A server's table stands in init's root table, so its slots have addresses. A CapTable
 * found in one of them is derived into a slot of init's root table for as long as it is
 * walked. Tables may hold one another: depth is bounded as the kernel bounds it.
 */
#include "audit.h"

#include "fatal.h"
#include "rt.h"

#define DEPTH 8u

struct tally {
    unsigned tables, caps, devices;
};

static bool is_device(const struct cap_facts *f)
{
    return f->type == OBJ_IRQ || (f->flags & INSPECT_DEVICE) != 0;
}

static void table_walk(cap_t table, unsigned depth, struct tally *t);

/* One table inside another. */
static void table_enter(cap_t slot, unsigned depth, struct tally *t)
{
    cap_t own = slots_alloc_root(1);

    if (own == CAP_NULL || cap_derive(slot, own, RIGHT_ALL, 0) != ERR_OK)
        fatal("audit: a table cannot be looked into");
    table_walk(own, depth + 1, t);
    cap_delete(own, 1);
    slots_free(own, 1);
}

static void table_walk(cap_t table, unsigned depth, struct tally *t)
{
    struct cap_facts whole, f;
    unsigned slots;

    if (cap_inspect(table, &whole) != ERR_OK || whole.type != OBJ_CAPTABLE)
        fatal("audit: a table is none");
    t->tables++;
    slots = CAPTABLE_SLOTS(whole.log2_size);
    for (unsigned i = 0; i < slots; i++) {
        if (cap_inspect(CAP(table, i), &f) != ERR_OK || f.type == OBJ_NULL)
            continue;
        t->caps++;
        if (is_device(&f))
            t->devices++;
        if (f.type == OBJ_CAPTABLE && depth < DEPTH && i != SLOT_ROOT)
            table_enter(CAP(table, i), depth, t);
    }
}

/* What the manifest gives it: registers, and an interrupt where there is one. */
static unsigned devices_given(const struct child *c)
{
    unsigned n = 0;
    struct cap_facts f;

    for (unsigned i = SLOT_NAMED; i < c->named; i++)
        if (cap_inspect(CAP(c->table, i), &f) == ERR_OK && is_device(&f))
            n++;
    return n;
}

void audit_devices(const struct manifest *m, const struct child *child)
{
    struct tally all = {0};

    for (unsigned i = 0; i < m->servers; i++) {
        const struct child *c = &child[i];
        struct tally t = {0};

        if (c->table == CAP_NULL)
            continue;
        table_walk(c->table, 0, &t);
        log_line("audit: %s: %u tables, %u capabilities, %u of devices", c->spec->name, t.tables,
                 t.caps, t.devices);
        all.tables += t.tables;
        all.caps += t.caps;
        if (t.devices != devices_given(c) || (t.devices > 0 && c->spec->devices.count == 0))
            fatal("audit: server %s holds %u capabilities of devices, and was given %u",
                  c->spec->name, t.devices, devices_given(c));
    }
    log_line("audit: %u tables, %u capabilities: devices are with the manifest's drivers only",
             all.tables, all.caps);
}
