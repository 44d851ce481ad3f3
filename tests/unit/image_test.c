/* SPDX-License-Identifier: GPL-2.0-or-later */
/* image_test.c - the loader's ELF reader, on sound and hostile files. */
#include "image.h"
#include "unit.h"

#include <elf.h>
#include <stdlib.h>

#define FILE_BYTES 0x4000u
#define LOW        0x10000u
#define HIGH       0x40000u

static const struct image_rule rule = {.machine = EM_RISCV, .low = LOW, .high = HIGH};

struct file {
    Elf64_Ehdr header;
    Elf64_Phdr program[3]; /* code, data, something that is not loaded */
    uint8_t rest[FILE_BYTES - sizeof(Elf64_Ehdr) - 3 * sizeof(Elf64_Phdr)];
};
_Static_assert(sizeof(struct file) == FILE_BYTES, "the tests count on it");

/* Code on one page, then data: a page in the file, three in memory. */
static struct file *sound_file(void)
{
    struct file *f = malloc(sizeof(*f));

    memset(f, 0x5a, sizeof(*f));
    f->header = (Elf64_Ehdr){.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                             .e_type = ET_EXEC,
                             .e_machine = EM_RISCV,
                             .e_version = EV_CURRENT,
                             .e_entry = LOW + 0x10,
                             .e_phoff = sizeof(Elf64_Ehdr),
                             .e_phentsize = sizeof(Elf64_Phdr),
                             .e_phnum = 3};
    f->program[0] = (Elf64_Phdr){.p_type = PT_LOAD,
                                 .p_flags = PF_R | PF_X,
                                 .p_offset = 0x1000,
                                 .p_vaddr = LOW,
                                 .p_filesz = 0x800,
                                 .p_memsz = 0x800};
    f->program[1] = (Elf64_Phdr){.p_type = PT_LOAD,
                                 .p_flags = PF_R | PF_W,
                                 .p_offset = 0x2000,
                                 .p_vaddr = LOW + 0x1000,
                                 .p_filesz = 0x1000,
                                 .p_memsz = 0x2001};
    f->program[2] = (Elf64_Phdr){.p_type = PT_NOTE, .p_offset = UINT64_MAX};
    return f;
}

static const char *fault_with(void (*spoil)(struct file *))
{
    struct file *f = sound_file();
    struct image image;
    const char *fault;

    spoil(f);
    fault = image_read(&image, f, sizeof(*f), &rule);
    free(f);
    return fault;
}

#define SPOILED(name, change)                                                                      \
    static void spoil_##name(struct file *f)                                                       \
    {                                                                                              \
        change;                                                                                    \
    }

SPOILED(magic, f->header.e_ident[0] = 0)
SPOILED(class, f->header.e_ident[EI_CLASS] = ELFCLASS32)
SPOILED(order, f->header.e_ident[EI_DATA] = ELFDATA2MSB)
SPOILED(machine, f->header.e_machine = EM_X86_64)
SPOILED(shared, f->header.e_type = ET_DYN)
SPOILED(no_programs, f->header.e_phnum = 0)
SPOILED(many_programs, f->header.e_phnum = 0xffff)
SPOILED(program_size, f->header.e_phentsize = 32)
SPOILED(programs_wild, f->header.e_phoff = UINT64_MAX - 7)
SPOILED(programs_at_end, f->header.e_phoff = FILE_BYTES - 56)
SPOILED(programs_unaligned, f->header.e_phoff += 1)
SPOILED(offset_wild, f->program[0].p_offset = UINT64_MAX - 0xfff)
SPOILED(offset_beyond, f->program[1].p_offset = FILE_BYTES - 0x800)
SPOILED(file_exceeds_memory, f->program[0].p_filesz = 0x801)
SPOILED(address_unaligned, f->program[1].p_vaddr += 0x10)
SPOILED(address_low, f->program[0].p_vaddr = LOW - 0x1000)
SPOILED(address_high, f->program[1].p_vaddr = HIGH)
SPOILED(address_kernel, f->program[1].p_vaddr = 0xffffffc000000000)
SPOILED(memory_wild, f->program[1].p_memsz = UINT64_MAX)
SPOILED(memory_beyond, f->program[1].p_memsz = HIGH - LOW)
SPOILED(overlap, f->program[0].p_memsz = 0x1001)
SPOILED(descending, f->program[1].p_vaddr = LOW; f->program[0].p_vaddr = LOW + 0x8000)
SPOILED(write_and_execute, f->program[0].p_flags |= PF_W)
SPOILED(no_rights, f->program[1].p_flags = 0)
SPOILED(unknown_rights, f->program[1].p_flags |= 0x100)
SPOILED(entry_wild, f->header.e_entry = UINT64_MAX)
SPOILED(entry_in_data, f->header.e_entry = LOW + 0x1000)
SPOILED(nothing_to_load, f->program[0].p_memsz = f->program[0].p_filesz = 0)

TEST(image, refuses_every_broken_field)
{
    void (*const spoils[])(struct file *) = {
        spoil_magic,
        spoil_class,
        spoil_order,
        spoil_machine,
        spoil_shared,
        spoil_no_programs,
        spoil_many_programs,
        spoil_program_size,
        spoil_programs_wild,
        spoil_programs_at_end,
        spoil_programs_unaligned,
        spoil_offset_wild,
        spoil_offset_beyond,
        spoil_file_exceeds_memory,
        spoil_address_unaligned,
        spoil_address_low,
        spoil_address_high,
        spoil_address_kernel,
        spoil_memory_wild,
        spoil_memory_beyond,
        spoil_overlap,
        spoil_descending,
        spoil_write_and_execute,
        spoil_no_rights,
        spoil_unknown_rights,
        spoil_entry_wild,
        spoil_entry_in_data,
        spoil_nothing_to_load,
    };

    for (unsigned i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++)
        if (!fault_with(spoils[i]))
            unit_fail(__FILE__, __LINE__, "spoiled file number %u was accepted", i);
}

TEST(image, reads_segments_rights_and_entry)
{
    struct file *f = sound_file();
    struct image image;

    CHECK(!image_read(&image, f, sizeof(*f), &rule));
    CHECK_EQ(image.count, 2);
    CHECK_EQ(image.entry, LOW + 0x10);
    CHECK_EQ(image.segment[0].rights, RIGHT_READ | RIGHT_EXECUTE);
    CHECK_EQ(image.segment[1].rights, RIGHT_READ | RIGHT_WRITE);
    CHECK_EQ(image_pages(&image.segment[0]), 1);
    CHECK_EQ(image_pages(&image.segment[1]), 3);
    free(f);
}

TEST(image, loads_the_files_part_and_clears_the_rest_of_the_pages)
{
    struct file *f = sound_file();
    struct image image;
    uint8_t *to = malloc(0x3000);

    memset(to, 0xff, 0x3000);
    CHECK(!image_read(&image, f, sizeof(*f), &rule));
    image_load(&image.segment[1], f, to);
    CHECK_EQ(to[0], 0x5a);
    CHECK_EQ(to[0xfff], 0x5a);
    for (unsigned i = 0x1000; i < 0x3000; i++)
        CHECK_EQ(to[i], 0);
    free(to);
    free(f);
}

TEST(image, refuses_any_file_that_is_cut_off)
{
    struct file *f = sound_file();
    struct image image;

    for (size_t bytes = 0; bytes < 0x3000; bytes++) {
        void *cut = malloc(bytes + 1); /* the sanitizer guards its end */

        memcpy(cut, f, bytes);
        if (!image_read(&image, cut, bytes, &rule))
            unit_fail(__FILE__, __LINE__, "accepted with %zu bytes", bytes);
        free(cut);
    }
    CHECK(!image_read(&image, f, 0x3000, &rule));
    free(f);
}
