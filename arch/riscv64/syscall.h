/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * syscall.h - the trap into the kernel as user space sees it (registers: lib/abi/message.h).
 *
 * Words travel in s2..s9, which the C calling convention preserves: the kernel's C
 * carries them without touching memory. What the convention does not preserve comes
 * back as zero and is told to the compiler as lost, but for ra, gp and tp.
 */
#ifndef ARCH_SYSCALL_H
#define ARCH_SYSCALL_H

#include "message.h"

#include <stdint.h>

struct trap_result {
    uintptr_t status, badge, kind;
};

/* word[8] goes in and comes out. */
static inline struct trap_result arch_syscall(uintptr_t number, uintptr_t arg0, uintptr_t arg1,
                                              uintptr_t arg2, uintptr_t arg3, uintptr_t *word)
{
    register uintptr_t a7 __asm__("a7") = number;
    register uintptr_t a0 __asm__("a0") = arg0;
    register uintptr_t a1 __asm__("a1") = arg1;
    register uintptr_t a2 __asm__("a2") = arg2;
    register uintptr_t a3 __asm__("a3") = arg3;
    register uintptr_t s2 __asm__("s2") = word[0];
    register uintptr_t s3 __asm__("s3") = word[1];
    register uintptr_t s4 __asm__("s4") = word[2];
    register uintptr_t s5 __asm__("s5") = word[3];
    register uintptr_t s6 __asm__("s6") = word[4];
    register uintptr_t s7 __asm__("s7") = word[5];
    register uintptr_t s8 __asm__("s8") = word[6];
    register uintptr_t s9 __asm__("s9") = word[7];

    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a7), "+r"(s2), "+r"(s3),
                       "+r"(s4), "+r"(s5), "+r"(s6), "+r"(s7), "+r"(s8), "+r"(s9)
                     :
                     : "a4", "a5", "a6", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "memory");
    word[0] = s2;
    word[1] = s3;
    word[2] = s4;
    word[3] = s5;
    word[4] = s6;
    word[5] = s7;
    word[6] = s8;
    word[7] = s9;
    return (struct trap_result){.status = a0, .badge = a1, .kind = a2};
}

#endif
