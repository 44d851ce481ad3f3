/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * calls.h - the system calls, stated once for all ports.
 *
 *   X(name, arguments, handler)
 *
 * A port (arch/ARCH/linux_abi.h) says which of the groups below its programs know, which calls are
 * its own, and by which numbers all go. Of a call in two widths the wide one has the plain name.
 *
 * An argument is a letter for what it lies in:
 *
 *   i u l w    a register: int, unsigned int, long, word (address, size)
 *   o          a 64-bit offset: on 32-bit machines two registers, which the port may align
 *   h          a register: the address of a record whose numbers are half as wide (trap.narrow)
 *   s          a register: the number of a user or group in 16 bits, of which all set are -1
 *   @          no register: the directory that the handler wants is the current one
 *
 * Handlers are result_t call_HANDLER(struct trap *); missing arguments are zero. Those that
 * several calls share:
 *
 *   done       success, there is nothing to do
 *   absent     ENOSYS, as programs expect of a kernel that lacks it: no line in the log
 *   missing    ENOSYS, and the call's name in the log, once
 *
 * A number that is not here is `missing` without a name.
 */
#ifndef LINUX_CALLS_H
#define LINUX_CALLS_H

/* What every port has. */
#define LINUX_CALLS(X)                                                                             \
    /* names and descriptors */                                                                    \
    X(getcwd, "ww", getcwd)                                                                        \
    X(dup, "u", dup)                                                                               \
    X(dup3, "uui", dup3)                                                                           \
    X(fcntl, "uuw", fcntl)                                                                         \
    X(ioctl, "uuw", ioctl)                                                                         \
    X(faccessat, "iwi", faccessat)                                                                 \
    X(faccessat2, "iwii", faccessat)                                                               \
    X(chdir, "w", chdir)                                                                           \
    X(openat, "iwiu", openat)                                                                      \
    X(close, "u", close)                                                                           \
    X(getdents64, "uwu", getdents64)                                                               \
    X(lseek, "ulu", lseek)                                                                         \
    X(readlinkat, "iwwi", readlinkat)                                                              \
    X(newfstatat, "iwwi", newfstatat)                                                              \
    X(fstat, "uw", fstat)                                                                          \
    X(statx, "iwuuw", statx)                                                                       \
    X(umask, "u", umask)                                                                           \
    /* data */                                                                                     \
    X(read, "uww", read)                                                                           \
    X(write, "uww", write)                                                                         \
    X(readv, "uww", readv)                                                                         \
    X(writev, "uww", writev)                                                                       \
    X(pread64, "uwwo", pread64)                                                                    \
    X(pwrite64, "uwwo", pwrite64)                                                                  \
    X(sendfile, "uuww", sendfile)                                                                  \
    X(ppoll, "wuwww", ppoll)                                                                       \
    X(pselect6, "iwwwww", pselect6)                                                                \
    X(sync, "", sync)                                                                              \
    X(fsync, "u", fsync)                                                                           \
    X(fdatasync, "u", fdatasync)                                                                   \
    X(readahead, "uow", readahead)                                                                 \
    /* what changes names and files */                                                             \
    X(mknodat, "iwuu", mknodat)                                                                    \
    X(mkdirat, "iwu", mkdirat)                                                                     \
    X(unlinkat, "iwi", unlinkat)                                                                   \
    X(symlinkat, "wiw", symlinkat)                                                                 \
    X(linkat, "iwiwi", linkat)                                                                     \
    X(renameat2, "iwiwu", renameat2)                                                               \
    X(truncate, "wo", truncate)                                                                    \
    X(ftruncate, "uo", ftruncate)                                                                  \
    X(fallocate, "uuoo", fallocate)                                                                \
    X(fchmod, "uu", fchmod)                                                                        \
    X(fchmodat, "iwu", fchmodat)                                                                   \
    X(fchownat, "iwuui", fchownat)                                                                 \
    X(fchown, "uuu", fchown)                                                                       \
    X(utimensat, "iwwi", utimensat)                                                                \
    /* memory */                                                                                   \
    X(brk, "w", brk)                                                                               \
    X(munmap, "ww", munmap)                                                                        \
    X(mremap, "wwwww", mremap)                                                                     \
    X(mprotect, "wwu", mprotect)                                                                   \
    X(msync, "wwu", msync)                                                                         \
    X(mlock, "ww", mlock)                                                                          \
    X(mlock2, "wwu", mlock2)                                                                       \
    X(munlock, "ww", munlock)                                                                      \
    X(mlockall, "u", mlockall)                                                                     \
    X(munlockall, "", munlockall)                                                                  \
    X(mincore, "www", mincore)                                                                     \
    X(memfd_create, "wu", memfd_create)                                                            \
    X(madvise, "wwi", madvise)                                                                     \
    /* signals */                                                                                  \
    X(kill, "ii", kill)                                                                            \
    X(tkill, "ii", tkill)                                                                          \
    X(tgkill, "iii", tgkill)                                                                       \
    X(sigaltstack, "ww", sigaltstack)                                                              \
    X(rt_sigsuspend, "ww", rt_sigsuspend)                                                          \
    X(rt_sigaction, "iwww", rt_sigaction)                                                          \
    X(rt_sigprocmask, "iwww", rt_sigprocmask)                                                      \
    X(rt_sigpending, "ww", rt_sigpending)                                                          \
    X(rt_sigtimedwait, "wwww", rt_sigtimedwait)                                                    \
    X(rt_sigreturn, "", rt_sigreturn)                                                              \
    /* time */                                                                                     \
    X(clock_gettime, "iw", clock_gettime)                                                          \
    X(clock_getres, "iw", clock_getres)                                                            \
    X(clock_nanosleep, "iiww", clock_nanosleep)                                                    \
    X(times, "w", times)                                                                           \
    X(getrusage, "iw", getrusage)                                                                  \
    X(gettimeofday, "ww", gettimeofday)                                                            \
    X(futex, "wiuwwu", futex)                                                                      \
    X(sched_yield, "", done)                                                                       \
    X(sched_getaffinity, "iuw", sched_getaffinity)                                                 \
    /* who and what */                                                                             \
    X(exit, "i", exit)                                                                             \
    X(exit_group, "i", exit)                                                                       \
    X(set_tid_address, "w", gettid)                                                                \
    X(set_robust_list, "ww", absent)                                                               \
    X(rseq, "wuuu", absent)                                                                        \
    X(membarrier, "iui", absent)                                                                   \
    X(uname, "w", uname)                                                                           \
    X(getrlimit, "uw", getrlimit)                                                                  \
    X(setrlimit, "uw", setrlimit)                                                                  \
    X(prlimit64, "iuww", prlimit64)                                                                \
    X(prctl, "iwwww", prctl)                                                                       \
    X(getpid, "", getpid)                                                                          \
    X(getppid, "", getppid)                                                                        \
    X(gettid, "", gettid)                                                                          \
    X(getpgid, "i", getpgid)                                                                       \
    X(getsid, "i", getpgid)                                                                        \
    X(setpgid, "ii", done)                                                                         \
    X(getuid, "", root)                                                                            \
    X(geteuid, "", root)                                                                           \
    X(getgid, "", root)                                                                            \
    X(getegid, "", root)                                                                           \
    X(setgid, "u", done)                                                                           \
    X(setuid, "u", done)                                                                           \
    X(setreuid, "uu", done)                                                                        \
    X(setregid, "uu", done)                                                                        \
    X(setresuid, "uuu", done)                                                                      \
    X(setresgid, "uuu", done)                                                                      \
    X(getresuid, "www", getresuid)                                                                 \
    X(getresgid, "www", getresuid)                                                                 \
    X(setfsuid, "u", root)                                                                         \
    X(setfsgid, "u", root)                                                                         \
    X(setgroups, "uw", done)                                                                       \
    X(getgroups, "iw", root)                                                                       \
    X(sysinfo, "w", sysinfo)                                                                       \
    X(getrandom, "wwu", getrandom)                                                                 \
    X(wait4, "iwiw", wait4)                                                                        \
    X(socket, "iii", socket)                                                                       \
    X(socketpair, "iiiw", socket)                                                                  \
    X(connect, "iwu", absent)                                                                      \
    /* known by name only */                                                                       \
    X(setxattr, "wwwwi", missing)                                                                  \
    X(fchdir, "u", missing)                                                                        \
    X(chroot, "w", missing)                                                                        \
    X(mount, "wwwww", missing)                                                                     \
    X(umount2, "wi", missing)                                                                      \
    X(pipe2, "wi", missing)                                                                        \
    X(splice, "uwuwwu", missing)                                                                   \
    X(setitimer, "iww", missing)                                                                   \
    X(reboot, "iiuw", missing)                                                                     \
    X(setsid, "", missing)                                                                         \
    X(clone, "wwwww", missing)                                                                     \
    X(execve, "www", missing)                                                                      \
    X(clone3, "ww", missing)

/* Where a word has 64 bits. */
#define LINUX_64_CALLS(X)                                                                          \
    X(fadvise64, "uooi", fadvise64)                                                                \
    X(sync_file_range, "uoou", sync_file_range)                                                    \
    X(statfs, "ww", statfs)                                                                        \
    X(fstatfs, "uw", fstatfs)                                                                      \
    X(mmap, "wwuuiw", mmap)                                                                        \
    X(nanosleep, "ww", nanosleep)

/* Where a word has 32 bits: what needs more has a call of its own. */
#define LINUX_32_CALLS(X)                                                                          \
    X(mmap2, "wwuuiw", mmap2)                                                                      \
    X(stat64, "@ww", newfstatat)                                                                   \
    X(lstat64, "@ww", lstat)                                                                       \
    X(statfs64, "wuw", statfs64)                                                                   \
    X(fstatfs64, "uuw", fstatfs64)                                                                 \
    X(fadvise64_64, "uioo", fadvise64_64)                                                          \
    X(sync_file_range2, "uuoo", sync_file_range2)                                                  \
    X(llseek, "uuuwu", llseek)                                                                     \
    X(fcntl32, "uuw", fcntl)                                                                       \
    X(truncate32, "wl", truncate)                                                                  \
    X(ftruncate32, "ul", ftruncate)                                                                \
    X(sendfile32, "uuhw", sendfile)                                                                \
    X(nanosleep32, "hh", nanosleep)                                                                \
    X(clock_gettime32, "ih", clock_gettime)                                                        \
    X(clock_getres32, "ih", clock_getres)                                                          \
    X(clock_nanosleep32, "iihh", clock_nanosleep)                                                  \
    X(futex32, "wiuhwu", futex)                                                                    \
    X(ppoll32, "wuhww", ppoll)                                                                     \
    X(pselect6_32, "iwwwhw", pselect6)                                                             \
    X(rt_sigtimedwait32, "wwhw", rt_sigtimedwait)                                                  \
    X(utimensat32, "iwhi", utimensat)

/* Linux's first ports have these; the later ones only what replaced them. */
#define LINUX_OLD_CALLS(X)                                                                         \
    X(open, "@wiu", openat)                                                                        \
    X(creat, "@wu", creat)                                                                         \
    X(access, "@wi", faccessat)                                                                    \
    X(readlink, "@wwi", readlinkat)                                                                \
    X(mknod, "@wuu", mknodat)                                                                      \
    X(mkdir, "@wu", mkdirat)                                                                       \
    X(rmdir, "@w", rmdir)                                                                          \
    X(unlink, "@w", unlinkat)                                                                      \
    X(symlink, "w@w", symlinkat)                                                                   \
    X(link, "@w@w", linkat)                                                                        \
    X(rename, "@w@w", renameat2)                                                                   \
    X(renameat, "iwiw", renameat2)                                                                 \
    X(chmod, "@wu", fchmodat)                                                                      \
    X(chown, "@wuu", fchownat)                                                                     \
    X(lchown, "@wuu", lchown)                                                                      \
    X(dup2, "uu", dup2)                                                                            \
    X(poll, "wui", poll)                                                                           \
    X(select, "iwwwh", select)                                                                     \
    X(utimes, "@wh", utimes)                                                                       \
    X(futimesat, "iwh", utimes)                                                                    \
    X(sigreturn, "", sigreturn)                                                                    \
    X(getpgrp, "", getpgid)                                                                        \
    X(pipe, "w", missing)                                                                          \
    X(fork, "", missing)                                                                           \
    X(vfork, "", missing)                                                                          \
    X(chown16, "@wss", fchownat)                                                                   \
    X(lchown16, "@wss", lchown)                                                                    \
    X(fchown16, "uss", fchown)                                                                     \
    X(setuid16, "s", done)                                                                         \
    X(setgid16, "s", done)                                                                         \
    X(setreuid16, "ss", done)                                                                      \
    X(setregid16, "ss", done)                                                                      \
    X(setresuid16, "sss", done)                                                                    \
    X(setresgid16, "sss", done)                                                                    \
    X(getresuid16, "hhh", getresuid)                                                               \
    X(getresgid16, "hhh", getresuid)                                                               \
    X(setfsuid16, "s", root)                                                                       \
    X(setfsgid16, "s", root)                                                                       \
    X(getuid16, "", root)                                                                          \
    X(geteuid16, "", root)                                                                         \
    X(getgid16, "", root)                                                                          \
    X(getegid16, "", root)                                                                         \
    X(getgroups16, "iw", root)                                                                     \
    X(setgroups16, "uw", done)

#endif
