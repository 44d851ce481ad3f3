/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block.h - writes a start block (lib/rt/start.h says how it reads).
 *
 * Its size is known before all its contents are: a server's pages are counted and mapped
 * first, and the machine's memory is only known when all servers are built.
 */
#ifndef START_BLOCK_H
#define START_BLOCK_H

#include "start.h"

#define BLOCK_CAPS 40u

struct block {
    struct start_cap cap[BLOCK_CAPS];
    uint32_t caps, properties;
    char *property; /* all of them, as they will stand */
    size_t used, room;
};

/* The entry may be changed until block_write. NULL: too many, or the name is too long. */
struct start_cap *block_cap(struct block *b, const char *name, cap_t cap, uint32_t count,
                            uint32_t value);
/* `prefix` and a dot before the name, if it is not NULL. false: no memory. */
bool block_property(struct block *b, const char *prefix, const char *name, const void *value,
                    uint32_t bytes);
/* A cell whose value is set later by block_set_cell, by the same name. */
bool block_cell(struct block *b, const char *name, uint32_t value);
void block_set_cell(struct block *b, const char *name, uint32_t value);

size_t block_bytes(const struct block *b);
/* Writes block_bytes to `to`. */
void block_write(const struct block *b, const char *server, uint32_t flags, uint64_t timebase,
                 void *to);

#endif
