/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux_abi.h - what Linux programs of this machine expect that those of another
 * do not: which calls there are, the layout of records, the frame of a signal.
 * (Linux: arch/riscv/include/uapi/asm, include/uapi/asm-generic.)
 *
 * Every port gives the same names: ABI_CALLS, ABI_NUMBERS (linux_calls.h), ABI_MACHINE,
 * ABI_ELF_MACHINE, ABI_WORD_BITS, ABI_PAIRS_EVEN, ABI_HWCAP, ABI_CAUSE_*, ABI_USER_*, ABI_O_*,
 * abi_word_t, abi_int_t, the struct abi_ and the abi_ functions below.
 */
#ifndef ARCH_LINUX_ABI_H
#define ARCH_LINUX_ABI_H

#include "linux_calls.h"
#include "regs.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Which calls there are, of the table of calls and of its own. */
#define ABI_CALLS(X) LINUX_CALLS(X) LINUX_64_CALLS(X) ABI_OWN_CALLS(X)
#define ABI_OWN_CALLS(X)                                                                           \
    X(riscv_hwprobe, "", absent)                                                                   \
    X(riscv_flush_icache, "www", flush_code)

/* A call's number as the numbers' list has it. */
static inline uint64_t abi_call(uint64_t number)
{
    return number;
}

#define ABI_MACHINE     "riscv64"
#define ABI_ELF_MACHINE 243u
#define ABI_WORD_BITS   64u
#define ABI_PAIRS_EVEN  0u      /* 64-bit arguments are single registers */
#define ABI_HWCAP       0x112du /* I M A F D C: a bit for each letter */

#define ABI_CAUSE_BREAKPOINT 3u /* what FAULT_CODE is for it */

#define ABI_USER_LOW  0x10000ul      /* where a program's addresses begin, */
#define ABI_USER_TOP  0x4000000000ul /* and end: the lower half of Sv39 */
#define ABI_USER_BASE 0x1000000ul    /* where a position-independent one is put */

#define ABI_O_DIRECT    040000u
#define ABI_O_LARGEFILE 0100000u
#define ABI_O_DIRECTORY 0200000u
#define ABI_O_NOFOLLOW  0400000u

typedef uint64_t abi_word_t; /* a long or a pointer of the program's */
typedef int64_t abi_int_t;

struct abi_stat {
    uint64_t dev, ino;
    uint32_t mode, nlink, uid, gid;
    uint64_t rdev, pad1;
    int64_t size;
    int32_t blksize, pad2;
    int64_t blocks;
    int64_t atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
    uint32_t unused[2];
};
_Static_assert(sizeof(struct abi_stat) == 128, "struct stat of asm-generic");

struct abi_siginfo {
    int32_t signo, error, code;
    int32_t pad;
    union {
        uint64_t address; /* faults */
        struct {
            int32_t pid, uid; /* kill */
            uint64_t value;
        } from;
        uint8_t fill[112];
    };
};
_Static_assert(sizeof(struct abi_siginfo) == 128, "siginfo_t");

struct abi_action {
    uint64_t handler, flags, mask; /* the kernel supplies the way back */
};

struct abi_stack {
    uint64_t sp;
    int32_t flags;
    uint64_t size;
};

/* What lies at sp when a handler begins: struct rt_sigframe. */
struct abi_frame {
    struct abi_siginfo info;
    uint64_t uc_flags, uc_link;
    struct abi_stack stack;
    uint64_t mask;
    uint8_t unused[120]; /* the mask's room up to 1024 bits */
    uint8_t align[8];
    uint64_t reg[32]; /* pc, x1..x31 */
    uint64_t fp[32];
    uint32_t fcsr;
    uint8_t quad[268]; /* the room of the Q extension's registers */
};
_Static_assert(offsetof(struct abi_frame, stack) == 128 + 16, "uc_stack");
_Static_assert(offsetof(struct abi_frame, mask) == 128 + 40, "uc_sigmask");
_Static_assert(offsetof(struct abi_frame, reg) == 128 + 176, "uc_mcontext.sc_regs");
_Static_assert(offsetof(struct abi_frame, fp) == 128 + 432, "uc_mcontext.sc_fpregs");
_Static_assert(sizeof(struct abi_frame) == 1088, "struct rt_sigframe");

/* The instructions a handler returns to: li a7, 139 (rt_sigreturn); ecall. */
static const uint32_t abi_trampoline[2] = {0x08b00893, 0x00000073};

/* Registers, as THREAD_READ gives them, into a frame, and back. */
static inline void abi_frame_save(struct abi_frame *f, const uint64_t *reg)
{
    memcpy(f->reg, reg, sizeof(f->reg));
    memcpy(f->fp, reg + REG_F0, sizeof(f->fp));
    f->fcsr = (uint32_t)reg[REG_FCSR];
}

static inline void abi_frame_restore(const struct abi_frame *f, uint64_t *reg)
{
    memcpy(reg, f->reg, sizeof(f->reg));
    memcpy(reg + REG_F0, f->fp, sizeof(f->fp));
    reg[REG_FCSR] = f->fcsr;
}

/* Where a frame goes below sp. */
static inline uint64_t abi_frame_place(uint64_t sp)
{
    return (sp - sizeof(struct abi_frame)) & ~(uint64_t)15;
}

/* Makes the registers those of a handler that begins, with its frame at `frame`. */
static inline void abi_handler_enter(uint64_t *reg, const struct abi_action *action,
                                     unsigned signal, uint64_t frame, uint64_t trampoline)
{
    reg[REG_IP] = action->handler;
    reg[REG_SP] = frame;
    reg[REG_RETURN] = trampoline;
    reg[REG_ARG(0)] = signal;
    reg[REG_ARG(1)] = frame + offsetof(struct abi_frame, info);
    reg[REG_ARG(2)] = frame + offsetof(struct abi_frame, uc_flags);
}

#endif
