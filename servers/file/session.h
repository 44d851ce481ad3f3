/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.h - clients, what they have open, and where each description stands.
 *
 * A session's badge names it for good: index and generation. Whoever calls by a badge that
 * init gave is a maker of sessions. A handle is a place in its session's table; descriptions
 * are shared by the handles that dup made.
 */
#ifndef FILE_SESSION_H
#define FILE_SESSION_H

#include "ahead.h"
#include "cap.h"
#include "error.h"
#include "list.h"
#include "node.h"

#define SESSIONS        256u
#define SESSION_BADGE   0x80000000u /* set in the badge of every session */
#define SESSION_HANDLES 1024u       /* of one session */
#define DESCRIPTIONS    4096u       /* in all */

struct description {
    uint32_t handles; /* that name it */
    uint32_t flags;   /* enum file_open_flag */
    struct node *node;
    uint64_t offset;
    struct ahead ahead;
    uint32_t touched; /* the last page whose use the policy was told */
};

struct session {
    uint32_t badge, maker; /* whose badge made it */
    uint32_t label;
    cap_t slots; /* SESSION_SLOTS of them */
    struct description **handle;
    uint32_t length, open; /* places; how many are taken */
    struct list wants;     /* pages it waits for or was promised (want.h) */
    struct list ops;       /* its work on names (op.h) */
    bool starved;          /* it was sent away for lack of room: told when there is some */
};

extern struct session *session_table[SESSIONS];

void sessions_init(void);

/* NULL: the badge is no living session's. */
static inline struct session *session_of(uint64_t badge)
{
    struct session *s = session_table[badge % SESSIONS];

    return s != NULL && s->badge == badge ? s : NULL;
}

/*
 * A new session, told by `notification` (which becomes the session's) on bit `bit`; *endpoint is
 * what its client is given a derivation of. ERR_LIMIT, ERR_NO_MEMORY: the notification stays.
 */
enum err session_open(uint32_t maker, cap_t notification, uint32_t bit, uint32_t label,
                      struct session **opened, cap_t *endpoint);
/* Ends it with all it has. How many handles were open. */
uint32_t session_close(struct session *s);

/* Something it waits for is ready. */
void session_tell(struct session *s);
/* There is room again: those who were sent away are told. */
void sessions_tell_starved(void);

/* Handles: 0 is none (FILE_AT_ROOT). */
static inline struct description *handle_of(const struct session *s, uint32_t handle)
{
    return handle - 1 < s->length ? s->handle[handle - 1] : NULL;
}

/* A description of a node, which becomes the description's; *handle names it. ERR_LIMIT. */
enum err handle_open(struct session *s, struct node *n, uint32_t flags, uint32_t *handle);
enum err handle_share(struct session *s, struct description *d, uint32_t *handle);
/* ERR_BAD_HANDLE */
enum err handle_close(struct session *s, uint32_t handle);

#endif
