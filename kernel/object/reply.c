/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reply.c - Replies: who waits for an answer, and what memory it lent meanwhile.
 *
 *   FREE     nobody                        receive -> ARMED
 *   ARMED    a server waits with it bound  call -> HOLDS; cancel -> FREE
 *   HOLDS    a caller waits for it         reply, caller deleted -> FREE; deadline -> EXPIRED
 *   EXPIRED  the fault went elsewhere      reply -> FREE, told LATE
 */
#include "frame.h"
#include "ipc.h"
#include "space.h"

void reply_disarm(struct thread *server)
{
    struct reply *r = server->serves;

    if (r->server != server)
        return;
    r->server = NULL;
    r->arrived = 0;
    if (r->state == REPLY_ARMED)
        r->state = REPLY_FREE;
}

void reply_release(struct reply *r)
{
    if (r->caller)
        r->caller->reply = NULL;
    r->caller = NULL;
    r->leases = 0;
    if (!r->server) /* else its message goes on arriving: there is just nothing more to come */
        r->arrived = 0;
    r->state = REPLY_FREE;
}

/* Its server's binding has gone before it, and so has the server (binding_removed()). */
void reply_destroy(struct reply *r)
{
    if (r->caller)
        caller_fail(r->caller, ERR_GONE);
}

/* ---- leases ---- */

/* One side of a copy: memory of a Space as its user sees it, or a Frame's contents. */
struct side {
    struct space *space;
    vaddr_t va;
    const struct slot *frame; /* if not NULL: va is the offset in it */
    unsigned access;
};

#define LENT_ON_MAX 4u /* servers that may lend on one another's leases */

/* The lender may have lost the Space's capability since: it is looked up at each copy. Memory
 * that was lent on is found through the Reply of whoever lent it on. */
static unsigned lease_side(const struct reply *r, unsigned n, uint64_t offset, uint64_t bytes,
                           struct side *side)
{
    for (unsigned depth = 0; depth <= LENT_ON_MAX; depth++) {
        const struct lease *l = &r->lease[n & 1];
        struct slot *from;

        if (r->state != REPLY_HOLDS)
            return ERR_GONE;
        if (n >= r->leases || offset > l->bytes || bytes > l->bytes - offset)
            return ERR_BAD_ARG;
        if (!(l->rights & side->access))
            return ERR_NO_RIGHT;
        from = cap_lookup(r->caller, l->space);
        offset += l->address;
        if ((vaddr_t)offset != offset)
            return ERR_FAULT;
        if (from && slot_type(from) == OBJ_SPACE && (slot_rights(from) & RIGHT_COPY)) {
            side->space = space_of(from);
            side->va = (vaddr_t)offset;
            return ERR_OK;
        }
        if (!from || slot_type(from) != OBJ_REPLY)
            return ERR_FAULT;
        r = reply_of(from);
        n = LEASE_GET_NUMBER(l->rights);
    }
    return ERR_FAULT;
}

static unsigned object_side(struct thread *t, const word_t *word, struct side *side)
{
    struct slot *s = cap_lookup(t, (cap_t)word[2]);

    if (!s)
        return ERR_NO_CAP;
    switch (slot_type(s)) {
    case OBJ_FRAME:
        if (!(slot_rights(s) & side->access))
            return ERR_NO_RIGHT;
        side->frame = s;
        side->va = word[3];
        return frame_covers(s, side->access, word[3], word[4]) ? ERR_OK : ERR_BAD_ARG;
    case OBJ_SPACE:
        if (!(slot_rights(s) & RIGHT_COPY))
            return ERR_NO_RIGHT;
        side->space = space_of(s);
        side->va = word[3];
        return ERR_OK;
    case OBJ_REPLY:
        return lease_side(reply_of(s), (unsigned)word[5], word[3], word[4], side);
    default:
        return ERR_WRONG_TYPE;
    }
}

/* The kernel's view of the side at `done`; *left shrinks to what is contiguous. */
static void *side_window(const struct side *side, size_t done, size_t *left)
{
    size_t here = PAGE_SIZE - ((side->va + done) & (PAGE_SIZE - 1));
    void *p;

    if (side->frame)
        p = frame_view(side->frame, side->va + done, side->access);
    else
        p = walk_user(side->space, side->va + done, side->access, &here);
    if (p && here < *left)
        *left = here;
    return p;
}

/* word: lease | REPLY_TO_LEASE, offset, object, offset or address in it, bytes, lease of that
 * Reply, done (progress). */
unsigned reply_copy(struct thread *t, struct slot *reply, word_t *word)
{
    bool to_lease = word[0] & REPLY_TO_LEASE;
    struct side lent = {.access = to_lease ? RIGHT_WRITE : RIGHT_READ};
    struct side own = {.access = to_lease ? RIGHT_READ : RIGHT_WRITE};
    size_t bytes = word[4], done = word[6];
    unsigned err;

    err = lease_side(reply_of(reply), (unsigned)word[0] & 0xffu, word[1], bytes, &lent);
    if (err == ERR_OK)
        err = object_side(t, word, &own);
    if (err == ERR_OK && done > bytes)
        err = ERR_BAD_ARG;
    while (err == ERR_OK && done < bytes) {
        size_t n = bytes - done < PAGE_SIZE ? bytes - done : PAGE_SIZE;
        void *a = side_window(&lent, done, &n), *b = side_window(&own, done, &n);

        if (!a || !b) {
            err = ERR_FAULT;
            break;
        }
        if (n == PAGE_SIZE && !(((uintptr_t)a | (uintptr_t)b) & 7))
            arch_copy_page(to_lease ? a : b, to_lease ? b : a);
        else
            arch_copy(to_lease ? a : b, to_lease ? b : a, n);
        done += n;
        if (done < bytes && step_over())
            err = ERR_RESTART;
    }
    word[6] = done;
    if (err != ERR_RESTART)
        word[0] = done;
    return err;
}
