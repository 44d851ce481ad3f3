/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hostile arguments: each call is answered with the right error, and nothing has changed. The
 * numbers are those of docs/hostile.md.
 */
#include "buffer.h"
#include "hostile.h"
#include "ipc.h"
#include "space.h"
#include "unit.h"

#define VA   0x40000000ul
#define ROOT CAPTABLE_SLOTS(INIT_ROOT_BITS)
#define A    (CAST_FREE + 0)
#define B    (CAST_FREE + 1)
#define C    (CAST_FREE + 2)
#define RUN  (CAST_FREE + 10)

static void map(cap_t frame, vaddr_t va, unsigned rights)
{
    DONE(CAST_SPACE, OP_SPACE_MAP, frame, MAP_WHERE(va, 1, rights, 0), 0, 0, 0, 0);
}

/* The tables that pages from VA on need, of the cast's. */
static void tables(void)
{
    map(CAST_TABLE1, VA, 0);
    map(CAST_TABLE0, VA, 0);
}

TEST(hostile, 01_addresses_that_lead_nowhere)
{
    const cap_t nowhere[] = {CAP_NULL,       CAP(0, ROOT),        CAP(0, 0xffff), CAP(ROOT, 0),
                             CAP(0xffff, 1), CAP(INIT_SPACE, 0),  CAP(A, 0),      CAP(B, 128),
                             CAP(B, 0xffff), CAP(INIT_ROOT, ROOT)};

    hostile_begin();
    hostile_make(OBJ_CAPTABLE, 12, B, 1);
    for (unsigned i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++) {
        for (unsigned op = 0; op < OP_COUNT; op++)
            REFUSED(ERR_NO_CAP, nowhere[i], op, 1, 0, 0, 0, 0, 1);
        REFUSED_CALL(ERR_NO_CAP, SYS_CALL, nowhere[i], 0, 0, 0, NULL);
        REFUSED_CALL(ERR_NO_CAP, SYS_SIGNAL, nowhere[i], 0, 0, 0, NULL);
        if (nowhere[i])
            REFUSED_CALL(ERR_NO_CAP, SYS_REPLY, nowhere[i], 0, 0, 0, NULL);
        REFUSED_CALL(ERR_NO_CAP, SYS_WAIT, nowhere[i], 0, 0, 0, NULL);
    }
    hostile_end();
}

TEST(hostile, 02_empty_slots_are_no_capabilities)
{
    hostile_begin();
    for (unsigned op = 0; op < OP_COUNT; op++) {
        if (op != OP_CAP_INSPECT && op != OP_CAP_DELETE && op != OP_CAP_MOVE)
            REFUSED(ERR_NO_CAP, A, op, 1, 0, 0, 0, 0, 1);
    }
    REFUSED(ERR_NO_CAP, A, OP_CAP_MOVE, 1, 1, 0, 0, 0, 0);
    REFUSED_CALL(ERR_NO_CAP, SYS_CALL, CAST_ENDPOINT, INFO_SEND(1), A, 0, NULL);
    REFUSED(ERR_NO_CAP, CAST_SPACE, OP_SPACE_MAP, A, MAP_WHERE(VA, 1, RIGHT_READ, 0), 0, 0, 0, 0);
    REFUSED(ERR_NO_CAP, CAST_SPACE, OP_SPACE_COPY, VA, A, VA, 1, 0, 0);
    REFUSED(ERR_NO_CAP, CAST_SERVER, OP_THREAD_BIND, BINDING(BIND_ROOT), A, 0, 0, 0, 0);
    REFUSED(ERR_NO_CAP, CAST_SERVER_BUFFER, OP_FRAME_COPY, A, 0, 0, 0, 0, 0);
    hostile_end();
}

TEST(hostile, 03_runs_that_reach_over_the_end_of_their_table)
{
    cap_t last = ROOT - 1;

    hostile_begin();
    hostile_make(OBJ_FRAME, 13, A, 1);
    hostile_make(OBJ_FRAME, PAGE_BITS, RUN, 2);
    REFUSED(ERR_NO_CAP, A, OP_CAP_DERIVE, last, RIGHT_ALL, 0, 0, PAGE_BITS, 2);
    REFUSED(ERR_NO_CAP, RUN, OP_CAP_MOVE, last, 2, 0, 0, 0, 0);
    REFUSED(ERR_NO_CAP, hostile_arena(), OP_UNTYPED_RETYPE, OBJ_FRAME, PAGE_BITS, last, 2, 0, 0);
    REFUSED(ERR_NO_CAP, last, OP_CAP_DELETE, 2, 0, 0, 0, 0, 0);
    REFUSED(ERR_NO_CAP, RUN, OP_FRAME_CLEAR, 512, 0, 0, 0, 0, 0);
    REFUSED(ERR_NO_CAP, RUN, OP_FRAME_HOLD, 512, 0, 0, 0, 0, 0);
    REFUSED(ERR_NO_CAP, RUN, OP_FRAME_HARVEST, 512, 0, 0, 0, 0, 0);
    REFUSED(ERR_NO_CAP, CAST_SPACE, OP_SPACE_MAP, ROOT - 63, MAP_WHERE(VA, 64, RIGHT_READ, 0), 0, 0,
            0, 0);
    REFUSED_CALL(ERR_NO_CAP, SYS_CALL, CAST_ENDPOINT, INFO_SEND(64), ROOT - 63, 0, NULL);
    hostile_end();
}

/* The type that an operation is asked of; OBJ_NULL: any. */
static unsigned type_for(unsigned op)
{
    if (op == OP_UNTYPED_RETYPE)
        return OBJ_UNTYPED;
    if (op >= OP_FRAME_CLEAR && op <= OP_FRAME_WRITE)
        return OBJ_FRAME;
    if (op >= OP_SPACE_MAP && op <= OP_SPACE_COPY)
        return OBJ_SPACE;
    if (op >= OP_THREAD_BIND && op <= OP_THREAD_TIMES)
        return OBJ_THREAD;
    if (op >= OP_REPLY_COPY && op <= OP_REPLY_STATE)
        return OBJ_REPLY;
    return op >= OP_IRQ_BIND && op <= OP_IRQ_EXPECT ? OBJ_IRQ : OBJ_NULL;
}

TEST(hostile, 04_operations_on_objects_of_other_types)
{
    const cap_t one_of_each[] = {CAST_SERVER,       CAST_ENDPOINT,      CAST_REPLY,
                                 CAST_NOTIFICATION, CAST_SPACE,         CAST_TABLE0,
                                 INIT_ROOT,         CAST_SERVER_BUFFER, A};

    hostile_begin();
    hostile_make(OBJ_UNTYPED, 13, A, 1);
    for (unsigned i = 0; i < sizeof(one_of_each) / sizeof(one_of_each[0]); i++) {
        cap_t cap = one_of_each[i];
        unsigned type = slot_type(machine_slot(cap));

        for (unsigned op = 0; op < OP_COUNT; op++) {
            if (type_for(op) != OBJ_NULL && type_for(op) != type)
                REFUSED(ERR_WRONG_TYPE, cap, op, 1, 0, 0, 1, 1, 1);
        }
        if (type != OBJ_ENDPOINT)
            REFUSED_CALL(ERR_WRONG_TYPE, SYS_CALL, cap, 0, 0, 0, NULL);
        if (type != OBJ_NOTIFICATION) {
            REFUSED_CALL(ERR_WRONG_TYPE, SYS_SIGNAL, cap, 0, 0, 0, NULL);
            REFUSED_CALL(ERR_WRONG_TYPE, SYS_WAIT, cap, 0, 0, 0, NULL);
        }
        if (type != OBJ_REPLY)
            REFUSED_CALL(ERR_WRONG_TYPE, SYS_REPLY, cap, 0, 0, 0, NULL);
        if (type != OBJ_FRAME && type != OBJ_PAGETABLE)
            REFUSED(ERR_WRONG_TYPE, CAST_SPACE, OP_SPACE_MAP, cap, MAP_WHERE(VA, 1, 1, 0), 0, 0, 0,
                    0);
    }
    hostile_end();
}

TEST(hostile, 05_calls_and_operations_that_do_not_exist)
{
    hostile_begin();
    REFUSED(ERR_BAD_CALL, CAST_SERVER, OP_COUNT, 0, 0, 0, 0, 0, 0);
    REFUSED(ERR_BAD_CALL, CAST_SERVER, ~0u, 0, 0, 0, 0, 0, 0);
    REFUSED_CALL(ERR_BAD_CALL, SYS_COUNT, 1, 2, 3, 4, NULL);
    REFUSED_CALL(ERR_BAD_CALL, ~0u, 1, 2, 3, 4, NULL);
    hostile_end();
}

TEST(hostile, 06_capabilities_without_the_right_that_is_needed)
{
    const struct {
        cap_t cap;
        unsigned op, without;
    } lacks[] = {{CAST_SERVER_BUFFER, OP_FRAME_CLEAR, RIGHT_WRITE},
                 {CAST_SERVER_BUFFER, OP_FRAME_COPY, RIGHT_WRITE},
                 {CAST_SERVER_BUFFER, OP_FRAME_PHYS, RIGHT_DMA},
                 {CAST_SERVER_BUFFER, OP_FRAME_HOLD, RIGHT_DMA},
                 {CAST_SERVER_BUFFER, OP_FRAME_RELEASE, RIGHT_DMA},
                 {CAST_SERVER_BUFFER, OP_FRAME_READ, RIGHT_READ},
                 {CAST_SERVER_BUFFER, OP_FRAME_WRITE, RIGHT_WRITE},
                 {CAST_SPACE, OP_SPACE_MAP, RIGHT_MAP},
                 {CAST_SPACE, OP_SPACE_UNMAP, RIGHT_MAP},
                 {CAST_SPACE, OP_SPACE_PROTECT, RIGHT_MAP},
                 {CAST_SPACE, OP_SPACE_HARVEST, RIGHT_MAP},
                 {CAST_SPACE, OP_SPACE_COPY, RIGHT_COPY},
                 {CAST_SERVER, OP_THREAD_BIND, RIGHT_WRITE},
                 {CAST_SERVER, OP_THREAD_STOP, RIGHT_WRITE},
                 {CAST_SERVER, OP_THREAD_WRITE, RIGHT_WRITE},
                 {CAST_SERVER, OP_THREAD_READ, RIGHT_READ},
                 {CAST_SERVER, OP_THREAD_TIMES, RIGHT_READ}};

    hostile_begin();
    for (unsigned i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++) {
        hostile_derive(lacks[i].cap, A, lacks[i].without);
        REFUSED(ERR_NO_RIGHT, A, lacks[i].op, 1, 0, 0, 0, 0, 0);
        DONE(A, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0);
    }
    hostile_derive(CAST_ENDPOINT, A, RIGHT_WRITE);
    hostile_derive(CAST_NOTIFICATION, B, RIGHT_WRITE);
    hostile_derive(CAST_NOTIFICATION, C, RIGHT_READ);
    REFUSED_CALL(ERR_NO_RIGHT, SYS_CALL, A, 0, 0, 0, NULL);
    REFUSED_CALL(ERR_NO_RIGHT, SYS_SIGNAL, B, 0, 0, 0, NULL);
    REFUSED_CALL(ERR_NO_RIGHT, SYS_WAIT, C, 0, 0, 0, NULL);
    REFUSED_CALL(ERR_NO_RIGHT, SYS_CALL, CAST_BADGED, INFO_SEND(1), CAST_SIGNAL, 0, NULL);
    REFUSED(ERR_NO_RIGHT, CAST_CLIENT, OP_THREAD_BIND, BINDING(BIND_FAULT), A, 0, 0, 0, 0);
    REFUSED(ERR_NO_RIGHT, CAST_CLIENT, OP_THREAD_BIND, BINDING(BIND_NOTIFICATION), C, 0, 0, 0, 0);
    hostile_end();
}

TEST(hostile, 07_sizes_one_too_small_or_too_large)
{
    const struct {
        unsigned type, bits, err;
    } size[] = {{OBJ_UNTYPED, UNTYPED_MIN_BITS - 1, ERR_BAD_ARG},
                {OBJ_UNTYPED, UNTYPED_MAX_BITS + 1, ERR_BAD_ARG},
                {OBJ_UNTYPED, UNTYPED_MAX_BITS, ERR_NO_MEMORY},
                {OBJ_CAPTABLE, CAPTABLE_MIN_BITS - 1, ERR_BAD_ARG},
                {OBJ_CAPTABLE, CAPTABLE_MAX_BITS + 1, ERR_BAD_ARG},
                {OBJ_FRAME, PAGE_BITS - 1, ERR_BAD_ARG},
                {OBJ_FRAME, ~0u, ERR_BAD_ARG},
                {OBJ_NULL, 12, ERR_BAD_ARG},
                {OBJ_IRQ, 12, ERR_BAD_ARG},
                {OBJ_COUNT, 12, ERR_BAD_ARG},
                {~0u, 12, ERR_BAD_ARG}};

    hostile_begin();
    hostile_make(OBJ_FRAME, 14, A, 1);
    for (unsigned i = 0; i < sizeof(size) / sizeof(size[0]); i++)
        REFUSED(size[i].err, hostile_arena(), OP_UNTYPED_RETYPE, size[i].type, size[i].bits, B, 1,
                0, 0);
    REFUSED(ERR_BAD_ARG, A, OP_CAP_DERIVE, B, RIGHT_ALL, 0, 0, PAGE_BITS - 1, 1);
    REFUSED(ERR_BAD_ARG, A, OP_CAP_DERIVE, B, RIGHT_ALL, 0, 0, 15, 1);
    REFUSED(ERR_BAD_ARG, A, OP_CAP_DERIVE, B, RIGHT_ALL, 0, 4, PAGE_BITS, 1);
    REFUSED(ERR_BAD_ARG, A, OP_CAP_DERIVE, B, RIGHT_ALL, 0, ~0ul, PAGE_BITS, 1);
    REFUSED(ERR_BAD_ARG, INIT_BUFFER, OP_FRAME_READ, 0, BUFFER_BYTES + 1, 0, 0, 0, 0);
    REFUSED(ERR_BAD_ARG, INIT_BUFFER, OP_FRAME_WRITE, PAGE_SIZE - 7, 8, 0, 0, 0, 0);
    REFUSED(ERR_BAD_ARG, INIT_BUFFER, OP_FRAME_WRITE, ~0ul - 3, 8, 0, 0, 0, 0);
    REFUSED(ERR_BAD_ARG, A, OP_FRAME_COPY, INIT_BUFFER, 0, 0, 0, 0, 0);
    REFUSED(ERR_BAD_ARG, CAST_CLIENT, OP_THREAD_BIND, BINDING(BIND_BUFFER), A, 0, 0, 0, 0);
    REFUSED(ERR_BAD_ARG, CAST_CLIENT, OP_THREAD_BIND, BINDING(BIND_COUNT), A, 0, 0, 0, 0);
    hostile_end();
}

TEST(hostile, 08_counts_of_nothing_and_of_one_too_many)
{
    static const unsigned ops[] = {OP_CAP_MOVE,      OP_CAP_DELETE, OP_FRAME_CLEAR,
                                   OP_FRAME_HARVEST, OP_FRAME_HOLD, OP_FRAME_PHYS};
    static const word_t counts[] = {0, 513, 1ul << 32, ~0ul};

    hostile_begin();
    hostile_make(OBJ_FRAME, PAGE_BITS, RUN, 1);
    for (unsigned i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
        for (unsigned n = 0; n < sizeof(counts) / sizeof(counts[0]); n++)
            REFUSED(ERR_BAD_ARG, RUN, ops[i], ops[i] == OP_CAP_MOVE ? A : counts[n], counts[n], 0,
                    0, 0, 0);
    }
    for (unsigned n = 0; n < sizeof(counts) / sizeof(counts[0]); n++) {
        REFUSED(ERR_BAD_ARG, RUN, OP_CAP_DERIVE, A, RIGHT_ALL, 0, 0, 0, counts[n]);
        REFUSED(ERR_BAD_ARG, hostile_arena(), OP_UNTYPED_RETYPE, OBJ_ENDPOINT, 0, A, counts[n], 0,
                0);
        REFUSED(ERR_BAD_ARG, CAST_SPACE, OP_SPACE_HARVEST, VA, counts[n], 0, 0, 0, 0);
    }
    REFUSED(ERR_BAD_ARG, hostile_arena(), OP_UNTYPED_RETYPE, OBJ_ENDPOINT, 0, A, 257, 0, 0);
    REFUSED(ERR_BAD_ARG, RUN, OP_FRAME_PHYS, PHYSICAL_MAX + 1, 0, 0, 0, 0, 0);
    REFUSED(ERR_BAD_ARG, hostile_arena(), OP_UNTYPED_RETYPE, OBJ_ENDPOINT, 0, A, 2, 3, 0);
    hostile_end();
}

TEST(hostile, 09_addresses_not_aligned)
{
    hostile_begin();
    tables();
    hostile_make(OBJ_FRAME, 14, A, 1);
    REFUSED(ERR_BAD_ARG, CAST_SPACE, OP_SPACE_MAP, A, MAP_WHERE(VA + PAGE_SIZE, 1, 1, 0), 0, 0, 0,
            0);
    REFUSED(ERR_BAD_ARG, CAST_SPACE, OP_SPACE_UNMAP, VA + 1, 1, 0, 0, 0, 0);
    REFUSED(ERR_BAD_ARG, CAST_SPACE, OP_SPACE_PROTECT, VA + 8, 1, RIGHT_READ, 0, 0, 0);
    REFUSED(ERR_BAD_ARG, CAST_SPACE, OP_SPACE_HARVEST, VA + 0xfff, 1, 0, 0, 0, 0);
    hostile_end();
}

TEST(hostile, 10_addresses_of_the_kernel_and_beyond)
{
    static const vaddr_t there[] = {ARCH_USER_TOP, ARCH_WINDOW, ARCH_WINDOW + MACHINE_BASE,
                                    0xffffffc000000000ul, ~0ul & ~0xffful};

    hostile_begin();
    hostile_make(OBJ_FRAME, PAGE_BITS, A, 1);
    hostile_make(OBJ_PAGETABLE, 0, B, 1);
    for (unsigned i = 0; i < sizeof(there) / sizeof(there[0]); i++) {
        REFUSED(ERR_BAD_ARG, CAST_SPACE, OP_SPACE_MAP, A, MAP_WHERE(there[i], 1, 1, 0), 0, 0, 0, 0);
        REFUSED(ERR_BAD_ARG, CAST_SPACE, OP_SPACE_MAP, B, MAP_WHERE(there[i], 1, 1, 0), 0, 0, 0, 0);
        REFUSED(ERR_BAD_ARG, CAST_SPACE, OP_SPACE_UNMAP, there[i], 1, 0, 0, 0, 0);
        REFUSED(ERR_BAD_ARG, CAST_SPACE, OP_SPACE_PROTECT, there[i], 1, 1, 0, 0, 0);
        REFUSED(ERR_BAD_ARG, CAST_SPACE, OP_SPACE_HARVEST, there[i], 1, 0, 0, 0, 0);
        REFUSED(ERR_FAULT, CAST_SPACE, OP_SPACE_COPY, there[i], CAST_SPACE, VA, 1, 0, 0);
        REFUSED(ERR_FAULT, CAST_SPACE, OP_SPACE_COPY, VA, CAST_SPACE, there[i], 1, 0, 0);
    }
    REFUSED(ERR_BAD_ARG, CAST_SPACE, OP_SPACE_UNMAP, VA, ~0ul, 0, 0, 0, 0);
    REFUSED(ERR_BAD_ARG, CAST_SPACE, OP_SPACE_UNMAP, 0, (ARCH_USER_TOP >> PAGE_BITS) + 1, 0, 0, 0,
            0);
    REFUSED(ERR_FAULT, CAST_SPACE, OP_SPACE_COPY, VA, CAST_SPACE, VA, ~0ul, 0, 0);
    hostile_end();
}

TEST(hostile, 11_a_program_that_touches_the_kernel_has_a_fault_of_its_own)
{
    hostile_begin();
    cast_meet();
    CHECK(!machine_touch(ARCH_WINDOW + MACHINE_BASE, RIGHT_READ));
    CHECK(cpu.current == cast_server());
    CHECK_EQ(machine_result(cpu.current).word[FAULT_ADDRESS], ARCH_WINDOW + MACHINE_BASE);
    CHECK_EQ(machine_result(cpu.current).word[FAULT_ENTRY], 0);
    hostile_end();
}

TEST(hostile, 12_runs_that_overlap)
{
    hostile_begin();
    hostile_make(OBJ_FRAME, PAGE_BITS, RUN, 3);
    REFUSED(ERR_NOT_EMPTY, RUN, OP_CAP_DERIVE, RUN, RIGHT_ALL, 0, 0, 0, 3);
    REFUSED(ERR_NOT_EMPTY, RUN, OP_CAP_DERIVE, RUN + 1, RIGHT_ALL, 0, 0, 0, 3);
    REFUSED(ERR_NOT_EMPTY, RUN, OP_CAP_MOVE, RUN, 3, 0, 0, 0, 0);
    REFUSED(ERR_NOT_EMPTY, RUN, OP_CAP_MOVE, RUN + 1, 3, 0, 0, 0, 0);
    REFUSED(ERR_NOT_EMPTY, hostile_arena(), OP_UNTYPED_RETYPE, OBJ_FRAME, PAGE_BITS, RUN, 3, 0, 0);
    tables();
    REFUSED(ERR_NOT_EMPTY, CAST_SPACE, OP_SPACE_MAP, RUN, MAP_WHERE(VA, 3, 1, MAP_COPY), RUN, 0, 0,
            0);
    DONE(RUN, OP_CAP_MOVE, RUN - 1, 3, 0, 0, 0, 0); /* each into the slot just left */
    CHECK_EQ(slot_type(machine_slot(RUN - 1)), OBJ_FRAME);
    hostile_end();
}

TEST(hostile, 13_rights_and_permissions_that_do_not_exist)
{
    hostile_begin();
    tables();
    hostile_make(OBJ_FRAME, PAGE_BITS, A, 1);
    hostile_derive(A, B, RIGHT_WRITE);
    REFUSED(ERR_BAD_ARG, CAST_SPACE, OP_SPACE_MAP, A, MAP_WHERE(VA, 1, 0, 0), 0, 0, 0, 0);
    REFUSED(ERR_BAD_ARG, CAST_SPACE, OP_SPACE_MAP, A, MAP_WHERE(VA, 1, RIGHT_WRITE, 0), 0, 0, 0, 0);
    REFUSED(ERR_NO_RIGHT, CAST_SPACE, OP_SPACE_MAP, B, MAP_WHERE(VA, 1, 3, 0), 0, 0, 0, 0);
    REFUSED(ERR_NO_RIGHT, CAST_SPACE, OP_SPACE_MAP, B, MAP_WHERE(VA, 1, 1, MAP_CLEAR), 0, 0, 0, 0);
    map(B, VA, RIGHT_READ);
    REFUSED(ERR_NO_RIGHT, CAST_SPACE, OP_SPACE_PROTECT, VA, 1, 3, 0, 0, 0);
    REFUSED(ERR_BAD_ARG, CAST_SPACE, OP_SPACE_PROTECT, VA, 1, 0, 0, 0, 0);
    REFUSED(ERR_BAD_ARG, CAST_SPACE, OP_SPACE_PROTECT, VA, 1, RIGHT_ALL, 0, 0, 0);
    hostile_end();
}

TEST(hostile, 14_priorities_flags_and_deadlines_out_of_range)
{
    const word_t bad[][3] = {{0, 0, 0}, {64, 0, 0},   {~0ul, 0, 0},
                             {5, 4, 0}, {5, ~0ul, 0}, {5, 0, 3600001}};

    hostile_begin();
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        REFUSED(ERR_BAD_ARG, CAST_CLIENT, OP_THREAD_SETUP, bad[i][0], bad[i][1], bad[i][2], 0, 0,
                0);
    DONE(CAST_CLIENT, OP_CAP_DERIVE, A, RIGHT_ALL, 7, 0, 0, 1);
    DONE(A, OP_CAP_DERIVE, B, RIGHT_ALL, 63, 0, 0, 1);
    REFUSED(ERR_BAD_ARG, A, OP_THREAD_SETUP, 8, 0, 0, 0, 0, 0);
    REFUSED(ERR_BAD_ARG, B, OP_THREAD_SETUP, 8, 0, 0, 0, 0, 0);
    hostile_end();
}

TEST(hostile, 15_threads_in_the_wrong_state)
{
    struct thread *t;

    hostile_begin();
    t = hostile_thread(A);
    REFUSED(ERR_BUSY, CAST_CLIENT, OP_THREAD_START, 0, 0, 0, 0, 0, 0);
    REFUSED(ERR_BUSY, CAST_CLIENT, OP_THREAD_RESUME, 0, 0, 0, 0, 0, 0);
    REFUSED(ERR_BUSY, CAST_CLIENT, OP_THREAD_WRITE, 0, 0, 0, 0, 0, 0);
    REFUSED(ERR_BUSY, INIT_THREAD, OP_THREAD_READ, 0, 0, 0, 0, 0, 0);
    DONE(A, OP_THREAD_BIND, BINDING(BIND_SPACE), 0, 0, 0, 0, 0);
    REFUSED(ERR_NO_CAP, A, OP_THREAD_START, 0, 0, 0, 0, 0, 0);
    CHECK_EQ(t->state, THREAD_STOPPED);
    hostile_end();
}

TEST(hostile, 16_info_words_full_of_nonsense)
{
    hostile_begin();
    REFUSED_CALL(ERR_BAD_ARG, SYS_CALL, CAST_ENDPOINT, INFO_SEND(65), A, 0, NULL);
    REFUSED_CALL(ERR_BAD_ARG, SYS_CALL, CAST_ENDPOINT, INFO_SEND(1) | INFO_MODE(3), INIT_ROOT, 0,
                 NULL);
    REFUSED_CALL(ERR_BAD_ARG, SYS_CALL, CAST_ENDPOINT, INFO_RECV(65), 0, A, NULL);
    REFUSED_CALL(ERR_BAD_ARG, SYS_CALL, CAST_ENDPOINT, INFO_LEASES(3), 0, 0, NULL);
    REFUSED_CALL(ERR_WRONG_TYPE, SYS_CALL, CAST_ENDPOINT, INFO_SEND(1) | INFO_MODE(TRANSFER_MOVE),
                 hostile_arena(), 0, NULL);
    REFUSED_CALL(ERR_NO_CAP, SYS_RECV, 0, ~0u, 0, 0, NULL); /* init has no endpoint */
    REFUSED_CALL(ERR_NO_REPLY, SYS_REPLY_RECV, 0, ~0u, 0, 0, NULL);
    REFUSED_CALL(ERR_BAD_ARG, SYS_LOG, MESSAGE_WORDS * sizeof(word_t) + 1, 0, 0, 0, NULL);
    hostile_end();
}

TEST(hostile, 17_a_tree_as_deep_as_it_may_be)
{
    cap_t last = A;

    hostile_begin();
    tables();
    hostile_make(OBJ_FRAME, 13, A, 1);
    while (slot_depth(machine_slot(last)) < DEPTH_MAX) {
        hostile_derive(last, last + 1, 0);
        last++;
    }
    REFUSED(ERR_TOO_DEEP, last, OP_CAP_DERIVE, last + 1, RIGHT_ALL, 0, 0, 0, 1);
    REFUSED(ERR_TOO_DEEP, last, OP_CAP_DERIVE, last + 1, RIGHT_ALL, 0, 0, PAGE_BITS, 1);
    REFUSED(ERR_TOO_DEEP, CAST_SPACE, OP_SPACE_MAP, last, MAP_WHERE(VA, 1, 1, MAP_COPY), last + 1,
            0, 0, 0);
    hostile_end();
}

TEST(hostile, 18_memory_that_is_not_there)
{
    hostile_begin();
    hostile_make(OBJ_UNTYPED, 12, A, 1);
    REFUSED(ERR_NO_MEMORY, A, OP_UNTYPED_RETYPE, OBJ_SPACE, 0, B, 1, 0, 0);
    REFUSED(ERR_NO_MEMORY, A, OP_UNTYPED_RETYPE, OBJ_FRAME, 13, B, 1, 0, 0);
    DONE(A, OP_UNTYPED_RETYPE, OBJ_ENDPOINT, 0, B, 1, 0, 0);
    REFUSED(ERR_NO_MEMORY, A, OP_UNTYPED_RETYPE, OBJ_FRAME, PAGE_BITS, C, 1, 0, 0);
    REFUSED(ERR_HAS_CHILDREN, A, OP_CAP_DERIVE, C, RIGHT_ALL, 0, 0, 0, 1);
    hostile_end();
}

/* Of several all are bound or none, whichever is refused: REFUSED sees to it that nothing was. */
TEST(hostile, 49_bindings_of_which_one_is_refused)
{
    const word_t fault = BINDING(BIND_FAULT), buffer = BINDING(BIND_BUFFER);
    const word_t bound = BINDING(BIND_NOTIFICATION);

    hostile_begin();
    hostile_thread(A);
    hostile_make(OBJ_FRAME, PAGE_BITS, B, 1);
    hostile_derive(B, C, RIGHT_WRITE);
    REFUSED(ERR_BAD_ARG, A, OP_THREAD_BIND, 0xff, 0, 0, 0, 0, 0); /* eight */
    REFUSED(ERR_BAD_ARG, A, OP_THREAD_BIND, BINDING(BIND_ROOT) | BINDING(BIND_COUNT), 0, 0, 0, 0,
            0);
    REFUSED(ERR_BAD_ARG, A, OP_THREAD_BIND, BINDING(BIND_ROOT) | 1ul << 32, 0, 0, 0, 0, 0);
    REFUSED(ERR_BAD_ARG, A, OP_THREAD_BIND, ~0ul, 0, 0, 0, 0, 0);
    REFUSED(ERR_NO_CAP, A, OP_THREAD_BIND, fault | buffer, CAST_ENDPOINT, RUN, 0, 0, 0);
    REFUSED(ERR_WRONG_TYPE, A, OP_THREAD_BIND, fault | buffer, B, B, 0, 0, 0);
    REFUSED(ERR_WRONG_TYPE, A, OP_THREAD_BIND, fault | buffer, B, CAST_ENDPOINT, 0, 0, 0);
    REFUSED(ERR_NO_RIGHT, A, OP_THREAD_BIND, fault | buffer, CAST_ENDPOINT, C, 0, 0, 0);
    REFUSED(ERR_NO_RIGHT, A, OP_THREAD_BIND, BINDING(BIND_SPACE) | buffer, 0, C, 0, 0, 0);
    DONE(CAST_CLIENT, OP_THREAD_BIND, bound, CAST_NOTIFICATION, 0, 0, 0, 0);
    REFUSED(ERR_BUSY, A, OP_THREAD_BIND, fault | bound, CAST_ENDPOINT, CAST_NOTIFICATION, 0, 0, 0);
    DONE(CAST_CLIENT, OP_THREAD_BIND, bound, 0, 0, 0, 0, 0);
    DONE(A, OP_THREAD_BIND, 0, ~0ul, ~0ul, ~0ul, ~0ul, ~0ul);
    hostile_end();
}
