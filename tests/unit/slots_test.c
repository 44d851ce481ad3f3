/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slots_test.c - the allocator of slots, with tables that grow on request.
 */
#include "unit.h"

#include "rt.h"

static unsigned objects_left; /* how many CapTables there is memory for */

cap_t object_make(unsigned type, unsigned log2_size)
{
    CHECK_EQ(type, OBJ_CAPTABLE);
    CHECK_EQ(CAPTABLE_SLOTS(log2_size), 256);
    if (objects_left == 0)
        return CAP_NULL;
    objects_left--;
    return slots_alloc_root(1);
}

TEST(slots, uses_half_of_the_root_table_and_then_grows)
{
    objects_left = 1;
    slots_init(64, 192);

    CHECK_EQ(slots_alloc(64), 64);
    CHECK_EQ(slots_alloc(64), CAP(64 + 96, 0));
    CHECK_EQ(slots_alloc(32), 128);
    CHECK_EQ(slots_alloc(1), CAP(64 + 96, 64));
    CHECK_EQ(slots_alloc_root(1), 64 + 97);
    CHECK_EQ(objects_left, 0);
}

TEST(slots, says_none_when_no_table_can_be_added)
{
    objects_left = 0;
    slots_init(64, 192);

    CHECK_EQ(slots_alloc(96), 64);
    CHECK_EQ(slots_alloc(1), CAP_NULL);
    CHECK_EQ(slots_alloc(257), CAP_NULL);
}

TEST(slots, gives_freed_runs_again)
{
    objects_left = 1;
    slots_init(64, 192);
    cap_t a = slots_alloc(90);
    cap_t b = slots_alloc(200);

    slots_free(a + 10, 20);
    slots_free(b, 200);
    CHECK_EQ(slots_alloc(20), a + 10);
    CHECK_EQ(slots_alloc(256), b);
}
