/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * swap_direct.c - the swap server asked to write from frames that stay their client's, and to read
 * into them.
 */
#include "frame.h"
#include "swap_tenant.h"

static volatile struct swap_desk *desk;
static uint32_t number;

static enum err desk_ask(const struct tenant *t, cap_t at)
{
    struct swap_desk_req q = {0};
    struct swap_desk_reply r;
    struct passing p = {.recv = at, .recv_count = 1};

    return swap_desk(t->swap, &q, &r, &p);
}

/* Of tenant `one`. */
static void begin_with_desk(void)
{
    static struct window w;
    cap_t at;

    begin();
    if (w.at != NULL)
        return;
    at = slots_alloc(1);
    CHECK_OK(desk_ask(&one, at));
    CHECK_OK(window_map(&w, at, 1, RIGHT_READ | RIGHT_WRITE));
    desk = w.at;
}

static void order(unsigned n, uint32_t handle, unsigned at)
{
    desk->order[n].handle = handle;
    desk->order[n].slot = slot(at);
}

static enum err fill(const struct tenant *t, uint32_t count)
{
    struct swap_fill_req q = {.count = count, .number = ++number};
    struct swap_fill_reply r;

    return swap_fill(t->swap, &q, &r, NULL);
}

static enum err save(const struct tenant *t, uint32_t count, struct swap_save_reply *r)
{
    struct swap_save_req q = {.count = count, .number = ++number};

    return swap_save(t->swap, &q, r, NULL);
}

/* What was begun by `begun` is over: which of its pages. */
static uint32_t done_after(uint32_t told)
{
    while (desk->told == told)
        wait_ready();
    CHECK_EQ(desk->told, told + 1);
    CHECK_EQ(desk->done[told % SWAP_TOLD].number, number);
    return desk->done[told % SWAP_TOLD].pages;
}

static uint32_t saved(unsigned at, uint32_t count)
{
    struct swap_save_reply r;
    uint32_t told = desk->told;

    for (unsigned i = 0; i < count; i++)
        order(i, 0, at + i);
    CHECK_OK(save(&one, count, &r));
    CHECK_EQ(r.got, count);
    CHECK_EQ(done_after(told), count == 32 ? UINT32_MAX : (1u << count) - 1);
    return r.handle;
}

static uint32_t filled(uint32_t handle, unsigned at, uint32_t count)
{
    uint32_t told = desk->told;

    for (unsigned i = 0; i < count; i++)
        order(i, handle + i, at + i);
    CHECK_OK(fill(&one, count));
    return done_after(told);
}

static void overwrite(unsigned at)
{
    uint64_t word = 0;

    CHECK_OK(frame_write(slot(at), 8, &word, sizeof(word)));
}

TEST(direct, saves_and_fills_without_a_page_changing_hands)
{
    struct cap_facts facts;
    uint32_t h, in, out;

    begin_with_desk();
    in = status->disk_reads;
    out = status->disk_writes;
    pages(&one, 100, 32, 7000);
    h = saved(100, 32);
    CHECK_EQ(status->disk_writes - out, 2);
    CHECK_EQ(state(&one, h), SWAP_ON_DISK);
    for (unsigned i = 0; i < 32; i++)
        overwrite(100 + i);
    CHECK_EQ(filled(h, 100, 16), 0xffff);
    CHECK_EQ(status->disk_reads - in, 1);
    for (unsigned i = 0; i < 16; i++)
        CHECK_EQ(contents(100 + i), 7000 + i);
    CHECK_EQ(contents(116), 0);
    CHECK_OK(cap_inspect(slot(100), &facts));
    CHECK_EQ(facts.rights & RIGHT_DMA, 0);
    CHECK_EQ(get(&one, h + 20, SWAP_WRITE, 140), SWAP_GIVEN);
    CHECK_EQ(contents(140), 7020);
    give(&one, 100, 41);
    CHECK_OK(drop(&one, h, 32));
}

TEST(direct, refuses_what_is_malformed_or_anothers)
{
    struct swap_save_reply r;
    uint32_t h, told;

    begin_with_desk();
    pages(&one, 100, 2, 1);
    h = saved(100, 2);
    order(0, h, 100);
    CHECK_ERR(fill(&one, 0), ERR_BAD_ARG);
    CHECK_ERR(fill(&one, SWAP_ORDERS_MAX + 1), ERR_BAD_ARG);
    CHECK_ERR(save(&one, SWAP_ORDERS_MAX + 1, &r), ERR_BAD_ARG);
    CHECK_ERR(fill(&two, 1), ERR_REFUSED); /* it has no desk */
    CHECK_ERR(save(&two, 1, &r), ERR_REFUSED);
    CHECK_ERR(desk_ask(&(struct tenant){.swap = swap}, slot(90)), ERR_REFUSED);
    order(0, 0, 100);
    CHECK_ERR(fill(&one, 1), ERR_BAD_HANDLE);
    order(0, h, 102);
    CHECK_ERR(fill(&one, 1), ERR_NOT_FOUND);
    CHECK_ERR(save(&one, 1, &r), ERR_NOT_FOUND);
    pages(&two, 200, 1, 1);
    order(0, h, 200); /* a frame that is not ours */
    CHECK_ERR(fill(&one, 1), ERR_NOT_FOUND);
    CHECK_ERR(save(&one, 1, &r), ERR_NOT_FOUND);
    order(0, h, 100);
    order(1, 0xffffffffu, 0xffffffffu); /* one that cannot be begun is left out */
    told = desk->told;
    CHECK_OK(fill(&one, 2));
    CHECK_EQ(done_after(told), 1);
    give(&two, 200, 1);
    give(&one, 100, 2);
    CHECK_OK(drop(&one, h, 2));
}

TEST(direct, believes_nothing_that_a_client_writes_over_what_it_is_told)
{
    uint32_t h;

    begin_with_desk();
    pages(&one, 100, 1, 3);
    h = saved(100, 1);
    for (unsigned i = 0; i < sizeof(*desk) / sizeof(uint32_t); i++)
        ((volatile uint32_t *)desk)[i] = 0xffffffffu;
    order(0, h, 100);
    CHECK_OK(fill(&one, 1));
    wait_ready();
    CHECK_EQ(desk->done[(desk->told - 1) % SWAP_TOLD].number, number);
    CHECK_EQ(contents(100), 3);
    give(&one, 100, 1);
    CHECK_OK(drop(&one, h, 1));
}

/* What is given back while a disk works on it stays away until that is done. */
TEST(direct, keeps_a_frame_that_is_given_back_on_its_way)
{
    struct swap_save_reply r;
    uint32_t h, told, free;

    begin_with_desk();
    pages(&one, 100, 8, 9);
    h = saved(100, 8);
    free = free_pages();
    told = desk->told;
    for (unsigned i = 0; i < 8; i++)
        order(i, h + i, 100 + i);
    CHECK_OK(fill(&one, 8));
    give(&one, 100, 8);
    done_after(told);
    pages(&one, 100, 8, 20);
    told = desk->told;
    for (unsigned i = 0; i < 8; i++)
        order(i, 0, 100 + i);
    CHECK_OK(save(&one, 8, &r));
    CHECK_EQ(drop(&one, h, 8), ERR_OK);
    give(&one, 100, 8);
    done_after(told);
    CHECK_OK(drop(&one, r.handle, 8));
    unexhaust(&two, 2000, exhaust(&two, 2000));
    for (unsigned i = 0; i < 100 && free_pages() < free + 8; i++)
        unexhaust(&two, 2000, exhaust(&two, 2000));
    CHECK(free_pages() >= free + 8);
}

TEST(direct, saves_and_fills_at_zero_free_frames)
{
    unsigned n;
    uint32_t h;

    begin_with_desk();
    n = exhaust(&one, 2000);
    CHECK(n > 32);
    for (unsigned round = 0; round < 20; round++) {
        uint64_t word = round;

        for (unsigned i = 0; i < 32; i++)
            CHECK_OK(frame_write(slot(2000 + i), 8, &word, sizeof(word)));
        h = saved(2000, 32);
        overwrite(2031);
        CHECK_EQ(filled(h, 2000, 32), UINT32_MAX);
        CHECK_EQ(contents(2031), round);
        CHECK_OK(drop(&one, h, 32));
    }
    unexhaust(&one, 2000, n);
}

TEST(direct, outlives_a_client_that_dies_with_pages_on_their_way)
{
    uint32_t frames = 0, handles;

    begin_with_desk();
    for (unsigned life = 0; life < 4; life++) {
        struct tenant t;
        struct swap_save_reply r;
        struct window w;
        cap_t at = slots_alloc(1);

        tenant_make(&t);
        CHECK_OK(desk_ask(&t, at));
        CHECK_OK(window_map(&w, at, 1, RIGHT_READ | RIGHT_WRITE));
        desk = w.at;
        pages(&t, 100, 64, 1);
        for (unsigned i = 0; i < 32; i++)
            order(i, 0, 100 + i);
        CHECK_OK(save(&t, 32, &r));
        for (unsigned i = 0; i < 20; i++)
            order(i, 0, 140 + i);
        CHECK_OK(save(&t, 20, &r));
        if (life % 2)
            bank_end(&t);
        session_end(&t, &handles);
        CHECK_EQ(handles, 52);
        CHECK(empty(at));
        if (life % 2 == 0)
            bank_end(&t);
        for (unsigned i = 0; i < 50 && (i == 0 || free_pages() < frames); i++)
            unexhaust(&two, 2000, exhaust(&two, 2000));
        if (life == 1)
            frames = free_pages();
        CHECK(life == 0 || free_pages() >= frames);
    }
    CHECK_EQ(status->pages, 0);
    CHECK_EQ(status->lost, 0);
}
