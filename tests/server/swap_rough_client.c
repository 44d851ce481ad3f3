/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * swap_rough_client.c - the swap server when messages are lost, late, doubled or changed on
 * their way, and when its disk fails: no hang, no leak, and no page that is not what it was.
 *
 * `changed` in the manifest says that messages are, so that contents prove nothing.
 */
#include "swap_tenant.h"

#include "start.h"

#define ROUNDS 4u
#define RUN    32u

static uint32_t errors, kept;

/* Waits for the page, whatever becomes of it. */
static enum err get_patiently(const struct tenant *t, uint32_t handle, uint32_t how, unsigned at)
{
    struct swap_get_reply r;
    enum err e;

    while ((e = get_once(t, handle, 1, how, at, &r)) == ERR_PENDING)
        wait_ready();
    return e;
}

static void flush_patiently(const struct tenant *t)
{
    struct swap_flush_req q = {0};
    struct swap_flush_reply r;

    while (swap_flush(t->swap, &q, &r, NULL) == ERR_PENDING)
        wait_ready();
}

/* Puts a run, and gets half of it back; some of that is put again as it came. */
static void round_of(const struct tenant *t, uint64_t n)
{
    struct swap_put_reply r;
    uint32_t got;

    give(t, 100, RUN);
    pages(t, 100, RUN, n);
    if (put_once(t, 100, RUN, &r) != ERR_OK) {
        errors++;
        return;
    }
    got = r.got;
    flush_patiently(t);
    unexhaust(&two, 2000, exhaust(&two, 2000)); /* and nothing is in memory */
    for (uint32_t i = 0; i < got; i += 2) {
        unsigned at = 200 + i;

        give(t, at, 1);
        if (get_patiently(t, r.handle + i, i % 4 ? SWAP_OWN : SWAP_WRITE, at) != ERR_OK ||
            empty(slot(at))) {
            errors++;
            continue;
        }
        kept++;
        if (start_u32("changed", 0) == 0)
            CHECK_EQ(contents(at), n + i);
    }
    drop(t, r.handle, got / 2);
}

static void life(void)
{
    struct tenant t;
    uint32_t handles;

    tenant_make(&t);
    for (unsigned i = 0; i < ROUNDS; i++)
        round_of(&t, 1000 * i);
    session_end(&t, &handles);
    bank_end(&t);
    unexhaust(&two, 2000, exhaust(&two, 2000));
}

TEST(swap, leaks_nothing_and_mixes_up_nothing)
{
    uint32_t frames;

    begin();
    life();
    frames = free_pages();
    for (unsigned i = 0; i < 2; i++)
        life();
    CHECK_EQ(free_pages(), frames);
    CHECK_EQ(status->pages, 0);
    CHECK_EQ(status->handles, 0);
    CHECK_EQ(status->dirty, 0);
    CHECK(kept > 0);
}

TEST(swap, has_met_what_it_was_to_meet)
{
    if (start_u32("errors", 0) > 0)
        CHECK(errors > 0);
    if (start_u32("lost", 0) > 0)
        CHECK(status->errors > 0);
    else
        CHECK_EQ(status->lost, 0);
}
