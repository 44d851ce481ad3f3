/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cast.h - the usual players of a kernel test: a server above a client, an endpoint between
 * them, a space each. All their capabilities are init's, in the slots below.
 */
#ifndef HOSTKERNEL_CAST_H
#define HOSTKERNEL_CAST_H

#include "machine.h"

enum cast_slot {
    CAST_UNTYPED = 300, /* nothing: the Untyped's slot is machine_untyped's */
    CAST_SERVER,
    CAST_CLIENT,
    CAST_ENDPOINT,
    CAST_BADGED, /* of the endpoint, badge CAST_BADGE, WRITE | GRANT */
    CAST_REPLY,
    CAST_REPLY2,
    CAST_NOTIFICATION,
    CAST_SIGNAL, /* of the notification, bit CAST_BIT */
    CAST_SPACE,  /* the client's */
    CAST_TABLE1, /* PageTables, not mapped */
    CAST_TABLE0,
    CAST_SERVER_BUFFER,
    CAST_CLIENT_BUFFER,
    CAST_FALLBACK_ENDPOINT,
    CAST_FREE, /* from here on empty */
};

#define CAST_BADGE 77u
#define CAST_BIT   8u

/* Both exist, share init's root table, and neither runs. The client's priority is 5, the
 * server's 9; faults of the client go to the endpoint. init stays current (63). */
void cast_make(void);
void cast_make_in(unsigned pages); /* on a machine of that size */
/* init gives way for good: it waits on the notification until a signal. */
void cast_begin(void);
/* The server runs up to its first receive; then the client is current. */
void cast_meet(void);
struct thread *cast_server(void);
struct thread *cast_client(void);
unsigned cast_retype(unsigned type, unsigned bits, cap_t to, unsigned count);

#endif
