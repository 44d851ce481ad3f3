// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memory FILE - mmap and its relatives as Linux has them. FILE has three pages and 100 bytes;
 * 32-bit word i is i.
 */
#define _GNU_SOURCE
#include "check.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define PAGE 4096
#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static sigjmp_buf back;
static volatile sig_atomic_t caught;

static void jump_back(int number)
{
    caught = number;
    siglongjmp(back, 1);
}

static int signal_of(volatile char *at)
{
    caught = 0;
    if (sigsetjmp(back, 1) == 0)
        (void)*at;
    return caught;
}

/* Byte i of the file. */
static char content(int i)
{
    return (char)(i / 4 >> i % 4 * 8);
}

static char *map(size_t pages, int rights)
{
    return mmap(NULL, pages * PAGE, rights, ANON, -1, 0);
}

static void anonymous(void)
{
    char *p = map(4, RW), *q;
    int set = 0;

    for (int i = 0; i < 4 * PAGE; i++)
        set |= p[i];
    CHECK(p != MAP_FAILED && (uintptr_t)p % PAGE == 0 && set == 0);
    memset(p, 0x5a, 4 * PAGE);
    CHECK(mprotect(p + PAGE, PAGE, PROT_NONE) == 0 && signal_of(p + PAGE) == SIGSEGV);
    CHECK(mprotect(p + PAGE, PAGE, RW) == 0 && p[PAGE + 9] == 0x5a);
    CHECK(munmap(p + PAGE, PAGE) == 0 && signal_of(p + PAGE) == SIGSEGV);
    CHECK(p[0] == 0x5a && p[3 * PAGE] == 0x5a);
    q = mmap(p + PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0);
    CHECK(q == p + PAGE && q[0] == 0);
    CHECK(mmap(p, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED && errno == EEXIST);
    CHECK(munmap(p, 4 * PAGE) == 0 && munmap(p, 4 * PAGE) == 0);
    CHECK_FAILS(mprotect(p, PAGE, PROT_READ), ENOMEM);
    CHECK_FAILS(munmap(p + 1, PAGE), EINVAL);
    CHECK(mmap(NULL, 0, RW, ANON, -1, 0) == MAP_FAILED && errno == EINVAL);
    CHECK(mmap(NULL, PAGE, RW, MAP_PRIVATE, 9999, 0) == MAP_FAILED && errno == EBADF);
    CHECK(mmap(NULL, PTRDIFF_MAX, RW, ANON, -1, 0) == MAP_FAILED && errno == ENOMEM);
}

static void heap(void)
{
    char *p = sbrk(0);

    CHECK(sbrk(8 * PAGE) == p && (p[8 * PAGE - 1] = 7) == 7);
    CHECK(sbrk(-8 * PAGE) == p + 8 * PAGE && sbrk(0) == p);
    CHECK(sbrk(8 * PAGE) == p && p[8 * PAGE - 1] == 0);
}

static void remap(void)
{
    char *p = map(4, RW), *q;

    for (int i = 0; i < 4; i++)
        p[i * PAGE] = (char)('a' + i);
    q = mremap(p, 4 * PAGE, 64 * PAGE, MREMAP_MAYMOVE);
    CHECK(q != MAP_FAILED && q[0] == 'a' && q[3 * PAGE] == 'd' && q[63 * PAGE] == 0);
    CHECK(mremap(q, 64 * PAGE, 2 * PAGE, 0) == q && q[PAGE] == 'b');
    CHECK(signal_of(q + 2 * PAGE) == SIGSEGV);
    p = map(8, PROT_NONE);
    CHECK(mremap(q, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p + PAGE) == p + PAGE);
    CHECK(p[PAGE] == 'a' && signal_of(q) == SIGSEGV && signal_of(p) == SIGSEGV);
    CHECK(mremap(p + PAGE + 1, PAGE, PAGE, MREMAP_MAYMOVE) == MAP_FAILED && errno == EINVAL);
}

static void advice(void)
{
    char *p = map(4, RW);
    unsigned char there[4];

    memset(p, 1, 4 * PAGE);
    CHECK(madvise(p, 2 * PAGE, MADV_DONTNEED) == 0);
    CHECK(p[0] == 0 && p[PAGE] == 0 && p[2 * PAGE] == 1);
    CHECK(mincore(p, 4 * PAGE, there) == 0 && (there[3] & 1));
    CHECK(mlock(p, 2 * PAGE) == 0 && munlock(p, 2 * PAGE) == 0);
    CHECK_FAILS(madvise(p, PAGE, 9999), EINVAL);
    CHECK(msync(p, PAGE, MS_SYNC) == 0);
    CHECK_FAILS(msync(p, PAGE, MS_SYNC | MS_ASYNC), EINVAL);
    munmap(p, PAGE);
    CHECK_FAILS(madvise(p, 2 * PAGE, MADV_DONTNEED), ENOMEM);
    CHECK(p[2 * PAGE] == 1);
}

static void file(const char *name)
{
    int fd = open(name, O_RDONLY);
    char *p = mmap(NULL, 4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    char *q = mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    char byte = 0;
    int wrong = 0;

    CHECK(fd >= 0 && p != MAP_FAILED && q != MAP_FAILED);
    for (int i = 0; i < 3 * PAGE + 100; i++)
        wrong += p[i] != content(i);
    CHECK(wrong == 0);
    CHECK(p[3 * PAGE + 100] == 0 && p[4 * PAGE - 1] == 0 && q[4 * PAGE - 1] == 0);
    p[20] = 'Y';
    CHECK(p[20] == 'Y' && q[20] != 'Y');
    CHECK(pread(fd, &byte, 1, 20) == 1 && byte == q[20]);
    CHECK(madvise(p, PAGE, MADV_DONTNEED) == 0 && p[20] == q[20]); /* from the file again */
    CHECK(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0) == MAP_FAILED && errno == EACCES);
    CHECK_FAILS(mprotect(q, PAGE, RW), EACCES);
    CHECK(mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 100) == MAP_FAILED && errno == EINVAL);
    CHECK(close(fd) == 0 && q[PAGE] == content(PAGE)); /* the mapping keeps it */
    CHECK(munmap(q, 4 * PAGE) == 0 && munmap(p, 4 * PAGE) == 0);
    fd = open(name, O_RDONLY);
    p = mmap(NULL, 6 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(signal_of(p + 3 * PAGE) == 0 && signal_of(p + 4 * PAGE) == SIGBUS);
    p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 2 * PAGE);
    CHECK(p[1] == content(2 * PAGE + 1));
}

static void limits(void)
{
    struct rlimit limit, old;
    void *p;

    CHECK(getrlimit(RLIMIT_AS, &old) == 0);
    limit = old;
    limit.rlim_cur = 64 << 20;
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    p = mmap(NULL, 256 << 20, PROT_READ, ANON, -1, 0);
    CHECK(p == MAP_FAILED && errno == ENOMEM);
    CHECK(setrlimit(RLIMIT_AS, &old) == 0);
    CHECK(mmap(NULL, 256 << 20, PROT_READ, ANON, -1, 0) != MAP_FAILED);
    CHECK(getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur == 8 << 20);
}

static void stack(void)
{
    volatile char *s = __builtin_alloca(2 << 20);

    for (long i = (2 << 20) - 1; i >= 0; i -= PAGE)
        s[i] = 1;
    CHECK(s[(2 << 20) - 1] == 1);
}

int main(int argc, char **argv)
{
    signal(SIGSEGV, jump_back);
    signal(SIGBUS, jump_back);
    anonymous();
    heap();
    remap();
    advice();
    file(argc > 1 ? argv[1] : "");
    limits();
    stack();
    return check_summary();
}
