/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reserve.h - memory for the server's tables, made ahead.
 *
 * Tables of handles grow by blocks of one size, taken from a stock that is filled while memory
 * can be had: when a device is taken into use, and after calls that are no write-out. What a
 * supervisor puts under pressure so never waits for memory.
 *
 * On the write-out path nothing is allocated: it is reclaim (rt.h), and memory_new() ends the
 * server if it is called there.
 */
#ifndef SWAP_RESERVE_H
#define SWAP_RESERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCK_BYTES 4096u

/* Zeroed memory, of malloc; NULL. Not in reclaim (rt.h). */
void *memory_new(size_t bytes);

/* The stock keeps so many blocks more from now on (fewer: not less than there are); false: no
 * memory for them now. */
bool reserve_want(uint32_t blocks);
void reserve_unwant(uint32_t blocks);
/* Fills the stock up to what it is to keep, as far as memory can be had. */
void reserve_fill(void);

/* A zeroed block; from fresh memory where that is allowed and the stock is empty. NULL. */
void *block_take(void);
void block_put(void *block);
uint32_t reserve_stock(void);

#endif
