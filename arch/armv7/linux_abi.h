/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux_abi.h - what Linux programs of this machine expect that those of another do not: those
 * that `arm-linux-gnueabihf-gcc -static` makes (the EABI, with VFP). arch/riscv64 lists the
 * names that every port gives. (Linux: arch/arm/include/uapi/asm, arch/arm/kernel/signal.c.)
 *
 * The page of helpers that Linux keeps at 0xffff0000 is not there: programs for ARMv7 have the
 * instructions that it stands in for, and static glibc does not look at it.
 */
#ifndef ARCH_LINUX_ABI_H
#define ARCH_LINUX_ABI_H

#include "linux_calls.h"
#include "regs.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Which calls there are, of the table of calls and of its own. */
#define ABI_CALLS(X)                                                                               \
    LINUX_CALLS(X)                                                                                 \
    LINUX_32_CALLS(X) LINUX_OLD_CALLS(X) X(cacheflush, "www", flush_code) X(set_tls, "w", set_tls)

/* A call's number as the numbers' list has it: ARM's own follow the others there. */
static inline uint64_t abi_call(uint64_t number)
{
    if (number - ABI_OWN_FIRST < ABI_OWN_MAX)
        return ABI_OWN + (number - ABI_OWN_FIRST);
    return number < ABI_OWN ? number : UINT64_MAX;
}

#define ABI_MACHINE     "armv7l"
#define ABI_ELF_MACHINE 40u
#define ABI_WORD_BITS   32u
#define ABI_PAIRS_EVEN  1u          /* a 64-bit argument begins in an even register */
#define ABI_HWCAP       0x000fb0d6u /* half, thumb, multiply, VFP to v4, EDSP, NEON, TLS, division */

#define ABI_CAUSE_BREAKPOINT 2u /* what FAULT_CODE is for it */

#define ABI_USER_LOW  0x10000u    /* where a program's addresses begin, */
#define ABI_USER_TOP  0x7f800000u /* and end, as far as the root tables of TTBR0 reach */
#define ABI_USER_BASE 0x1000000u  /* where a position-independent one is put */

#define ABI_O_DIRECTORY 040000u
#define ABI_O_NOFOLLOW  0100000u
#define ABI_O_DIRECT    0200000u
#define ABI_O_LARGEFILE 0400000u

typedef uint32_t abi_word_t; /* a long or a pointer of the program's */
typedef int32_t abi_int_t;

struct abi_stat { /* struct stat64 */
    uint64_t dev;
    uint32_t pad1[2];
    uint32_t mode, nlink, uid, gid;
    uint64_t rdev;
    uint32_t pad2[2];
    int64_t size;
    uint32_t blksize, pad3;
    uint64_t blocks;
    uint32_t atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
    uint64_t ino;
};
_Static_assert(sizeof(struct abi_stat) == 104, "struct stat64");

struct abi_siginfo {
    int32_t signo, error, code;
    union {
        uint32_t address; /* faults */
        struct {
            int32_t pid, uid; /* kill */
            uint32_t value;
        } from;
        uint8_t fill[116];
    };
};
_Static_assert(sizeof(struct abi_siginfo) == 128, "siginfo_t");

struct abi_action {
    uint32_t handler, flags, restorer;
    uint64_t mask __attribute__((packed, aligned(4)));
};
_Static_assert(sizeof(struct abi_action) == 20, "struct sigaction");
#define ABI_SA_SIGINFO  0x00000004u
#define ABI_SA_RESTORER 0x04000000u

struct abi_stack {
    uint32_t sp;
    int32_t flags;
    uint32_t size;
};

struct abi_vfp { /* struct vfp_sigframe */
    uint32_t magic, bytes;
    uint64_t d[32];
    uint32_t fpscr, pad;
    uint32_t exception[3]; /* FPEXC, FPINST, FPINST2 */
};
#define ABI_VFP_MAGIC 0x56465001u
#define ABI_VFP_FPEXC 0x40000000u /* on */
_Static_assert(sizeof(struct abi_vfp) == 288, "VFP_STORAGE_SIZE");

/* What lies at sp when a handler begins that is told about its signal: struct rt_sigframe. For
 * others (no SA_SIGINFO) sp is at uc_flags: struct sigframe. */
struct abi_frame {
    struct abi_siginfo info;
    uint32_t uc_flags, uc_link;
    struct abi_stack stack;
    uint32_t trap, error, mask_low;
    uint32_t reg[16]; /* r0..r14, pc */
    uint32_t cpsr, address;
    uint64_t mask;
    uint8_t unused[120]; /* the mask's room up to 1024 bits */
    struct abi_vfp vfp;
    uint32_t end; /* no more such records */
    uint8_t room[512 - sizeof(struct abi_vfp) - sizeof(uint32_t)];
    uint32_t code[4];
};
_Static_assert(offsetof(struct abi_frame, stack) == 128 + 8, "uc_stack");
_Static_assert(offsetof(struct abi_frame, trap) == 128 + 20, "uc_mcontext");
_Static_assert(offsetof(struct abi_frame, mask) == 128 + 104, "uc_sigmask");
_Static_assert(offsetof(struct abi_frame, vfp) == 128 + 232, "uc_regspace");
_Static_assert(offsetof(struct abi_frame, code) == 128 + 744, "retcode");
_Static_assert(sizeof(struct abi_frame) == 888, "struct rt_sigframe");

/* The instructions that handlers without SA_RESTORER return to: mov r7, 119 (sigreturn); svc 0;
 * mov r7, 173 (rt_sigreturn); svc 0. */
static const uint32_t abi_trampoline[4] = {0xe3a07077, 0xef000000, 0xe3a070ad, 0xef000000};

/* Registers, as THREAD_READ gives them, into a frame, and back. */
static inline void abi_frame_save(struct abi_frame *f, const uint64_t *reg)
{
    for (unsigned i = 0; i < 15; i++)
        f->reg[i] = (uint32_t)reg[REG_R(i)];
    f->reg[15] = (uint32_t)reg[REG_IP];
    f->cpsr = (uint32_t)reg[REG_STATUS];
    f->vfp.magic = ABI_VFP_MAGIC;
    f->vfp.bytes = sizeof(f->vfp);
    memcpy(f->vfp.d, &reg[REG_F0], sizeof(f->vfp.d));
    f->vfp.fpscr = (uint32_t)reg[REG_FPSCR];
    f->vfp.exception[0] = ABI_VFP_FPEXC;
}

/* Without its record, the floating-point registers stay as they are. */
static inline void abi_frame_restore(const struct abi_frame *f, uint64_t *reg)
{
    for (unsigned i = 0; i < 15; i++)
        reg[REG_R(i)] = f->reg[i];
    reg[REG_IP] = f->reg[15];
    reg[REG_STATUS] = f->cpsr;
    if (f->vfp.magic != ABI_VFP_MAGIC || f->vfp.bytes != sizeof(f->vfp))
        return;
    memcpy(&reg[REG_F0], f->vfp.d, sizeof(f->vfp.d));
    reg[REG_FPSCR] = f->vfp.fpscr;
}

/* Where a frame goes below sp. */
static inline uint64_t abi_frame_place(uint64_t sp)
{
    return (sp - sizeof(struct abi_frame)) & ~(uint64_t)7;
}

/* Makes the registers those of a handler that begins, with its frame at `frame`. Bit 0 of its
 * address chooses the instruction set. */
static inline void abi_handler_enter(uint64_t *reg, const struct abi_action *action,
                                     unsigned signal, uint64_t frame, uint64_t trampoline)
{
    const uint64_t if_then = 0x0600fc00;
    uint64_t context = frame + offsetof(struct abi_frame, uc_flags);

    reg[REG_SP] = context;
    if (action->flags & ABI_SA_SIGINFO) {
        reg[REG_SP] = frame;
        reg[REG_ARG(1)] = frame;
        reg[REG_ARG(2)] = context;
        trampoline += 2 * sizeof(abi_trampoline[0]);
    }
    reg[REG_ARG(0)] = signal;
    reg[REG_RETURN] = action->flags & ABI_SA_RESTORER ? action->restorer : trampoline;
    reg[REG_IP] = action->handler & ~(action->handler & 1 ? 1u : 3u);
    reg[REG_STATUS] =
        (reg[REG_STATUS] & ~(STATUS_THUMB | if_then)) | (action->handler & 1 ? STATUS_THUMB : 0);
}

#endif
