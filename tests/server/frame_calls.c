/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame_calls.c - the frame server's operations in short, for its clients in tests. */
#include "frame_calls.h"

#include "client.h"
#include "start.h"

#define TABLE_BITS 18u /* 8192 slots */

static cap_t table; /* slots for what a test takes */
cap_t own;          /* the client's own session */

cap_t slot(unsigned n)
{
    if (table == CAP_NULL) {
        table = object_make(OBJ_CAPTABLE, TABLE_BITS);
        own = SLOT_MEMORY;
    }
    CHECK(table != CAP_NULL);
    return CAP(table, n);
}

struct cap_facts facts_of(cap_t cap)
{
    struct cap_facts facts;

    if (cap_inspect(cap, &facts) != ERR_OK)
        facts = (struct cap_facts){.type = OBJ_NULL};
    return facts;
}

bool empty(cap_t cap)
{
    return facts_of(cap).type == OBJ_NULL;
}

/* `offered` slots from the one named on. *arrived: capabilities that came. */
enum err alloc_offering(cap_t session, unsigned order, unsigned count, unsigned class,
                        unsigned first, unsigned offered, uint32_t *got, unsigned *arrived)
{
    struct frame_alloc_req q = {
        .order = order, .count = count, .class = class, .first = slot(first)};
    struct frame_alloc_reply r;
    struct passing p = {.recv = slot(first), .recv_count = (uint8_t)offered};
    enum err e = frame_alloc(session, &q, &r, &p);

    *got = r.got;
    *arrived = p.received;
    return e;
}

enum err alloc(cap_t session, unsigned order, unsigned count, unsigned class, unsigned first,
               uint32_t *got)
{
    unsigned arrived;
    enum err e = alloc_offering(session, order, count, class, first, count, got, &arrived);

    if (e == ERR_OK)
        CHECK_EQ(arrived, *got);
    return e;
}

enum err give(cap_t session, unsigned first, unsigned count, uint32_t *taken)
{
    struct frame_give_req q = {.first = slot(first), .count = count};
    struct frame_give_reply r;
    enum err e = frame_give(session, &q, &r, NULL);

    *taken = r.taken;
    return e;
}

enum err objects(cap_t session, unsigned bits, unsigned at)
{
    struct frame_objects_req q = {.log2_size = bits, .slot = slot(at)};
    struct frame_objects_reply r;
    struct passing p = {.recv = slot(at), .recv_count = 1};

    return frame_objects(session, &q, &r, &p);
}

enum err bank(uint32_t max, unsigned at, uint32_t *made)
{
    struct frame_bank_req q = {.max_pages = max, .label = 7};
    struct frame_bank_reply r;
    struct passing p = {.recv = slot(at), .recv_count = 1};
    enum err e = frame_bank(own, &q, &r, &p);

    *made = r.bank;
    return e;
}

uint32_t destroy(uint32_t which)
{
    struct frame_destroy_req q = {.bank = which};
    struct frame_destroy_reply r;
    uint32_t pages = 0;
    enum err e;

    do {
        e = frame_destroy(own, &q, &r, NULL);
        pages += r.pages;
    } while (e == ERR_PENDING);
    CHECK_OK(e);
    return pages;
}

struct frame_usage_reply usage(cap_t session, uint32_t which)
{
    struct frame_usage_req q = {.bank = which};
    struct frame_usage_reply r;

    CHECK_OK(frame_usage(session, &q, &r, NULL));
    return r;
}

/* The server's status page, mapped at the first call. */
const volatile struct frame_status *status(void)
{
    static struct window w;
    struct frame_status_req q = {0};
    struct frame_status_reply r;
    struct passing p = {.recv = slots_alloc(1), .recv_count = 1};

    if (w.at == NULL) {
        CHECK_OK(frame_status(SLOT_MEMORY, &q, &r, &p));
        CHECK_OK(window_map(&w, p.recv, 1, RIGHT_READ));
    }
    return w.at;
}

/* Walks the capabilities; they, the books and the parts must agree. Free pages. */
uint32_t walk(void)
{
    const volatile struct frame_status *s = status();
    struct frame_walk_req q = {0};
    struct frame_walk_reply r;

    CHECK_OK(frame_walk(SLOT_MEMORY, &q, &r, NULL));
    CHECK_EQ(r.bad, 0);
    CHECK_EQ(r.free_pages, s->free);
    CHECK_EQ(r.object_pages, s->object_pages);
    CHECK_EQ(r.free_pages + r.used_pages + r.object_pages + s->own, s->total);
    CHECK_EQ(s->own + s->free + s->fixed + s->locked + s->page + s->pool, s->total);
    return r.free_pages;
}
