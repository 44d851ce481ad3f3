/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elf_32_test.c - executables of 32-bit machines: other places and sizes of all fields, and no sum
 * of two of them that is too large to be seen.
 */
#include "elf.h"
#include "unit.h"

#include "cap.h"

#include <stdlib.h>

#define MACHINE 40
#define LOWEST  0x1000
#define HIGHEST 0x7f800000
#define BASE    0x1000000
#define BYTES   0x4000

static const struct elf_rules rules = {
    .machine = MACHINE, .word_bits = 32, .lowest = LOWEST, .highest = HIGHEST, .base = BASE};

/* The two structures as the ELF specification draws them. */
struct header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint32_t entry, table, sections;
    uint32_t flags;
    uint16_t header_bytes, table_entry, table_count, s1, s2, s3;
};
struct program {
    uint32_t type, offset, va, pa, file_bytes, memory_bytes, flags, align;
};
struct file {
    struct header h;
    struct program p[2];
};

/* Thumb text at 0x10000, data at 0x22100 with a zero tail. */
static struct file file_good(void)
{
    struct file f = {
        .h = {.ident = {0x7f, 'E', 'L', 'F', 1, 1, 1},
              .type = 2,
              .machine = MACHINE,
              .version = 1,
              .entry = 0x10201,
              .table = sizeof(struct header),
              .header_bytes = sizeof(struct header),
              .table_entry = sizeof(struct program),
              .table_count = 2},
        .p = {{.type = 1, .flags = 5, .va = 0x10000, .file_bytes = 0x1800, .memory_bytes = 0x1800},
              {.type = 1,
               .flags = 6,
               .offset = 0x2100,
               .va = 0x22100,
               .file_bytes = 0x300,
               .memory_bytes = 0x9000}},
    };

    return f;
}

static const char *verdict_of(const struct file *f, struct elf *e)
{
    const char *fault = elf_read_header(e, &rules, f, sizeof(f->h), BYTES);

    return fault ? fault : elf_read_table(e, &rules, (const char *)f + f->h.table);
}

static const char *fault_of(const struct file *f)
{
    struct elf e;
    const char *fault = verdict_of(f, &e);

    return fault ? fault : "";
}

TEST(elf_32, lists_what_a_good_file_maps)
{
    struct file f = file_good();
    struct elf e;

    CHECK(verdict_of(&f, &e) == NULL);
    CHECK_EQ(e.segments, 2);
    CHECK_EQ(e.segment[0].rights, RIGHT_READ | RIGHT_EXECUTE);
    CHECK_EQ(e.segment[1].va, 0x22100);
    CHECK_EQ(e.segment[1].offset, 0x2100);
    CHECK_EQ(e.segment[1].file_bytes, 0x300);
    CHECK_EQ(e.segment[1].memory_bytes, 0x9000);
    CHECK_EQ(e.segment[1].rights, RIGHT_READ | RIGHT_WRITE);
    CHECK_EQ(e.entry, 0x10201); /* its lowest bit says how it is to be run */
    CHECK_EQ(e.table_va, 0x10000 + sizeof(struct header));
    f.h.type = 3;
    CHECK(verdict_of(&f, &e) == NULL);
    CHECK_EQ(e.entry, BASE + 0x10201);
    CHECK_EQ(e.segment[1].va, BASE + 0x22100);
}

TEST(elf_32, refuses_those_of_other_machines)
{
    struct file f = file_good();

    f.h.ident[4] = 2;
    CHECK_STR(fault_of(&f), "an ELF file of another word size");
    f = file_good();
    f.h.machine = 243;
    CHECK_STR(fault_of(&f), "an ELF file for another machine");
    f = file_good();
    f.h.table_entry = 56;
    CHECK_STR(fault_of(&f), "malformed: program headers of a wrong size or number");
}

TEST(elf_32, refuses_what_lies_past_the_end_of_the_file)
{
    struct file f = file_good();
    struct elf e;

    CHECK_STR(elf_read_header(&e, &rules, &f, sizeof(f.h) - 1, sizeof(f.h) - 1),
              "truncated: the ELF header is cut off");
    f.h.table = BYTES - 2 * sizeof(struct program) + 1;
    CHECK_STR(fault_of(&f), "truncated: the program headers lie past the end of the file");
    f.h.table = UINT32_MAX - 8;
    CHECK_STR(fault_of(&f), "truncated: the program headers lie past the end of the file");
    f = file_good();
    f.p[1].offset = 0xfffff100; /* with its size: 0x400 beyond 2^32 */
    f.p[1].file_bytes = f.p[1].memory_bytes = 0x1300;
    CHECK_STR(fault_of(&f), "truncated: a segment lies past the end of the file");
}

TEST(elf_32, refuses_wild_addresses)
{
    static const uint32_t wild[] = {
        0x100,      /* the page that catches null pointers */
        0x7f7ff100, /* reaches past the top */
        0x80100100, /* the kernel's */
        0xfffff100, /* wraps */
    };

    for (unsigned i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
        struct file f = file_good();

        f.p[1].va = wild[i];
        CHECK_STR(fault_of(&f), "malformed: a segment lies outside the addresses of programs");
    }
}

/* Whatever the bytes are: what is accepted obeys the invariants of elf.h. */
TEST(elf_32, keeps_its_invariants_under_random_damage)
{
    unsigned accepted = 0;

    srand(1);
    for (unsigned round = 0; round < 100000; round++) {
        struct file f = file_good();
        struct elf e;

        for (unsigned hits = 1 + (unsigned)rand() % 3; hits > 0; hits--)
            ((uint8_t *)&f)[(unsigned)rand() % sizeof(f)] = (uint8_t)rand();
        if (f.h.table > sizeof(f) - 2 * sizeof(struct program) || f.h.table_count > 2)
            continue;
        if (verdict_of(&f, &e) != NULL)
            continue;
        accepted++;
        for (unsigned i = 0; i < e.segments; i++) {
            const struct elf_segment *s = &e.segment[i];

            CHECK(s->va >= LOWEST && s->memory_bytes <= HIGHEST - s->va);
            CHECK(s->file_bytes <= s->memory_bytes && s->memory_bytes != 0);
            CHECK(s->offset <= BYTES && s->file_bytes <= BYTES - s->offset);
            CHECK_EQ((s->va - s->offset) % PAGE_SIZE, 0);
        }
    }
    CHECK(accepted > 1000);
}
