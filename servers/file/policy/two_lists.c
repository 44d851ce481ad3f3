/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * two_lists.c - least recently used, approximately: an inactive and an active list.
 *
 * Idea: a page enters the inactive list at its head and leaves at its tail; only a second
 * reference while it is there makes it active (the load is the first, but for read-ahead). So
 * a long scan, which references each page once, flows through the inactive list and leaves
 * the active pages alone. The active list
 * gives its oldest back when it has grown longer than the other. References by mapping are
 * looked up (test_clear_ref) when a page comes to a tail: set, it gets another round.
 *
 * Source: Linux's page replacement before the multi-generational one; 2Q (Johnson, Shasha
 * 1994) without its ghosts. Cost: O(1) a load or touch, at most LOOKS looks a victim.
 * Weak: a loop a little longer than the inactive list misses always.
 *
 * T1  a loaded slot is on exactly one list, and counted there; no other is on one
 */
#include "evict.h"

#define LOOKS 8u /* at pages that are not taken, for each victim wanted */

enum which { INACTIVE, ACTIVE, NEITHER };

struct node {
    pol_slot next, prev;
    uint8_t list; /* enum which */
    uint8_t referenced;
};

struct lists {
    uint32_t count[2];
    uint32_t nodes;     /* pages; the two heads follow them */
    struct node node[]; /* next: towards the tail */
};

static struct lists *lists_of(struct pol_env *env)
{
    return env->mem;
}

static pol_slot head_of(const struct lists *l, enum which list)
{
    return l->nodes + list;
}

static void unlink_slot(struct lists *l, pol_slot s)
{
    struct node *n = &l->node[s];

    l->node[n->prev].next = n->next;
    l->node[n->next].prev = n->prev;
    l->count[n->list]--;
    n->list = NEITHER;
}

static void link_slot(struct lists *l, pol_slot s, enum which list)
{
    pol_slot head = head_of(l, list);
    struct node *n = &l->node[s];

    n->prev = head;
    n->next = l->node[head].next;
    l->node[n->next].prev = s;
    l->node[head].next = s;
    n->list = (uint8_t)list;
    l->count[list]++;
}

static void move_slot(struct lists *l, pol_slot s, enum which list)
{
    unlink_slot(l, s);
    link_slot(l, s, list);
}

static size_t lists_need(uint32_t nframes, uint32_t nghost)
{
    (void)nghost;
    return sizeof(struct lists) + ((size_t)nframes + 2) * sizeof(struct node);
}

static int lists_init(struct pol_env *env, const char *args)
{
    struct lists *l = lists_of(env);

    l->nodes = env->nframes;
    for (uint32_t i = 0; i < l->nodes; i++)
        l->node[i].list = NEITHER;
    for (enum which w = INACTIVE; w <= ACTIVE; w++) {
        pol_slot head = head_of(l, w);

        l->count[w] = 0;
        l->node[head] = (struct node){.next = head, .prev = head, .list = NEITHER};
    }
    return args[0] == '\0' ? 0 : -1;
}

static void lists_loaded(struct pol_env *env, pol_slot s, enum pol_why why)
{
    lists_of(env)->node[s].referenced = why != POL_PREFETCH;
    link_slot(lists_of(env), s, INACTIVE);
}

static void touch(struct lists *l, pol_slot s)
{
    struct node *n = &l->node[s];

    if (n->list == INACTIVE && n->referenced) {
        move_slot(l, s, ACTIVE);
        n->referenced = 0;
        return;
    }
    n->referenced = 1;
}

static void lists_touched(struct pol_env *env, const pol_slot *slot, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        touch(lists_of(env), slot[i]);
}

/* The active list's oldest become inactive, as long as it is the longer one. */
static void balance(struct pol_env *env, unsigned looks)
{
    struct lists *l = lists_of(env);

    for (; looks > 0 && l->count[ACTIVE] > l->count[INACTIVE]; looks--) {
        pol_slot s = l->node[head_of(l, ACTIVE)].prev;
        bool referenced = l->node[s].referenced;

        referenced |= env->test_clear_ref(env, s);
        l->node[s].referenced = 0;
        move_slot(l, s, referenced ? ACTIVE : INACTIVE);
    }
}

static unsigned lists_victims(struct pol_env *env, pol_slot *out, unsigned want)
{
    struct lists *l = lists_of(env);
    pol_slot s, before;
    unsigned n = 0, looks = want * LOOKS;

    balance(env, looks);
    for (s = l->node[head_of(l, INACTIVE)].prev; s < l->nodes && n < want; s = before) {
        before = l->node[s].prev;
        if (looks > 0 && env->test_clear_ref(env, s)) {
            looks--;
            touch(l, s);
            if (l->node[s].list == INACTIVE)
                move_slot(l, s, INACTIVE);
            continue;
        }
        out[n++] = s;
    }
    return n;
}

/* It cannot go now: it comes to the tail again later. */
static void lists_refused(struct pol_env *env, pol_slot s, enum pol_refusal why)
{
    struct lists *l = lists_of(env);

    if (why == POL_PINNED && s < l->nodes && l->node[s].list == INACTIVE)
        move_slot(l, s, INACTIVE);
}

static void lists_removed(struct pol_env *env, pol_slot s, bool evicted)
{
    (void)evicted;
    unlink_slot(lists_of(env), s);
}

/* T1 */
static int lists_check(struct pol_env *env)
{
    struct lists *l = lists_of(env);

    for (enum which w = INACTIVE; w <= ACTIVE; w++) {
        uint32_t n = 0;

        for (pol_slot s = l->node[head_of(l, w)].next; s < l->nodes; s = l->node[s].next, n++)
            if (l->node[s].list != w || n > l->nodes)
                return 1;
        if (n != l->count[w])
            return 1;
    }
    return 0;
}

const struct replacement policy_two_lists = {
    .name = "lru",
    .need = lists_need,
    .init = lists_init,
    .loaded = lists_loaded,
    .touched = lists_touched,
    .victims = lists_victims,
    .refused = lists_refused,
    .removed = lists_removed,
    .check = lists_check,
};
