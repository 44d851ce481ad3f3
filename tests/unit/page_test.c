/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_test.c - page records: found, walked over holes, and gone with their chunks.
 */
#include "page.h"
#include "unit.h"

#include <stdlib.h>

#define P PAGE_SIZE

TEST(page, is_twelve_bytes)
{
    CHECK_EQ(sizeof(struct page), 12);
}

TEST(page, has_a_record_from_its_first_state_to_its_end)
{
    struct pages p = {0};

    CHECK(page_find(&p, 5 * P) == NULL);
    CHECK(page_make(&p, 5 * P) != NULL);
    CHECK_EQ(page_find(&p, 5 * P)->resident, PAGE_NOT_RESIDENT);
    page_set(&p, 5 * P, PAGE_PRIVATE, 77);
    CHECK_EQ(page_find(&p, 5 * P)->slot, 77);
    CHECK_EQ(page_find(&p, 6 * P)->state, PAGE_NONE);
    page_clear(&p, 6 * P);
    CHECK_EQ(p.count, 1);
    page_clear(&p, 5 * P);
    CHECK_EQ(p.count, 0);
    page_clear(&p, 5 * P);
    pages_fini(&p);
}

TEST(page, walk_skips_holes_of_any_size)
{
    struct pages p = {0};
    static const uintptr_t at[] = {P, 70 * P, (uintptr_t)1 << 31, UINTPTR_MAX - CHUNK_BYTES + 1};
    uintptr_t found = 0;

    for (unsigned i = 4; i-- > 0;) {
        CHECK(page_make(&p, at[i]) != NULL);
        page_set(&p, at[i], PAGE_OBJECT, i + 1);
    }
    for (unsigned i = 0; i < 4; i++) {
        found = page_next(&p, found, UINTPTR_MAX);
        CHECK_EQ(found, at[i]);
        found += P;
    }
    CHECK_EQ(page_next(&p, found, UINTPTR_MAX), UINTPTR_MAX);
    CHECK_EQ(page_next(&p, 2 * P, 70 * P), 70 * P);
    CHECK_EQ(page_next(&p, 70 * P, 70 * P), 70 * P);
    pages_fini(&p);
}

TEST(page, that_was_made_but_not_used_is_trimmed_away)
{
    struct pages p = {0};

    for (unsigned i = 0; i < 10; i++)
        CHECK(page_make(&p, i * CHUNK_BYTES) != NULL);
    page_set(&p, 4 * CHUNK_BYTES, PAGE_ZERO, 1);
    pages_trim(&p);
    CHECK_EQ(p.count, 1);
    CHECK_EQ(page_find(&p, 4 * CHUNK_BYTES)->state, PAGE_ZERO);
    pages_fini(&p);
}

TEST(page, histories_agree_with_an_array)
{
    static cap_t model[4096];
    struct pages p = {0};
    uint32_t x = 4;

    memset(model, 0, sizeof(model));
    for (unsigned i = 0; i < 40000; i++) {
        unsigned page;

        x = x * 1664525u + 1013904223u;
        page = (x >> 8) % 4096;
        if (x >> 31 || i < 2000) {
            CHECK(page_make(&p, page * P) != NULL);
            page_set(&p, page * P, PAGE_PRIVATE, i + 1);
            model[page] = i + 1;
        } else {
            page_clear(&p, page * P);
            model[page] = 0;
        }
    }
    for (unsigned i = 0; i < 4096; i++) {
        const struct page *found = page_find(&p, i * P);

        CHECK_EQ(found == NULL ? 0 : found->slot, model[i]);
        CHECK_EQ(page_next(&p, i * P, (i + 1) * P) == i * P, model[i] != 0);
    }
    for (uint32_t i = 0; i < p.count; i++)
        CHECK(p.place[i].chunk->used > 0);
    pages_fini(&p);
}
