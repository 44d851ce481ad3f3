/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parts.h - what a supervisor is made of, for the files that build one: supervisor.c the
 * whole, space.c its memory, gift.c its capabilities and start block.
 */
#ifndef PROCESS_PARTS_H
#define PROCESS_PARTS_H

#include "supervisor.h"

#define READ_WRITE  (RIGHT_READ | RIGHT_WRITE)
#define PARTS_BITS  12u /* 128 slots */
#define STACK_PAGES 4u  /* a supervisor's calls are shallow */

/* Slots of `parts`. */
enum part {
    PART_SPACE,
    PART_TASK_SPACE,
    PART_DIRECTORY, /* the page table above the leaf tables */
    PART_TABLE,     /* leaf tables: image, stack and start block; heap; windows */
    PART_HEAP_TABLE,
    PART_WINDOW_TABLE,
    PART_THREAD,
    PART_TASK_THREAD,
    PART_ENDPOINT,
    PART_REPLY,
    PART_NOTIFICATION,
    PART_BELL,  /* the notification, badged with the bit that we raise */
    PART_FIRST, /* frames */
};

/* The bits of its notification: the file server's, ours, the swap server's. */
enum bell { BELL_FILE, BELL_PROCESS, BELL_SWAP };

/* Frames that the bank hands out are remembered by slots of the client's. The supervisor uses
 * the same session for slots of its own, so ours get numbers that no slot can have. */
#define LABEL(slot) (0x80000000u | (slot))

static inline cap_t part(const struct supervisor *s, unsigned slot)
{
    return CAP(s->parts, slot);
}

/* ---- space.c ---- */

/* Its page tables, text and data. */
enum err space_load(struct supervisor *s, const struct template *t);
/* Maps its stack and its buffer; *buffer is the latter's frame. */
enum err space_stack(struct supervisor *s, cap_t *buffer);
/* Maps `bytes` of text, read-only, from START_VA on. */
enum err space_start_block(struct supervisor *s, const char *text, size_t bytes);

/* ---- gift.c ---- */

/* The well-known capabilities, and the bindings of both threads. */
enum err gift_own(const struct supervisor *s, const struct template *t, cap_t buffer);
/* Sessions, named capabilities and properties, in its start block. */
enum err gift_named(struct supervisor *s, const struct texts *argv);

#endif
