/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handle.h - numbers that name a server's things to its clients.
 *
 * A handle is generation << 16 | index into an array that the caller supplies
 * (at most 65,536 entries). The generation grows each time an entry is freed, so
 * that an old handle names nothing instead of somebody else's thing. 0 is never one.
 *
 * I1  an entry is free exactly when its thing is NULL
 * I2  generations are 1..65535: no handle is 0
 */
#ifndef DS_HANDLE_H
#define DS_HANDLE_H

#include <stddef.h>
#include <stdint.h>

#define HANDLE_NONE 0u

struct handle_entry {
    void *thing;
    uint16_t generation;
    uint16_t next; /* free: the next free entry; a chain that ends in itself */
};

struct handles {
    struct handle_entry *entry;
    uint32_t length, used;
    uint16_t free; /* first free entry, if used < length */
};

static inline void handles_init(struct handles *t, struct handle_entry *entry, uint32_t length)
{
    t->entry = entry;
    t->length = length;
    t->used = 0;
    t->free = 0;
    for (uint32_t i = 0; i < length; i++) {
        entry[i].thing = NULL;
        entry[i].generation = 1;
        entry[i].next = (uint16_t)(i + 1 < length ? i + 1 : i);
    }
}

/* A handle for `thing` (not NULL); HANDLE_NONE if all are in use. */
static inline uint32_t handle_new(struct handles *t, void *thing)
{
    uint32_t i = t->free;

    if (t->used == t->length)
        return HANDLE_NONE;
    t->used++;
    t->free = t->entry[i].next;
    t->entry[i].thing = thing;
    return (uint32_t)t->entry[i].generation << 16 | i;
}

/* NULL if the handle names nothing, or something that is gone. */
static inline void *handle_get(const struct handles *t, uint32_t handle)
{
    uint32_t i = handle & 0xffffu;

    if (i >= t->length || t->entry[i].generation != handle >> 16)
        return NULL;
    return t->entry[i].thing;
}

/* Frees the handle and returns what it named, NULL as in handle_get. */
static inline void *handle_drop(struct handles *t, uint32_t handle)
{
    void *thing = handle_get(t, handle);
    struct handle_entry *e = &t->entry[handle & 0xffffu];

    if (thing == NULL)
        return NULL;
    e->thing = NULL;
    e->generation = (uint16_t)(e->generation == 0xffffu ? 1 : e->generation + 1);
    e->next = t->free;
    t->free = (uint16_t)(handle & 0xffffu);
    t->used--;
    return thing;
}

#endif
