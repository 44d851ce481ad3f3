/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory.c - what lib/rt makes of frames and Untypeds: the heap, windows, objects, slots.
 */
#include "peer.h"

#include "start.h"

#include <stdlib.h>

/* The first: malloc has nothing over from others. */
TEST(reclaim, uses_what_is_kept_of_the_heap_and_no_more)
{
    enum { KEPT = 5 * PAGE_SIZE };
    void *piece[8];
    unsigned n = 0;

    CHECK(heap_keep(KEPT));
    reclaim_begin();
    while (n < 8 && (piece[n] = malloc(PAGE_SIZE)) != NULL)
        n++;
    CHECK(n >= 4 && n < 8);
    CHECK(malloc(100 * PAGE_SIZE) == NULL);
    reclaim_end();
    CHECK(heap_fill());
    while (n > 0)
        free(piece[--n]);
    reclaim_begin();
    CHECK((piece[0] = malloc(PAGE_SIZE)) != NULL);
    reclaim_end();
    free(piece[0]);
    CHECK(heap_keep(0));
}

TEST(heap, grows_as_it_is_asked)
{
    enum { PIECES = 40 };
    static unsigned char *piece[PIECES];

    for (unsigned i = 0; i < PIECES; i++) {
        piece[i] = malloc(10000);
        CHECK(piece[i] != NULL);
        memset(piece[i], (int)i, 10000);
    }
    for (unsigned i = 0; i < PIECES; i++) {
        CHECK_EQ(piece[i][0], i);
        CHECK_EQ(piece[i][9999], i);
        free(piece[i]);
    }
}

TEST(heap, refuses_what_is_larger_than_its_place)
{
    CHECK(malloc(HEAP_END - HEAP_VA) == NULL);
    CHECK(malloc((size_t)PTRDIFF_MAX) == NULL);
}

static void *volatile taken;

static void allocate_in_reclaim(void *arg)
{
    (void)arg;
    reclaim_begin();
    taken = malloc(1);
}

/* The log says why it dies. */
TEST(reclaim, ends_who_allocates_in_it)
{
    struct peer *pager = peer_make(NULL);
    struct step serving[] = {{.op = RECEIVE,
                              .kind = KIND_FAULT,
                              .badge = 7,
                              .expect = WORD(FAULT_CAUSE),
                              .want = {[FAULT_CAUSE] = FAULT_EXCEPTION}},
                             {.op = END}};
    struct step running[] = {{.op = RUN, .run = allocate_in_reclaim}, {.op = END}};
    struct peer *p;

    peer_start(pager, serving);
    p = peer_run(&(struct peer_kind){.pager = pager->endpoint, .badge = 7}, running);
    peer_ended(pager);
    peer_waits(p, 0);
    CHECK(taken == NULL && reclaim_runs());
    reclaim_end();
}

TEST(window, of_memory_is_zeroed_and_apart)
{
    struct window a, b;

    CHECK_OK(window_memory(&a, 3));
    CHECK_OK(window_memory(&b, 1));
    for (unsigned i = 0; i < 3 * PAGE_SIZE; i++)
        CHECK_EQ(((char *)a.at)[i], 0);
    memset(a.at, 1, 3 * PAGE_SIZE);
    CHECK_EQ(((char *)b.at)[0], 0);
    CHECK_EQ(kit_facts(a.frame + 2).detail, ((uintptr_t)a.at >> PAGE_BITS) + 2);
}

TEST(window, shows_a_frame_with_the_rights_that_are_asked)
{
    cap_t frame = kit_derive(kit_frames(1), RIGHT_READ, 0);
    struct window w;

    CHECK_ERR(window_map(&w, frame, 1, RIGHT_READ | RIGHT_WRITE), ERR_NO_RIGHT);
    CHECK_OK(window_map(&w, frame, 1, RIGHT_READ));
    CHECK_EQ(*(volatile uint32_t *)w.at, 0);
    CHECK_ERR(window_map(&w, frame, 0, RIGHT_READ), ERR_BAD_ARG);
    CHECK_ERR(window_map(&w, frame, ~0u, RIGHT_READ), ERR_BAD_ARG);
}

TEST(object, small_ones_share_a_page_and_large_ones_do_not)
{
    static const unsigned type[] = {OBJ_ENDPOINT, OBJ_REPLY,     OBJ_NOTIFICATION, OBJ_THREAD,
                                    OBJ_SPACE,    OBJ_PAGETABLE, OBJ_CAPTABLE};

    for (unsigned i = 0; i < sizeof(type) / sizeof(type[0]); i++)
        for (unsigned n = 0; n < 5; n++) {
            cap_t made = object_make(type[i], 0);

            CHECK_EQ(kit_type(made), type[i]);
            CHECK(type[i] != OBJ_CAPTABLE || CAP_TABLE(made) == 0);
        }
}

TEST(slots, are_empty_neighbours_wherever_they_are)
{
    for (unsigned round = 0; round < 4; round++) {
        cap_t run = slots_alloc(200);

        CHECK(run != CAP_NULL);
        CHECK_EQ(kit_type(run), OBJ_NULL);
        CHECK_EQ(kit_type(run + 199), OBJ_NULL);
        CHECK_OK(cap_derive(kit_frames(1), run + 199, RIGHT_READ, 0));
    }
}
