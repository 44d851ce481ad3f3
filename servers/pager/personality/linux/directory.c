/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * directory.c - calls about the current directory, and what directories hold.
 */
#include "node.h"

#include <stdio.h>

result_t call_getcwd(struct trap *x)
{
    struct person *p = x->person;
    size_t bytes = strlen(p->cwd) + 1;
    result_t fault;

    if (x->arg[1] < bytes)
        return FAIL(ERANGE);
    fault = user_write(x, x->arg[0], p->cwd, bytes);
    return fault ? fault : (result_t)bytes;
}

/* Goes to the directory that person->canonical names. */
static void directory_enter(struct trap *x, uint32_t handle, bool node)
{
    struct person *p = x->person;

    if (p->cwd_handle != FILE_AT_ROOT)
        handle_close(x->task, p->cwd_handle);
    p->cwd_handle = handle;
    p->cwd_node = node;
    memcpy(p->cwd, p->canonical, sizeof(p->cwd));
}

result_t call_chdir(struct trap *x)
{
    struct file_open_reply r = {0};
    struct place place;
    result_t fault = user_path(x, x->arg[0], false);

    if (!fault)
        fault = place_find(x, LINUX_AT_FDCWD, true, &place);
    if (fault)
        return fault;
    if (place.node != NODE_NONE) {
        if ((node_table[place.node].mode & LINUX_S_IFMT) != LINUX_S_IFDIR)
            return FAIL(ENOTDIR);
        directory_enter(x, FILE_AT_ROOT, true);
        return 0;
    }
    fault = result_of(place_open(x, &place, FILE_PATH | FILE_DIRECTORY, &r));
    if (!fault)
        directory_enter(x, r.handle, false);
    return fault;
}

/* getdents64 of a directory of ours: *offset is the number of the next child. */
static size_t node_list(const struct person *p, int node, uint64_t *offset, uint8_t *to,
                        size_t room)
{
    static const char *const dots[2] = {".", ".."};
    size_t used = 0;

    for (;; ++*offset) {
        struct linux_dirent *entry = (struct linux_dirent *)(to + used);
        char name[24];
        int child = node;
        size_t bytes;

        if (*offset < 2)
            snprintf(name, sizeof(name), "%s", dots[*offset]);
        else
            child = node_child(node, (unsigned)*offset - 2, p->pid, name);
        bytes = (offsetof(struct linux_dirent, name) + strlen(name) + 1 + 7) & ~(size_t)7;
        if (child == NODE_NONE || bytes > room - used)
            return used;
        memset(entry, 0, bytes);
        entry->ino = (uint64_t)child + 1;
        entry->offset = (int64_t)*offset + 1;
        entry->bytes = (uint16_t)bytes;
        entry->type = (uint8_t)((node_table[child].mode & LINUX_S_IFMT) >> 12);
        memcpy(entry->name, name, strlen(name));
        used += bytes;
    }
}

result_t call_getdents64(struct trap *x)
{
    struct person *p = x->person;
    struct description *d = fd_get(&p->fds, x->arg[0]);
    size_t room = x->arg[2] < sizeof(p->scratch) ? x->arg[2] : sizeof(p->scratch);
    struct passing pass = lend_own(p->scratch, room, RIGHT_WRITE);
    struct file_list_reply r = {0};
    result_t fault;

    if (!d)
        return FAIL(EBADF);
    if ((d->mode & LINUX_S_IFMT) != LINUX_S_IFDIR)
        return FAIL(ENOTDIR);
    if (room < sizeof(struct linux_dirent) + 8)
        return FAIL(EINVAL);
    fault = user_ready(x, x->arg[1], room); /* what is listed cannot be listed again */
    if (fault)
        return fault;
    if (d->kind == DESC_NODE) {
        r.bytes = (uint32_t)node_list(p, d->which, &d->offset, p->scratch, room);
    } else {
        struct file_list_req q = {.handle = d->handle, .bytes = (uint32_t)room};

        fault = result_of(file_list(x->task->file, &q, &r, &pass));
        if (fault)
            return fault;
    }
    fault = user_write(x, x->arg[1], p->scratch, r.bytes < room ? r.bytes : room);
    return fault ? fault : (result_t)r.bytes;
}
