/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * registers.c - what a system call, an interrupt and another thread's hand leave of a
 * thread's registers.
 */
#include "peer.h"
#include "probe.h"
#include "start.h"

#define FIRST_PRESERVED 4u
#define LAST_PRESERVED  11u
#define LINK            14u

static void check_after_call(const uint32_t *r)
{
    for (unsigned n = FIRST_PRESERVED; n <= LAST_PRESERVED; n++)
        CHECK_EQ(r[n], PROBE_PATTERN(n));
    CHECK_EQ(r[LINK], PROBE_PATTERN(LINK));
    CHECK_EQ(r[3], 0);
    CHECK_EQ(r[12], 0);
}

TEST(registers, a_call_gives_back_what_it_preserves_and_zero_in_the_rest)
{
    uint32_t r[15];

    probe_call(SYS_NOTHING, 0, 0, r);
    CHECK_EQ(r[0], ERR_OK);
    check_after_call(r);
}

TEST(registers, a_call_that_is_refused_gives_away_nothing_either)
{
    uint32_t r[15];

    probe_call(SYS_COUNT, 0, 0, r);
    CHECK_EQ(r[0], ERR_BAD_CALL);
    check_after_call(r);
    probe_call(SYS_CALL, CAP_NULL, 0, r);
    CHECK_EQ(r[0], ERR_NO_CAP);
    check_after_call(r);
}

/* Both directions by the shortest way: the peer's answer is under way when it was called. */
TEST(registers, a_call_that_is_answered_gives_back_words_and_zero)
{
    struct step echo[] = {{.op = RECEIVE, .kind = KIND_CALL, .badge = 7, .expect = 0xff},
                          {.op = ANSWER_RECEIVE, .word = {1, 2, 3, 4, 5, 6, 7, 8}},
                          {.op = END}};
    struct peer *p = peer_make(NULL);
    uint32_t r[15];

    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        echo[0].want[i] = PROBE_PATTERN(REG_WORD(i));
    peer_start(p, echo);
    probe_call(SYS_CALL, peer_session(p, 7), 0, r);
    CHECK_EQ(r[0], ERR_OK);
    for (unsigned i = 0; i < MESSAGE_WORDS; i++)
        CHECK_EQ(r[REG_WORD(i)], i + 1);
    CHECK_EQ(r[3], 0);
    CHECK_EQ(r[12], 0);
    CHECK_EQ(r[LINK], PROBE_PATTERN(LINK));
}

TEST(registers, an_interrupt_changes_nothing)
{
    struct step sleeping[] = {{.op = WAIT}, {.op = END}};
    struct peer *p = peer_run(NULL, sleeping);
    uint32_t r[15];

    (void)p;
    probe_spin(4000000, r); /* longer than a slice and the watchdog's rounds */
    CHECK_EQ(r[0], 0);
    for (unsigned n = 1; n < 15; n++)
        if (n != REG_SP)
            CHECK_EQ(r[n], PROBE_PATTERN(n));
}

TEST(registers, a_status_is_a_users_whatever_is_written)
{
    cap_t thread = kit_object(OBJ_THREAD, 0);
    uint64_t *reg = sys_buffer()->reg;

    memset(reg, 0, sizeof(sys_buffer()->reg));
    reg[REG_STATUS] = 0xffffffff;
    reg[REG_IP] = 0x1003;
    CHECK_OK(thread_write(thread));
    CHECK_OK(thread_read(thread));
    CHECK_EQ(reg[REG_STATUS], 0xfe0ffc30); /* no Jazelle, endianness or masks; user mode */
    CHECK_EQ(reg[REG_IP], 0x1002);
}

TEST(registers, a_start_at_an_odd_address_is_thumbs)
{
    cap_t thread = kit_object(OBJ_THREAD, 0);
    uint64_t *reg = sys_buffer()->reg;

    CHECK_OK(thread_bind_all(
        thread, (const cap_t[BIND_COUNT]){[BIND_ROOT] = SLOT_ROOT, [BIND_SPACE] = SLOT_SPACE}));
    CHECK_OK(thread_setup(thread, 1, 0, 0, 0)); /* below the test: it never runs */
    CHECK_OK(thread_start(thread, 0x1001, 0x2000, 0x3000, 0x4000));
    CHECK_OK(thread_stop(thread));
    CHECK_OK(thread_read(thread));
    CHECK_EQ(reg[REG_IP], 0x1000);
    CHECK(reg[REG_STATUS] & STATUS_THUMB);
    CHECK_EQ(reg[REG_SP], 0x2000);
    CHECK_EQ(reg[0], 0x3000);
    CHECK_EQ(reg[REG_TLS], 0x4000);
}
