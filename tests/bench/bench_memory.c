// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench_memory - what a Linux program's memory and files cost it, in instructions of the whole
 * machine: program, supervisor, servers, kernel. Prints lines that tools/bench reads.
 *
 * Each figure is the mean over PAGES touches in order, after one pass that is not counted
 * (but for anonymous memory, where the first touch is what is measured).
 */
#define _DEFAULT_SOURCE
#include "program.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define SELF "/bench_memory" /* a file that is surely there, and larger than FILE_PAGES */

#define FILE_PAGES 64u

static char *memory(size_t bytes)
{
    char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    must(p != MAP_FAILED, "no memory");
    return p;
}

static void touch_to_write(volatile char *p, unsigned pages)
{
    for (unsigned i = 0; i < pages; i++)
        p[i * PAGE] = 1;
}

static void touch_to_read(const volatile char *p, unsigned pages)
{
    for (unsigned i = 0; i < pages; i++)
        (void)p[i * PAGE];
}

static void anonymous(void)
{
    char *warm = memory(PAGES * PAGE), *p = memory(PAGES * PAGE), *q = memory(PAGES * PAGE);
    uint64_t t0, t1, t2;

    touch_to_write(warm, PAGES);
    t0 = arch_instructions();
    touch_to_write(p, PAGES);
    t1 = arch_instructions();
    touch_to_read(q, PAGES);
    t2 = arch_instructions();
    report("anon_write_page", t1 - t0, PAGES,
           "first write: fault, cleared frame, mapping; the pool's refill included");
    report("anon_read_page", t2 - t1, PAGES, "first read: the zero page");
}

static void file_mapped(void)
{
    int fd = open(SELF, O_RDONLY);
    char *p;
    uint64_t t0;

    must(fd >= 0, "cannot open itself");
    for (int pass = 0; pass < 2; pass++) { /* the first brings it into the cache */
        p = mmap(NULL, FILE_PAGES * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
        must(p != MAP_FAILED, "cannot map itself");
        t0 = arch_instructions();
        touch_to_read(p, FILE_PAGES);
        t0 = arch_instructions() - t0;
        munmap(p, FILE_PAGES * PAGE);
    }
    report("file_map_hit_64k", t0, FILE_PAGES,
           "mapped read of cached pages, with fault-around, a page");
    close(fd);
}

static void file_read(size_t bytes, const char *name, unsigned unit, const char *includes)
{
    static char buffer[16 * PAGE];
    int fd = open(SELF, O_RDONLY);
    uint64_t t0 = 0;

    must(fd >= 0, "cannot open itself");
    for (unsigned i = 0; i < PAGES + 1; i++) {
        if (i == 1)
            t0 = arch_instructions();
        must(pread(fd, buffer, bytes, 0) == (ssize_t)bytes, "cannot read itself");
    }
    report(name, arch_instructions() - t0, PAGES * unit, includes);
    close(fd);
}

static void pair(void)
{
    uint64_t t0 = arch_instructions();

    for (unsigned i = 0; i < PAGES; i++)
        munmap(memory(PAGE), PAGE);
    report("mmap_munmap", arch_instructions() - t0, PAGES, "one page, untouched");
}

int main(void)
{
    uint64_t t0;

    anonymous();
    file_mapped();
    file_read(1, "read_1b_hit", 1, "pread of one byte, cached");
    file_read(PAGE, "read_4k_hit", 1, "pread of 4 KiB, cached; the copy included");
    file_read(16 * PAGE, "read_64k_hit_page", 16, "pread of 64 KiB, cached, a page");
    pair();
    t0 = arch_instructions();
    for (unsigned i = 0; i < PAGES; i++)
        (void)getppid();
    report("getppid", arch_instructions() - t0, PAGES, "the cheapest call of the personality");
    return 0;
}
