/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elf.h - what an executable asks to be mapped, checked.
 *
 * Two steps, because the program headers may lie anywhere in the file: read the
 * first ELF_HEADER_BYTES and call elf_read_header; read `table_bytes` at
 * `table_offset` and call elf_read_table. Each returns NULL, or the cause in
 * words. After both, for every segment:
 *
 * I1  it lies in [rules.lowest, rules.highest), pages rounded outwards
 * I2  no two segments share a page; they ascend
 * I3  its file bytes lie inside the file, and file_bytes <= memory_bytes, not 0
 * I4  va and file offset are equal modulo the page size
 * I5  the entry lies in the memory of an executable segment
 */
#ifndef ELF_ELF_H
#define ELF_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_HEADER_BYTES 64u
#define ELF_TABLE_MAX    3584u /* bytes of program headers: 64 of them on 64-bit machines */
#define ELF_SEGMENTS_MAX 16u

/* What an executable of this machine is. */
struct elf_rules {
    unsigned machine;         /* e_machine */
    unsigned word_bits;       /* 32 or 64 */
    uint64_t lowest, highest; /* where segments may lie */
    uint64_t base;            /* where a position-independent one goes */
};

struct elf_segment {
    uint64_t va, memory_bytes;
    uint64_t offset, file_bytes;
    unsigned rights; /* RIGHT_READ | WRITE | EXECUTE */
};

struct elf {
    uint64_t file_bytes;
    uint64_t table_offset;
    unsigned table_bytes, table_count, table_entry;
    uint64_t base;     /* added to all addresses: 0, or rules.base */
    uint64_t entry;    /* where it begins */
    uint64_t table_va; /* where the program headers appear in memory; 0 = nowhere */
    uint64_t end;      /* behind the last segment */
    unsigned segments;
    struct elf_segment segment[ELF_SEGMENTS_MAX];
};

/* `got` bytes from the file's beginning are at `bytes`; the file has file_bytes. */
const char *elf_read_header(struct elf *e, const struct elf_rules *rules, const void *bytes,
                            size_t got, uint64_t file_bytes);
/* `table` holds e->table_bytes. */
const char *elf_read_table(struct elf *e, const struct elf_rules *rules, const void *table);

#endif
