/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory.c - the rest of the machine's memory, for the frame server.
 *
 * An Untyped nobody used goes over whole. What is left of the others, behind their
 * watermark, is divided into the largest pieces that are aligned to their size.
 */
#include "memory.h"

#include "fatal.h"
#include "root.h"

#include <string.h>

#define RUN_SLOTS 128u

static struct start_cap *normal, *high;
static cap_t normal_run, high_run; /* as init names their next slots */
static uint8_t order[RUN_SLOTS];   /* bootinfo's memory, lowest address first */
static unsigned ordered;

static struct start_cap *run_name(struct child *frame, const char *name, cap_t *run)
{
    cap_t theirs;
    struct start_cap *c;

    *run = child_run(frame, RUN_SLOTS, &theirs);
    c = block_cap(&frame->block, name, theirs, 0, 0);
    if (c == NULL)
        fatal("server %s: no room for capability %s", frame->spec->name, name);
    return c;
}

static void order_find(const struct bootinfo *info)
{
    for (unsigned i = 0; i < info->untyped_count && i < RUN_SLOTS; i++) {
        unsigned at = ordered;

        if (info->untyped[i].kind == UNTYPED_DEVICE)
            continue;
        for (; at > 0 && info->untyped[order[at - 1]].base > info->untyped[i].base; at--)
            order[at] = order[at - 1];
        order[at] = (uint8_t)i;
        ordered++;
    }
}

void memory_prepare(struct child *frame)
{
    const struct bootinfo *info = root_info();
    bool any_high = false;

    order_find(info);
    for (unsigned i = 0; i < ordered; i++)
        any_high |= info->untyped[order[i]].kind == UNTYPED_HIGH;
    normal = run_name(frame, "untyped", &normal_run);
    if (any_high)
        high = run_name(frame, "untyped-high", &high_run);
}

static unsigned log2_floor(uint64_t n)
{
    return 63u - (unsigned)__builtin_clzll(n);
}

/* The pieces behind `used`; returns their pages. */
static uint32_t rest_give(const struct bootinfo_untyped *u, uint64_t used)
{
    uint64_t size = (uint64_t)1 << u->log2_size, at = (used + PAGE_SIZE - 1) & -(uint64_t)PAGE_SIZE;
    uint32_t pages = 0;

    while (at < size && normal->count < RUN_SLOTS) {
        unsigned fits = log2_floor(size - at), aligned = (unsigned)__builtin_ctzll(at);
        unsigned bits = fits < aligned ? fits : aligned;

        if (untyped_retype(u->slot, OBJ_UNTYPED, bits, normal_run + normal->count, 1, NULL) !=
            ERR_OK)
            break;
        normal->count++;
        at += (uint64_t)1 << bits;
        pages += 1u << (bits - PAGE_BITS);
    }
    return pages;
}

static uint32_t whole_give(const struct bootinfo_untyped *u)
{
    struct start_cap *c = u->kind == UNTYPED_HIGH ? high : normal;
    cap_t run = u->kind == UNTYPED_HIGH ? high_run : normal_run;

    if (c->count == RUN_SLOTS || cap_derive(u->slot, run + c->count, RIGHT_ALL, 0) != ERR_OK)
        return 0;
    c->count++;
    return 1u << (u->log2_size - PAGE_BITS);
}

uint32_t memory_hand_over(void)
{
    const struct bootinfo *info = root_info();
    uint32_t pages = 0;
    uint64_t used;

    for (unsigned i = 0; i < ordered; i++) {
        const struct bootinfo_untyped *u = &info->untyped[order[i]];

        if (root_used(u, &used) == ERR_OK)
            pages += used == 0 ? whole_give(u) : rest_give(u, used);
    }
    return pages;
}
