/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * data.c - read(2) and lseek(2): bytes of a file into memory that the client lends. write(2) is in
 * write.c.
 *
 * The hit path looks up the pages, and has the kernel copy each straight from its frame
 * into the client's memory; nothing is mapped, and nothing allocated.
 */
#include "read.h"
#include "rt.h"
#include "service.h"

/* Copies [at, at + bytes) of the file from its pages; stops where the client's memory does. */
static enum err pages_copy(struct description *d, struct page **page, uint64_t at, size_t bytes,
                           uint64_t to, size_t *copied)
{
    enum err e = ERR_OK;

    *copied = 0;
    while (*copied < bytes && e == ERR_OK) {
        struct page *p = page[((at + *copied) >> PAGE_BITS) - (at >> PAGE_BITS)];
        unsigned in = (unsigned)(at + *copied) % PAGE_SIZE;
        size_t n = PAGE_SIZE - in, done;

        if (n > bytes - *copied)
            n = bytes - *copied;
        e = reply_copy_frame(file_server.reply, 0, true, to + *copied, p->frame, in, n, &done);
        *copied += done;
        if (p->index != d->touched) { /* a reader by small pieces uses a page once */
            d->touched = p->index;
            cache_touch(p);
        }
    }
    return e;
}

/* How much of [at, at + bytes) the file has. */
static size_t within(const struct node *n, uint64_t at, size_t bytes)
{
    uint64_t left = at < n->is.size ? n->is.size - at : 0;

    return left < bytes ? (size_t)left : bytes;
}

static enum err read_at(struct session *s, struct description *d, uint64_t at, size_t bytes,
                        uint64_t to, size_t *done)
{
    struct page *page[READ_PAGES];
    uint32_t first = (uint32_t)(at >> PAGE_BITS), valid;
    uint32_t need = (uint32_t)((at + bytes - 1) >> PAGE_BITS) - first + 1;
    bool hit;
    enum err e;

    e = pages_bring(s, d, first, need, need, page, &valid, &hit);
    if (e != ERR_OK)
        return e;
    if (valid < need)
        bytes = ((uint64_t)(first + valid) << PAGE_BITS) - at;
    return pages_copy(d, page, at, bytes, to, done);
}

enum err data_read(struct session *s, const struct file_read_req *q, struct file_read_reply *r)
{
    struct description *d = handle_of(s, q->handle);
    uint64_t at;
    size_t bytes, done = 0;
    enum err e;

    if (d == NULL || !(d->flags & FILE_READ))
        return ERR_BAD_HANDLE;
    if (!node_is(d->node, NODE_REGULAR))
        return node_is(d->node, NODE_DIRECTORY) ? ERR_IS_DIR : ERR_BAD_HANDLE;
    if (q->flags & ~FILE_AT_OFFSET)
        return ERR_BAD_ARG;
    if (d->node->frozen) {
        s->starved = true;
        return ERR_PENDING;
    }
    at = q->flags & FILE_AT_OFFSET ? (uint64_t)q->offset_high << 32 | q->offset_low : d->offset;
    bytes = within(d->node, at, q->bytes < READ_BYTES_MAX ? q->bytes : READ_BYTES_MAX);
    r->end = bytes < q->bytes && bytes < READ_BYTES_MAX;
    if (bytes == 0)
        return ERR_OK;
    e = read_at(s, d, at, bytes, q->lease_offset, &done);
    r->end &= done == bytes;
    r->done = (uint32_t)done;
    if (!(q->flags & FILE_AT_OFFSET)) {
        d->offset += done;
        r->moved = (uint32_t)done;
    }
    return e;
}

enum err data_seek(struct session *s, const struct file_seek_req *q, struct file_seek_reply *r)
{
    struct description *d = handle_of(s, q->handle);
    int64_t by = (int64_t)((uint64_t)q->offset_high << 32 | q->offset_low), base = 0, to;

    if (d == NULL || d->flags & FILE_PATH)
        return ERR_BAD_HANDLE;
    if (q->whence > FILE_END)
        return ERR_BAD_ARG;
    if (q->whence == FILE_CURRENT)
        base = (int64_t)d->offset;
    if (q->whence == FILE_END)
        base = (int64_t)d->node->is.size;
    if (__builtin_add_overflow(base, by, &to) || to < 0)
        return ERR_BAD_ARG;
    d->offset = (uint64_t)to;
    r->offset_low = (uint32_t)to;
    r->offset_high = (uint32_t)((uint64_t)to >> 32);
    return ERR_OK;
}
