/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * swap_tenant.h - clients of the frame server and the swap server, for tests of the latter.
 *
 * The test makes banks and sessions as the process server does, and plays the supervisors that
 * have them: a page is in a slot that it named to the frame server, its contents are one number.
 */
#ifndef SERVER_SWAP_TENANT_H
#define SERVER_SWAP_TENANT_H

#include "client.h"
#include "swap.h"

#define BIT 3u /* by which all sessions are told */

struct tenant {
    uint32_t bank, session; /* as their makers name them */
    cap_t frame, swap;      /* its sessions */
};

extern struct tenant one, two; /* there from begin() on */
extern cap_t swap;             /* for makers of sessions */
extern const volatile struct swap_status *status;

void begin(void);
cap_t slot(unsigned n);
bool empty(cap_t cap);

/* A capability of the own notification. */
cap_t bits(uint32_t rights);
void bank_make(struct tenant *t);
enum err session_make(struct tenant *t, cap_t notification);
void tenant_make(struct tenant *t);
void session_end(struct tenant *t, uint32_t *handles);
void bank_end(const struct tenant *t);

enum err alloc(const struct tenant *t, unsigned first, unsigned count, uint32_t *got);
void give(const struct tenant *t, unsigned first, unsigned count);
/* Pages whose contents say n, n + 1 ... */
void pages(const struct tenant *t, unsigned first, unsigned count, uint64_t n);
uint64_t contents(unsigned at);
/* Counted by walking the capabilities. */
uint32_t free_pages(void);
/* Takes all memory there is, so that the swap server gives back what it can; how many pages. */
unsigned exhaust(const struct tenant *t, unsigned first);
void unexhaust(const struct tenant *t, unsigned first, unsigned count);

/* The bit was raised. */
void wait_ready(void);
/* One call; or as many as it takes, and must succeed. get: how the page came. */
enum err put_once(const struct tenant *t, unsigned first, unsigned count, struct swap_put_reply *r);
uint32_t put(const struct tenant *t, unsigned first, unsigned count);
enum err get_once(const struct tenant *t, uint32_t handle, unsigned count, uint32_t how,
                  unsigned at, struct swap_get_reply *r);
uint32_t get(const struct tenant *t, uint32_t handle, uint32_t how, unsigned at);
enum err drop(const struct tenant *t, uint32_t handle, unsigned count);
void flush(const struct tenant *t);
/* All that was put is on disk alone. */
void out(const struct tenant *t);
/* enum swap_look */
uint32_t state(const struct tenant *t, uint32_t handle);

#endif
