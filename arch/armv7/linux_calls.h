/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux_calls.h - the numbers of Linux's calls on this machine, by the names that the
 * personality's table of calls gives them. (Linux: arch/arm/tools/syscall.tbl.)
 */
#ifndef ARCH_LINUX_CALLS_H
#define ARCH_LINUX_CALLS_H

#define ABI_OWN       0x1f0u /* those that only ARM has; Linux numbers them from */
#define ABI_OWN_FIRST 0xf0000u
#define ABI_OWN_MAX   16u

#define ABI_NUMBERS(N)                                                                             \
    N(getcwd, 183), N(dup, 41), N(dup3, 358), N(fcntl, 221), N(ioctl, 54), N(faccessat, 334),      \
        N(faccessat2, 439), N(chdir, 12), N(openat, 322), N(close, 6), N(getdents64, 217),         \
        N(lseek, 19), N(readlinkat, 332), N(newfstatat, 327), N(fstat, 197), N(statx, 397),        \
        N(umask, 60), N(read, 3), N(write, 4), N(readv, 145), N(writev, 146), N(pread64, 180),     \
        N(pwrite64, 181), N(sendfile, 239), N(ppoll, 414), N(sync, 36), N(fsync, 118),             \
        N(fdatasync, 148), N(mknodat, 324), N(mkdirat, 323), N(unlinkat, 328), N(symlinkat, 331),  \
        N(linkat, 330), N(renameat2, 382), N(truncate, 193), N(ftruncate, 194), N(fchmod, 94),     \
        N(fchmodat, 333), N(fchownat, 325), N(fchown, 207), N(utimensat, 412), N(brk, 45),         \
        N(munmap, 91), N(mremap, 163), N(mprotect, 125), N(msync, 144), N(mlock, 150),             \
        N(mlock2, 390), N(munlock, 151), N(mlockall, 152), N(munlockall, 153), N(mincore, 219),    \
        N(madvise, 220), N(kill, 37), N(tkill, 238), N(tgkill, 268), N(sigaltstack, 186),          \
        N(rt_sigsuspend, 179), N(rt_sigaction, 174), N(rt_sigprocmask, 175),                       \
        N(rt_sigpending, 176), N(rt_sigreturn, 173), N(clock_gettime, 403), N(clock_getres, 406),  \
        N(clock_nanosleep, 407), N(times, 43), N(getrusage, 77), N(gettimeofday, 78),              \
        N(futex, 422), N(sched_yield, 158), N(sched_getaffinity, 242), N(exit, 1),                 \
        N(exit_group, 248), N(set_tid_address, 256), N(set_robust_list, 338), N(rseq, 398),        \
        N(membarrier, 389), N(uname, 122), N(getrlimit, 191), N(setrlimit, 75), N(prlimit64, 369), \
        N(prctl, 172), N(getpid, 20), N(getppid, 64), N(gettid, 224), N(getpgid, 132),             \
        N(getsid, 147), N(setpgid, 57), N(getuid, 199), N(geteuid, 201), N(getgid, 200),           \
        N(getegid, 202), N(setgid, 214), N(setuid, 213), N(getgroups, 205), N(sysinfo, 116),       \
        N(getrandom, 384), N(wait4, 114), N(socket, 281), N(socketpair, 288), N(connect, 283),     \
        N(setxattr, 226), N(fchdir, 133), N(chroot, 61), N(mount, 21), N(umount2, 52),             \
        N(pipe2, 359), N(pselect6, 413), N(splice, 340), N(setitimer, 104), N(reboot, 88),         \
        N(setsid, 66), N(clone, 120), N(execve, 11), N(memfd_create, 385), N(clone3, 435),         \
        N(mmap2, 192), N(stat64, 195), N(lstat64, 196), N(statfs64, 266), N(fstatfs64, 267),       \
        N(fadvise64_64, 270), N(llseek, 140), N(fcntl32, 55), N(truncate32, 92),                   \
        N(ftruncate32, 93), N(sendfile32, 187), N(nanosleep32, 162), N(clock_gettime32, 263),      \
        N(clock_getres32, 264), N(clock_nanosleep32, 265), N(futex32, 240), N(ppoll32, 336),       \
        N(utimensat32, 348), N(open, 5), N(creat, 8), N(access, 33), N(readlink, 85),              \
        N(mknod, 14), N(mkdir, 39), N(rmdir, 40), N(unlink, 10), N(symlink, 83), N(link, 9),       \
        N(rename, 38), N(renameat, 329), N(chmod, 15), N(chown, 212), N(lchown, 198), N(dup2, 63), \
        N(poll, 168), N(sigreturn, 119), N(getpgrp, 65), N(pipe, 42), N(fork, 2), N(vfork, 190),   \
        N(pselect6_32, 335), N(select, 142), N(rt_sigtimedwait, 421), N(rt_sigtimedwait32, 177),   \
        N(fallocate, 352), N(readahead, 225), N(sync_file_range2, 341), N(utimes, 269),            \
        N(futimesat, 326), N(setreuid, 203), N(setregid, 204), N(setgroups, 206),                  \
        N(setresuid, 208), N(getresuid, 209), N(setresgid, 210), N(getresgid, 211),                \
        N(setfsuid, 215), N(setfsgid, 216), N(chown16, 182), N(lchown16, 16), N(fchown16, 95),     \
        N(setuid16, 23), N(setgid16, 46), N(setreuid16, 70), N(setregid16, 71),                    \
        N(setresuid16, 164), N(setresgid16, 170), N(getresuid16, 165), N(getresgid16, 171),        \
        N(setfsuid16, 138), N(setfsgid16, 139), N(getuid16, 24), N(geteuid16, 49),                 \
        N(getgid16, 47), N(getegid16, 50), N(getgroups16, 80), N(setgroups16, 81),                 \
        N(cacheflush, ABI_OWN + 2), N(set_tls, ABI_OWN + 5)

#endif
