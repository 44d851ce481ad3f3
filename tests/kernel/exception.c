/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exception.c - what a thread does that the page tables do not decide about: its handler is told
 * the machine's cause.
 */
#include "peer.h"
#include "probe.h"

#include "root.h"
#include "start.h"

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

TEST(exception, an_atomic_load_from_no_aligned_address_is_misaligned)
{
    word_t cause = FAULT_MISALIGNED | (word_t)RIGHT_READ << 8;

    fault_is_told(
        probe_misaligned, aligned,
        &(struct step){.op = RECEIVE,
                       .kind = KIND_FAULT,
                       .badge = 7,
                       .expect = WORD(FAULT_CAUSE) | WORD(FAULT_ADDRESS),
                       .want = {[FAULT_CAUSE] = cause, [FAULT_ADDRESS] = (word_t)aligned + 1}});
}

static void load(void *at)
{
    (void)*(volatile uint8_t *)at;
}

/* Of its page the emulator's configuration device answers 24 bytes. */
TEST(exception, a_load_that_nothing_answers_is_a_bus_fault)
{
    const uintptr_t beyond = KIT_VA + PAGE_SIZE / 2;
    unsigned offset;
    cap_t frame = root_device(root_device_find("qemu,fw-cfg-mmio", 0), &offset);

    kit_tables(SLOT_SPACE, KIT_VA, PAGE_SIZE);
    CHECK_OK(space_map(SLOT_SPACE, frame, KIT_VA, 1, RIGHT_READ, 0, NULL));
    CHECK_EQ(*(volatile uint8_t *)(KIT_VA + offset), 'Q'); /* the device's own bytes are loaded */
    fault_is_told(
        load, (void *)beyond,
        &(struct step){
            .op = RECEIVE,
            .kind = KIND_FAULT,
            .badge = 7,
            .expect = WORD(FAULT_CAUSE) | WORD(FAULT_ADDRESS),
            .want = {
                [FAULT_CAUSE] = FAULT_BUS | (word_t)RIGHT_READ << 8, [FAULT_ADDRESS] = beyond}});
}
