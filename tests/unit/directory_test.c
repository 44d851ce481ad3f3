/* SPDX-License-Identifier: GPL-2.0-or-later */
/* directory_test.c - the loader's view of boot archives, sound and hostile. */
#include "directory.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#define FILES 3u

/* Three files of a page, a byte and nothing; 4 pages in all. */
static struct archive *archive_of_three(void)
{
    struct archive *a = calloc(1, 4 * ARCHIVE_PAGE);

    a->magic = ARCHIVE_MAGIC;
    a->version = ARCHIVE_VERSION;
    a->count = FILES;
    a->bytes = 4 * ARCHIVE_PAGE;
    for (unsigned i = 0; i < FILES; i++) {
        snprintf(a->entry[i].name, ARCHIVE_NAME, "file%u", i);
        a->entry[i].offset = (i + 1) * ARCHIVE_PAGE;
    }
    a->entry[0].bytes = ARCHIVE_PAGE;
    a->entry[1].bytes = 1;
    return a;
}

static const char *fault_with(void (*spoil)(struct archive *))
{
    struct archive *a = archive_of_three();
    const char *fault;

    spoil(a);
    fault = directory_check(a, 4 * ARCHIVE_PAGE);
    free(a);
    return fault;
}

#define SPOILED(name, change)                                                                      \
    static void spoil_##name(struct archive *a)                                                    \
    {                                                                                              \
        change;                                                                                    \
    }

SPOILED(nothing, (void)a)
SPOILED(magic, a->magic ^= 1)
SPOILED(version, a->version++)
SPOILED(length, a->bytes = 5 * ARCHIVE_PAGE)
SPOILED(half_page, a->bytes -= 100)
SPOILED(shorter_than_itself, a->bytes = 0)
SPOILED(count, a->count = 0xffffffff)
SPOILED(count_too_many, a->count = (4 * ARCHIVE_PAGE - 24) / 48 + 1)
SPOILED(offset_wild, a->entry[1].offset = UINT64_MAX & ~0xfffull)
SPOILED(offset_unaligned, a->entry[1].offset += 8)
SPOILED(offset_in_list, a->entry[0].offset = 0)
SPOILED(overlap, a->entry[0].bytes += 1)
SPOILED(order, a->entry[2].offset = ARCHIVE_PAGE)
SPOILED(bytes_wild, a->entry[2].bytes = UINT64_MAX)
SPOILED(bytes_beyond, a->entry[2].bytes = ARCHIVE_PAGE + 1)
SPOILED(name_empty, a->entry[0].name[0] = '\0')
SPOILED(name_endless, memset(a->entry[0].name, 'x', ARCHIVE_NAME))
SPOILED(name_twice, memcpy(a->entry[2].name, a->entry[0].name, ARCHIVE_NAME))

TEST(directory, accepts_an_archive_that_is_sound)
{
    CHECK(!fault_with(spoil_nothing));
}

TEST(directory, refuses_every_broken_number_and_name)
{
    void (*const spoils[])(struct archive *) = {
        spoil_magic,
        spoil_version,
        spoil_length,
        spoil_half_page,
        spoil_count,
        spoil_count_too_many,
        spoil_offset_wild,
        spoil_offset_unaligned,
        spoil_offset_in_list,
        spoil_overlap,
        spoil_order,
        spoil_bytes_wild,
        spoil_bytes_beyond,
        spoil_name_empty,
        spoil_name_endless,
        spoil_name_twice,
        spoil_shorter_than_itself,
    };

    for (unsigned i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++)
        if (!fault_with(spoils[i]))
            unit_fail(__FILE__, __LINE__, "spoiled archive number %u was accepted", i);
}

TEST(directory, reads_nothing_of_memory_too_short_for_a_header)
{
    struct archive *a = archive_of_three();

    CHECK(directory_check(a, sizeof(*a) - 1));
    CHECK(directory_check(a, 4 * ARCHIVE_PAGE - 1));
    free(a);
}

TEST(directory, finds_files_by_their_whole_name)
{
    struct archive *a = archive_of_three();

    CHECK(directory_find(a, "file1") == &a->entry[1]);
    CHECK(!directory_find(a, "file"));
    CHECK(!directory_find(a, "file11"));
    free(a);
}
