/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux_start_test.c - a program's begin: what it is given, and what is said when it cannot.
 */
#include "linux_world.h"

#include "elf.h"

struct program {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, table, sections;
    uint32_t flags;
    uint16_t header_bytes, table_entry, table_count, s1, s2, s3;
    struct {
        uint32_t type, flags;
        uint64_t offset, va, pa, file_bytes, memory_bytes, align;
    } p[2];
    uint8_t text[0x1000];
};

static struct program program;

static void begin(void)
{
    static const struct world_file files[8] = {
        {"/", 040755, "", 0},
        {"/bin/prog", 0100755, &program, sizeof(program)},
        {"/bin", 040755, "", 0},
    };

    program = (struct program){.ident = {0x7f, 'E', 'L', 'F', 2, 1, 1},
                               .type = 2,
                               .machine = ABI_ELF_MACHINE,
                               .entry = 0x10100,
                               .table = offsetof(struct program, p),
                               .table_entry = 56,
                               .table_count = 2};
    program.p[0].type = 1;
    program.p[0].flags = 5;
    program.p[0].va = 0x10000;
    program.p[0].file_bytes = 0x400;
    program.p[0].memory_bytes = 0x400;
    program.p[1].type = 1;
    program.p[1].flags = 6;
    program.p[1].offset = 0x800;
    program.p[1].va = 0x12800;
    program.p[1].file_bytes = 0x100;
    program.p[1].memory_bytes = 0x5000;
    memcpy(world_files, files, sizeof(files));
    world_begin();
}

static uint64_t word_at(uint64_t address)
{
    return *(uint64_t *)world_at(address);
}

TEST(start, maps_the_segments_and_lets_the_thread_go)
{
    begin();
    person_start(&world.task);

    CHECK(world.started);
    CHECK_EQ(world.entry, 0x10100);
    CHECK_EQ(world.image.segments, 2);
    CHECK_EQ(world.segment[1].address, 0x12800);
    CHECK_EQ(world.segment[1].offset, 0x800);
    CHECK_EQ(world.segment[1].bytes, 0x100);
    CHECK_EQ(world.segment[1].memory, 0x5000);
    CHECK_EQ(world.segment[1].rights, VM_READ | VM_WRITE);
    CHECK_EQ(world.open_handles, 1); /* the image's */
    CHECK_EQ(world.sp % 16, 0);
    CHECK_EQ(word_at(world.sp), 2);
    CHECK_STR(world_at(word_at(world.sp + 8)), "/bin/prog");
    CHECK_STR(world_at(word_at(world.sp + 16)), "one");
    CHECK_STR(world_at(word_at(world.sp + 32)), "A=1");
    CHECK_STR(world.person.name, "prog");
    CHECK_EQ(CALL(64, 1, BASE, 1), 1); /* write: the streams are open */
}

TEST(start, is_the_same_wherever_it_has_to_wait)
{
    for (unsigned waits = 0; waits < 16; waits++) {
        begin();
        world.file_pending = waits & 3;
        world.vm_pending = waits >> 2;
        person_start(&world.task);
        CHECK(world.started);
        CHECK_EQ(world.open_handles, 1);
    }
}

/* How the start ends when it fails; the line in the log must contain `cause`. */
static void fails(enum process_end kind, const char *cause)
{
    EXPECT_END(person_start(&world.task));
    CHECK(!world.started);
    CHECK_EQ(world.end_kind, kind);
    CHECK(strstr(world.log, cause) != NULL);
    CHECK(strchr(world.log, '\n') == world.log + strlen(world.log) - 1);
}

TEST(start, names_what_is_wrong_with_the_file)
{
    begin();
    world_files[1].path = "/bin/other";
    fails(PROCESS_NO_FILE, "cannot run /bin/prog: no such file");
    begin();
    world_files[1].mode = 0100644;
    fails(PROCESS_NO_EXEC, "its mode does not allow execution");
    begin();
    world_files[1].mode = 040755;
    fails(PROCESS_NO_EXEC, "it is no regular file");
    begin();
    world_files[1].bytes = 10;
    fails(PROCESS_NO_EXEC, "truncated");
    begin();
    world_files[1].bytes = 0;
    fails(PROCESS_NO_EXEC, "not an ELF file");
    begin();
    program.machine = 62;
    fails(PROCESS_NO_EXEC, "an ELF file for another machine");
    begin();
    program.p[1].va = 0xffffffff80000800;
    fails(PROCESS_NO_EXEC, "outside the addresses of programs");
    begin();
    world.map_answer = ERR_NOT_EXEC;
    fails(PROCESS_NO_EXEC, "not an executable for this machine");
    begin();
    world.map_answer = ERR_NO_MEMORY;
    fails(PROCESS_SYSTEM, "not enough memory to map it");
    begin();
    for (unsigned i = 0; i < PAGES; i++)
        world.mark[i] = PAGE_HOLE;
    fails(PROCESS_SYSTEM, "not enough memory for its stack");
}
