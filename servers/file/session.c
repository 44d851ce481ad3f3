/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.c - clients, what they have open, and where each description stands.
 *
 * S1  a description's `handles` is the number of table places that point to it, over all
 *     sessions; it holds its node
 * S2  a session's badge is in use by no other session, now or before in this boot as far as
 *     32,768 generations reach
 */
#include "session.h"

#include "dirty.h"
#include "file.h"
#include "op.h"
#include "rt.h"
#include "start.h"
#include "want.h"

#include <stdlib.h>

enum session_slot { AT_ENDPOINT, AT_RECEIVED, AT_BITS, SESSION_SLOTS };

#define HANDLES_FIRST   16u
#define GENERATION_MASK 0x7fffu

struct session *session_table[SESSIONS];
static uint32_t generation[SESSIONS];
static uint32_t descriptions;

void sessions_init(void)
{
    for (unsigned i = 0; i < SESSIONS; i++)
        session_table[i] = NULL;
    descriptions = 0;
}

static struct session *session_new(void)
{
    struct session *s;
    unsigned i = 0;

    while (i < SESSIONS && session_table[i] != NULL)
        i++;
    if (i == SESSIONS)
        return NULL;
    s = calloc(1, sizeof(*s));
    if (s == NULL)
        return NULL;
    generation[i] = (generation[i] + 1) & GENERATION_MASK;
    s->badge = SESSION_BADGE | generation[i] << 16 | i;
    list_init(&s->wants);
    list_init(&s->ops);
    s->slots = slots_alloc(SESSION_SLOTS);
    if (s->slots == CAP_NULL) {
        free(s);
        return NULL;
    }
    session_table[i] = s;
    return s;
}

static void session_free(struct session *s)
{
    session_table[s->badge % SESSIONS] = NULL;
    cap_delete(s->slots, SESSION_SLOTS);
    slots_free(s->slots, SESSION_SLOTS);
    free(s->handle);
    free(s);
}

enum err session_open(uint32_t maker, cap_t notification, uint32_t bit, uint32_t label,
                      struct session **opened, cap_t *endpoint)
{
    struct session *s = session_new();
    enum err e;

    if (s == NULL)
        return ERR_LIMIT;
    s->maker = maker;
    s->label = label;
    e = cap_derive(SLOT_ENDPOINT, s->slots + AT_ENDPOINT, RIGHT_WRITE | RIGHT_GRANT, s->badge);
    if (e == ERR_OK)
        e = cap_derive(notification, s->slots + AT_BITS, RIGHT_WRITE, (word_t)1 << bit);
    if (e == ERR_OK)
        e = cap_move(notification, s->slots + AT_RECEIVED, 1);
    if (e != ERR_OK) {
        session_free(s);
        return e;
    }
    *opened = s;
    *endpoint = s->slots + AT_ENDPOINT;
    return ERR_OK;
}

uint32_t session_close(struct session *s)
{
    uint32_t open = s->open;

    wants_end(s);
    ops_end(s);
    for (uint32_t handle = 1; handle <= s->length; handle++)
        handle_close(s, handle);
    session_free(s);
    return open;
}

void session_tell(struct session *s)
{
    sys_signal(s->slots + AT_BITS);
}

void sessions_tell_starved(void)
{
    for (unsigned i = 0; i < SESSIONS; i++) {
        struct session *s = session_table[i];

        if (s != NULL && s->starved) {
            s->starved = false;
            session_tell(s);
        }
    }
}

/* The table twice as long. */
static bool handles_grow(struct session *s)
{
    uint32_t length = s->length == 0 ? HANDLES_FIRST : 2 * s->length;
    struct description **longer;

    if (length > SESSION_HANDLES)
        return false;
    longer = realloc(s->handle, length * sizeof(struct description *));
    if (longer == NULL)
        return false;
    for (uint32_t i = s->length; i < length; i++)
        longer[i] = NULL;
    s->handle = longer;
    s->length = length;
    return true;
}

enum err handle_share(struct session *s, struct description *d, uint32_t *handle)
{
    uint32_t i = 0;

    if (s->open == s->length && !handles_grow(s))
        return ERR_LIMIT;
    while (s->handle[i] != NULL)
        i++;
    s->handle[i] = d;
    s->open++;
    d->handles++;
    *handle = i + 1;
    return ERR_OK;
}

static void description_free(struct description *d)
{
    struct node *n = d->node;

    n->executors -= (d->flags & FILE_EXECUTE) != 0;
    if (d->flags & FILE_WRITE && --n->writers == 0)
        dirty_unlend(n);
    node_drop(n);
    free(d);
    descriptions--;
}

enum err handle_open(struct session *s, struct node *n, uint32_t flags, uint32_t *handle)
{
    struct description *d = descriptions < DESCRIPTIONS ? malloc(sizeof(*d)) : NULL;
    enum err e;

    if (d == NULL) {
        node_drop(n);
        return ERR_LIMIT;
    }
    *d = (struct description){.flags = flags, .node = n, .touched = UINT32_MAX};
    ahead_init(&d->ahead);
    descriptions++;
    n->writers += (flags & FILE_WRITE) != 0;
    n->executors += (flags & FILE_EXECUTE) != 0;
    e = handle_share(s, d, handle);
    if (e != ERR_OK)
        description_free(d);
    return e;
}

enum err handle_close(struct session *s, uint32_t handle)
{
    struct description *d = handle_of(s, handle);

    if (d == NULL)
        return ERR_BAD_HANDLE;
    s->handle[handle - 1] = NULL;
    s->open--;
    if (--d->handles == 0)
        description_free(d);
    return ERR_OK;
}
