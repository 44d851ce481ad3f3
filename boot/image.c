/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image.c - an ELF file of either word size, checked, as a list of segments.
 *
 * The file may be anything: every number in it is looked at before it is used, and sums
 * are formed only of what was found small enough.
 */
#include "image.h"

#include <string.h>

#define PAGE_MASK ((uint64_t)PAGE_SIZE - 1)

struct elf_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_program {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

_Static_assert(sizeof(struct elf_header) == 64 && sizeof(struct elf_program) == 56, "ELF64");

struct elf32_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint32_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf32_program {
    uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

_Static_assert(sizeof(struct elf32_header) == 52 && sizeof(struct elf32_program) == 32, "ELF32");

#define ELF_EXEC       2u
#define ELF_VERSION    1u
#define ELF_LOAD       1u
#define ELF_X          1u
#define ELF_W          2u
#define ELF_R          4u
#define PROGRAMS_LIMIT 64u

/* Magic, word size, little-endian, version 1. */
static const uint8_t elf64_ident[] = {0x7f, 'E', 'L', 'F', 2, 1, ELF_VERSION};
static const uint8_t elf32_ident[] = {0x7f, 'E', 'L', 'F', 1, 1, ELF_VERSION};

/* The file's header, whose word size is the rule's. */
static const char *header_read(struct elf_header *h, const void *file, uint64_t bytes,
                               const struct image_rule *rule)
{
    const uint8_t *ident = rule->narrow ? elf32_ident : elf64_ident;
    const struct elf32_header *narrow = file;

    if (bytes < sizeof(*h) || memcmp(file, ident, 4) != 0)
        return "it is no ELF file";
    if (memcmp(file, ident, sizeof(elf64_ident)) != 0)
        return "it is for another machine";
    if (!rule->narrow)
        memcpy(h, file, sizeof(*h));
    else
        *h = (struct elf_header){
            .type = narrow->type,
            .machine = narrow->machine,
            .version = narrow->version,
            .entry = narrow->entry,
            .phoff = narrow->phoff,
            .phentsize = narrow->phentsize,
            .phnum = narrow->phnum,
        };
    return NULL;
}

static const char *header_fault(const struct elf_header *h, uint64_t bytes,
                                const struct image_rule *rule)
{
    size_t entry = rule->narrow ? sizeof(struct elf32_program) : sizeof(struct elf_program);

    if (h->machine != rule->machine)
        return "it is for another machine";
    if (h->type != ELF_EXEC || h->version != ELF_VERSION)
        return "it is no executable";
    if (h->phentsize != entry || h->phnum == 0 || h->phnum > PROGRAMS_LIMIT ||
        h->phoff % (rule->narrow ? sizeof(uint32_t) : sizeof(uint64_t)) || h->phoff > bytes ||
        bytes - h->phoff < h->phnum * entry)
        return "its program headers lie outside the file";
    return NULL;
}

static struct elf_program program_read(const void *table, unsigned i, bool narrow)
{
    const struct elf32_program *p = (const struct elf32_program *)table + i;

    if (!narrow)
        return ((const struct elf_program *)table)[i];
    return (struct elf_program){
        .type = p->type,
        .flags = p->flags,
        .offset = p->offset,
        .vaddr = p->vaddr,
        .paddr = p->paddr,
        .filesz = p->filesz,
        .memsz = p->memsz,
    };
}

static uint32_t rights_of(uint32_t flags)
{
    return (flags & ELF_R ? RIGHT_READ : 0) | (flags & ELF_W ? RIGHT_WRITE : 0) |
           (flags & ELF_X ? RIGHT_EXECUTE : 0);
}

static const char *segment_fault(const struct elf_program *p, uint64_t bytes,
                                 const struct image_rule *rule)
{
    if (p->filesz > p->memsz || p->offset > bytes || bytes - p->offset < p->filesz)
        return "a segment lies outside the file";
    if ((p->vaddr | p->paddr) & PAGE_MASK)
        return "a segment does not begin on a page";
    if (p->vaddr < rule->low || p->vaddr >= rule->high || rule->high - p->vaddr < p->memsz)
        return "a segment lies at addresses that are not its to use";
    if (!(p->flags & ELF_R) || p->flags & ~(ELF_R | ELF_W | ELF_X))
        return "a segment has rights that make no sense";
    if (p->flags & ELF_W && p->flags & ELF_X)
        return "a segment is both writable and executable";
    return NULL;
}

static uint64_t segment_end(const struct image_segment *s)
{
    return s->va + image_pages(s) * PAGE_SIZE;
}

static const char *segment_add(struct image *image, const struct elf_program *p, uint64_t bytes,
                               const struct image_rule *rule)
{
    const char *fault = segment_fault(p, bytes, rule);

    if (fault)
        return fault;
    if (image->count == BOOT_SEGMENTS)
        return "it has too many segments";
    if (image->count && p->vaddr < segment_end(&image->segment[image->count - 1]))
        return "its segments overlap or are out of order";
    image->segment[image->count++] = (struct image_segment){
        .va = p->vaddr,
        .pa = p->paddr,
        .offset = p->offset,
        .file_bytes = p->filesz,
        .bytes = p->memsz,
        .rights = rights_of(p->flags),
    };
    return NULL;
}

static bool entry_executable(const struct image *image)
{
    for (uint32_t i = 0; i < image->count; i++) {
        const struct image_segment *s = &image->segment[i];

        if (s->rights & RIGHT_EXECUTE && image->entry >= s->va &&
            image->entry - s->va < s->file_bytes)
            return true;
    }
    return false;
}

const char *image_read(struct image *image, const void *file, uint64_t bytes,
                       const struct image_rule *rule)
{
    struct elf_header h;
    const char *fault = header_read(&h, file, bytes, rule);

    if (!fault)
        fault = header_fault(&h, bytes, rule);
    if (fault)
        return fault;
    *image = (struct image){.entry = h.entry};
    for (unsigned i = 0; i < h.phnum; i++) {
        struct elf_program p = program_read((const char *)file + h.phoff, i, rule->narrow);

        if (p.type != ELF_LOAD || p.memsz == 0)
            continue;
        fault = segment_add(image, &p, bytes, rule);
        if (fault)
            return fault;
    }
    return entry_executable(image) ? NULL : "its entry is not in its code";
}

uint64_t image_pages(const struct image_segment *s)
{
    return s->bytes / PAGE_SIZE + (s->bytes & PAGE_MASK ? 1 : 0);
}

void image_load(const struct image_segment *s, const void *file, void *to)
{
    char *at = to;

    memcpy(at, (const char *)file + s->offset, s->file_bytes);
    memset(at + s->file_bytes, 0, image_pages(s) * PAGE_SIZE - s->file_bytes);
}
