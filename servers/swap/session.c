/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.c - clients, their handles and their objects.
 *
 * S1  a session's badge is in use by no other session, now or before in this boot as far as
 *     32,768 generations reach
 * S2  a session is on the list `due` exactly if something happened that it was not told
 */
#include "session.h"

#include "desk.h"
#include "direct.h"
#include "orphan.h"
#include "reach.h"
#include "reserve.h"
#include "rt.h"
#include "start.h"
#include "status.h"
#include "store.h"

#include <stdlib.h>

enum session_slot { AT_ENDPOINT, AT_RECEIVED, AT_BITS, SESSION_SLOTS };

#define GENERATION_MASK 0x7fffu
#define SESSION_BLOCKS  2u /* of the table of handles: its first leaf, and the middle above */

static struct session *sessions[SESSIONS];
static uint32_t generation[SESSIONS];
static struct list due;
static uint32_t starved; /* sessions that are */

void sessions_init(void)
{
    list_init(&due);
    orphans_init();
}

struct session *session_of(uint64_t badge)
{
    struct session *s = sessions[badge % SESSIONS];

    return s != NULL && s->badge == badge ? s : NULL;
}

struct session *session_paying(uint32_t bank)
{
    static unsigned last;

    if (sessions[last] != NULL && sessions[last]->bank == bank)
        return sessions[last];
    for (unsigned i = 0; i < SESSIONS; i++)
        if (sessions[i] != NULL && sessions[i]->bank == bank) {
            last = i;
            return sessions[i];
        }
    return NULL;
}

static struct session *session_new(void)
{
    struct session *s;
    unsigned i = 0;

    while (i < SESSIONS && sessions[i] != NULL)
        i++;
    if (i == SESSIONS)
        return NULL;
    s = calloc(1, sizeof(*s));
    if (s == NULL)
        return NULL;
    s->slots = slots_alloc(SESSION_SLOTS);
    if (s->slots == CAP_NULL) {
        free(s);
        return NULL;
    }
    generation[i] = (generation[i] + 1) & GENERATION_MASK;
    s->badge = SESSION_BADGE | generation[i] << 16 | i;
    list_init(&s->due);
    if (places_all() > 0 && reserve_want(SESSION_BLOCKS))
        s->blocks = SESSION_BLOCKS;
    sessions[i] = s;
    status->sessions++;
    return s;
}

static void session_free(struct session *s)
{
    sessions[s->badge % SESSIONS] = NULL;
    status->sessions--;
    reserve_unwant(s->blocks);
    starved -= s->starved;
    desk_close(s);
    list_remove(&s->due);
    cap_delete(s->slots, SESSION_SLOTS);
    slots_free(s->slots, SESSION_SLOTS);
    free(s);
}

enum err session_open(const struct session_facts *facts, cap_t notification, struct session **made,
                      cap_t *endpoint)
{
    struct session *s = session_new();
    enum err e;

    if (s == NULL)
        return ERR_LIMIT;
    s->maker = facts->maker;
    s->label = facts->label;
    s->bank = facts->bank;
    s->object_limit = facts->objects;
    e = cap_derive(SLOT_ENDPOINT, s->slots + AT_ENDPOINT, RIGHT_WRITE | RIGHT_GRANT, s->badge);
    if (e == ERR_OK)
        e = cap_derive(notification, s->slots + AT_BITS, RIGHT_WRITE, (word_t)1 << facts->bit);
    if (e == ERR_OK)
        e = cap_move(notification, s->slots + AT_RECEIVED, 1);
    if (e != ERR_OK) {
        session_free(s);
        return e;
    }
    *made = s;
    *endpoint = s->slots + AT_ENDPOINT;
    return ERR_OK;
}

static enum err copy_handles(struct session *to, const struct session *from)
{
    for (uint32_t i = table_next(&from->handle, 0); i < TABLE_SIZE;
         i = table_next(&from->handle, i + 1)) {
        struct page *p = handle_page(from, i);

        if (p->count == PAGE_COUNT_MAX || !table_prepare(&to->handle, i, 1))
            return ERR_LIMIT;
        p->count++;
        handle_set(to, i, p);
    }
    return ERR_OK;
}

static void drop_all(struct session *s)
{
    wants_end(s);
    directs_end(s);
    for (uint32_t i = table_next(&s->handle, 0); i < TABLE_SIZE; i = table_next(&s->handle, i + 1))
        handle_drop(s, i);
    table_end(&s->handle);
    for (uint32_t i = 0; i < SESSION_OBJECTS; i++)
        if (s->object[i] != NULL)
            object_leave(s->object[i]);
}

enum err session_copy(struct session *to, const struct session *from)
{
    enum err e = copy_handles(to, from);

    if (e != ERR_OK) {
        drop_all(to);
        return e;
    }
    for (uint32_t i = 0; i < SESSION_OBJECTS; i++) {
        to->object[i] = from->object[i];
        if (to->object[i] != NULL)
            object_join(to->object[i]);
    }
    return ERR_OK;
}

uint32_t session_close(struct session *s)
{
    uint32_t handles = s->handle.used;

    drop_all(s);
    orphans_drop(s->bank);
    reach_forget(s->bank);
    session_free(s);
    return handles;
}

void session_due(struct session *s)
{
    if (list_empty(&s->due))
        list_push_back(&due, &s->due);
}

void session_starve(struct session *s)
{
    starved += !s->starved;
    s->starved = true;
}

void sessions_starved(void)
{
    for (unsigned i = 0; i < SESSIONS && starved > 0; i++)
        if (sessions[i] != NULL && sessions[i]->starved) {
            sessions[i]->starved = false;
            starved--;
            session_due(sessions[i]);
        }
}

void sessions_tell(void)
{
    struct list *link;

    while ((link = list_pop(&due)) != NULL)
        sys_signal(LIST_MEMBER(link, struct session, due)->slots + AT_BITS);
}

/* ---- handles ---- */

struct page *handle_page(const struct session *s, uint32_t handle)
{
    uint32_t entry = table_get(&s->handle, handle);

    return entry == 0 ? NULL : page_at(entry & ENTRY_PAGE);
}

uint32_t handles_find(struct session *s, uint32_t count, uint32_t *first)
{
    uint32_t got = table_find_run(&s->handle, count, SWAP_HANDLE_MAX + 1, first);

    return got > 0 && table_prepare(&s->handle, *first, got) ? got : 0;
}

void handle_set(struct session *s, uint32_t handle, struct page *p)
{
    if (!table_set(&s->handle, handle, p->number))
        die("a handle has no block");
    status->handles++;
}

void handle_drop(struct session *s, uint32_t handle)
{
    uint32_t entry = table_get(&s->handle, handle);
    struct page *p = page_at(entry & ENTRY_PAGE);
    struct frame *f = frame_of(p);

    if (f != NULL) {
        want_drop(s, f);
        direct_forget(f, s);
    }
    table_set(&s->handle, handle, 0);
    status->handles--;
    page_unname(p, entry & ENTRY_MARK);
}

enum err session_object(uint64_t badge, uint32_t handle, struct session **s, struct object **o)
{
    *s = session_of(badge);
    if (*s == NULL)
        return ERR_REFUSED;
    *o = handle - 1 < SESSION_OBJECTS ? (*s)->object[handle - 1] : NULL;
    return *o == NULL ? ERR_BAD_HANDLE : ERR_OK;
}
