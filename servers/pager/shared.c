/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shared.c - anonymous objects: memory that mappings and descriptors share.
 *
 * Their pages are the swap server's, which writes them out and reads them back; mappings of them
 * take the way of any object (object.c). Only who makes one can tell it from a file.
 */
#include "object.h"

#include "rt.h"
#include "state.h"
#include "swap.h"

#include <stdlib.h>
#include <string.h>

#define FETCHES_MAX 8u /* of a page that its owner takes again and again */

enum err vm_object_make(struct task *t, uint64_t pages, struct object **o)
{
    struct swap_make_req q = {.pages = (uint32_t)pages};
    struct swap_make_reply r;
    struct object *made;
    enum err e;

    if (t->swap == CAP_NULL)
        return ERR_NOT_FOUND;
    if (pages > SWAP_HANDLE_MAX)
        return ERR_BIG;
    made = malloc(sizeof(*made));
    e = made == NULL ? ERR_NO_MEMORY : swap_make(t->swap, &q, &r, NULL);
    if (e != ERR_OK) {
        free(made);
        return e == ERR_LIMIT ? ERR_NO_SPACE : e;
    }
    *made = (struct object){.server = t->swap, .handle = r.object, .regions = 1, .anonymous = true};
    *o = made;
    return ERR_OK;
}

void vm_object_drop(struct task *t, struct object *o)
{
    object_drop(&t->vm->regions, o);
}

enum err vm_object_resize(struct task *t, struct object *o, uint64_t pages)
{
    struct swap_resize_req q = {.object = o->handle, .pages = (uint32_t)pages};
    struct swap_resize_reply r;
    enum err e = ERR_LIMIT;

    (void)t;
    if (pages <= SWAP_HANDLE_MAX)
        e = swap_resize(o->server, &q, &r, NULL);
    return e == ERR_LIMIT ? ERR_BIG : e;
}

/* A capability of one page, in a slot that the caller gives back. */
static enum err page_get(struct task *t, const struct object *o, uint64_t index, bool write,
                         cap_t *slot)
{
    struct object_get_req q = {
        .handle = o->handle, .index = (uint32_t)index, .count = 1, .write = write};
    struct object_get_reply r;
    struct passing x = {.recv_count = 1};
    enum err e;

    *slot = slots_take_one(&t->vm->slots);
    if (*slot == CAP_NULL)
        return ERR_LIMIT;
    x.recv = *slot;
    e = object_get(o->server, &q, &r, &x);
    if (e == ERR_OK && x.received == 1)
        return ERR_OK;
    slots_return(&t->vm->slots, *slot, 1);
    if (e == ERR_PENDING)
        t->vm->stall = STALL_SWAPIN;
    return e == ERR_NO_MEMORY ? ERR_LIMIT : e == ERR_OK ? ERR_IO : e;
}

/* As much of a page as the buffer holds. ERR_NO_CAP: it was taken again meanwhile. */
static enum err piece_copy(cap_t page, uint64_t offset, void *own, size_t bytes, bool write)
{
    word_t word[MESSAGE_WORDS] = {offset % PAGE_SIZE, bytes};
    enum err e;

    if (write)
        memcpy(sys_buffer()->byte, own, bytes);
    e = sys_invoke(page, write ? OP_FRAME_WRITE : OP_FRAME_READ, word);
    if (e == ERR_OK && !write)
        memcpy(own, sys_buffer()->byte, bytes);
    return e;
}

static enum err piece_fetch(struct task *t, const struct object *o, uint64_t offset, void *own,
                            size_t bytes, bool write)
{
    enum err e;
    cap_t page;

    do {
        e = page_get(t, o, offset / PAGE_SIZE, write, &page);
    } while (e == ERR_LIMIT && (e = memory_make(t)) == ERR_OK);
    if (e != ERR_OK)
        return e;
    e = piece_copy(page, offset, own, bytes, write);
    if (cap_delete(page, 1) == ERR_OK)
        slots_return(&t->vm->slots, page, 1);
    return e;
}

static enum err object_copy(struct task *t, const struct object *o, uint64_t offset, uint8_t *own,
                            size_t bytes, bool write, size_t *done)
{
    for (*done = 0; *done < bytes;) {
        uint64_t at = offset + *done;
        size_t some = BUFFER_BYTES - at % BUFFER_BYTES;
        enum err e = ERR_NO_CAP;

        if (some > bytes - *done)
            some = bytes - *done;
        for (unsigned i = 0; e == ERR_NO_CAP && i < FETCHES_MAX; i++)
            e = piece_fetch(t, o, at, own + *done, some, write);
        if (e != ERR_OK)
            return e == ERR_NO_CAP ? ERR_IO : e;
        *done += some;
    }
    return ERR_OK;
}

enum err vm_object_read(struct task *t, struct object *o, uint64_t offset, void *to, size_t bytes,
                        size_t *done)
{
    return object_copy(t, o, offset, to, bytes, false, done);
}

enum err vm_object_write(struct task *t, struct object *o, uint64_t offset, const void *from,
                         size_t bytes, size_t *done)
{
    return object_copy(t, o, offset, (uint8_t *)(uintptr_t)from, bytes, true, done);
}
