/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * op.h - a client's work that needs the file system: a walk, a directory's entries, a link, or a
 * change.
 *
 *   RUNS    queued or on the fiber
 *   DONE    its result waits to be fetched by the same call
 *
 * Work that needs not wait is done when op_start returns, and the client never learns of it.
 * A session has OPS_OF at most; the oldest result that was not fetched makes place, what changed
 * nothing first.
 */
#ifndef FILE_OP_H
#define FILE_OP_H

#include "job.h"
#include "modify.h"
#include "session.h"
#include "walk.h"

#define OPS_OF   4u    /* of one session */
#define OP_BYTES 2048u /* of a directory's entries in one answer */

enum op_kind { OP_WALK, OP_LIST, OP_LINK, OP_MODIFY };

struct op {
    struct job job; /* first */
    struct list link;
    struct session *owner; /* NULL: it has ended */
    enum op_kind kind;
    uint64_t key; /* with kind: which call fetches it */
    bool done, quiet;
    enum err err;
    union {
        struct walk walk;
        struct {
            uint32_t inode;
            unsigned room, bytes;
            uint64_t position;
            char data[OP_BYTES];
        } list;
        struct node *link_node; /* held */
        struct modify modify;
    };
};

/* What the session began with this key; NULL: nothing. */
struct op *op_find(struct session *s, enum op_kind kind, uint64_t key);

/* A new one, to be filled in and started. NULL: all of the session's run, or no memory; then it
 * is told when there is room. */
struct op *op_new(struct session *s, enum op_kind kind, uint64_t key);
void op_start(struct op *o);

/* Fetched. What the result held is the caller's now. */
void op_free(struct op *o);

/* Ends all of a session's; what runs, runs on without an owner. */
void ops_end(struct session *s);

#endif
