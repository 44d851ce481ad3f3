/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame_client.c - the frame server asked by messages, on the real kernel.
 *
 * The client stands at level 4 with a session at the frame server, and makes banks with
 * sessions of their own where a test needs a client that it may end.
 */
#include "client.h"
#include "frame_calls.h"
#include "start.h"

#define TEST_VA 0x20000000ul

static bool zero(const volatile uint64_t *at, unsigned bytes)
{
    for (unsigned i = 0; i < bytes / sizeof(*at); i++)
        if (at[i] != 0)
            return false;
    return true;
}

TEST(frame, delivers_pages_that_are_zero_and_can_be_written)
{
    volatile uint64_t *at = (volatile uint64_t *)TEST_VA;
    uint32_t got;

    CHECK_OK((slot(0), alloc(own, 0, 64, FRAME_PAGE | FRAME_CLEARED, 1, &got)));
    CHECK_EQ(got, 64);
    CHECK_OK(map_with_tables(TEST_VA, slot(1), 64, RIGHT_READ | RIGHT_WRITE));
    CHECK(zero(at, 64 * PAGE_SIZE));
    for (unsigned i = 0; i < 64 * PAGE_SIZE / sizeof(*at); i++)
        at[i] = ~0ull;
    CHECK_OK(give(own, 1, 64, &got));
    CHECK_EQ(got, 64);
    CHECK(empty(slot(1)) && empty(slot(64)));
    walk();
}

TEST(frame, clears_what_another_left)
{
    volatile uint64_t *at = (volatile uint64_t *)TEST_VA;
    uint32_t got;

    for (unsigned round = 0; round < 8; round++) {
        CHECK_OK(alloc(own, 0, 64, FRAME_PAGE, 1, &got));
        CHECK_OK(map_with_tables(TEST_VA, slot(1), got, RIGHT_READ | RIGHT_WRITE));
        CHECK(zero(at, got * PAGE_SIZE));
        for (unsigned i = 0; i < got * PAGE_SIZE / sizeof(*at); i += 8)
            at[i] = i + 1;
        CHECK_OK(give(own, 1, 64, &got));
    }
}

TEST(frame, hands_out_blocks_of_every_order_there_is)
{
    uint32_t got, before = walk();

    for (unsigned order = 0; order <= 6; order++) {
        CHECK_OK(alloc(own, order, 1, FRAME_LOCKED, 10 + order, &got));
        CHECK_EQ(facts_of(slot(10 + order)).log2_size, PAGE_BITS + order);
        CHECK_EQ(facts_of(slot(10 + order)).rights,
                 RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE | RIGHT_GRANT);
    }
    walk();
    CHECK_OK(give(own, 10, 7, &got));
    CHECK_EQ(got, 7);
    CHECK_EQ(walk(), before);
}

TEST(frame, revokes_what_was_derived_from_a_page_given_back)
{
    volatile uint64_t *at = (volatile uint64_t *)TEST_VA;
    uint32_t got;
    uint8_t byte;

    CHECK_OK(alloc(own, 0, 1, FRAME_PAGE, 1, &got));
    CHECK_OK(cap_derive(slot(1), slot(2), RIGHT_READ | RIGHT_WRITE, 0));
    CHECK_OK(cap_move(slot(1), slot(3), 1));
    CHECK_OK(map_with_tables(TEST_VA, slot(2), 1, RIGHT_READ | RIGHT_WRITE));
    *at = 1;
    CHECK_OK(give(own, 1, 1, &got));
    CHECK(empty(slot(2)) && empty(slot(3)));
    CHECK_OK(space_harvest(SLOT_SPACE, TEST_VA, 1, 0, &byte));
    CHECK_EQ(byte & HARVEST_PRESENT, 0);
}

TEST(frame, gathers_scattered_pages_into_neighbouring_slots)
{
    uint32_t got, before = walk();

    for (unsigned i = 0; i < 128; i++)
        CHECK_OK(alloc(own, 0, 1, FRAME_PAGE, 1 + i, &got));
    for (unsigned i = 0; i < 128; i += 2)
        CHECK_OK(give(own, 1 + i, 1, &got));
    CHECK_OK(alloc(own, 0, 64, FRAME_PAGE, 200, &got));
    CHECK_EQ(got, 64);
    CHECK(!empty(slot(263)));
    for (unsigned i = 1; i < 264; i += 64)
        give(own, i, 64, &got);
    CHECK_EQ(walk(), before);
}

TEST(frame, delivers_as_far_as_slots_are_offered_and_empty)
{
    uint32_t got, before = walk();
    unsigned arrived;

    CHECK_OK(alloc_offering(own, 0, 16, FRAME_PAGE, 1, 5, &got, &arrived));
    CHECK_EQ(arrived, 5);
    CHECK_OK(give(own, 1, 16, &got));
    CHECK_EQ(got, 16);

    CHECK_OK(cap_derive(SLOT_NOTIFICATION, slot(4), RIGHT_ALL, 0));
    CHECK_OK(alloc_offering(own, 0, 16, FRAME_PAGE, 1, 16, &got, &arrived));
    CHECK_EQ(arrived, 3);
    CHECK_OK(give(own, 1, 16, &got));
    CHECK_EQ(facts_of(slot(4)).type, OBJ_NOTIFICATION);
    CHECK_OK(cap_delete(slot(4), 1));
    CHECK_EQ(walk(), before);
}

TEST(frame, refuses_what_is_malformed)
{
    struct frame_alloc_req nowhere = {.count = 1, .class = FRAME_PAGE};
    struct frame_alloc_reply r;
    uint32_t got, made;

    CHECK_ERR(alloc(own, 10, 1, FRAME_PAGE, 1, &got), ERR_BAD_ARG);
    CHECK_ERR(alloc(own, 0, 0, FRAME_PAGE, 1, &got), ERR_BAD_ARG);
    CHECK_ERR(alloc(own, 3, 2, FRAME_PAGE, 1, &got), ERR_BAD_ARG);
    CHECK_ERR(alloc(own, 0, 1, 4, 1, &got), ERR_BAD_ARG);
    CHECK_ERR(frame_alloc(own, &nowhere, &r, NULL), ERR_BAD_ARG);
    CHECK_ERR(give(own, 1, 0, &got), ERR_BAD_ARG);
    CHECK_ERR(give(own, 1, 65, &got), ERR_BAD_ARG);
    CHECK_ERR(give(own, 1, 64, &got), ERR_BAD_HANDLE);
    CHECK_ERR(objects(own, 11, 1), ERR_BAD_ARG);
    CHECK_ERR(objects(own, 21, 1), ERR_BAD_ARG);
    CHECK_OK(alloc(own, 0, 4, FRAME_PAGE, 1, &got));
    CHECK_ERR(alloc(own, 0, 4, FRAME_PAGE, 4, &got), ERR_NOT_EMPTY);
    CHECK_OK(bank(0, 10, &made));
    CHECK_ERR(give(slot(10), 1, 4, &got), ERR_BAD_HANDLE);
    destroy(made);
    CHECK_OK(give(own, 1, 4, &got));
    walk();
}

TEST(frame, refuses_operations_there_are_not_and_capabilities_nobody_asked_for)
{
    word_t word[MESSAGE_WORDS] = {PROTOCOL_OP(PROTOCOL_frame, frame_OP_COUNT)};
    struct frame_usage_req q = {0};
    struct frame_usage_reply r;
    struct passing p = {.send_count = 1, .mode = TRANSFER_MOVE};
    uint32_t got;

    CHECK_EQ(sys_call(own, 0, CAP_NULL, CAP_NULL, word).err, ERR_OK);
    CHECK_EQ(word[0], ERR_BAD_OP);
    CHECK_OK(alloc(own, 0, 1, FRAME_PAGE, 1, &got));
    p.send = slot(1);
    CHECK_ERR(frame_usage(own, &q, &r, &p), ERR_BAD_ARG);
    CHECK(empty(slot(1)));
    CHECK_OK(give(own, 1, 1, &got));
    walk();
}

TEST(frame, gives_memory_for_kernel_objects_and_takes_it_back_with_them)
{
    uint32_t got, before = walk();

    CHECK_OK(objects(own, 14, 1));
    CHECK_EQ(facts_of(slot(1)).type, OBJ_UNTYPED);
    CHECK_OK(untyped_retype(slot(1), OBJ_CAPTABLE, 12, slot(2), 1, NULL));
    CHECK_OK(untyped_retype(slot(1), OBJ_ENDPOINT, 0, slot(3), 64, NULL));
    CHECK_OK(give(own, 1, 1, &got));
    CHECK(empty(slot(1)) && empty(slot(2)) && empty(slot(66)));
    CHECK_EQ(walk(), before);
}

TEST(bank, is_charged_limited_and_ended_with_all_it_has)
{
    uint32_t got, made, before = walk();

    CHECK_OK(bank(100, 1, &made));
    CHECK_OK(alloc(slot(1), 0, 64, FRAME_PAGE, 100, &got));
    CHECK_OK(alloc(slot(1), 0, 64, FRAME_POOL, 200, &got));
    CHECK_EQ(got, 36);
    CHECK_ERR(alloc(slot(1), 0, 1, FRAME_PAGE, 300, &got), ERR_LIMIT);
    CHECK_ERR(objects(slot(1), 12, 300), ERR_LIMIT);
    CHECK_EQ(usage(own, made).used, 100);
    CHECK_EQ(usage(own, made).page, 64);
    CHECK_EQ(destroy(made), 100);
    CHECK(empty(slot(1)) && empty(slot(100)) && empty(slot(235)));
    CHECK_EQ(walk(), before);
}

TEST(bank, of_another_is_not_mine)
{
    struct frame_destroy_req q;
    struct frame_destroy_reply r;
    uint32_t mine, inner, got;

    CHECK_OK(bank(0, 1, &mine));
    CHECK_OK(alloc(slot(1), 0, 1, FRAME_PAGE, 2, &got));
    q.bank = mine;
    CHECK_ERR(frame_destroy(slot(1), &q, &r, NULL), ERR_BAD_HANDLE);
    q.bank = mine + 1;
    CHECK_ERR(frame_destroy(own, &q, &r, NULL), ERR_BAD_HANDLE);
    q.bank = 0;
    CHECK_ERR(frame_destroy(own, &q, &r, NULL), ERR_BAD_HANDLE);
    own = slot(1);
    CHECK_ERR(bank(0, 3, &inner), ERR_REFUSED); /* level 5 */
    own = SLOT_MEMORY;
    destroy(mine);
}

TEST(bank, whose_holder_died_with_its_slots_is_ended_all_the_same)
{
    uint32_t got, made, before = walk();

    CHECK_OK(bank(0, 1, &made));
    CHECK_OK(alloc(slot(1), 0, 64, FRAME_PAGE, 100, &got));
    CHECK_OK(objects(slot(1), 13, 99));
    CHECK_OK(cap_delete(slot(99), 65)); /* what its table's end would do */
    walk();
    CHECK_EQ(destroy(made), 66);
    CHECK_EQ(walk(), before);
}

TEST(bank, that_ends_while_its_pages_are_mapped_unmaps_them)
{
    uint32_t got, made;
    uint8_t byte[64];

    CHECK_OK(bank(0, 1, &made));
    CHECK_OK(alloc(slot(1), 0, 64, FRAME_PAGE, 100, &got));
    CHECK_OK(map_with_tables(TEST_VA, slot(100), 64, RIGHT_READ | RIGHT_WRITE));
    destroy(made);
    CHECK_OK(space_harvest(SLOT_SPACE, TEST_VA, 64, 0, byte));
    for (unsigned i = 0; i < 64; i++)
        CHECK_EQ(byte[i] & HARVEST_PRESENT, 0);
}

TEST(pressure, is_told_by_a_notification_and_in_the_status_page)
{
    const volatile struct frame_status *s = status();
    struct frame_watch_req q = {0};
    struct frame_watch_reply r;
    struct passing p = {.send_count = 1, .mode = TRANSFER_MOVE};
    uint32_t got, made, first = 100, before = walk();
    enum err e;

    p.send = slot(2);
    CHECK_OK(cap_derive(SLOT_NOTIFICATION, slot(2), RIGHT_WRITE | RIGHT_GRANT, 1 << 4));
    CHECK_OK(frame_watch(own, &q, &r, &p));
    CHECK(empty(slot(2)));
    CHECK_OK(bank(0, 1, &made));
    while ((e = alloc(slot(1), 0, 64, FRAME_PAGE, first, &got)) == ERR_OK)
        first += got;
    CHECK_ERR(e, ERR_NO_MEMORY);
    CHECK_EQ(s->free, s->min);
    CHECK_EQ(s->pressure, s->high - s->free);
    CHECK_EQ(sys_wait(CAP_NULL, 0).badge, 1 << 4);
    walk();

    CHECK_EQ(destroy(made), first - 100);
    CHECK_EQ(s->pressure, 0);
    CHECK_EQ(walk(), before);
    p.send_count = 0;
    CHECK_OK(frame_watch(own, &q, &r, &p));
}

TEST(cost, of_a_page_is_a_fraction_of_a_message)
{
    const volatile struct frame_status *s = status();
    uint32_t messages = s->messages[frame_OP_alloc], got;
    uint64_t start, taken, given;

    for (unsigned i = 0; i < 16; i++) /* as a pager's pool does, warm */
        CHECK_OK(alloc(own, 0, 16, FRAME_PAGE | FRAME_CLEARED, 1 + 16 * i, &got));
    CHECK_EQ(s->messages[frame_OP_alloc] - messages, 16);
    for (unsigned i = 0; i < 16; i++)
        CHECK_OK(give(own, 1 + 16 * i, 16, &got));
    start = instructions();
    for (unsigned i = 0; i < 16; i++)
        CHECK_OK(alloc(own, 0, 16, FRAME_PAGE | FRAME_CLEARED, 1 + 16 * i, &got));
    taken = instructions();
    for (unsigned i = 0; i < 16; i++)
        CHECK_OK(give(own, 1 + 16 * i, 16, &got));
    given = instructions();
    log_line("instructions a page: take cleared, by 16: %u; give: %u",
             (unsigned)((taken - start) / 256), (unsigned)((given - taken) / 256));
    CHECK_EQ(got, 16);
}
