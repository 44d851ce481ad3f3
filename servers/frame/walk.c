/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk.c - the audit that believes capabilities only.
 *
 * What the kernel says of a node's capability tells what the block is: no children, nobody has
 * any of it; children in the slots of its own parts, it is split; other children, it is given
 * out. The books are then asked whether they agree; `bad` counts the blocks where they do not.
 * (A holder may delete its own capabilities: such a block is used and has no children.)
 */
#include "frames.h"
#include "rt.h"
#include "sys.h"

struct walk {
    const struct frames *f;
    struct frame_walk_reply *r;
};

static bool has_capability(const struct frames *f, block_t block, unsigned order)
{
    struct cap_facts facts;

    return cap_inspect(block_cap(&f->buddy, block, order), &facts) == ERR_OK &&
           facts.type != OBJ_NULL;
}

/* Into how many parts the block is split, by the slots of its parts; 0 = it is whole. */
static unsigned parts_of(const struct frames *f, block_t block, unsigned order)
{
    if (order > 0 && has_capability(f, block, order - 1))
        return 2;
    if (order > 1 && order <= PAGES_ORDER && has_capability(f, block, 0))
        return 1u << order;
    return 0;
}

static void count_whole(struct walk *w, block_t block, unsigned order, bool given)
{
    const struct buddy *b = &w->f->buddy;
    const struct block *r = block_of(b, block);
    bool used = r->state == BLOCK_USED || r->state == BLOCK_TAKEN;

    if (r->order != order || r->state == BLOCK_INSIDE || (given && !used))
        w->r->bad++;
    if (!given && !used)
        w->r->free_pages += 1u << order;
    else if (block_chunk(b, block)->use == CHUNK_OBJECTS)
        w->r->object_pages += 1u << order;
    else
        w->r->used_pages += 1u << order;
}

static void walk_block(struct walk *w, block_t block, unsigned order)
{
    struct cap_facts facts;
    unsigned parts;

    if (cap_inspect(block_cap(&w->f->buddy, block, order), &facts) != ERR_OK ||
        facts.type == OBJ_NULL || facts.log2_size != PAGE_BITS + order) {
        w->r->bad++;
        return;
    }
    parts = facts.flags & INSPECT_CHILDREN ? parts_of(w->f, block, order) : 0;
    if (parts == 0) {
        count_whole(w, block, order, facts.flags & INSPECT_CHILDREN);
        return;
    }
    order = parts == 2 ? order - 1 : 0;
    for (unsigned i = 0; i < parts; i++)
        walk_block(w, block + (i << order), order);
}

void walk_memory(const struct frames *f, struct frame_walk_reply *r)
{
    struct walk w = {.f = f, .r = r};

    *r = (struct frame_walk_reply){.bad = 0};
    for (unsigned i = 0; i < f->buddy.chunks; i++)
        walk_block(&w, chunk_start(&f->buddy, i), f->buddy.chunk[i].order);
}
