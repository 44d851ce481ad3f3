/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.c - what a path means: one of our nodes, or a name for the file server.
 *
 * The disk's own /dev shows through where we have nothing; its /proc does not.
 */
#include "node.h"
#include "start.h"

#define PROC_PREFIX "/proc/"

static result_t place_file(struct place *place, uint32_t at, const char *path)
{
    place->node = NODE_NONE;
    place->at = at;
    place->path = path;
    return 0;
}

static bool node_is_link(int node)
{
    return (node_table[node].mode & LINUX_S_IFMT) == LINUX_S_IFLNK;
}

/* person->canonical is filled; `at` and `path` are what the file server would be told. */
static result_t place_known(struct person *p, bool follow, uint32_t at, const char *path,
                            struct place *place)
{
    int node = node_find(p->canonical, p->pid);

    if (node != NODE_NONE && follow && node_is_link(node)) {
        if (!path_join(p->canonical, sizeof(p->canonical), "/", node_target(p, node)))
            return FAIL(ENAMETOOLONG);
        at = FILE_AT_ROOT;
        path = p->canonical;
        node = node_find(p->canonical, p->pid);
    }
    if (node == NODE_NONE && strncmp(p->canonical, PROC_PREFIX, sizeof(PROC_PREFIX) - 1) == 0)
        return FAIL(ENOENT);
    place_file(place, at, path);
    place->node = node;
    return 0;
}

result_t place_find(struct trap *x, int64_t dir, bool follow, struct place *place)
{
    struct person *p = x->person;
    const char *base = p->cwd;
    bool own = p->cwd_node; /* the path begins at one of our directories */

    if (p->path[0] != '/' && dir != LINUX_AT_FDCWD) {
        const struct description *d = fd_get(&p->fds, (uint64_t)dir);

        if (!d)
            return FAIL(EBADF);
        if ((d->mode & LINUX_S_IFMT) != LINUX_S_IFDIR)
            return FAIL(ENOTDIR);
        if (d->kind == DESC_FILE)
            return place_file(place, d->handle, p->path);
        base = node_table[d->which].path;
        own = true;
    }
    if (!path_join(p->canonical, sizeof(p->canonical), base, p->path))
        return FAIL(ENAMETOOLONG);
    if (own && p->path[0] != '/')
        return place_known(p, follow, FILE_AT_ROOT, p->canonical, place);
    return place_known(p, follow, p->cwd_handle, p->path, place);
}

enum err place_open(struct trap *x, const struct place *place, uint32_t flags,
                    struct file_open_reply *r)
{
    return place_make(x, place, flags, 0, r);
}

enum err place_make(struct trap *x, const struct place *place, uint32_t flags, uint32_t mode,
                    struct file_open_reply *r)
{
    size_t bytes = strlen(place->path);
    struct passing pass = lend_own(place->path, bytes, RIGHT_READ);
    struct file_open_req q = {
        .at = place->at, .flags = flags, .path_bytes = (uint32_t)bytes, .mode = mode};

    return file_open(x->task->file, &q, r, &pass);
}

void handle_close(const struct task *t, uint32_t handle)
{
    struct file_close_req q = {.handle = handle};
    struct file_close_reply r;
    struct passing pass = {0};

    file_close(t->file, &q, &r, &pass);
}
