/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reserve.c - memory for the server's tables, made ahead. */
#include "reserve.h"

#include "rt.h"

#include <stdlib.h>
#include <string.h>

struct spare {
    struct spare *next;
};

static struct {
    struct spare *first;
    uint32_t stock, wanted;
} reserve;

void *memory_new(size_t bytes)
{
    reclaim_forbids("memory is allocated");
    return calloc(1, bytes);
}

static bool stock_one(void)
{
    void *block = memory_new(BLOCK_BYTES);

    if (block != NULL)
        block_put(block);
    return block != NULL;
}

void reserve_fill(void)
{
    while (reserve.stock < reserve.wanted && stock_one())
        ;
}

bool reserve_want(uint32_t blocks)
{
    reserve.wanted += blocks;
    reserve_fill();
    if (reserve.stock >= reserve.wanted)
        return true;
    reserve.wanted -= blocks;
    return false;
}

void reserve_unwant(uint32_t blocks)
{
    reserve.wanted -= blocks;
}

void *block_take(void)
{
    struct spare *s;

    if (reserve.first == NULL && (reclaim_runs() || !stock_one()))
        return NULL;
    s = reserve.first;
    reserve.first = s->next;
    reserve.stock--;
    memset(s, 0, BLOCK_BYTES);
    return s;
}

void block_put(void *block)
{
    struct spare *s = block;

    s->next = reserve.first;
    reserve.first = s;
    reserve.stock++;
}

uint32_t reserve_stock(void)
{
    return reserve.stock;
}
