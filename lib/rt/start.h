/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * start.h - what a native server finds when it begins: its layout, its well-known
 * capabilities, and the start block with named capabilities and properties.
 *
 * A server is a static ELF linked at SERVER_VA. Its builder (init for servers, the
 * process server for supervisors) maps the image, the start block (read-only) at
 * START_VA, a stack of START_STACK_PAGES below STACK_TOP and the buffer at BUFFER_VA,
 * all under one leaf table, and an empty leaf table at HEAP_VA; it starts the server
 * at e_entry with sp = STACK_TOP and the first argument = START_VA. Further page
 * tables the server hangs in itself.
 */
#ifndef RT_START_H
#define RT_START_H

#include "cap.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERVER_VA         0x00200000ul /* image: up to START_VA */
#define START_VA          0x003a0000ul /* at most START_PAGES pages */
#define START_PAGES       32u
#define STACK_TOP         0x003f0000ul
#define START_STACK_PAGES 8u
#define BUFFER_VA         0x003f8000ul
#define HEAP_VA           0x00400000ul /* grows upwards */
#define HEAP_END          0x10000000ul
#define WINDOW_VA         0x10000000ul /* a server's own mappings: devices, status pages */
#define WINDOW_END        0x20000000ul

/* Slots of every server's root table (upper half 0). */
enum server_slot {
    SLOT_ROOT = 1, /* its root CapTable */
    SLOT_SPACE,    /* MAP, COPY */
    SLOT_THREAD,
    SLOT_ENDPOINT,     /* READ, WRITE, GRANT: what it serves; derive badged sessions of it */
    SLOT_REPLY,        /* bound */
    SLOT_NOTIFICATION, /* bound; READ, WRITE, GRANT */
    SLOT_BUFFER,
    SLOT_MEMORY,     /* session at the frame server (for the frame server: unused) */
    SLOT_NAMED = 16, /* capabilities of the start block, then devices */
    SLOT_FREE = 64   /* from here on the server's own, up to the table's size */
};
#define SERVER_ROOT_BITS 13u /* 256 slots; slots may hold CapTables: the upper half names them */

#define START_MAGIC 0x71757374u

struct start_cap {
    char name[20];
    cap_t cap;
    uint32_t count; /* a run of neighbouring slots (device registers, untyped) */
    uint32_t value; /* with it: log2 size, line number, badge; by kind */
};

/* Followed by `caps` struct start_cap, then properties: name\0, u32 length
 * (unaligned, native order), bytes; as the manifest's node has them. */
struct start {
    uint32_t magic, bytes;
    uint32_t caps, properties;
    uint32_t flags; /* enum boot_flag */
    uint32_t pad;
    uint64_t timebase;
    char name[24]; /* of the server, for its log lines */
};

/* Takes the block at `at`; false if it is malformed. Done before main. */
bool start_open(const void *at);
const struct start *start_block(void); /* NULL in a root task: it has struct bootinfo */
/* Capability by name; *facts may be NULL. CAP_NULL if there is none. */
cap_t start_cap(const char *name, const struct start_cap **facts);
/* Property by name, NULL if there is none; strings end with \0. */
const void *start_property(const char *name, uint32_t *bytes);
/* Calls `take` for each property, in order. */
void start_properties(void (*take)(void *arg, const char *name, const void *value, uint32_t bytes),
                      void *arg);
uint32_t start_u32(const char *name, uint32_t otherwise); /* a big-endian cell */
/* Parses a size property ("64K", "0") or cell. */
uint64_t start_size(const char *name, uint64_t otherwise);

#endif
