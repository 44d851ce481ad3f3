/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * io.c - moving bytes between a program's memory and what its descriptors stand for.
 *
 * The program's memory is lent to the server, which copies once. A server stops at a
 * page that is absent; it is made present and the rest is asked for. How far a call
 * came is in progress.done, so a call that had to wait goes on and does not repeat.
 */
#include "io.h"
#include "memfd.h"
#include "node.h"
#include "process.h"

#define CALL_BYTES 65536u /* the servers' limit for one call */

/* What one call to a server came to. */
struct asked {
    size_t done;
    bool last; /* there is nothing behind these bytes */
};

static enum err ask_file(const struct move *m, struct passing *pass, size_t before, size_t bytes,
                         struct asked *a)
{
    uint64_t offset = m->where ? *m->where + before : 0;
    struct file_read_req q = {.handle = m->d->handle,
                              .flags = m->where ? FILE_AT_OFFSET : 0,
                              .bytes = (uint32_t)bytes,
                              .offset_low = (uint32_t)offset,
                              .offset_high = (uint32_t)(offset >> 32)};
    struct file_read_reply r = {0};
    enum err e = file_read(m->trap->task->file, &q, &r, pass);

    *a = (struct asked){r.done, r.end || r.done == 0};
    return e;
}

static enum err ask_file_to_write(const struct move *m, struct passing *pass, size_t before,
                                  size_t bytes, struct asked *a)
{
    uint64_t offset = m->where ? *m->where + before : 0;
    struct file_write_req q = {.handle = m->d->handle,
                               .flags = (m->where ? FILE_AT_OFFSET : 0) |
                                        (m->d->flags & LINUX_O_APPEND ? FILE_AT_END : 0),
                               .bytes = (uint32_t)bytes,
                               .offset_low = (uint32_t)offset,
                               .offset_high = (uint32_t)(offset >> 32)};
    struct file_write_reply r = {0};
    enum err e = file_write(m->trap->task->file, &q, &r, pass);

    *a = (struct asked){r.done, false};
    return e;
}

/* Standard input gives what there is, and is not asked for more. */
static enum err ask_console(const struct move *m, struct passing *pass, size_t bytes,
                            struct asked *a)
{
    struct process_read_req rq = {.stream = m->d->which, .bytes = (uint32_t)bytes};
    struct process_write_req wq = {.stream = m->d->which, .bytes = (uint32_t)bytes};
    struct process_read_reply rr = {0};
    struct process_write_reply wr = {0};
    enum err e = m->write ? process_write(m->trap->task->process, &wq, &wr, pass)
                          : process_read(m->trap->task->process, &rq, &rr, pass);

    *a = (struct asked){m->write ? wr.done : rr.done, !m->write};
    return e;
}

static enum err ask(const struct move *m, uint64_t at, size_t before, size_t bytes, struct asked *a)
{
    unsigned rights = m->write ? RIGHT_READ : RIGHT_WRITE;
    struct passing pass;

    if (m->d->kind == DESC_MEMORY)
        return memfd_move(m, at, before, bytes, &a->done, &a->last);
    pass = m->own ? lend_own((void *)(uintptr_t)at, bytes, rights)
                  : lend_user(m->trap, at, bytes, rights);
    if (m->d->kind != DESC_FILE)
        return ask_console(m, &pass, bytes, a);
    return m->write ? ask_file_to_write(m, &pass, before, bytes, a)
                    : ask_file(m, &pass, before, bytes, a);
}

enum err move_piece(const struct move *m, uint64_t at, size_t before, size_t bytes, size_t *moved)
{
    enum err e = ERR_OK;

    for (*moved = 0; *moved < bytes && e == ERR_OK;) {
        size_t chunk = bytes - *moved < CALL_BYTES ? bytes - *moved : CALL_BYTES, ready;
        struct asked a;

        e = ask(m, at + *moved, before + *moved, chunk, &a);
        if (a.done > chunk || (e == ERR_OK && m->write && a.done == 0))
            return ERR_IO; /* whoever says this cannot be believed in anything */
        *moved += a.done;
        if (e == ERR_OK && a.last)
            return ERR_OK;
        if (e == ERR_FAULT && !m->own)
            e = vm_present(m->trap->task, at + *moved, bytes - *moved, !m->write, &ready);
    }
    return e;
}

static result_t node_move(const struct move *m, uint64_t at, size_t bytes)
{
    uint64_t offset = m->where ? *m->where : m->d->offset;
    result_t result = m->write ? node_write(m->trap, m->d->which, bytes)
                               : node_read(m->trap, m->d->which, &offset, at, bytes);

    if (result > 0 && !m->where)
        m->d->offset = offset;
    return result;
}

result_t move_counted(const struct move *m, uint64_t at, size_t bytes)
{
    struct progress *progress = &m->trap->person->progress;
    size_t moved = 0;
    enum err e = move_piece(m, at, progress->done, bytes, &moved);

    progress->done += moved;
    if (e == ERR_OK)
        return moved == bytes ? 0 : (result_t)progress->done;
    if (e == ERR_PENDING && (m->write || m->d->kind != DESC_CONSOLE || progress->done == 0))
        return RESULT_PARK; /* but a console that has given something is not waited for */
    if (progress->done > 0 && e != ERR_LIMIT)
        return (result_t)progress->done;
    return result_of_vm(e);
}

result_t move_descriptor(struct trap *x, bool write, struct description **d)
{
    uint32_t mode;

    *d = fd_get(&x->person->fds, x->arg[0]);
    if (!*d || (*d)->flags & LINUX_O_PATH)
        return FAIL(EBADF);
    mode = (*d)->flags & LINUX_O_ACCMODE;
    if (mode == (write ? LINUX_O_RDONLY : LINUX_O_WRONLY))
        return FAIL(EBADF);
    return 0;
}

/* read, write, pread64, pwrite64: x->arg[1] and [2] are the memory. */
static result_t simple(struct trap *x, bool write, const uint64_t *where)
{
    struct move m = {.trap = x, .write = write, .where = where};
    struct progress *progress = &x->person->progress;
    size_t bytes = x->arg[2] < LINUX_RW_MAX ? x->arg[2] : LINUX_RW_MAX;
    result_t result = move_descriptor(x, write, &m.d);

    if (result)
        return result;
    if (where && m.d->kind == DESC_CONSOLE)
        return FAIL(ESPIPE);
    if (where && (int64_t)*where < 0)
        return FAIL(EINVAL);
    if (m.d->kind == DESC_NODE)
        return node_move(&m, x->arg[1], bytes);
    if (m.d->kind == DESC_FILE && (m.d->mode & LINUX_S_IFMT) == LINUX_S_IFDIR)
        return FAIL(EISDIR);
    result = move_counted(&m, x->arg[1] + progress->done, bytes - progress->done);
    return result ? result : (result_t)progress->done;
}

result_t call_read(struct trap *x)
{
    return simple(x, false, NULL);
}

result_t call_write(struct trap *x)
{
    return simple(x, true, NULL);
}

result_t call_pread64(struct trap *x)
{
    return simple(x, false, &x->arg[3]);
}

result_t call_pwrite64(struct trap *x)
{
    return simple(x, true, &x->arg[3]);
}

/* Total of a vector, all of it checked; or an error. */
static result_t vector_bytes(struct trap *x, uint64_t vector, uint64_t count)
{
    uint64_t total = 0;

    if (count > LINUX_IOV_MAX)
        return FAIL(EINVAL);
    for (uint64_t i = 0; i < count; i++) {
        struct linux_iovec v;
        result_t fault = user_read(x, &v, vector + i * sizeof(v), sizeof(v));

        if (fault)
            return fault;
        if ((abi_int_t)v.bytes < 0)
            return FAIL(EINVAL);
        total += v.bytes;
    }
    return total > LINUX_RW_MAX ? FAIL(EINVAL) : (result_t)total;
}

/* One piece of a vector after the other; those that progress covers are skipped. */
static result_t vector_move(struct move *m, uint64_t vector, uint64_t count)
{
    struct progress *progress = &m->trap->person->progress;
    uint64_t before = 0;

    for (uint64_t i = 0; i < count; i++) {
        struct linux_iovec v;
        result_t result = user_read(m->trap, &v, vector + i * sizeof(v), sizeof(v));
        uint64_t skip = progress->done - before;

        if (result)
            return result;
        before += v.bytes;
        if (before <= progress->done)
            continue;
        if (m->d->kind == DESC_NODE) {
            result = node_move(m, v.base, v.bytes);
            if (result < 0)
                return progress->done > 0 ? (result_t)progress->done : result;
            progress->done += (uint64_t)result;
            result = (uint64_t)result == v.bytes ? 0 : (result_t)progress->done;
        } else {
            result = move_counted(m, v.base + skip, v.bytes - skip);
        }
        if (result)
            return result;
    }
    return (result_t)progress->done;
}

static result_t vectored(struct trap *x, bool write)
{
    struct move m = {.trap = x, .write = write};
    result_t result = move_descriptor(x, write, &m.d);

    if (result)
        return result;
    if (m.d->kind == DESC_FILE && (m.d->mode & LINUX_S_IFMT) == LINUX_S_IFDIR)
        return FAIL(EISDIR);
    result = vector_bytes(x, x->arg[1], x->arg[2]);
    return result <= 0 ? result : vector_move(&m, x->arg[1], x->arg[2]);
}

result_t call_readv(struct trap *x)
{
    return vectored(x, false);
}

result_t call_writev(struct trap *x)
{
    return vectored(x, true);
}
