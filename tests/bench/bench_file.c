// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench_file FILE - what reading a file that is not in memory and writing one that is cost a Linux
 * program, in busy instructions of the whole machine: while a disk is waited for, it idles.
 *
 * FILE has MISSES pages, none of them read since boot.
 */
#define _DEFAULT_SOURCE
#include "program.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define MISSES 1024u
#define CHUNK  (16 * PAGE)

static char buffer[CHUNK];
static int clock_fd;

/* Instructions that the machine has executed: in a measuring run, the nanoseconds that its
 * processor worked. */
static uint64_t busy(void)
{
    char text[256], *at;
    ssize_t n = pread(clock_fd, text, sizeof(text) - 1, 0);

    must(n > 0, "cannot read /proc/schedstat");
    text[n] = '\0';
    at = strstr(text, "cpu0 ");
    must(at != NULL, "no processor in /proc/schedstat");
    at += 5;
    for (unsigned i = 0; i < 6; i++)
        strtoull(at, &at, 10);
    return strtoull(at, NULL, 10);
}

/* Since `before`, without what asking costs. */
static uint64_t since(uint64_t before)
{
    uint64_t now = busy(), again = busy();

    return now - before - (again - now);
}

static void missing(const char *name)
{
    int fd = open(name, O_RDONLY);
    uint64_t before;

    must(fd >= 0, "cannot open the file");
    before = busy();
    for (unsigned done = 0; done < MISSES; done += CHUNK / PAGE)
        must(read(fd, buffer, CHUNK) == CHUNK, "cannot read the file");
    report("file_read_miss_page", since(before), MISSES,
           "read of 64 KiB, sequential, nothing cached, a page; read-ahead included");
    close(fd);
}

static void overwriting(const char *name)
{
    int fd = open(name, O_WRONLY);
    uint64_t before = 0;

    must(fd >= 0, "cannot open the file to write");
    for (unsigned i = 0; i < PAGES + 1; i++) {
        if (i == 1)
            before = busy();
        must(pwrite(fd, buffer, PAGE, 0) == (ssize_t)PAGE, "cannot write");
    }
    report("write_4k_hit", since(before), PAGES,
           "pwrite of 4 KiB over a cached page; the copy included, not its write-back");
    close(fd);
}

int main(int argc, char **argv)
{
    must(argc == 2, "which file?");
    clock_fd = open("/proc/schedstat", O_RDONLY);
    must(clock_fd >= 0, "cannot open /proc/schedstat");
    busy();
    missing(argv[1]);
    overwriting(argv[1]);
    return 0;
}
