/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memfd.c - see memfd.h.
 *
 * The program's bytes go through our scratch: its pages and the object's can be absent
 * independently of one another, and either makes a call wait.
 */
#include "memfd.h"

#include "node.h"

#define MFD_CLOEXEC 1u
#define MEMFD_NAME  249u /* its length at most */

static uint64_t pages_of(uint64_t bytes)
{
    return bytes / PAGE_SIZE + (bytes % PAGE_SIZE != 0);
}

/* Its name is seen nowhere, but it is looked at. */
static result_t name_fault(struct trap *x)
{
    struct person *p = x->person;
    size_t length;
    enum err e = vm_copy_string(x->task, p->path, x->arg[0], MEMFD_NAME + 1, &length);

    return e == ERR_NAME_LONG ? FAIL(EINVAL) : result_of_vm(e);
}

result_t call_memfd_create(struct trap *x)
{
    struct description d = {
        .kind = DESC_MEMORY, .flags = LINUX_O_RDWR, .mode = LINUX_S_IFREG | 0777};
    result_t fault = x->arg[1] & ~(uint64_t)MFD_CLOEXEC ? FAIL(EINVAL) : name_fault(x);
    enum err e;

    if (fault)
        return fault;
    e = vm_object_make(x->task, 0, &d.memory);
    if (e != ERR_OK)
        return e == ERR_NOT_FOUND ? FAIL(ENOSYS) : e == ERR_NO_SPACE ? FAIL(ENFILE) : result_of(e);
    fault = description_new(x->person, &d, x->arg[1] & MFD_CLOEXEC);
    if (fault < 0)
        vm_object_drop(x->task, d.memory);
    return fault;
}

void memfd_close(struct task *t, const struct description *d)
{
    vm_object_drop(t, d->memory);
}

/* Room for so many bytes; the size stays. */
static enum err pages_add(struct trap *x, const struct description *d, uint64_t size)
{
    return pages_of(size) > pages_of(d->size) ? vm_object_resize(x->task, d->memory, pages_of(size))
                                              : ERR_OK;
}

static enum err grow(struct trap *x, struct description *d, uint64_t size)
{
    enum err e = pages_add(x, d, size);

    if (e == ERR_OK)
        d->size = size;
    return e;
}

/* What is cut off within a page reads as zeros when the file grows again. */
static enum err cut(struct trap *x, struct description *d, uint64_t size)
{
    uint64_t end = pages_of(size) * PAGE_SIZE;
    size_t done;
    enum err e = ERR_OK;

    if (size < end) {
        memset(x->person->scratch, 0, end - size);
        e = vm_object_write(x->task, d->memory, size, x->person->scratch, end - size, &done);
    }
    if (e == ERR_OK)
        e = vm_object_resize(x->task, d->memory, pages_of(size));
    if (e == ERR_OK)
        d->size = size;
    return e;
}

result_t memfd_resize(struct trap *x, struct description *d, uint64_t size)
{
    return result_of_vm(size < d->size ? cut(x, d, size) : grow(x, d, size));
}

result_t memfd_seek(struct description *d, uint64_t offset, uint64_t whence)
{
    if (whence == FILE_CURRENT)
        offset += d->offset;
    if (whence == FILE_END)
        offset += d->size;
    if ((int64_t)offset < 0)
        return FAIL(EINVAL);
    d->offset = offset;
    return (result_t)offset;
}

struct file_attributes memfd_attributes(const struct description *d)
{
    return (struct file_attributes){
        .size = d->size,
        .blocks512 = pages_of(d->size) * (PAGE_SIZE / 512),
        .inode = 1,
        .mode = d->mode,
        .device = 1, /* of no other kind of file */
    };
}

static enum err read_out(const struct move *m, uint64_t offset, uint64_t at, size_t bytes,
                         size_t *done)
{
    struct trap *x = m->trap;
    void *to = m->own ? (void *)(uintptr_t)at : x->person->scratch;
    enum err e = vm_object_read(x->task, m->d->memory, offset, to, bytes, done);

    return m->own || *done == 0 ? e : vm_copy_out(x->task, at, to, *done, done);
}

/* The size grows by what was written, not by what was to be. */
static enum err write_in(const struct move *m, uint64_t offset, uint64_t at, size_t bytes,
                         size_t *done)
{
    struct trap *x = m->trap;
    struct description *d = m->d;
    void *from = m->own ? (void *)(uintptr_t)at : x->person->scratch;
    enum err e = ERR_OK, written;

    if (!m->own)
        e = vm_copy_in(x->task, from, at, bytes, &bytes);
    if (bytes == 0)
        return e;
    written = pages_add(x, d, offset + bytes);
    if (written == ERR_OK)
        written = vm_object_write(x->task, d->memory, offset, from, bytes, done);
    if (*done > 0 && offset + *done > d->size)
        d->size = offset + *done;
    return written == ERR_OK ? e : written;
}

enum err memfd_move(const struct move *m, uint64_t at, size_t before, size_t bytes, size_t *done,
                    bool *last)
{
    struct description *d = m->d;
    bool append = m->write && d->flags & LINUX_O_APPEND;
    uint64_t left, offset = append ? d->size : m->where ? *m->where + before : d->offset;
    enum err e = ERR_OK;

    *done = 0;
    *last = false;
    if (bytes > PERSON_SCRATCH)
        bytes = PERSON_SCRATCH;
    if (m->write) {
        e = write_in(m, offset, at, bytes, done);
    } else {
        left = offset < d->size ? d->size - offset : 0;
        if (left > 0)
            e = read_out(m, offset, at, left < bytes ? left : bytes, done);
        *last = e == ERR_OK && *done == left;
    }
    if (!m->where)
        d->offset = offset + *done;
    return e;
}
