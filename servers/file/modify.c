/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * modify.c - calls that change names, files and what is on the disk.
 *
 * A path is walked up to its last name; that is looked up in its directory, what it stands for is
 * checked as Linux checks it, and then the change is made (change.h). What is in memory of it
 * follows: names, and the facts of the nodes concerned. Only the fiber comes here: nothing else
 * changes names meanwhile.
 */
#include "modify.h"

#include "change.h"
#include "cut.h"
#include "dirty.h"
#include "extent.h"
#include "file.h"
#include "name.h"
#include "volume.h"
#include "write_back.h"

#include <string.h>

#define NAME_BYTES 255u

/* A path's end: a name in a directory, and what it stands for. */
struct place {
    struct node *directory; /* held */
    struct node *node;      /* held; NULL: nothing */
    char name[NAME_BYTES + 1];
    bool slash; /* something behind it says that it is a directory */
    bool dots;  /* it is no name: the root, . or .. */
};

static void place_end(struct place *p)
{
    if (p->directory != NULL)
        node_drop(p->directory);
    if (p->node != NULL)
        node_drop(p->node);
    p->directory = p->node = NULL;
}

/* The path's part before its last name, walked. */
static enum err directory_find(const char *path, unsigned bytes, uint32_t from, struct place *p)
{
    static struct walk w; /* only the fiber comes here */
    enum err e;

    if (bytes == 0) {
        e = walk_node(from, true, &p->directory);
    } else {
        memcpy(w.path, path, bytes);
        e = walk_begin(&w, from, bytes, false);
        w.may_wait = true;
        if (e == ERR_OK)
            e = walk_run(&w);
        p->directory = e == ERR_OK ? w.at : NULL;
    }
    if (e == ERR_OK && (!node_is(p->directory, NODE_DIRECTORY)))
        e = ERR_NOT_DIR;
    if (e == ERR_OK && p->directory->is.links == 0)
        e = ERR_NOT_FOUND;
    return e;
}

static enum err name_find_in(struct place *p)
{
    unsigned length = (unsigned)strlen(p->name);
    uint32_t inode;
    enum err e = ERR_OK;

    if (!name_find(p->directory->inode, p->name, length, &inode)) {
        e = volume_lookup(p->directory->inode, p->name, length, &inode);
        if (e == ERR_NOT_FOUND)
            inode = NAME_NONE;
        else if (e != ERR_OK)
            return e;
        name_enter(p->directory->inode, p->name, length, inode);
    }
    return inode == NAME_NONE ? ERR_OK : walk_node(inode, true, &p->node);
}

/* Where the path ends; its last name may stand for nothing. */
static enum err place_find(const char *path, unsigned bytes, uint32_t from, struct place *p)
{
    unsigned end = bytes, start;
    enum err e;

    *p = (struct place){.directory = NULL};
    if (bytes == 0)
        return ERR_NOT_FOUND;
    if (memchr(path, '\0', bytes) != NULL)
        return ERR_BAD_ARG;
    while (end > 0 && path[end - 1] == '/')
        end--;
    for (start = end; start > 0 && path[start - 1] != '/';)
        start--;
    if (end - start > NAME_BYTES)
        return ERR_NAME_LONG;
    memcpy(p->name, path + start, end - start);
    p->slash = end < bytes;
    p->dots = end == 0 || strcmp(p->name, ".") == 0 || strcmp(p->name, "..") == 0;
    e = directory_find(path, end == 0 ? 1 : start, from, p);
    if (e == ERR_OK && !p->dots)
        e = name_find_in(p);
    if (e != ERR_OK)
        place_end(p);
    return e;
}

/* ---- what is in memory follows ---- */

static void name_is(const struct place *p, uint32_t inode)
{
    name_enter(p->directory->inode, p->name, (unsigned)strlen(p->name), inode);
}

/* What a change of names has done to an inode. */
static void refresh(struct node *n)
{
    struct node_facts now;

    if (volume_facts(n->inode, &now) != ERR_OK)
        return;
    n->is.links = now.links;
    n->is.ctime = now.ctime;
    if (!node_is(n, NODE_DIRECTORY))
        return;
    n->is.mtime = now.mtime;
    n->is.size = now.size;
    n->is.blocks512 = now.blocks512;
    extents_drop(n);
}

static struct change_name change_name_of(const struct place *p)
{
    return (struct change_name){p->directory->inode, p->name};
}

/* ---- what is new ---- */

/* A symbolic link where a file shall be made: on at what it says. */
static enum err link_follow(struct modify *m, struct place *p)
{
    enum err e = walk_target(p->node, true);

    if (e != ERR_OK)
        return e;
    m->bytes[0] = (uint16_t)strlen(p->node->target);
    memcpy(m->path[0], p->node->target, m->bytes[0]);
    m->directory[0] = p->directory->inode;
    return ERR_OK;
}

static enum err create_here(struct modify *m, struct place *p)
{
    struct change_name name = change_name_of(p);
    uint32_t inode;
    enum err e;

    if (p->slash)
        return ERR_IS_DIR;
    if (change_read_only())
        return ERR_READ_ONLY;
    e = change_create(&name, NODE_REGULAR | (m->mode & 07777), &inode);
    if (e != ERR_OK)
        return e;
    name_is(p, inode);
    refresh(p->directory);
    return walk_node(inode, true, &m->node);
}

/* The file that the path names, made if there is none. */
static enum err create(struct modify *m)
{
    for (unsigned links = 0;; links++) {
        struct place p;
        enum err e = place_find(m->path[0], m->bytes[0], m->directory[0], &p);
        bool follow = false;

        if (e != ERR_OK)
            return e;
        if (p.dots)
            e = m->flags & FILE_EXCLUSIVE ? ERR_EXISTS : ERR_IS_DIR;
        else if (p.node == NULL)
            e = create_here(m, &p);
        else if (m->flags & FILE_EXCLUSIVE)
            e = ERR_EXISTS;
        else if (node_is(p.node, NODE_LINK) && m->flags & FILE_NOFOLLOW)
            e = ERR_LOOP;
        else if (node_is(p.node, NODE_LINK)) {
            follow = true;
            e = links == WALK_LINKS ? ERR_LOOP : link_follow(m, &p);
        } else {
            m->node = node_share(p.node);
        }
        place_end(&p);
        if (e != ERR_OK || !follow)
            return e;
    }
}

/* A directory, or a symbolic link. */
static enum err make(struct modify *m, unsigned which)
{
    struct place p;
    struct change_name name;
    uint32_t inode;
    enum err e = place_find(m->path[which], m->bytes[which], m->directory[which], &p);

    if (e != ERR_OK)
        return e;
    name = change_name_of(&p);
    if (p.dots || p.node != NULL)
        e = ERR_EXISTS;
    else if (change_read_only())
        e = ERR_READ_ONLY;
    else if (m->kind == MODIFY_SYMLINK && p.slash)
        e = ERR_NOT_FOUND;
    else if (m->kind == MODIFY_SYMLINK)
        e = change_symlink(&name, m->path[0], &inode);
    else
        e = change_create(&name, NODE_DIRECTORY | (m->mode & 07777), &inode);
    if (e == ERR_OK) {
        name_is(&p, inode);
        refresh(p.directory);
    }
    place_end(&p);
    return e;
}

/* ---- what goes ---- */

static enum err empty_check(const struct node *n)
{
    bool empty;
    enum err e = change_empty(n->inode, &empty);

    return e == ERR_OK && !empty ? ERR_DIR_NOT_EMPTY : e;
}

static enum err remove_directory_check(const struct place *p)
{
    if (p->dots)
        return p->name[0] == '\0'          ? ERR_BUSY
               : strcmp(p->name, ".") == 0 ? ERR_BAD_ARG
                                           : ERR_DIR_NOT_EMPTY;
    if (p->node == NULL)
        return ERR_NOT_FOUND;
    if (!node_is(p->node, NODE_DIRECTORY))
        return ERR_NOT_DIR;
    return empty_check(p->node);
}

static enum err remove_check(const struct place *p)
{
    if (p->dots)
        return ERR_IS_DIR;
    if (p->node == NULL)
        return ERR_NOT_FOUND;
    if (node_is(p->node, NODE_DIRECTORY))
        return ERR_IS_DIR;
    return p->slash ? ERR_NOT_DIR : ERR_OK;
}

static enum err remove_name(struct modify *m)
{
    struct place p;
    struct change_name name;
    enum err e = place_find(m->path[0], m->bytes[0], m->directory[0], &p);

    if (e != ERR_OK)
        return e;
    name = change_name_of(&p);
    e = m->flags & FILE_REMOVE_DIRECTORY ? remove_directory_check(&p) : remove_check(&p);
    if (e == ERR_OK)
        e = change_unlink(&name, p.node->inode);
    if (e == ERR_OK) {
        name_is(&p, NAME_NONE);
        refresh(p.directory);
        refresh(p.node);
    }
    place_end(&p);
    return e;
}

/* ---- other names ---- */

/* Is `n` the directory, or one that it lies in? */
static enum err within(const struct node *n, uint32_t directory, bool *is)
{
    enum err e = ERR_OK;
    uint32_t at = directory;

    *is = at == n->inode;
    for (unsigned depth = 0; e == ERR_OK && !*is && at != WALK_ROOT; depth++) {
        e = depth > WALK_PATH_MAX ? ERR_LOOP : volume_lookup(at, "..", 2, &at);
        *is = at == n->inode;
    }
    return e;
}

static enum err rename_check(const struct modify *m, const struct place *from,
                             const struct place *to)
{
    bool directory, inside = false;
    enum err e;

    if (from->dots || to->dots)
        return ERR_BUSY;
    if (from->node == NULL)
        return ERR_NOT_FOUND;
    directory = node_is(from->node, NODE_DIRECTORY);
    if (m->flags & FILE_NO_REPLACE && to->node != NULL)
        return ERR_EXISTS;
    if (!directory && (from->slash || to->slash))
        return ERR_NOT_DIR;
    e = directory ? within(from->node, to->directory->inode, &inside) : ERR_OK;
    if (e != ERR_OK || inside)
        return inside ? ERR_BAD_ARG : e;
    if (to->node == NULL || to->node == from->node)
        return ERR_OK;
    if (directory != node_is(to->node, NODE_DIRECTORY))
        return directory ? ERR_NOT_DIR : ERR_IS_DIR;
    if (!directory)
        return ERR_OK;
    e = within(to->node, from->directory->inode, &inside);
    return e != ERR_OK ? e : inside ? ERR_DIR_NOT_EMPTY : empty_check(to->node);
}

static enum err rename_places(const struct modify *m, struct place *from, struct place *to)
{
    struct change_name old = change_name_of(from), new = change_name_of(to);
    enum err e = rename_check(m, from, to);

    if (e != ERR_OK || to->node == from->node)
        return e;
    e = change_rename(&old, &new, from->node->inode, to->node != NULL ? to->node->inode : 0);
    if (e != ERR_OK)
        return e;
    if (node_is(from->node, NODE_DIRECTORY))
        names_forget(from->node->inode); /* its .. is another */
    name_is(from, NAME_NONE);
    name_is(to, from->node->inode);
    refresh(from->directory);
    refresh(to->directory);
    refresh(from->node);
    if (to->node != NULL)
        refresh(to->node);
    return ERR_OK;
}

static enum err rename_path(struct modify *m)
{
    struct place from, to;
    enum err e = place_find(m->path[0], m->bytes[0], m->directory[0], &from);

    if (e != ERR_OK)
        return e;
    e = place_find(m->path[1], m->bytes[1], m->directory[1], &to);
    if (e == ERR_OK) {
        e = rename_places(m, &from, &to);
        place_end(&to);
    }
    place_end(&from);
    return e;
}

/* What gets one more name, held in m->node. */
static enum err link_source(struct modify *m)
{
    static struct walk w; /* only the fiber comes here */
    enum err e;

    if (m->node != NULL)
        return ERR_OK;
    memcpy(w.path, m->path[0], m->bytes[0]);
    e = walk_begin(&w, m->directory[0], m->bytes[0], !(m->flags & FILE_FOLLOW));
    w.may_wait = true;
    if (e == ERR_OK)
        e = walk_run(&w);
    if (e == ERR_OK)
        m->node = w.at;
    return e;
}

static enum err link_path(struct modify *m)
{
    struct place to;
    struct change_name name;
    enum err e = link_source(m);

    if (e == ERR_OK)
        e = place_find(m->path[1], m->bytes[1], m->directory[1], &to);
    if (e != ERR_OK)
        return e;
    name = change_name_of(&to);
    if (to.dots || to.node != NULL)
        e = ERR_EXISTS;
    else if (node_is(m->node, NODE_DIRECTORY))
        e = ERR_REFUSED;
    else if (to.slash || m->node->is.links == 0)
        e = ERR_NOT_FOUND;
    else
        e = change_link(&name, m->node->inode);
    if (e == ERR_OK) {
        name_is(&to, m->node->inode);
        refresh(to.directory);
        refresh(m->node);
    }
    place_end(&to);
    return e;
}

/* ---- onto the disk ---- */

static enum err sync_node(struct node *n)
{
    enum err e, committed;

    if (change_read_only())
        return change_lost() || n->facts_dirty || n->dirty_pages > 0 ? ERR_IO : ERR_OK;
    e = write_back_file(n);
    if (e == ERR_OK)
        e = write_back_facts(n);
    committed = change_commit();
    return e == ERR_OK ? committed : e;
}

static enum err sync_volume(uint32_t flags)
{
    enum err e, committed;

    if (change_read_only())
        return change_lost() || dirty_first() != NULL ? ERR_IO : ERR_OK;
    e = write_back_all();
    committed = flags & FILE_SYNC_REST ? change_rest() : change_commit();
    return e == ERR_OK ? committed : e;
}

enum err modify_run(struct modify *m)
{
    switch (m->kind) {
    case MODIFY_CREATE:
        return create(m);
    case MODIFY_MKDIR:
        return make(m, 0);
    case MODIFY_SYMLINK:
        return make(m, 1);
    case MODIFY_REMOVE:
        return remove_name(m);
    case MODIFY_RENAME:
        return rename_path(m);
    case MODIFY_LINK:
        return link_path(m);
    case MODIFY_CUT:
        return cut_file(m->node, m->size);
    case MODIFY_SYNC:
        return m->node != NULL ? sync_node(m->node) : sync_volume(m->flags);
    }
    return ERR_BAD_OP;
}

void modify_end(struct modify *m)
{
    if (m->node != NULL)
        node_drop(m->node);
    m->node = NULL;
}
