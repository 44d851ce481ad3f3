/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block_test.c - what init writes into a start block is what the server reads there.
 */
#include "unit.h"

#include "block.h"

#include <stdalign.h>
#include <stdlib.h>

static alignas(8) char page[PAGE_SIZE];

static void block_end(struct block *b)
{
    CHECK(block_bytes(b) <= sizeof(page));
    memset(page, 0xee, sizeof(page));
    block_write(b, "file", 5, 10000000, page);
    free(b->property);
}

TEST(block, is_read_back_as_it_was_written)
{
    struct block b = {0};
    const struct start_cap *facts = NULL;
    uint32_t bytes = 0;

    CHECK(block_cap(&b, "disk", 16, 1, 12) != NULL);
    CHECK(block_cap(&b, "a-name-of-20-letters", 17, 3, 0) != NULL);
    CHECK(block_property(&b, NULL, "policy", "lru", 4));
    CHECK(block_property(&b, "pager", "mode", "exact", 6));
    CHECK(block_property(&b, NULL, "flag", NULL, 0));
    CHECK(block_cell(&b, "level", 3));
    block_end(&b);

    CHECK(start_open(page));
    CHECK_STR(start_block()->name, "file");
    CHECK_EQ(start_block()->flags, 5);
    CHECK_EQ(start_block()->timebase, 10000000);
    CHECK_EQ(start_cap("disk", &facts), 16);
    CHECK_EQ(facts->value, 12);
    CHECK_EQ(start_cap("a-name-of-20-letters", &facts), 17);
    CHECK_EQ(facts->count, 3);
    CHECK_STR(start_property("policy", NULL), "lru");
    CHECK_STR(start_property("pager.mode", NULL), "exact");
    CHECK(start_property("flag", &bytes) != NULL);
    CHECK_EQ(bytes, 0);
    CHECK_EQ(start_u32("level", 0), 3);
}

TEST(block, lets_cells_and_capabilities_be_set_late)
{
    struct block b = {0};
    struct start_cap *c = block_cap(&b, "untyped", CAP_NULL, 0, 0);

    CHECK(block_property(&b, NULL, "memory", "text", 5));
    CHECK(block_cell(&b, "memory.total", 0));
    CHECK(block_cell(&b, "memory.kernel", 0));
    c->cap = 99;
    block_set_cell(&b, "memory.total", 0x01020304);
    block_set_cell(&b, "absent", 1);
    block_end(&b);

    CHECK(start_open(page));
    CHECK_EQ(start_cap("untyped", NULL), 99);
    CHECK_EQ(start_u32("memory.total", 0), 0x01020304);
    CHECK_EQ(start_u32("memory.kernel", 7), 0);
    CHECK_STR(start_property("memory", NULL), "text");
}

TEST(block, grows_with_its_properties)
{
    struct block b = {0};
    static char large[3000];

    for (int i = 0; i < 10; i++)
        CHECK(block_property(&b, "p", "q", "0123456789", 11));
    CHECK(block_property(&b, NULL, "large", large, sizeof(large)));
    CHECK_EQ(block_bytes(&b), sizeof(struct start) + 10 * (4 + 4 + 11) + 6 + 4 + 3000);
    block_end(&b);
    CHECK(start_open(page));
    CHECK(start_property("large", NULL) != NULL);
}

TEST(block, refuses_too_many_capabilities_and_long_names)
{
    struct block b = {0};

    CHECK(block_cap(&b, "a-name-of-21-letters!", 1, 1, 0) == NULL);
    for (unsigned i = 0; i < BLOCK_CAPS; i++)
        CHECK(block_cap(&b, "x", i, 1, 0) != NULL);
    CHECK(block_cap(&b, "x", 1, 1, 0) == NULL);
    CHECK_EQ(b.caps, BLOCK_CAPS);
}
