/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hostile memory, faults and messages. The numbers are those of docs/hostile.md.
 */
#include "buffer.h"
#include "hostile.h"
#include "ipc.h"
#include "space.h"
#include "unit.h"

#define VA  0x40000000ul
#define MS  1000000ul
#define RW  (RIGHT_READ | RIGHT_WRITE)
#define A   (CAST_FREE + 0)
#define B   (CAST_FREE + 1)
#define C   (CAST_FREE + 2)
#define RUN (CAST_FREE + 10)

/* ---- memory on its way ---- */

/* The client has called the server, and lent `bytes` from VA on. */
static void call_with_lease(cap_t object, uint32_t rights, uint64_t address, uint64_t bytes)
{
    struct buffer *buffer;

    cast_meet();
    buffer = thread_buffer(cast_client());
    buffer->lease[0] = (struct lease){object, rights, address, bytes};
    machine_call(SYS_CALL, CAST_BADGED, INFO_LEASES(1), 0, 0, NULL);
    CHECK(cpu.current == cast_server());
}

TEST(hostile, 31_a_buffer_that_goes_before_the_call_is_taken)
{
    hostile_begin();
    hostile_make(OBJ_FRAME, PAGE_BITS, A, 1);
    DONE(CAST_CLIENT, OP_THREAD_BIND, BINDING(BIND_BUFFER), A, 0, 0, 0, 0);
    cast_begin();
    hostile_wait(now() + MS); /* the server; and the client calls meanwhile */
    CHECK(cpu.current == cast_client());
    ((struct buffer *)thread_buffer(cpu.current))->lease[0] =
        (struct lease){CAST_SPACE, RW, VA, PAGE_SIZE};
    machine_call(SYS_CALL, CAST_BADGED, INFO_LEASES(1), 0, 0, NULL);
    CHECK(cpu.current == cast_server());
    DONE(A, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0);
    machine_call(SYS_RECV, 0, 0, 0, 0, NULL);

    CHECK_EQ(KIND_OF(machine_result(cast_server()).kind), KIND_CALL);
    REFUSED(ERR_BAD_ARG, CAST_REPLY, OP_REPLY_COPY, 0, 0, CAST_SERVER_BUFFER, 0, 1, 0);
    hostile_end();
}

TEST(hostile, 32_calls_that_need_a_buffer_and_have_none)
{
    hostile_begin();
    DONE(CAST_SERVER, OP_THREAD_BIND, BINDING(BIND_BUFFER), 0, 0, 0, 0, 0);
    cast_begin();
    REFUSED(ERR_NO_BUFFER, CAST_SPACE, OP_SPACE_HARVEST, VA, 1, 0, 0, 0, 0);
    REFUSED(ERR_NO_BUFFER, CAST_CLIENT_BUFFER, OP_FRAME_HARVEST, 1, 0, 0, 0, 0, 0);
    REFUSED(ERR_NO_BUFFER, CAST_CLIENT_BUFFER, OP_FRAME_PHYS, 1, 0, 0, 0, 0, 0);
    REFUSED(ERR_NO_BUFFER, CAST_CLIENT_BUFFER, OP_FRAME_READ, 0, 1, 0, 0, 0, 0);
    REFUSED(ERR_NO_BUFFER, CAST_CLIENT, OP_THREAD_READ, 0, 0, 0, 0, 0, 0);
    REFUSED_CALL(ERR_NO_BUFFER, SYS_CALL, CAST_ENDPOINT, INFO_LEASES(1), 0, 0, NULL);
    REFUSED_CALL(ERR_NO_BUFFER, SYS_WAIT, CAST_NOTIFICATION, INFO_DEADLINE, 0, 0, NULL);
    REFUSED_CALL(ERR_NO_BUFFER, SYS_RECV, 0, INFO_DEADLINE, 0, 0, NULL);
    hostile_end();
}

TEST(hostile, 33_lent_memory_that_goes_during_a_copy)
{
    struct result r;

    hostile_begin();
    hostile_make(OBJ_FRAME, 18, A, 1);
    hostile_make(OBJ_FRAME, 18, B, 1);
    hostile_map_client(A);
    hostile_wait(now() + MS);
    machine_call(SYS_RECV, 0, 0, 0, 0, NULL);
    CHECK(cpu.current == cast_client());
    ((struct buffer *)thread_buffer(cpu.current))->lease[0] =
        (struct lease){CAST_SPACE, RW, VA, 1 << 18};
    machine_call(SYS_CALL, CAST_BADGED, INFO_LEASES(1), 0, 0, NULL);
    machine_clock(5 * MS);
    machine_invoke(CAST_REPLY, OP_REPLY_COPY, 0, 0, B, 0, 1 << 18, 0);
    CHECK(cpu.current == hostile_init());
    DONE(A, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0);
    r = hostile_race_end();

    CHECK_EQ(r.err, ERR_FAULT);
    CHECK_EQ(r.word[0], PAGE_SIZE);
    hostile_end();
}

TEST(hostile, 34_a_lease_that_names_its_own_reply)
{
    hostile_begin();
    call_with_lease(CAST_REPLY, RW, 0, ~0ul);
    REFUSED(ERR_FAULT, CAST_REPLY, OP_REPLY_COPY, 0, 0, CAST_SERVER_BUFFER, 0, 8, 0);
    hostile_end();
}

TEST(hostile, 35_leases_out_of_range)
{
    hostile_begin();
    hostile_derive(CAST_SPACE, A, RIGHT_COPY);
    call_with_lease(CAST_SPACE, RIGHT_READ, ~0ul - 7, ~0ul);
    REFUSED(ERR_FAULT, CAST_REPLY, OP_REPLY_COPY, 0, 0, CAST_SERVER_BUFFER, 0, 8, 0);
    REFUSED(ERR_FAULT, CAST_REPLY, OP_REPLY_COPY, 0, 100, CAST_SERVER_BUFFER, 0, 8, 0);
    REFUSED(ERR_BAD_ARG, CAST_REPLY, OP_REPLY_COPY, 0, 100, CAST_SERVER_BUFFER, 0, ~0ul, 0);
    REFUSED(ERR_BAD_ARG, CAST_REPLY, OP_REPLY_COPY, 1, 0, CAST_SERVER_BUFFER, 0, 8, 0);
    REFUSED(ERR_BAD_ARG, CAST_REPLY, OP_REPLY_COPY, 0, 0, CAST_SERVER_BUFFER, PAGE_SIZE - 7, 8, 0);
    REFUSED(ERR_NO_RIGHT, CAST_REPLY, OP_REPLY_COPY, REPLY_TO_LEASE, 0, CAST_SERVER_BUFFER, 0, 8,
            0);
    REFUSED(ERR_NO_RIGHT, CAST_REPLY, OP_REPLY_COPY, 0, 0, A, VA, 8, 0);
    REFUSED(ERR_WRONG_TYPE, CAST_REPLY, OP_REPLY_COPY, 0, 0, CAST_ENDPOINT, VA, 8, 0);
    REFUSED(ERR_GONE, CAST_REPLY2, OP_REPLY_COPY, 0, 0, CAST_SERVER_BUFFER, 0, 8, 0);
    hostile_end();
}

TEST(hostile, 36_a_mapper_that_hides_its_writes)
{
    struct buffer *buffer;

    hostile_begin();
    hostile_make(OBJ_FRAME, PAGE_BITS, A, 1);
    hostile_derive(A, B, RIGHT_NOTRACK);
    hostile_map_client(B);
    cast_begin();
    machine_call(SYS_RECV, 0, 0, 0, 0, NULL);
    CHECK(machine_touch(VA, RIGHT_WRITE));
    buffer = thread_buffer(cpu.current);
    DONE(CAST_SPACE, OP_SPACE_HARVEST, VA, 1, HARVEST_A | HARVEST_D, 0, 0, 0);
    CHECK(buffer->byte[0] & HARVEST_D);
    DONE(B, OP_FRAME_HARVEST, 1, HARVEST_A | HARVEST_D, 0, 0, 0, 0);
    DONE(CAST_SPACE, OP_SPACE_UNMAP, VA, 1, 0, 0, 0, 0);
    DONE(B, OP_CAP_MOVE, C, 1, 0, 0, 0, 0);
    DONE(C, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0);

    DONE(A, OP_FRAME_HARVEST, 1, HARVEST_A | HARVEST_D, 0, 0, 0, 0);
    CHECK_EQ(buffer->byte[0], HARVEST_A | HARVEST_D);
    hostile_end();
}

/* ---- faults ---- */

TEST(hostile, 37_spurious_faults)
{
    uint32_t faults;

    hostile_begin();
    hostile_make(OBJ_FRAME, PAGE_BITS, A, 1);
    hostile_map_client(A);
    cast_meet();
    faults = cast_client()->sequence;
    for (unsigned i = 0; i < 1000; i++)
        trap_fault(VA + i, i & 1 ? RIGHT_WRITE : RIGHT_READ);

    CHECK(cpu.current == cast_client());
    CHECK_EQ(cast_client()->sequence, faults);
    CHECK(machine_touch(VA, RIGHT_WRITE));
    hostile_end();
}

TEST(hostile, 38_a_handler_that_maps_nothing)
{
    hostile_begin();
    cast_meet();
    for (unsigned i = 0; i < 100; i++) {
        CHECK(!machine_touch(VA, RIGHT_WRITE));
        CHECK(cpu.current == cast_server());
        CHECK_EQ(machine_result(cpu.current).word[FAULT_SEQUENCE], i + 1);
        machine_call(SYS_REPLY_RECV, 0, 0, 0, 0, NULL);
        CHECK(cpu.current == cast_client());
    }
    hostile_end();
}

TEST(hostile, 39_answers_to_a_fault_in_the_wrong_shape)
{
    word_t copy_last[MESSAGE_WORDS] = {A, MAP_WHERE(VA, 1, 1, 0), A, MAP_WHERE(VA, 1, 1, 0),
                                       A, MAP_WHERE(VA, 1, 1, 0), A, MAP_WHERE(VA, 1, 1, MAP_COPY)};
    word_t too_many[MESSAGE_WORDS] = {RUN, MAP_WHERE(VA + 32 * PAGE_SIZE, REPLY_PAGES + 1, 1, 0)};

    hostile_begin();
    hostile_make(OBJ_FRAME, PAGE_BITS, A, 1);
    hostile_make(OBJ_FRAME, PAGE_BITS, RUN, REPLY_PAGES + 1);
    hostile_map(CAST_SPACE, CAST_TABLE1, VA, 0);
    hostile_map(CAST_SPACE, CAST_TABLE0, VA, 0);
    cast_meet();
    CHECK(!machine_touch(VA + 64 * PAGE_SIZE, RIGHT_WRITE));
    REFUSED_CALL(ERR_BAD_ARG, SYS_REPLY, 0, INFO_SEND(1), A, 0, NULL);
    CHECK_EQ(machine_call(SYS_REPLY, 0, INFO_MAPS, 0, 0, copy_last).err, ERR_BAD_ARG);
    CHECK_EQ(machine_call(SYS_REPLY_RECV, 0, INFO_MAPS, 0, 0, too_many).err, ERR_BAD_ARG);
    CHECK_EQ(cast_client()->state, THREAD_SERVED);
    DONE(CAST_CLIENT, OP_THREAD_BIND, BINDING(BIND_FAULT_SPACE), 0, 0, 0, 0, 0);
    REFUSED_CALL(ERR_NO_RIGHT, SYS_REPLY, 0, INFO_MAPS, 0, 0, too_many);
    hostile_end();
}

/* ---- messages ---- */

TEST(hostile, 40_a_storm_of_signals)
{
    hostile_begin();
    hostile_derive(CAST_NOTIFICATION, A, 0); /* no badge: no bits */
    for (unsigned i = 0; i < 10000; i++)
        CHECK_EQ(machine_call(SYS_SIGNAL, CAST_SIGNAL, 0, 0, 0, NULL).err, ERR_OK);
    CHECK_EQ(machine_call(SYS_WAIT, CAST_NOTIFICATION, 0, 0, 0, NULL).badge, CAST_BIT);
    machine_call(SYS_WAIT, CAST_NOTIFICATION, 0, 0, 0, NULL);
    CHECK(cpu.current == cast_server());
    CHECK_EQ(machine_call(SYS_SIGNAL, A, 0, 0, 0, NULL).err, ERR_OK);
    CHECK(cpu.current == cast_server());
    CHECK_EQ(machine_call(SYS_SIGNAL, CAST_SIGNAL, 0, 0, 0, NULL).err, ERR_OK);
    CHECK(cpu.current == hostile_init());
    hostile_end();
}

TEST(hostile, 41_reply_twice)
{
    hostile_begin();
    cast_meet();
    machine_call(SYS_CALL, CAST_BADGED, 0, 0, 0, NULL);
    CHECK_EQ(machine_call(SYS_REPLY, 0, 0, 0, 0, NULL).err, ERR_OK);
    REFUSED_CALL(ERR_GONE, SYS_REPLY, 0, 0, 0, 0, NULL);
    REFUSED_CALL(ERR_GONE, SYS_REPLY, CAST_REPLY, INFO_MAPS, 0, 0, NULL);
    REFUSED_CALL(ERR_GONE, SYS_REPLY, CAST_REPLY2, 0, 0, 0, NULL);
    hostile_end();
}

TEST(hostile, 42_reply_after_the_caller_died)
{
    hostile_begin();
    hostile_run(hostile_arena(), A);
    hostile_wait(now() + 10 * MS);
    CHECK(cpu.current == machine_thread(A));
    machine_call(SYS_CALL, CAST_BADGED, 0, 0, 0, NULL); /* nobody receives yet */
    machine_call(SYS_RECV, 0, 0, 0, 0, NULL);
    CHECK_EQ(machine_thread(A)->state, THREAD_SERVED);
    DONE(A, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0);
    REFUSED_CALL(ERR_GONE, SYS_REPLY, 0, 0, 0, 0, NULL);
    hostile_end();
}

TEST(hostile, 43_reply_to_a_caller_that_was_stopped)
{
    hostile_begin();
    cast_meet();
    machine_call(SYS_CALL, CAST_BADGED, 0, 0, 0, NULL);
    DONE(CAST_CLIENT, OP_THREAD_STOP, 0, 0, 0, 0, 0, 0);
    REFUSED_CALL(ERR_GONE, SYS_REPLY, 0, 0, 0, 0, NULL);
    DONE(CAST_CLIENT, OP_THREAD_RESUME, 0, 0, 0, 0, 0, 0);
    CHECK_EQ(machine_result(cast_client()).err, ERR_CANCELLED);
    hostile_end();
}

TEST(hostile, 44_reply_after_the_deadline)
{
    word_t items[MESSAGE_WORDS] = {A, MAP_WHERE(VA, 1, 1, 0)};

    hostile_begin();
    hostile_make(OBJ_FRAME, PAGE_BITS, A, 1);
    DONE(CAST_CLIENT, OP_THREAD_SETUP, 5, 0, 3, 0, 0, 0);
    cast_meet();
    CHECK(!machine_touch(VA, RIGHT_READ));
    machine_time(10 * MS);
    CHECK_EQ(cast_client()->state, THREAD_BROKEN); /* it has no fallback */
    CHECK_EQ(machine_call(SYS_REPLY, 0, INFO_MAPS, 0, 0, items).err, ERR_LATE);
    REFUSED_CALL(ERR_GONE, SYS_REPLY, 0, INFO_MAPS, 0, 0, items);
    CHECK(!(machine_slot(A)->head & HEAD_MAPPED));
    hostile_end();
}

TEST(hostile, 45_answers_to_a_call_in_the_wrong_shape)
{
    hostile_begin();
    cast_meet();
    machine_call(SYS_CALL, CAST_BADGED, 0, 0, 0, NULL);
    REFUSED_CALL(ERR_BAD_ARG, SYS_REPLY, 0, INFO_MAPS, 0, 0, NULL);
    REFUSED_CALL(ERR_BAD_ARG, SYS_REPLY, 0, INFO_AS_IS, 0, 0, NULL);
    REFUSED_CALL(ERR_BAD_ARG, SYS_REPLY, 0, INFO_SEND(127), 0, 0, NULL);
    REFUSED_CALL(ERR_NO_CAP, SYS_REPLY_RECV, 0, INFO_SEND(1), A, 0, NULL);
    CHECK_EQ(cast_client()->state, THREAD_SERVED);
    hostile_end();
}

TEST(hostile, 46_two_servers_with_one_reply)
{
    struct thread *other;

    hostile_begin();
    other = hostile_thread(A);
    DONE(A, OP_THREAD_BIND, BINDING(BIND_ENDPOINT), CAST_ENDPOINT, 0, 0, 0, 0);
    DONE(A, OP_THREAD_BIND, BINDING(BIND_REPLY), CAST_REPLY, 0, 0, 0, 0);
    DONE(A, OP_THREAD_SETUP, 7, 0, 0, 0, 0, 0);
    DONE(A, OP_THREAD_START, 0x1000, 0x2000, 0, 0, 0, 0);
    cast_begin();
    machine_call(SYS_RECV, 0, 0, 0, 0, NULL);
    CHECK(cpu.current == other);
    REFUSED_CALL(ERR_NO_REPLY, SYS_RECV, 0, 0, 0, 0, NULL);
    DONE(CAST_SERVER, OP_THREAD_STOP, 0, 0, 0, 0, 0, 0);
    machine_call(SYS_RECV, 0, 0, 0, 0, NULL);
    CHECK_EQ(other->state, THREAD_RECEIVING);
    hostile_end();
}

TEST(hostile, 47_registers_of_a_waiting_caller_written_over)
{
    struct buffer *buffer;

    hostile_begin();
    hostile_run(hostile_arena(), A);
    hostile_wait(now() + 10 * MS);
    machine_call(SYS_CALL, CAST_BADGED, 0, 0, 0, NULL);
    CHECK(cpu.current == cast_server());
    buffer = thread_buffer(cpu.current);
    memset(buffer->reg, 0xff, sizeof(buffer->reg));
    DONE(A, OP_THREAD_WRITE, 0, 0, 0, 0, 0, 0);
    machine_call(SYS_RECV, 0, 0, 0, 0, NULL);

    CHECK_EQ(machine_result(cpu.current).word[0], ~0ul);
    CHECK_EQ(KIND_CAPS(machine_result(cpu.current).kind), 0);
    CHECK_EQ(reply_of(machine_slot(CAST_REPLY))->leases, 0);
    CHECK_EQ(machine_call(SYS_REPLY, 0, 0, 0, 0, NULL).err, ERR_OK);
    hostile_end();
}

TEST(hostile, 48_an_endpoint_that_dies_under_a_fault)
{
    hostile_begin();
    hostile_make(OBJ_ENDPOINT, 0, A, 1);
    hostile_make(OBJ_ENDPOINT, 0, B, 1);
    DONE(CAST_CLIENT, OP_THREAD_BIND, BINDING(BIND_FAULT), A, 0, 0, 0, 0);
    DONE(CAST_CLIENT, OP_THREAD_BIND, BINDING(BIND_FALLBACK), B, 0, 0, 0, 0);
    cast_begin();
    hostile_wait(now() + MS);
    CHECK(!machine_touch(VA, RIGHT_READ));
    CHECK(cpu.current == cast_server());
    DONE(A, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0);
    CHECK(endpoint_of(machine_slot(B))->senders == cast_client());
    DONE(B, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0);
    CHECK_EQ(cast_client()->state, THREAD_BROKEN);
    hostile_end();
}
