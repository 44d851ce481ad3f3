// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * calls DIR LINK - system calls about files and the rest, errors above all. DIR has a file `data`
 * of 10,000 bytes whose 32-bit word i is i, and a folder `sub`. LINK links to a program.
 */
#define _GNU_SOURCE
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define N 10000

static char data[N + 100];
static void *volatile wild = (void *)16; /* volatile: the compiler must not see through it */

static int right(const char *at, size_t from, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (at[i] != (char)((from + i) / 4 >> (from + i) % 4 * 8))
            return 0;
    return 1;
}

static void reading(void)
{
    struct iovec v[2] = {{data, 10}, {data + 50, 20}}, bad[2] = {{data, 10}, {wild, 10}};
    int fd = open("data", O_RDONLY), copy;

    CHECK(fd >= 0);
    CHECK(read(fd, data, sizeof(data)) == N && right(data, 0, N));
    CHECK(read(fd, data, 10) == 0);
    CHECK(pread(fd, data, 100, N - 50) == 50 && right(data, N - 50, 50));
    CHECK(lseek(fd, 100, SEEK_SET) == 100 && lseek(fd, -50, SEEK_CUR) == 50);
    CHECK(lseek(fd, -1, SEEK_END) == N - 1);
    CHECK_FAILS(lseek(fd, -1, SEEK_SET), EINVAL);
    lseek(fd, 7, SEEK_SET);
    CHECK(readv(fd, v, 2) == 30 && right(data, 7, 10) && right(data + 50, 17, 20));
    CHECK(readv(fd, bad, 2) == 10);
    CHECK_FAILS(read(fd, wild, 10), EFAULT);
    CHECK_FAILS(write(fd, data, 1), EBADF);
    copy = dup(fd);
    lseek(fd, 0, SEEK_SET);
    CHECK(read(copy, data, 5) == 5 && lseek(fd, 0, SEEK_CUR) == 5);
    CHECK(close(fd) == 0 && read(copy, data, 5) == 5 && close(copy) == 0);
    CHECK_FAILS(close(copy), EBADF);
}

/* Into memory that is not there yet, across many pages, at an odd place. */
static void reading_into_fresh_memory(void)
{
    char *p = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int fd = open("data", O_RDONLY);

    CHECK(read(fd, p + 4000, N) == N && right(p + 4000, 0, N) && p[3999] == 0);
    mprotect(p + 8192, 4096, PROT_READ);
    lseek(fd, 0, SEEK_SET);
    CHECK(read(fd, p + 4096, N) == 4096);
    CHECK(lseek(fd, 0, SEEK_CUR) == 4096);
    close(fd);
}

static void opening(const char *link)
{
    CHECK_FAILS(open("nothing", O_RDONLY), ENOENT);
    CHECK_FAILS(open("data/x", O_RDONLY), ENOTDIR);
    CHECK_FAILS(open("", O_RDONLY), ENOENT);
    CHECK_FAILS(open(wild, O_RDONLY), EFAULT);
    CHECK_FAILS(open("sub", O_RDWR), EISDIR);
    CHECK_FAILS(open("data", O_RDONLY | O_DIRECTORY), ENOTDIR);
    CHECK_FAILS(open(link, O_RDONLY | O_NOFOLLOW), ELOOP);
    CHECK_FAILS(open("data", O_CREAT | O_EXCL, 0600), EEXIST);
    CHECK_FAILS(openat(77, "data", O_RDONLY), EBADF);
    memset(data, 'a', 5000);
    data[5000] = '\0';
    CHECK_FAILS(open(data, O_RDONLY), ENAMETOOLONG);
}

static void attributes(const char *link)
{
    struct stat s;

    CHECK(stat("data", &s) == 0 && S_ISREG(s.st_mode) && s.st_size == N && s.st_nlink == 1);
    CHECK(stat(link, &s) == 0 && S_ISREG(s.st_mode));
    CHECK(lstat(link, &s) == 0 && S_ISLNK(s.st_mode));
    CHECK(stat("sub", &s) == 0 && S_ISDIR(s.st_mode));
    CHECK_FAILS(stat("nothing", &s), ENOENT);
    CHECK_FAILS(syscall(SYS_statx, AT_FDCWD, "data", 0, 0x7ff, wild),
                EFAULT); /* a C library may copy */
    CHECK_FAILS(fstat(77, &s), EBADF);
    CHECK(readlink(link, data, 100) > 3 && readlink(link, data, 3) == 3);
    CHECK_FAILS(readlink("data", data, 100), EINVAL);
    CHECK(access("data", R_OK) == 0);
    CHECK_FAILS(access("nothing", F_OK), ENOENT);
    CHECK_FAILS(access("data", X_OK), EACCES);
    CHECK(access(link, X_OK) == 0);
}

static void directories(void)
{
    DIR *d = opendir(".");
    int seen = 0;

    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        seen += strcmp(e->d_name, "data") == 0 && e->d_type == DT_REG;
        seen += strcmp(e->d_name, "sub") == 0 && e->d_type == DT_DIR;
        seen += strcmp(e->d_name, "..") == 0;
    }
    CHECK(seen == 3);
    CHECK(d != NULL && closedir(d) == 0);
    CHECK(chdir("sub") == 0 && open("../data", O_RDONLY) >= 0 && chdir("..") == 0);
    CHECK_FAILS(chdir("data"), ENOTDIR);
    CHECK(getcwd(data, sizeof(data)) != NULL && data[0] == '/');
    CHECK(getcwd(data, 1) == NULL && errno == ERANGE);
    CHECK_FAILS(getdents64(1, data, 1000), ENOTDIR);
}

static void descriptors(void)
{
    int fd = open("data", O_RDONLY | O_CLOEXEC);

    CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC && fcntl(fd, F_SETFD, 0) == 0);
    CHECK(fcntl(fd, F_GETFD) == 0 && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY);
    CHECK(fcntl(fd, F_DUPFD, 50) == 50 && dup2(fd, 60) == 60 && dup2(fd, fd) == fd);
    CHECK_FAILS(dup3(fd, fd, 0), EINVAL);
    CHECK_FAILS(dup(77), EBADF);
    CHECK_FAILS(dup2(fd, -1), EBADF);
    CHECK_FAILS(ioctl(fd, TCGETS, data), ENOTTY);
    CHECK(!isatty(fd));
}

static void odd_files(void)
{
    int null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDONLY);

    CHECK(write(null, data, 100) == 100 && read(null, data, 100) == 0);
    memset(data, 1, 100);
    CHECK(read(zero, data, 100) == 100 && data[0] == 0 && data[99] == 0);
    CHECK_FAILS(write(open("/dev/full", O_WRONLY), data, 1), ENOSPC);
    CHECK(read(open("/proc/self/cmdline", O_RDONLY), data, 100) > 0);
    CHECK(read(open("/proc/meminfo", O_RDONLY), data, 1000) > 0);
    CHECK(memcmp(data, "MemTotal:", 9) == 0);
    CHECK(readlink("/proc/self/exe", data, 100) > 0 && data[0] == '/');
    CHECK_FAILS(open("/proc/999999/stat", O_RDONLY), ENOENT);
}

static void times_and_numbers(void)
{
    struct timespec a, b, nap = {0, 20000000};
    struct utsname name;
    struct sysinfo info;
    struct tms t;
    char random[2][32] = {{0}, {0}};

    CHECK(clock_gettime(CLOCK_MONOTONIC, &a) == 0 && nanosleep(&nap, NULL) == 0);
    CHECK(clock_gettime(CLOCK_MONOTONIC, &b) == 0);
    CHECK((b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec >= 20000000);
    CHECK(clock_gettime(CLOCK_REALTIME, &a) == 0 && a.tv_sec > 1600000000);
    CHECK_FAILS(clock_gettime(999, &a), EINVAL);
    nap.tv_nsec = 1000000000;
    CHECK_FAILS(nanosleep(&nap, NULL), EINVAL);
    CHECK(times(&t) != (clock_t)-1);
    CHECK(uname(&name) == 0 && strcmp(name.sysname, "Linux") == 0);
    CHECK(sysinfo(&info) == 0 && info.totalram > info.freeram && info.freeram > 0);
    CHECK(getrandom(random[0], 32, 0) == 32 && getrandom(random[1], 32, 0) == 32);
    CHECK(memcmp(random[0], random[1], 32) != 0);
    CHECK(prctl(PR_SET_NAME, "a-long-name-that-is-cut") == 0 && prctl(PR_GET_NAME, data) == 0);
    CHECK(strcmp(data, "a-long-name-tha") == 0);
    CHECK(getpid() > 1 && getppid() > 0 && waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
}

static void polling(void)
{
    struct pollfd f[2] = {{open("data", O_RDONLY), POLLIN, 0}, {77, POLLIN, 0}};

    CHECK(poll(f, 2, 1000) == 2 && f[0].revents == POLLIN && f[1].revents == POLLNVAL);
    f[0].fd = f[1].fd = -1;
    CHECK(poll(f, 2, 10) == 0);
    CHECK(sendfile(open("/dev/null", O_WRONLY), open("data", O_RDONLY), NULL, 1 << 20) == N);
}

static void selecting(void)
{
    struct timeval nap = {0, 10000};
    struct timespec soon = {0, 10000000};
    int fd = open("data", O_RDONLY);
    fd_set in, out;

    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(fd, &in);
    FD_SET(2, &out);
    CHECK(select(fd + 1, &in, &out, NULL, NULL) == 2 && FD_ISSET(fd, &in) && FD_ISSET(2, &out));
    CHECK(select(0, NULL, NULL, NULL, &nap) == 0);
    CHECK(nap.tv_sec == 0 && nap.tv_usec == 0);
    CHECK(pselect(0, NULL, NULL, NULL, &soon, NULL) == 0 && soon.tv_nsec == 10000000);
    close(fd);
    CHECK_FAILS(select(fd + 1, &in, NULL, NULL, NULL), EBADF);
    CHECK_FAILS(select(-1, NULL, NULL, NULL, NULL), EINVAL);
}

static volatile sig_atomic_t handled;

static void on_signal(int number)
{
    handled = number;
}

/* Blocked, let through while a call waits, and taken without a handler. */
static void waiting_for_signals(void)
{
    struct timespec none = {0, 0};
    sigset_t usr1, nothing, now;
    siginfo_t info;

    sigemptyset(&nothing);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    signal(SIGUSR1, on_signal);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    raise(SIGUSR1);
    CHECK(handled == 0);
    CHECK_FAILS(ppoll(NULL, 0, NULL, &nothing), EINTR);
    CHECK(handled == SIGUSR1);
    CHECK(sigprocmask(SIG_SETMASK, NULL, &now) == 0 && sigismember(&now, SIGUSR1));
    handled = 0;
    raise(SIGUSR1);
    CHECK_FAILS(pselect(0, NULL, NULL, NULL, NULL, &nothing), EINTR);
    CHECK(handled == SIGUSR1);
    handled = 0;
    CHECK_FAILS(sigtimedwait(&usr1, &info, &none), EAGAIN);
    kill(getpid(), SIGUSR1);
    CHECK(sigtimedwait(&usr1, &info, &none) == SIGUSR1);
    CHECK(info.si_code == SI_USER && info.si_pid == getpid());
    CHECK(sigprocmask(SIG_UNBLOCK, &usr1, NULL) == 0 && handled == 0);
}

static void ranges(void)
{
    int fd = open("data", O_RDONLY), memory = memfd_create("memory", 0);
    uid_t id[3] = {1, 1, 1};
    struct stat s;

    CHECK(readahead(fd, 4096, 4096) == 0);
    CHECK_FAILS(readahead(memory + 1, 0, 1), EBADF);
    CHECK(sync_file_range(fd, 0, 4096, SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER) == 0);
    CHECK_FAILS(sync_file_range(fd, 0, 4096, 8), EINVAL);
    CHECK_FAILS(sync_file_range(fd, -1, 4096, 0), EINVAL);
    CHECK(fallocate(memory, 0, 4000, 1000) == 0 && fstat(memory, &s) == 0 && s.st_size == 5000);
    CHECK_FAILS(fallocate(memory, 0, 0, 0), EINVAL);
    CHECK_FAILS(fallocate(fd, 0, 0, 1), EBADF);
    CHECK(getresuid(&id[0], &id[1], &id[2]) == 0 && id[0] == getuid() && id[2] == id[1]);
}

/* Of a program that has offsets of 31 bits, if there is such a one. */
static void large_files(void)
{
    int fd = open("large", O_RDWR | O_CREAT | O_LARGEFILE, 0644), small;
    struct stat64 s;

    CHECK(ftruncate64(fd, 1ll << 31) == 0);
    small = (int)syscall(SYS_openat, AT_FDCWD, "large", O_RDWR | O_TRUNC, 0);
    if (sizeof(long) == 4)
        CHECK(small == -1 && errno == EOVERFLOW && fstat64(fd, &s) == 0 && s.st_size == 1ll << 31);
    else
        CHECK(small >= 0 && fstat64(fd, &s) == 0 && s.st_size == 0);
    CHECK(unlink("large") == 0);
}

int main(int argc, char **argv)
{
    if (argc < 3 || chdir(argv[1]) != 0)
        return 2;
    reading();
    reading_into_fresh_memory();
    opening(argv[2]);
    attributes(argv[2]);
    directories();
    descriptors();
    odd_files();
    times_and_numbers();
    polling();
    selecting();
    waiting_for_signals();
    ranges();
    large_files();
    return check_summary();
}
