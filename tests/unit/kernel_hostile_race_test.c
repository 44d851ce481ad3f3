/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hostile timing: what is done to an operation on its way, or by a thread to its own ground. The
 * numbers are those of docs/hostile.md.
 */
#include "buffer.h"
#include "hostile.h"
#include "ipc.h"
#include "space.h"
#include "unit.h"

#define VA   0x40000000ul
#define RW   (RIGHT_READ | RIGHT_WRITE)
#define MANY 100u
#define A    (CAST_FREE + 0)
#define B    (CAST_FREE + 1)
#define C    (CAST_FREE + 2)
#define RUN  (CAST_FREE + 10)

/* More leaf tables than one stretch of emptying a space comes to. */
#define TABLE_COUNT 60u
#define TABLES      (RUN + TABLE_COUNT)
#define LEAF_BYTES  (1ul << 21)

static void children(cap_t of, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        hostile_derive(of, RUN + i, 0);
}

/* ---- revocation and deletion ---- */

TEST(hostile, 19_derivation_below_an_unfinished_revocation)
{
    hostile_begin();
    hostile_make(OBJ_FRAME, PAGE_BITS, A, 1);
    children(A, MANY);
    hostile_race(A, OP_CAP_REVOKE, 0, 0, 0, 0);

    REFUSED(ERR_DYING, A, OP_CAP_DERIVE, B, RIGHT_ALL, 0, 0, 0, 1);
    REFUSED(ERR_DYING, A, OP_CAP_DERIVE, B, RIGHT_ALL, 0, 0, PAGE_BITS, 1);
    REFUSED(ERR_DYING, A, OP_CAP_MOVE, B, 1, 0, 0, 0, 0);
    REFUSED(ERR_DYING, A, OP_FRAME_HOLD, 1, 0, 0, 0, 0, 0);
    REFUSED(ERR_DYING, RUN, OP_CAP_DERIVE, B, RIGHT_ALL, 0, 0, 0, 1);
    REFUSED(ERR_DYING, CAST_CLIENT, OP_THREAD_BIND, BINDING(BIND_REPLY) | BINDING(BIND_BUFFER), 0,
            A, 0, 0, 0);
    CHECK_EQ(hostile_race_end().err, ERR_OK);
    CHECK(!machine_slot(A)->child);
    hostile_derive(A, B, 0);
    hostile_end();
}

TEST(hostile, 20_two_deletions_of_the_same_container)
{
    hostile_begin();
    hostile_make(OBJ_CAPTABLE, 12, A, 1);
    hostile_make(OBJ_ENDPOINT, 0, CAP(A, 1), MANY);
    hostile_race(A, OP_CAP_DELETE, 1, 0, 0, 0);

    DONE(A, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0);
    CHECK_EQ(hostile_race_end().err, ERR_OK);
    hostile_end();
}

TEST(hostile, 21_a_revocation_overtaken_by_that_of_an_ancestor)
{
    hostile_begin();
    hostile_make(OBJ_FRAME, PAGE_BITS, A, 1);
    hostile_derive(A, B, 0);
    children(B, MANY);
    hostile_race(B, OP_CAP_REVOKE, 0, 0, 0, 0);

    DONE(A, OP_CAP_REVOKE, 0, 0, 0, 0, 0, 0);
    CHECK_EQ(hostile_race_end().err, ERR_NO_CAP);
    hostile_end();
}

TEST(hostile, 22_capabilities_put_into_a_table_that_dies)
{
    hostile_begin();
    hostile_make(OBJ_CAPTABLE, 12, A, 1);
    hostile_make(OBJ_ENDPOINT, 0, CAP(A, 1), MANY);
    hostile_make(OBJ_FRAME, PAGE_BITS, B, 1);
    hostile_race(A, OP_CAP_DELETE, 1, 0, 0, 0);

    REFUSED(ERR_DYING, B, OP_CAP_DERIVE, CAP(A, 1), RIGHT_ALL, 0, 0, 0, 1);
    REFUSED(ERR_DYING, B, OP_CAP_MOVE, CAP(A, 1), 1, 0, 0, 0, 0);
    REFUSED(ERR_DYING, hostile_arena(), OP_UNTYPED_RETYPE, OBJ_ENDPOINT, 0, CAP(A, 1), 1, 0, 0);
    REFUSED(ERR_DYING, CAST_SPACE, OP_SPACE_MAP, B, MAP_WHERE(VA, 1, 1, MAP_COPY), CAP(A, 1), 0, 0,
            0);
    CHECK_EQ(hostile_race_end().err, ERR_OK);
    hostile_end();
}

TEST(hostile, 23_a_revocation_that_is_never_finished)
{
    hostile_begin();
    hostile_make(OBJ_FRAME, PAGE_BITS, A, 1);
    hostile_derive(A, B, 0);
    children(B, MANY);
    hostile_race(B, OP_CAP_REVOKE, 0, 0, 0, 0);

    DONE(CAST_SERVER, OP_THREAD_STOP, 0, 0, 0, 0, 0, 0);
    REFUSED(ERR_DYING, B, OP_CAP_DERIVE, C, RIGHT_ALL, 0, 0, 0, 1);
    hostile_derive(A, C, 0); /* beside it all goes on */
    DONE(A, OP_CAP_REVOKE, 0, 0, 0, 0, 0, 0);
    hostile_end();
}

TEST(hostile, 24_objects_being_made_are_used_deleted_and_gone_on_with)
{
    hostile_begin();
    hostile_make(OBJ_UNTYPED, 19, A, 1);
    hostile_race(A, OP_UNTYPED_RETYPE, OBJ_CAPTABLE, 18, B, 2);

    CHECK_EQ(slot_type(machine_slot(B)), OBJ_UNTYPED); /* not born yet */
    REFUSED(ERR_NO_MEMORY, B, OP_UNTYPED_RETYPE, OBJ_ENDPOINT, 0, RUN, 1, 0, 0);
    REFUSED(ERR_HAS_CHILDREN, B, OP_CAP_DERIVE, RUN, RIGHT_ALL, 0, 0, 0, 1);
    REFUSED(ERR_WRONG_TYPE, B, OP_CAP_MOVE, RUN, 1, 0, 0, 0, 0);
    DONE(B, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0);
    CHECK_EQ(hostile_race_end().err, ERR_OK);
    CHECK_EQ(slot_type(machine_slot(C)), OBJ_CAPTABLE);
    hostile_end();
}

TEST(hostile, 25_a_table_made_of_the_memory_it_holds)
{
    for (unsigned every = 0; every < 2; every++) {
        hostile_begin();
        hostile_make(OBJ_UNTYPED, 16, A, 1);
        DONE(A, OP_UNTYPED_RETYPE, OBJ_CAPTABLE, 12, B, 1, 0, 0);
        hostile_derive(B, CAP(B, 1), 0); /* itself */
        DONE(A, OP_UNTYPED_RETYPE, OBJ_UNTYPED, 14, CAP(B, 2), 1, 0, 0);
        DONE(CAP(B, 2), OP_UNTYPED_RETYPE, OBJ_CAPTABLE, 12, CAP(B, 3), 1, 0, 0);
        hostile_derive(CAP(B, 3), C, 0);
        DONE(CAP(B, 2), OP_UNTYPED_RETYPE, OBJ_ENDPOINT, 0, CAP(C, 1), 20, 0, 0);
        hostile_derive(B, CAP(C, 30), 0);
        machine_interrupt_every(every);

        DONE(every ? A : B, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0);
        CHECK(slot_empty(machine_slot(C)));
        hostile_end();
    }
}

/* ---- a thread's own ground ---- */

TEST(hostile, 26_deletion_of_the_running_thread)
{
    hostile_begin();
    hostile_run(hostile_arena(), A);
    hostile_wait(0);
    CHECK(cpu.current == machine_thread(A));

    machine_invoke(A, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0);
    CHECK(cpu.current == cast_server());
    CHECK(slot_empty(machine_slot(A)));
    hostile_end();
}

TEST(hostile, 27_revocation_of_the_memory_one_lives_in)
{
    for (unsigned every = 0; every < 2; every++) {
        hostile_begin();
        hostile_make(OBJ_UNTYPED, 16, A, 1);
        DONE(A, OP_UNTYPED_RETYPE, OBJ_ENDPOINT, 0, RUN, MANY, 0, 0);
        hostile_run(A, B);
        hostile_wait(0);
        machine_interrupt_every(every);

        while (cpu.current != cast_server())
            machine_invoke(A, OP_CAP_REVOKE, 0, 0, 0, 0, 0, 0);
        DONE(A, OP_CAP_REVOKE, 0, 0, 0, 0, 0, 0);
        CHECK_EQ(machine_slot(A)->word[0], 0);
        hostile_end();
    }
}

TEST(hostile, 28_deletion_of_the_table_one_names_things_by)
{
    hostile_begin();
    hostile_make(OBJ_CAPTABLE, 12, A, 1);
    hostile_derive(INIT_ROOT, CAP(A, 3), 0);
    hostile_run(hostile_arena(), B);
    DONE(B, OP_THREAD_BIND, BINDING(BIND_ROOT), A, 0, 0, 0, 0);
    hostile_wait(0);

    CHECK_EQ(machine_invoke(CAP(3, A), OP_CAP_DELETE, 1, 0, 0, 0, 0, 0).err, ERR_OK);
    REFUSED(ERR_NO_CAP, CAP(3, B), OP_CAP_DELETE, 1, 0, 0, 0, 0, 0);
    REFUSED_CALL(ERR_NO_CAP, SYS_CALL, 1, 0, 0, 0, NULL);
    CHECK(!machine_touch(VA, RIGHT_READ)); /* that ends it */
    CHECK(cpu.current == cast_server());
    hostile_end();
}

TEST(hostile, 29_deletion_of_the_space_one_runs_in)
{
    hostile_begin();
    hostile_make(OBJ_SPACE, 0, A, 1);
    hostile_run(hostile_arena(), B);
    DONE(B, OP_THREAD_BIND, BINDING(BIND_SPACE), A, 0, 0, 0, 0);
    hostile_wait(0);
    CHECK(cpu.current == machine_thread(B));

    machine_invoke(A, OP_CAP_DELETE, 1, 0, 0, 0, 0, 0);
    CHECK(cpu.current == cast_server());
    CHECK_EQ(machine_thread(B)->state, THREAD_BROKEN);
    REFUSED(ERR_NO_CAP, B, OP_THREAD_RESUME, 0, 0, 0, 0, 0, 0);
    hostile_end();
}

TEST(hostile, 30_a_space_that_dies_is_mapped_into_and_bound)
{
    hostile_begin();
    hostile_make(OBJ_SPACE, 0, A, 1);
    hostile_make(OBJ_PAGETABLE, 0, B, 1);
    hostile_make(OBJ_PAGETABLE, 0, TABLES, TABLE_COUNT);
    hostile_make(OBJ_FRAME, PAGE_BITS, RUN, TABLE_COUNT);
    hostile_map(A, B, VA, 0);
    for (unsigned i = 0; i < TABLE_COUNT; i++) {
        hostile_map(A, TABLES + i, VA + i * LEAF_BYTES, 0);
        hostile_map(A, RUN + i, VA + i * LEAF_BYTES, RW);
    }
    hostile_race(A, OP_CAP_DELETE, 1, 0, 0, 0);

    REFUSED(ERR_DYING, A, OP_SPACE_MAP, CAST_SERVER_BUFFER,
            MAP_WHERE(VA + TABLE_COUNT * LEAF_BYTES, 1, 1, 0), 0, 0, 0, 0);
    REFUSED(ERR_DYING, CAST_CLIENT, OP_THREAD_BIND, BINDING(BIND_SPACE), A, 0, 0, 0, 0);
    DONE(A, OP_SPACE_UNMAP, VA, 512, 0, 0, 0, 0);
    DONE(A, OP_SPACE_PROTECT, VA, 512, RIGHT_READ, 0, 0, 0);
    CHECK_EQ(hostile_race_end().err, ERR_OK);
    for (unsigned i = 0; i < TABLE_COUNT; i++) {
        CHECK(!(machine_slot(RUN + i)->head & HEAD_MAPPED));
        CHECK(!(machine_slot(TABLES + i)->head & HEAD_MAPPED));
    }
    hostile_end();
}
