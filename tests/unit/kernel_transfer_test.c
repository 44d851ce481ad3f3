/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities that travel with a message while interrupts come between them. */
#include "cast.h"
#include "ipc.h"
#include "unit.h"

#define SENT    CAST_FREE         /* four frames, the sender's */
#define OFFERED (CAST_FREE + 100) /* as cast_meet() offers */
#define BACK    (CAST_FREE + 50)  /* what the client offers for an answer */
#define CALL    (INFO_SEND(4) | INFO_RECV(4) | INFO_RIGHTS(RIGHT_READ))

static const word_t EIGHT[MESSAGE_WORDS] = {11, 12, 13, 14, 15, 16, 17, 18};

static void begin(void)
{
    cast_make();
    CHECK_EQ(cast_retype(OBJ_FRAME, PAGE_BITS, SENT, 4), ERR_OK);
}

/* The client's call reaches the server, or an interrupt comes first. */
static void call(unsigned mode, bool fast)
{
    if (fast)
        machine_fast(SYS_CALL, CAST_BADGED, CALL | INFO_MODE(mode), SENT, BACK, EIGHT);
    else
        machine_call(SYS_CALL, CAST_BADGED, CALL | INFO_MODE(mode), SENT, BACK, EIGHT);
    CHECK(cpu.current == cast_server());
}

/* The same, and one has arrived when the interrupt comes; the server is about to go on. */
static void call_interrupted(void)
{
    begin();
    cast_meet();
    machine_interrupt_every(1);
    call(TRANSFER_MOVE, false);
    CHECK(reply_of(machine_slot(CAST_REPLY))->server == cast_server());
    CHECK_EQ(reply_of(machine_slot(CAST_REPLY))->arrived, 1);
    machine_interrupt_every(0);
}

/* init, who waits since cast_begin(), acts in between. */
static void init_acts(void)
{
    notification_signal(notification_of(machine_slot(CAST_NOTIFICATION)), 1);
    sched_switch();
    CHECK(cpu.current == machine_thread(INIT_THREAD));
}

static void init_waits(void)
{
    machine_call(SYS_WAIT, CAST_NOTIFICATION, 0, 0, 0, NULL);
}

static void check_arrived(unsigned mode, cap_t at)
{
    for (unsigned i = 0; i < 4; i++) {
        const struct slot *from = machine_slot(SENT + i), *to = machine_slot(at + i);

        CHECK_EQ(slot_type(to), OBJ_FRAME);
        CHECK_EQ(slot_empty(from), mode == TRANSFER_MOVE);
        if (mode == TRANSFER_DERIVE)
            CHECK_EQ(to->parent, slot_ref(from));
        else if (mode == TRANSFER_GIVE)
            CHECK_EQ(from->parent, slot_ref(to));
    }
}

static void check_message(unsigned caps)
{
    struct result r = machine_result(cast_server());

    CHECK_EQ(r.err, ERR_OK);
    CHECK_EQ(KIND_OF(r.kind), KIND_CALL);
    CHECK_EQ(KIND_CAPS(r.kind), caps);
    CHECK_EQ(r.badge, CAST_BADGE);
    CHECK_EQ(r.word[7], 18);
    CHECK(!reply_of(machine_slot(CAST_REPLY))->server);
    CHECK_EQ(reply_of(machine_slot(CAST_REPLY))->arrived, 0);
}

TEST(transfer, a_call_arrives_whole_whenever_interrupts_come)
{
    for (unsigned mode = TRANSFER_DERIVE; mode <= TRANSFER_GIVE; mode++) {
        for (unsigned every = 1; every < 6; every++) {
            for (unsigned fast = 0; fast < 2; fast++) {
                begin();
                cast_meet();
                machine_interrupt_every(every);
                call(mode, fast);
                while (reply_of(machine_slot(CAST_REPLY))->server)
                    machine_go_on();
                check_message(4);
                check_arrived(mode, OFFERED);
            }
        }
    }
}

TEST(transfer, a_call_that_was_queued_arrives_whole)
{
    begin();
    CHECK_EQ(machine_invoke(CAST_SERVER, OP_THREAD_SETUP, 4, 0, 0, 0, 0, 0).err, ERR_OK);
    init_waits();
    call(TRANSFER_MOVE, false);
    machine_interrupt_every(1);
    machine_call(SYS_RECV, 0, INFO_RECV(4), 0, OFFERED, NULL);
    CHECK(!reply_of(machine_slot(CAST_REPLY))->server);
    check_message(4);
    check_arrived(TRANSFER_MOVE, OFFERED);
}

/* The server's own arguments say what is left. */
TEST(transfer, an_answer_arrives_whole_whenever_interrupts_come)
{
    for (unsigned every = 1; every < 6; every++) {
        begin();
        cast_meet();
        machine_call(SYS_CALL, CAST_BADGED, INFO_RECV(4), 0, BACK, EIGHT);
        machine_interrupt_every(every);
        machine_call(SYS_REPLY_RECV, 0, INFO_SEND(4) | INFO_MODE(TRANSFER_MOVE), SENT, 0, EIGHT);

        CHECK(cpu.current == cast_client());
        CHECK_EQ(KIND_CAPS(machine_result(cast_client()).kind), 4);
        check_arrived(TRANSFER_MOVE, BACK);
        CHECK_EQ(cast_server()->state, THREAD_RECEIVING);
    }
}

TEST(transfer, what_is_taken_away_meanwhile_does_not_arrive)
{
    call_interrupted();
    init_acts();
    CHECK_EQ(machine_invoke(SENT + 2, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0).err, ERR_OK);
    init_waits();
    machine_go_on();

    check_message(1); /* what is left travels whole or not at all */
    CHECK(!slot_empty(machine_slot(SENT + 1)));
}

TEST(transfer, the_message_of_a_caller_that_dies_is_received)
{
    call_interrupted();
    init_acts();
    CHECK_EQ(machine_invoke(CAST_CLIENT, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0).err, ERR_OK);
    init_waits();
    machine_go_on();

    check_message(1);
    CHECK_EQ(machine_call(SYS_REPLY, 0, 0, 0, 0, NULL).err, ERR_GONE);
}

TEST(transfer, ends_with_the_reply)
{
    call_interrupted();
    init_acts();
    CHECK_EQ(machine_invoke(CAST_REPLY, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0).err, ERR_OK);
    CHECK_EQ(machine_result(cast_client()).err, ERR_GONE);
    init_waits();

    CHECK_EQ(machine_go_on().err, ERR_NO_CAP);
}

TEST(transfer, ends_when_another_answers)
{
    call_interrupted();
    init_acts();
    CHECK_EQ(machine_call(SYS_REPLY, CAST_REPLY, 0, 0, 0, EIGHT).err, ERR_OK);
    CHECK_EQ(KIND_CAPS(machine_result(cast_client()).kind), 0);
    init_waits();

    CHECK_EQ(machine_go_on().err, ERR_NO_CAP);
}

TEST(transfer, a_server_that_turns_to_another_reply_has_lost_it)
{
    call_interrupted();
    CHECK_EQ(
        machine_invoke(CAST_SERVER, OP_THREAD_BIND, BINDING(BIND_REPLY), CAST_REPLY2, 0, 0, 0, 0)
            .err,
        ERR_OK);
    CHECK_EQ(machine_call(SYS_CALL, CAP_NULL, 0, 0, 0, NULL).err, ERR_NO_CAP);
    CHECK_EQ(cast_client()->state, THREAD_SERVED);
    machine_call(SYS_REPLY, CAST_REPLY, 0, 0, 0, EIGHT);

    CHECK_EQ(cast_client()->state, THREAD_READY);
}

TEST(transfer, a_server_whose_reply_dies_meanwhile_is_told_and_calls_nobody)
{
    call_interrupted();
    init_acts();
    CHECK_EQ(machine_invoke(CAST_REPLY, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0).err, ERR_OK);
    init_waits();
    CHECK_EQ(cast_client()->state, THREAD_READY);
    CHECK_EQ(machine_result(cast_client()).err, ERR_GONE);
    while (cpu.current != cast_server())
        sched_yield(), sched_switch();
    CHECK_EQ(cast_server()->registers.x[REG_A0], CAP_NULL);
    CHECK_EQ(machine_go_on().err, ERR_NO_CAP);
}

TEST(transfer, of_an_answer_goes_on_behind_what_another_sent)
{
    begin();
    cast_meet();
    machine_call(SYS_CALL, CAST_BADGED, INFO_RECV(4), 0, BACK, EIGHT);
    machine_interrupt_every(3);
    cpu.current->registers.x[REG_NUMBER] = SYS_REPLY;
    cpu.current->registers.x[REG_ARG(0)] = 0;
    cpu.current->registers.x[REG_ARG(1)] = INFO_SEND(4) | INFO_MODE(TRANSFER_MOVE);
    cpu.current->registers.x[REG_ARG(2)] = SENT;
    cpu.current->registers.x[REG_IP] += 4;
    machine_trap(false);
    machine_interrupt_every(0);
    CHECK_EQ(reply_of(machine_slot(CAST_REPLY))->arrived, 3);
    init_acts();
    machine_call(SYS_REPLY, CAST_REPLY, INFO_SEND(1), SENT + 3, 0, EIGHT);

    CHECK_EQ(KIND_CAPS(machine_result(cast_client()).kind), 4);
    CHECK(!slot_empty(machine_slot(BACK + 3)));
    init_waits();
    CHECK_EQ(machine_go_on().err, ERR_GONE);
}
