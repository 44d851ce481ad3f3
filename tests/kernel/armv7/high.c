/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * high.c - memory beyond the kernel's window, with 3 GiB of it: it becomes Frames, and those are
 * like all others.
 */
#include "peer.h"

#include "root.h"
#include "start.h"

#define RW (RIGHT_READ | RIGHT_WRITE)

static cap_t high_untyped(void)
{
    const struct bootinfo *info = root_info();

    for (unsigned i = 0; i < info->untyped_count; i++)
        if (info->untyped[i].kind == UNTYPED_HIGH)
            return info->untyped[i].slot;
    unit_fail(__FILE__, __LINE__, "there is no memory beyond the window");
}

static cap_t high_frame(unsigned bits)
{
    cap_t frame = kit_slots(1);

    CHECK_OK(untyped_retype(high_untyped(), OBJ_FRAME, bits, frame, 1, NULL));
    return frame;
}

TEST(high, all_of_the_machine_is_there)
{
    const struct bootinfo *info = root_info();
    uint64_t high = 0;

    CHECK_EQ(info->ram_bytes >> 20, 3072);
    for (unsigned i = 0; i < info->untyped_count; i++)
        if (info->untyped[i].kind == UNTYPED_HIGH)
            high += (uint64_t)1 << info->untyped[i].log2_size;
    CHECK_EQ(high >> 20, 1280);
}

TEST(high, nothing_but_frames_is_made_of_it)
{
    static const uint8_t type[] = {OBJ_THREAD, OBJ_SPACE, OBJ_PAGETABLE, OBJ_ENDPOINT};
    cap_t slot = kit_slots(1);

    for (unsigned i = 0; i < sizeof(type); i++)
        CHECK_ERR(untyped_retype(high_untyped(), type[i], 0, slot, 1, NULL), ERR_WRONG_TYPE);
    CHECK_ERR(untyped_retype(high_untyped(), OBJ_CAPTABLE, 12, slot, 1, NULL), ERR_WRONG_TYPE);
}

TEST(high, frames_are_cleared_copied_read_and_written)
{
    cap_t one = high_frame(16), two = high_frame(16);
    uint32_t in[2] = {0x12345678, 0x9abcdef0}, out[2] = {1, 1};

    CHECK_OK(frame_clear_run(one, 1));
    CHECK_OK(frame_read(one, 0xfffc, out, 4));
    CHECK_EQ(out[0], 0);
    CHECK_OK(frame_write(one, 0x4ffc, in, 8)); /* across a page's end */
    CHECK_OK(frame_copy(two, one));
    CHECK_OK(frame_read(two, 0x4ffc, out, 8));
    CHECK(out[0] == in[0] && out[1] == in[1]);
    CHECK_OK(cap_delete(one, 1));
    CHECK_OK(cap_delete(two, 1));
}

TEST(high, frames_are_mapped_and_copied_between_spaces)
{
    cap_t frame = high_frame(12), low = kit_frames(1);
    volatile uint32_t *at = (volatile uint32_t *)KIT_VA;
    size_t done;

    kit_tables(SLOT_SPACE, KIT_VA, 2 * PAGE_SIZE);
    CHECK_OK(space_map(SLOT_SPACE, frame, KIT_VA, 1, RW, MAP_CLEAR, NULL));
    CHECK_OK(space_map(SLOT_SPACE, low, KIT_VA + PAGE_SIZE, 1, RW, 0, NULL));
    CHECK_EQ(at[0], 0);
    at[7] = 77;
    CHECK_OK(space_copy(SLOT_SPACE, KIT_VA + PAGE_SIZE, SLOT_SPACE, KIT_VA, PAGE_SIZE, &done));
    CHECK_EQ(at[PAGE_SIZE / 4 + 7], 77);
    at[PAGE_SIZE / 4 + 7] = 78;
    CHECK_OK(space_copy(SLOT_SPACE, KIT_VA, SLOT_SPACE, KIT_VA + PAGE_SIZE, PAGE_SIZE, &done));
    CHECK_EQ(at[7], 78);
    CHECK_OK(cap_delete(frame, 1));
}

/* ---- lent, and mapped by a pager ---- */

#define LENT 5000u

static char own[LENT];
static word_t word[MESSAGE_WORDS];
static struct peer *lessee;

/* The lease's bytes are counted up, and given back. */
static void lessee_counts(void *arg)
{
    size_t done = 0;

    (void)arg;
    CHECK_OK(reply_copy(lessee->reply, 0, false, 100, own, LENT, &done));
    CHECK_EQ(done, LENT);
    for (unsigned i = 0; i < LENT; i++)
        own[i]++;
    CHECK_OK(reply_copy(lessee->reply, 0, true, 200, own, LENT, &done));
    CHECK_EQ(done, LENT);
}

TEST(high, frames_are_lent)
{
    struct step serving[] = {{.op = RECEIVE, .kind = KIND_CALL},
                             {.op = RUN, .run = lessee_counts},
                             {.op = ANSWER},
                             {.op = END}};
    cap_t frame = high_frame(13);
    char *at = (char *)KIT_VA;

    kit_tables(SLOT_SPACE, KIT_VA, 2 * PAGE_SIZE);
    CHECK_OK(frame_clear_run(frame, 1));
    CHECK_OK(space_map(SLOT_SPACE, frame, KIT_VA, 1, RW, 0, NULL));
    for (unsigned i = 0; i < LENT; i++)
        at[100 + i] = (char)i;
    lessee = peer_run(NULL, serving);
    sys_buffer()->lease[0] = (struct lease){
        .space = SLOT_SPACE, .rights = RW, .address = KIT_VA, .bytes = 2 * PAGE_SIZE};
    CHECK_OK(sys_call(peer_session(lessee, 0), INFO_LEASES(1), 0, 0, word).err);
    peer_ended(lessee);
    for (unsigned i = 0; i < LENT; i++)
        CHECK_EQ(at[200 + i], (char)(i + 1));
    CHECK(at[199] == 99 && at[200 + LENT] == 0);
    CHECK_OK(cap_delete(frame, 1));
}

TEST(high, frames_are_what_a_pager_answers_with)
{
    struct peer *pager = peer_make(NULL), *task;
    cap_t frame = high_frame(20);
    uint32_t seen;
    struct step serving[] = {
        {.op = RECEIVE, .kind = KIND_FAULT, .badge = 7},
        {.op = ANSWER, .info = INFO_MAPS, .word = {frame, MAP_WHERE(KIT_VA, 1, RW, 0)}},
        {.op = END}};
    struct step running[] = {{.op = READ, .address = KIT_VA + 0x80000, .value = 9},
                             {.op = WRITE, .address = KIT_VA + 0xffffc, .value = 5},
                             {.op = END}};

    CHECK_OK(frame_write(frame, 0x80000, &(uint32_t){9}, 4));
    peer_start(pager, serving);
    task = peer_run(&(struct peer_kind){.pager = pager->endpoint, .badge = 7}, running);
    peer_ended(pager);
    peer_ended(task);
    CHECK_OK(frame_read(frame, 0xffffc, &seen, 4));
    CHECK_EQ(seen, 5);
    CHECK_OK(cap_delete(frame, 1));
}
