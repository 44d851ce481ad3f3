/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.c - a fault is a call to the handler; its answer maps, and the thread goes on. And
 * what becomes of a thread whose handler is late, dies or never answers.
 */
#include "peer.h"

#include "cpu.h"

#include "start.h"

#define MS 1000000ull
#define RW (RIGHT_READ | RIGHT_WRITE)

/* A thread that will fault at KIT_VA in a space of its own, and a pager that is not started. */
struct faulting {
    struct peer *pager, *task;
    cap_t space;
};

static struct faulting faulting_make(unsigned deadline_ms, cap_t fallback)
{
    struct faulting f;

    f.pager = peer_make(NULL);
    f.space = kit_space();
    kit_tables(f.space, KIT_VA, KIT_LEAF_BYTES);
    f.task = peer_make(&(struct peer_kind){.space = f.space,
                                           .pager = f.pager->endpoint,
                                           .badge = 9,
                                           .deadline_ms = deadline_ms,
                                           .fallback = fallback});
    return f;
}

/* Steps of a task in its own space are static: the image is all it sees. */
static struct step task_script[20];

static const struct step *task_reads(unsigned pages)
{
    memset(task_script, 0, sizeof(task_script));
    for (unsigned i = 0; i < pages; i++)
        task_script[i] = (struct step){.op = READ, .address = KIT_VA + (uintptr_t)i * PAGE_SIZE};
    return task_script;
}

TEST(fault, tells_cause_access_and_address)
{
    struct faulting f = faulting_make(0, CAP_NULL);
    cap_t frame = kit_frames(1);
    struct step serving[] = {
        {.op = RECEIVE,
         .kind = KIND_FAULT,
         .badge = 9,
         .expect =
             WORD(FAULT_CAUSE) | WORD(FAULT_ADDRESS) | WORD(FAULT_ENTRY) | WORD(FAULT_SEQUENCE),
         .want = {FAULT_NOT_PRESENT | RIGHT_WRITE << 8, KIT_VA + 8, 0, 0, 0, 1}},
        {.op = ANSWER, .info = INFO_MAPS, .word = {frame, MAP_WHERE(KIT_VA, 1, RW, 0)}},
        {.op = END}};
    word_t value = 0;

    task_script[0] = (struct step){.op = WRITE, .address = KIT_VA + 8, .value = 0x1234};
    task_script[1] = (struct step){.op = READ, .address = KIT_VA + 8, .value = 0x1234};
    task_script[2] = (struct step){.op = END};
    peer_start(f.pager, serving);
    peer_start(f.task, task_script);
    peer_ended(f.pager);
    peer_ended(f.task);
    CHECK_OK(frame_read(frame, 8, &value, sizeof(value)));
    CHECK_EQ(value, 0x1234);
}

TEST(fault, is_served_with_sixteen_mappings_in_one_answer)
{
    struct faulting f = faulting_make(0, CAP_NULL);
    cap_t frames = kit_frames(16);
    struct step serving[] = {{.op = RECEIVE, .kind = KIND_FAULT, .badge = 9},
                             {.op = ANSWER_RECEIVE,
                              .info = INFO_MAPS,
                              .word = {frames, MAP_WHERE(KIT_VA, 16, RIGHT_READ, 0)},
                              .kind = KIND_FAULT,
                              .badge = 9,
                              .expect = WORD(FAULT_ADDRESS) | WORD(FAULT_SEQUENCE),
                              .want = {0, KIT_VA + 16 * PAGE_SIZE, 0, 0, 0, 2}},
                             {.op = NEVER}};

    /* the 17th page is the next to fault: fifteen neighbours did not */
    peer_start(f.pager, serving);
    peer_start(f.task, task_reads(17));
    peer_waits(f.task, 16);
    peer_waits(f.pager, 2);
}

TEST(fault, answer_takes_tables_frames_and_copies_together)
{
    struct faulting f = faulting_make(0, CAP_NULL);
    uintptr_t far = KIT_VA + KIT_LEAF_BYTES;
    cap_t frames = kit_frames(3), table = kit_object(OBJ_PAGETABLE, 0), copies = kit_slots(2);
    struct step serving[] = {
        {.op = RECEIVE,
         .kind = KIND_FAULT,
         .badge = 9,
         .expect = WORD(FAULT_CAUSE),
         .want = {FAULT_NO_TABLE | RIGHT_READ << 8}},
        {.op = ANSWER,
         .info = INFO_MAPS,
         .word = {table, MAP_WHERE(far, 1, 0, 0), frames, MAP_WHERE(far, 1, RIGHT_READ, 0),
                  frames + 1, MAP_WHERE(far + PAGE_SIZE, 2, RIGHT_READ, MAP_COPY), copies,
                  MAP_SAME}},
        {.op = END}};

    task_script[0] = (struct step){.op = READ, .address = far};
    task_script[1] = (struct step){.op = READ, .address = far + 2 * PAGE_SIZE};
    task_script[2] = (struct step){.op = END};
    peer_start(f.pager, serving);
    peer_start(f.task, task_script);
    peer_ended(f.task);
    peer_ended(f.pager);
    CHECK_EQ(kit_facts(copies + 1).detail, (far + 2 * PAGE_SIZE) >> PAGE_BITS);
    CHECK(!(kit_facts(frames + 1).flags & INSPECT_MAPPED));
}

TEST(fault, answer_that_fails_keeps_what_was_mapped_and_the_thread_waiting)
{
    struct faulting f = faulting_make(0, CAP_NULL);
    cap_t frames = kit_frames(1), empty = kit_slots(1);
    struct step serving[] = {{.op = RECEIVE, .kind = KIND_FAULT, .badge = 9},
                             {.op = ANSWER_RECEIVE,
                              .info = INFO_MAPS,
                              .word = {frames, MAP_WHERE(KIT_VA, 1, RIGHT_READ, 0), empty,
                                       MAP_WHERE(KIT_VA + PAGE_SIZE, 1, RIGHT_READ, 0)},
                              .err = ERR_NO_CAP,
                              .expect = WORD(0),
                              .want = {1}},
                             {.op = WAIT, .kind = KIND_NOTIFICATION, .badge = 1},
                             {.op = ANSWER, .info = INFO_MAPS},
                             {.op = END}};

    peer_start(f.pager, serving);
    peer_start(f.task, task_reads(1));
    peer_waits(f.task, 0);
    CHECK(kit_facts(frames).flags & INSPECT_MAPPED);
    CHECK_OK(sys_signal(kit_derive(f.pager->notification, RIGHT_WRITE, 1)));
    peer_ended(f.pager);
    peer_ended(f.task);
}

TEST(fault, answer_maps_sixteen_pages_at_most)
{
    struct faulting f = faulting_make(0, CAP_NULL);
    cap_t frames = kit_frames(17);
    struct step serving[] = {
        {.op = RECEIVE, .kind = KIND_FAULT, .badge = 9},
        {.op = ANSWER,
         .info = INFO_MAPS,
         .word = {frames, MAP_WHERE(KIT_VA, 17, RIGHT_READ, 0)},
         .err = ERR_BAD_ARG},
        {.op = ANSWER, .info = INFO_MAPS, .word = {frames, MAP_WHERE(KIT_VA, 1, RIGHT_READ, 0)}},
        {.op = END}};

    peer_start(f.pager, serving);
    peer_start(f.task, task_reads(1));
    peer_ended(f.pager);
    peer_ended(f.task);
}

TEST(fault, write_to_a_read_only_page_is_a_permission_fault)
{
    struct faulting f = faulting_make(0, CAP_NULL);
    cap_t old = kit_frames(1), new = kit_frames(1);
    struct step serving[] = {
        {.op = RECEIVE,
         .kind = KIND_FAULT,
         .badge = 9,
         .expect = WORD(FAULT_CAUSE),
         .want = {FAULT_PERMISSION | RIGHT_WRITE << 8}},
        {.op = ANSWER, .info = INFO_MAPS, .word = {new, MAP_WHERE(KIT_VA, 1, RW, MAP_REPLACE)}},
        {.op = END}};

    CHECK_OK(space_map(f.space, old, KIT_VA, 1, RIGHT_READ, 0, NULL));
    task_script[0] = (struct step){.op = WRITE, .address = KIT_VA, .value = 5};
    task_script[1] = (struct step){.op = END};
    peer_start(f.pager, serving);
    peer_start(f.task, task_script);
    peer_ended(f.pager);
    peer_ended(f.task);
    CHECK(!(kit_facts(old).flags & INSPECT_MAPPED));
    CHECK_EQ(kit_facts(new).detail, KIT_VA >> PAGE_BITS);
}

TEST(fault, jump_into_data_is_refused)
{
    struct faulting f = faulting_make(0, CAP_NULL);
    struct step serving[] = {{.op = RECEIVE,
                              .kind = KIND_FAULT,
                              .badge = 9,
                              .expect = WORD(FAULT_CAUSE) | WORD(FAULT_ADDRESS) | WORD(FAULT_IP),
                              .want = {FAULT_PERMISSION | RIGHT_EXECUTE << 8, KIT_VA, KIT_VA}},
                             {.op = NEVER}};

    CHECK_OK(space_map(f.space, kit_frames(1), KIT_VA, 1, RW, 0, NULL));
    task_script[0] = (struct step){.op = JUMP, .address = KIT_VA};
    peer_start(f.pager, serving);
    peer_start(f.task, task_script);
    peer_waits(f.pager, 1);
}

TEST(fault, kernel_addresses_are_only_reported)
{
    struct faulting f = faulting_make(0, CAP_NULL);
    uintptr_t kernel = (uintptr_t)ARCH_KERNEL;
    struct step serving[] = {{.op = RECEIVE,
                              .kind = KIND_FAULT,
                              .badge = 9,
                              .expect = WORD(FAULT_ADDRESS),
                              .want = {0, kernel}},
                             {.op = ANSWER,
                              .info = INFO_MAPS,
                              .word = {kit_frames(1), MAP_WHERE(kernel, 1, RIGHT_READ, 0)},
                              .err = ERR_BAD_ARG},
                             {.op = NEVER}};

    task_script[0] = (struct step){.op = READ, .address = kernel};
    peer_start(f.pager, serving);
    peer_start(f.task, task_script);
    peer_waits(f.pager, 2);
}

TEST(fault, handler_maps_only_into_the_space_that_was_shown)
{
    struct faulting f = faulting_make(0, CAP_NULL);
    cap_t other = kit_space_empty(), frame = kit_frames(1);
    struct step serving[] = {
        {.op = RECEIVE, .kind = KIND_FAULT, .badge = 9},
        {.op = ANSWER, .info = INFO_MAPS, .word = {frame, MAP_WHERE(KIT_VA, 1, RIGHT_READ, 0)}},
        {.op = END}};

    kit_tables(other, KIT_VA, PAGE_SIZE);
    CHECK_ERR(thread_bind(f.task->thread, BIND_FAULT_SPACE, kit_derive(other, RIGHT_COPY, 0)),
              ERR_NO_RIGHT);
    CHECK_OK(thread_bind(f.task->thread, BIND_FAULT_SPACE, other));
    task_reads(1);
    peer_start(f.pager, serving);
    peer_start(f.task, task_script);
    peer_ended(f.pager);
    peer_waits(f.task, 0); /* it faults again: nothing came into its own space */
    CHECK(kit_facts(frame).flags & INSPECT_MAPPED);
    CHECK_OK(space_unmap(other, KIT_VA, 1));
    CHECK(!(kit_facts(frame).flags & INSPECT_MAPPED));
}

TEST(fault, pager_that_never_answers_costs_only_its_own_task)
{
    struct faulting f = faulting_make(0, CAP_NULL), g = faulting_make(0, CAP_NULL);
    struct step deaf[] = {{.op = RECEIVE, .kind = KIND_FAULT, .badge = 9}, {.op = NEVER}};
    struct step serving[] = {{.op = RECEIVE, .kind = KIND_FAULT, .badge = 9},
                             {.op = ANSWER,
                              .info = INFO_MAPS,
                              .word = {kit_frames(1), MAP_WHERE(KIT_VA, 1, RIGHT_READ, 0)}},
                             {.op = END}};

    task_reads(1);
    peer_start(f.pager, deaf);
    peer_start(f.task, task_script);
    peer_start(g.pager, serving);
    peer_start(g.task, task_script);
    peer_ended(g.task);
    peer_waits(f.task, 0);
    CHECK_OK(cap_delete(f.task->thread, 1));
    peer_waits(f.pager, 1);
}

TEST(fault, late_answer_maps_nothing_and_the_fallback_decides)
{
    struct peer *fallback = peer_make(NULL);
    struct faulting f = faulting_make(10, fallback->endpoint);
    cap_t late = kit_frames(1), right = kit_frames(1);
    struct step slow[] = {{.op = RECEIVE, .kind = KIND_FAULT, .badge = 9},
                          {.op = WAIT, .kind = KIND_NOTIFICATION, .badge = 1},
                          {.op = ANSWER,
                           .info = INFO_MAPS,
                           .word = {late, MAP_WHERE(KIT_VA + PAGE_SIZE, 1, RIGHT_READ, 0)},
                           .err = ERR_LATE},
                          {.op = RECEIVE, .kind = KIND_NOTIFICATION, .badge = 1},
                          {.op = END}};
    struct step rescue[] = {
        {.op = RECEIVE,
         .kind = KIND_FAULT,
         .badge = 9,
         .expect = WORD(FAULT_CAUSE) | WORD(FAULT_ADDRESS),
         .want = {FAULT_LATE | RIGHT_READ << 8, KIT_VA}},
        {.op = ANSWER, .info = INFO_MAPS, .word = {right, MAP_WHERE(KIT_VA, 1, RIGHT_READ, 0)}},
        {.op = END}};
    cap_t wake = kit_derive(f.pager->notification, RIGHT_WRITE, 1);

    peer_start(f.pager, slow);
    peer_start(fallback, rescue);
    peer_start(f.task, task_reads(1));
    peer_waits(f.task, 0);
    test_sleep(20 * MS);
    peer_ended(fallback);
    peer_ended(f.task);
    CHECK_OK(sys_signal(wake));
    peer_waits(f.pager, 3);
    CHECK(!(kit_facts(late).flags & INSPECT_MAPPED));
    CHECK_OK(sys_signal(wake)); /* its Reply is free: it can receive again */
    peer_ended(f.pager);
}

TEST(fault, dead_pager_hands_its_task_to_the_fallback)
{
    struct peer *fallback = peer_make(NULL);
    struct faulting f = faulting_make(0, fallback->endpoint);
    struct step deaf[] = {{.op = RECEIVE, .kind = KIND_FAULT, .badge = 9}, {.op = NEVER}};
    struct step rescue[] = {{.op = RECEIVE, .kind = KIND_FAULT, .badge = 9},
                            {.op = ANSWER,
                             .info = INFO_MAPS,
                             .word = {kit_frames(1), MAP_WHERE(KIT_VA, 1, RIGHT_READ, 0)}},
                            {.op = END}};

    peer_start(f.pager, deaf);
    peer_start(fallback, rescue);
    peer_start(f.task, task_reads(1));
    peer_waits(f.task, 0);
    CHECK_OK(cap_delete(f.pager->reply, 1));
    peer_ended(fallback);
    peer_ended(f.task);
}

TEST(fault, with_no_handler_left_stops_the_thread_and_signals_its_watcher)
{
    cap_t watch = kit_object(OBJ_NOTIFICATION, 0);
    struct peer *p = peer_make(&(struct peer_kind){.watch = kit_derive(watch, RIGHT_WRITE, 16)});
    struct step script[] = {{.op = READ, .address = KIT_VA}, {.op = END}};

    peer_start(p, script);
    peer_waits(p, 0);
    CHECK_EQ(sys_wait(watch, 0).badge, 16);
}

TEST(fault, deleted_while_held_frees_the_reply)
{
    struct faulting f = faulting_make(0, CAP_NULL);
    struct step serving[] = {{.op = RECEIVE, .kind = KIND_FAULT, .badge = 9},
                             {.op = WAIT, .kind = KIND_NOTIFICATION, .badge = 1},
                             {.op = ANSWER, .info = INFO_MAPS, .err = ERR_GONE},
                             {.op = END}};

    peer_start(f.pager, serving);
    peer_start(f.task, task_reads(1));
    CHECK_OK(cap_delete(f.task->thread, 1));
    CHECK_OK(sys_signal(kit_derive(f.pager->notification, RIGHT_WRITE, 1)));
    peer_ended(f.pager);
}

/* An answer of one item that is refused: the thread waits on, and a good answer is still one. */
#define REFUSED(error, ...)                                                                        \
    {                                                                                              \
        .op = ANSWER_RECEIVE, .info = INFO_MAPS, .err = (error), .word = { __VA_ARGS__ }           \
    }

TEST(fault, answer_of_one_item_is_checked_as_any)
{
    struct faulting f = faulting_make(0, CAP_NULL);
    cap_t frames = kit_frames(2), taken = kit_frames(1), empty = kit_slots(1);
    cap_t pages = kit_frames(REPLY_PAGES + 1), mixed = kit_slots(2);
    uintptr_t far = KIT_VA + 64 * PAGE_SIZE; /* runs stop where they fail: some of it is mapped */
    struct step serving[] = {
        {.op = RECEIVE, .kind = KIND_FAULT, .badge = 9},
        REFUSED(ERR_NO_CAP, empty, MAP_WHERE(KIT_VA, 1, RIGHT_READ, 0)),
        REFUSED(ERR_NO_CAP, CAP(0xffff, 1), MAP_WHERE(KIT_VA, 2, RIGHT_READ, 0)),
        REFUSED(ERR_WRONG_TYPE, f.pager->reply, MAP_WHERE(KIT_VA, 1, RIGHT_READ, 0)),
        REFUSED(ERR_MAPPED, taken, MAP_WHERE(KIT_VA, 1, RIGHT_READ, 0)),
        REFUSED(ERR_BAD_ARG, frames, MAP_WHERE(KIT_VA, 1, 0, 0)),
        REFUSED(ERR_NO_TABLE, frames, MAP_WHERE(KIT_VA + KIT_LEAF_BYTES, 1, RIGHT_READ, 0)),
        REFUSED(ERR_BAD_ARG, pages, MAP_WHERE(far, REPLY_PAGES + 1, RIGHT_READ, 0)),
        REFUSED(ERR_NO_CAP, mixed, MAP_WHERE(KIT_VA + 8 * PAGE_SIZE, 2, RIGHT_READ, 0)),
        {.op = ANSWER, .info = INFO_MAPS, .word = {frames, MAP_WHERE(KIT_VA, 1, RIGHT_READ, 0)}},
        {.op = END}};

    CHECK_OK(cap_derive(frames + 1, mixed, RIGHT_ALL, 0)); /* the run's second slot is empty */
    CHECK_OK(space_map(f.space, taken, KIT_VA + PAGE_SIZE, 1, RIGHT_READ, 0, NULL));
    peer_start(f.pager, serving);
    peer_start(f.task, task_reads(1));
    peer_ended(f.pager);
    peer_ended(f.task);
}
