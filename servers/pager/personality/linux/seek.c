/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seek.c - calls about a file's offset: lseek, and sendfile, which reads from a place of
 * its own and moves the offset at its end, so that it may be repeated after a wait.
 */
#include "io.h"
#include "memfd.h"
#include "node.h"
#include "process.h"

static enum err file_position(const struct trap *x, uint32_t handle, unsigned whence,
                              uint64_t *offset)
{
    struct file_seek_req q = {.handle = handle,
                              .whence = whence,
                              .offset_low = (uint32_t)*offset,
                              .offset_high = (uint32_t)(*offset >> 32)};
    struct file_seek_reply r = {0};
    struct passing pass = {0};
    enum err e = file_seek(x->task->file, &q, &r, &pass);

    *offset = r.offset_low | (uint64_t)r.offset_high << 32;
    return e;
}

static result_t seek(struct trap *x, uint64_t offset, uint64_t whence)
{
    struct description *d = fd_get(&x->person->fds, x->arg[0]);
    enum err e;

    if (!d)
        return FAIL(EBADF);
    if (d->kind == DESC_CONSOLE)
        return FAIL(ESPIPE);
    if (whence > FILE_END)
        return FAIL(EINVAL);
    if (d->kind == DESC_MEMORY)
        return memfd_seek(d, offset, whence);
    if (d->kind == DESC_NODE) {
        if (whence == FILE_CURRENT)
            offset += d->offset;
        if ((int64_t)offset < 0 || whence == FILE_END)
            return FAIL(EINVAL);
        d->offset = offset;
        return (result_t)offset;
    }
    e = file_position(x, d->handle, (unsigned)whence, &offset);
    return e == ERR_OK ? (result_t)offset : result_of(e);
}

result_t call_lseek(struct trap *x)
{
    result_t offset = seek(x, x->arg[1], x->arg[2]);

    return offset == (abi_int_t)offset || offset == RESULT_PARK ? offset : FAIL(EOVERFLOW);
}

/* The offset comes in halves, the higher one first, and is told in memory. */
result_t call_llseek(struct trap *x)
{
    result_t fault = user_ready(x, x->arg[3], sizeof(fault)), offset;

    if (fault)
        return fault;
    offset = seek(x, x->arg[1] << 32 | x->arg[2], x->arg[4]);
    return offset < 0 ? offset : user_write(x, x->arg[3], &offset, sizeof(offset));
}

/* Sends file bytes from *where on through our scratch, until `bytes` are counted in progress. */
static result_t send_pieces(struct trap *x, struct description *in, struct description *out,
                            uint64_t start, size_t bytes)
{
    struct person *p = x->person;
    uint64_t scratch = (uintptr_t)p->scratch;

    while (p->progress.done < bytes) {
        size_t rest = bytes - p->progress.done, got = 0;
        uint64_t where = start + p->progress.done;
        struct move read = {.trap = x, .d = in, .own = true, .where = &where};
        struct move write = {.trap = x, .d = out, .write = true, .own = true};
        enum err e = move_piece(&read, scratch, 0,
                                rest < sizeof(p->scratch) ? rest : sizeof(p->scratch), &got);
        result_t result;

        if (e != ERR_OK || got == 0)
            return e == ERR_PENDING || p->progress.done == 0 ? result_of(e)
                                                             : (result_t)p->progress.done;
        if (out->kind == DESC_NODE) {
            result = node_write(x, out->which, got);
            if (result < 0)
                return result;
            p->progress.done += got;
            continue;
        }
        result = move_counted(&write, scratch, got);
        if (result)
            return result;
    }
    return (result_t)p->progress.done;
}

/* Bytes of an offset in the program's memory. */
static size_t offset_bytes(const struct trap *x)
{
    return x->narrow ? sizeof(uint32_t) : sizeof(uint64_t);
}

result_t call_sendfile(struct trap *x)
{
    struct description *in = fd_get(&x->person->fds, x->arg[1]), *out;
    size_t bytes = x->arg[3] < LINUX_RW_MAX ? x->arg[3] : LINUX_RW_MAX;
    uint64_t start = 0, end;
    result_t result = move_descriptor(x, true, &out);

    if (result)
        return result;
    if (!in || (in->flags & LINUX_O_ACCMODE) == LINUX_O_WRONLY)
        return FAIL(EBADF);
    if (in->kind != DESC_FILE || (in->mode & LINUX_S_IFMT) != LINUX_S_IFREG ||
        out->kind == DESC_FILE)
        return FAIL(EINVAL);
    result = x->arg[2] ? user_read(x, &start, x->arg[2], offset_bytes(x))
                       : result_of(file_position(x, in->handle, FILE_CURRENT, &start));
    if (!result && x->arg[2])
        result = user_ready(x, x->arg[2], offset_bytes(x));
    if (result)
        return result;
    result = send_pieces(x, in, out, start, bytes);
    if (result < 0)
        return result;
    end = start + (uint64_t)result;
    if (x->arg[2])
        return user_write(x, x->arg[2], &end, offset_bytes(x)) ? FAIL(EFAULT) : result;
    return file_position(x, in->handle, FILE_SET, &end) == ERR_OK ? result : FAIL(EIO);
}
