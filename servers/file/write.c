/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * write.c - write(2): bytes that the client lends into the pages of a file.
 *
 * The hit path finds the page, sees that it is dirty or has a place on the disk reserved, and has
 * the kernel copy. A page that is written whole, or lies behind the file's end, is neither read
 * nor cleared first; any other is read in, and the client comes back when it is there.
 */
#include "change.h"
#include "cut.h"
#include "dirty.h"
#include "read.h"
#include "rt.h"
#include "service.h"
#include "want.h"
#include "write_back.h"

/* One page's part of a write. */
struct piece {
    struct session *session;
    struct description *d;
    struct node *node;
    uint32_t index;
    unsigned in, bytes; /* of the page */
    uint64_t lent;      /* where in the lease */
    struct page *page;
    bool entered; /* the page was not in memory */
    bool behind;  /* and there is nothing of it on the disk */
};

static const char zeros[PAGE_SIZE];

/* The client comes back when something has been written. */
static enum err later(struct session *s)
{
    write_back_kick();
    s->starved = true;
    return ERR_PENDING;
}

/* The page is not in memory and need not be read. */
static enum err enter(struct piece *w)
{
    w->page = cache_enter(w->node->inode, w->index);
    if (w->page == NULL)
        return later(w->session);
    w->page->parts = 1;
    w->page->fresh = 1;
    w->entered = true;
    return ERR_OK;
}

/* Nothing came of it. */
static void enter_undo(struct piece *w)
{
    dirty_forget(w->node, w->page);
    w->page->parts = 0;
    cache_filled(w->page, ERR_END);
}

static enum err find(struct piece *w)
{
    uint64_t start = (uint64_t)w->index << PAGE_BITS, size = w->node->is.size;
    bool whole = w->in == 0 && (w->bytes == PAGE_SIZE || start + w->bytes >= size);
    uint32_t valid;
    bool hit;

    w->page = cache_find(w->node->inode, w->index);
    w->entered = false;
    w->behind = start >= size;
    if (w->page != NULL && w->page->state == PAGE_VALID)
        return ERR_OK;
    if (w->page == NULL && (whole || w->behind))
        return enter(w);
    if (w->behind)
        return later(w->session); /* a page that was cut off, and is still pinned */
    return pages_bring(w->session, w->d, w->index, 1, 1, &w->page, &valid, &hit);
}

/* No place for it, as far as is known: finds out. */
static enum err place_later(struct piece *w)
{
    write_back_map(w->node, w->index);
    return later(w->session);
}

/* What of the page was not written is zeros; or what is on the disk, which has to be read. */
static enum err complete(struct piece *w, size_t got)
{
    uint32_t valid;
    bool hit;

    if (got < w->bytes && !w->behind) {
        enter_undo(w);
        return pages_bring(w->session, w->d, w->index, 1, 1, &w->page, &valid, &hit);
    }
    if (w->in > 0)
        frame_write(w->page->frame, 0, zeros, w->in);
    if (w->in + got < PAGE_SIZE)
        frame_write(w->page->frame, w->in + (unsigned)got, zeros,
                    PAGE_SIZE - w->in - (unsigned)got);
    w->page->parts = 0;
    cache_filled(w->page, ERR_OK);
    return ERR_OK;
}

static enum err piece_write(struct piece *w, size_t *got)
{
    enum err e = find(w), completed = ERR_OK;

    *got = 0;
    if (e != ERR_OK)
        return e;
    e = dirty_page(w->node, w->page);
    if (e != ERR_OK) {
        if (w->entered)
            enter_undo(w);
        return e == ERR_PENDING ? place_later(w) : e;
    }
    e = reply_copy_frame(file_server.reply, 0, false, w->lent, w->page->frame, w->in, w->bytes,
                         got);
    if (w->entered && w->behind && *got == 0) {
        enter_undo(w); /* no page behind the file's end stays dirty: nobody would clean it */
        return e;
    }
    if (w->entered)
        completed = complete(w, *got);
    if (w->entered && *got < w->bytes && !w->behind) {
        *got = 0;
        return completed == ERR_OK ? ERR_PENDING : completed;
    }
    cache_touch(w->page);
    return e;
}

/* Bytes of the file have changed up to `end`. */
static void written(struct node *n, uint64_t end)
{
    if (end > n->is.size)
        cut_grow(n, end);
    n->is.mtime = n->is.ctime = change_now();
    dirty_facts(n);
}

static enum err write_at(struct session *s, struct description *d, uint64_t at, size_t bytes,
                         uint64_t lent, size_t *done)
{
    enum err e = ERR_OK;

    while (*done < bytes && e == ERR_OK) {
        struct piece w = {.session = s, .d = d, .node = d->node, .lent = lent + *done};
        size_t got, room;

        w.index = (uint32_t)((at + *done) >> PAGE_BITS);
        w.in = (unsigned)((at + *done) % PAGE_SIZE);
        room = PAGE_SIZE - w.in;
        w.bytes = (unsigned)(bytes - *done < room ? bytes - *done : room);
        e = piece_write(&w, &got);
        *done += got;
        if (got > 0 && at + *done > d->node->is.size)
            cut_grow(d->node, at + *done);
    }
    if (*done > 0)
        written(d->node, at + *done);
    return e;
}

static enum err write_check(const struct description *d, const struct file_write_req *q)
{
    if (d == NULL || !(d->flags & FILE_WRITE) || !node_is(d->node, NODE_REGULAR))
        return ERR_BAD_HANDLE;
    if (q->flags & ~(FILE_AT_OFFSET | FILE_AT_END))
        return ERR_BAD_ARG;
    return change_read_only() ? ERR_READ_ONLY : ERR_OK;
}

enum err data_write(struct session *s, const struct file_write_req *q, struct file_write_reply *r)
{
    struct description *d = handle_of(s, q->handle);
    size_t bytes = q->bytes < READ_BYTES_MAX ? q->bytes : READ_BYTES_MAX, done = 0;
    enum err e = write_check(d, q);
    uint64_t at, max;
    bool fixed, append;

    if (e != ERR_OK || bytes == 0)
        return e;
    fixed = q->flags & FILE_AT_OFFSET;
    append = q->flags & FILE_AT_END || (!fixed && d->flags & FILE_APPEND);
    at = append ? d->node->is.size : d->offset;
    if (fixed && !append)
        at = (uint64_t)q->offset_high << 32 | q->offset_low;
    max = volume_size_max();
    if (at >= max)
        return ERR_BIG;
    if (bytes > max - at)
        bytes = (size_t)(max - at);
    e = d->node->frozen ? ERR_PENDING : write_back_room(d->node);
    if (e != ERR_OK)
        return e == ERR_PENDING ? later(s) : e;
    if (at > d->node->is.size)
        cut_grow(d->node, d->node->is.size); /* what is between reads as zeros */
    e = write_at(s, d, at, bytes, q->lease_offset, &done);
    r->done = (uint32_t)done;
    if (!fixed) {
        d->offset = at + done;
        r->moved = 1;
    }
    return done > 0 && e == ERR_NO_SPACE ? ERR_OK : e;
}
