/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node.c - see node.h.
 */
#include "node.h"

#include <stdio.h>

const struct node_facts node_table[NODE_COUNT] = {
#define X(name, path, mode, device) [NODE_##name] = {path, mode, device},
    NODES(X)
#undef X
};

#define SELF_PATH "/proc/self"

/* Length of "/proc/PID" at the path's beginning, if that is the program's own; else 0. */
static size_t own_prefix(const char *path, uint32_t pid)
{
    char own[24];
    size_t length = (size_t)snprintf(own, sizeof(own), "/proc/%u", (unsigned)pid);

    if (strncmp(path, own, length) != 0 || (path[length] != '/' && path[length] != '\0'))
        return 0;
    return length;
}

int node_find(const char *canonical, uint32_t pid)
{
    size_t own = own_prefix(canonical, pid);

    for (int i = 0; i < NODE_COUNT; i++) {
        const char *path = node_table[i].path;

        if (own == 0 ? strcmp(path, canonical) == 0
                     : strncmp(path, SELF_PATH, sizeof(SELF_PATH) - 1) == 0 &&
                           strcmp(path + sizeof(SELF_PATH) - 1, canonical + own) == 0)
            return i;
    }
    return NODE_NONE;
}

int node_child(int directory, unsigned n, uint32_t pid, char name[24])
{
    const char *parent = node_table[directory].path;
    size_t length = strlen(parent);

    for (int i = 0; i < NODE_COUNT; i++) {
        const char *path = node_table[i].path;

        if (strncmp(path, parent, length) != 0 || path[length] != '/' ||
            strchr(path + length + 1, '/'))
            continue;
        if (n-- > 0)
            continue;
        snprintf(name, 24, "%s", path + length + 1);
        return i;
    }
    if (directory != NODE_PROC || n > 0)
        return NODE_NONE;
    snprintf(name, 24, "%u", (unsigned)pid); /* /proc lists processes by number, too */
    return NODE_SELF;
}

const char *node_target(const struct person *p, int node)
{
    return node == NODE_SELF_EXE ? p->argv.at : p->cwd;
}

/* Fills the program's buffer from our scratch, chunk by chunk. */
static result_t device_read(struct trap *x, int node, uint64_t to, size_t bytes)
{
    struct person *p = x->person;
    result_t fault = user_ready(x, to, bytes);

    if (fault)
        return fault;
    memset(p->scratch, 0, sizeof(p->scratch));
    for (size_t done = 0; done < bytes;) {
        size_t chunk = bytes - done < sizeof(p->scratch) ? bytes - done : sizeof(p->scratch);

        if (node == NODE_DEV_RANDOM || node == NODE_DEV_URANDOM)
            random_bytes(&p->random, p->scratch, chunk);
        fault = user_write(x, to + done, p->scratch, chunk);
        if (fault)
            return fault;
        done += chunk;
    }
    return (result_t)bytes;
}

result_t node_read(struct trap *x, int node, uint64_t *offset, uint64_t to, size_t bytes)
{
    struct person *p = x->person;
    size_t got;
    result_t fault;

    if (LINUX_S_IFDIR == (node_table[node].mode & LINUX_S_IFMT))
        return FAIL(EISDIR);
    if (node == NODE_DEV_NULL)
        return 0;
    if (LINUX_S_IFCHR == (node_table[node].mode & LINUX_S_IFMT))
        return device_read(x, node, to, bytes);
    if (bytes > sizeof(p->scratch))
        bytes = sizeof(p->scratch);
    got = proc_text(x->task, node, *offset, (char *)p->scratch, bytes);
    fault = user_write(x, to, p->scratch, got);
    if (fault)
        return fault;
    *offset += got;
    return (result_t)got;
}

result_t node_write(struct trap *x, int node, size_t bytes)
{
    (void)x;
    if (node == NODE_DEV_FULL)
        return FAIL(ENOSPC);
    return LINUX_S_IFCHR == (node_table[node].mode & LINUX_S_IFMT) ? (result_t)bytes : FAIL(EBADF);
}
