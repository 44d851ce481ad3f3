/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pager_kernel.h - between the files of the world around a supervisor (pager_world.h): its
 * kernel's slots, frames and one address space.
 */
#ifndef UNIT_PAGER_KERNEL_H
#define UNIT_PAGER_KERNEL_H

#include "pager_world.h"
#include "protocol.h"

#define ENTRIES    (WORLD_TOP / PAGE_SIZE)
#define LEAF_BYTES (2u << 20) /* a leaf table's span */

struct contents {
    uint8_t byte[PAGE_SIZE];
};

struct slot {
    unsigned type, rights;
    struct contents *frame;
    struct slot *parent;
    unsigned children;
    uintptr_t va;
    bool mapped, owner; /* owner: its end frees the frame */
    bool locked;        /* class of the frame */
};

/* What maps each page, with which rights; NULL: nothing. */
extern struct slot *world_slot[ENTRIES];
extern uint8_t world_rights[ENTRIES], world_touched[ENTRIES];

/* The test fails if there is no such slot. */
struct slot *slot_of(cap_t cap);
void slot_empty(struct slot *s);
/* Empties all slots derived from one that is in no table. */
void slot_revoke(struct slot *s);
void slot_derive(struct slot *from, struct slot *to, unsigned rights);

/* Map items, as a reply or a call has them; word 0 and 1 come back as from the kernel. */
enum err map_items(word_t *w);
/* The cause word of a fault there. */
word_t fault_cause(uintptr_t at, unsigned access);

void kernel_begin(void);
void kernel_end(void);
void servers_begin(void);
void servers_end(void);
/* The swap server. */
enum err store_call(uint32_t op, const void *req, void *reply, struct passing *p);
void store_begin(void);
void store_end(void);
bool store_owns(const struct slot *s); /* is it of what that lends? */
bool store_forgets(cap_t slot);        /* what was taken by force from there; false: nothing */
/* Is this a page of the object? */
bool servers_own(const struct slot *s);

#endif
