/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * abi.h - Linux's numbers that are the same for programs of every machine we run.
 * What differs between machines is in arch/ARCH/linux_abi.h.
 */
#ifndef LINUX_ABI_H
#define LINUX_ABI_H

#include "calls.h"
#include "linux_abi.h"

enum linux_number {
#define N(name, number) NR_##name = number
    ABI_NUMBERS(N)
#undef N
};

/* X(NAME, number); a call returns the negated number. */
#define LINUX_ERRORS(X)                                                                            \
    X(EPERM, 1)                                                                                    \
    X(ENOENT, 2)                                                                                   \
    X(ESRCH, 3)                                                                                    \
    X(EINTR, 4)                                                                                    \
    X(EIO, 5)                                                                                      \
    X(E2BIG, 7)                                                                                    \
    X(ENOEXEC, 8)                                                                                  \
    X(EBADF, 9)                                                                                    \
    X(ECHILD, 10)                                                                                  \
    X(EAGAIN, 11)                                                                                  \
    X(ENOMEM, 12)                                                                                  \
    X(EACCES, 13)                                                                                  \
    X(EFAULT, 14)                                                                                  \
    X(EBUSY, 16)                                                                                   \
    X(EEXIST, 17)                                                                                  \
    X(EXDEV, 18)                                                                                   \
    X(ENODEV, 19)                                                                                  \
    X(ENOTDIR, 20)                                                                                 \
    X(EISDIR, 21)                                                                                  \
    X(EINVAL, 22)                                                                                  \
    X(ENFILE, 23)                                                                                  \
    X(EMFILE, 24)                                                                                  \
    X(ENOTTY, 25)                                                                                  \
    X(ETXTBSY, 26)                                                                                 \
    X(EFBIG, 27)                                                                                   \
    X(ENOSPC, 28)                                                                                  \
    X(ESPIPE, 29)                                                                                  \
    X(EROFS, 30)                                                                                   \
    X(EMLINK, 31)                                                                                  \
    X(ERANGE, 34)                                                                                  \
    X(ENAMETOOLONG, 36)                                                                            \
    X(ENOSYS, 38)                                                                                  \
    X(ENOTEMPTY, 39)                                                                               \
    X(ELOOP, 40)                                                                                   \
    X(EOVERFLOW, 75)                                                                               \
    X(EOPNOTSUPP, 95)                                                                              \
    X(EAFNOSUPPORT, 97)                                                                            \
    X(ETIMEDOUT, 110)                                                                              \
    X(EUCLEAN, 117)

enum linux_error {
#define X(name, number) LINUX_##name = number,
    LINUX_ERRORS(X)
#undef X
};

/* open */
#define LINUX_O_ACCMODE  3u
#define LINUX_O_RDONLY   0u
#define LINUX_O_WRONLY   1u
#define LINUX_O_RDWR     2u
#define LINUX_O_CREAT    0100u
#define LINUX_O_EXCL     0200u
#define LINUX_O_TRUNC    01000u
#define LINUX_O_APPEND   02000u
#define LINUX_O_NONBLOCK 04000u
#define LINUX_O_CLOEXEC  02000000u
#define LINUX_O_PATH     010000000u
#define LINUX_O_TMPFILE  020000000u
/* what F_SETFL may change */
#define LINUX_O_SETTABLE (LINUX_O_APPEND | LINUX_O_NONBLOCK | ABI_O_DIRECT)

#define LINUX_AT_FDCWD            (-100)
#define LINUX_AT_SYMLINK_NOFOLLOW 0x100u
#define LINUX_AT_REMOVEDIR        0x200u
#define LINUX_AT_EACCESS          0x200u
#define LINUX_AT_NO_AUTOMOUNT     0x800u
#define LINUX_AT_EMPTY_PATH       0x1000u
#define LINUX_AT_STATX_SYNC       0x6000u

enum linux_fcntl {
    LINUX_F_DUPFD,
    LINUX_F_GETFD,
    LINUX_F_SETFD,
    LINUX_F_GETFL,
    LINUX_F_SETFL,
    LINUX_F_GETLK,
    LINUX_F_SETLK,
    LINUX_F_SETLKW,
    LINUX_F_SETLK_WIDE = 13, /* where a word has 32 bits */
    LINUX_F_SETLKW_WIDE,
    LINUX_F_DUPFD_CLOEXEC = 1030
};
#define LINUX_FD_CLOEXEC 1u

#define LINUX_S_IFMT   0170000u
#define LINUX_S_IFIFO  0010000u
#define LINUX_S_IFCHR  0020000u
#define LINUX_S_IFDIR  0040000u
#define LINUX_S_IFREG  0100000u
#define LINUX_S_IFLNK  0120000u
#define LINUX_S_IXANY  0000111u
#define LINUX_DT_CHR   2u
#define LINUX_DT_DIR   4u
#define LINUX_DT_REG   8u
#define LINUX_DT_LNK   10u
#define LINUX_PATH_MAX 4096u

struct linux_dirent {
    uint64_t ino;
    int64_t offset;
    uint16_t bytes;
    uint8_t type;
    char name[];
};

struct linux_statx_time {
    int64_t seconds;
    uint32_t nanoseconds;
    int32_t pad;
};
struct linux_statx {
    uint32_t mask, blksize;
    uint64_t attributes;
    uint32_t nlink, uid, gid;
    uint16_t mode, pad;
    uint64_t ino, size, blocks, attributes_mask;
    struct linux_statx_time atime, btime, ctime, mtime;
    uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
    uint64_t spare[14];
};
_Static_assert(sizeof(struct linux_statx) == 256, "struct statx");
#define LINUX_STATX_BASIC 0x7ffu

/* The calls with 64-bit time, which is what programs of today use on every machine. */
struct linux_statfs {
    abi_int_t type, block_bytes;
    uint64_t blocks, free, available, files, files_free;
    int32_t id[2];
    abi_int_t name_bytes, fragment_bytes, flags, spare[4];
};
#define LINUX_STATFS_BYTES (offsetof(struct linux_statfs, spare) + sizeof(abi_int_t[4]))

struct linux_timespec {
    int64_t seconds, nanoseconds; /* of which the program fills a word */
};
struct linux_timespec_32 {
    int32_t seconds, nanoseconds;
};
struct linux_iovec {
    abi_word_t base, bytes;
};
#define LINUX_IOV_MAX 1024u
#define LINUX_RW_MAX  0x7ffff000u /* no call moves more */

/* mmap and relatives */
#define LINUX_PROT_READ           1u
#define LINUX_PROT_WRITE          2u
#define LINUX_PROT_EXEC           4u
#define LINUX_PROT_GROWS          0x03000000u
#define LINUX_MAP_TYPE            0x0fu
#define LINUX_MAP_SHARED          1u
#define LINUX_MAP_PRIVATE         2u
#define LINUX_MAP_SHARED_VALIDATE 3u
#define LINUX_MAP_FIXED           0x10u
#define LINUX_MAP_ANONYMOUS       0x20u
#define LINUX_MAP_GROWSDOWN       0x100u
#define LINUX_MAP_LOCKED          0x2000u
#define LINUX_MAP_POPULATE        0x8000u
#define LINUX_MAP_HUGETLB         0x40000u
#define LINUX_MAP_FIXED_NOREPLACE 0x100000u
#define LINUX_MREMAP_MAYMOVE      1u
#define LINUX_MREMAP_FIXED        2u
#define LINUX_MLOCK_ONFAULT       1u
#define LINUX_MCL_CURRENT         1u
#define LINUX_MCL_FUTURE          2u
#define LINUX_MCL_ONFAULT         4u
#define LINUX_MS_ASYNC            1u
#define LINUX_MS_INVALIDATE       2u
#define LINUX_MS_SYNC             4u

/* signals */
#define LINUX_SIGNALS 64u
enum linux_signal {
    LINUX_SIGHUP = 1,
    LINUX_SIGINT,
    LINUX_SIGQUIT,
    LINUX_SIGILL,
    LINUX_SIGTRAP,
    LINUX_SIGABRT,
    LINUX_SIGBUS,
    LINUX_SIGFPE,
    LINUX_SIGKILL,
    LINUX_SIGUSR1,
    LINUX_SIGSEGV,
    LINUX_SIGUSR2,
    LINUX_SIGPIPE,
    LINUX_SIGALRM,
    LINUX_SIGTERM,
    LINUX_SIGCHLD = 17,
    LINUX_SIGCONT,
    LINUX_SIGSTOP,
    LINUX_SIGTSTP,
    LINUX_SIGTTIN,
    LINUX_SIGTTOU,
    LINUX_SIGURG,
    LINUX_SIGWINCH = 28,
};
#define LINUX_SIG_DFL      0u
#define LINUX_SIG_IGN      1u
#define LINUX_SA_SIGINFO   0x00000004u
#define LINUX_SA_ONSTACK   0x08000000u
#define LINUX_SA_RESTART   0x10000000u
#define LINUX_SA_NODEFER   0x40000000u
#define LINUX_SA_RESETHAND 0x80000000u
#define LINUX_SI_USER      0
#define LINUX_SI_TKILL     (-6)
#define LINUX_SEGV_MAPERR  1
#define LINUX_SEGV_ACCERR  2
#define LINUX_BUS_ADRALN   1
#define LINUX_BUS_ADRERR   2
#define LINUX_BUS_OBJERR   3
#define LINUX_ILL_ILLOPC   1
#define LINUX_TRAP_BRKPT   1
#define LINUX_SS_ONSTACK   1
#define LINUX_SS_DISABLE   2
#define LINUX_MINSIGSTKSZ  2048u
enum linux_sigprocmask { LINUX_SIG_BLOCK, LINUX_SIG_UNBLOCK, LINUX_SIG_SETMASK };

/* the auxiliary vector */
enum linux_auxiliary {
    LINUX_AT_NULL = 0,
    LINUX_AT_PHDR = 3,
    LINUX_AT_PHENT = 4,
    LINUX_AT_PHNUM = 5,
    LINUX_AT_PAGESZ = 6,
    LINUX_AT_BASE = 7,
    LINUX_AT_FLAGS = 8,
    LINUX_AT_ENTRY = 9,
    LINUX_AT_UID = 11,
    LINUX_AT_EUID = 12,
    LINUX_AT_GID = 13,
    LINUX_AT_EGID = 14,
    LINUX_AT_HWCAP = 16,
    LINUX_AT_CLKTCK = 17,
    LINUX_AT_SECURE = 23,
    LINUX_AT_RANDOM = 25,
    LINUX_AT_EXECFN = 31
};

#define LINUX_HZ 100u /* ticks a second, as times(2) and /proc count */

#endif
