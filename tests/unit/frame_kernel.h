/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame_kernel.h - as much of the kernel as the frame server sees: slots, the derivation tree,
 * Untypeds with their watermark, contents of pages, DMA holds. It implements lib/rt/sys.h's
 * functions over itself and checks what the kernel checks.
 */
#ifndef TEST_FRAME_KERNEL_H
#define TEST_FRAME_KERNEL_H

#include "sys.h"

#define MODEL_BASE 0x80000000ull

/* Forgets everything; every page's contents are `dirt` then. */
void model_begin(uint64_t bytes, uint8_t dirt);
void model_end(void);
/* A table of `count` slots, named by `root` in capability addresses; 0 is the root table. */
void model_table(unsigned root, unsigned count);
/* A root of the tree in an empty slot. */
void model_untyped(cap_t slot, uint64_t base, unsigned bits);
void model_object(cap_t slot, unsigned type, unsigned rights);

/* What a message does: `count` capabilities, as far as slots offered are empty; how many. */
unsigned model_transfer(cap_t from, cap_t to, unsigned count, unsigned mode, unsigned rights);

bool model_empty(cap_t slot);
/* Physical address of the Frame or Untyped. */
uint64_t model_paddr(cap_t slot);
unsigned model_children(cap_t slot);
void model_hold(cap_t slot, bool held);
/* Contents of a page, one byte for all of it. */
uint8_t model_contents(uint64_t paddr);
void model_fill(cap_t frame, uint8_t contents);
/* Signals that reached the notification in the slot. */
unsigned model_signals(cap_t slot);

/* Invocations of each kind since model_begin. */
struct model_calls {
    unsigned derives, revokes, retypes, clears, deletes;
};
extern struct model_calls model_calls;

/* NULL, or what is wrong with the tree: links, rights, ranges. */
const char *model_audit(void);

#endif
