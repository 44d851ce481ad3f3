/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node.c - inodes in memory.
 */
#include "node.h"

#include "extent.h"
#include "map.h"

#include <stdlib.h>

#define PLACES 512u /* of the table: more than there are nodes */

static struct {
    struct map map; /* inode -> index in node[] */
    struct map_entry entry[PLACES];
    struct node *node[NODES_MAX];
    struct list idle; /* the longest idle first */
    unsigned count, idles;
} nodes;

void nodes_init(void)
{
    map_init(&nodes.map, nodes.entry, PLACES);
    list_init(&nodes.idle);
    nodes.count = 0;
    nodes.idles = 0;
}

struct node *node_share(struct node *n)
{
    if (n->holders++ == 0) {
        list_remove(&n->idle);
        nodes.idles--;
    }
    return n;
}

struct node *node_hold(uint32_t inode)
{
    uint32_t i = map_get(&nodes.map, inode);

    return i == MAP_NONE ? NULL : node_share(nodes.node[i]);
}

/* Its place is taken by the last. */
void node_forget(struct node *n)
{
    uint32_t i = map_remove(&nodes.map, n->inode);

    extents_drop(n);
    nodes.node[i] = nodes.node[--nodes.count];
    if (i < nodes.count)
        map_put(&nodes.map, nodes.node[i]->inode, i);
    free(n->target);
    free(n);
}

/* Forgets an idle one. */
static void forget(struct node *n)
{
    list_remove(&n->idle);
    nodes.idles--;
    node_forget(n);
}

struct node *node_next(uint32_t *cursor)
{
    return *cursor < nodes.count ? nodes.node[(*cursor)++] : NULL;
}

struct node *node_enter(uint32_t inode, const struct node_facts *facts)
{
    struct node *n;

    if (nodes.count == NODES_MAX && nodes.idles > 0)
        forget(LIST_MEMBER(list_first(&nodes.idle), struct node, idle));
    if (nodes.count == NODES_MAX)
        return NULL;
    n = malloc(sizeof(*n));
    if (n == NULL)
        return NULL;
    *n = (struct node){.inode = inode, .holders = 1, .is = *facts};
    list_init(&n->extents);
    list_init(&n->idle);
    list_init(&n->soiled);
    map_put(&nodes.map, inode, nodes.count);
    nodes.node[nodes.count++] = n;
    return n;
}

void node_drop(struct node *n)
{
    n->holders--;
    if (n->is.links == 0 && !n->ends && n->holders == !list_empty(&n->soiled)) {
        n->ends = true;
        n->holders++; /* until it is forgotten */
        node_orphaned(n);
        return;
    }
    if (n->holders > 0)
        return;
    list_push_back(&nodes.idle, &n->idle);
    if (++nodes.idles > NODES_IDLE)
        forget(LIST_MEMBER(list_first(&nodes.idle), struct node, idle));
}
