/* SPDX-License-Identifier: GPL-2.0-or-later */
/* swap_tenant.c - clients of the frame server and the swap server, for tests of the latter. */
#include "swap_tenant.h"

#include "frame.h"
#include "start.h"

#define TABLE_BITS 18u   /* 8192 slots */
#define OWN        LOTS  /* pages that are not taken by force from a tenant: none is, none claims */
#define LOTS       6000u /* pages: more than the machine has besides */

struct tenant one, two;
cap_t swap;
const volatile struct swap_status *status;

static cap_t table;

cap_t slot(unsigned n)
{
    return CAP(table, n);
}

bool empty(cap_t cap)
{
    struct cap_facts facts;

    return cap_inspect(cap, &facts) != ERR_OK || facts.type == OBJ_NULL;
}

/* ---- sessions ---- */

enum err session_make(struct tenant *t, cap_t notification)
{
    struct swap_session_req q = {.bit = BIT, .bank = t->bank, .label = 7, .objects = 200};
    struct swap_session_reply r;
    struct passing p = {.send = notification,
                        .send_count = 1,
                        .recv = slots_alloc(1),
                        .recv_count = 1,
                        .mode = TRANSFER_MOVE};
    enum err e = swap_session(swap, &q, &r, &p);

    t->swap = p.recv;
    t->session = r.session;
    return e;
}

cap_t bits(uint32_t rights)
{
    cap_t made = slots_alloc(1);

    CHECK_OK(cap_derive(SLOT_NOTIFICATION, made, rights | RIGHT_GRANT, 0));
    return made;
}

void bank_make(struct tenant *t)
{
    struct frame_bank_req q = {.label = 7};
    struct frame_bank_reply r;
    struct passing p = {.recv = slots_alloc(1), .recv_count = 1};

    CHECK_OK(frame_bank(SLOT_MEMORY, &q, &r, &p));
    t->bank = r.bank;
    t->frame = p.recv;
    CHECK_OK(frame_limits(SLOT_MEMORY, &(struct frame_limits_req){.bank = r.bank, .min = OWN},
                          &(struct frame_limits_reply){0}, NULL));
}

void tenant_make(struct tenant *t)
{
    bank_make(t);
    CHECK_OK(session_make(t, bits(RIGHT_WRITE)));
}

void session_end(struct tenant *t, uint32_t *handles)
{
    struct swap_end_req q = {.session = t->session};
    struct swap_end_reply r;

    CHECK_OK(swap_end(swap, &q, &r, NULL));
    *handles = r.handles;
}

void bank_end(const struct tenant *t)
{
    struct frame_destroy_req q = {.bank = t->bank};
    struct frame_destroy_reply r;
    enum err e;

    while ((e = frame_destroy(SLOT_MEMORY, &q, &r, NULL)) == ERR_PENDING)
        ;
    CHECK_OK(e);
}

static void status_map(void)
{
    struct swap_status_req q = {0};
    struct swap_status_reply r;
    struct passing p = {.recv = slots_alloc(1), .recv_count = 1};
    struct window w;

    CHECK_OK(swap_status(swap, &q, &r, &p));
    CHECK_OK(window_map(&w, p.recv, 1, RIGHT_READ));
    status = w.at;
}

void begin(void)
{
    if (table != CAP_NULL)
        return;
    table = object_make(OBJ_CAPTABLE, TABLE_BITS);
    swap = start_cap("swap", NULL);
    CHECK(table != CAP_NULL && swap != CAP_NULL);
    status_map();
    tenant_make(&one);
    tenant_make(&two);
}

/* ---- memory ---- */

enum err alloc(const struct tenant *t, unsigned first, unsigned count, uint32_t *got)
{
    struct frame_alloc_req q = {
        .count = count, .class = FRAME_PAGE | FRAME_CLEARED, .first = slot(first)};
    struct frame_alloc_reply r = {0};
    struct passing p = {.recv = slot(first), .recv_count = (uint8_t)count};
    enum err e = frame_alloc(t->frame, &q, &r, &p);

    *got = r.got;
    return e;
}

void give(const struct tenant *t, unsigned first, unsigned count)
{
    struct frame_give_req q = {.first = slot(first), .count = count};
    struct frame_give_reply r;

    frame_give(t->frame, &q, &r, NULL);
}

/* Pages whose contents say n, n + 1 ... */
void pages(const struct tenant *t, unsigned first, unsigned count, uint64_t n)
{
    uint32_t got;

    CHECK_OK(alloc(t, first, count, &got));
    CHECK_EQ(got, count);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t word = n + i;

        CHECK_OK(frame_write(slot(first + (unsigned)i), 8, &word, sizeof(word)));
    }
}

uint64_t contents(unsigned at)
{
    uint64_t word = 0;

    CHECK_OK(frame_read(slot(at), 8, &word, sizeof(word)));
    return word;
}

uint32_t free_pages(void)
{
    struct frame_walk_req q = {0};
    struct frame_walk_reply r;

    CHECK_OK(frame_walk(SLOT_MEMORY, &q, &r, NULL));
    CHECK_EQ(r.bad, 0);
    return r.free_pages;
}

/* Takes all memory there is, so that the swap server gives back what it can; how many pages. */
unsigned exhaust(const struct tenant *t, unsigned first)
{
    unsigned n = 0;
    uint32_t got;

    while (n < LOTS && alloc(t, first + n, RUN_MAX, &got) == ERR_OK)
        n += got;
    CHECK(n < LOTS);
    return n;
}

void unexhaust(const struct tenant *t, unsigned first, unsigned count)
{
    for (unsigned i = 0; i < count; i += RUN_MAX)
        give(t, first + i, count - i < RUN_MAX ? count - i : RUN_MAX);
}

/* ---- the store ---- */

void wait_ready(void)
{
    struct answer a = sys_wait(CAP_NULL, 0);

    CHECK_EQ(a.err, ERR_OK);
    CHECK_EQ(a.badge, 1 << BIT);
}

enum err put_once(const struct tenant *t, unsigned first, unsigned count, struct swap_put_reply *r)
{
    struct swap_put_req q = {.first = slot(first), .count = count};

    return swap_put(t->swap, &q, r, NULL);
}

uint32_t put(const struct tenant *t, unsigned first, unsigned count)
{
    struct swap_put_reply r;
    enum err e;

    while ((e = put_once(t, first, count, &r)) == ERR_PENDING)
        wait_ready();
    CHECK_OK(e);
    CHECK_EQ(r.got, count);
    return r.handle;
}

enum err get_once(const struct tenant *t, uint32_t handle, unsigned count, uint32_t how,
                  unsigned at, struct swap_get_reply *r)
{
    struct swap_get_req q = {.handle = handle, .count = count, .how = how, .slot = slot(at)};
    struct passing p = {.recv = slot(at), .recv_count = (uint8_t)count};

    return swap_get(t->swap, &q, r, &p);
}

/* Gets one page, waiting for the disk; how it came. */
uint32_t get(const struct tenant *t, uint32_t handle, uint32_t how, unsigned at)
{
    struct swap_get_reply r;
    enum err e;

    while ((e = get_once(t, handle, 1, how, at, &r)) == ERR_PENDING)
        wait_ready();
    CHECK_OK(e);
    CHECK_EQ(r.got, 1);
    return r.given;
}

enum err drop(const struct tenant *t, uint32_t handle, unsigned count)
{
    struct swap_drop_req q = {.handle = handle, .count = count};
    struct swap_drop_reply r;

    return swap_drop(t->swap, &q, &r, NULL);
}

void flush(const struct tenant *t)
{
    struct swap_flush_req q = {0};
    struct swap_flush_reply r;
    enum err e;

    while ((e = swap_flush(t->swap, &q, &r, NULL)) == ERR_PENDING)
        wait_ready();
    CHECK_OK(e);
}

/* All that was put is on disk alone. */
void out(const struct tenant *t)
{
    unsigned n;

    flush(t);
    n = exhaust(t, 2000);
    unexhaust(t, 2000, n);
}

uint32_t state(const struct tenant *t, uint32_t handle)
{
    struct swap_look_req q = {.handle = handle};
    struct swap_look_reply r = {0};

    CHECK_OK(swap_look(t->swap, &q, &r, NULL));
    return r.state;
}
