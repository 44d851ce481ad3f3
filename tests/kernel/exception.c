/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exception.c - what a thread does that the page tables do not decide about: its handler is told
 * the machine's cause.
 */
#include "peer.h"
#include "probe.h"

static uint64_t aligned[2];

/* One faults, another is told what `told` expects; it stays where it is. */
static void fault_is_told(void (*run)(void *), void *arg, const struct step *told)
{
    struct peer *pager = peer_make(NULL);
    struct step serving[] = {*told, {.op = END}};
    struct step running[] = {{.op = RUN, .run = run, .arg = arg}, {.op = END}};
    struct peer *p;

    peer_start(pager, serving);
    p = peer_run(&(struct peer_kind){.pager = pager->endpoint, .badge = 7}, running);
    peer_ended(pager);
    peer_waits(p, 0);
}

TEST(exception, an_instruction_that_does_not_exist)
{
    fault_is_told(probe_illegal, NULL,
                  &(struct step){.op = RECEIVE,
                                 .kind = KIND_FAULT,
                                 .badge = 7,
                                 .expect = WORD(FAULT_CAUSE) | WORD(FAULT_IP) | WORD(FAULT_CODE),
                                 .want = {[FAULT_CAUSE] = FAULT_EXCEPTION,
                                          [FAULT_IP] = (word_t)probe_illegal,
                                          [FAULT_CODE] = PROBE_CODE_ILLEGAL}});
}

TEST(exception, a_breakpoint)
{
    fault_is_told(probe_break, NULL,
                  &(struct step){.op = RECEIVE,
                                 .kind = KIND_FAULT,
                                 .badge = 7,
                                 .expect = WORD(FAULT_CAUSE) | WORD(FAULT_IP) | WORD(FAULT_CODE),
                                 .want = {[FAULT_CAUSE] = FAULT_EXCEPTION,
                                          [FAULT_IP] = (word_t)probe_break,
                                          [FAULT_CODE] = PROBE_CODE_BREAK}});
}

TEST(exception, an_atomic_load_from_no_aligned_address_is_a_bus_fault)
{
    word_t cause = FAULT_BUS | (word_t)RIGHT_READ << 8;

    fault_is_told(
        probe_misaligned, aligned,
        &(struct step){.op = RECEIVE,
                       .kind = KIND_FAULT,
                       .badge = 7,
                       .expect = WORD(FAULT_CAUSE) | WORD(FAULT_ADDRESS),
                       .want = {[FAULT_CAUSE] = cause, [FAULT_ADDRESS] = (word_t)aligned + 1}});
}
