/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux_call_test.c - system calls end to end, from trap to result, against a scripted VM and
 * scripted servers: what they return, what they change, and that waiting anywhere changes
 * neither.
 */
#include "linux_world.h"
#include "linux_shape.h"

#include "node.h"

#include <stdio.h>

/* The port's numbers (tests/task/abi.c compares them with a compiler's). */
enum {
    CLOCK_NANOSLEEP = NR_clock_nanosleep,
    GETCWD = NR_getcwd,
    DUP = NR_dup,
    DUP3 = NR_dup3,
    FCNTL = NR_fcntl,
    IOCTL = NR_ioctl,
    MKDIRAT = NR_mkdirat,
    UNLINKAT = NR_unlinkat,
    FACCESSAT = NR_faccessat,
    CHDIR = NR_chdir,
    OPENAT = NR_openat,
    CLOSE = NR_close,
    GETDENTS = NR_getdents64,
    LSEEK = NR_lseek,
    READ = NR_read,
    WRITE = NR_write,
    READV = NR_readv,
    WRITEV = NR_writev,
    SENDFILE = NR_sendfile,
    PPOLL = NR_ppoll,
    READLINKAT = NR_readlinkat,
    NEWFSTATAT = NR_newfstatat,
    FSTAT = NR_fstat,
    UTIMENSAT = NR_utimensat,
    EXIT_GROUP = NR_exit_group,
    FUTEX = NR_futex,
    SET_ROBUST_LIST = NR_set_robust_list,
    CLOCK_GETTIME = NR_clock_gettime,
    KILL = NR_kill,
    TGKILL = NR_tgkill,
    SIGALTSTACK = NR_sigaltstack,
    SIGACTION = NR_rt_sigaction,
    SIGPROCMASK = NR_rt_sigprocmask,
    SIGRETURN = NR_rt_sigreturn,
    UNAME = NR_uname,
    PRCTL = NR_prctl,
    GETPID = NR_getpid,
    GETUID = NR_getuid,
    SYSINFO = NR_sysinfo,
    SOCKET = NR_socket,
    BRK = NR_brk,
    MUNMAP = NR_munmap,
    MREMAP = NR_mremap,
    CLONE = NR_clone,
    MPROTECT = NR_mprotect,
    MSYNC = NR_msync,
    MLOCK = NR_mlock,
    MINCORE = NR_mincore,
    MADVISE = NR_madvise,
    WAIT4 = NR_wait4,
    PRLIMIT = NR_prlimit64,
    GETRANDOM = NR_getrandom,
    MEMFD_CREATE = NR_memfd_create,
    FTRUNCATE = NR_ftruncate,
    STATX = NR_statx,
    LAST = 511,
};

static char data[20000];

/* A disk of a directory, a file, a link, a program. */
static void begin(void)
{
    static const struct world_file files[8] = {
        {"/", 040755, "", 0},
        {"/dir", 040755, "", 0},
        {"/dir/data", 0100644, data, sizeof(data)},
        {"/link", 0120777, "/dir/data", 9},
        {"/bin/prog", 0100755, data, sizeof(data)},
    };

    for (unsigned i = 0; i < sizeof(data); i++)
        data[i] = (char)(i * 7 + (i >> 8));
    memcpy(world_files, files, sizeof(files));
    world_begin();
}

static int64_t open_at(const char *path, unsigned flags)
{
    return CALL(OPENAT, LINUX_AT_FDCWD, world_text(0, path), flags, 0);
}

/* ---- results ---- */

TEST(call, unknown_and_missing_ones_are_named_once_each)
{
    char want[200];

    begin();
    CHECK_EQ(CALL(LAST, 0), -LINUX_ENOSYS);
    CHECK_EQ(CALL(LAST, 0), -LINUX_ENOSYS);
    CHECK_EQ(CALL(CLONE, 0), -LINUX_ENOSYS);
    CHECK_EQ(CALL(SET_ROBUST_LIST, 0), -LINUX_ENOSYS);
    CHECK_EQ(CALL(100000, 0), -LINUX_ENOSYS);
    snprintf(want, sizeof(want),
             "pid 5: call 511 (unknown) is not supported\n"
             "pid 5: call %u (clone) is not supported\n"
             "pid 5: call 100000 (unknown) is not supported\n",
             CLONE);
    CHECK_STR(world.log, want);
    CHECK_EQ(world.status.syscalls, 5);
}

TEST(call, simple_facts_about_the_program)
{
    begin();
    CHECK_EQ(CALL(GETPID, 0), 5);
    CHECK_EQ(CALL(GETUID, 0), 0);
    CHECK_EQ(CALL(WAIT4, -1, 0, 0, 0), -LINUX_ECHILD);
    CHECK_EQ(CALL(SOCKET, 2, 1, 0), -LINUX_EAFNOSUPPORT);
    CHECK_EQ(CALL(UNAME, BASE), 0);
    CHECK_STR(world_at(BASE), "Linux");
    CHECK_STR((char *)world_at(BASE) + 4 * 65, ABI_MACHINE);
    CHECK_EQ(CALL(UNAME, 8), -LINUX_EFAULT);
}

TEST(call, every_server_error_has_an_errno)
{
    begin();
    CHECK_EQ(result_of(ERR_OK), 0);
    CHECK_EQ(result_of(ERR_PENDING), RESULT_PARK);
    CHECK_EQ(result_of_vm(ERR_LIMIT), RESULT_KILL);
    CHECK_EQ(result_of(ERR_LIMIT), -LINUX_ENFILE);
    for (unsigned e = 1; e < ERR_COUNT; e++)
        if (e != ERR_PENDING)
            CHECK(result_of(e) < 0 && result_of(e) > -4096);
}

/* ---- files ---- */

TEST(file, is_read_through_its_descriptor)
{
    int64_t fd;

    begin();
    fd = open_at("/dir/data", 0);
    CHECK_EQ(fd, 3);
    CHECK_EQ(CALL(READ, fd, BASE + 4096, 100), 100);
    CHECK(memcmp(world_at(BASE + 4096), data, 100) == 0);
    CHECK_EQ(CALL(READ, fd, BASE + 4096, 100), 100);
    CHECK(memcmp(world_at(BASE + 4096), data + 100, 100) == 0);
    CHECK_EQ(read_at(fd, BASE + 4096, 50, 10000), 50);
    CHECK(memcmp(world_at(BASE + 4096), data + 10000, 50) == 0);
    CHECK_EQ(CALL(LSEEK, fd, 0, 1), 200);
    CHECK_EQ(CALL(LSEEK, fd, -10, 2), (int64_t)sizeof(data) - 10);
    CHECK_EQ(CALL(READ, fd, BASE + 4096, 100), 10);
    CHECK_EQ(CALL(READ, fd, BASE + 4096, 100), 0);
    CHECK_EQ(CALL(LSEEK, fd, -1, 0), -LINUX_EINVAL);
    CHECK_EQ(CALL(WRITE, fd, BASE, 1), -LINUX_EBADF);
    CHECK_EQ(CALL(CLOSE, fd), 0);
    CHECK_EQ(CALL(READ, fd, BASE, 1), -LINUX_EBADF);
    CHECK_EQ(CALL(CLOSE, fd), -LINUX_EBADF);
    CHECK_EQ(world.open_handles, 0);
}

TEST(file, read_costs_one_message_when_nothing_is_missing)
{
    int64_t fd;
    unsigned before;

    begin();
    fd = open_at("/dir/data", 0);
    before = world.file_calls;
    CHECK_EQ(CALL(READ, fd, BASE, 16384), 16384);
    CHECK_EQ(world.file_calls - before, 1);
}

TEST(file, read_of_its_tail_costs_one_message_too)
{
    int64_t fd;
    unsigned before;

    begin();
    fd = open_at("/dir/data", 0);
    CALL(LSEEK, fd, -10, 2);
    before = world.file_calls;
    CHECK_EQ(CALL(READ, fd, BASE, 4096), 10);
    CHECK_EQ(world.file_calls - before, 1);
}

/* The server gives less at a time when memory is short. */
TEST(file, read_goes_on_until_the_end_however_little_comes_at_a_time)
{
    int64_t fd;

    begin();
    fd = open_at("/dir/data", 0);
    world.file_room = 4096;
    CHECK_EQ(CALL(READ, fd, BASE, 40000), sizeof(data));
    CHECK(memcmp(world_at(BASE), data, sizeof(data)) == 0);
    CHECK_EQ(CALL(READ, fd, BASE, 40000), 0);
}

/* Whatever has to wait, and however often: the bytes and the result are the same. */
TEST(file, read_is_the_same_wherever_it_has_to_wait)
{
    for (unsigned waits = 0; waits < 8; waits++) {
        int64_t fd;

        begin();
        fd = open_at("/dir/data", 0);
        for (unsigned page = 1; page < 5; page += 2)
            world.mark[page] = PAGE_ABSENT;
        world.file_pending = waits & 3;
        world.vm_pending = waits >> 2;
        CHECK_EQ(CALL(READ, fd, BASE + 100, 5 * 4096), sizeof(data));
        CHECK(memcmp(world_at(BASE + 100), data, sizeof(data)) == 0);
        CHECK_EQ(CALL(READ, fd, BASE, 1), 0);
    }
}

TEST(file, read_into_forbidden_memory_stops_where_it_begins)
{
    int64_t fd;

    begin();
    fd = open_at("/dir/data", 0);
    world.mark[2] = PAGE_READ_ONLY;
    CHECK_EQ(CALL(READ, fd, BASE + 4096, 8192), 4096);
    CHECK_EQ(CALL(LSEEK, fd, 0, 1), 4096);
    CHECK_EQ(CALL(READ, fd, BASE + 8192, 10), -LINUX_EFAULT);
    CHECK_EQ(CALL(READ, fd, 8, 10), -LINUX_EFAULT);
    CHECK_EQ(CALL(READ, fd, ~0ull - 4, 10), -LINUX_EFAULT);
    CHECK_EQ(CALL(READ, fd, 8, 0), 0);
}

TEST(file, vectors_fill_one_piece_after_the_other)
{
    struct linux_iovec v[3] = {{BASE + 0x1000, 10}, {BASE + 0x3000, 0}, {BASE + 0x5ff0, 0x20}};
    int64_t fd;

    for (unsigned waits = 0; waits < 4; waits++) {
        begin();
        fd = open_at("/dir/data", 0);
        world.mark[6] = PAGE_ABSENT;
        world.vm_pending = waits;
        CHECK_EQ(CALL(READV, fd, world_put(0x100, v, sizeof(v)), 3), 0x2a);
        CHECK(memcmp(world_at(BASE + 0x1000), data, 10) == 0);
        CHECK(memcmp(world_at(BASE + 0x5ff0), data + 10, 0x20) == 0);
        CHECK_EQ(CALL(LSEEK, fd, 0, 1), 0x2a);
    }
    v[1].bytes = (abi_word_t)-1;
    CHECK_EQ(CALL(READV, fd, world_put(0x100, v, sizeof(v)), 3), -LINUX_EINVAL);
    CHECK_EQ(CALL(READV, fd, BASE, 1025), -LINUX_EINVAL);
    CHECK_EQ(CALL(READV, fd, 16, 1), -LINUX_EFAULT);
}

TEST(file, open_says_what_linux_says)
{
    begin();
    CHECK_EQ(open_at("/nothing", 0), -LINUX_ENOENT);
    CHECK_EQ(open_at("", 0), -LINUX_ENOENT);
    CHECK_EQ(CALL(OPENAT, LINUX_AT_FDCWD, 8, 0, 0), -LINUX_EFAULT);
    CHECK_EQ(CALL(OPENAT, 77, world_text(0, "x"), 0, 0), -LINUX_EBADF);
    CHECK_EQ(CALL(OPENAT, 1, world_text(0, "x"), 0, 0), -LINUX_ENOTDIR);
    CHECK_EQ(open_at("/nothing", LINUX_O_CREAT | LINUX_O_WRONLY), -LINUX_EROFS);
    CHECK_EQ(open_at("/dir/data", LINUX_O_WRONLY), -LINUX_EROFS);
    CHECK_EQ(open_at("/dir/data", LINUX_O_RDWR | LINUX_O_TRUNC), -LINUX_EROFS);
    CHECK_EQ(open_at("/dir", LINUX_O_RDWR), -LINUX_EISDIR);
    CHECK_EQ(open_at("/dir/data", ABI_O_DIRECTORY), -LINUX_ENOTDIR);
    CHECK_EQ(open_at("/link", ABI_O_NOFOLLOW), -LINUX_ELOOP);
    CHECK_EQ(open_at("/dir/data", LINUX_O_CREAT | LINUX_O_EXCL), -LINUX_EEXIST);
    CHECK_EQ(world.open_handles, 0);
    CHECK_EQ(open_at("/link", 0), 3);
}

TEST(file, names_are_seen_from_directories)
{
    int64_t fd;

    begin();
    fd = open_at("/dir", ABI_O_DIRECTORY);
    CHECK_EQ(CALL(OPENAT, fd, world_text(0, "data"), 0, 0), 4);
    CHECK_EQ(CALL(CHDIR, world_text(0, "dir")), 0);
    CHECK_EQ(open_at("data", 0), 5);
    CHECK_EQ(CALL(GETCWD, BASE, 100), 5);
    CHECK_STR(world_at(BASE), "/dir");
    CHECK_EQ(CALL(GETCWD, BASE, 4), -LINUX_ERANGE);
    CHECK_EQ(CALL(CHDIR, world_text(0, "/dir/data")), -LINUX_ENOTDIR);
    CHECK_EQ(CALL(CHDIR, world_text(0, "/")), 0);
    CHECK_EQ(open_at("data", 0), -LINUX_ENOENT);
}

TEST(file, a_path_too_long_is_refused)
{
    begin();
    memset(world_at(BASE), 'a', 5000);
    CHECK_EQ(CALL(OPENAT, LINUX_AT_FDCWD, BASE, 0, 0), -LINUX_ENAMETOOLONG);
}

TEST(file, attributes_come_by_name_and_by_descriptor)
{
    struct abi_stat *s;
    struct linux_statx *x;

    begin();
    CHECK_EQ(CALL(NEWFSTATAT, LINUX_AT_FDCWD, world_text(0, "/link"), BASE + 4096, 0), 0);
    s = world_at(BASE + 4096);
    CHECK_EQ(s->mode, 0100644);
    CHECK_EQ(s->size, sizeof(data));
    CHECK_EQ(CALL(NEWFSTATAT, LINUX_AT_FDCWD, BASE, BASE + 4096, LINUX_AT_SYMLINK_NOFOLLOW), 0);
    CHECK_EQ(s->mode, 0120777);
    CHECK_EQ(CALL(NEWFSTATAT, 1, world_text(0, ""), BASE + 4096, LINUX_AT_EMPTY_PATH), 0);
    CHECK_EQ(s->mode, LINUX_S_IFIFO | 0600);
    CHECK_EQ(CALL(FSTAT, 9, BASE + 4096), -LINUX_EBADF);
    CHECK_EQ(CALL(STATX, LINUX_AT_FDCWD, world_text(0, "/dir/data"), 0, 0x7ff, BASE + 4096), 0);
    x = world_at(BASE + 4096);
    CHECK_EQ(x->size, sizeof(data));
    CHECK_EQ(CALL(NEWFSTATAT, LINUX_AT_FDCWD, BASE, BASE + 4096, 1), -LINUX_EINVAL);
    CHECK_EQ(CALL(NEWFSTATAT, LINUX_AT_FDCWD, BASE, 16, 0), -LINUX_EFAULT);
    CHECK_EQ(world.open_handles, 0);
}

TEST(file, access_and_links)
{
    begin();
    CHECK_EQ(CALL(FACCESSAT, LINUX_AT_FDCWD, world_text(0, "/dir/data"), 4), 0);
    CHECK_EQ(CALL(FACCESSAT, LINUX_AT_FDCWD, BASE, 1), -LINUX_EACCES);
    CHECK_EQ(CALL(FACCESSAT, LINUX_AT_FDCWD, BASE, 2), -LINUX_EROFS);
    CHECK_EQ(CALL(FACCESSAT, LINUX_AT_FDCWD, world_text(0, "/bin/prog"), 1), 0);
    CHECK_EQ(CALL(FACCESSAT, LINUX_AT_FDCWD, BASE, 8), -LINUX_EINVAL);
    CHECK_EQ(CALL(READLINKAT, LINUX_AT_FDCWD, world_text(0, "/link"), BASE + 4096, 100), 9);
    CHECK(memcmp(world_at(BASE + 4096), "/dir/data", 9) == 0);
    CHECK_EQ(CALL(READLINKAT, LINUX_AT_FDCWD, BASE, BASE + 4096, 4), 4);
    CHECK_EQ(CALL(READLINKAT, LINUX_AT_FDCWD, world_text(0, "/dir"), BASE, 4), -LINUX_EINVAL);
    CHECK_EQ(CALL(READLINKAT, LINUX_AT_FDCWD, world_text(0, "/proc/self/exe"), BASE + 99, 50), 9);
    CHECK(memcmp(world_at(BASE + 99), "/bin/prog", 9) == 0);
}

TEST(file, what_would_change_the_disk_is_refused)
{
    begin();
    CHECK_EQ(CALL(UNLINKAT, LINUX_AT_FDCWD, world_text(0, "/dir/data"), 0), -LINUX_EROFS);
    CHECK_EQ(CALL(MKDIRAT, LINUX_AT_FDCWD, world_text(0, "/new"), 0755), -LINUX_EROFS);
    CHECK_EQ(CALL(UNLINKAT, LINUX_AT_FDCWD, 8, 0), -LINUX_EFAULT);
    CHECK_EQ(CALL(UTIMENSAT, 77, 0, 0, 0), -LINUX_EBADF);
}

TEST(file, descriptors_are_duplicated_and_controlled)
{
    int64_t fd;

    begin();
    fd = open_at("/dir/data", LINUX_O_CLOEXEC);
    CHECK_EQ(CALL(FCNTL, fd, LINUX_F_GETFD, 0), 1);
    CHECK_EQ(CALL(DUP, fd), 4);
    CHECK_EQ(CALL(FCNTL, 4, LINUX_F_GETFD, 0), 0);
    CHECK_EQ(CALL(FCNTL, fd, LINUX_F_DUPFD_CLOEXEC, 10), 10);
    CHECK_EQ(CALL(DUP3, fd, 4, 0), 4);
    CHECK_EQ(CALL(DUP3, fd, fd, 0), -LINUX_EINVAL);
    CHECK_EQ(CALL(DUP3, fd, FDS, 0), -LINUX_EBADF);
    CHECK_EQ(CALL(FCNTL, fd, LINUX_F_DUPFD, FDS), -LINUX_EINVAL);
    CHECK_EQ(CALL(FCNTL, 1, LINUX_F_GETFL, 0), LINUX_O_WRONLY);
    CHECK_EQ(CALL(FCNTL, 1, LINUX_F_SETFL, LINUX_O_NONBLOCK | LINUX_O_RDWR), 0);
    CHECK_EQ(CALL(FCNTL, 1, LINUX_F_GETFL, 0), LINUX_O_WRONLY | LINUX_O_NONBLOCK);
    CHECK_EQ(CALL(IOCTL, 1, 0x5401, BASE), -LINUX_ENOTTY);
    CHECK_EQ(CALL(IOCTL, 77, 0x5401, BASE), -LINUX_EBADF);
    CALL(CLOSE, fd);
    CALL(CLOSE, 4);
    CHECK_EQ(world.open_handles, 1);
    CALL(CLOSE, 10);
    CHECK_EQ(world.open_handles, 0);
}

TEST(file, lists_directories_of_the_disk_and_our_own)
{
    struct linux_dirent *d;
    int64_t fd, bytes;
    bool self = false, dot = false;

    begin();
    fd = open_at("/dir", ABI_O_DIRECTORY);
    CHECK_EQ(CALL(GETDENTS, fd, BASE + 4096, 1000), 5);
    CHECK_EQ(CALL(GETDENTS, 1, BASE, 1000), -LINUX_ENOTDIR);
    CHECK_EQ(CALL(GETDENTS, fd, 8, 1000), -LINUX_EFAULT);
    fd = open_at("/proc", ABI_O_DIRECTORY);
    while ((bytes = CALL(GETDENTS, fd, BASE + 4096, 64)) > 0)
        for (int64_t at = 0; at < bytes; at += d->bytes) {
            d = world_at(BASE + 4096 + (uint64_t)at);
            self |= strcmp(d->name, "5") == 0 && d->type == LINUX_DT_DIR;
            dot |= strcmp(d->name, ".") == 0;
        }
    CHECK_EQ(bytes, 0);
    CHECK(self && dot);
}

/* ---- our own files ---- */

TEST(node, devices_do_what_they_are_for)
{
    int64_t fd;
    char *at;

    begin();
    at = world_at(BASE + 4096);
    fd = open_at("/dev/zero", LINUX_O_RDWR);
    memset(at, 1, 10000);
    CHECK_EQ(CALL(READ, fd, BASE + 4096, 9000), 9000);
    CHECK(at[0] == 0 && at[8999] == 0 && at[9000] == 1);
    CHECK_EQ(CALL(WRITE, open_at("/dev/null", LINUX_O_WRONLY), BASE, 77), 77);
    CHECK_EQ(CALL(READ, open_at("/dev/null", 0), BASE, 77), 0);
    CHECK_EQ(CALL(WRITE, open_at("/dev/full", LINUX_O_WRONLY), BASE, 1), -LINUX_ENOSPC);
    CHECK_EQ(CALL(READ, open_at("/dev/urandom", 0), BASE + 4096, 5000), 5000);
    CHECK(memcmp(at, at + 2500, 2500) != 0);
    CHECK_EQ(open_at("/dev/null", LINUX_O_CREAT | LINUX_O_TRUNC | LINUX_O_WRONLY), 8);
}

TEST(node, proc_is_made_of_text)
{
    int64_t fd;
    char *at;

    begin();
    at = world_at(BASE + 4096);
    fd = open_at("/proc/meminfo", 0);
    memset(at, 0, 200);
    CHECK_EQ(CALL(READ, fd, BASE + 4096, 3), 3);
    CHECK_EQ(CALL(READ, fd, BASE + 4099, 100), 4);
    CHECK_EQ(CALL(READ, fd, BASE + 4096, 100), 0);
    CHECK_STR(at, "text 0\n");
    CHECK_EQ(CALL(READ, open_at("/proc/5/cmdline", 0), BASE + 4096, 100), 14);
    CHECK(memcmp(at, "/bin/prog\0one\0", 14) == 0);
    CHECK(CALL(READ, open_at("/proc/self/maps", 0), BASE + 4096, 4000) > 0);
    CHECK(strncmp(at, "00010000-00012000 r-xp 00000000 00:01 7          /bin/prog\n", 50) == 0);
    CHECK(CALL(READ, open_at("/proc/self/stat", 0), BASE + 4096, 4000) > 0);
    CHECK(strncmp(at, "5 (prog) R 1 5 5 ", 17) == 0);
    CHECK_EQ(open_at("/proc/6/stat", 0), -LINUX_ENOENT);
    CHECK_EQ(open_at("/proc/55", 0), -LINUX_ENOENT);
    CHECK_EQ(open_at("/proc/self/status", LINUX_O_RDWR), -LINUX_EACCES);
    CHECK_EQ(open_at("/proc/self/exe", 0), 7);
    CHECK_EQ(CALL(CHDIR, world_text(0, "/proc/self")), 0);
    CHECK(open_at("status", 0) > 0);
    CHECK(open_at("../meminfo", 0) > 0);
    CHECK(open_at("../../dir/data", 0) > 0);
}

TEST(node, every_text_may_be_read_byte_by_byte)
{
    for (int node = 0; node < NODE_COUNT; node++) {
        static char whole[4096], single[2];
        size_t bytes;

        begin();
        bytes = proc_text(&world.task, node, 0, whole, sizeof(whole));
        for (size_t i = 0; i <= bytes; i++) {
            CHECK_EQ(proc_text(&world.task, node, i, single, 1), i < bytes ? 1 : 0);
            CHECK(i == bytes || single[0] == whole[i]);
        }
    }
}

/* ---- the console ---- */

TEST(console, carries_whole_writes_however_small_its_pieces)
{
    for (unsigned room = 1; room < 5000; room = room * 3 + 1) {
        begin();
        world.output_room = room;
        world.mark[2] = PAGE_ABSENT;
        memcpy(world_at(BASE + 0x1000), data, 6000);
        CHECK_EQ(CALL(WRITE, 1, BASE + 0x1000, room < 100 ? 90 : 6000), room < 100 ? 90 : 6000);
        CHECK_EQ(world.output_bytes[1], room < 100 ? 90 : 6000);
        CHECK(memcmp(world.output[1], data, world.output_bytes[1]) == 0);
    }
}

TEST(console, write_costs_one_message)
{
    begin();
    CHECK_EQ(CALL(WRITE, 2, BASE, 100), 100);
    CHECK_EQ(world.process_calls, 1);
    CHECK_EQ(world.output_bytes[2], 100);
    CHECK_EQ(CALL(WRITE, 0, BASE, 1), -LINUX_EBADF);
    CHECK_EQ(CALL(WRITE, 1, 8, 1), -LINUX_EFAULT);
    CHECK_EQ(CALL(LSEEK, 1, 0, 0), -LINUX_ESPIPE);
}

TEST(console, input_comes_as_it_is_there_and_ends)
{
    const uint64_t arg[6] = {0, BASE, 100};

    begin();
    CHECK_EQ(world_try(READ, arg, false), EVENT_PARK);
    CHECK_EQ(world_try(READ, arg, true), EVENT_PARK);
    world.input = "hello";
    CHECK_EQ(world_try(READ, arg, true), EVENT_ANSWER);
    CHECK_EQ(world_event.word[0], 5);
    CHECK(memcmp(world_at(BASE), "hello", 5) == 0);
    world.input_ended = true;
    CHECK_EQ(CALL(READ, 0, BASE, 100), 0);
}

TEST(console, poll_waits_for_input_or_the_time)
{
    struct {
        int32_t fd;
        int16_t events, revents;
    } f[2] = {{0, 1, 0}, {1, 1, 0}};
    struct linux_timespec t = {1, 0};
    uint64_t arg[6] = {0, 2, 0, 0, 8};

    begin();
    arg[0] = world_put(0, f, sizeof(f));
    CHECK_EQ(world_try(PPOLL, arg, false), EVENT_PARK);
    world.input = "x";
    CHECK_EQ(world_try(PPOLL, arg, true), EVENT_ANSWER);
    CHECK_EQ(world_event.word[0], 1);
    world.input = NULL;
    arg[2] = world_put(64, &t, sizeof(t));
    CHECK_EQ(world_try(PPOLL, arg, false), EVENT_PARK);
    CHECK_EQ(world.task.deadline, 1000000000);
    world.now = 1000000000;
    CHECK_EQ(world_try(PPOLL, arg, true), EVENT_ANSWER);
    CHECK_EQ(world_event.word[0], 0);
}

TEST(console, sendfile_moves_a_file_there)
{
    int64_t fd;

    for (unsigned waits = 0; waits < 6; waits++) {
        begin();
        fd = open_at("/dir/data", 0);
        world.output_room = waits & 1 ? 1000 : sizeof(world.output[0]);
        world.file_pending = waits >> 1;
        CHECK_EQ(CALL(SENDFILE, 1, fd, 0, 1 << 24), sizeof(data));
        CHECK_EQ(world.output_bytes[1], sizeof(data));
        CHECK(memcmp(world.output[1], data, sizeof(data)) == 0);
        CHECK_EQ(CALL(LSEEK, fd, 0, 1), sizeof(data));
        CHECK_EQ(CALL(SENDFILE, 1, fd, 0, 1 << 24), 0);
    }
    world_put(0, &(uint64_t){19990}, 8);
    CHECK_EQ(CALL(SENDFILE, 1, fd, BASE, 100), 10);
    CHECK_EQ(*(uint64_t *)world_at(BASE), 20000);
    CHECK_EQ(CALL(SENDFILE, 1, 0, 0, 100), -LINUX_EINVAL);
}

/* ---- memory ---- */

TEST(memory, mmap_says_what_linux_says)
{
    const unsigned anonymous = LINUX_MAP_PRIVATE | LINUX_MAP_ANONYMOUS;
    int64_t fd;

    begin();
    CHECK_EQ(map(0, 4096, 3, anonymous, -1, 0), BASE + 60 * PAGE_SIZE);
    CHECK_EQ(world.mapped.rights, VM_READ | VM_WRITE);
    CHECK_EQ(map(0, 0, 3, anonymous, -1, 0), -LINUX_EINVAL);
    CHECK_EQ(map(0, ~0ull, 3, anonymous, -1, 0), -LINUX_ENOMEM);
    CHECK_EQ(map(0, 4096, 3, LINUX_MAP_ANONYMOUS, -1, 0), -LINUX_EINVAL);
    CHECK_EQ(map(0, 4096, 1, LINUX_MAP_PRIVATE, 9999, 0), -LINUX_EBADF);
    CHECK_EQ(map(0, 4096, 1, LINUX_MAP_PRIVATE, 0, 0), -LINUX_ENODEV);
    CHECK_EQ(map(0, 4096, 1, LINUX_MAP_PRIVATE, 1, 0), -LINUX_EACCES);
    CHECK_EQ(map(0, 4096, 3, LINUX_MAP_SHARED | LINUX_MAP_ANONYMOUS, -1, 0), BASE + 60 * PAGE_SIZE);
    CHECK_EQ(world.mapped.flags & VM_SHARED, VM_SHARED);

    fd = open_at("/dir/data", 0);
    if (ABI_WORD_BITS == 64) /* else it cannot be said */
        CHECK_EQ(map(0, 4096, 1, LINUX_MAP_PRIVATE, fd, 100), -LINUX_EINVAL);
    CHECK_EQ(map(0, 4096, 3, LINUX_MAP_SHARED, fd, 0), -LINUX_EACCES);
    CHECK_EQ(world.open_handles, 1);
    CHECK_EQ(map(0, 4096, 3, LINUX_MAP_PRIVATE, fd, 4096), BASE + 60 * PAGE_SIZE);
    CHECK_EQ(world.open_handles, 2); /* the mapping has one of its own */
    CHECK_EQ(world.mapped.offset, 4096);
    CHECK(world.mapped.handle != VM_ANONYMOUS);

    world.map_answer = ERR_NO_MEMORY;
    CHECK_EQ(map(0, 4096, 3, LINUX_MAP_PRIVATE, fd, 0), -LINUX_ENOMEM);
    CHECK_EQ(world.open_handles, 2);
    world.map_answer = ERR_EXISTS;
    CHECK_EQ(map(BASE, 4096, 3, anonymous | LINUX_MAP_FIXED_NOREPLACE, -1, 0), -LINUX_EEXIST);
}

TEST(memory, running_out_of_it_ends_the_program)
{
    begin();
    world.map_answer = ERR_LIMIT;
    EXPECT_END(map(0, 4096, 3, LINUX_MAP_PRIVATE | LINUX_MAP_ANONYMOUS, -1, 0));
    CHECK_EQ(world.end_kind, PROCESS_SIGNAL);
    CHECK_EQ(world.end_code, LINUX_SIGKILL);
}

TEST(memory, the_other_calls_check_before_they_act)
{
    begin();
    CHECK_EQ(CALL(BRK, 0x77000), 0x77000);
    CHECK_EQ(CALL(MUNMAP, BASE + 1, 4096), -LINUX_EINVAL);
    CHECK_EQ(CALL(MUNMAP, BASE, 4096), 0);
    CHECK_EQ(CALL(MPROTECT, BASE + 1, 4096, 1), -LINUX_EINVAL);
    CHECK_EQ(CALL(MPROTECT, BASE, 0, 1), 0);
    CHECK_EQ(CALL(MPROTECT, 0x1000, 4096, 1), -LINUX_ENOMEM);
    CHECK_EQ(CALL(MPROTECT, BASE, 4096, 0x100), -LINUX_EINVAL);
    CHECK_EQ(CALL(MREMAP, BASE, 4096, 8192, 0, 0), -LINUX_ENOMEM);
    CHECK_EQ(CALL(MREMAP, BASE, 4096, 8192, 1, 0), BASE);
    CHECK_EQ(CALL(MREMAP, BASE, 4096, 8192, 2, 0), -LINUX_EINVAL);
    CHECK_EQ(CALL(MREMAP, BASE, 4096, 8192, 3, BASE + 0x8000), BASE + 0x8000);
    CHECK_EQ(CALL(MREMAP, BASE, 4096, 0, 1, 0), -LINUX_EINVAL);
    CHECK_EQ(CALL(MADVISE, BASE, 4096, 4), 0);
    CHECK_EQ(world.dropped, 1);
    CHECK_EQ(CALL(MADVISE, BASE, 4096, 9999), -LINUX_EINVAL);
    CHECK_EQ(CALL(MADVISE, BASE + 1, 4096, 4), -LINUX_EINVAL);
    CHECK_EQ(CALL(MSYNC, BASE, 4096, 4), 0);
    CHECK_EQ(CALL(MSYNC, BASE, 4096, 5), -LINUX_EINVAL);
    CHECK_EQ(CALL(MLOCK, BASE + 100, 4096), 0);
    CHECK_EQ(world.mapped.address, BASE);
    world.mark[3] = PAGE_ABSENT;
    CHECK_EQ(CALL(MINCORE, BASE + 0x2000, 0x2000, BASE), 0);
    CHECK_EQ(((char *)world_at(BASE))[0], 1);
    CHECK_EQ(((char *)world_at(BASE))[1], 0);
    CHECK_EQ(CALL(MINCORE, BASE + 1, 4096, BASE), -LINUX_EINVAL);
}

TEST(memory, limits_are_kept_and_reach_the_vm)
{
    uint64_t limit[2] = {1 << 20, 2 << 20};

    begin();
    world_put(0, limit, sizeof(limit));
    CHECK_EQ(CALL(PRLIMIT, 0, 9, BASE, BASE + 64), 0);
    CHECK_EQ(world.limit_space, 1 << 20);
    CHECK_EQ(*(uint64_t *)world_at(BASE + 64), ~0ull);
    CHECK_EQ(CALL(PRLIMIT, 0, 9, 0, BASE + 64), 0);
    CHECK_EQ(*(uint64_t *)world_at(BASE + 64), 1 << 20);
    CHECK_EQ(CALL(PRLIMIT, 0, 16, 0, BASE), -LINUX_EINVAL);
    CHECK_EQ(CALL(PRLIMIT, 6, 9, 0, BASE), -LINUX_ESRCH);
    limit[0] = 3 << 20;
    world_put(0, limit, sizeof(limit));
    CHECK_EQ(CALL(PRLIMIT, 0, 9, BASE, 0), -LINUX_EINVAL);
}

/* ---- time ---- */

TEST(time, sleeping_parks_until_the_moment)
{
    struct linux_timespec t = {2, 5};
    uint64_t arg[6] = {1};

    begin();
    world.now = 100;
    arg[2] = world_put(0, &t, sizeof(t));
    CHECK_EQ(world_try(CLOCK_NANOSLEEP, arg, false), EVENT_PARK);
    CHECK_EQ(world.task.deadline, 2000000105);
    world.now = 2000000104;
    CHECK_EQ(world_try(CLOCK_NANOSLEEP, arg, true), EVENT_PARK);
    CHECK_EQ(world.task.deadline, 2000000105);
    world.now = 2000000105;
    CHECK_EQ(world_try(CLOCK_NANOSLEEP, arg, true), EVENT_ANSWER);
    CHECK_EQ(world_event.word[0], 0);
    t.nanoseconds = 1000000000;
    world_put(0, &t, sizeof(t));
    CHECK_EQ(CALL(CLOCK_NANOSLEEP, 1, 0, BASE, 0), -LINUX_EINVAL);
}

TEST(time, clocks_tell_it)
{
    struct linux_timespec *t;

    begin();
    world.now = 3000000007;
    world.person.epoch = 1000;
    t = world_at(BASE);
    CHECK_EQ(CALL(CLOCK_GETTIME, 0, BASE), 0);
    CHECK_EQ(t->seconds, 1003);
    CHECK_EQ(CALL(CLOCK_GETTIME, 1, BASE), 0);
    CHECK_EQ(t->seconds, 3);
    CHECK_EQ(t->nanoseconds, 7);
    CHECK_EQ(CALL(CLOCK_GETTIME, 2, BASE), 0);
    CHECK_EQ(t->seconds, 2);
    CHECK_EQ(CALL(CLOCK_GETTIME, 99, BASE), -LINUX_EINVAL);
}

TEST(time, a_futex_alone_finds_nobody)
{
    struct linux_timespec t = {1, 0};
    uint32_t value = 7;

    begin();
    world_put(0, &value, 4);
    world_put(64, &t, sizeof(t));
    CHECK_EQ(CALL(FUTEX, BASE, 0x80, 8, 0), -LINUX_EAGAIN);
    CHECK_EQ(CALL(FUTEX, BASE, 0x81, 1, 0), 0);
    CHECK_EQ(CALL(FUTEX, BASE + 1, 0x80, 7, 0), -LINUX_EINVAL);
    CHECK_EQ(world_try(FUTEX, (const uint64_t[6]){BASE, 0x80, 7, BASE + 64}, false), EVENT_PARK);
    world.now = 1000000000;
    CHECK_EQ(world_try(FUTEX, (const uint64_t[6]){BASE, 0x80, 7, BASE + 64}, true), EVENT_ANSWER);
    CHECK_EQ((int64_t)world_event.word[0], -LINUX_ETIMEDOUT);
}

/* ---- signals ---- */

static void handler_set(unsigned number, uint64_t flags)
{
    struct abi_action action = {.handler = 0x44440, .flags = flags};

    CHECK_EQ(CALL(SIGACTION, number, world_put(0, &action, sizeof(action)), 0, 8), 0);
}

TEST(signals, of_a_fault_enters_the_handler_and_comes_back)
{
    const struct abi_frame *frame;
    uint64_t before[REG_COUNT];

    begin();
    handler_set(LINUX_SIGSEGV, LINUX_SA_SIGINFO);
    CHECK_EQ(world.mapped.rights, VM_READ | VM_EXECUTE); /* the way back */
    for (unsigned i = 3; i < REG_COUNT; i++)
        if (i != REG_SP && i != REG_IP)
            world.reg[i] = i;
    memcpy(before, world.reg, sizeof(before));

    CHECK_EQ(world_fault(VM_SIGNAL_FORBIDDEN, 0x1234), EVENT_ANSWER);

    CHECK_EQ(world_event.info, INFO_AS_IS);
    CHECK_EQ(world.reg[REG_IP], 0x44440);
    CHECK_EQ(world.reg[REG_ARG(0)], LINUX_SIGSEGV);
    frame = world_at(world.reg[REG_SP]);
    CHECK_EQ(frame->info.code, LINUX_SEGV_ACCERR);
    CHECK_EQ(frame->info.address, 0x1234);
    CHECK_EQ(frame->reg[REG_IP], before[REG_IP]);

    CHECK_EQ(world_try(SIGRETURN, (const uint64_t[6]){0}, false), EVENT_ANSWER);
    CHECK_EQ(world_event.info, INFO_AS_IS);
    CHECK(memcmp(world.reg, before, sizeof(before)) == 0);
}

TEST(signals, of_a_fault_without_a_handler_ends_the_program_and_says_why)
{
    begin();
    EXPECT_END(world_fault(VM_SIGNAL_NOTHING_THERE, 0));
    CHECK_EQ(world.end_kind, PROCESS_SIGNAL);
    CHECK_EQ(world.end_code, LINUX_SIGSEGV);
    CHECK_STR(world.log, "pid 5 (prog) dies of signal 11: nothing is mapped at 0x0, ip 0x10100\n");

    begin();
    EXPECT_END(world_fault(VM_SIGNAL_PAST_END, 0x5000));
    CHECK_EQ(world.end_code, LINUX_SIGBUS);
    begin();
    EXPECT_END(world_fault(VM_SIGNAL_EXCEPTION, 0));
    CHECK_EQ(world.end_code, LINUX_SIGILL);
    begin();
    handler_set(LINUX_SIGSEGV, 0);
    EXPECT_END(world_fault(VM_SIGNAL_NO_MEMORY, 0));
    CHECK_EQ(world.end_code, LINUX_SIGKILL);
}

TEST(signals, without_room_on_the_stack_end_the_program_unless_there_is_another)
{
    struct abi_stack stack = {.sp = BASE + 0x8000, .size = 0x4000};

    begin();
    handler_set(LINUX_SIGSEGV, LINUX_SA_ONSTACK);
    world.reg[REG_SP] = 0x1000;
    EXPECT_END(world_fault(VM_SIGNAL_NOTHING_THERE, 0xff8));
    CHECK_EQ(world.end_code, LINUX_SIGSEGV);

    begin();
    handler_set(LINUX_SIGSEGV, LINUX_SA_ONSTACK);
    CHECK_EQ(CALL(SIGALTSTACK, world_put(0, &stack, sizeof(stack)), 0), 0);
    world.reg[REG_SP] = 0x1000;
    CHECK_EQ(world_fault(VM_SIGNAL_NOTHING_THERE, 0xff8), EVENT_ANSWER);
    CHECK(world.reg[REG_SP] > BASE + 0x8000 && world.reg[REG_SP] < BASE + 0xc000);
    CHECK_EQ(CALL(SIGALTSTACK, BASE, 0), -LINUX_EPERM);
    stack.size = 100;
    world.reg[REG_SP] = SP;
    CHECK_EQ(CALL(SIGALTSTACK, world_put(0, &stack, sizeof(stack)), 0), -LINUX_ENOMEM);
}

TEST(signals, sent_to_oneself_arrive_behind_the_call_that_sent_them)
{
    begin();
    handler_set(LINUX_SIGUSR1, LINUX_SA_SIGINFO);
    for (unsigned waits = 0; waits < 3; waits++) {
        const struct abi_frame *frame;
        uint64_t ip = world.reg[REG_IP];

        world.vm_pending = waits;
        CHECK_EQ(CALL(KILL, 5, LINUX_SIGUSR1), 0);
        CHECK_EQ(world_event.info, INFO_AS_IS);
        CHECK_EQ(world.reg[REG_IP], 0x44440);
        frame = world_at(world.reg[REG_SP]);
        CHECK_EQ(frame->info.code, LINUX_SI_USER);
        CHECK_EQ(frame->info.from.pid, 5);
        CHECK_EQ(frame->reg[REG_IP], ip);
        CHECK_EQ(frame->reg[REG_RESULT], 0);
        world_try(SIGRETURN, (const uint64_t[6]){0}, false);
        CHECK_EQ(world.reg[REG_IP], ip);
    }
}

TEST(signals, that_are_fatal_end_the_program)
{
    begin();
    EXPECT_END(CALL(TGKILL, 5, 5, LINUX_SIGABRT));
    CHECK_EQ(world.end_kind, PROCESS_SIGNAL);
    CHECK_EQ(world.end_code, LINUX_SIGABRT);
    CHECK_EQ(CALL(KILL, 6, 9), -LINUX_ESRCH);
    CHECK_EQ(CALL(KILL, 5, 65), -LINUX_EINVAL);
    CHECK_EQ(CALL(KILL, 5, 0), 0);
}

TEST(signals, wait_for_the_mask)
{
    uint64_t set = SIGNAL_BIT(LINUX_SIGUSR1), *old;

    begin();
    handler_set(LINUX_SIGUSR1, 0);
    world_put(64, &set, sizeof(set));
    CHECK_EQ(CALL(SIGPROCMASK, LINUX_SIG_BLOCK, BASE + 64, 0, 8), 0);
    CHECK_EQ(CALL(KILL, 5, LINUX_SIGUSR1), 0);
    CHECK_EQ(world_event.info, 0);
    CHECK_EQ(CALL(SIGPROCMASK, LINUX_SIG_UNBLOCK, BASE + 64, BASE + 128, 8), 0);
    old = world_at(BASE + 128);
    CHECK_EQ(*old, set);
    CHECK_EQ(world_event.info, INFO_AS_IS);
    CHECK_EQ(CALL(SIGPROCMASK, 3, BASE + 64, 0, 8), -LINUX_EINVAL);
    CHECK_EQ(CALL(SIGPROCMASK, 0, 0, 0, 16), -LINUX_EINVAL);
    CHECK_EQ(CALL(SIGACTION, LINUX_SIGKILL, BASE, 0, 8), -LINUX_EINVAL);
    CHECK_EQ(CALL(SIGACTION, 65, 0, 0, 8), -LINUX_EINVAL);
}

/* ---- the end ---- */

TEST(call, exit_tells_the_low_byte)
{
    begin();
    EXPECT_END(CALL(EXIT_GROUP, 0x103));
    CHECK_EQ(world.end_kind, PROCESS_EXITED);
    CHECK_EQ(world.end_code, 3);
}

TEST(call, names_and_random_numbers)
{
    begin();
    CHECK_EQ(CALL(PRCTL, 15, world_text(0, "a-name-that-is-too-long")), 0);
    CHECK_EQ(CALL(PRCTL, 16, BASE + 64), 0);
    CHECK_STR(world_at(BASE + 64), "a-name-that-is-");
    CHECK_EQ(CALL(PRCTL, 99, 0), -LINUX_EINVAL);
    CHECK_EQ(CALL(GETRANDOM, BASE, 5000, 0), 5000);
    CHECK_EQ(CALL(GETRANDOM, BASE, 5000, 8), -LINUX_EINVAL);
    CHECK_EQ(CALL(GETRANDOM, 8, 16, 0), -LINUX_EFAULT);
    CHECK_EQ(CALL(SYSINFO, BASE), 0);
    CHECK_EQ(*(abi_word_t *)world_at(BASE + 4 * sizeof(abi_word_t)), 1000 * PAGE_SIZE);
}

static void try_or_end(unsigned number, const uint64_t arg[6])
{
    if (setjmp(world.end) == 0)
        world_try(number, arg, false);
}

/* Nonsense in every argument of every call: an answer, and no access outside the memory. */
TEST(call, survives_arbitrary_arguments)
{
    static const uint64_t odd[] = {
        0,        1,          2,          3,    4,   BASE,  BASE + 4095, BASE + 8184,
        BASE - 1, 0x7fffffff, 0xffffffff, 4096, 100, ~0ull, 1ull << 63,  ~0ull - 4095};
    uint64_t seed = 1;

    for (unsigned number = 0; number < LAST; number++)
        for (unsigned round = 0; round < 40; round++) {
            uint64_t arg[6];

            begin();
            for (unsigned i = 0; i < 6; i++) {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                arg[i] = odd[(seed >> 33) % (sizeof(odd) / sizeof(odd[0]))];
            }
            world.mark[0] = round % 3 ? PAGE_THERE : PAGE_READ_ONLY;
            world.mark[2] = round % 2 ? PAGE_THERE : PAGE_HOLE;
            try_or_end(number, arg);
        }
}

/* ---- files that are memory ---- */

static int64_t cut(int64_t fd, uint64_t bytes)
{
    return ABI_WORD_BITS == 64 ? CALL(FTRUNCATE, fd, bytes)
                               : CALL(FTRUNCATE, fd, 0, (uint32_t)bytes, bytes >> 32);
}

TEST(memfd, is_read_and_written_whatever_has_to_wait)
{
    int64_t fd;

    begin();
    fd = CALL(MEMFD_CREATE, world_text(0, "name"), 0);
    CHECK_EQ(fd, 3);
    for (unsigned i = 0; i < 3 * PAGE_SIZE; i++)
        world.memory[PAGE_SIZE + i] = (uint8_t)(i * 3);
    world.vm_pending = 3;
    CHECK_EQ(CALL(WRITE, fd, BASE + PAGE_SIZE, 3 * PAGE_SIZE), 3 * PAGE_SIZE);
    CHECK_EQ(CALL(LSEEK, fd, 0, 1), 3 * PAGE_SIZE);
    CHECK_EQ(CALL(LSEEK, fd, -5000, 2), 3 * PAGE_SIZE - 5000);
    world.vm_pending = 3;
    CHECK_EQ(CALL(READ, fd, BASE + 10 * PAGE_SIZE, 3 * PAGE_SIZE), 5000);
    CHECK_EQ(memcmp(world.memory + 10 * PAGE_SIZE, world.memory + 4 * PAGE_SIZE - 5000, 5000), 0);
    CHECK_EQ(CALL(READ, fd, BASE, 1), 0);
    world.vm_pending = 1;
    CHECK_EQ(cut(fd, PAGE_SIZE - 1), 0);
    CHECK_EQ(cut(fd, PAGE_SIZE + 1), 0);
    CHECK_EQ(CALL(LSEEK, fd, PAGE_SIZE - 1, 0), PAGE_SIZE - 1);
    CHECK_EQ(CALL(READ, fd, BASE, 10), 2);
    CHECK_EQ(world.memory[0] + world.memory[1], 0);
    CHECK_EQ(CALL(CLOSE, fd), 0);
    CHECK_EQ(world.objects, 0);
}

TEST(memfd, grows_by_what_could_be_read_of_the_program)
{
    int64_t fd;

    begin();
    fd = CALL(MEMFD_CREATE, world_text(0, ""), 0);
    world.mark[2] = PAGE_HOLE;
    CHECK_EQ(CALL(WRITE, fd, BASE + PAGE_SIZE + 100, PAGE_SIZE), PAGE_SIZE - 100);
    CHECK_EQ(CALL(LSEEK, fd, 0, 2), PAGE_SIZE - 100);
    CHECK_EQ(CALL(WRITE, fd, BASE + 2 * PAGE_SIZE, 10), -LINUX_EFAULT);
    CHECK_EQ(CALL(LSEEK, fd, 0, 2), PAGE_SIZE - 100);
    CHECK_EQ(cut(fd, 100 * PAGE_SIZE), -LINUX_EFBIG);
    CHECK_EQ(CALL(LSEEK, fd, 100 * PAGE_SIZE, 0), 100 * PAGE_SIZE);
    CHECK_EQ(CALL(WRITE, fd, BASE, 10), -LINUX_EFBIG);
}

TEST(memfd, that_cannot_be_had_is_told)
{
    begin();
    CHECK_EQ(CALL(MEMFD_CREATE, world_text(0, "name"), 2), -LINUX_EINVAL);
    CHECK_EQ(CALL(MEMFD_CREATE, BASE + PAGES * PAGE_SIZE, 0), -LINUX_EFAULT);
    memset(world.memory, 'n', 300);
    CHECK_EQ(CALL(MEMFD_CREATE, BASE, 0), -LINUX_EINVAL);
    world.object_answer = ERR_NOT_FOUND;
    CHECK_EQ(CALL(MEMFD_CREATE, world_text(0, "name"), 0), -LINUX_ENOSYS);
    world.object_answer = ERR_NO_SPACE;
    CHECK_EQ(CALL(MEMFD_CREATE, world_text(0, "name"), 0), -LINUX_ENFILE);
    world.object_answer = ERR_OK;
    for (unsigned i = 3; i < DESCRIPTIONS; i++)
        CHECK_EQ(CALL(MEMFD_CREATE, world_text(0, "name"), 1), i);
    CHECK_EQ(CALL(MEMFD_CREATE, world_text(0, "name"), 0), -LINUX_ENFILE);
    CHECK_EQ(world.objects, DESCRIPTIONS - 3);
}

TEST(mmap, shared_anonymous_memory_is_an_object_where_there_are_any)
{
    begin();
    CHECK_EQ(map(0, 5000, 3, LINUX_MAP_SHARED | LINUX_MAP_ANONYMOUS, -1, 0), BASE + 60 * PAGE_SIZE);
    CHECK(world.mapped.object != NULL && world.mapped.flags == (VM_SHARED | VM_MAY_WRITE));
    CHECK_EQ(world.objects, 0); /* the mapping's own */
    world.object_answer = ERR_NO_SPACE;
    map(0, 5000, 3, LINUX_MAP_SHARED | LINUX_MAP_ANONYMOUS, -1, 0);
    CHECK(world.mapped.object == NULL && world.mapped.flags == 0);
    world.object_answer = ERR_BIG;
    CHECK_EQ(map(0, 5000, 3, LINUX_MAP_SHARED | LINUX_MAP_ANONYMOUS, -1, 0), -LINUX_ENOMEM);
}
