/* SPDX-License-Identifier: GPL-2.0-or-later */
/* region.c - the Untypeds that init gave, and how they become chunks. */
#include "region.h"

#include "home.h"
#include "start.h"
#include "sys.h"

#define REGIONS 128u

static struct region {
    cap_t untyped;
    bool high; /* outside the kernel's window */
} region[REGIONS];
static unsigned regions;
static cap_t largest;

/* What is left of an Untyped, from `at` on; in bytes from its base. */
struct left {
    uint64_t at, end;
};

/* Nothing, if that is no Untyped. */
static struct left left_of(cap_t untyped)
{
    struct cap_facts facts;
    uint64_t end;

    if (cap_inspect(untyped, &facts) != ERR_OK || facts.type != OBJ_UNTYPED)
        return (struct left){0, 0};
    end = 1ull << facts.log2_size;
    return (struct left){(end - facts.detail + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1), end};
}

/* The order of the largest aligned chunk there; `full` at most. */
static unsigned chunk_order(struct left left, unsigned full)
{
    unsigned order = (unsigned)__builtin_ctzll(left.at | left.end) - PAGE_BITS;

    return order < full ? order : full;
}

uint32_t regions_chunks(unsigned full)
{
    uint32_t n = 0;

    for (unsigned i = 0; i < regions; i++)
        for (struct left l = left_of(region[i].untyped); l.at < l.end; n++)
            l.at += (uint64_t)PAGE_SIZE << chunk_order(l, full);
    return n;
}

static void regions_named(const char *name, bool high)
{
    const struct start *start = start_block();
    const struct start_cap *cap = (const struct start_cap *)(start + 1);

    for (unsigned i = 0; i < start->caps; i++) {
        if (strcmp(cap[i].name, name) != 0)
            continue;
        for (unsigned j = 0; j < cap[i].count && regions < REGIONS; j++)
            region[regions++] = (struct region){.untyped = cap[i].cap + j, .high = high};
    }
}

uint64_t regions_find(void)
{
    uint64_t bytes = 0, most = 0;

    regions = 0;
    regions_named("untyped", false);
    regions_named("untyped-high", true);
    for (unsigned i = 0; i < regions; i++) {
        struct left l = left_of(region[i].untyped);

        bytes += l.end - l.at;
        if (!region[i].high && l.end - l.at > most) {
            most = l.end - l.at;
            largest = region[i].untyped;
        }
    }
    return bytes >> PAGE_BITS;
}

cap_t regions_largest(void)
{
    return largest;
}

/* What is left of the Untyped becomes chunks. */
static void carve(struct frames *f, const struct region *r)
{
    struct left l = left_of(r->untyped);

    while (l.at < l.end) {
        unsigned order = chunk_order(l, f->buddy.order);
        cap_t slots = home_chunk_slots(order, f->buddy.order);

        if (slots == CAP_NULL ||
            untyped_retype(r->untyped, OBJ_UNTYPED, PAGE_BITS + order, slots, 1, NULL) != ERR_OK)
            return;
        if (!buddy_add(&f->buddy, slots, order, r->high))
            return;
        l.at += (uint64_t)PAGE_SIZE << order;
    }
}

void regions_carve(struct frames *f)
{
    for (unsigned i = 0; i < regions; i++)
        carve(f, &region[i]);
}
