/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status.c - the kinds of aborts that an access can meet are told apart, and what is not executable
 * is not executed.
 */
#include "peer.h"

#include "probe.h"
#include "start.h"

static void fetch(void *at)
{
    ((void (*)(void))at)();
}

static void store(void *at)
{
    *(volatile uint32_t *)at = 1;
}

static void told(void (*run)(void *), uintptr_t at, unsigned cause, unsigned access)
{
    struct peer *pager = peer_make(NULL);
    struct step serving[] = {{.op = RECEIVE,
                              .kind = KIND_FAULT,
                              .badge = 7,
                              .expect = WORD(FAULT_CAUSE) | WORD(FAULT_ADDRESS),
                              .want = {[FAULT_CAUSE] = cause | access << 8, [FAULT_ADDRESS] = at}},
                             {.op = END}};
    struct step running[] = {{.op = RUN, .run = run, .arg = (void *)at}, {.op = END}};
    struct peer *p;

    peer_start(pager, serving);
    p = peer_run(&(struct peer_kind){.pager = pager->endpoint, .badge = 7}, running);
    peer_ended(pager);
    peer_waits(p, 0);
}

static void page_map(unsigned rights)
{
    cap_t frame = kit_frames(1);

    kit_tables(SLOT_SPACE, KIT_VA, PAGE_SIZE);
    CHECK_OK(space_map(SLOT_SPACE, frame, KIT_VA, 1, rights, 0, NULL));
}

TEST(status, what_may_only_be_read_is_not_executed)
{
    page_map(RIGHT_READ);
    told(fetch, KIT_VA, FAULT_PERMISSION, RIGHT_EXECUTE);
}

TEST(status, what_may_only_be_read_is_not_written)
{
    page_map(RIGHT_READ | RIGHT_EXECUTE);
    told(store, KIT_VA, FAULT_PERMISSION, RIGHT_WRITE);
}

TEST(status, where_nothing_is_nothing_is_executed)
{
    kit_tables(SLOT_SPACE, KIT_VA, PAGE_SIZE);
    told(fetch, KIT_VA + PAGE_SIZE, FAULT_NOT_PRESENT, RIGHT_EXECUTE);
}

TEST(status, kernel_addresses_are_nobodys)
{
    told(store, 0x80100000u, FAULT_NOT_PRESENT, RIGHT_WRITE);
}
