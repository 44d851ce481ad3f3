/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * calls.h - the system calls, stated once.
 *
 *   X(name, number on riscv64, number on armv7, arguments, handler)
 *
 * An argument is a letter: i int, u unsigned int, w word (address, size), o a 64-bit
 * offset (two registers on 32-bit machines). Handlers are result_t call_HANDLER(struct
 * trap *); those that several calls share:
 *
 *   done       success, there is nothing to do
 *   absent     ENOSYS, as programs expect of a kernel that lacks it: no line in the log
 *   missing    ENOSYS, and the call's name in the log, once
 *
 * A number that is not here is `missing` without a name. A call that a port does not
 * have (ARM calls many of them by older names) is in its linux_abi.h instead.
 */
#ifndef LINUX_CALLS_H
#define LINUX_CALLS_H

#define LINUX_CALLS(X)                                                                             \
    /* names and descriptors */                                                                    \
    X(getcwd, 17, 183, "ww", getcwd)                                                               \
    X(dup, 23, 41, "u", dup)                                                                       \
    X(dup3, 24, 358, "uui", dup3)                                                                  \
    X(fcntl, 25, 221, "uuw", fcntl)                                                                \
    X(ioctl, 29, 54, "uuw", ioctl)                                                                 \
    X(faccessat, 48, 334, "iwi", faccessat)                                                        \
    X(faccessat2, 439, 439, "iwii", faccessat)                                                     \
    X(chdir, 49, 12, "w", chdir)                                                                   \
    X(openat, 56, 322, "iwiu", openat)                                                             \
    X(close, 57, 6, "u", close)                                                                    \
    X(getdents64, 61, 217, "uwu", getdents64)                                                      \
    X(lseek, 62, 19, "uwu", lseek)                                                                 \
    X(readlinkat, 78, 332, "iwwi", readlinkat)                                                     \
    X(newfstatat, 79, 327, "iwwi", newfstatat)                                                     \
    X(fstat, 80, 197, "uw", fstat)                                                                 \
    X(statx, 291, 397, "iwuuw", statx)                                                             \
    X(umask, 166, 60, "u", umask)                                                                  \
    /* data */                                                                                     \
    X(read, 63, 3, "uww", read)                                                                    \
    X(write, 64, 4, "uww", write)                                                                  \
    X(readv, 65, 145, "uww", readv)                                                                \
    X(writev, 66, 146, "uww", writev)                                                              \
    X(pread64, 67, 180, "uwwo", pread64)                                                           \
    X(pwrite64, 68, 181, "uwwo", pwrite64)                                                         \
    X(sendfile, 71, 239, "uuww", sendfile)                                                         \
    X(ppoll, 73, 336, "wuwww", ppoll)                                                              \
    X(sync, 81, 36, "", sync)                                                                      \
    X(fsync, 82, 118, "u", fsync)                                                                  \
    X(fdatasync, 83, 148, "u", fdatasync)                                                          \
    X(fadvise64, 223, 270, "uooi", fadvise64)                                                      \
    /* what changes names and files */                                                             \
    X(mknodat, 33, 324, "iwuu", mknodat)                                                           \
    X(mkdirat, 34, 323, "iwu", mkdirat)                                                            \
    X(unlinkat, 35, 328, "iwi", unlinkat)                                                          \
    X(symlinkat, 36, 331, "wiw", symlinkat)                                                        \
    X(linkat, 37, 330, "iwiwi", linkat)                                                            \
    X(renameat2, 276, 382, "iwiwu", renameat2)                                                     \
    X(truncate, 45, 193, "wo", truncate)                                                           \
    X(ftruncate, 46, 194, "uo", ftruncate)                                                         \
    X(fchmod, 52, 94, "uu", fchmod)                                                                \
    X(fchmodat, 53, 333, "iwu", fchmodat)                                                          \
    X(fchownat, 54, 325, "iwuui", fchownat)                                                        \
    X(fchown, 55, 207, "uuu", fchown)                                                              \
    X(utimensat, 88, 348, "iwwi", utimensat)                                                       \
    X(statfs, 43, 266, "ww", statfs)                                                               \
    X(fstatfs, 44, 267, "uw", fstatfs)                                                             \
    /* memory */                                                                                   \
    X(brk, 214, 45, "w", brk)                                                                      \
    X(munmap, 215, 91, "ww", munmap)                                                               \
    X(mremap, 216, 163, "wwwww", mremap)                                                           \
    X(mmap, 222, 192, "wwuuiw", mmap)                                                              \
    X(mprotect, 226, 125, "wwu", mprotect)                                                         \
    X(msync, 227, 144, "wwu", msync)                                                               \
    X(mlock, 228, 150, "ww", mlock)                                                                \
    X(mlock2, 284, 390, "wwu", mlock2)                                                             \
    X(munlock, 229, 151, "ww", munlock)                                                            \
    X(mlockall, 230, 152, "u", mlockall)                                                           \
    X(munlockall, 231, 153, "", munlockall)                                                        \
    X(mincore, 232, 219, "www", mincore)                                                           \
    X(madvise, 233, 220, "wwi", madvise)                                                           \
    /* signals */                                                                                  \
    X(kill, 129, 37, "ii", kill)                                                                   \
    X(tkill, 130, 238, "ii", tkill)                                                                \
    X(tgkill, 131, 268, "iii", tgkill)                                                             \
    X(sigaltstack, 132, 186, "ww", sigaltstack)                                                    \
    X(rt_sigsuspend, 133, 179, "ww", rt_sigsuspend)                                                \
    X(rt_sigaction, 134, 174, "iwww", rt_sigaction)                                                \
    X(rt_sigprocmask, 135, 175, "iwww", rt_sigprocmask)                                            \
    X(rt_sigpending, 136, 176, "ww", rt_sigpending)                                                \
    X(rt_sigreturn, 139, 173, "", rt_sigreturn)                                                    \
    /* time */                                                                                     \
    X(nanosleep, 101, 162, "ww", nanosleep)                                                        \
    X(clock_gettime, 113, 403, "iw", clock_gettime)                                                \
    X(clock_getres, 114, 406, "iw", clock_getres)                                                  \
    X(clock_nanosleep, 115, 407, "iiww", clock_nanosleep)                                          \
    X(times, 153, 43, "w", times)                                                                  \
    X(getrusage, 165, 77, "iw", getrusage)                                                         \
    X(gettimeofday, 169, 78, "ww", gettimeofday)                                                   \
    X(futex, 98, 240, "wiuwwu", futex)                                                             \
    X(sched_yield, 124, 158, "", done)                                                             \
    X(sched_getaffinity, 123, 242, "iuw", sched_getaffinity)                                       \
    /* who and what */                                                                             \
    X(exit, 93, 1, "i", exit)                                                                      \
    X(exit_group, 94, 248, "i", exit)                                                              \
    X(set_tid_address, 96, 256, "w", gettid)                                                       \
    X(set_robust_list, 99, 338, "ww", absent)                                                      \
    X(rseq, 293, 398, "wuuu", absent)                                                              \
    X(membarrier, 283, 389, "iui", absent)                                                         \
    X(uname, 160, 122, "w", uname)                                                                 \
    X(getrlimit, 163, 191, "uw", getrlimit)                                                        \
    X(setrlimit, 164, 75, "uw", setrlimit)                                                         \
    X(prlimit64, 261, 369, "iuww", prlimit64)                                                      \
    X(prctl, 167, 172, "iwwww", prctl)                                                             \
    X(getpid, 172, 20, "", getpid)                                                                 \
    X(getppid, 173, 64, "", getppid)                                                               \
    X(gettid, 178, 224, "", gettid)                                                                \
    X(getpgid, 155, 132, "i", getpgid)                                                             \
    X(getsid, 156, 147, "i", getpgid)                                                              \
    X(setpgid, 154, 57, "ii", done)                                                                \
    X(getuid, 174, 199, "", root)                                                                  \
    X(geteuid, 175, 201, "", root)                                                                 \
    X(getgid, 176, 200, "", root)                                                                  \
    X(getegid, 177, 202, "", root)                                                                 \
    X(setgid, 144, 214, "u", done)                                                                 \
    X(setuid, 146, 213, "u", done)                                                                 \
    X(getgroups, 158, 205, "iw", root)                                                             \
    X(sysinfo, 179, 116, "w", sysinfo)                                                             \
    X(getrandom, 278, 384, "wwu", getrandom)                                                       \
    X(wait4, 260, 114, "iwiw", wait4)                                                              \
    X(socket, 198, 281, "iii", socket)                                                             \
    X(socketpair, 199, 288, "iiiw", socket)                                                        \
    X(connect, 203, 283, "iwu", absent)                                                            \
    /* known by name only */                                                                       \
    X(setxattr, 5, 226, "wwwwi", missing)                                                          \
    X(fchdir, 50, 133, "u", missing)                                                               \
    X(chroot, 51, 61, "w", missing)                                                                \
    X(mount, 40, 21, "wwwww", missing)                                                             \
    X(umount2, 39, 52, "wi", missing)                                                              \
    X(pipe2, 59, 359, "wi", missing)                                                               \
    X(pselect6, 72, 335, "iwwwww", missing)                                                        \
    X(splice, 76, 340, "uwuwwu", missing)                                                          \
    X(setitimer, 103, 104, "iww", missing)                                                         \
    X(reboot, 142, 88, "iiuw", missing)                                                            \
    X(setsid, 157, 66, "", missing)                                                                \
    X(clone, 220, 120, "wwwww", missing)                                                           \
    X(execve, 221, 11, "www", missing)                                                             \
    X(memfd_create, 279, 385, "wu", missing)                                                       \
    X(clone3, 435, 435, "ww", missing)

#endif
