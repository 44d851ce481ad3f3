/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elf.c - see elf.h. The two classes differ in where fields lie, so their places
 * are data (struct layout), and every field is fetched bytewise: the file may be
 * read at any alignment, and its words are little-endian on all our ports.
 */
#include "elf.h"
#include "cap.h"

#include <string.h>

#define CLASS_32       1
#define CLASS_64       2
#define DATA_LITTLE    1
#define TYPE_EXEC      2
#define TYPE_DYN       3
#define SEGMENT_LOAD   1
#define SEGMENT_INTERP 3
#define FLAG_X         1u
#define FLAG_W         2u
#define FLAG_R         4u

/* Where a class keeps what; `word` is the size of its addresses. */
struct layout {
    uint8_t class, word, header_bytes, entry_bytes;
    uint8_t entry, table, table_entry, table_count;                /* in the header */
    uint8_t p_flags, p_offset, p_va, p_file_bytes, p_memory_bytes; /* in a program header */
};

static const struct layout layout_32 = {CLASS_32, 4, 52, 32, 24, 28, 42, 44, 24, 4, 8, 16, 20};
static const struct layout layout_64 = {CLASS_64, 8, 64, 56, 24, 32, 54, 56, 4, 8, 16, 32, 40};

static const struct layout *layout_of(const struct elf_rules *rules)
{
    return rules->word_bits == 64 ? &layout_64 : &layout_32;
}

static uint64_t field(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t)at[i] << 8 * i;
    return value;
}

static bool range_fits(uint64_t start, uint64_t bytes, uint64_t lowest, uint64_t highest)
{
    return start >= lowest && start <= highest && bytes <= highest - start;
}

static const char *identity_fault(const uint8_t *h, const struct layout *l)
{
    if (memcmp(h, "\177ELF", 4) != 0)
        return "not an ELF file";
    if (h[4] != l->class)
        return "an ELF file of another word size";
    if (h[5] != DATA_LITTLE || h[6] != 1)
        return "an ELF file of another byte order or version";
    return NULL;
}

const char *elf_read_header(struct elf *e, const struct elf_rules *rules, const void *bytes,
                            size_t got, uint64_t file_bytes)
{
    const struct layout *l = layout_of(rules);
    const uint8_t *h = bytes;
    const char *fault;
    uint64_t type;

    memset(e, 0, sizeof(*e));
    if (got < 4 || memcmp(h, "\177ELF", 4) != 0)
        return "not an ELF file";
    if (got < l->header_bytes)
        return "truncated: the ELF header is cut off";
    fault = identity_fault(h, l);
    if (fault)
        return fault;
    type = field(h + 16, 2);
    if (field(h + 18, 2) != rules->machine)
        return "an ELF file for another machine";
    if (type != TYPE_EXEC && type != TYPE_DYN)
        return "an ELF file, but no executable";

    e->file_bytes = file_bytes;
    e->base = type == TYPE_DYN ? rules->base : 0;
    e->entry = field(h + l->entry, l->word);
    e->table_offset = field(h + l->table, l->word);
    e->table_entry = (unsigned)field(h + l->table_entry, 2);
    e->table_count = (unsigned)field(h + l->table_count, 2);
    e->table_bytes = e->table_count * e->table_entry;
    if (e->table_count == 0)
        return "malformed: no program headers";
    if (e->table_entry != l->entry_bytes || e->table_bytes > ELF_TABLE_MAX)
        return "malformed: program headers of a wrong size or number";
    if (!range_fits(e->table_offset, e->table_bytes, 0, file_bytes))
        return "truncated: the program headers lie past the end of the file";
    return NULL;
}

static unsigned rights_of(uint64_t flags)
{
    return (flags & FLAG_R ? RIGHT_READ : 0u) | (flags & FLAG_W ? RIGHT_READ | RIGHT_WRITE : 0u) |
           (flags & FLAG_X ? RIGHT_EXECUTE : 0u);
}

static uint64_t page_up(uint64_t va)
{
    return (va + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
}

/* A segment that obeys I1, I3 and I4, and I2 against its predecessor, or the cause. */
static const char *segment_fault(const struct elf *e, const struct elf_rules *rules,
                                 const struct elf_segment *s)
{
    const struct elf_segment *before = e->segments ? &e->segment[e->segments - 1] : NULL;

    if (s->file_bytes > s->memory_bytes)
        return "malformed: a segment is larger in the file than in memory";
    if (!range_fits(s->offset, s->file_bytes, 0, e->file_bytes))
        return "truncated: a segment lies past the end of the file";
    if (!range_fits(s->va, s->memory_bytes, rules->lowest, rules->highest))
        return "malformed: a segment lies outside the addresses of programs";
    if ((s->va - s->offset) % PAGE_SIZE != 0)
        return "malformed: a segment's address and file offset disagree";
    if (before && page_up(before->va + before->memory_bytes) > (s->va & ~(uint64_t)(PAGE_SIZE - 1)))
        return "malformed: segments overlap or descend";
    if (e->segments == ELF_SEGMENTS_MAX)
        return "malformed: too many segments";
    return NULL;
}

static const char *segment_add(struct elf *e, const struct elf_rules *rules, const struct layout *l,
                               const uint8_t *p)
{
    struct elf_segment s = {
        .va = field(p + l->p_va, l->word),
        .memory_bytes = field(p + l->p_memory_bytes, l->word),
        .offset = field(p + l->p_offset, l->word),
        .file_bytes = field(p + l->p_file_bytes, l->word),
        .rights = rights_of(field(p + l->p_flags, 4)),
    };
    const char *fault;

    if (s.memory_bytes == 0)
        return NULL;
    if (s.va > rules->highest) /* so that adding the base cannot wrap */
        return "malformed: a segment lies outside the addresses of programs";
    s.va += e->base;
    fault = segment_fault(e, rules, &s);
    if (fault)
        return fault;
    if (e->table_offset >= s.offset && e->table_offset - s.offset < s.file_bytes &&
        e->table_bytes <= s.file_bytes - (e->table_offset - s.offset))
        e->table_va = s.va + (e->table_offset - s.offset);
    e->segment[e->segments++] = s;
    e->end = s.va + s.memory_bytes;
    return NULL;
}

static bool entry_executable(const struct elf *e)
{
    for (unsigned i = 0; i < e->segments; i++) {
        const struct elf_segment *s = &e->segment[i];

        if (s->rights & RIGHT_EXECUTE && e->entry >= s->va && e->entry - s->va < s->memory_bytes)
            return true;
    }
    return false;
}

const char *elf_read_table(struct elf *e, const struct elf_rules *rules, const void *table)
{
    const struct layout *l = layout_of(rules);

    for (unsigned i = 0; i < e->table_count; i++) {
        const uint8_t *p = (const uint8_t *)table + (size_t)i * e->table_entry;
        uint64_t type = field(p, 4);
        const char *fault = NULL;

        if (type == SEGMENT_INTERP)
            return "dynamically linked: it needs an interpreter";
        if (type == SEGMENT_LOAD)
            fault = segment_add(e, rules, l, p);
        if (fault)
            return fault;
    }
    if (e->segments == 0)
        return "malformed: nothing to load";
    if (e->entry > rules->highest)
        return "malformed: it begins outside its text";
    e->entry += e->base;
    if (!entry_executable(e))
        return "malformed: it begins outside its text";
    return NULL;
}
