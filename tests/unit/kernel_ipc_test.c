/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Endpoints, Replies, notifications, faults and leases on the host build of the kernel. */
#include "buffer.h"
#include "cast.h"
#include "ipc.h"
#include "space.h"
#include "unit.h"

#define VA 0x40000000ul

static struct result server_result(void)
{
    return machine_result(cast_server());
}

static struct result client_result(void)
{
    return machine_result(cast_client());
}

static const word_t EIGHT[MESSAGE_WORDS] = {11, 12, 13, 14, 15, 16, 17, 18};

TEST(ipc, a_call_carries_eight_words_and_the_badge)
{
    cast_make();
    cast_meet();

    machine_call(SYS_CALL, CAST_BADGED, 0, 0, 0, EIGHT);

    CHECK(cpu.current == cast_server());
    CHECK_EQ(server_result().err, ERR_OK);
    CHECK_EQ(KIND_OF(server_result().kind), KIND_CALL);
    CHECK_EQ(server_result().badge, CAST_BADGE);
    CHECK_EQ(server_result().word[7], 18);
}

TEST(ipc, a_reply_resumes_the_caller_with_its_words)
{
    cast_make();
    cast_meet();
    machine_call(SYS_CALL, CAST_BADGED, 0, 0, 0, NULL);

    machine_call(SYS_REPLY_RECV, 0, 0, 0, 0, EIGHT);

    CHECK(cpu.current == cast_client());
    CHECK_EQ(client_result().err, ERR_OK);
    CHECK_EQ(client_result().word[0], 11);
}

TEST(ipc, a_caller_that_comes_first_waits_its_turn)
{
    cast_make();
    CHECK_EQ(machine_invoke(CAST_SERVER, OP_THREAD_SETUP, 4, 0, 0, 0, 0, 0).err, ERR_OK);
    machine_call(SYS_WAIT, CAST_NOTIFICATION, 0, 0, 0, NULL);
    CHECK(cpu.current == cast_client());
    machine_call(SYS_CALL, CAST_BADGED, 0, 0, 0, EIGHT);
    CHECK(cpu.current == cast_server());
    machine_call(SYS_RECV, 0, 0, 0, 0, NULL);

    CHECK_EQ(server_result().word[3], 14);
    CHECK_EQ(cast_server()->priority, 5); /* the caller's, until the next receive */
}

/* By either path. */
TEST(ipc, a_signal_takes_the_processor_from_who_is_less_important_only)
{
    for (unsigned i = 0; i < 4; i++) {
        bool fast = i & 1, peers = i & 2;

        cast_make();
        CHECK_EQ(cast_retype(OBJ_NOTIFICATION, 0, CAST_FREE, 1), ERR_OK);
        machine_invoke(CAST_FREE, OP_CAP_DERIVE, CAST_FREE + 1, RIGHT_WRITE, 2, 0, 0, 1);
        machine_invoke(CAST_CLIENT, OP_THREAD_SETUP, peers ? 9 : 5, 0, 0, 0, 0, 0);
        cast_begin();
        machine_call(SYS_WAIT, CAST_FREE, 0, 0, 0, NULL);
        CHECK(cpu.current == cast_client());
        if (fast)
            machine_fast(SYS_SIGNAL, CAST_FREE + 1, 0, 0, 0, EIGHT);
        else
            machine_call(SYS_SIGNAL, CAST_FREE + 1, 0, 0, 0, EIGHT);

        CHECK(cpu.current == (peers ? cast_client() : cast_server()));
        CHECK_EQ(cast_server()->state, THREAD_READY);
        CHECK_EQ(server_result().badge, 2);
        CHECK_EQ(client_result().word[0], 11);
    }
}

/* By either path. */
TEST(ipc, a_server_has_its_own_priority_when_it_has_replied)
{
    for (unsigned fast = 0; fast < 2; fast++) {
        cast_make();
        CHECK_EQ(machine_invoke(CAST_SERVER, OP_THREAD_SETUP, 4, 0, 0, 0, 0, 0).err, ERR_OK);
        machine_call(SYS_WAIT, CAST_NOTIFICATION, 0, 0, 0, NULL);
        machine_call(SYS_CALL, CAST_BADGED, 0, 0, 0, EIGHT);
        machine_call(SYS_RECV, 0, 0, 0, 0, NULL);
        CHECK_EQ(cast_server()->priority, 5);
        if (fast)
            machine_fast(SYS_REPLY_RECV, 0, 0, 0, 0, EIGHT);
        else
            machine_call(SYS_REPLY_RECV, 0, 0, 0, 0, EIGHT);

        CHECK(cpu.current == cast_client());
        CHECK_EQ(cast_server()->state, THREAD_RECEIVING);
        CHECK_EQ(cast_server()->priority, 4);
    }
}

TEST(ipc, capabilities_are_derived_into_the_slots_offered)
{
    struct result r;

    cast_make();
    CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, CAST_FREE, 2), ERR_OK);
    cast_meet();
    r = machine_call(SYS_CALL, CAST_BADGED, INFO_SEND(2) | INFO_RIGHTS(RIGHT_READ), CAST_FREE, 0,
                     NULL);
    (void)r;

    CHECK_EQ(KIND_CAPS(server_result().kind), 2);
    CHECK_EQ(slot_rights(machine_slot(CAST_FREE + 101)), RIGHT_READ);
}

TEST(ipc, what_does_not_fit_into_the_offer_stays_with_the_sender)
{
    cast_make();
    CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, CAST_FREE, 6), ERR_OK);
    cast_meet();
    machine_call(SYS_CALL, CAST_BADGED, INFO_SEND(6) | INFO_MODE(TRANSFER_MOVE), CAST_FREE, 0,
                 NULL);

    CHECK_EQ(KIND_CAPS(server_result().kind), 4);
    CHECK(slot_empty(machine_slot(CAST_FREE)));
    CHECK(!slot_empty(machine_slot(CAST_FREE + 4)));
}

TEST(ipc, a_capability_without_grant_does_not_travel)
{
    cast_make();
    cast_meet();

    CHECK_EQ(machine_call(SYS_CALL, CAST_BADGED, INFO_SEND(1), CAST_SIGNAL, 0, NULL).err,
             ERR_NO_RIGHT);
}

TEST(ipc, deleting_the_reply_tells_its_caller)
{
    cast_make();
    cast_meet();
    machine_call(SYS_CALL, CAST_BADGED, 0, 0, 0, NULL);
    CHECK_EQ(machine_invoke(CAST_REPLY, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0).err, ERR_OK);

    CHECK_EQ(client_result().err, ERR_GONE);
}

TEST(ipc, deleting_the_caller_frees_the_reply)
{
    cast_make();
    cast_meet();
    machine_call(SYS_CALL, CAST_BADGED, 0, 0, 0, NULL);
    CHECK_EQ(machine_invoke(CAST_CLIENT, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0).err, ERR_OK);

    CHECK_EQ(reply_of(machine_slot(CAST_REPLY))->state, REPLY_FREE);
    CHECK_EQ(machine_call(SYS_REPLY, 0, 0, 0, 0, NULL).err, ERR_GONE);
}

TEST(ipc, deleting_the_endpoint_fails_callers_and_receivers)
{
    cast_make();
    cast_meet();
    CHECK_EQ(machine_invoke(CAST_ENDPOINT, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0).err, ERR_OK);

    CHECK_EQ(server_result().err, ERR_GONE);
}

TEST(ipc, a_bound_notification_is_received_like_a_message)
{
    cast_make();
    CHECK_EQ(machine_invoke(CAST_SERVER, OP_THREAD_BIND, BINDING(BIND_NOTIFICATION),
                            CAST_NOTIFICATION, 0, 0, 0, 0)
                 .err,
             ERR_OK);
    CHECK_EQ(machine_call(SYS_SIGNAL, CAST_SIGNAL, 0, 0, 0, NULL).err, ERR_OK);
    CHECK_EQ(machine_invoke(INIT_THREAD, OP_THREAD_STOP, 0, 0, 0, 0, 0, 0).err, ERR_OK);
    machine_call(SYS_RECV, 0, 0, 0, 0, NULL);

    CHECK_EQ(KIND_OF(server_result().kind), KIND_NOTIFICATION);
    CHECK_EQ(server_result().badge, CAST_BIT);
}

TEST(ipc, a_receive_ends_at_its_deadline)
{
    struct buffer *buffer;

    cast_make();
    cast_begin();
    buffer = thread_buffer(cast_server());
    buffer->deadline = now() + 5000000;
    machine_call(SYS_RECV, 0, INFO_DEADLINE, 0, 0, NULL);
    machine_time(10000000);

    CHECK(cpu.current == cast_server());
    CHECK_EQ(server_result().err, ERR_TIMEOUT);
}

static void fault_at(vaddr_t va)
{
    cast_meet();
    CHECK(!machine_touch(va, RIGHT_WRITE));
    CHECK(cpu.current == cast_server());
}

TEST(fault, is_a_call_that_says_what_happened)
{
    cast_make();
    fault_at(VA + 0x123);

    CHECK_EQ(KIND_OF(server_result().kind), KIND_FAULT);
    CHECK_EQ(server_result().badge, CAST_BADGE + 1);
    CHECK_EQ(FAULT_GET_CAUSE(server_result().word[FAULT_CAUSE]), FAULT_NO_TABLE);
    CHECK_EQ(FAULT_GET_LEVEL(server_result().word[FAULT_CAUSE]), 1);
    CHECK_EQ(FAULT_GET_ACCESS(server_result().word[FAULT_CAUSE]), RIGHT_WRITE);
    CHECK_EQ(server_result().word[FAULT_ADDRESS], VA + 0x123);
}

TEST(fault, one_reply_maps_two_tables_and_sixteen_pages_and_resumes)
{
    word_t items[MESSAGE_WORDS] = {CAST_TABLE1, MAP_WHERE(VA, 1, 0, 0),
                                   CAST_TABLE0, MAP_WHERE(VA, 1, 0, 0),
                                   CAST_FREE,   MAP_WHERE(VA, 16, RIGHT_READ | RIGHT_WRITE, 0)};

    cast_make();
    CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, CAST_FREE, 16), ERR_OK);
    fault_at(VA + 3 * PAGE_SIZE);
    machine_call(SYS_REPLY_RECV, 0, INFO_MAPS, 0, 0, items);

    CHECK(cpu.current == cast_client());
    CHECK(machine_touch(VA + 15 * PAGE_SIZE, RIGHT_WRITE));
    CHECK(pte_dirty(place_load(walk_place(&(struct walk[1]){
        walk_to(space_of(machine_slot(CAST_SPACE)), VA + 3 * PAGE_SIZE, 0)}[0]))));
}

TEST(fault, a_failing_item_leaves_the_thread_waiting_and_tells_how_far_it_came)
{
    word_t items[MESSAGE_WORDS] = {CAST_TABLE1, MAP_WHERE(VA, 1, 0, 0), CAST_FREE,
                                   MAP_WHERE(VA, 1, RIGHT_READ, 0)};

    cast_make();
    CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, CAST_FREE, 1), ERR_OK);
    fault_at(VA);
    struct result r = machine_call(SYS_REPLY_RECV, 0, INFO_MAPS, 0, 0, items);

    CHECK(cpu.current == cast_server());
    CHECK_EQ(r.err, ERR_NO_TABLE);
    CHECK_EQ(r.word[0], 1);
    CHECK_EQ(r.word[1], 0);
    CHECK_EQ(cast_client()->state, THREAD_SERVED);
}

TEST(fault, that_is_not_answered_in_time_goes_to_the_fallback)
{
    cast_make();
    CHECK_EQ(machine_invoke(CAST_CLIENT, OP_THREAD_BIND, BINDING(BIND_FALLBACK),
                            CAST_FALLBACK_ENDPOINT, 0, 0, 0, 0)
                 .err,
             ERR_OK);
    CHECK_EQ(machine_invoke(CAST_CLIENT, OP_THREAD_SETUP, 5, 0, 3, 1, 0, 0).err, ERR_OK);
    fault_at(VA);
    machine_time(10000000);

    CHECK_EQ(reply_of(machine_slot(CAST_REPLY))->state, REPLY_EXPIRED);
    CHECK(endpoint_of(machine_slot(CAST_FALLBACK_ENDPOINT))->senders == cast_client());
    CHECK_EQ(machine_call(SYS_REPLY, 0, 0, 0, 0, NULL).err, ERR_LATE);
    CHECK_EQ(reply_of(machine_slot(CAST_REPLY))->state, REPLY_FREE);
}

static void map_page(cap_t space, cap_t frame, vaddr_t va)
{
    word_t items[MESSAGE_WORDS] = {CAST_TABLE1, MAP_WHERE(va, 1, 0, 0),
                                   CAST_TABLE0, MAP_WHERE(va, 1, 0, 0),
                                   frame,       MAP_WHERE(va, 1, RIGHT_READ | RIGHT_WRITE, 0)};

    CHECK_EQ(machine_call(SYS_INVOKE, space, OP_SPACE_MAP, 0, 0, items).err, ERR_OK);
}

TEST(lease, a_server_copies_to_lent_memory_and_stops_at_an_absent_page)
{
    struct buffer *buffer;
    struct result r;
    size_t left;

    cast_make();
    CHECK_EQ(cast_retype(OBJ_FRAME, 13, CAST_FREE, 1), ERR_OK);
    CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, CAST_FREE + 1, 1), ERR_OK);
    map_page(CAST_SPACE, CAST_FREE + 1, VA);
    *(uint8_t *)window(slot_paddr(machine_slot(CAST_FREE))) = 0xa5;
    cast_meet();
    buffer = thread_buffer(cast_client());
    buffer->lease[0] = (struct lease){CAST_SPACE, RIGHT_WRITE, VA + 100, 8000};
    machine_call(SYS_CALL, CAST_BADGED, INFO_LEASES(1), 0, 0, NULL);
    CHECK(cpu.current == cast_server());

    r = machine_invoke(CAST_REPLY, OP_REPLY_COPY, 0 | REPLY_TO_LEASE, 0, CAST_FREE, 0, 8000, 0);
    CHECK_EQ(r.err, ERR_FAULT);
    CHECK_EQ(r.word[0], 4096 - 100);
    CHECK_EQ(
        ((uint8_t *)walk_user(space_of(machine_slot(CAST_SPACE)), VA + 100, RIGHT_READ, &left))[0],
        0xa5);
    CHECK_EQ(machine_invoke(CAST_REPLY, OP_REPLY_COPY, 0, 0, CAST_FREE, 0, 10, 0).err,
             ERR_NO_RIGHT);
    CHECK_EQ(
        machine_invoke(CAST_REPLY, OP_REPLY_COPY, 0 | REPLY_TO_LEASE, 7999, CAST_FREE, 0, 2, 0).err,
        ERR_BAD_ARG);
}

TEST(space, revoking_the_owners_capability_unmaps_everywhere_and_dirt_moves_up)
{
    cast_make();
    CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, CAST_FREE, 1), ERR_OK);
    CHECK_EQ(machine_invoke(CAST_FREE, OP_CAP_DERIVE, CAST_FREE + 1, RIGHT_READ | RIGHT_WRITE, 0, 0,
                            0, 1)
                 .err,
             ERR_OK);
    map_page(CAST_SPACE, CAST_FREE + 1, VA);
    cast_begin();
    machine_call(SYS_RECV, 0, 0, 0, 0, NULL);
    CHECK(machine_touch(VA, RIGHT_WRITE));
    CHECK_EQ(machine_invoke(CAST_FREE, OP_CAP_REVOKE, 0, 0, 0, 0, 0, 0).err, ERR_OK);

    CHECK(machine_slot(CAST_FREE)->head & HEAD_D);
    CHECK(!machine_touch(VA, RIGHT_READ));
}

TEST(space, deleting_it_unmaps_its_pages_but_keeps_the_capabilities)
{
    cast_make();
    CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, CAST_FREE, 1), ERR_OK);
    map_page(CAST_SPACE, CAST_FREE, VA);
    machine_interrupt_every(1);
    CHECK_EQ(machine_invoke(CAST_SPACE, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0).err, ERR_OK);

    CHECK(!(machine_slot(CAST_FREE)->head & HEAD_MAPPED));
    CHECK(!(machine_slot(CAST_TABLE0)->head & HEAD_MAPPED));
}

TEST(ipc, a_notification_is_bound_to_one_thread)
{
    cast_make();
    CHECK_EQ(machine_invoke(CAST_SERVER, OP_THREAD_BIND, BINDING(BIND_NOTIFICATION),
                            CAST_NOTIFICATION, 0, 0, 0, 0)
                 .err,
             ERR_OK);
    CHECK_EQ(machine_invoke(CAST_CLIENT, OP_THREAD_BIND, BINDING(BIND_NOTIFICATION),
                            CAST_NOTIFICATION, 0, 0, 0, 0)
                 .err,
             ERR_BUSY);
}
