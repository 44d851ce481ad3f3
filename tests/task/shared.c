// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shared MEGABYTES - memory that is mapped twice: memfd_create, MAP_SHARED | MAP_ANONYMOUS. So
 * much of it is filled and checked at the end.
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
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096
#define RW   (PROT_READ | PROT_WRITE)

static sigjmp_buf back;
static volatile sig_atomic_t caught, expected;
static char page[3 * PAGE];
static const char *volatile nowhere = (const char *)8;

static void jump_back(int number)
{
    caught = number;
    if (!expected)
        _exit(99);
    siglongjmp(back, 1);
}

static int signal_of(volatile char *at)
{
    caught = 0;
    expected = 1;
    if (sigsetjmp(back, 1) == 0)
        (void)*at;
    expected = 0;
    return caught;
}

static void descriptors(void)
{
    struct stat s;
    int fd = memfd_create("name", MFD_CLOEXEC), again;

    CHECK(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
    CHECK(fstat(fd, &s) == 0 && S_ISREG(s.st_mode) && s.st_size == 0 && s.st_nlink == 0);
    CHECK(read(fd, page, 1) == 0);
    CHECK(write(fd, "hello", 5) == 5 && lseek(fd, 0, SEEK_CUR) == 5);
    CHECK(pwrite(fd, "J", 1, 0) == 1 && lseek(fd, 0, SEEK_CUR) == 5);
    CHECK(pread(fd, page, PAGE, 0) == 5 && memcmp(page, "Jello", 5) == 0);
    CHECK(pwrite(fd, "end", 3, 5 * PAGE - 1) == 3);
    CHECK(fstat(fd, &s) == 0 && s.st_size == 5 * PAGE + 2);
    CHECK(pread(fd, page, 3 * PAGE, 5 * PAGE - 2) == 4 && memcmp(page, "\0end", 4) == 0);
    again = dup(fd);
    CHECK(lseek(again, -2, SEEK_END) == 5 * PAGE && read(fd, page, 9) == 2);
    CHECK(memcmp(page, "nd", 2) == 0 && lseek(again, 0, SEEK_CUR) == 5 * PAGE + 2);
    CHECK(fcntl(fd, F_SETFL, O_APPEND) == 0 && lseek(fd, 0, SEEK_SET) == 0);
    CHECK(writev(fd, (struct iovec[]){{"ab", 2}, {"cde", 3}}, 2) == 5);
    CHECK(fstat(fd, &s) == 0 && s.st_size == 5 * PAGE + 7);
    CHECK(ftruncate(fd, PAGE + 1) == 0 && ftruncate(fd, 3 * PAGE) == 0 && fsync(fd) == 0);
    CHECK(pread(fd, page, PAGE, PAGE) == PAGE && page[0] == 0 && page[PAGE - 1] == 0);
    CHECK(close(fd) == 0 && pread(again, page, 1, 0) == 1 && page[0] == 'J');
    CHECK(close(again) == 0);
}

static void refusals(void)
{
    int fd = memfd_create("", 0);

    CHECK_FAILS(memfd_create("x", 0x8000), EINVAL);
    CHECK_FAILS(memfd_create(nowhere, 0), EFAULT);
    memset(page, 'n', 300);
    page[300] = 0;
    CHECK_FAILS(memfd_create(page, 0), EINVAL);
    CHECK_FAILS(write(fd, nowhere, 4), EFAULT);
    CHECK_FAILS(ftruncate(fd, -1), EINVAL);
    CHECK_FAILS(pwrite(fd, "x", 1, INT64_MAX), EFBIG);
    CHECK_FAILS(lseek(fd, -1, SEEK_SET), EINVAL);
    CHECK(lseek(fd, 0, SEEK_END) == 0);
    CHECK(write(fd, page, 1) == 1);
    CHECK_FAILS(pread(fd, (char *)nowhere, 4, 0), EFAULT);
    CHECK(close(fd) == 0);
    CHECK_FAILS(write(fd, "x", 1), EBADF);
}

/* A descriptor and its mappings are one memory. */
static void mappings(void)
{
    int fd = memfd_create("mapped", 0);
    char *a, *b, *own;

    CHECK(ftruncate(fd, 4 * PAGE) == 0);
    a = mmap(NULL, 5 * PAGE, RW, MAP_SHARED, fd, 0);
    b = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 2 * PAGE);
    own = mmap(NULL, 4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    CHECK(a != MAP_FAILED && b != MAP_FAILED && own != MAP_FAILED);
    CHECK(a[0] == 0 && b[0] == 0 && own[2 * PAGE] == 0);
    a[2 * PAGE] = 'A';
    CHECK(b[0] == 'A' && own[2 * PAGE] == 'A');
    CHECK(pread(fd, page, 1, 2 * PAGE) == 1 && page[0] == 'A');
    CHECK(pwrite(fd, "BC", 2, 3 * PAGE - 1) == 2 && a[3 * PAGE] == 'C' && b[PAGE - 1] == 'B');
    own[2 * PAGE] = 'o';
    CHECK(a[2 * PAGE] == 'A' && b[0] == 'A' && own[2 * PAGE] == 'o');
    CHECK(msync(a, 4 * PAGE, MS_SYNC) == 0);
    CHECK(signal_of(a + 3 * PAGE) == 0 && signal_of(a + 4 * PAGE) == SIGBUS);
    CHECK(ftruncate(fd, 3 * PAGE) == 0 && signal_of(a + 3 * PAGE) == SIGBUS);
    CHECK(signal_of(b + PAGE) == SIGBUS && b[0] == 'A');
    CHECK(ftruncate(fd, 4 * PAGE) == 0 && a[3 * PAGE] == 0 && b[PAGE] == 0);
    CHECK(close(fd) == 0 && munmap(a, 5 * PAGE) == 0);
    CHECK(b[0] == 'A' && own[2 * PAGE] == 'o');
    CHECK(munmap(b, 2 * PAGE) == 0 && munmap(own, 4 * PAGE) == 0);
}

static void anonymous(void)
{
    char *p = mmap(NULL, 3 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), *q;
    int fd = open("/dev/zero", O_RDWR);

    CHECK(p != MAP_FAILED && p[0] == 0);
    p[PAGE] = 7;
    CHECK(madvise(p, 3 * PAGE, MADV_DONTNEED) == 0 && p[PAGE] == 7); /* the memory is shared */
    CHECK(mprotect(p, 3 * PAGE, PROT_READ) == 0 && p[PAGE] == 7);
    CHECK(mprotect(p, 3 * PAGE, RW) == 0);
    q = mremap(p, 3 * PAGE, 4 * PAGE, MREMAP_MAYMOVE);
    CHECK(q != MAP_FAILED && q[PAGE] == 7 && signal_of(q + 3 * PAGE) == SIGBUS);
    CHECK(munmap(q, 4 * PAGE) == 0);
    p = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
    CHECK(p != MAP_FAILED && p[5] == 0);
    p[5] = 1;
    CHECK(munmap(p, PAGE) == 0);
    CHECK_FAILS((long)mmap(NULL, SIZE_MAX / 2, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), ENOMEM);
}

/* Far more of them than a server may keep, at once. */
static void many(void)
{
    char *p[200];
    int wrong = 0;

    for (int i = 0; i < 200; i++) {
        p[i] = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        wrong += p[i] == MAP_FAILED || *p[i] != 0 || (*p[i] = 1) != 1;
    }
    for (int i = 0; i < 200; i++)
        wrong += *p[i] != 1 || munmap(p[i], PAGE) != 0;
    CHECK(wrong == 0);
}

static uint32_t mix(uint32_t x)
{
    return (x ^ x >> 15) * 2654435761u;
}

/* As much as wanted, written through one mapping and read through another. */
static void plenty(size_t bytes)
{
    size_t words = bytes / sizeof(uint32_t), wrong = 0;
    int fd = memfd_create("plenty", 0);
    uint32_t *a, *b;

    CHECK(ftruncate(fd, (off_t)bytes) == 0);
    a = mmap(NULL, bytes, RW, MAP_SHARED, fd, 0);
    b = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
    CHECK(a != MAP_FAILED && b != MAP_FAILED);
    for (size_t i = 0; i < words; i += 1 << 19) /* page tables are for what is on its way */
        wrong += a[i] != 0 || b[i] != 0;
    for (size_t i = 0; i < words; i += 256)
        a[i] = mix((uint32_t)i);
    for (size_t i = 0; i < words; i += 256)
        wrong += b[i] != mix((uint32_t)i);
    for (uint32_t i = 0; i < 200; i++) {
        size_t at = mix(i) % (words / 256) * 256;

        a[at + 1] = i;
        wrong += b[at + 1] != i || a[at] != mix((uint32_t)at);
    }
    CHECK(wrong == 0);
    CHECK(close(fd) == 0 && munmap(a, bytes) == 0 && munmap(b, bytes) == 0);
}

int main(int argc, char **argv)
{
    struct sigaction act = {.sa_handler = jump_back};

    CHECK(argc == 2 && sigaction(SIGBUS, &act, NULL) == 0 && sigaction(SIGSEGV, &act, NULL) == 0);
    descriptors();
    refusals();
    mappings();
    anonymous();
    many();
    plenty((size_t)atoi(argv[1]) << 20);
    return check_summary();
}
