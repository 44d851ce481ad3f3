/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * object.h - memory objects: pages that are not one's own, by one protocol.
 *
 * The file server implements it for files; a device, a compressed image or a
 * generator may, in some thirty lines. A handle names an object in the session
 * (the badge). Pages arrive as read-only (or, for a writing get, writable)
 * Frame capabilities in the slots offered, in order of index.
 */
#ifndef PROTOCOL_OBJECT_H
#define PROTOCOL_OBJECT_H

#include "protocol.h"

struct object_get_req {
    uint32_t handle;
    uint32_t index; /* first page wanted */
    uint32_t count; /* 1..64: as many neighbours as are wanted; the first is needed */
    uint32_t write; /* 0 = to read; 1: writable ones, of an object open for that */
};
/*
 * got = pages delivered, from `index` on; fewer when the next is not in memory or
 * past the end. If page `index` itself is not in memory: ERR_PENDING; a bit of the
 * session's notification tells when to ask again. Past the end: ERR_END.
 *
 * A page got for writing is dirty from then on, and its place in the store is reserved:
 * ERR_NO_SPACE is told here or never. ERR_BAD_HANDLE: not open so; ERR_READ_ONLY: the store.
 */
struct object_get_reply {
    uint32_t got;
    uint32_t hit; /* 1: the first page was in memory when it was first asked for */
};

struct object_size_req {
    uint32_t handle;
};
struct object_size_reply {
    uint32_t low, high; /* bytes */
};

/*
 * What was written to pages [index, index + count), count 0 = to the end, is in the store for
 * good. ERR_PENDING until it is; ERR_IO: it could not be written.
 */
struct object_sync_req {
    uint32_t handle;
    uint32_t index, count;
};
struct object_sync_reply {
    uint32_t none;
};

#define object_OPS(OP)                                                                             \
    OP(object, get, "capabilities of neighbouring pages, or ERR_PENDING")                          \
    OP(object, size, "the object's size in bytes")                                                 \
    OP(object, sync, "what was written to pages is in the store")

PROTOCOL(object, object_OPS)

#endif
