/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory.h - the rest of the machine's memory, for the frame server.
 */
#ifndef INIT_MEMORY_H
#define INIT_MEMORY_H

#include "child.h"

/* Makes room: a table of the frame server's and its entries "untyped" (memory in the kernel's
 * window) and "untyped-high". Before child_lay_out. */
void memory_prepare(struct child *frame);

/* Puts every page that nobody uses there, lowest address first. Afterwards init has no
 * memory to make anything of. Returns the pages. */
uint32_t memory_hand_over(void);

#endif
