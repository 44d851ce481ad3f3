/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fpu.c - the floating-point registers of threads that take turns.
 */
#include "peer.h"
#include "probe.h"
#include "regs.h"

static uint64_t seed[] = {0x1111111111110001, 0x2222222222220042, 0x3333333333330083};

static void fill(void *arg)
{
    probe_fpu_fill(*(uint64_t *)arg);
}

static void check(void *arg)
{
    uint64_t out[33], want = *(uint64_t *)arg;

    probe_fpu_read(out);
    for (unsigned i = 0; i < 32; i++)
        CHECK_EQ(out[i], want + i);
    CHECK_EQ(out[32], want & PROBE_FPU_STATUS);
}

static void check_zero(void *arg)
{
    uint64_t out[33];

    (void)arg;
    probe_fpu_read(out);
    for (unsigned i = 0; i < 33; i++)
        CHECK_EQ(out[i], 0);
}

#define PAUSE                                                                                      \
    {                                                                                              \
        .op = WAIT                                                                                 \
    } /* until the test wakes it */

static void wake(const struct peer *p)
{
    CHECK_OK(sys_signal(kit_derive(p->notification, RIGHT_WRITE, 1)));
}

TEST(fpu, threads_that_take_turns_keep_their_own_registers)
{
    struct step script[3][6];
    struct peer *p[3];

    for (unsigned i = 0; i < 3; i++) {
        struct step steps[] = {{.op = RUN, .run = fill, .arg = &seed[i]},  PAUSE,
                               {.op = RUN, .run = check, .arg = &seed[i]}, PAUSE,
                               {.op = RUN, .run = check, .arg = &seed[i]}, {.op = END}};

        memcpy(script[i], steps, sizeof(steps));
        p[i] = peer_run(NULL, script[i]);
        peer_waits(p[i], 1);
    }
    for (unsigned turn = 0; turn < 2; turn++)
        for (unsigned i = 0; i < 3; i++)
            wake(p[i]);
    for (unsigned i = 0; i < 3; i++)
        peer_ended(p[i]);
}

TEST(fpu, a_fresh_thread_sees_nothing_of_anothers)
{
    struct step first[] = {{.op = RUN, .run = fill, .arg = &seed[0]}, {.op = END}};
    struct step second[] = {{.op = RUN, .run = check_zero}, {.op = END}};

    peer_ended(peer_run(NULL, first));
    peer_ended(peer_run(NULL, second));
}

TEST(fpu, registers_still_in_the_unit_are_read_and_written_by_another)
{
    struct step script[] = {{.op = RUN, .run = fill, .arg = &seed[1]},
                            PAUSE,
                            {.op = RUN, .run = check, .arg = &seed[2]},
                            {.op = END}};
    struct peer *p = peer_run(NULL, script);
    uint64_t *reg = sys_buffer()->reg;

    CHECK_OK(thread_read(p->thread));
    for (unsigned i = 0; i < 32; i++)
        CHECK_EQ(reg[REG_F0 + i], seed[1] + i);
    for (unsigned i = 0; i < 32; i++)
        reg[REG_F0 + i] = seed[2] + i;
    reg[REG_F0 + 32] = seed[2] & PROBE_FPU_STATUS;
    CHECK_OK(thread_write(p->thread));
    wake(p);
    peer_ended(p);
}

TEST(fpu, an_owner_that_is_deleted_leaves_no_trace)
{
    struct step first[] = {{.op = RUN, .run = fill, .arg = &seed[0]}, {.op = NEVER}};
    struct step second[] = {{.op = RUN, .run = check_zero},
                            {.op = RUN, .run = fill, .arg = &seed[1]},
                            {.op = RUN, .run = check, .arg = &seed[1]},
                            {.op = END}};
    struct peer *p = peer_run(NULL, first);

    CHECK_OK(cap_delete(p->thread, 1));
    peer_ended(peer_run(NULL, second));
}

static void fill_and_call(void *session)
{
    word_t word[MESSAGE_WORDS] = {0};

    probe_fpu_fill(seed[0]);
    CHECK_OK(test_call(*(cap_t *)session, word).err);
    check(&seed[0]);
}

TEST(fpu, registers_of_two_that_call_each_other_are_kept)
{
    static cap_t session;
    struct step serving[] = {{.op = RUN, .run = fill, .arg = &seed[1]},
                             {.op = RECEIVE, .kind = KIND_CALL},
                             {.op = RUN, .run = check, .arg = &seed[1]},
                             {.op = ANSWER_RECEIVE, .kind = KIND_CALL},
                             {.op = RUN, .run = check, .arg = &seed[1]},
                             {.op = ANSWER},
                             {.op = END}};
    struct step calling[] = {{.op = RUN, .run = fill_and_call, .arg = &session},
                             {.op = RUN, .run = fill_and_call, .arg = &session},
                             {.op = END}};
    struct peer *server = peer_run(NULL, serving);

    session = peer_session(server, 0);
    peer_ended(peer_run(NULL, calling));
    peer_ended(server);
}
