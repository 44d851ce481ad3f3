/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * op.c - a client's work that needs the file system.
 */
#include "op.h"

#include "volume.h"

#include <stdlib.h>

struct op *op_find(struct session *s, enum op_kind kind, uint64_t key)
{
    struct list *link;

    LIST_EACH (link, &s->ops) {
        struct op *o = LIST_MEMBER(link, struct op, link);

        if (o->kind == kind && o->key == key)
            return o;
    }
    return NULL;
}

void op_free(struct op *o)
{
    list_remove(&o->link);
    free(o);
}

/* Nobody fetches it any more. */
static void discard(struct op *o)
{
    if (o->kind == OP_WALK)
        walk_end(&o->walk);
    if (o->kind == OP_LINK)
        node_drop(o->link_node);
    if (o->kind == OP_MODIFY)
        modify_end(&o->modify);
    op_free(o);
}

static void finish(struct op *o, enum err e)
{
    o->err = e;
    o->done = true;
    if (o->owner == NULL)
        discard(o);
    else if (!o->quiet)
        session_tell(o->owner);
}

static void run(struct job *job)
{
    struct op *o = (struct op *)job;
    enum err e = ERR_OK;

    switch (o->kind) {
    case OP_WALK:
        o->walk.may_wait = true;
        e = walk_run(&o->walk);
        break;
    case OP_LIST:
        e = volume_list(o->list.inode, &o->list.position, o->list.data, o->list.room,
                        &o->list.bytes);
        break;
    case OP_LINK:
        e = walk_target(o->link_node, true);
        break;
    case OP_MODIFY:
        e = modify_run(&o->modify);
        break;
    }
    finish(o, e);
}

/* The oldest result that may be forgotten; NULL: none. */
static struct op *oldest_done(struct session *s, bool modified)
{
    struct list *link;

    LIST_EACH (link, &s->ops) {
        struct op *o = LIST_MEMBER(link, struct op, link);

        if (o->done && (o->kind == OP_MODIFY) == modified)
            return o;
    }
    return NULL;
}

/* One place less: false if the session's are all running. */
static bool make_room(struct session *s)
{
    struct list *link;
    struct op *old;
    unsigned n = 0;

    LIST_EACH (link, &s->ops)
        n++;
    if (n < OPS_OF)
        return true;
    old = oldest_done(s, false);
    if (old == NULL)
        old = oldest_done(s, true);
    if (old != NULL)
        discard(old);
    return old != NULL;
}

struct op *op_new(struct session *s, enum op_kind kind, uint64_t key)
{
    struct op *o = make_room(s) ? malloc(sizeof(*o)) : NULL;

    if (o == NULL) {
        s->starved = true;
        return NULL;
    }
    o->job.run = run;
    o->owner = s;
    o->kind = kind;
    o->key = key;
    o->done = false;
    o->quiet = true;
    o->err = ERR_OK;
    list_push_back(&s->ops, &o->link);
    return o;
}

void op_start(struct op *o)
{
    job_start(&o->job);
    o->quiet = false;
}

void ops_end(struct session *s)
{
    struct list *link;

    while ((link = list_pop(&s->ops)) != NULL) {
        struct op *o = LIST_MEMBER(link, struct op, link);

        o->owner = NULL;
        if (o->done)
            discard(o);
    }
}
