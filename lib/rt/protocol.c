/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * protocol.c - the client's half of every protocol: one round trip.
 */
#include "protocol.h"

#include "sys.h"

static uint32_t info_of(const struct passing *p)
{
    return INFO_SEND(p->send_count) | INFO_RECV(p->recv_count) | INFO_MODE(p->mode) |
           INFO_LEASES(p->leases) | INFO_RIGHTS(p->rights);
}

/* Bodies are fields of 32 bits and more, and few: faster so than by a general copy. */
static void body_copy(void *to, const void *from, size_t bytes)
{
    char *t = to;
    const char *f = from;

    for (size_t i = 0; i + 4 <= bytes; i += 4)
        __builtin_memcpy(__builtin_assume_aligned(t + i, 4), __builtin_assume_aligned(f + i, 4), 4);
}

enum err protocol_call(cap_t server, uint32_t op, const void *req, size_t req_bytes, void *reply,
                       size_t reply_bytes, struct passing *p)
{
    static const struct passing nothing;
    const struct passing *x = p != NULL ? p : &nothing;
    word_t word[MESSAGE_WORDS] = {op};
    struct answer a;

    body_copy(&word[1], req, req_bytes);
    for (unsigned i = 0; i < x->leases && i < LEASE_MAX; i++)
        sys_buffer()->lease[i] = x->lease[i];
    a = sys_call(server, info_of(x), x->send, x->recv, word);
    if (p != NULL)
        p->received = (uint8_t)KIND_CAPS(a.kind);
    if (a.err != ERR_OK) {
        memset(reply, 0, reply_bytes);
        return a.err;
    }
    body_copy(reply, &word[1], reply_bytes);
    return (enum err)word[0];
}
