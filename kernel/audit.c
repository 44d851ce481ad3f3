/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * audit.c - the numbered invariants as code. Reads only.
 */
#include "audit.h"

#include "ipc.h"
#include "space.h"

#define HOLDS(claim, name)                                                                         \
    do {                                                                                           \
        if (!(claim))                                                                              \
            return name;                                                                           \
    } while (0)

static const char *audit_links(const struct slot *s)
{
    ref_t me = slot_ref(s);

    if (s->parent) {
        const struct slot *parent = slot_at(s->parent);

        HOLDS(!slot_empty(parent), "S1: the parent is empty");
        HOLDS(s->prev ? slot_at(s->prev)->next == me : parent->child == me, "S1: prev");
        HOLDS(slot_depth(s) == slot_depth(parent) + 1, "S3: depth");
        if (!(s->head & HEAD_ORIGIN))
            HOLDS((slot_rights(s) & ~slot_rights(parent)) == 0, "S2: rights grew");
    } else {
        HOLDS(!s->prev && !s->next, "S1: a root has neighbours");
    }
    if (s->next) {
        HOLDS(slot_at(s->next)->prev == me, "S1: next");
        HOLDS(slot_at(s->next)->parent == s->parent, "S1: a neighbour of another parent");
    }
    if (s->child)
        HOLDS(slot_at(s->child)->parent == me && !slot_at(s->child)->prev, "S1: child");
    return NULL;
}

static const char *audit_untyped(const struct slot *s)
{
    bool unborn = s->word[0] == KERNEL_BITS(slot_size(s) - SLOT_BITS) && (s->head & HEAD_ORIGIN);

    if (!s->child && !unborn)
        HOLDS(s->word[0] == 0, "S5: a watermark without children");
    for (ref_t c = s->child; c; c = slot_at(c)->next) {
        paddr_t base = slot_paddr(slot_at(c)), end = base + KERNEL_BITS(slot_size(slot_at(c)));

        HOLDS(base >= slot_paddr(s) && end <= slot_paddr(s) + KERNEL_BITS(slot_size(s)),
              "S5: a child outside of its Untyped");
    }
    return NULL;
}

static const char *audit_mapping(struct slot *s)
{
    const struct space *space = window((paddr_t)s->word[0] << SLOT_BITS);
    struct walk w;
    struct place at;

    if (!(s->head & HEAD_MAPPED))
        return NULL;
    HOLDS(slot_type(s) == OBJ_FRAME || slot_type(s) == OBJ_PAGETABLE, "S4: MAPPED of no mapping");
    if (slot_type(s) == OBJ_PAGETABLE || slot_size(s) != PAGE_BITS)
        return NULL; /* seen from the tables */
    w = walk_to((struct space *)space, (vaddr_t)(s->word[1] & SLOT_PAGE_MASK) << PAGE_BITS, 0);
    at = walk_place(&w);
    HOLDS(w.level == 0 && pte_valid(place_load(at)), "S4: no entry");
    HOLDS(place_slot(at) == slot_ref(s), "S4: another slot's entry");
    HOLDS(place_paddr(at, 0) == slot_paddr(s), "P1: another frame's entry");
    HOLDS((pte_rights(place_load(at)) & ~slot_rights(s)) == 0, "P2: the entry's rights");
    return NULL;
}

static const char *audit_tables(const void *table, unsigned level)
{
    for (unsigned i = 0; i < pte_entries(level); i++) {
        struct place at = table_place(table, level, i);
        const struct slot *s;

        HOLDS(pte_valid(place_load(at)) == (place_slot(at) != 0), "P1: entry and shadow differ");
        if (!place_slot(at))
            continue;
        s = slot_at(place_slot(at));
        HOLDS(s->head & HEAD_MAPPED, "P1: the shadow's slot is not mapped");
        if (slot_type(s) == OBJ_PAGETABLE) {
            const char *bad = audit_tables(slot_object(s), level - 1);

            HOLDS(pte_is_table(place_load(at), level), "P1: a table's entry");
            if (bad)
                return bad;
        }
    }
    return NULL;
}

static const char *audit_thread(struct thread *t)
{
    bool queued =
        t->state == THREAD_CALLING || t->state == THREAD_RECEIVING || t->state == THREAD_WAITING;

    HOLDS(queued == (t->queue != NULL), "T1: a queue without waiting");
    HOLDS((t->state == THREAD_SERVED) == (t->reply != NULL), "T2: reply");
    HOLDS(!t->reply || t->reply->caller == t, "T2: the Reply holds another");
    HOLDS(t->priority >= t->base, "T1: priority below its base");
    HOLDS(t->state != THREAD_RECEIVING || t->priority == t->base, "T1: a caller's priority kept");
    for (unsigned i = 0; i < BIND_COUNT; i++) {
        const char *bad = slot_empty(&t->bind[i]) ? NULL : audit_slot(&t->bind[i]);

        if (bad)
            return bad;
    }
    return NULL;
}

static const char *audit_object(struct slot *s)
{
    const struct endpoint *e;
    const struct reply *r;

    switch (slot_type(s)) {
    case OBJ_UNTYPED:
        return audit_untyped(s);
    case OBJ_THREAD:
        return audit_thread(thread_of(s));
    case OBJ_SPACE:
        return audit_tables(&space_of(s)->root, PTE_LEVELS - 1);
    case OBJ_ENDPOINT:
        e = endpoint_of(s);
        HOLDS(!e->senders || !e->receivers, "E1: callers and receivers wait");
        return NULL;
    case OBJ_REPLY:
        r = reply_of(s);
        HOLDS((r->state == REPLY_HOLDS) == (r->caller != NULL), "R1: caller");
        HOLDS(r->state != REPLY_ARMED || r->server, "R2: no server");
        HOLDS(!r->server || r->server->serves == r, "R2: the server has another Reply");
        HOLDS(!r->server || (r->state == REPLY_ARMED) == (r->server->state == THREAD_RECEIVING),
              "R2: the server does not wait");
        HOLDS(r->server || r->caller || !r->arrived, "R2: arrived for nobody");
        HOLDS(!r->caller || r->caller->reply == r, "R1: the caller is held elsewhere");
        return NULL;
    case OBJ_NOTIFICATION:
        HOLDS(!notification_of(s)->waiters || !notification_of(s)->bits, "N1: bits and waiters");
        return NULL;
    default:
        return NULL;
    }
}

const char *audit_slot(struct slot *s)
{
    const char *bad = audit_links(s);

    if (!bad)
        bad = audit_mapping(s);
    if (!bad && (s->head & HEAD_ORIGIN))
        bad = audit_object(s);
    return bad;
}

const char *audit_all(struct slot *captable)
{
    struct slot *inner = slot_object(captable);
    const char *bad = NULL;

    for (unsigned i = 0; !bad && i < CAPTABLE_SLOTS(slot_size(captable)); i++) {
        if (slot_empty(&inner[i]))
            continue;
        bad = audit_slot(&inner[i]);
        if (!bad && slot_type(&inner[i]) == OBJ_CAPTABLE && slot_object(&inner[i]) != inner &&
            (inner[i].head & HEAD_ORIGIN))
            bad = audit_all(&inner[i]);
    }
    return bad;
}
