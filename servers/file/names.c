/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names.c - open, stat, getdents and readlink: names and what they stand for. What changes names
 * is in changes.c.
 *
 * What is in memory is answered at once. Otherwise work is begun (op.h), which often is
 * done at once too; if not, the client comes back with the same call and fetches it.
 */
#include "change.h"
#include "op.h"
#include "rt.h"
#include "service.h"

#include <string.h>

#define OPEN_FLAGS                                                                                 \
    (FILE_READ | FILE_WRITE | FILE_DIRECTORY | FILE_NOFOLLOW | FILE_PATH | FILE_CREATE |           \
     FILE_EXCLUSIVE | FILE_TRUNCATE | FILE_APPEND | FILE_EXECUTE | FILE_SMALL)

#define OPEN_NEW (FILE_CREATE | FILE_EXCLUSIVE)

static uint64_t hash(uint64_t h, const void *from, size_t bytes)
{
    const uint8_t *byte = from;

    for (size_t i = 0; i < bytes; i++)
        h = (h ^ byte[i]) * 1099511628211u; /* FNV-1a */
    return h;
}

/* Starts the op; ERR_PENDING if it is not done at once. */
static enum err begin(struct op *o)
{
    op_start(o);
    return o->done ? o->err : ERR_PENDING;
}

/* ---- open ---- */

/* The path and where it begins, into w. */
static enum err path_take(struct session *s, const struct file_open_req *q, struct walk *w)
{
    struct description *d = handle_of(s, q->at);
    uint32_t from = WALK_ROOT;
    size_t done;
    enum err e;

    if (q->at != FILE_AT_ROOT) {
        if (d == NULL)
            return ERR_BAD_HANDLE;
        from = d->node->inode;
    }
    if (q->flags & ~(uint32_t)OPEN_FLAGS ||
        (q->flags & (FILE_TRUNCATE | FILE_WRITE)) == FILE_TRUNCATE)
        return ERR_BAD_ARG;
    if (q->path_bytes > WALK_PATH_MAX)
        return ERR_NAME_LONG;
    if (q->path_bytes > 0) {
        e = call_read_lease(&file_server, 0, 0, w->path, q->path_bytes, &done);
        if (e != ERR_OK)
            return e;
    }
    return walk_begin(w, from, q->path_bytes,
                      q->flags & FILE_NOFOLLOW || (q->flags & OPEN_NEW) == OPEN_NEW);
}

/* The walk's node, held for the caller; ERR_PENDING if it needs the disk. */
static enum err resolve(struct session *s, struct walk *w, uint64_t key, struct node **n)
{
    struct op *o = op_find(s, OP_WALK, key);
    enum err e;

    if (o == NULL) {
        e = walk_run(w);
        *n = w->at;
        if (e != ERR_PENDING)
            return e;
        o = op_new(s, OP_WALK, key);
        if (o == NULL) {
            walk_end(w);
            return ERR_PENDING;
        }
        o->walk = *w;
        begin(o);
    }
    if (!o->done)
        return ERR_PENDING;
    *n = o->walk.at;
    e = o->err;
    op_free(o);
    return e;
}

/* Whether what was found may be opened so. */
static enum err open_check(const struct node *n, uint32_t flags)
{
    if ((flags & OPEN_NEW) == OPEN_NEW)
        return ERR_EXISTS;
    if (node_is(n, NODE_LINK) && !(flags & FILE_PATH))
        return ERR_LOOP;
    if (flags & FILE_DIRECTORY && !node_is(n, NODE_DIRECTORY))
        return ERR_NOT_DIR;
    if (flags & FILE_EXECUTE && n->writers > 0)
        return ERR_TEXT_BUSY;
    if (flags & FILE_SMALL && n->is.size > INT32_MAX)
        return ERR_BIG;
    if (flags & (FILE_WRITE | FILE_CREATE) && node_is(n, NODE_DIRECTORY))
        return ERR_IS_DIR;
    if (!(flags & FILE_WRITE))
        return ERR_OK;
    if (n->executors > 0)
        return ERR_TEXT_BUSY;
    return change_read_only() ? ERR_READ_ONLY : ERR_OK;
}

/* What the fiber has to do for an open: a file to be made, or emptied. */
static enum err open_modify(struct session *s, uint64_t key, const struct modify *work,
                            struct node **made)
{
    struct op *o = op_find(s, OP_MODIFY, key);
    enum err e;

    if (o == NULL) {
        o = op_new(s, OP_MODIFY, key);
        if (o == NULL)
            return ERR_PENDING;
        o->modify = *work;
        if (work->node != NULL)
            node_share(work->node);
        begin(o);
    }
    if (!o->done)
        return ERR_PENDING;
    e = o->err;
    *made = o->modify.node;
    op_free(o);
    return e;
}

/* Nothing is there: makes it. */
static enum err open_create(struct session *s, const struct file_open_req *q, uint64_t key,
                            struct node **n)
{
    static struct modify work;
    struct description *d = handle_of(s, q->at);
    size_t done;
    enum err e;

    work = (struct modify){.kind = MODIFY_CREATE, .flags = q->flags, .mode = q->mode};
    work.directory[0] = d != NULL ? d->node->inode : WALK_ROOT;
    work.bytes[0] = (uint16_t)q->path_bytes;
    e = call_read_lease(&file_server, 0, 0, work.path[0], q->path_bytes, &done);
    if (e == ERR_OK)
        e = open_modify(s, key, &work, n);
    if (e == ERR_OK && q->flags & FILE_EXCLUSIVE)
        return ERR_OK;
    if (e == ERR_OK)
        e = open_check(*n, q->flags);
    return e;
}

/* An open file that shall be empty. Held by the caller; so it is by the work. */
static enum err open_truncate(struct session *s, uint64_t key, struct node *n)
{
    static struct modify work;
    struct node *held = NULL;
    enum err e;

    if (op_find(s, OP_MODIFY, key) == NULL && (n->is.size == 0 || !node_is(n, NODE_REGULAR)))
        return ERR_OK;
    work = (struct modify){.kind = MODIFY_CUT, .node = n};
    e = open_modify(s, key, &work, &held);
    if (held != NULL)
        node_drop(held);
    return e;
}

/* The node to be opened, held. */
static enum err open_find(struct session *s, const struct file_open_req *q, uint64_t key,
                          struct walk *w, struct node **n)
{
    uint64_t making = hash(key, "create", 6);
    enum err e;

    if (op_find(s, OP_MODIFY, making) != NULL)
        return open_create(s, q, making, n);
    e = resolve(s, w, key, n);
    if (e == ERR_NOT_FOUND && q->flags & FILE_CREATE)
        return open_create(s, q, making, n);
    if (e != ERR_OK)
        return e;
    e = open_check(*n, q->flags);
    if (e == ERR_OK && q->flags & FILE_TRUNCATE)
        e = open_truncate(s, hash(key, "empty", 5), *n);
    if (e != ERR_OK)
        node_drop(*n);
    return e;
}

enum err names_open(struct session *s, const struct file_open_req *q, struct file_open_reply *r)
{
    static struct walk w;
    struct node *n = NULL;
    uint64_t key;
    enum err e = path_take(s, q, &w);

    if (e != ERR_OK)
        return e;
    key = hash(hash(w.start, &w.nofollow, 1), w.path, w.end);
    e = open_find(s, q, key, &w, &n);
    if (e != ERR_OK)
        return e;
    r->mode = n->is.mode;
    r->size_low = (uint32_t)n->is.size;
    r->size_high = (uint32_t)(n->is.size >> 32);
    return handle_open(s, n, q->flags, &r->handle);
}

/* ---- stat ---- */

enum err names_stat(struct session *s, uint32_t handle)
{
    struct description *d = handle_of(s, handle);
    struct file_attributes a;
    size_t done;

    if (d == NULL)
        return ERR_BAD_HANDLE;
    a = (struct file_attributes){
        .size = d->node->is.size,
        .blocks512 = d->node->is.blocks512,
        .atime = d->node->is.atime,
        .mtime = d->node->is.mtime,
        .ctime = d->node->is.ctime,
        .inode = d->node->inode,
        .mode = d->node->is.mode,
        .links = d->node->is.links,
        .uid = d->node->is.uid,
        .gid = d->node->is.gid,
    };
    return call_write_lease(&file_server, 0, 0, &a, sizeof(a), &done);
}

/* ---- getdents ---- */

/* The entries are there: to the client; the description moves behind them if it took them. */
static enum err list_fetch(struct description *d, struct op *o, struct file_list_reply *r)
{
    size_t done;
    enum err e = o->err;

    if (e == ERR_OK && o->list.bytes > 0)
        e = call_write_lease(&file_server, 0, 0, o->list.data, o->list.bytes, &done);
    if (e == ERR_OK) {
        d->offset = o->list.position;
        r->bytes = o->list.bytes;
    }
    op_free(o);
    return e;
}

enum err names_list(struct session *s, const struct file_list_req *q, struct file_list_reply *r)
{
    struct description *d = handle_of(s, q->handle);
    uint64_t key;
    struct op *o;

    if (d == NULL || !(d->flags & FILE_READ))
        return ERR_BAD_HANDLE;
    if (!node_is(d->node, NODE_DIRECTORY))
        return ERR_NOT_DIR;
    key = hash(hash(d->node->inode, &d->offset, sizeof(d->offset)), &q->bytes, sizeof(q->bytes));
    o = op_find(s, OP_LIST, key);
    if (o == NULL) {
        o = op_new(s, OP_LIST, key);
        if (o == NULL)
            return ERR_PENDING;
        o->list.inode = d->node->inode;
        o->list.position = d->offset;
        o->list.room = q->bytes < OP_BYTES ? q->bytes : OP_BYTES;
        begin(o);
    }
    return o->done ? list_fetch(d, o, r) : ERR_PENDING;
}

/* ---- readlink ---- */

/* Reads the target in; the node keeps it. */
static enum err target_bring(struct session *s, struct node *n)
{
    struct op *o = op_find(s, OP_LINK, n->inode);
    enum err e;

    if (o == NULL) {
        if (n->target != NULL)
            return ERR_OK;
        o = op_new(s, OP_LINK, n->inode);
        if (o == NULL)
            return ERR_PENDING;
        o->link_node = node_share(n);
        begin(o);
    }
    if (!o->done)
        return ERR_PENDING;
    e = o->err;
    node_drop(o->link_node);
    op_free(o);
    return e;
}

enum err names_link(struct session *s, const struct file_link_req *q, struct file_link_reply *r)
{
    struct description *d = handle_of(s, q->handle);
    size_t length, done;
    enum err e;

    if (d == NULL)
        return ERR_BAD_HANDLE;
    if (!node_is(d->node, NODE_LINK))
        return ERR_BAD_ARG;
    e = target_bring(s, d->node);
    if (e != ERR_OK)
        return e;
    length = strlen(d->node->target);
    if (length > q->bytes)
        length = q->bytes;
    r->bytes = (uint32_t)length;
    return call_write_lease(&file_server, 0, 0, d->node->target, length, &done);
}
