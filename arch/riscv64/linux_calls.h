/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux_calls.h - the numbers of Linux's calls on this machine, by the names that the
 * personality's table of calls gives them. (Linux: include/uapi/asm-generic/unistd.h.)
 */
#ifndef ARCH_LINUX_CALLS_H
#define ARCH_LINUX_CALLS_H

#define ABI_NUMBERS(N)                                                                             \
    N(getcwd, 17), N(dup, 23), N(dup3, 24), N(fcntl, 25), N(ioctl, 29), N(faccessat, 48),          \
        N(faccessat2, 439), N(chdir, 49), N(openat, 56), N(close, 57), N(getdents64, 61),          \
        N(lseek, 62), N(readlinkat, 78), N(newfstatat, 79), N(fstat, 80), N(statx, 291),           \
        N(umask, 166), N(read, 63), N(write, 64), N(readv, 65), N(writev, 66), N(pread64, 67),     \
        N(pwrite64, 68), N(sendfile, 71), N(ppoll, 73), N(sync, 81), N(fsync, 82),                 \
        N(fdatasync, 83), N(fadvise64, 223), N(mknodat, 33), N(mkdirat, 34), N(unlinkat, 35),      \
        N(symlinkat, 36), N(linkat, 37), N(renameat2, 276), N(truncate, 45), N(ftruncate, 46),     \
        N(fchmod, 52), N(fchmodat, 53), N(fchownat, 54), N(fchown, 55), N(utimensat, 88),          \
        N(statfs, 43), N(fstatfs, 44), N(brk, 214), N(munmap, 215), N(mremap, 216), N(mmap, 222),  \
        N(mprotect, 226), N(msync, 227), N(mlock, 228), N(mlock2, 284), N(munlock, 229),           \
        N(mlockall, 230), N(munlockall, 231), N(mincore, 232), N(madvise, 233), N(kill, 129),      \
        N(tkill, 130), N(tgkill, 131), N(sigaltstack, 132), N(rt_sigsuspend, 133),                 \
        N(rt_sigaction, 134), N(rt_sigprocmask, 135), N(rt_sigpending, 136), N(rt_sigreturn, 139), \
        N(nanosleep, 101), N(clock_gettime, 113), N(clock_getres, 114), N(clock_nanosleep, 115),   \
        N(times, 153), N(getrusage, 165), N(gettimeofday, 169), N(futex, 98), N(sched_yield, 124), \
        N(sched_getaffinity, 123), N(exit, 93), N(exit_group, 94), N(set_tid_address, 96),         \
        N(set_robust_list, 99), N(rseq, 293), N(membarrier, 283), N(uname, 160),                   \
        N(getrlimit, 163), N(setrlimit, 164), N(prlimit64, 261), N(prctl, 167), N(getpid, 172),    \
        N(getppid, 173), N(gettid, 178), N(getpgid, 155), N(getsid, 156), N(setpgid, 154),         \
        N(getuid, 174), N(geteuid, 175), N(getgid, 176), N(getegid, 177), N(setgid, 144),          \
        N(setuid, 146), N(getgroups, 158), N(sysinfo, 179), N(getrandom, 278), N(wait4, 260),      \
        N(socket, 198), N(socketpair, 199), N(connect, 203), N(setxattr, 5), N(fchdir, 50),        \
        N(chroot, 51), N(mount, 40), N(umount2, 39), N(pipe2, 59), N(pselect6, 72), N(splice, 76), \
        N(setitimer, 103), N(reboot, 142), N(setsid, 157), N(clone, 220), N(execve, 221),          \
        N(memfd_create, 279), N(clone3, 435), N(riscv_hwprobe, 258), N(riscv_flush_icache, 259),   \
        N(rt_sigtimedwait, 137), N(fallocate, 47), N(readahead, 213), N(sync_file_range, 84),      \
        N(setregid, 143), N(setreuid, 145), N(setresuid, 147), N(getresuid, 148),                  \
        N(setresgid, 149), N(getresgid, 150), N(setfsuid, 151), N(setfsgid, 152),                  \
        N(setgroups, 159)

#endif
