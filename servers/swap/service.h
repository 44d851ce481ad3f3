/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * service.h - the two protocols that the server speaks, a handler an operation.
 */
#ifndef SWAP_SERVICE_H
#define SWAP_SERVICE_H

#include "serve.h"
#include "session.h"

extern struct server swap_server;

enum err service_swap(struct call *c);
enum err service_object(struct call *c);

/* For the swap protocol's handlers. put.c, get.c. */
enum err put_pages(struct session *s, const struct swap_put_req *q, struct swap_put_reply *r);
enum err get_pages(struct session *s, struct call *c, const struct swap_get_req *q,
                   struct swap_get_reply *r);

#endif
