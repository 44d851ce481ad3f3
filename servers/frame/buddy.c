/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buddy.c - blocks of 2^n pages, split and joined by deriving and revoking capabilities.
 *
 * B1  every page belongs to exactly one block that is not INSIDE
 * B2  a block has its capability: in the slot of its node there is one, and in the slots of the
 *     nodes below there is none
 * B3  a split block keeps its capability; its parts' are derived from it, and nothing else is
 * B4  from the capability of a FREE or CLEAN block nothing is derived: it is mapped nowhere
 * B5  no two FREE buddies of one order; no FREE pages that make up the block they were split from
 *
 * A chunk changes its use when it is wholly free and the other use has nothing left. So that one
 * becomes free it can be closed (compact.c).
 *
 * Rejected: joining lazily (free pages stay pages until somebody wants more) saves 70
 * instructions a page when memory is reused page by page, but then a free block may lie in
 * pieces and B2 needs a search. The magazine has most of the gain.
 */
#include "buddy.h"

#include "rt.h"
#include "sys.h"

/* What cannot fail unless the books are wrong. */
static void must(enum err e, const char *what)
{
    if (e != ERR_OK)
        die("buddy: %s: %s", what, err_text(e));
}

cap_t block_cap(const struct buddy *b, block_t block, unsigned order)
{
    const struct chunk *c = block_chunk(b, block);
    unsigned page = block & ((1u << b->order) - 1);

    return c->slots + (1u << (c->order - order)) + (page >> order);
}

/* ---- free lists ---- */

static void push(struct buddy *b, block_t block, unsigned order)
{
    unsigned list = block_chunk(b, block)->list;
    block_t *head = &b->free[list][order];
    struct block *r = block_of(b, block);

    r->state = BLOCK_FREE;
    r->order = order;
    r->next = *head;
    r->prev = BLOCK_NONE;
    if (*head != BLOCK_NONE)
        block_of(b, *head)->prev = block;
    *head = block;
    b->free_pages[list] += 1u << order;
}

/* Off its list; the record says `state` from now on. */
static void pull(struct buddy *b, block_t block, enum block_state state)
{
    unsigned list = block_chunk(b, block)->list;
    struct block *r = block_of(b, block);

    if (r->prev != BLOCK_NONE)
        block_of(b, r->prev)->next = r->next;
    else
        b->free[list][r->order] = r->next;
    if (r->next != BLOCK_NONE)
        block_of(b, r->next)->prev = r->prev;
    r->state = state;
    r->client = 0;
    b->free_pages[list] -= 1u << r->order;
}

/* ---- splitting ---- */

static void split_capability(struct buddy *b, block_t block, unsigned order, unsigned to)
{
    cap_t whole = block_cap(b, block, order), parts = block_cap(b, block, to);
    unsigned count = 1u << (order - to);

    if (block_chunk(b, block)->use == CHUNK_FRAMES)
        must(cap_derive_parts(whole, parts, RIGHT_ALL, 0, PAGE_BITS + to, count, NULL),
             "a block's parts could not be derived");
    else
        must(untyped_retype(whole, OBJ_UNTYPED, PAGE_BITS + to, parts, count, NULL),
             "an Untyped could not be split");
}

/* A block off its list becomes a half, in state USED; the other half is free. */
static void split_half(struct buddy *b, block_t block, unsigned order)
{
    split_capability(b, block, order, order - 1);
    push(b, block + (1u << (order - 1)), order - 1);
    block_of(b, block)->order = order - 1;
}

/* A block off its list becomes pages; all are in state USED. */
static void split_pages(struct buddy *b, block_t block, unsigned order)
{
    struct block *r = block_of(b, block);

    split_capability(b, block, order, 0);
    for (unsigned i = 0; i < 1u << order; i++)
        r[i] = (struct block){.state = BLOCK_USED, .order = 0, .up = order};
}

/* Pages from..to of a block are free, the lowest is taken first. */
static void push_pages(struct buddy *b, block_t block, unsigned from, unsigned to)
{
    while (to-- > from)
        push(b, block + to, 0);
}

/* A free block of that order or the next above it that there is; off its list. */
static block_t find(struct buddy *b, enum chunk_use use, unsigned order)
{
    for (unsigned o = order; o <= ORDER_MAX; o++) {
        block_t block = b->free[use][o];

        if (block != BLOCK_NONE) {
            pull(b, block, BLOCK_USED);
            return block;
        }
    }
    return BLOCK_NONE;
}

/* ---- what a chunk is used for ---- */

static void chunk_begin(struct buddy *b, unsigned chunk, enum chunk_use use)
{
    struct chunk *c = &b->chunk[chunk];
    unsigned type = use == CHUNK_FRAMES ? OBJ_FRAME : OBJ_UNTYPED;

    must(untyped_retype(c->slots, type, PAGE_BITS + c->order, c->slots + 1, 1, NULL),
         "a chunk could not be retyped");
    c->use = c->list = (uint8_t)use;
    b->chunks_of[use]++;
    block_of(b, chunk_start(b, chunk))->up = 0;
    push(b, chunk_start(b, chunk), c->order);
}

/* The smallest wholly free chunk of at least that order; BLOCK_NONE if there is none. */
static block_t whole_chunk(const struct buddy *b, unsigned list, unsigned order)
{
    for (unsigned o = order; o <= ORDER_MAX; o++) {
        block_t block = b->free[list][o];

        for (; block != BLOCK_NONE; block = block_of(b, block)->next) {
            const struct chunk *c = block_chunk(b, block);

            if (c->order == o && !c->high)
                return block;
        }
    }
    return BLOCK_NONE;
}

static bool convert(struct buddy *b, enum chunk_use to, unsigned order)
{
    enum chunk_use from = to == CHUNK_FRAMES ? CHUNK_OBJECTS : CHUNK_FRAMES;
    block_t block = whole_chunk(b, from, order);

    if (block == BLOCK_NONE && to == CHUNK_OBJECTS)
        block = whole_chunk(b, CHUNK_CLOSED, order);
    if (block == BLOCK_NONE)
        return false;
    pull(b, block, BLOCK_INSIDE);
    if (block >> b->order == b->closed)
        b->closed = CHUNK_NONE;
    b->chunks_of[from]--;
    must(cap_revoke(block_chunk(b, block)->slots), "a chunk could not be revoked");
    chunk_begin(b, block >> b->order, to);
    return true;
}

bool buddy_add(struct buddy *b, cap_t slots, unsigned order, bool high)
{
    if (b->chunks == b->chunks_max)
        return false;
    b->chunk[b->chunks] = (struct chunk){.slots = slots, .order = (uint8_t)order, .high = high};
    b->pages += 1u << order;
    chunk_begin(b, b->chunks++, CHUNK_FRAMES);
    return true;
}

void buddy_init(struct buddy *b, struct chunk *chunk, uint32_t chunks_max, struct block *block,
                unsigned order)
{
    *b = (struct buddy){.chunk = chunk,
                        .chunks_max = chunks_max,
                        .block = block,
                        .order = order,
                        .closed = CHUNK_NONE};
    for (unsigned list = 0; list < CHUNK_LISTS; list++)
        for (unsigned o = 0; o < ORDERS; o++)
            b->free[list][o] = BLOCK_NONE;
}

/* Its free blocks change their lists. */
static void chunk_relist(struct buddy *b, uint32_t chunk, unsigned list)
{
    block_t block = chunk_start(b, chunk), end = block + (1u << b->chunk[chunk].order);
    uint8_t was = b->chunk[chunk].list;

    for (; block < end; block += 1u << block_of(b, block)->order) {
        unsigned order = block_of(b, block)->order;

        if (block_of(b, block)->state != BLOCK_FREE)
            continue;
        b->chunk[chunk].list = was;
        pull(b, block, BLOCK_INSIDE);
        b->chunk[chunk].list = (uint8_t)list;
        push(b, block, order);
    }
    b->chunk[chunk].list = (uint8_t)list;
}

void buddy_close(struct buddy *b, uint32_t chunk)
{
    chunk_relist(b, chunk, CHUNK_CLOSED);
    b->closed = chunk;
}

void buddy_open(struct buddy *b)
{
    if (b->closed != CHUNK_NONE)
        chunk_relist(b, b->closed, b->chunk[b->closed].use);
    b->closed = CHUNK_NONE;
}

/* ---- taking ---- */

static block_t take(struct buddy *b, enum chunk_use use, unsigned order)
{
    block_t block = find(b, use, order);
    unsigned o;

    if (block == BLOCK_NONE)
        return BLOCK_NONE;
    for (o = block_of(b, block)->order; o > order && o > PAGES_ORDER; o--)
        split_half(b, block, o);
    if (order == 0 && o > 0) {
        split_pages(b, block, o);
        push_pages(b, block, 1, 1u << o);
        return block;
    }
    for (; o > order; o--)
        split_half(b, block, o);
    return block;
}

block_t buddy_take(struct buddy *b, enum chunk_use use, unsigned order)
{
    block_t block = take(b, use, order);

    if (block == BLOCK_NONE && convert(b, use, order))
        block = take(b, use, order);
    return block;
}

bool buddy_has(const struct buddy *b, enum chunk_use use, unsigned order)
{
    for (unsigned o = order; o <= ORDER_MAX; o++)
        if (b->free[use][o] != BLOCK_NONE)
            return true;
    return use == CHUNK_OBJECTS && (whole_chunk(b, CHUNK_FRAMES, order) != BLOCK_NONE ||
                                    whole_chunk(b, CHUNK_CLOSED, order) != BLOCK_NONE);
}

/* Free pages that follow each other in one split block. */
static struct run take_singles(struct buddy *b, unsigned want)
{
    struct run run = {.first = b->free[CHUNK_FRAMES][0], .count = 0};
    unsigned up;
    block_t end;

    if (run.first == BLOCK_NONE)
        return run;
    up = block_of(b, run.first)->up;
    end = block_start(run.first, up) + (1u << up);
    while (run.count < want && run.first + run.count < end) {
        const struct block *r = block_of(b, run.first + run.count);

        if (r->state != BLOCK_FREE)
            break;
        pull(b, run.first + run.count++, BLOCK_USED);
    }
    return run;
}

/* The beginning of a block that is split into pages for it. */
static struct run take_block(struct buddy *b, unsigned want)
{
    for (unsigned order = PAGES_ORDER; order > 0; order--) {
        block_t block = take(b, CHUNK_FRAMES, order);
        unsigned count = want < 1u << order ? want : 1u << order;

        if (block == BLOCK_NONE)
            continue;
        split_pages(b, block, order);
        push_pages(b, block, count, 1u << order);
        return (struct run){.first = block, .count = count};
    }
    return (struct run){.first = BLOCK_NONE, .count = 0};
}

struct run buddy_take_run(struct buddy *b, unsigned want)
{
    bool single = want < 1u << PAGES_ORDER;
    struct run run = single ? take_singles(b, want) : take_block(b, want);

    if (run.count == 0)
        run = single ? take_block(b, want) : take_singles(b, want);
    if (run.count == 0 && convert(b, CHUNK_FRAMES, 0))
        run = buddy_take_run(b, want);
    return run;
}

/* ---- putting back ---- */

/* All pages of the block are FREE: they are one block again, off its list. */
static void join_pages(struct buddy *b, block_t block, unsigned order)
{
    for (unsigned i = 0; i < 1u << order; i++)
        pull(b, block + i, BLOCK_INSIDE);
    must(cap_revoke(block_cap(b, block, order)), "a block could not be joined");
}

/* The block, off its list and without derivations, and its buddy as long as that is free. */
static void put_joined(struct buddy *b, block_t block, unsigned order)
{
    unsigned top = block_chunk(b, block)->order;

    for (; order < top; order++) {
        block_t other = block ^ 1u << order;
        const struct block *r = block_of(b, other);

        if (r->state != BLOCK_FREE || r->order != order)
            break;
        pull(b, other, BLOCK_INSIDE);
        block_of(b, block)->state = BLOCK_INSIDE;
        block = block_start(block, order + 1);
        must(cap_revoke(block_cap(b, block, order + 1)), "buddies could not be joined");
    }
    push(b, block, order);
}

/* Are all pages of the block that `page` was split from in that state? */
static bool all_pages(const struct buddy *b, block_t page, enum block_state state)
{
    unsigned up = block_of(b, page)->up;
    const struct block *r = block_of(b, block_start(page, up));

    for (unsigned i = 0; i < 1u << up; i++)
        if (r[i].state != state)
            return false;
    return true;
}

void buddy_put_back(struct buddy *b, block_t block)
{
    const struct block *r = block_of(b, block);
    unsigned up = r->up;

    if (r->order > 0 || up == 0) {
        put_joined(b, block, r->order);
        return;
    }
    push(b, block, 0);
    if (all_pages(b, block, BLOCK_FREE)) {
        join_pages(b, block_start(block, up), up);
        put_joined(b, block_start(block, up), up);
    }
}

/* A revocation that met a held page has deleted the others' capabilities: derive them anew. */
static void derive_missing(struct buddy *b, block_t split, unsigned order)
{
    for (unsigned i = 0; i < 1u << order; i++) {
        enum err e = cap_derive_parts(block_cap(b, split, order), block_cap(b, split + i, 0),
                                      RIGHT_ALL, i, PAGE_BITS, 1, NULL);

        if (e != ERR_NOT_EMPTY)
            must(e, "a page could not be derived again");
    }
}

static bool put_whole(struct buddy *b, block_t page)
{
    unsigned up = block_of(b, page)->up;
    block_t split = block_start(page, up);
    enum err e = cap_revoke(block_cap(b, split, up));

    if (e == ERR_HELD) {
        derive_missing(b, split, up);
        return false;
    }
    must(e, "a block could not be revoked");
    for (unsigned i = 0; i < 1u << up; i++)
        block_of(b, split + i)->state = BLOCK_INSIDE;
    put_joined(b, split, up);
    return true;
}

unsigned buddy_put(struct buddy *b, const block_t *leaving, unsigned count, block_t *held)
{
    unsigned stay = 0;

    for (unsigned i = 0; i < count; i++) {
        const struct block *r = block_of(b, leaving[i]);
        enum err e;

        if (r->state != BLOCK_LEAVING)
            continue;
        if (r->order == 0 && r->up > 0 && all_pages(b, leaving[i], BLOCK_LEAVING) &&
            put_whole(b, leaving[i]))
            continue;
        e = cap_revoke(block_cap(b, leaving[i], r->order));
        if (e == ERR_HELD) {
            held[stay++] = leaving[i];
            continue;
        }
        must(e, "a block could not be revoked");
        buddy_put_back(b, leaving[i]);
    }
    return stay;
}
