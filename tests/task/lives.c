// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lives WHAT COUNT FILE - does one thing COUNT times and nothing else, so that two counts
 * differ by what it costs. FILE has at least COUNT pages.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096

static char buffer[PAGE];
static int fd;
static volatile char *map;

static void read_cached(long i)
{
    (void)i;
    pread(fd, buffer, PAGE, 0);
}

static void write_cached(long i)
{
    (void)i;
    pwrite(fd, buffer, PAGE, 0);
}

static void extend(long i)
{
    pwrite(fd, buffer, PAGE, (1025 + i) * PAGE);
}

static void write_console(long i)
{
    (void)i;
    write(2, "x", 1);
}

static void touch_new(long i)
{
    map[i * PAGE] = 1;
}

static void touch_mapped(long i)
{
    (void)map[i * PAGE];
}

static void ask_pid(long i)
{
    (void)i;
    syscall(SYS_getpid);
}

static void move_break(long i)
{
    sbrk(i % 2 ? PAGE : -PAGE);
}

static void map_anonymous(long i)
{
    (void)i;
    munmap(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), PAGE);
}

static void protect(long i)
{
    mprotect((void *)map, PAGE, i % 2 ? PROT_READ : PROT_READ | PROT_WRITE);
}

static void set_handler(long i)
{
    signal(SIGUSR1, i % 2 ? SIG_IGN : SIG_DFL);
}

static void wake_nobody(long i)
{
    static int word;

    (void)i;
    syscall(SYS_futex, &word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}

static void signal_self(long i)
{
    (void)i;
    raise(SIGUSR2);
}

static void on_signal(int number)
{
    (void)number;
}

static const struct {
    const char *name;
    void (*once)(long i);
    int file; /* works on a mapping of the file, not of anonymous memory */
} lives[] = {
    {"overwrite", write_cached, 0}, {"extend", extend, 0},         {"read", read_cached, 0},
    {"write", write_console, 0},    {"anonymous", touch_new, 0},   {"mapped", touch_mapped, 1},
    {"getpid", ask_pid, 0},         {"brk", move_break, 0},        {"mmap", map_anonymous, 0},
    {"mprotect", protect, 0},       {"sigaction", set_handler, 0}, {"futex", wake_nobody, 0},
    {"signal", signal_self, 0},
};

int main(int argc, char **argv)
{
    long count = argc > 3 ? atol(argv[2]) : 0;
    size_t bytes = (size_t)(count + 1) * PAGE;

    fd = argc > 3 ? open(argv[3], O_RDWR) : -1;
    signal(SIGUSR2, on_signal);
    for (size_t i = 0; fd >= 0 && i < sizeof(lives) / sizeof(lives[0]); i++) {
        if (strcmp(lives[i].name, argv[1]) != 0)
            continue;
        map = lives[i].file
                  ? mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0)
                  : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (long n = 0; n < count; n++)
            lives[i].once(n);
        return 0;
    }
    return 2;
}
