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

enum err protocol_call(cap_t server, uint32_t op, const void *req, size_t req_bytes, void *reply,
                       size_t reply_bytes, struct passing *p)
{
    static const struct passing nothing;
    const struct passing *x = p != NULL ? p : &nothing;
    word_t word[MESSAGE_WORDS] = {op};
    struct answer a;

    memcpy(&word[1], req, req_bytes);
    if (x->leases > 0)
        memcpy(sys_buffer()->lease, x->lease, sizeof(x->lease));
    a = sys_call(server, info_of(x), x->send, x->recv, word);
    if (p != NULL)
        p->received = (uint8_t)KIND_CAPS(a.kind);
    if (a.err != ERR_OK) {
        memset(reply, 0, reply_bytes);
        return a.err;
    }
    memcpy(reply, &word[1], reply_bytes);
    return (enum err)word[0];
}
