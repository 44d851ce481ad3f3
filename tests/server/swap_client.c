/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * swap_client.c - the swap server asked by messages, on the real kernel, with the real frame
 * server and disks.
 */
#include "swap_tenant.h"

#include "frame.h"

#define CLUSTER 16u

/* ---- pages ---- */

TEST(swap, takes_pages_over_and_gives_them_back)
{
    uint32_t h;

    begin();
    pages(&one, 10, 3, 100);
    h = put(&one, 10, 3);
    CHECK(empty(slot(10)) && empty(slot(12)));
    CHECK_EQ(state(&one, h), SWAP_IN_MEMORY);

    CHECK_EQ(get(&one, h + 1, SWAP_WRITE, 20), SWAP_GIVEN);
    CHECK_EQ(contents(20), 101);
    CHECK_ERR(drop(&one, h + 1, 1), ERR_BAD_HANDLE);
    CHECK_EQ(get(&one, h + 2, SWAP_OWN, 21), SWAP_GIVEN);
    CHECK_EQ(get(&one, h, SWAP_READ, 22), SWAP_LENT);
    CHECK_EQ(contents(22), 100);
    CHECK_OK(drop(&one, h, 1));
    CHECK(empty(slot(22)));
    give(&one, 20, 2);
}

TEST(swap, leaves_a_client_no_right_to_dma)
{
    struct cap_facts facts;
    uint64_t physical;
    uint32_t h;

    begin();
    pages(&one, 10, 1, 1);
    h = put(&one, 10, 1);
    CHECK_EQ(get(&one, h, SWAP_READ, 20), SWAP_LENT);
    CHECK_OK(cap_inspect(slot(20), &facts));
    CHECK_EQ(facts.rights & (RIGHT_DMA | RIGHT_WRITE), 0);
    CHECK_EQ(get(&one, h, SWAP_WRITE, 21), SWAP_GIVEN);
    CHECK_ERR(frame_phys(slot(21), 1, &physical), ERR_NO_RIGHT);
    CHECK_ERR(frame_hold(slot(21), 1), ERR_NO_RIGHT);
    give(&one, 21, 1);
}

TEST(swap, writes_clusters_and_reads_them_back)
{
    uint32_t h, reads, writes, in;

    begin();
    writes = status->disk_writes;
    pages(&one, 100, 32, 1000);
    h = put(&one, 100, 32);
    out(&one);
    CHECK_EQ(status->disk_writes - writes, 32 / CLUSTER);
    reads = status->disk_reads;
    in = status->in;
    for (unsigned i = 0; i < 32; i++) {
        CHECK_EQ(get(&one, h + i, SWAP_OWN, 200 + i), SWAP_KEPT);
        CHECK_EQ(contents(200 + i), 1000 + i);
    }
    CHECK_EQ(status->disk_reads - reads, 32);
    CHECK_EQ(status->in - in, 32);
    give(&one, 200, 32);
    CHECK_EQ(get(&one, h + 5, SWAP_WRITE, 200), SWAP_GIVEN);
    CHECK_EQ(contents(200), 1005);
    give(&one, 200, 1);
    CHECK_OK(drop(&one, h, 32));
}

TEST(swap, reads_neighbours_that_are_named_with_the_page)
{
    struct swap_get_req q;
    struct swap_get_reply r;
    struct passing p = {.recv = slot(200), .recv_count = 8};
    uint32_t h, reads;

    begin();
    pages(&one, 100, 32, 1000);
    h = put(&one, 100, 32);
    out(&one);
    reads = status->disk_reads;
    q = (struct swap_get_req){.handle = h,
                              .count = 8,
                              .how = SWAP_OWN,
                              .slot = slot(200),
                              .ahead = {SWAP_AHEAD(h + 8, 8)}};
    p.recv = slot(200);
    CHECK_ERR(swap_get(one.swap, &q, &r, &p), ERR_PENDING);
    wait_ready();
    CHECK_OK(swap_get(one.swap, &q, &r, &p));
    CHECK_EQ(r.got, 8);
    CHECK_EQ(r.given, SWAP_KEPT);
    CHECK_EQ(p.received, 8);
    for (unsigned i = 0; i < 8; i++)
        CHECK_EQ(contents(200 + i), 1000 + i);
    CHECK_EQ(get(&one, h + 15, SWAP_WRITE, 210), SWAP_GIVEN);
    CHECK_EQ(contents(210), 1015);
    CHECK_EQ(status->disk_reads - reads, 1);
    give(&one, 200, 11);
    CHECK_OK(drop(&one, h, 32));
}

TEST(swap, unmaps_a_page_that_is_put)
{
    volatile uint64_t *at;
    struct window w;
    uint32_t h;

    begin();
    pages(&one, 10, 1, 5);
    CHECK_OK(window_map(&w, slot(10), 1, RIGHT_READ | RIGHT_WRITE));
    at = w.at;
    at[1] = 77;
    h = put(&one, 10, 1);
    CHECK(empty(slot(10)));
    CHECK_EQ(get(&one, h, SWAP_WRITE, 10), SWAP_GIVEN);
    CHECK_EQ(contents(10), 77);
    give(&one, 10, 1);
}

static enum err forget(const struct tenant *t, unsigned first, uint32_t count)
{
    struct swap_forget_req q = {.first = slot(first), .count = count};
    struct swap_forget_reply r;

    return swap_forget(t->swap, &q, &r, NULL);
}

TEST(swap, refuses_what_is_malformed)
{
    struct swap_put_reply p;
    struct swap_get_reply g;
    uint32_t h;

    begin();
    pages(&one, 10, 1, 5);
    CHECK_ERR(put_once(&one, 10, 0, &p), ERR_BAD_ARG);
    CHECK_ERR(put_once(&one, 10, SWAP_PUT_MAX + 1, &p), ERR_BAD_ARG);
    CHECK_ERR(put_once(&one, 11, 1, &p), ERR_BAD_HANDLE);
    CHECK_ERR(put_once(&two, 10, 1, &p), ERR_BAD_HANDLE); /* another's */
    h = put(&one, 10, 1);
    CHECK_ERR(get_once(&two, h, 1, SWAP_READ, 20, &g), ERR_BAD_HANDLE);
    CHECK_ERR(get_once(&one, h, 0, SWAP_READ, 20, &g), ERR_BAD_ARG);
    CHECK_ERR(get_once(&one, h, 1, SWAP_OWN + 1, 20, &g), ERR_BAD_ARG);
    CHECK_ERR(drop(&two, h, 1), ERR_BAD_HANDLE);
    CHECK_ERR(forget(&one, 10, 0), ERR_BAD_ARG);
    CHECK_ERR(forget(&one, 10, SWAP_FORGET_MAX + 1), ERR_BAD_ARG);
    CHECK_ERR(forget(&one, 10, 1), ERR_BAD_HANDLE); /* it was put, not taken */
    CHECK_ERR(
        protocol_call(one.swap, PROTOCOL_OP(PROTOCOL_swap, swap_OP_COUNT), &h, 4, &g, 4, NULL),
        ERR_BAD_OP);
    CHECK_ERR(protocol_call(one.swap, PROTOCOL_OP(PROTOCOL_file, 0), &h, 4, &g, 4, NULL),
              ERR_BAD_OP);
    CHECK_OK(drop(&one, h, 1));
}

TEST(swap, lets_makers_alone_make_sessions_with_a_notification_to_signal)
{
    struct tenant t = {.bank = one.bank};
    struct swap_on_req on = {.device = 0};
    struct swap_on_reply r;

    begin();
    CHECK_ERR(session_make(&t, bits(RIGHT_READ)), ERR_NO_RIGHT);
    t.bank = one.bank;
    CHECK_ERR(swap_on(one.swap, &on, &r, NULL), ERR_REFUSED);
    CHECK_ERR(swap_on(swap, &on, &r, NULL), ERR_EXISTS);
    on.device = 3;
    CHECK_ERR(swap_on(swap, &on, &r, NULL), ERR_NOT_FOUND);
    CHECK_ERR(drop(&(struct tenant){.swap = swap}, 1, 1), ERR_REFUSED);
    CHECK_ERR(forget(&(struct tenant){.swap = swap}, 1, 1), ERR_REFUSED);
}

TEST(swap, hands_over_what_was_offered_room_for_and_the_rest_by_name)
{
    struct swap_get_req q = {.count = 2, .how = SWAP_WRITE, .slot = slot(20)};
    struct swap_get_reply r;
    struct passing p = {.recv_count = 1};
    struct frame_give_req g = {.count = 2};
    struct frame_give_reply taken;
    uint32_t h;

    begin();
    pages(&one, 10, 2, 5);
    q.handle = put(&one, 10, 2);
    q.slot = p.recv = slot(20);
    CHECK_OK(swap_get(one.swap, &q, &r, &p));
    CHECK_EQ(r.got, 2);
    CHECK_EQ(p.received, 1);
    CHECK_EQ(contents(20), 5);
    g.first = slot(20);
    CHECK_OK(frame_give(one.frame, &g, &taken, NULL));
    CHECK_EQ(taken.taken, 2);
    pages(&one, 10, 1, 8); /* what was left over is in nobody's way */
    h = put(&one, 10, 1);
    CHECK_EQ(get(&one, h, SWAP_WRITE, 20), SWAP_GIVEN);
    CHECK_EQ(contents(20), 8);
    give(&one, 20, 1);
}

/* ---- many holders ---- */

static enum err clone_make(const struct tenant *from, struct tenant *to)
{
    struct swap_clone_req q = {.from = from->session, .bit = BIT};
    struct swap_clone_reply r;
    struct passing p = {.send = bits(RIGHT_WRITE),
                        .send_count = 1,
                        .recv = slots_alloc(1),
                        .recv_count = 1,
                        .mode = TRANSFER_MOVE};
    enum err e;

    bank_make(to);
    q.bank = to->bank;
    e = swap_clone(swap, &q, &r, &p);
    to->swap = p.recv;
    to->session = r.session;
    return e;
}

TEST(swap, shares_pages_with_a_clone_and_copies_for_all_but_the_last_holder)
{
    struct tenant child;
    uint32_t h, handles;
    uint64_t word = 99;

    begin();
    pages(&one, 10, 4, 50);
    h = put(&one, 10, 4);
    CHECK_OK(clone_make(&one, &child));
    CHECK_EQ(get(&child, h, SWAP_OWN, 20), SWAP_LENT);
    CHECK_EQ(get(&one, h, SWAP_OWN, 21), SWAP_LENT);
    CHECK_ERR(frame_write(slot(20), 8, &word, sizeof(word)), ERR_NO_RIGHT);
    CHECK_EQ(get(&child, h, SWAP_WRITE, 22), SWAP_GIVEN); /* a copy */
    CHECK_OK(frame_write(slot(22), 8, &word, sizeof(word)));
    CHECK_EQ(contents(21), 50);
    CHECK_EQ(get(&one, h, SWAP_WRITE, 23), SWAP_GIVEN); /* itself */
    CHECK_EQ(contents(23), 50);
    CHECK(empty(slot(21)));
    session_end(&child, &handles);
    CHECK_EQ(handles, 3);
    bank_end(&child);
    CHECK(empty(slot(22)));
    give(&one, 23, 1);
    CHECK_OK(drop(&one, h, 4));
}

/* ---- exhaustion ---- */

TEST(swap, puts_and_gets_at_zero_free_frames)
{
    unsigned n;
    uint32_t h[50];

    begin();
    n = exhaust(&one, 2000);
    for (unsigned round = 0; round < 50; round++) {
        uint64_t word = round;

        CHECK_OK(frame_write(slot(2000 + round), 8, &word, sizeof(word)));
        h[round] = put(&one, 2000 + round, 1);
    }
    for (unsigned round = 0; round < 50; round++) {
        get(&one, h[round], SWAP_OWN, 2000 + round);
        CHECK_EQ(contents(2000 + round), round);
        drop(&one, h[round], 1);
    }
    unexhaust(&one, 2000, n);
}

TEST(swap, loses_no_page_of_a_thousand_in_little_memory)
{
    static uint32_t h[1024];
    uint32_t out_before;

    begin();
    out_before = status->out;
    for (unsigned i = 0; i < 1024; i += 32) {
        uint32_t first;

        pages(&one, 100, 32, i);
        first = put(&one, 100, 32);
        for (unsigned j = 0; j < 32; j++)
            h[i + j] = first + j;
    }
    out(&one);
    CHECK_EQ(status->out - out_before, 1024);
    for (unsigned i = 0; i < 1024; i++) {
        unsigned at = i * 389 % 1024;

        get(&one, h[at], SWAP_WRITE, 100);
        CHECK_EQ(contents(100), at);
        give(&one, 100, 1);
    }
}

/* ---- death ---- */

TEST(swap, outlives_a_client_that_dies_with_a_read_under_way)
{
    struct swap_get_reply r;
    struct tenant t;
    uint32_t h, handles;

    begin();
    tenant_make(&t);
    pages(&t, 10, 32, 1);
    h = put(&t, 10, 32);
    out(&t);
    CHECK_ERR(get_once(&t, h, 16, SWAP_OWN, 200, &r), ERR_PENDING);
    session_end(&t, &handles);
    CHECK_EQ(handles, 32);
    CHECK_ERR(get_once(&t, h, 1, SWAP_OWN, 200, &r), ERR_NO_CAP);
    bank_end(&t);
    pages(&one, 10, 1, 9);
    h = put(&one, 10, 1);
    CHECK_EQ(get(&one, h, SWAP_WRITE, 11), SWAP_GIVEN);
    give(&one, 11, 1);
}

TEST(swap, keeps_what_a_dead_bank_had_put_until_its_session_ends)
{
    struct swap_get_reply r;
    struct tenant t;
    uint32_t h, handles;

    begin();
    tenant_make(&t);
    pages(&t, 10, 4, 1);
    h = put(&t, 10, 4);
    bank_end(&t);
    CHECK_ERR(get_once(&t, h, 1, SWAP_WRITE, 200, &r), ERR_BAD_HANDLE);
    session_end(&t, &handles);
    CHECK_EQ(handles, 4);
}

/* ---- objects ---- */

static enum err object_once(const struct tenant *t, uint32_t object, uint32_t index, uint32_t write,
                            unsigned at)
{
    struct object_get_req q = {.handle = object, .index = index, .count = 1, .write = write};
    struct object_get_reply r;
    struct passing p = {.recv = slot(at), .recv_count = 1};

    return object_get(t->swap, &q, &r, &p);
}

static void object_at(const struct tenant *t, uint32_t object, uint32_t index, uint32_t write,
                      unsigned at)
{
    enum err e;

    while ((e = object_once(t, object, index, write, at)) == ERR_PENDING)
        wait_ready();
    CHECK_OK(e);
}

TEST(swap, shares_an_object_that_is_written_out_and_read_back)
{
    struct swap_make_req q = {.pages = 100};
    struct swap_make_reply r;
    struct swap_close_req c;
    struct swap_close_reply d;
    volatile uint64_t *a, *b;
    struct window w;
    uint32_t before, handles;
    struct tenant child;

    begin();
    CHECK_OK(swap_make(one.swap, &q, &r, NULL));
    CHECK_OK(clone_make(&one, &child));
    object_at(&one, r.object, 7, 1, 30);
    object_at(&child, r.object, 7, 0, 31);
    CHECK_OK(window_map(&w, slot(30), 1, RIGHT_READ | RIGHT_WRITE));
    a = w.at;
    CHECK_OK(window_map(&w, slot(31), 1, RIGHT_READ));
    b = w.at;
    CHECK_EQ(b[1], 0);
    a[1] = 42;
    CHECK_EQ(b[1], 42);
    before = status->out;
    for (unsigned i = 0; i < 20 && !empty(slot(30)); i++)
        unexhaust(&two, 2000, exhaust(&two, 2000));
    CHECK(empty(slot(30)) && empty(slot(31)));
    flush(&one);
    unexhaust(&two, 2000, exhaust(&two, 2000));
    CHECK(status->out > before);
    object_at(&child, r.object, 7, 0, 31);
    CHECK_EQ(contents(31), 42);
    CHECK_ERR(object_once(&one, r.object, 100, 0, 32), ERR_END);
    CHECK_ERR(object_once(&two, r.object, 0, 0, 32), ERR_BAD_HANDLE);
    session_end(&child, &handles);
    bank_end(&child);
    object_at(&one, r.object, 7, 0, 30);
    CHECK_EQ(contents(30), 42);
    c.object = r.object;
    CHECK_OK(swap_close(one.swap, &c, &d, NULL));
    CHECK(empty(slot(30)));
}

/* ---- devices ---- */

TEST(swap, moves_all_pages_to_the_other_device)
{
    struct swap_off_req q = {.device = 0, .session = one.session};
    struct swap_off_reply r;
    struct swap_on_req on = {.device = 0, .priority = 9};
    struct swap_on_reply back;
    uint32_t h, slots;
    enum err e;

    begin();
    pages(&one, 100, 32, 300);
    h = put(&one, 100, 32);
    out(&one);
    slots = status->slots;
    while ((e = swap_off(swap, &q, &r, NULL)) == ERR_PENDING)
        wait_ready();
    CHECK_OK(e);
    CHECK_EQ(r.left, 0);
    CHECK(status->slots < slots);
    CHECK_ERR(swap_off(swap, &q, &r, NULL), ERR_NOT_FOUND);
    CHECK_OK(swap_on(swap, &on, &back, NULL));
    CHECK_EQ(status->slots, slots);
    for (unsigned i = 0; i < 32; i++) {
        get(&one, h + i, SWAP_WRITE, 100);
        CHECK_EQ(contents(100), 300 + i);
        give(&one, 100, 1);
    }
}

/* ---- nothing is left ---- */

TEST(swap, has_as_many_frames_and_slots_after_five_lives_as_after_one)
{
    uint32_t frames = 0, slots = 0, handles;

    begin();
    for (unsigned life = 0; life < 5; life++) {
        struct tenant t;

        tenant_make(&t);
        for (unsigned i = 0; i < 4; i++) {
            pages(&t, 100, 32, i);
            put(&t, 100, 32);
        }
        out(&t);
        session_end(&t, &handles);
        CHECK_EQ(handles, 128);
        bank_end(&t);
        unexhaust(&two, 2000, exhaust(&two, 2000));
        if (life == 0) {
            frames = free_pages();
            slots = status->slots_free;
        }
    }
    CHECK_EQ(free_pages(), frames);
    CHECK_EQ(status->slots_free, slots);
    CHECK_EQ(status->pages, 0);
    CHECK_EQ(status->lost, 0);
}
