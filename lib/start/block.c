/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block.c - writes a start block.
 */
#include "block.h"

#include <stdlib.h>
#include <string.h>

struct start_cap *block_cap(struct block *b, const char *name, cap_t cap, uint32_t count,
                            uint32_t value)
{
    struct start_cap *c = &b->cap[b->caps];

    if (b->caps == BLOCK_CAPS || strlen(name) > sizeof(c->name))
        return NULL;
    memset(c, 0, sizeof(*c));
    memcpy(c->name, name, strlen(name));
    c->cap = cap;
    c->count = count;
    c->value = value;
    b->caps++;
    return c;
}

static bool block_reserve(struct block *b, size_t bytes)
{
    size_t room = b->room == 0 ? 256 : b->room;
    char *at;

    while (room - b->used < bytes)
        room *= 2;
    if (room == b->room)
        return true;
    at = realloc(b->property, room);
    if (at == NULL)
        return false;
    b->property = at;
    b->room = room;
    return true;
}

static void append(struct block *b, const void *from, size_t bytes)
{
    if (bytes > 0)
        memcpy(b->property + b->used, from, bytes);
    b->used += bytes;
}

bool block_property(struct block *b, const char *prefix, const char *name, const void *value,
                    uint32_t bytes)
{
    size_t before = prefix == NULL ? 0 : strlen(prefix) + 1;

    if (!block_reserve(b, before + strlen(name) + 1 + sizeof(bytes) + bytes))
        return false;
    if (prefix != NULL) {
        append(b, prefix, before - 1);
        append(b, ".", 1);
    }
    append(b, name, strlen(name) + 1);
    append(b, &bytes, sizeof(bytes));
    append(b, value, bytes);
    b->properties++;
    return true;
}

static void cell_write(unsigned char *to, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        to[i] = (unsigned char)(value >> (24 - 8 * i));
}

bool block_cell(struct block *b, const char *name, uint32_t value)
{
    unsigned char cell[4];

    cell_write(cell, value);
    return block_property(b, NULL, name, cell, sizeof(cell));
}

void block_set_cell(struct block *b, const char *name, uint32_t value)
{
    uint32_t bytes;

    for (char *at = b->property, *end = at + b->used; at < end; at += bytes) {
        const char *found = at;

        at += strlen(at) + 1;
        memcpy(&bytes, at, sizeof(bytes));
        at += sizeof(bytes);
        if (strcmp(found, name) == 0 && bytes == 4)
            cell_write((unsigned char *)at, value);
    }
}

size_t block_bytes(const struct block *b)
{
    return sizeof(struct start) + b->caps * sizeof(b->cap[0]) + b->used;
}

void block_write(const struct block *b, const char *server, uint32_t flags, uint64_t timebase,
                 void *to)
{
    struct start head = {.magic = START_MAGIC,
                         .bytes = (uint32_t)block_bytes(b),
                         .caps = b->caps,
                         .properties = b->properties,
                         .flags = flags,
                         .timebase = timebase};
    char *at = to;

    strncpy(head.name, server, sizeof(head.name) - 1);
    memcpy(at, &head, sizeof(head));
    memcpy(at + sizeof(head), b->cap, b->caps * sizeof(b->cap[0]));
    if (b->used > 0)
        memcpy(at + sizeof(head) + b->caps * sizeof(b->cap[0]), b->property, b->used);
}
