/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk.c - from a path to a node.
 *
 * One step takes one component: its name to an inode, the inode to a node; a link is put
 * in place of what was walked, in front of what is left. Between steps all state is in
 * struct walk, so a step that cannot go on is just made again.
 */
#include "walk.h"

#include "name.h"
#include "volume.h"

#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 255u

enum err walk_node(uint32_t inode, bool may_wait, struct node **n)
{
    struct node_facts facts;
    enum err e;

    *n = node_hold(inode);
    if (*n != NULL)
        return ERR_OK;
    if (!may_wait)
        return ERR_PENDING;
    e = volume_inode(inode, &facts);
    if (e != ERR_OK)
        return e;
    *n = node_hold(inode); /* it may have come while this waited */
    if (*n == NULL)
        *n = node_enter(inode, &facts);
    return *n == NULL ? ERR_LIMIT : ERR_OK;
}

enum err walk_target(struct node *n, bool may_wait)
{
    char text[WALK_PATH_MAX];
    unsigned length;
    enum err e;

    if (n->target != NULL)
        return ERR_OK;
    if (!may_wait)
        return ERR_PENDING;
    e = volume_link(n->inode, text, sizeof(text), &length);
    if (e != ERR_OK)
        return e;
    if (length == 0 || memchr(text, '\0', length) != NULL)
        return ERR_NOT_FOUND;
    n->target = malloc(length + 1);
    if (n->target == NULL)
        return ERR_NO_MEMORY;
    memcpy(n->target, text, length);
    n->target[length] = '\0';
    return ERR_OK;
}

enum err walk_begin(struct walk *w, uint32_t directory, unsigned bytes, bool nofollow)
{
    if (bytes > WALK_PATH_MAX)
        return ERR_NAME_LONG;
    if (bytes == 0)
        return ERR_NOT_FOUND;
    if (memchr(w->path, '\0', bytes) != NULL)
        return ERR_BAD_ARG;
    w->at = NULL;
    w->start = w->path[0] == '/' ? WALK_ROOT : directory;
    w->pos = 0;
    w->end = (uint16_t)bytes;
    w->links = 0;
    w->nofollow = nofollow;
    w->may_wait = false;
    return ERR_OK;
}

void walk_end(struct walk *w)
{
    if (w->at != NULL)
        node_drop(w->at);
    w->at = NULL;
}

static unsigned component(const struct walk *w)
{
    unsigned n = 0;

    while (w->pos + n < w->end && w->path[w->pos + n] != '/')
        n++;
    return n;
}

/* The path's slashes from `pos` on: where the next component begins. */
static unsigned skip_slashes(const struct walk *w, unsigned pos)
{
    while (pos < w->end && w->path[pos] == '/')
        pos++;
    return pos;
}

static enum err lookup(struct walk *w, unsigned length, uint32_t *inode)
{
    const char *name = w->path + w->pos;
    enum err e;

    if (length > NAME_BYTES)
        return ERR_NAME_LONG;
    if (length == 2 && name[0] == '.' && name[1] == '.' && w->at->inode == WALK_ROOT) {
        *inode = WALK_ROOT;
        return ERR_OK;
    }
    if (!name_find(w->at->inode, name, length, inode)) {
        if (!w->may_wait)
            return ERR_PENDING;
        e = volume_lookup(w->at->inode, name, length, inode);
        if (e != ERR_OK && e != ERR_NOT_FOUND)
            return e;
        name_enter(w->at->inode, name, length, e == ERR_OK ? *inode : NAME_NONE);
        if (e == ERR_NOT_FOUND)
            return e;
    }
    return *inode == NAME_NONE ? ERR_NOT_FOUND : ERR_OK;
}

/* The link's target goes in front of what is left of the path behind it. */
static enum err follow(struct walk *w, struct node *link, unsigned left_at)
{
    unsigned left = w->end - left_at, length;
    enum err e = walk_target(link, w->may_wait);

    if (e != ERR_OK)
        return e;
    if (w->links == WALK_LINKS)
        return ERR_LOOP;
    length = (unsigned)strlen(link->target);
    if (length + left > WALK_PATH_MAX)
        return ERR_NAME_LONG;
    memmove(w->path + length, w->path + left_at, left);
    memcpy(w->path, link->target, length);
    w->links++;
    w->pos = 0;
    w->end = (uint16_t)(length + left);
    if (w->path[0] == '/') {
        walk_end(w);
        w->start = WALK_ROOT;
    }
    return ERR_OK;
}

/* `child` is what the component of `length` bytes names; held. */
static enum err enter(struct walk *w, struct node *child, unsigned length)
{
    unsigned behind = w->pos + length; /* the slash, or the end */
    bool last = skip_slashes(w, behind) == w->end;
    bool slash = behind < w->end; /* a slash behind it: it must be a directory */

    if (node_is(child, NODE_LINK) && (!last || slash || !w->nofollow)) {
        enum err e = follow(w, child, behind);

        node_drop(child);
        return e;
    }
    node_drop(w->at);
    w->at = child;
    w->pos = (uint16_t)behind;
    return slash && !node_is(child, NODE_DIRECTORY) ? ERR_NOT_DIR : ERR_OK;
}

static enum err step(struct walk *w)
{
    unsigned length = component(w);
    struct node *child;
    uint32_t inode;
    enum err e;

    if (!node_is(w->at, NODE_DIRECTORY))
        return ERR_NOT_DIR;
    if (length == 1 && w->path[w->pos] == '.') {
        w->pos++;
        return ERR_OK;
    }
    e = lookup(w, length, &inode);
    if (e == ERR_OK)
        e = walk_node(inode, w->may_wait, &child);
    return e == ERR_OK ? enter(w, child, length) : e;
}

enum err walk_run(struct walk *w)
{
    enum err e = ERR_OK;

    while (e == ERR_OK) {
        w->pos = (uint16_t)skip_slashes(w, w->pos);
        if (w->at == NULL)
            e = walk_node(w->start, w->may_wait, &w->at);
        else if (w->pos == w->end)
            return ERR_OK;
        else
            e = step(w);
    }
    if (e != ERR_PENDING)
        walk_end(w);
    return e;
}
