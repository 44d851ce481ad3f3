/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registers.c - what a system call, an interrupt and another thread's hand leave of a
 * thread's registers.
 */
#include "peer.h"
#include "probe.h"
#include "regs.h"
#include "start.h"

#define FIRST_ANSWER 10u /* a0..a2 carry the answer */
#define LAST_ANSWER  12u

/* ra, s0..s11: what the calling convention preserves, but for sp, gp and tp. */
static bool preserved(unsigned n)
{
    return n == 1 || n == 8 || n == 9 || (n >= 18 && n <= 27);
}

static bool general(unsigned n) /* none of zero, sp, gp, tp */
{
    return n == 1 || n >= 5;
}

static void check_after_call(const uint64_t *x)
{
    for (unsigned n = 0; n < 32; n++) {
        if (!general(n) || (n >= FIRST_ANSWER && n <= LAST_ANSWER))
            continue;
        if (x[n] != (preserved(n) ? PROBE_PATTERN(n) : 0))
            unit_fail(__FILE__, __LINE__, "x%u is 0x%lx after the call", n, (unsigned long)x[n]);
    }
}

TEST(registers, a_call_gives_back_what_it_preserves_and_zero_in_the_rest)
{
    uint64_t x[32];

    probe_call(SYS_NOTHING, 0, 0, x);
    CHECK_EQ(x[REG_A0], ERR_OK);
    check_after_call(x);
}

TEST(registers, a_call_that_is_refused_gives_away_nothing_either)
{
    uint64_t x[32];

    probe_call(SYS_COUNT, 0, 0, x);
    CHECK_EQ(x[REG_A0], ERR_BAD_CALL);
    check_after_call(x);
    probe_call(SYS_CALL, CAP_NULL, 0, x);
    CHECK_EQ(x[REG_A0], ERR_NO_CAP);
    check_after_call(x);
}

TEST(registers, a_wait_that_times_out_gives_away_nothing)
{
    uint64_t x[32];

    sys_buffer()->deadline = now_ns() + 1000;
    probe_call(SYS_WAIT, kit_object(OBJ_NOTIFICATION, 0), INFO_DEADLINE, x);
    CHECK_EQ(x[REG_A0], ERR_TIMEOUT);
    check_after_call(x);
}

/* Both directions by the shortest way: the peer's answer is under way when it was called. */
TEST(registers, a_call_that_is_answered_gives_back_words_and_zero)
{
    struct step echo[] = {{.op = RECEIVE, .kind = KIND_CALL, .badge = 7, .expect = 0xff},
                          {.op = ANSWER_RECEIVE, .word = {1, 2, 3, 4, 5, 6, 7, 8}},
                          {.op = END}};
    struct peer *p = peer_make(NULL);
    uint64_t x[32];

    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        echo[0].want[i] = PROBE_PATTERN(REG_WORD(i));
    peer_start(p, echo);
    probe_call(SYS_CALL, peer_session(p, 7), 0, x);
    CHECK_EQ(x[REG_A0], ERR_OK);
    for (unsigned i = 0; i < MESSAGE_WORDS; i++) {
        CHECK_EQ(x[REG_WORD(i)], i + 1);
        x[REG_WORD(i)] = PROBE_PATTERN(REG_WORD(i));
    }
    check_after_call(x);
    peer_waits(p, 1);
}

/* Long enough for several of the other peer's deadlines. */
static void spin(void *arg)
{
    uint64_t x[32];

    (void)arg;
    probe_spin(3000000, x);
    for (unsigned n = 0; n < 32; n++)
        if (general(n) && n != REG_A0)
            CHECK_EQ(x[n], PROBE_PATTERN(n));
    CHECK_EQ(x[REG_A0], 0);
}

TEST(registers, interrupts_leave_them_alone)
{
    struct step spinner[] = {{.op = RUN, .run = spin}, {.op = END}};
    struct step waker[] = {{.op = WAIT, .deadline = 1000000, .err = ERR_TIMEOUT},
                           {.op = WAIT, .deadline = 700000, .err = ERR_TIMEOUT},
                           {.op = WAIT, .deadline = 300000, .err = ERR_TIMEOUT},
                           {.op = WAIT, .deadline = 1, .err = ERR_TIMEOUT},
                           {.op = END}};
    struct peer *interrupts = peer_make(&(struct peer_kind){.priority = PEER_PRIORITY + 1});
    struct peer *spins = peer_make(NULL);

    peer_start(interrupts, waker);
    peer_waits(interrupts, 0);
    peer_start(spins, spinner); /* runs to its end before this goes on */
    peer_ended(spins);
    peer_ended(interrupts);
}

TEST(registers, are_written_and_read_back_in_the_order_of_regs_h)
{
    cap_t thread = kit_object(OBJ_THREAD, 0);
    uint64_t *reg = sys_buffer()->reg;

    for (unsigned i = 0; i < REG_COUNT; i++)
        reg[i] = PROBE_PATTERN(i);
    reg[REG_FCSR] = ~0ull;
    CHECK_OK(thread_write(thread));
    memset(reg, 0, sizeof(sys_buffer()->reg));
    CHECK_OK(thread_read(thread));
    for (unsigned i = 0; i < REG_FCSR; i++)
        CHECK_EQ(reg[i], PROBE_PATTERN(i));
    CHECK_EQ(reg[REG_FCSR], 0xff); /* rounding mode and flags; the rest does not exist */
}

/* Where a written thread goes on: with all its registers as they were written. */
TEST(registers, a_started_thread_finds_only_what_it_was_given)
{
    cap_t thread = kit_object(OBJ_THREAD, 0);
    uint64_t *reg = sys_buffer()->reg;

    CHECK_OK(thread_bind_all(
        thread, (const cap_t[BIND_COUNT]){[BIND_ROOT] = SLOT_ROOT, [BIND_SPACE] = SLOT_SPACE}));
    CHECK_OK(thread_setup(thread, 1, 0, 0, 0)); /* below the test: it never runs */
    for (unsigned i = 0; i < REG_COUNT; i++)
        reg[i] = PROBE_PATTERN(i);
    CHECK_OK(thread_write(thread));
    CHECK_OK(thread_start(thread, 0x1000, 0x2000, 0x3000, 0x4000));
    CHECK_OK(thread_stop(thread));
    CHECK_OK(thread_read(thread));
    for (unsigned i = 0; i < 32; i++)
        CHECK_EQ(reg[i], i == REG_IP       ? 0x1000
                         : i == REG_SP     ? 0x2000
                         : i == REG_ARG(0) ? 0x3000
                         : i == REG_TLS    ? 0x4000
                                           : 0);
}
