/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elf_test.c - good executables are understood, hostile ones are named.
 */
#include "unit.h"
#include "elf.h"
#include "cap.h"

#include <stdlib.h>

#define MACHINE 243
#define LOWEST  0x1000
#define HIGHEST 0x4000000000
#define BASE    0x2000000000

static const struct elf_rules rules = {
    .machine = MACHINE, .word_bits = 64, .lowest = LOWEST, .highest = HIGHEST, .base = BASE};

/* The two structures as the ELF specification draws them. */
struct header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, table, sections;
    uint32_t flags;
    uint16_t header_bytes, table_entry, table_count, s1, s2, s3;
};
struct program {
    uint32_t type, flags;
    uint64_t offset, va, pa, file_bytes, memory_bytes, align;
};
struct file {
    struct header h;
    struct program p[3];
};

/* Text at 0x10000, data at 0x22100 with a zero tail, in a file of 0x4000 bytes. */
static struct file file_good(void)
{
    struct file f = {
        .h = {.ident = {0x7f, 'E', 'L', 'F', 2, 1, 1},
              .type = 2,
              .machine = MACHINE,
              .version = 1,
              .entry = 0x10200,
              .table = sizeof(struct header),
              .header_bytes = sizeof(struct header),
              .table_entry = sizeof(struct program),
              .table_count = 3},
        .p = {{.type = 1, .flags = 5, .va = 0x10000, .file_bytes = 0x1800, .memory_bytes = 0x1800},
              {.type = 0x6474e551, .flags = 6},
              {.type = 1,
               .flags = 6,
               .offset = 0x2100,
               .va = 0x22100,
               .file_bytes = 0x300,
               .memory_bytes = 0x9000}},
    };

    return f;
}

static const char *verdict_of(const struct file *f, uint64_t file_bytes, struct elf *e)
{
    const char *fault = elf_read_header(e, &rules, f, sizeof(f->h), file_bytes);

    if (fault)
        return fault;
    return elf_read_table(e, &rules, (const char *)f + f->h.table);
}

static const char *fault_of(const struct file *f)
{
    struct elf e;
    const char *fault = verdict_of(f, 0x4000, &e);

    return fault ? fault : "";
}

TEST(elf, lists_what_a_good_file_maps)
{
    struct file f = file_good();
    struct elf e;

    CHECK(verdict_of(&f, 0x4000, &e) == NULL);

    CHECK_EQ(e.segments, 2);
    CHECK_EQ(e.segment[0].va, 0x10000);
    CHECK_EQ(e.segment[0].rights, RIGHT_READ | RIGHT_EXECUTE);
    CHECK_EQ(e.segment[1].va, 0x22100);
    CHECK_EQ(e.segment[1].offset, 0x2100);
    CHECK_EQ(e.segment[1].memory_bytes, 0x9000);
    CHECK_EQ(e.segment[1].rights, RIGHT_READ | RIGHT_WRITE);
    CHECK_EQ(e.entry, 0x10200);
    CHECK_EQ(e.table_va, 0x10000 + sizeof(struct header));
    CHECK_EQ(e.end, 0x22100 + 0x9000);
}

TEST(elf, moves_a_position_independent_file_to_the_base)
{
    struct file f = file_good();
    struct elf e;

    f.h.type = 3;
    CHECK(verdict_of(&f, 0x4000, &e) == NULL);

    CHECK_EQ(e.entry, BASE + 0x10200);
    CHECK_EQ(e.segment[1].va, BASE + 0x22100);
    CHECK_EQ(e.table_va, BASE + 0x10000 + sizeof(struct header));
}

TEST(elf, names_what_is_wrong_with_a_header)
{
    struct elf e;
    struct file f = file_good();

    CHECK_STR(elf_read_header(&e, &rules, "#!/bin/sh\n", 10, 10), "not an ELF file");
    CHECK_STR(elf_read_header(&e, &rules, "", 0, 0), "not an ELF file");
    CHECK_STR(elf_read_header(&e, &rules, &f, 63, 63), "truncated: the ELF header is cut off");
    f.h.ident[4] = 1;
    CHECK_STR(fault_of(&f), "an ELF file of another word size");
    f = file_good();
    f.h.ident[5] = 2;
    CHECK_STR(fault_of(&f), "an ELF file of another byte order or version");
    f = file_good();
    f.h.machine = 62;
    CHECK_STR(fault_of(&f), "an ELF file for another machine");
    f = file_good();
    f.h.type = 1;
    CHECK_STR(fault_of(&f), "an ELF file, but no executable");
}

TEST(elf, refuses_program_headers_that_are_not_there)
{
    struct file f = file_good();

    f.h.table_count = 0;
    CHECK_STR(fault_of(&f), "malformed: no program headers");
    f.h.table_count = 65;
    CHECK_STR(fault_of(&f), "malformed: program headers of a wrong size or number");
    f = file_good();
    f.h.table_entry = 57;
    CHECK_STR(fault_of(&f), "malformed: program headers of a wrong size or number");
    f = file_good();
    f.h.table = 0x4000 - 3 * sizeof(struct program) + 1;
    CHECK_STR(fault_of(&f), "truncated: the program headers lie past the end of the file");
    f.h.table = ~0ull - 8;
    CHECK_STR(fault_of(&f), "truncated: the program headers lie past the end of the file");
}

TEST(elf, refuses_segments_outside_the_file)
{
    struct file f = file_good();

    f.p[2].offset = 0x4100;
    f.p[2].va = 0x24100;
    CHECK_STR(fault_of(&f), "truncated: a segment lies past the end of the file");
    f.p[2].offset = 0xfffffffffffff100;
    CHECK_STR(fault_of(&f), "truncated: a segment lies past the end of the file");
    f = file_good();
    f.p[2].file_bytes = 0x2000;
    CHECK_STR(fault_of(&f), "truncated: a segment lies past the end of the file");
    f.p[2].file_bytes = 0x9001;
    CHECK_STR(fault_of(&f), "malformed: a segment is larger in the file than in memory");
}

TEST(elf, refuses_wild_addresses)
{
    static const uint64_t wild[] = {
        0x100,              /* the page that catches null pointers */
        0x3ffffff100,       /* reaches past the top */
        0xffffffc000000100, /* the kernel's */
        0xfffffffffffff100, /* wraps */
    };

    for (unsigned i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
        struct file f = file_good();

        f.p[2].va = wild[i];
        CHECK_STR(fault_of(&f), "malformed: a segment lies outside the addresses of programs");
        f.h.type = 3;
        f.p[2].memory_bytes = HIGHEST;
        CHECK_STR(fault_of(&f), "malformed: a segment lies outside the addresses of programs");
    }
}

TEST(elf, refuses_segments_that_share_a_page)
{
    struct file f = file_good();

    f.p[2].va = 0x11100;
    CHECK_STR(fault_of(&f), "malformed: segments overlap or descend");
    f.p[2].va = 0x8100;
    f.p[2].memory_bytes = 0x300;
    CHECK_STR(fault_of(&f), "malformed: segments overlap or descend");
    f.p[2].va = 0x22101;
    CHECK_STR(fault_of(&f), "malformed: a segment's address and file offset disagree");
}

TEST(elf, refuses_to_begin_outside_text)
{
    struct file f = file_good();

    f.h.entry = 0x22200;
    CHECK_STR(fault_of(&f), "malformed: it begins outside its text");
    f.h.entry = 0;
    CHECK_STR(fault_of(&f), "malformed: it begins outside its text");
    f.h.entry = ~0ull;
    CHECK_STR(fault_of(&f), "malformed: it begins outside its text");
}

TEST(elf, refuses_what_is_not_static_or_has_nothing_to_load)
{
    struct file f = file_good();

    f.p[1].type = 3;
    CHECK_STR(fault_of(&f), "dynamically linked: it needs an interpreter");
    f = file_good();
    f.p[0].type = 0;
    f.p[2].type = 0;
    CHECK_STR(fault_of(&f), "malformed: nothing to load");
}

/* Whatever the bytes are: what is accepted obeys the invariants of elf.h. */
TEST(elf, keeps_its_invariants_under_random_damage)
{
    srand(1);
    for (unsigned round = 0; round < 200000; round++) {
        struct file f = file_good();
        struct elf e;
        unsigned hits = 1 + (unsigned)rand() % 4;

        while (hits--)
            ((uint8_t *)&f)[(unsigned)rand() % sizeof(f)] = (uint8_t)rand();
        if (f.h.table > sizeof(f) - 3 * sizeof(struct program) || f.h.table_count > 3)
            continue;
        if (verdict_of(&f, 0x4000, &e) != NULL)
            continue;
        for (unsigned i = 0; i < e.segments; i++) {
            const struct elf_segment *s = &e.segment[i];

            CHECK(s->va >= LOWEST && s->memory_bytes <= HIGHEST - s->va);
            CHECK(s->file_bytes <= s->memory_bytes && s->memory_bytes != 0);
            CHECK(s->offset <= 0x4000 && s->file_bytes <= 0x4000 - s->offset);
            CHECK_EQ((s->va - s->offset) % PAGE_SIZE, 0);
            CHECK(i == 0 || (s[-1].va + s[-1].memory_bytes - 1) >> 12 < s->va >> 12);
        }
    }
}
