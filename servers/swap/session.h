/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.h - clients, their handles and their objects.
 *
 * A session's badge names it for good: index and generation. Whoever calls by a badge that init
 * gave is a maker of sessions.
 */
#ifndef SWAP_SESSION_H
#define SWAP_SESSION_H

#include "anon.h"
#include "swap.h"
#include "table.h"
#include "want.h"

#define SESSIONS        256u
#define SESSION_BADGE   0x80000000u /* set in the badge of every session */
#define SESSION_OBJECTS 64u

struct session {
    uint32_t badge, maker; /* whose badge made it */
    uint32_t label, bank;
    cap_t slots;         /* SESSION_SLOTS of them */
    struct table handle; /* to pages; marked: pinned */
    struct table taken;  /* from its client's slots by force, to pages: orphan.h */
    struct object *object[SESSION_OBJECTS];
    uint32_t object_limit; /* pages that they may have in all */
    struct want want[WANTS];
    struct list due;   /* linked while it is to be told */
    uint32_t blocks;   /* that the reserve has for its first handles */
    struct desk *desk; /* NULL: it has none */
    bool starved;      /* it was sent away for lack of a request: told when one is done */
};

void sessions_init(void);

/* NULL: the badge is no living session's. */
struct session *session_of(uint64_t badge);

/* The first one that this bank pays for; NULL. */
struct session *session_paying(uint32_t bank);

/* What a maker says of one. */
struct session_facts {
    uint32_t maker, bit, bank, label, objects;
};

/* A new session, told by `notification` (which becomes the session's); *endpoint is what its
 * client is given a derivation of. ERR_LIMIT, ERR_NO_MEMORY: the notification stays. */
enum err session_open(const struct session_facts *facts, cap_t notification, struct session **made,
                      cap_t *endpoint);
/* Gives an empty session all that another has. ERR_LIMIT: nothing was given. */
enum err session_copy(struct session *to, const struct session *from);
/* Ends it with all it has. How many handles it had. */
uint32_t session_close(struct session *s);

/* It is told at the next sessions_tell. */
void session_due(struct session *s);
/* It was sent away for lack of a request, or of a credit. */
void session_starve(struct session *s);
/* Those who were are due. */
void sessions_starved(void);
void sessions_tell(void);

/* Handles. NULL: it names nothing. */
struct page *handle_page(const struct session *s, uint32_t handle);
/* Names `count` pages by a run of handles, as far as there is one: *first. 0: no more. The
 * entries are empty and have their blocks; handle_set cannot fail. */
uint32_t handles_find(struct session *s, uint32_t count, uint32_t *first);
void handle_set(struct session *s, uint32_t handle, struct page *p);
/* The entry goes, with its count. */
void handle_drop(struct session *s, uint32_t handle);

/* An object by its handle in the session of that badge. ERR_REFUSED, ERR_BAD_HANDLE. */
enum err session_object(uint64_t badge, uint32_t handle, struct session **s, struct object **o);

#endif
