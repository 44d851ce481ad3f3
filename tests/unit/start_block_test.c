/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * start_block_test.c - the start block: found by name, and refused when malformed.
 */
#include "unit.h"

#include "start.h"

#include <stdalign.h>

static alignas(8) char page[PAGE_SIZE];
static uint32_t used;

static void property_add(const char *name, const void *value, uint32_t bytes)
{
    struct start *s = (struct start *)page;

    strcpy(page + used, name);
    used += (uint32_t)strlen(name) + 1;
    memcpy(page + used, &bytes, sizeof(bytes));
    used += sizeof(bytes);
    memcpy(page + used, value, bytes);
    used += bytes;
    s->properties++;
    s->bytes = used;
}

/* A block with two capabilities and no property. */
static struct start *block_with_caps(void)
{
    struct start *s = (struct start *)page;
    struct start_cap *c = (struct start_cap *)(s + 1);

    memset(page, 0, sizeof(page));
    *s = (struct start){.magic = START_MAGIC, .caps = 2, .name = "file"};
    c[0] = (struct start_cap){.name = "disk", .cap = 16, .count = 1, .value = 12};
    c[1] = (struct start_cap){.name = "a-name-of-20-letters", .cap = 17, .count = 1};
    used = (uint32_t)(sizeof(*s) + 2 * sizeof(*c));
    s->bytes = used;
    return s;
}

TEST(start_block, finds_capabilities_by_their_whole_name)
{
    const struct start_cap *facts = NULL;

    CHECK(start_open(block_with_caps()));

    CHECK_EQ(start_cap("disk", &facts), 16);
    CHECK_EQ(facts->value, 12);
    CHECK_EQ(start_cap("a-name-of-20-letters", NULL), 17);
    CHECK_EQ(start_cap("dis", NULL), CAP_NULL);
    CHECK_EQ(start_cap("disk-irq", NULL), CAP_NULL);
}

TEST(start_block, reads_properties_of_every_kind)
{
    static const unsigned char cell[] = {0, 1, 2, 3};
    uint32_t bytes = 0;

    block_with_caps();
    property_add("policy", "lru", 4);
    property_add("level", cell, sizeof(cell));
    property_add("audit", "", 0);
    property_add("resident", "64K", 4);
    CHECK(start_open(page));

    CHECK_STR(start_property("policy", &bytes), "lru");
    CHECK_EQ(bytes, 4);
    CHECK_EQ(start_u32("level", 9), 0x10203);
    CHECK_EQ(start_u32("audit", 9), 9);
    CHECK(start_property("audit", &bytes) != NULL);
    CHECK_EQ(bytes, 0);
    CHECK_EQ(start_size("resident", 1), 65536);
    CHECK_EQ(start_size("level", 1), 0x10203);
    CHECK_EQ(start_size("absent", 7), 7);
    CHECK(start_property("polic", NULL) == NULL);
}

static void append_name(void *arg, const char *name, const void *value, uint32_t bytes)
{
    strcat(arg, name);
    strncat(arg, value, bytes);
}

TEST(start_block, tells_all_properties_in_order)
{
    char all[32] = "";

    block_with_caps();
    property_add("a", "1", 2);
    property_add("b", "", 0);
    property_add("a", "2", 2);
    CHECK(start_open(page));

    start_properties(append_name, all);

    CHECK_STR(all, "a1ba2");
}

TEST(start_block, knows_the_letters_of_sizes)
{
    block_with_caps();
    property_add("none", "0", 2);
    property_add("m", "24M", 4);
    property_add("g", "1G", 3);
    CHECK(start_open(page));

    CHECK_EQ(start_size("none", 7), 0);
    CHECK_EQ(start_size("m", 0), 24 << 20);
    CHECK_EQ(start_size("g", 0), 1 << 30);
}

TEST(start_block, refuses_what_is_malformed)
{
    block_with_caps()->magic = 1;
    CHECK(!start_open(page));
    block_with_caps()->bytes = START_PAGES * PAGE_SIZE + 1;
    CHECK(!start_open(page));
    block_with_caps()->caps = 3;
    CHECK(!start_open(page));
    memset(block_with_caps()->name, 'x', sizeof(((struct start *)0)->name));
    CHECK(!start_open(page));
}

TEST(start_block, stops_at_a_property_that_is_cut_off)
{
    struct start *s = block_with_caps();

    property_add("policy", "lru", 4);
    CHECK(start_open(page));
    s->bytes -= 1;
    CHECK(start_property("policy", NULL) == NULL);
    s->bytes -= 5;
    CHECK(start_property("policy", NULL) == NULL);
    s->properties = 2;
    CHECK(start_property("other", NULL) == NULL);
}
