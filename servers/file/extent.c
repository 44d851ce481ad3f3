/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * extent.c - the parts of files' block maps that are known.
 *
 * Looked up along the node's own list, the last used first: a file read in order finds its
 * extent at once, and a miss of the cache is what asks, never a hit.
 */
#include "extent.h"

struct extent {
    struct volume_run run;
    struct list link; /* of its node's extents, or the free list */
    struct list used; /* of all in use, the longest unused first */
};

static struct {
    struct extent extent[EXTENTS];
    struct list free, used;
} extents;

void extents_init(void)
{
    list_init(&extents.free);
    list_init(&extents.used);
    for (unsigned i = 0; i < EXTENTS; i++) {
        list_init(&extents.extent[i].used);
        list_push_back(&extents.free, &extents.extent[i].link);
    }
}

static void use(struct node *n, struct extent *x)
{
    list_remove(&x->link);
    list_push_front(&n->extents, &x->link);
    list_remove(&x->used);
    list_push_back(&extents.used, &x->used);
}

const struct volume_run *extent_find(struct node *n, uint32_t block)
{
    struct list *link;

    LIST_EACH (link, &n->extents) {
        struct extent *x = LIST_MEMBER(link, struct extent, link);

        if (block >= x->run.first && block - x->run.first < x->run.count) {
            use(n, x);
            return &x->run;
        }
    }
    return NULL;
}

void extent_enter(struct node *n, const struct volume_run *run)
{
    struct list *free = list_first(&extents.free);
    struct extent *x = free != NULL ? LIST_MEMBER(free, struct extent, link)
                                    : LIST_MEMBER(list_first(&extents.used), struct extent, used);

    x->run = *run;
    use(n, x);
}

void extents_drop(struct node *n)
{
    struct list *link;

    while ((link = list_pop(&n->extents)) != NULL) {
        list_remove(&LIST_MEMBER(link, struct extent, link)->used);
        list_push_back(&extents.free, link);
    }
}
